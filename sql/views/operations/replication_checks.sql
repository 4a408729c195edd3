-- Health of replication, no rows where there is none. replica lag: who reads this server's WAL (a
-- standby, a subscription of another server), by slot; a slot nobody reads keeps WAL without end.
-- standby: this server is one. subscription: this database gets rows from another one. Lags in time
-- are shown to members of pg_read_all_stats, all else to everybody.
create or replace view learning.replication_checks as
with settings as (
    select make_interval(
            mins => learning.setting_in(c.config_data, null, 'replica_lag_minutes')::integer
        ) as lag
    from (select) as always
    left join learning.learning_configs as c on c.module_id = 'operations'
),
readers as (
    select coalesce(s.slot_name::text, r.application_name, 'process ' || r.pid) as name,
        s.slot_name is null or s.active as is_there, r.replay_lag as lag,
        coalesce(s.wal_status in ('unreserved', 'lost'), false) as is_lost,
        pg_wal_lsn_diff(
            case when not pg_is_in_recovery() then pg_current_wal_lsn() end,
            coalesce(r.replay_lsn, s.confirmed_flush_lsn, s.restart_lsn)
        ) as bytes
    from pg_replication_slots as s
    full join pg_stat_replication as r on r.pid = s.active_pid
    where not pg_is_in_recovery()
        and not coalesce(s.temporary, false)
        and coalesce(s.database, current_database()) = current_database()
        and r.state is distinct from 'backup'
),
standby as (
    select exists (select from pg_stat_wal_receiver) as is_streaming,
        case
            when exists (select from pg_stat_wal_receiver)
                and pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn()
            then interval '0'
            else clock_timestamp() - pg_last_xact_replay_timestamp()
        end as lag
    where pg_is_in_recovery()
),
subscriptions as (
    select s.subname::text as name, s.subenabled as is_enabled,
        bool_or(w.pid is not null) as is_running,
        clock_timestamp() - max(w.last_msg_receipt_time) as silence,
        (
            select coalesce(sum(e.apply_error_count + e.sync_error_count), 0)
            from pg_stat_subscription_stats as e
            where e.subid = s.oid
        ) as errors
    from pg_subscription as s
    left join pg_stat_subscription as w on w.subid = s.oid and w.relid is null
    where s.subdbid = (
        select d.oid from pg_database as d where d.datname = current_database()
    )
    group by s.oid, s.subname, s.subenabled
)
select 50 as place, 'replica lag: ' || r.name as check_name,
    case
        when r.is_lost or not r.is_there or r.lag > 4 * s.lag then 'fail'
        when r.lag > s.lag then 'warn'
        else 'ok'
    end as status,
    case when r.is_there then 'connected' else 'nobody is connected, and WAL is kept for it' end
        || coalesce(', ' || pg_size_pretty(r.bytes) || ' behind', '')
        || coalesce(', ' || date_trunc('second', r.lag), '')
        || case when r.is_lost then ', what it needs is gone' else '' end as detail,
    'Start it. If it is no more: select pg_drop_replication_slot(its name). If what it needs is '
    'gone: make it anew.' as what_to_do
from readers as r
cross join settings as s
union all
select 51, 'standby',
    case
        when b.lag > 4 * s.lag then 'fail'
        when not b.is_streaming or b.lag > s.lag then 'warn'
        else 'ok'
    end,
    'read-only' || case when b.is_streaming then ', streaming' else ', not streaming' end
        || coalesce(', ' || date_trunc('second', b.lag) || ' behind', ''),
    'Is the primary alive, and reached from here? Read the server''s log.'
from standby as b
cross join settings as s
union all
select 52, 'subscription: ' || u.name,
    case
        when not (u.is_enabled and u.is_running) or u.silence > 4 * s.lag then 'fail'
        when u.silence > s.lag then 'warn'
        else 'ok'
    end,
    case when not u.is_enabled then 'disabled' when u.is_running then 'running'
        else 'not running' end
        || coalesce(', heard ' || date_trunc('second', u.silence) || ' ago', '')
        || case when u.errors > 0 then format(', %s errors', u.errors) else '' end,
    'Read the server''s log: a row that is here already stops it until that row is gone.'
from subscriptions as u
cross join settings as s;
comment on view learning.replication_checks is
    'Rows of analyst.health: who reads this server''s WAL, a standby, subscriptions.';
