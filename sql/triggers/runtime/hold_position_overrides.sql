-- Who changes overrides holds learning.override_changes until the end of the transaction: one at a
-- time, and no scope is answered for meanwhile (learning.keep_position_overrides does not wait). A
-- table of its own, which is never vacuumed: a VACUUM of position_overrides would be waited for.
-- Before the first row is touched, so that two who change the same overrides cannot wait for each
-- other. QD052 outside READ COMMITTED: a snapshot from before the lock would not show what others
-- just wrote.
create or replace function learning.hold_position_overrides() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    if current_setting('transaction_isolation') <> 'read committed' then
        raise exception using
            errcode = 'QD052',
            message = format(
                'overrides are not changed in a %s transaction',
                current_setting('transaction_isolation')
            ),
            hint = 'Begin the transaction with: begin isolation level read committed';
    end if;
    lock table learning.override_changes in share row exclusive mode;
    return null;
end
$$;
comment on function learning.hold_position_overrides() is
    'Trigger: one transaction at a time changes overrides; readers and ticks go on.';
create or replace trigger hold_position_overrides
    before insert or delete or truncate or update of status, pinned, pattern_key, action_category,
        scope_subset, method, confidence_score, n, last_updated_at
    on learning.pm_overrides
    for each statement execute function learning.hold_position_overrides();
