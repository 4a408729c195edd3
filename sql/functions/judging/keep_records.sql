-- Stores the track records a look worked out beside its live solutions, and their evidence in
-- evidence_path; suspends what its own record speaks against, and takes that back. What is pinned
-- stays in force. A comparison without windows says nothing.
-- Returns how many solutions it touched.
create or replace function learning.keep_records(p_look_id bigint)
returns bigint
language sql volatile
as $$
    with told as (
        select o.id, k.id as look_id, k.look_day, k.looked_at, g.*, p.candidate as own,
            o.status as was, o.pinned, t.against_record, t.turned_money_z, t.fewest_changed
        from learning.looks as k
        join learning.look_slices as s on s.look_id = k.id
        join learning.solutions as o
            on o.pattern_key = k.pattern_key
            and o.scope_subset = s.scope_subset
            and o.status in ('active', 'proposed', 'suspended')
        cross join lateral learning.judging_thresholds(o.depth) as t
        join lateral (
            select c.n_windows, c.evidence, c.changed, c.benefit, c.cost, c.z, c.money_z, c.record
            from learning.gate_simulations as c
            where c.n_windows > 0
                and (
                    c.id = s.simulation_id
                    or s.simulation_id is null
                        and c.look_id = k.id
                        and c.lesson_id = s.lesson_id
                        and c.reference = '[]'
                        and c.exclusions = '[]'
                )
            limit 1
        ) as g on true
        left join learning.policies(k.pattern_key) as p on p.steps = o.steps
        where k.id = p_look_id
    ),
    judged as (
        select t.*, case
                when t.pinned then ''
                when (t.record ->> 'against')::double precision >= t.against_record
                    then format('its record is %s to 1 against it', t.against_record)
                when (t.record ->> 'changed')::integer >= t.fewest_changed
                    and (t.record ->> 'money_z')::double precision <= t.turned_money_z
                    then 'its money has turned'
                else ''
            end as trouble
        from told as t
    ),
    kept as (
        update learning.solutions as o
        set record = coalesce(j.record, '{}'),
            status = case
                when j.trouble <> '' and o.status = 'active' then 'suspended'
                when j.trouble <> '' and o.status = 'proposed' then 'ended'
                when j.trouble = '' and o.status = 'suspended' then 'active'
                else o.status
            end,
            reason = case
                when j.trouble <> '' then j.trouble
                when o.status = 'suspended' then ''
                else o.reason
            end,
            changed_at = case
                when (j.trouble <> '') = (o.status = 'suspended') then o.changed_at
                else j.looked_at
            end
        from judged as j
        where o.id = j.id
        returning o.id, o.status
    ),
    path as (
        insert into learning.evidence_path (
            solution_id, look_id, look_day, status, n_windows, changed, evidence, z, money_z, value,
            record
        )
        select j.id, j.look_id, j.look_day, k.status, j.n_windows, j.changed[j.own], j.evidence,
            j.z[j.own], j.money_z[j.own], j.benefit[j.own] - j.cost[j.own], coalesce(j.record, '{}')
        from judged as j
        join kept as k using (id)
        where j.own is not null
        on conflict do nothing
    )
    select count(*) from kept
$$;
comment on function learning.keep_records(bigint) is
    'Stores records and evidence of live solutions; suspends what its record speaks against.';
