select pg_catalog.set_config(
    'role',
    case
        when r.rolname not like 'pg\_%%' and pg_catalog.pg_has_role(session_user, r.oid, 'member')
            then r.rolname
        else session_user
    end,
    true
)
from pg_catalog.pg_namespace as n
inner join pg_catalog.pg_roles as r on r.oid = n.nspowner
where n.nspname = %(schema)s;
