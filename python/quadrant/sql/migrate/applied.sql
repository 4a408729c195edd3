select
    coalesce((select array_agg(m.migration_id) from quadrant_meta._yoyo_migration as m), '{}') as migrations,
    coalesce((select array_agg(d.sha256) from quadrant_meta.deployed_files as d), '{}') as hashes;
