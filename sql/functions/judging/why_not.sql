-- Why a slice of a look has no change in force, in words, with the best of its grid.
create or replace function learning.why_not(p_look_id bigint, p_lesson_id bigint)
returns text
language sql stable
as $$
    select case
        when s.verdict = 'failed' then 'its comparison failed'
        when s.is_banned then 'its effect is that of narrower slices'
        when g.id is null then 'nothing was compared'
        when b.candidate is null then format(
            'no change of gates lets in or keeps out %s of its %s windows', t.fewest_changed,
            g.n_windows
        )
        when g.by_outcome and not learning.setting(k.pattern_key, 'even_payoff')::boolean
            then 'its windows have outcomes but no results: what a change is worth is not known'
        when b.z < t.on_z then format('the best tells good from bad by z %s, %s is needed',
            round(b.z::numeric, 2), t.on_z)
        when b.money_z < 0 then 'the best scores better and earns less'
        when b.money_z < t.on_money_z then 'the best scores better and does not surely earn more'
        when g.evidence < t.on_evidence then format('evidence E is %s, %s is needed',
            round(g.evidence::numeric, 1), t.on_evidence)
        when not t.may_act then format('slices of %s conditions are only proposed', s.depth)
        else 'what is in force stays'
    end
    from learning.look_slices as s
    join learning.looks as k on k.id = s.look_id
    cross join lateral learning.judging_thresholds(s.depth) as t
    left join learning.gate_simulations as g on g.id = s.simulation_id
    left join lateral (
        select u.candidate - 1 as candidate, u.z, g.money_z[u.candidate - 1] as money_z
        from unnest(g.z) with ordinality as u (z, candidate)
        where g.changed[u.candidate - 1] >= t.fewest_changed
        order by u.z desc
        limit 1
    ) as b on true
    where s.look_id = p_look_id and s.lesson_id = p_lesson_id
$$;
comment on function learning.why_not(bigint, bigint) is
    'Why a slice of a look has no (other) change in force, in words.';
