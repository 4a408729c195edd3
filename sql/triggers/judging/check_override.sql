-- What can be checked of an override follows from its pattern's gates: learning.checked_override,
-- which translates legacy spellings and raises.
create or replace function learning.check_override() returns trigger
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
    return learning.checked_override(new);
end
$$;
comment on function learning.check_override() is
    'Trigger: translates legacy spellings of an override and refuses one that could never act.';
create or replace trigger check_override
    before insert or update of pattern_key, action_category on learning.pm_overrides
    for each row execute function learning.check_override();
