set role quadrant_owner;

-- A gate out of reach overflows what is computed from it. Rows from before may break this and stay:
-- their pattern fails alone when it is judged, and a warning here names the table. Numbers are
-- written as text, which is how a dump repeats them.
alter table learning.gates
    add constraint gates_stay_within_reach check (
        abs(base) <= double precision '1e9'
        and abs(min_value) <= double precision '1e9'
        and abs(max_value) <= double precision '1e9'
        and double precision '-1e9' <= all (steps)
        and double precision '1e9' >= all (steps)
        and array_position(steps, null) is null
    ) not valid,
    add constraint multipliers_stay_within_reach check (
        adjust <> 'multiplier'
        or abs(base) >= double precision '1e-9'
        and least(double precision '-0.99' * base, double precision '99' * base) <= all (steps)
        and greatest(double precision '-0.99' * base, double precision '99' * base) >= all (steps)
    ) not valid;
alter table learning.pm_overrides
    add constraint multiplier_is_between_a_hundredth_and_a_hundred
        check (round(multiplier::numeric, 9) between 0.01 and 100) not valid,
    add constraint delta_is_within_reach check (abs(delta) <= double precision '1e9') not valid;

do $validate$
declare
    v_constraint record;
begin
    for v_constraint in
        select c.conrelid::regclass as of_table, c.conname
        from pg_constraint as c
        where c.conrelid in ('learning.gates'::regclass, 'learning.pm_overrides'::regclass)
            and not c.convalidated
    loop
        begin
            execute format(
                'alter table %s validate constraint %I', v_constraint.of_table, v_constraint.conname
            );
        exception
            when check_violation then
                raise warning '%: rows of % break it and stay as they are; correct them',
                    v_constraint.conname, v_constraint.of_table;
        end;
    end loop;
end
$validate$;

-- What can be checked of an override follows from the gates: learning.checked_override, deployed
-- with the other functions.
create function learning.check_override() returns trigger
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
    return learning.checked_override(new);
end
$$;
comment on function learning.check_override() is
    'Trigger: translates legacy spellings of an override and refuses one that could never act.';
create trigger check_override
    before insert or update of pattern_key, action_category on learning.pm_overrides
    for each row execute function learning.check_override();
reset role;
