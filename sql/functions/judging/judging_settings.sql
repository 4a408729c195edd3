-- Everything that shapes a pattern's comparisons: its gates (those without steps refuse too) and
-- its grid, with a stamp that
-- changes exactly when one of them does.
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
                where g.pattern_key = p_pattern_key
            ),
            'grid', (
                select coalesce(jsonb_agg(c.steps order by c.candidate), '[]')
                from learning.gate_grid(p_pattern_key) as c
            )
        ) as settings
    )
    select d.settings, md5(d.settings::text)
    from described as d
$$;
comment on function learning.judging_settings(text) is
    'A pattern''s levers and grid, with a stamp of them.';
