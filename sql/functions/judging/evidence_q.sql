-- The q up to which a pattern's overrides are created (0.10 unless set); kept up to twice that.
create or replace function learning.evidence_q(p_pattern_key text)
returns double precision
language sql stable parallel safe security definer
set search_path = pg_catalog, pg_temp
as $$
    select coalesce(learning.setting(p_pattern_key, 'evidence_q')::double precision, 0.10)
$$;
comment on function learning.evidence_q(text) is
    'False discovery rate at which overrides of a pattern are created; 1 switches the tests off.';
