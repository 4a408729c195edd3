-- Everything that shapes a pattern's simulations: its levers, its grid, how values and ratios are
-- judged, and a stamp that changes exactly when one of them does. Where evidence_q is 1 the tests
-- are off, and with them the least number of days.
create or replace function learning.judging_settings(p_pattern_key text)
returns table (settings jsonb, stamp text)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    with described as (
        select jsonb_build_object(
            'gates', (
                select coalesce(jsonb_agg(to_jsonb(g) order by g.ordinal), '[]')
                from learning.gates as g
                where g.pattern_key = p_pattern_key and cardinality(g.steps) > 1
            ),
            'grid', (
                select coalesce(jsonb_agg(c.steps order by c.candidate), '[]')
                from learning.gate_grid(p_pattern_key) as c
            ),
            'value_mode', learning.setting(p_pattern_key, 'value_mode'),
            'min_ratio', learning.setting(p_pattern_key, 'min_ratio')::double precision,
            'draws', learning.setting(p_pattern_key, 'draws')::integer,
            'max_draws', learning.setting(p_pattern_key, 'max_draws')::integer,
            'min_days', case when learning.evidence_q(p_pattern_key) < 1 then 5 else 1 end
        ) as settings
    )
    select d.settings, pg_catalog.md5(d.settings::text)
    from described as d
$$;
comment on function learning.judging_settings(text) is
    'A pattern''s levers, grid and judging settings, with a stamp of them.';
