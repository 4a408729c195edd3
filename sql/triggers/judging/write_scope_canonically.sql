-- An override's scope is stored with every value as text: 1 and "1" are one slice.
create or replace function learning.write_scope_canonically() returns trigger
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
    new.scope_subset := learning.canonical_scope(new.scope_subset);
    return new;
end
$$;
comment on function learning.write_scope_canonically() is
    'Trigger: an override''s scope_subset is stored in canonical form, so 1 and "1" are one slice.';
create or replace trigger write_scope_canonically
    before insert or update on learning.pm_overrides
    for each row execute function learning.write_scope_canonically();
