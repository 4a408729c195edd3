-- One step of the allocation after a closed trade: its ROI (a fraction) goes into the averages and
-- its day, and, by the setting allocation.profile, the averages over 14 days (plan) or money per
-- budget-day (evidence) move the shares, or nothing does (fixed). p_state is what
-- learning.allocation_state answered or the step before left; learning.keep_allocation writes it.
-- Writes allocation_history and answers its row (p_step) with, by timeframe, roi_short and n as
-- they now are.
-- Long, for one trade moves averages, shares and what is kept of them, in that order.
create or replace function learning.step_allocation(
    inout p_state jsonb, p_trade_id text, p_timeframe text, p_roi numeric,
    p_closed_at timestamptz, out p_step jsonb
)
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set timezone = 'UTC'
as $$
declare
    v_config jsonb := p_state -> 'config';
    v_averages jsonb;
    v_masses jsonb;
    v_profile text := learning.setting_in(v_config, null, 'allocation.profile') #>> '{}';
    v_newest_at timestamptz := (
        v_config -> 'timeframe_allocation' -> p_timeframe ->> 'updated_at'
    )::timestamptz;
    v_step learning.allocation_history;
    v_rois jsonb;
    v_least_n integer;
begin
    select a.averages, a.masses into v_averages, v_masses
    from learning.update_roi_averages(p_state, p_timeframe, p_roi, p_closed_at) as a;
    insert into learning.allocation_days as d (timeframe, day, trades, money)
    values (
        p_timeframe, (p_closed_at at time zone 'utc')::date, 1, p_roi::double precision
    )
    on conflict (day, timeframe) do update
    set trades = d.trades + 1, money = d.money + excluded.money;

    v_config := v_config || jsonb_build_object(
        'timeframe_allocation', (
            select jsonb_object_agg(t.timeframe, case when t.timeframe = p_timeframe
                then jsonb_build_object('current_allocation', t.share)
                    || (v_averages -> t.timeframe)
                else coalesce(
                    v_config -> 'timeframe_allocation' -> t.timeframe,
                    jsonb_build_object(
                        'current_allocation', t.share, 'roi_short', null, 'roi_long', null, 'n', 0,
                        'updated_at', null
                    )
                ) end)
            from learning.timeframe_allocation(v_config) as t
        ),
        'global_roi', v_averages -> 'global'
    );
    select jsonb_object_agg(t.timeframe, t.share),
        jsonb_object_agg(t.timeframe, t.roi_short)
            filter (where t.n > 0 and t.roi_short is not null),
        min(t.n) filter (where t.n > 0 and t.roi_short is not null)
    into v_step.before, v_rois, v_least_n
    from learning.timeframe_allocation(v_config) as t;

    if v_rois - p_timeframe = '{}' then
        v_step.reason := 'only one timeframe has trades';
        v_step.after := v_step.before;
    elsif v_profile = 'fixed' then
        v_step.reason := 'the profile is fixed: nothing steps';
        v_step.after := v_step.before;
    else
        v_step.desired := case v_profile
            when 'evidence' then learning.evidence_shares(v_step.before, v_rois)
            else learning.desired_shares(v_step.before, v_rois)
        end;
        v_step.change := learning.allocation_step(v_step.before, v_step.desired, v_least_n);
        v_step.reason := case
            when v_step.change @? '$.* ? (@ != 0)' is false then 'the shares are as desired'
            when v_least_n < learning.allocation_rule('full_steps_from') then format(
                'steps of %s %%: a timeframe has %s of %s trades',
                round(100 * v_least_n / learning.allocation_rule('full_steps_from')), v_least_n,
                learning.allocation_rule('full_steps_from')
            )
            else 'full steps'
        end;
        select jsonb_object_agg(b.key, case when coalesce(c.change, 0) = 0 then b.value
            else to_jsonb(trim_scale(b.value::numeric + c.change)) end)
        into v_step.after
        from jsonb_each(v_step.before) as b
        cross join lateral (select (v_step.change ->> b.key)::numeric) as c (change);
        v_config := jsonb_set(v_config, '{timeframe_allocation}', (
            select jsonb_object_agg(
                e.key, e.value || jsonb_build_object('current_allocation', v_step.after -> e.key)
            )
            from jsonb_each(v_config -> 'timeframe_allocation') as e
        ));
    end if;
    p_state := p_state || jsonb_build_object('config', v_config, 'masses', v_masses);

    insert into learning.allocation_history (
        trade_id, timeframe, roi, closed_at, before, desired, change, after, reason
    )
    values (
        p_trade_id, p_timeframe, p_roi::double precision, p_closed_at, v_step.before,
        v_step.desired, v_step.change, v_step.after, v_step.reason
    )
    returning * into v_step;
    if v_profile = 'plan' then
        p_state := p_state || jsonb_build_object('paths', learning.step_shuffles(
            p_state -> 'paths', p_trade_id, p_timeframe,
            coalesce(extract(epoch from p_closed_at - v_newest_at)::double precision / 86400, 0),
            v_step.before
        ));
    end if;
    p_step := to_jsonb(v_step) || (
        select jsonb_build_object(
            'roi_short', jsonb_object_agg(t.timeframe, t.roi_short),
            'n', jsonb_object_agg(t.timeframe, t.n)
        )
        from learning.timeframe_allocation(v_config) as t
    );
end
$$;
comment on function learning.step_allocation(jsonb, text, text, numeric, timestamptz) is
    'Takes a closed trade into the averages and moves the shares one step; answers the step.';
