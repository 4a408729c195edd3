insert into quadrant_meta.deployed_files (path, sha256, kind, schema_name, object_name)
values (%(path)s, %(sha256)s, %(kind)s, %(schema)s, %(name)s)
on conflict (path) do update
set sha256 = excluded.sha256, kind = excluded.kind, schema_name = excluded.schema_name,
    object_name = excluded.object_name, deployed_at = excluded.deployed_at;
