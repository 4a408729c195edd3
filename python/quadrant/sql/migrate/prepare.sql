do $$
begin
    if to_regclass('quadrant_meta.deployed_files') is not null then
        return;
    end if;
    create schema if not exists quadrant_meta;
    create table quadrant_meta.deployed_files (
        path text primary key,
        sha256 text not null,
        kind text not null,
        schema_name text not null,
        object_name text not null,
        deployed_at timestamptz not null default clock_timestamp()
    );
    comment on schema quadrant_meta is 'What quadrant migrate remembers: migrations that ran, files it deployed.';
    comment on table quadrant_meta.deployed_files is 'One row per file of sql/: its hash and the object it made.';
    comment on column quadrant_meta.deployed_files.deployed_at is 'When the file last ran (UTC).';
end
$$;
