select s.system_identifier || '/' || d.oid
from pg_control_system() as s
cross join pg_database as d
where d.datname = current_database()
