-- What people decide: approved and pinned solutions, dismissed changes, and who did it.
set role quadrant_owner;

alter table learning.solutions
    add column pinned boolean not null default false,
    add column approved_by text,
    add constraint what_is_pinned_is_in_force check (not pinned or status = 'active');
comment on column learning.solutions.pinned is
    'A person wants it in force whatever the judge finds; it outranks everything.';
comment on column learning.solutions.approved_by is
    'The person who put it in force: it stays while it would at least be proposed.';
create index solutions_dismissed
    on learning.solutions (pattern_key, scope_subset) where status = 'dismissed';
comment on column learning.solutions.changed_by is 'judge, or the person who decided.';

alter table learning.look_slices
    add column upheld text,
    add column barred integer[] not null default '{}',
    add constraint upheld_is_known check (upheld in ('pinned', 'approved'));
comment on column learning.look_slices.upheld is
    'A person pinned or approved what is in force here.';
comment on column learning.look_slices.barred is 'Candidates a person dismissed here.';

alter table learning.gate_simulations add column sides jsonb not null default '{}';
comment on column learning.gate_simulations.sides is
    'What changes sides under the candidates people will ask about: {candidate: {"windows": ids, "kinds": 1 admitted, -1 refused, 0 another bar, "values": difference in ROI}}.';

-- Solutions and overrides are numbered together, so that an id a person types is one thing.
alter table learning.evidence_path drop constraint evidence_path_solution_id_fkey;
alter table learning.solutions alter column id drop identity;
create temporary table renumbered on commit drop as
select s.id as was, nextval('learning.pm_overrides_id_seq') as id
from learning.solutions as s
order by s.id;
update learning.solutions set id = -id;
update learning.evidence_path as e set solution_id = r.id
from renumbered as r where r.was = e.solution_id;
update learning.solutions as s set id = r.id from renumbered as r where r.was = -s.id;
alter table learning.solutions
    alter column id set default nextval('learning.pm_overrides_id_seq');
alter table learning.evidence_path
    add constraint evidence_path_solution_id_fkey
        foreign key (solution_id) references learning.solutions on delete cascade;

-- A person's name stands for the role they share.
create or replace function learning.keep_override_history() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    insert into learning.pm_overrides_history (
        override_id, change, old_row, new_row, run_id, actor, changed_at
    )
    values (
        case when tg_op = 'DELETE' then old.id else new.id end,
        tg_op,
        case when tg_op <> 'INSERT' then to_jsonb(old) end,
        case when tg_op <> 'DELETE' then to_jsonb(new) end,
        nullif(current_setting('quadrant.run_id', true), '')::bigint,
        case
            when current_setting('quadrant.run_id', true) <> '' then session_user
            else coalesce(nullif(current_setting('quadrant.person', true), ''), session_user)
        end,
        learning.clock()
    );
    perform pg_notify('pm_overrides', '');
    return null;
end
$$;
comment on column learning.pm_overrides_history.actor is
    'The person who decided (setting quadrant.person), else the database''s user.';
reset role;
