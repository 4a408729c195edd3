select d.datname
from pg_database as d
where d.datallowconn and not d.datistemplate and d.datname <> 'postgres'
    and has_database_privilege(d.oid, 'connect')
order by d.datname
