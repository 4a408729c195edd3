-- What a solution must show and what it shows in its newest look: a row per threshold, in words.
-- needed is the threshold to come into force, to_stay the one to stay there; is_met is by the one
-- that counts for it now. No row when its slice was not looked at.
create or replace function learning.tests_in_words(p_solution_id bigint)
returns table (
    test text, value double precision, needed double precision, to_stay double precision,
    is_met boolean, sentence text
)
language sql stable
as $$
    select t.test, t.value, t.needed, t.to_stay,
        coalesce(t.value >= case s.status when 'active' then t.to_stay else t.needed end, false),
        format('%s, %s needed', t.words || ' ' || coalesce(
            round(t.value::numeric, case when abs(t.value) < 100 then 1 else 0 end)::text, 'unknown'
        ), t.needed || case t.test when 'changed' then ' are' else ' is' end) || case
            when t.to_stay <> t.needed then format(' (%s to stay)', t.to_stay) else '' end
    from learning.solutions as s
    cross join lateral learning.standing_of(s.id) as n
    cross join lateral learning.judging_thresholds(s.depth) as h
    cross join lateral (
        values
            (1, 'changed', 'setups it changes:', (n.simulation).changed[n.candidate]::float8,
                h.fewest_changed::float8, 1::float8),
            (2, 'z', 'it tells good from bad: z', (n.simulation).z[n.candidate], h.on_z, h.off_z),
            (3, 'evidence', 'odds of the search against chance: E', (n.simulation).evidence,
                h.on_evidence, h.off_evidence),
            (4, 'money_z', 'it earns: z of its money', (n.simulation).money_z[n.candidate],
                h.on_money_z, h.off_money_z)
    ) as t (place, test, words, value, needed, to_stay)
    where s.id = p_solution_id
    order by t.place
$$;
comment on function learning.tests_in_words(bigint) is
    'The thresholds a solution must meet and what it shows, one sentence each.';
