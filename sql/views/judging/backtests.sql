-- What buying by each set of gates, in sizes by posture and by family, came to in walk-forwards, on
-- bars learned from before only. Money is in stakes, one per setup bought under base. Walk-forwards
-- of before posture and capital have no stakes and nothing at equal exposure.
create or replace view analyst.backtests as
select b.id, b.made_at, b.market, b.verdict,
    (b.result ->> 'begin')::date as first_day,
    (b.result ->> 'end')::date as last_day,
    a.arm,
    (a.figures ->> 'setups')::bigint as setups,
    (a.figures ->> 'bought')::bigint as bought,
    (a.figures ->> 'money')::double precision as money,
    (a.figures ->> 'per_setup')::double precision as per_setup,
    (a.figures ->> 'success_rate')::double precision as success_rate,
    (a.figures ->> 'missed_rate')::double precision as missed_rate,
    (a.figures ->> 'drawdown')::double precision as drawdown,
    (a.figures -> 'gain' ->> 'value')::double precision as gain,
    (a.figures -> 'gain' ->> 'low')::double precision as gain_low,
    (a.figures -> 'gain' ->> 'high')::double precision as gain_high,
    (a.figures -> 'selection' ->> 'value')::double precision as selection,
    (a.figures -> 'selection' ->> 'low')::double precision as selection_low,
    (a.figures -> 'selection' ->> 'high')::double precision as selection_high,
    coalesce(a.figures ->> 'name', a.arm) as name,
    (a.figures ->> 'stakes')::double precision as stakes,
    (a.figures -> 'at_equal_exposure' ->> 'value')::double precision as at_equal_exposure,
    (a.figures -> 'at_equal_exposure' ->> 'low')::double precision as at_equal_exposure_low,
    (a.figures -> 'at_equal_exposure' ->> 'high')::double precision as at_equal_exposure_high,
    (n.noise ->> 'histories')::integer as noise_histories,
    (n.noise ->> 'in_force')::double precision as noise_in_force,
    (n.noise ->> 'ever')::bigint as noise_ever,
    (n.noise ->> 'patterns')::bigint as noise_patterns
from learning.backtests as b
cross join lateral jsonb_array_elements(b.result -> 'arms') with ordinality as e (figures, place)
cross join lateral (
    select case when jsonb_typeof(b.result -> 'noise') = 'object' then b.result -> 'noise' end
) as n (noise)
cross join lateral (select e.figures, e.figures ->> 'arm' as arm) as a
order by b.id desc, e.place;
comment on view analyst.backtests is
    'One row per walk-forward and arm (evidence, plan, drift: gates; strength: sizes by posture; '
    'capital: by family; channels: all three; base, oracle): money in stakes, gain against base with '
    'a 95 % interval; selection: the gain beyond trading more or less; at_equal_exposure: beyond '
    'what base would have made of as many stakes.';
comment on column analyst.backtests.noise_histories is 'Histories of noise it was walked through too (--null): results moved in time, so that there was nothing to learn; null: none.';
comment on column analyst.backtests.noise_in_force is 'Share of looks and patterns (0..1) of those in which a change was in force: by chance.';
comment on column analyst.backtests.noise_ever is 'Patterns of those, of noise_patterns, in which a change was ever in force.';
