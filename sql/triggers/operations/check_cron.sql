-- A schedule is a cron expression (learning.cron), or it is refused: QD075.
create or replace function learning.check_cron() returns trigger
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
    if learning.cron(new.cron) is null then
        raise exception using
            errcode = 'QD075',
            message = format('%L is no schedule for %s', new.cron, new.job),
            hint = 'Five fields (minute hour day month weekday) of *, numbers, names, lists, '
                || 'ranges and steps, as in 5,35 8-18/2 * * mon-fri; or N seconds, 1 to 59.';
    end if;
    return new;
end
$$;
comment on function learning.check_cron() is
    'Trigger: refuses a schedule that is no cron expression (QD075).';
create or replace trigger check_cron
    before insert or update of cron on learning.schedule
    for each row execute function learning.check_cron();
