-- What windows without a result would have come to by now; the ladder's arms as a lever.
set role quadrant_owner;

create table learning.window_marks (
    window_id text primary key
        references learning.pattern_episode_events (window_id) on delete cascade,
    marked_at timestamptz not null,
    entry_price double precision not null,
    exit_price double precision not null,
    roi double precision not null,
    constraint numbers_are_finite check (
        learning.is_finite(entry_price)
        and learning.is_finite(exit_price)
        and learning.is_finite(roi)
    )
);
comment on table learning.window_marks is
    'One row per window that waits for its virtual result: what it would be if it were sold now. Gone when the result comes.';
comment on column learning.window_marks.marked_at is
    'When the bar behind it existed (UTC): the first of each UTC day.';
comment on column learning.window_marks.entry_price is
    'Virtual entry: open after the reference bar, in quote currency.';
comment on column learning.window_marks.exit_price is 'The bar''s close, in quote currency.';
comment on column learning.window_marks.roi is
    'From entry to this close, after fees, a fraction (0.05 = 5 %).';

alter table learning.gates drop constraint direction_is_known;
update learning.gates as g
set direction = 'arms', steps = case when g.steps = '{0}' then '{-4,-3,0,3,6}' else g.steps end
where (g.pattern_key, g.gate) = ('pm.uptrend.S3.dx', 'dx_atr_mult');
alter table learning.gates
    add constraint direction_is_known check (direction in ('at_least', 'at_most', 'arms'));
comment on column learning.gates.direction is
    'at_least: passes when value >= threshold; at_most: when value <= threshold; arms: tests no bar, says how many ATRs below its last buy a ladder buys again.';
reset role;
