set role quadrant_owner;
alter table learning.gate_simulations
    add column verdict text not null default 'none',
    add column governed_by bigint references learning.learning_lessons on delete set null,
    add constraint verdict_is_known
        check (verdict in ('none', 'proposed', 'accepted', 'kept', 'pinned'));
comment on column learning.gate_simulations.verdict is
    'What the last run made of the slice: none, proposed (qualifies, lacks evidence), accepted (passes; what it governs is still to be judged), kept (in force), pinned (neutral: the solution governing it loses here).';
comment on column learning.gate_simulations.governed_by is
    'The lesson whose solution would govern a pinned slice.';
reset role;
