-- Extends a pattern's dictionary by the values of its enabled dimensions that p_floor experiments
-- have. Returns the number of new codes. (A naive stand-in.)
create or replace function learning.code_values(p_pattern_key text, p_floor integer)
returns bigint
language plpgsql volatile
set search_path = ''
as $$
declare
    v_coded bigint;
begin
    insert into learning.mining_codes (pattern_key, name, value, place, code, item)
    select p_pattern_key, f.name, f.value, f.ordinal,
        row_number() over (partition by f.name order by f.value) + coalesce((
            select max(k.code) from learning.mining_codes as k
            where k.pattern_key = p_pattern_key and k.name = f.name
        ), 0),
        chr((row_number() over (order by f.ordinal, f.value) + 47 + (
            select count(*) from learning.mining_codes as k where k.pattern_key = p_pattern_key
        ))::integer)
    from (
        select d.name, d.ordinal, c.scope -> d.name as value
        from learning.mining_contributions as c
        join learning.scope_dimensions as d on d.enabled and c.scope ? d.name
        where c.pattern_key = p_pattern_key and c.quadrant <> 'policy'
        group by 1, 2, 3
        having count(*) >= p_floor
    ) as f
    where not exists (
        select from learning.mining_codes as k
        where k.pattern_key = p_pattern_key and k.name = f.name and k.value = f.value
    );
    get diagnostics v_coded = row_count;
    return v_coded;
end
$$;
comment on function learning.code_values(text, integer) is
    'Gives codes to the scope values that enough experiments of the pattern have; returns how many.';
