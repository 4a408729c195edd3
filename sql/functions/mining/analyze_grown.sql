-- Analyzes the tables of a count that have rows and no statistics, or have grown by half since
-- anybody looked: without statistics 12,000 new experiments are counted in a loop of loops. Answers
-- their names. Takes the rights of their owner (others are warned and pass). A call that finds
-- nothing to do costs next to nothing.
create or replace function learning.analyze_grown(p_tables text[])
returns text[]
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_table text;
    v_analyzed text[] := '{}';
begin
    for v_table in
        select c.relname
        from pg_class as c
        cross join lateral (
            select pg_relation_size(c.oid) / current_setting('block_size')::integer as now
        ) as pages
        where c.relnamespace = 'learning'::regnamespace
            and c.relname = any (p_tables)
            and pages.now > 0
            and (
                pages.now > 1.5 * c.relpages
                or not exists (
                    select from pg_stats as s
                    where s.schemaname = 'learning' and s.tablename = c.relname
                )
            )
        order by c.relname  -- one order of locks for everybody
    loop
        execute format('analyze learning.%I', v_table);
        v_analyzed := v_analyzed || v_table;
    end loop;
    return v_analyzed;
end
$$;
comment on function learning.analyze_grown(text[]) is
    'Analyzes tables of learning that have no statistics or grew by half since; returns their names.';
