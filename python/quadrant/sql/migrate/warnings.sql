select w.warning
from (values
    (
        pg_catalog.has_database_privilege('public', current_database(), 'temporary'),
        'every login may make temporary objects in this database: as its owner, run quadrant migrate again'
    ),
    (
        pg_catalog.has_schema_privilege('public', 'public', 'create'),
        'every login may create in the schema public: revoke create on schema public from public'
    )
) as w (open, warning)
where w.open
