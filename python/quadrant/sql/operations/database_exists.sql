select from pg_database as d where d.datname = %(name)s
