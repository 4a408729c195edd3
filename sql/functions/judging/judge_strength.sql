-- Judges what a pattern's trades taught. A pattern of the decision maker (dm.*) takes its step
-- every time, and learning_configs ('dm').alloc_overrides says what is in force then. Strength:
-- under the profile plan every time, under evidence when judge_every days have passed since it was
-- judged (or p_anyway); between, what lost its lesson is removed and nothing else moves. Logs, per
-- reason, what is only proposed. Returns the counts of write_overrides.
create or replace function learning.judge_strength(
    p_run_id bigint, p_as_of timestamptz, p_pattern_key text, p_anyway boolean
)
returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_profile text := learning.judging_profile(p_pattern_key);
    v_day date := (p_as_of at time zone 'utc')::date;
    v_every integer := learning.setting(p_pattern_key, 'judge_every')::integer;
    v_wanted learning.pm_overrides[];
    v_result jsonb;
begin
    if p_pattern_key like 'dm.%' then
        v_result := learning.write_overrides(p_run_id, 'strength', p_pattern_key, array(
            select o::learning.pm_overrides
            from learning.allocation_overrides(p_pattern_key, p_as_of) as o
        ));
        perform learning.mirror_allocations();
        return v_result;
    end if;
    if not p_anyway and v_profile = 'evidence' and exists (
        select from learning.mined_trades as m
        where m.pattern_key = p_pattern_key
            and m.judged_by = v_profile
            and m.judged_on > v_day - v_every
            and m.judged_on <= v_day
    ) then
        v_wanted := array(
            select o
            from learning.pm_overrides as o
            join learning.lessons as l
                on l.id = o.lesson_id and l.status = 'active' and l.copy_of is null
            where o.pattern_key = p_pattern_key and o.method = 'strength'
        );
    else
        v_wanted := array(
            select o::learning.pm_overrides
            from learning.strength_overrides(p_pattern_key, p_as_of) as o
        );
        update learning.mined_trades as m
        set judged_on = v_day, judged_by = v_profile
        where m.pattern_key = p_pattern_key;
        perform learning.log('INFO', 'Strength proposed', jsonb_build_object(
            'pattern_key', p_pattern_key, 'reason', p.reason, 'slices', p.slices
        ), p_run_id)
        from (
            select w.evidence ->> 'reason' as reason, count(*) as slices
            from unnest(v_wanted) as w
            where w.status = 'proposed'
            group by 1
            order by 1
        ) as p;
    end if;
    return learning.write_overrides(p_run_id, 'strength', p_pattern_key, v_wanted);
end
$$;
comment on function learning.judge_strength(bigint, timestamptz, text, boolean) is
    'Judges a pattern''s lessons from trades and writes their overrides; counts of changes.';
