-- Does a candidate of a comparison keep its place? As one already in force (p_in_force) by the
-- thresholds for staying, or by its own track record; as a new one by those for coming into force.
-- Where money is unknown it stands only if the pattern says that wins and losses pay alike
-- (even_payoff).
create or replace function learning.candidate_stands(
    p_simulation learning.gate_simulations, p_candidate integer, p_depth integer,
    p_even_payoff boolean, p_in_force boolean
)
returns boolean
language sql stable parallel safe
as $$
    select coalesce(
        m.money >= case when p_in_force then t.off_money_z else t.on_money_z end
            and p_simulation.changed[p_candidate] >= case when p_in_force then 1
                else t.fewest_changed end
            and p_simulation.evidence >= case when p_in_force then t.off_evidence
                else t.on_evidence end
            and p_simulation.z[p_candidate] >= case when p_in_force then t.off_z else t.on_z end
            and (t.may_act or p_in_force)
        or p_in_force
            and (p_simulation.record ->> 'for')::double precision >= t.kept_record
            and (p_simulation.record ->> 'money_z')::double precision >= 0,
        false
    )
    from learning.judging_thresholds(p_depth) as t
    cross join lateral (
        select coalesce(
            p_simulation.money_z[p_candidate],
            case when p_even_payoff then p_simulation.z[p_candidate] end
        ) as money
    ) as m
$$;
comment on function learning.candidate_stands(
    learning.gate_simulations, integer, integer, boolean, boolean
) is 'Whether a candidate has the evidence to come into force, or to stay there.';
