select learning.store_simulation(
    p_request_id => %(request_id)s, p_settings_stamp => %(stamp)s, p_value_mode => %(value_mode)s,
    p_n_events => %(n_events)s, p_n_days => %(n_days)s, p_dodge_rate => %(dodge_rate)s,
    p_tested => %(tested)s, p_skipped => %(skipped)s, p_draws => %(draws)s,
    p_misses_caught => %(misses_caught)s::integer[],
    p_failures_added => %(failures_added)s::integer[],
    p_failures_avoided => %(failures_avoided)s::integer[],
    p_wins_lost => %(wins_lost)s::integer[],
    p_benefit => %(benefit)s::double precision[], p_cost => %(cost)s::double precision[],
    p_z => %(z)s::double precision[], p_p => %(p)s::double precision[],
    p_qualifies => %(qualifies)s::boolean[], p_candidate => %(candidate)s,
    p_ratio => %(ratio)s, p_reason => %(reason)s
);
