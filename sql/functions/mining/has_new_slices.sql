-- Whether a slice of the pattern that is not stored may have p_n_min experiments by now. At the
-- last rebuild (mining p_since) it had fewer than p_floor, so p_n_min - p_floor + 1 or more came.
create or replace function learning.has_new_slices(
    p_pattern_key text, p_since bigint, p_floor integer, p_n_min integer
)
returns boolean
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_more constant integer := p_n_min - p_floor + 1;
begin
    return exists (
        select
        from learning.mining_contributions as c
        cross join learning.scope_dimensions as d
        where c.pattern_key = p_pattern_key
            and c.mining > p_since
            and c.quadrant <> 'policy'
            and d.enabled
            and c.scope ? d.name
            and not exists (
                select from learning.mining_codes as k
                where k.pattern_key = p_pattern_key and k.name = d.name
                    and k.value = c.scope ->> d.name
            )
        group by d.name, c.scope ->> d.name
        having count(*) >= v_more
    ) or exists (
        select
        from learning.find_slices(
            p_pattern_key, v_more, learning.max_dims(p_pattern_key), p_since
        ) as f
        where not exists (
            select from learning.slice_rates as r
            where r.pattern_key = p_pattern_key and r.slice_key = f.slice_key
        )
    );
end
$$;
comment on function learning.has_new_slices(text, bigint, integer, integer) is
    'Whether a slice that is not stored may have enough experiments since the last rebuild.';
