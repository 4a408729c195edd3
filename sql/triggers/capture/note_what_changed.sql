-- Keeps with a window what base gates would have made of it, and what the gates in force changed,
-- when its decision and its samples are there: by the gates registered then.
create or replace function learning.note_what_changed() returns trigger
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_differ boolean;
    v_blocked boolean;
begin
    new.base_admits := learning.base_admits(new.pattern_key, new.factors -> 'samples');
    select bool_or(abs(t.threshold - g.base) > 1e-9), bool_or(g.gate = any (new.blocked_by))
    into v_differ, v_blocked
    from learning.gates as g
    cross join lateral (
        select g.gate || case g.direction when 'at_most' then '_max' else '_min' end as key
    ) as k
    cross join lateral (
        select case jsonb_typeof(new.factors -> k.key)
            when 'number' then (new.factors ->> k.key)::double precision end as threshold
    ) as t
    where g.pattern_key = new.pattern_key;
    new.changed := case
        when not coalesce(v_differ, false) then null
        when new.decision = 'acted' and not new.base_admits then 'let_in'
        when new.decision = 'skipped' and new.base_admits and v_blocked then 'kept_out'
    end;
    return new;
end
$$;
comment on function learning.note_what_changed() is
    'Trigger: base_admits and changed of a window, once its decision and its samples are there.';
create or replace trigger note_what_changed
    before insert or update of factors, decision, blocked_by on learning.pattern_episode_events
    for each row
    when (new.decision is not null and new.factors ? 'samples')
    execute function learning.note_what_changed();
