do $$
begin
    if to_regclass('quadrant_meta.deployed_files') is not null
        and to_regclass('quadrant_meta.migrate_lock') is not null
    then
        return;
    end if;
    create schema if not exists quadrant_meta;
    create table if not exists quadrant_meta.deployed_files (
        path text primary key,
        sha256 text not null,
        kind text not null,
        schema_name text not null,
        object_name text not null,
        deployed_at timestamptz not null default clock_timestamp()
    );
    create table if not exists quadrant_meta.migrate_lock ();
    comment on schema quadrant_meta is 'What quadrant migrate remembers: migrations that ran, files it deployed.';
    comment on table quadrant_meta.deployed_files is 'One row per file of sql/: its hash and the object it made.';
    comment on column quadrant_meta.deployed_files.deployed_at is 'When the file last ran (UTC).';
    comment on table quadrant_meta.migrate_lock is 'Locked by quadrant migrate while it runs; nobody else reaches it.';
exception
    when unique_violation or duplicate_schema or duplicate_table then
        -- Another migrate has just made them.
        raise notice 'quadrant_meta is there';
end
$$;
