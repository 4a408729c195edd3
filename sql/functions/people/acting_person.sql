-- The name under which a person decides: the one given, else the database's user. The history of
-- overrides has it, and no run, for the rest of the transaction.
create or replace function learning.acting_person(p_by text)
returns text
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_by text := left(coalesce(nullif(btrim(p_by), ''), session_user), 200);
begin
    perform set_config('quadrant.run_id', '', true);
    perform set_config('quadrant.person', v_by, true);
    return v_by;
end
$$;
comment on function learning.acting_person(text) is
    'The name of the person who decides, remembered for the history of overrides.';
