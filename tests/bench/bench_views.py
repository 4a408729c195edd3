"""What people look at, on a database that has grown: seconds of every view as it is asked.

Run it as a program: python tests/bench/bench_views.py [windows [seconds]]. Windows of 300 days with
8 samples each on 300 positions, mined and judged on a part of them; the rest are copies of that
part, put in as they are (no trigger runs), with trades, orders, changes of state, steps of capital,
runs and log in proportion. Then, as quadrant_analyst: every query of `quadrant report`, the ten
questions, the panels of Grafana, and the first rows of every view. What takes longer than `seconds`
(1) is shown with its plan. At the end the report itself. The server is an embedded one of its own.
"""

from __future__ import annotations

import json
import re
import sys
import time
from pathlib import Path
from typing import Any, ClassVar

import psycopg
from rich.console import Console
from rich.table import Table
from throwaway import new_database, server

from quadrant.database import queries
from quadrant.judging import Worker
from quadrant.report import charts, read, render

ROOT = Path(__file__).parents[2]
JUDGED = 10_000  # windows that are mined and judged
POSITIONS = 300
APPROVED = 12
PATTERN = "pm.uptrend.S1.entry"
REPORT = sorted((ROOT / "python/quadrant/sql/report").glob("*.sql"))

POSITION = """
    insert into learning.lowcap_positions (token_contract, token_chain, symbol, timeframe)
    select 't' || n, 'bench', 'T' || n, (array['15m', '1h', '4h'])[1 + n %% 3]
    from generate_series(1, %s) as n
"""
WINDOW = """
    insert into learning.pattern_episode_events (
        pattern_key, episode_type, position_id, scope, decision, blocked_by, opened_at, decided_at,
        closed_at, outcome, outcome_at, entry_price, exit_price, roi, roi_at, factors
    )
    select 'pm.uptrend.S1.entry', 's1_entry', w.position_id, w.scope,
        case when w.halo <= 1 then 'acted' else 'skipped' end,
        case when w.halo <= 1 then '{}' else '{halo}' end::text[], w.at, w.at, w.at,
        case when w.roi > 0 then 'success' else 'failure' end, w.at + interval '1 day', 100,
        100 * (1 + w.roi), w.roi, w.at + interval '1 day', jsonb_build_object(
            'ts_score', 0.7, 'halo_distance', w.halo, 'slope', 0.05,
            'ts_min', 0.6, 'halo_max', 1.0, 'slope_min', 0.0,
            'samples', (
                select jsonb_agg(jsonb_build_object(
                    'ts_score', 0.7, 'halo_distance', w.halo + 0.01 * k, 'slope', 0.05,
                    'entry_price', 98 + 4 * random(), 'of', 8 * w.n + k
                ))
                from generate_series(0, 7) as k
            )
        )
    from (
        select m.*, p.position_id, p.scope,
            case when random() < case when m.halo between 1 and 1.2 then 0.55 else 0.25 end
                then 0.12 * random() else -0.03 end as roi
        from (
            select n, now() - interval '1 day' * (3 + 297 * random()) as at,
                0.7 + 0.7 * random() as halo
            from generate_series(1, %(count)s) as n
        ) as m
        join (
            select p.position_id, row_number() over () as place, (
                    select jsonb_object_agg(
                        d, 'v' || floor(3 * random()) || left('', p.position_id::int)
                    )
                    from unnest(%(names)s::text[]) as d
                ) || jsonb_build_object('timeframe', p.timeframe) as scope
            from learning.lowcap_positions as p
        ) as p on p.place = 1 + m.n %% (select count(*) from learning.lowcap_positions)
    ) as w
"""
# A twentieth of what was judged came under the changes in force, since a hundred days.
IN_FORCE = """
    update learning.solutions as s
    set changed_at = now() - interval '100 days'
    where s.status = 'active';
    update learning.pattern_episode_events as e
    set decision = 'acted', blocked_by = '{}', changed = 'let_in',
        factors = e.factors || jsonb_build_object('halo_max', s.halo)
    from (
        select distinct on (n.id) n.id, 1 + (s.steps ->> 'halo')::float8 as halo
        from learning.pattern_episode_events as n
        join learning.solutions as s on s.status = 'active' and n.scope @> s.scope_subset
        where n.decision = 'skipped' and n.decided_at > now() - interval '100 days' and n.id % 4 = 0
        order by n.id, s.id
    ) as s
    where e.id = s.id
"""
COPY = """
    insert into learning.pattern_episode_events (
        id, window_id, episode_id, attempt_id, position_id, episode_type, pattern_key, scope,
        decision, outcome, blocked_by, factors, opened_at, decided_at, closed_at, outcome_at,
        entry_price, exit_price, roi, roi_at, base_admits, changed
    )
    overriding system value
    select e.id + k.k * %(judged)s, gen_random_uuid()::text, gen_random_uuid()::text,
        gen_random_uuid()::text, e.position_id, e.episode_type, e.pattern_key, e.scope, e.decision,
        e.outcome, e.blocked_by, e.factors, e.opened_at + s.shift, e.decided_at + s.shift,
        e.closed_at + s.shift, e.outcome_at + s.shift, e.entry_price, e.exit_price, e.roi,
        e.roi_at + s.shift, e.base_admits, e.changed
    from generate_series(%(first)s::int, %(last)s::int) as k
    cross join learning.pattern_episode_events as e
    cross join lateral (select interval '1 minute' * (k.k %% 1440) as shift) as s
    where e.id <= %(judged)s
"""
# What changes sides under what was compared: the copies too.
SIDES = """
    update learning.gate_simulations as g
    set sides = (
        select jsonb_object_agg(c.key, jsonb_build_object(
            'windows', u.windows, 'kinds', u.kinds, 'values', u.vals
        ))
        from jsonb_each(g.sides) as c
        cross join lateral (
            select jsonb_agg(w.id::bigint + k * %(judged)s order by k, w.place) as windows,
                jsonb_agg(w.kind::int order by k, w.place) as kinds,
                jsonb_agg(w.value::float8 order by k, w.place) as vals
            from rows from (
                jsonb_array_elements_text(c.value -> 'windows'),
                jsonb_array_elements_text(c.value -> 'kinds'),
                jsonb_array_elements_text(c.value -> 'values')
            ) with ordinality as w (id, kind, value, place)
            cross join generate_series(0, %(copies)s) as k
        ) as u
    )
    where g.sides <> '{}' and exists (
        select from learning.solutions as s
        where s.lesson_id = g.lesson_id and s.status in ('active', 'proposed')
    )
"""
# Per ten windows: a trade with its two events and a step of capital, two orders, three changes of
# state; per window a line of the log; hourly runs of a year.
AROUND = """
    insert into learning.ad_strands (kind, position_id, trade_id, happened_at, content)
    select 'position_closed', 1 + n % 300, 'b' || n, t.at, jsonb_build_object(
            'roi', 0.1 * sin(n), 'cost', 100, 'pnl', 10 * sin(n), 'pattern_key',
            'pm.uptrend.S1.entry', 'opened_ms', extract(epoch from t.at) * 1000 - 3600000,
            'timeframe', (array['15m', '1h', '4h'])[1 + n % 3], 'scope', p.scope
        )
    from generate_series(1, %(trades)s) as n
    cross join lateral (select now() - interval '300 days' * n / %(trades)s as at) as t
    join lateral (
        select e.scope from learning.pattern_episode_events as e where e.id = 1 + n % %(judged)s
    ) as p on true;
    insert into learning.pattern_trade_events (
        trade_id, pattern_key, action_category, scope, roi, hold_hours, closed_at, position_id,
        ordinal
    )
    select s.trade_id, 'pm.uptrend.S1.entry', a.action, s.content -> 'scope',
        (s.content ->> 'roi')::float8, 1, s.happened_at, s.position_id, a.ordinal
    from learning.ad_strands as s
    cross join (values ('entry', 1), ('exit', 2)) as a (action, ordinal)
    where s.kind = 'position_closed';
    insert into learning.ad_strands (kind, position_id, trade_id, happened_at, content)
    select 'pm_action', s.position_id, s.trade_id, s.happened_at, jsonb_build_object(
            'action', a.action, 'pattern_key', 'pm.uptrend.S1.entry', 'price', 100, 'usd', 100
        )
    from learning.ad_strands as s
    cross join (values ('entry'), ('trim')) as a (action)
    where s.kind = 'position_closed';
    insert into learning.ad_strands (kind, position_id, happened_at, content)
    select 'uptrend_stage_transition', 1 + n % 300, now() - interval '300 days' * n / %(states)s,
        jsonb_build_object('before', 'S' || n % 4, 'after', 'S' || (n + 1) % 4, 'close', 100)
    from generate_series(1, %(states)s) as n;
    insert into learning.allocation_history (
        trade_id, before, desired, change, after, reason, stepped_at, timeframe, roi, closed_at
    )
    select s.trade_id, '{"15m": 0.3, "1h": 0.3, "4h": 0.4}', '{"15m": 0.3, "1h": 0.3, "4h": 0.4}',
        '{"15m": 0.001, "1h": -0.001, "4h": 0}', '{"15m": 0.3, "1h": 0.3, "4h": 0.4}', 'a step',
        s.happened_at, s.content ->> 'timeframe', (s.content ->> 'roi')::float8, s.happened_at
    from learning.ad_strands as s
    where s.kind = 'position_closed'
    order by s.happened_at;
    insert into learning.learning_runs (job, status, as_of, started_at, finished_at)
    select j.job, 'done', t.at, t.at, t.at + interval '7 seconds'
    from generate_series(1, 365 * 24) as n
    cross join unnest('{quadrant.aggregate,quadrant.mine,quadrant.judge}'::text[]) as j (job)
    cross join lateral (select now() - interval '1 hour' * (365 * 24 - n) as at) as t;
    insert into learning.learning_log (level, event, data, logged_at, clock_at)
    select case when n % 1000 = 0 then 'WARNING' else 'INFO' end, 'EPISODE EVENT',
        '{"pattern_key": "pm.uptrend.S1.entry", "decision": "skipped"}', t.at, t.at
    from generate_series(1, %(windows)s) as n
    cross join lateral (
        select now() - interval '1 day' * 300 * (%(windows)s - n) / %(windows)s as at
    ) as t;
    insert into learning.episode_rejects (kind, source, sqlstate, reason, payload, rejected_at)
    select 'episode', 'bot', 'QD005', 'a number is not finite', jsonb_build_object('n', n),
        now() - interval '1 minute' * n
    from generate_series(1, %(windows)s / 100) as n
"""


def filled(connection: psycopg.Connection[Any], windows: int, console: Console) -> None:
    """The database: what is judged, then the rest."""
    copies = max(0, windows // JUDGED - 1)
    connection.execute("select setseed(0.5)")
    connection.execute(POSITION, (POSITIONS,))
    ((names,),) = connection.execute(
        "select array_agg(n.name) from (select d.name from learning.scope_dimensions as d"
        " where d.enabled and d.name <> 'timeframe' order by d.ordinal limit 4) as n"
    ).fetchall()
    connection.execute(WINDOW, {"count": JUDGED, "names": names})
    connection.execute("vacuum analyze")
    connection.execute("call learning.run_tuning_miner(true)")
    connection.execute("vacuum analyze")
    connection.execute("call learning.run_judge(true, true)")
    Worker().drain(connection)
    proposed = connection.execute(
        "select s.id from learning.solutions as s where s.status = 'proposed'"
        " order by s.id limit %s",
        (APPROVED,),
    ).fetchall()
    for (solution,) in proposed:
        connection.execute("select learning.approve_solution(%s, 'bench')", (solution,))
    console.print("judged:", said(connection))
    numbers = {"judged": JUDGED, "copies": copies, "windows": windows}
    numbers |= {"trades": windows // 10, "states": 3 * windows // 10}
    connection.execute("set session_replication_role = replica")
    connection.execute(IN_FORCE)
    for first in range(1, copies + 1, 10):
        last = min(first + 9, copies)
        connection.execute(COPY, {"judged": JUDGED, "first": first, "last": last})
    client = psycopg.ClientCursor(connection)
    client.execute(SIDES, numbers)
    client.execute(re.sub(r"%(?!\()", "%%", AROUND), numbers)
    connection.execute("reset session_replication_role")
    connection.execute("vacuum analyze")


def said(connection: psycopg.Connection[Any]) -> str:
    """What there is to look at."""
    ((text,),) = connection.execute(
        "select format('%s lessons, %s changes in force, %s proposed',"
        " (select count(*) from learning.lessons where status = 'active'),"
        " count(*) filter (where s.status = 'active'),"
        " count(*) filter (where s.status = 'proposed')) from learning.solutions as s"
    ).fetchall()
    return str(text)


class Timed(psycopg.Cursor[Any]):
    """Keeps what was asked and how long the answer took, all rows fetched."""

    times: ClassVar[dict[str, tuple[float, int]]] = {}
    asked: ClassVar[dict[str, tuple[Any, Any]]] = {}
    name = ""

    def execute(self, query: Any, params: Any = None, **options: Any) -> Any:
        started = time.perf_counter()
        done = super().execute(query, params, **options)
        seconds = time.perf_counter() - started
        where = next((f.stem for f in REPORT if queries(f"report/{f.stem}") == query), self.name)
        name = f"report: {where}" if where != self.name else where
        if seconds >= self.times.get(name, (-1.0, 0))[0] and name:
            self.times[name] = (seconds, self.rowcount)
            self.asked[name] = (query, params)
        return done


def asked(connection: psycopg.Connection[Any]) -> list[tuple[str, str]]:
    """Name and text: the ten questions, the panels of Grafana, the first rows of every view."""
    page = (ROOT / "docs/questions.md").read_text()
    found = re.findall(r"^## (.*?)\n.*?```sql\n(.*?)```", page, re.MULTILINE | re.DOTALL)
    named = [(f"question: {heading}", text) for heading, text in found]
    board = json.loads((ROOT / "docs/grafana/quadrant.json").read_text())
    for panel in board["panels"]:
        for target in panel.get("targets", []):
            text = re.sub(
                r"\$__(\w+)\(([^)]*)\)",
                lambda m: {
                    "timeFilter": f"{m[2]} between now() - interval '30 days' and now()",
                    "timeFrom": "now() - interval '30 days'",
                    "timeTo": "now()",
                }[m[1]],
                target["rawSql"],
            )
            named.append((f"grafana: {panel['title']}", text))
    for (view,) in connection.execute(
        "select c.relname from pg_class as c where c.relnamespace = 'analyst'::regnamespace"
        " and c.relkind in ('v', 'm') order by 1"
    ).fetchall():
        named.append((f"view: {view}", f"select * from analyst.{view} limit 200"))
    return named


def main(windows: int, most: float) -> None:
    console = Console(width=110)
    with server() as cluster:
        dsn = new_database(cluster)
        with psycopg.connect(dsn, autocommit=True) as connection:
            started = time.perf_counter()
            filled(connection, windows, console)
            size = connection.execute(
                "select pg_size_pretty(pg_database_size(current_database()))"
            ).fetchone()
            console.print(f"filled in {time.perf_counter() - started:.0f} s: {size}")
        with psycopg.connect(dsn, autocommit=True, cursor_factory=Timed) as connection:
            started = time.perf_counter()
            facts = read(connection)
            reading = time.perf_counter() - started
            page = render(facts, charts(facts, None, None))
            whole = time.perf_counter() - started
            connection.execute("set role quadrant_analyst")
            connection.execute("set jit = off")
            for name, text in asked(connection):
                Timed.name = name
                connection.execute(text)
            Timed.name = ""
            connection.execute("reset role")
            table = Table(title=f"{windows:,} windows")
            for column in ("asked", "rows", "seconds"):
                table.add_column(column, justify="left" if column == "asked" else "right")
            for name, (seconds, rows) in sorted(Timed.times.items(), key=lambda t: -t[1][0]):
                table.add_row(name, f"{rows:,}", f"{seconds:.3f}")
            console.print(table)
            console.print(
                f"report: read in {reading:.1f} s, written in {whole - reading:.1f} s,"
                f" {len(page.encode()) / 1e6:.2f} MB"
            )
            connection.execute("set role quadrant_analyst")
            for name, (seconds, _) in Timed.times.items():
                if seconds > most:
                    query, params = Timed.asked[name]
                    text = query if isinstance(query, str) else query.decode()
                    plan = connection.execute(
                        "explain (analyze, buffers) " + text.rstrip().rstrip(";"), params
                    ).fetchall()
                    console.print(f"\n{name} ({seconds:.1f} s)")
                    for (line,) in plan:
                        print(line[:200])


if __name__ == "__main__":
    given = sys.argv[1:]
    main(int(given[0]) if given else 1_000_000, float(given[1]) if len(given) > 1 else 1.0)
