-- The first of these schemas that has the table, with its columns.
select n.nspname, array_agg(a.attname::text)
from unnest(%(schemas)s::text[]) with ordinality as s (name, place)
join pg_catalog.pg_namespace as n on n.nspname = s.name
join pg_catalog.pg_class as c on c.relnamespace = n.oid and c.relname = %(table)s
join pg_catalog.pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
where c.relkind in ('r', 'v', 'm', 'p', 'f')
group by n.nspname, s.place
order by s.place
limit 1
