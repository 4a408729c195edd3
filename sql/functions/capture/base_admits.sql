-- Would a pattern's base gates have bought a window with these samples? As the judge admits: some
-- sample passes all gates, values less what the bar itself adds to a threshold; a value that is
-- missing fails its gate, and the ladder's arms test nothing. Null without samples or gates.
-- plpgsql, for its plan is kept: a trigger asks for every window.
create or replace function learning.base_admits(p_pattern_key text, p_samples jsonb)
returns boolean
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
    return (
        with gates as materialized (
            select g.direction, g.base, g.value_key, g.gate || '_adjustment' as adjustment_key
            from learning.gates as g
            where g.pattern_key = p_pattern_key and g.direction <> 'arms'
        ),
        passed as (
            select (
                select bool_and(coalesce(
                    case g.direction
                        when 'at_most' then v.value <= g.base else v.value >= g.base end,
                    false
                ))
                from gates as g
                cross join lateral (
                    select case jsonb_typeof(s.sample -> g.value_key)
                            when 'number' then (s.sample ->> g.value_key)::double precision
                        end - case jsonb_typeof(s.sample -> g.adjustment_key)
                            when 'number' then (s.sample ->> g.adjustment_key)::double precision
                            else 0
                        end as value
                ) as v
            ) as all_gates
            from jsonb_array_elements(
                case jsonb_typeof(p_samples) when 'array' then p_samples end
            ) as s (sample)
        )
        select bool_or(p.all_gates) from passed as p
    );
end
$$;
comment on function learning.base_admits(text, jsonb) is
    'Whether some sample passes all base gates of a pattern; null without samples or gates.';
