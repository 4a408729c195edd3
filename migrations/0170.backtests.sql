set role quadrant_owner;

create table learning.backtests (
    id bigint generated always as identity primary key,
    made_at timestamptz not null default learning.clock(),
    market text not null,
    verdict text not null,
    result jsonb not null,
    constraint result_is_an_object check (jsonb_typeof(result) = 'object')
);
comment on table learning.backtests is
    'One row per walk-forward of `quadrant backtest`, for the report.';
comment on column learning.backtests.made_at is 'UTC, by learning.clock().';
comment on column learning.backtests.market is 'The folder of bars.';
comment on column learning.backtests.verdict is 'What came of it, in a sentence.';
comment on column learning.backtests.result is
    'What --json prints: arms and folds with their figures, looks, histories of noise.';
reset role;
