begin;
select plan(9);

-- A window of S1 with a value of halo, the halo that was in force, and what was decided.
create function pg_temp.window(
    p_id text, p_halo float8, p_in_force float8, p_decision text, p_blocked text[] default '{}'
) returns void language sql as $$
    insert into learning.pattern_episode_events (
        window_id, pattern_key, episode_type, decision, blocked_by, factors
    )
    values (p_id, 'pm.uptrend.S1.entry', 's1_entry', p_decision, p_blocked, jsonb_build_object(
        'ts_min', 0.6, 'halo_max', p_in_force, 'slope_min', 0, 'halo_distance', p_halo,
        'samples', jsonb_build_array(jsonb_build_object(
            'ts_score', 0.7, 'halo_distance', p_halo, 'slope', 0.1
        ))
    ))
$$;
do $$begin
    perform pg_temp.window('let in', 1.1, 1.2, 'acted');
    perform pg_temp.window('base too', 0.9, 1.2, 'acted');
    perform pg_temp.window('on its own', 1.1, 1, 'acted');
    perform pg_temp.window('kept out', 0.9, 0.8, 'skipped', '{halo}');
    perform pg_temp.window('policy', 0.9, 0.8, 'skipped', '{policy}');
    perform pg_temp.window('dodged', 1.1, 0.8, 'skipped', '{halo}');
end$$;

select is((select changed from analyst.setups where window_id = 'let in'), 'let_in', 'bought, and base gates would not have');
select is((select base_admits from analyst.setups where window_id = 'let in'), false, 'base does not admit it');
select is((select changed from analyst.setups where window_id = 'base too'), null, 'what base buys too was not changed');
select is((select changed from analyst.setups where window_id = 'on its own'), null, 'nor what a bot bought against gates at base');
select is((select changed from analyst.setups where window_id = 'kept out'), 'kept_out', 'blocked, and base gates would have bought');
select is((select changed from analyst.setups where window_id = 'policy'), null, 'policy is no gate');
select is((select changed from analyst.setups where window_id = 'dodged'), null, 'base would not have bought it either');

update learning.gates set base = 1.15 where (pattern_key, gate) = ('pm.uptrend.S1.entry', 'halo');
select is((select changed from analyst.setups where window_id = 'let in'), 'let_in', 'it stays as it was captured');
update learning.pattern_episode_events set outcome = 'success' where window_id = 'let in';
select is((select changed from analyst.setups where window_id = 'let in'), 'let_in', 'an outcome does not ask again');

select * from finish();
rollback;
