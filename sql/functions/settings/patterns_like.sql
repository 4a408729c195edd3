-- A hint for a pattern nobody knows: those with gates, the most alike first.
create or replace function learning.patterns_like(p_pattern_key text)
returns text
language sql stable parallel safe
as $$
    select 'Known are: ' || string_agg(
        g.pattern_key, ', '
        order by learning.likeness(g.pattern_key, p_pattern_key) desc, g.pattern_key
    ) || ', and patterns with windows or trades.'
    from (select distinct t.pattern_key from learning.gates as t) as g
$$;
comment on function learning.patterns_like(text) is
    'A hint: pattern keys with gates, the most alike first.';
