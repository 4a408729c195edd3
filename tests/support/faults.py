"""Faults: a piece of work, done by a process of its own, and what befalls it meanwhile.

A database is prepared once per kind of work. `struck` does the work in a copy of it, with a fault
at a moment drawn by a seed, then again as whoever runs it would; what is there then has to be what
work that nobody disturbed leaves.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from json import dumps
from multiprocessing import get_context
from pathlib import Path
from random import Random
from typing import Any

import packets
import psutil
import psycopg
from psycopg.conninfo import make_conninfo
from psycopg.types.json import Jsonb
from walks import walk

from quadrant.database import check_schema, migrate
from quadrant.engine import compute
from quadrant.importer import Kind, RoiUnit, ScoreScale, Units, import_rows, loader, read_file
from quadrant.judging import Worker
from quadrant.server import Cluster
from quadrant.tick import Action, Position, PositionBar, Tick

NOW = datetime(2026, 6, 1, tzinfo=UTC)
"""The learning clock of the prepared databases: what is done twice is done at the same time."""
WAIT_SECONDS = 60.0
ATTEMPTS = 60
"""How often, once a second, work is begun again, as its schedule or its caller would; then it is
stuck. The session of a killed client goes on with what it was told, and holds its job meanwhile."""
Connection = psycopg.Connection[Any]
Begun = Callable[[], None]
Contents = dict[str, list[Any]]


@dataclass(frozen=True)
class Work:
    """What may be struck. `do` can be done again until it returns; it calls `begun` when all is
    ready. `late` is a table that it locks last, `since` what the database it starts from holds."""

    name: str
    do: Callable[[str, Begun], None]
    late: str | None
    since: str = "fed"


# -- what is done ----------------------------------------------------------------------------


def _job(call: str, job: str) -> Callable[[str, Begun], None]:
    newest = "select status, detail from learning.learning_runs where job = %s and id > %s"

    def do(dsn: str, begun: Begun) -> None:
        with psycopg.connect(dsn, autocommit=True) as connection:
            ((before,),) = connection.execute(
                "select coalesce(max(id), 0) from learning.learning_runs"
            ).fetchall()
            begun()
            connection.execute(call.encode())
            # None where nothing was due: the session of a killed client had done it all.
            row = connection.execute(newest + " order by id desc limit 1", (job, before)).fetchone()
            assert row is None or row[0] in ("done", "waiting"), row

    return do


def _judge(dsn: str, begun: Begun) -> None:
    _job("call learning.run_judge(true)", "quadrant.judge")(dsn, begun)
    with psycopg.connect(dsn, autocommit=True) as connection:
        Worker().drain(connection)


def _maintain(dsn: str, begun: Begun) -> None:
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("select learning.reset_clock()")
    _job("call learning.run_maintenance()", "quadrant.maintain")(dsn, begun)


LIVE = Position("walks", "WALK0", "WALK0", "15m")


def _tick(dsn: str, begun: Begun) -> None:
    """A live bot that buys close to the anchor, from the newest bar on that the database holds."""
    scope = {"chain": "walks", "timeframe": "15m"}
    snapshots = compute(walk("WALK0", 0, days=10)).snapshots()[-200:]
    with psycopg.connect(dsn, autocommit=True) as connection:
        tick = Tick(connection, "bot", [LIVE])
        newest = tick.tickers[LIVE].last_bar_ts
        begun()
        for bar in snapshots:
            if newest is not None and bar.bar_ts <= newest:
                continue
            buys = bar.state == "S1" and bar.s1_halo_distance <= 1.0
            actions = [Action("entry", bar.bar_ts, f"at {bar.bar_ts}")] if buys else []
            tick.process(PositionBar(LIVE, bar, scope), actions)


def _import(dsn: str, begun: Begun) -> None:
    """A file of 300 windows, one of ten malformed, in batches of 50."""
    rows: list[dict[str, Any]] = packets.windows(10_000, 300, NOW)
    for row in rows[::10]:
        row["decision"] = "perhaps"
    loader.BATCH = 50
    with tempfile.TemporaryDirectory() as folder, psycopg.connect(dsn, autocommit=True) as to:
        file = Path(folder) / "episodes.jsonl"
        file.write_text("".join(f"{dumps(row)}\n" for row in rows))
        begun()
        import_rows(to, read_file(file, Kind.EPISODES), Units(RoiUnit.FRACTION, ScoreScale.ONE))


def _allocate(dsn: str, begun: Begun) -> None:
    """Closed trades told one after the other: each moves capital, once."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        begun()
        for number in range(5_000, 5_025):
            trade = packets.trade(number, NOW)
            connection.execute("select pm.record_closed_trade(%s)", (Jsonb(trade),))


def _migrate(dsn: str, begun: Begun) -> None:
    begun()
    migrate(dsn)
    with psycopg.connect(dsn) as connection:
        check_schema(connection)


def _work(dsn: str, begun: Begun) -> None:
    begun()
    Worker(dsn).run()


WORKS = {
    work.name: work
    for work in (
        Work(
            "aggregate",
            _job("call learning.run_aggregator(true)", "quadrant.aggregate"),
            "learning.pattern_trade_events",
        ),
        Work(
            "mine",
            _job("call learning.run_tuning_miner(true)", "quadrant.mine"),
            "learning.lessons",
        ),
        Work("judge", _judge, "learning.gate_simulations", "mined"),
        Work("maintain", _maintain, "learning.episode_rejects", "mined"),
        Work("retention", _maintain, "learning.pattern_episode_events", "aged"),
        Work("tick", _tick, "learning.pattern_episode_events"),
        Work("import", _import, "learning.episode_rejects"),
        Work("allocation", _allocate, "learning.allocation_history"),
        Work("migrate", _migrate, None, "nothing"),
    )
}

ALSO = {"worker": Work("worker", _work, "learning.gate_simulations", "mined")}
"""What never comes to an end by itself."""

OLD = """
    insert into learning.learning_log (level, event, logged_at)
    select 'INFO', 'old', now() - make_interval(days => n) from generate_series(1, 4000) as n;
    insert into learning.episode_rejects (kind, source, payload, reason, sqlstate, rejected_at)
    select 'episode', 'old', to_jsonb(n), 'old', 'QD001', now() - make_interval(days => n)
    from generate_series(1, 2000) as n;
    insert into learning.learning_runs (job, status, started_at, finished_at)
    select 'quadrant.mine', 'done', at, at
    from generate_series(1, 1000) as n, lateral (select now() - make_interval(days => n)) as a (at);
"""
# Strands of closed trades without events, and windows nobody will tell the outcome of.
LEFT_OVER = """
    insert into learning.ad_strands (kind, position_id, trade_id, content, happened_at)
    select 'position_closed', p.position_id, 'strand-' || n, jsonb_build_object(
            'pattern_key', 'pm.uptrend.S1.entry', 'roi', 0.01 * (n % 7 - 3),
            'actions', '["entry", "trim", "exit"]'::jsonb
        ), learning.clock() - make_interval(hours => n)
    from generate_series(1, 150) as n,
        (select min(position_id) from learning.lowcap_positions) as p (position_id);
    insert into learning.pattern_episode_events (
        window_id, episode_id, attempt_id, pattern_key, episode_type, opened_at
    )
    select 'stale-' || n, 'stale-' || n, 'stale-' || n, 'pm.uptrend.S1.entry', 's1_entry',
        learning.clock() - interval '60 days'
    from generate_series(1, 100) as n;
"""
# More than a batch of retention takes, of windows decided with an override, trades and messages.
AGED = """
    select learning.set_setting('retention_days.events', '425');
    insert into learning.pm_overrides (pattern_key, action_category, multiplier)
    values ('pm.uptrend.S1.entry', 'tuning_halo', 1.1);
    insert into learning.pattern_episode_events (
        window_id, episode_id, attempt_id, pattern_key, episode_type, decision, opened_at,
        decided_at, outcome, outcome_at, roi, roi_at, factors
    )
    select 'aged-' || w, 'aged-' || w, 'aged-' || w / 2, 'pm.uptrend.S1.entry', 's1_entry', 'acted',
        t.at, t.at, 'success', t.at, 0.01 * (w % 7), t.at,
        jsonb_build_object('overrides', jsonb_build_array(o.id))
    from learning.pm_overrides as o, generate_series(1, 7000) as w,
        lateral (select learning.clock() - make_interval(days => 500 + w / 100)) as t (at)
    where o.is_manual;
    insert into learning.ad_strands (kind, trade_id, content, happened_at)
    select 'position_closed', 'aged-' || n, jsonb_build_object(
            'pattern_key', 'pm.uptrend.S1.entry', 'roi', 0.01 * (n % 7 - 3)
        ), learning.clock() - make_interval(days => 500 + n / 100)
    from generate_series(1, 1000) as n;
    insert into learning.pattern_trade_events (
        trade_id, pattern_key, action_category, roi, closed_at
    )
    select s.trade_id, 'pm.uptrend.S1.entry', 'entry', 0.01, s.happened_at
    from learning.ad_strands as s where s.trade_id like 'aged-%';
    insert into learning.ad_strands (kind, happened_at)
    select 'decision_lowcap', learning.clock() - make_interval(days => 500)
    from generate_series(1, 7000);
"""


def prepare(dsn: str) -> None:
    """A migrated database as it is after a while of use, none of it learned from yet."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("select learning.set_clock(%s)", (NOW,))
        packets.feed(dsn, now=NOW)
        connection.execute(LEFT_OVER)
        connection.execute(OLD)
        connection.execute("analyze")


# What else is to be the same, beside what the flow tests compare; `stuck` is to be empty.
MORE = {
    "rejects": "select j.source, j.payload::text, j.sqlstate from learning.episode_rejects as j"
    " where j.source <> 'old' order by 1, 2",
    "scope stats": "select to_jsonb(s)::text from analyst.pattern_scope_stats as s order by 1",
    "past": """
        select p.override_id, p.measure, p.is_with, p.n, p.days, round(p.value::numeric, 6),
            round(p.values2::numeric, 6), round(p.cross_sum::numeric, 6), p.n2
        from learning.override_past as p order by 1, 2, 3
    """,
    "kept": """
        select 'log', count(*) from learning.learning_log as l where l.event = 'old'
        union all
        select 'runs', count(*) from learning.learning_runs as r where r.started_at < %(before)s
        union all
        select 'rejects', count(*) from learning.episode_rejects as j where j.source = 'old'
    """,
}
STUCK = """
    select 'run', r.job, r.status from learning.learning_runs as r
    where r.status in ('running', 'waiting')
    union all
    select 'request', null, q.status from learning.simulation_requests as q
    where q.status in ('waiting', 'leased')
"""
OBJECTS = """
    select n.nspname, 'relation', c.relname::text, c.relkind::text, c.relacl::text
    from pg_class as c join pg_namespace as n on n.oid = c.relnamespace
    where n.nspname in ('learning', 'pm', 'analyst', 'quadrant_meta') and c.relkind <> 'i'
    union all
    select n.nspname, 'routine', p.oid::regprocedure::text, md5(p.prosrc), p.proacl::text
    from pg_proc as p join pg_namespace as n on n.oid = p.pronamespace
    where n.nspname in ('learning', 'pm', 'analyst')
    order by 1, 2, 3, 4
"""


# -- the process that does it ------------------------------------------------------------------

_context = get_context("forkserver")


def _run(name: str, dsn: str, pipe: Any) -> None:
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 2)
    try:
        (WORKS | ALSO)[name].do(dsn, lambda: pipe.send("begun"))
    except BaseException as error:
        with suppress(OSError):
            pipe.send(f"{type(error).__name__}: {error}")
        os._exit(1)
    os._exit(0)


class Child:
    """A process that does a piece of work; `told` is what it died of."""

    def __init__(self, work: Work, dsn: str) -> None:
        self._pipe, given = _context.Pipe(duplex=False)
        self._process = _context.Process(target=_run, args=(work.name, dsn, given), daemon=True)
        self._process.start()
        given.close()
        self.told = ""

    def begun(self) -> bool:
        """Waits until the work begins; False where it never did."""
        self.told = self._next()
        return self.told == "begun"

    def _next(self) -> str:
        try:
            return str(self._pipe.recv()) if self._pipe.poll(WAIT_SECONDS) else "silent"
        except EOFError:
            return ""

    def ended(self, seconds: float = WAIT_SECONDS) -> bool:
        """Whether the work was done; killed where it takes longer than that."""
        self._process.join(seconds)
        if self._process.exitcode is None:
            self.kill()
            self.told = f"not done after {seconds} s"
            return False
        while self._pipe.poll():
            try:
                self.told = str(self._pipe.recv())
            except EOFError:
                break
        return self._process.exitcode == 0

    def send(self, signum: int) -> None:
        assert self._process.pid is not None
        os.kill(self._process.pid, signum)

    def kill(self) -> None:
        self._process.kill()
        self._process.join()


# -- what befalls it -----------------------------------------------------------------------------


class Rig:
    """A server of the test's own with the prepared databases, and room that can be used up."""

    def __init__(self, cluster: Cluster, small: Path | None, read: Callable[..., Contents]) -> None:
        self.cluster, self.small, self._read = cluster, small, read
        self._expected: dict[str, Contents] = {}
        self._took: dict[str, float] = {}
        self._started = datetime.now(UTC)
        self.wal: Path | None = None
        self.admin("create database nothing", "create database fed")
        migrate(self.dsn("fed"))
        prepare(self.dsn("fed"))
        self.admin("create database mined template fed")
        Child(WORKS["mine"], self.dsn("mined")).ended()
        if small is not None:
            owner = cluster.home.store.stat()
            os.chown(small, owner.st_uid, owner.st_gid)
            small.chmod(0o700)
            self.admin(f"create tablespace small location '{small}'")

    def dsn(self, database: str = "postgres") -> str:
        found = self.cluster.dsn(database)
        assert found is not None, "the server is down"
        return found

    def admin(self, *statements: str) -> None:
        with psycopg.connect(self.dsn(), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())

    @contextmanager
    def copy(self, work: Work, *, small: bool = False) -> Iterator[str]:
        """A database to do that work in, thrown away afterwards."""
        name = f"struck_{uuid.uuid4().hex[:8]}"
        place = " tablespace small" if small else ""
        # After a crash before the next checkpoint PostgreSQL would forget numbers that sequences of
        # a copied database gave out (their copies are logged without those fetched in advance).
        self.admin(f"create database {name} template {work.since}{place}", "checkpoint")
        try:
            yield self.dsn(name)
        finally:
            self.admin(f"drop database {name} with (force)")

    def contents(self, work: Work, dsn: str) -> Contents:
        with psycopg.connect(dsn, autocommit=True) as connection:
            if work.name == "migrate":
                return {"objects": connection.execute(OBJECTS).fetchall()}
            found = dict(self._read(connection))
            for name, query in MORE.items():
                found[name] = connection.execute(query, {"before": self._started}).fetchall()
            return found

    def expected(self, work: Work) -> tuple[Contents, float]:
        """What the work leaves when nobody disturbs it, and the seconds it takes."""
        if work.name not in self._expected:
            if work.since == "aged":
                self.admin("create database aged template mined")
                with psycopg.connect(self.dsn("aged"), autocommit=True) as connection:
                    connection.execute(AGED)
            with self.copy(work) as dsn:
                child = Child(work, dsn)
                assert child.begun(), child.told
                started = time.monotonic()
                assert child.ended(), child.told
                self._took[work.name] = time.monotonic() - started
                self._expected[work.name] = self.contents(work, dsn)
        return self._expected[work.name], self._took[work.name]


@dataclass
class Verdict:
    """What a fault came to: `hit` when the work did not come through; rows that are not there
    or too many in the end; whether it never came to an end."""

    hit: bool
    lost: int
    doubled: int
    stuck: str
    where: str


def kill_server(cluster: Cluster, *, all_at_once: bool) -> None:
    """The postmaster alone, whose sessions then end by themselves, or every process of it."""
    pid = cluster.pid()
    if pid is None:  # the timer of a death that came too late
        return
    children = psutil.Process(pid).children() if all_at_once else []
    os.kill(pid, signal.SIGKILL)
    for child in children:
        with suppress(psutil.NoSuchProcess):
            child.kill()


def _server_killed(rig: Rig, work: Work, dsn: str, random: Random, took: float) -> bool:
    child = Child(work, dsn)
    child.begun()
    time.sleep(random.uniform(0, took))
    kill_server(rig.cluster, all_at_once=random.random() < 0.5)
    done = child.ended()
    rig.cluster.start()
    return not done


def _client_killed(rig: Rig, work: Work, dsn: str, random: Random, took: float) -> bool:
    child = Child(work, dsn)
    child.begun()
    time.sleep(random.uniform(0, took))
    child.kill()
    return not child.ended()


def _connection_cut(rig: Rig, work: Work, dsn: str, random: Random, took: float) -> bool:
    child = Child(work, dsn)
    child.begun()
    time.sleep(random.uniform(0, took))
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(
            "select pg_terminate_backend(a.pid) from pg_stat_activity as a"
            " where a.datname = current_database() and a.pid <> pg_backend_pid()"
        )
    return not child.ended()


def _statement_timeout(rig: Rig, work: Work, dsn: str, random: Random, took: float) -> bool:
    longest = max(2, int(took * 1000 / (1 if work.name not in ("tick", "allocation") else 25)))
    child = Child(work, _with(dsn, statement_timeout=random.randint(1, longest)))
    return not child.ended()


def _lock_timeout(rig: Rig, work: Work, dsn: str, random: Random, took: float) -> bool:
    if work.late is None:
        return False
    with psycopg.connect(dsn) as holder:
        holder.execute(f"lock table {work.late} in access exclusive mode".encode())
        return not Child(work, _with(dsn, lock_timeout=random.randint(1, 50))).ended()


WAITS = """
    select l.pid from pg_locks as l
    where not l.granted and l.relation = %s::regclass
        and l.database = (select d.oid from pg_database as d where d.datname = current_database())
"""
HOLDS = """
    select l.relation::regclass::text
    from pg_locks as l
    join pg_class as c on c.oid = l.relation
    join pg_namespace as n on n.oid = c.relnamespace
    where l.pid = %s and l.granted and n.nspname = 'learning' and c.relkind = 'r'
        and l.relation <> %s::regclass
        and l.mode in ('RowShareLock', 'RowExclusiveLock')
    order by 1
"""


def _deadlock(rig: Rig, work: Work, dsn: str, random: Random, took: float) -> bool:
    """Somebody holds what it needs last, and then asks for what it holds."""
    if work.late is None:
        return False
    child = Child(work, _with(dsn, deadlock_timeout=300))
    with psycopg.connect(_with(dsn, deadlock_timeout=5000)) as other:
        other.execute(f"lock table {work.late} in exclusive mode".encode())
        deadline = time.monotonic() + WAIT_SECONDS
        held: list[str] = []
        with psycopg.connect(dsn, autocommit=True) as watching:
            while time.monotonic() < deadline:
                waiting = watching.execute(WAITS, (work.late,)).fetchone()
                if waiting is not None:
                    holds = watching.execute(HOLDS, (waiting[0], work.late)).fetchall()
                    held = [name for (name,) in holds]
                    break
                time.sleep(0.005)
        struck = False
        if held:
            try:
                table = random.choice(held)
                other.execute(f"lock table {table} in access exclusive mode".encode())
                struck = True
            except psycopg.errors.DeadlockDetected:
                struck = True
        other.rollback()
    return not child.ended() and struck


def _disk_full(rig: Rig, work: Work, dsn: str, random: Random, took: float) -> bool:
    assert rig.small is not None
    filler = rig.small / "filler"
    room = random.choice((0, 16, 64, 256)) * 1024
    rig.admin("checkpoint")  # what was copied takes its room
    try:
        free = os.statvfs(rig.small)
        with filler.open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, free.f_bavail * free.f_frsize - room)
        return not Child(work, dsn).ended()
    finally:
        filler.unlink(missing_ok=True)


def _with(dsn: str, **settings: int) -> str:
    options = " ".join(f"-c {name}={value}" for name, value in settings.items())
    return make_conninfo(dsn, options=options)


FAULTS: dict[str, Callable[[Rig, Work, str, Random, float], bool]] = {
    "server killed": _server_killed,
    "client killed": _client_killed,
    "connection cut": _connection_cut,
    "statement timeout": _statement_timeout,
    "lock timeout": _lock_timeout,
    "deadlock": _deadlock,
    "disk full": _disk_full,
}

SEGMENT = 16 * 2**20
WAL = "pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint"


@contextmanager
def wal_apart(rig: Rig, room: Path) -> Iterator[None]:
    """The server's WAL on a file system of its own, on which no old segment waits to be used."""
    rig.admin("alter system set wal_recycle = off")
    rig.cluster.stop("fast")
    wal, there = rig.cluster.home.data / "pg_wal", room / "pg_wal"
    subprocess.run(["cp", "-a", wal, there], check=True)
    shutil.rmtree(wal)
    wal.symlink_to(there)
    rig.wal = room
    rig.cluster.start()
    try:
        yield
    finally:
        rig.cluster.stop("immediate")
        wal.unlink()
        subprocess.run(["cp", "-a", there, wal], check=True)
        rig.cluster.start()


def _wal_full(rig: Rig, work: Work, dsn: str, random: Random, took: float) -> bool:
    """No segment can be made when the present one is full, which is somewhere in the work."""
    assert rig.wal is not None
    filler = rig.wal / "filler"
    with rig.copy(work) as tried, psycopg.connect(tried, autocommit=True) as connection:
        ((before,),) = connection.execute(f"select {WAL}".encode()).fetchall()
        assert Child(work, tried).ended()
        ((after,),) = connection.execute(f"select {WAL}".encode()).fetchall()
    rig.admin("checkpoint", "select pg_switch_wal()", "checkpoint")
    left = random.randint(0, min(after - before, SEGMENT // 2))
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(
            f"select pg_logical_emit_message(false, '', repeat('x', ({SEGMENT} - {left}"
            f" - {WAL} % {SEGMENT})::integer))".encode()
        )
    try:
        with filler.open("wb", buffering=0) as file, suppress(OSError):
            while file.write(bytes(2**16)):
                pass
        done = Child(work, dsn).ended()
    finally:
        filler.unlink(missing_ok=True)
    rig.cluster.stop("immediate")
    rig.cluster.start()
    return not done


RARE = {"disk full of WAL": _wal_full}


def struck(rig: Rig, work: Work, fault: str, seed: int) -> Verdict:
    """The work with that fault, and done again; what is there then against the undisturbed."""
    expected, took = rig.expected(work)
    random = Random(f"{work.name} {fault} {seed}")
    with rig.copy(work, small=fault == "disk full") as dsn:
        name = str(psycopg.conninfo.conninfo_to_dict(dsn)["dbname"])
        hit = (FAULTS | RARE)[fault](rig, work, dsn, random, took)
        stuck = ""
        for _ in range(ATTEMPTS):
            child = Child(work, rig.dsn(name))
            if child.ended():
                stuck = ""
                break
            stuck = child.told or "died"
            time.sleep(1)
        found = rig.contents(work, rig.dsn(name))
        if not stuck and work.name != "migrate":
            with psycopg.connect(rig.dsn(name), autocommit=True) as connection:
                if rows := connection.execute(STUCK).fetchall():
                    stuck = f"left open: {rows}"
    lost, doubled, where = compared(expected, found)
    return Verdict(hit, lost, doubled, stuck, where)


def compared(expected: Contents, found: Contents) -> tuple[int, int, str]:
    """Rows that are missing, rows too many, and an example of each table with any."""
    lost = doubled = 0
    where = []
    for table, rows in expected.items():
        wanted, there = Counter(map(repr, rows)), Counter(map(repr, found[table]))
        missing, extra = wanted - there, there - wanted
        lost += missing.total()
        doubled += extra.total()
        if missing or extra:
            told = [str(list(rows)[:1])[:300] for rows in (missing, extra)]
            where.append(f"{table}: -{told[0]} +{told[1]}")
    return lost, doubled, "; ".join(where)


@contextmanager
def small_room(megabytes: int = 160) -> Iterator[Path | None]:
    """A file system of that size that the server can write to; None where nobody may mount."""
    with tempfile.TemporaryDirectory(prefix="quadrant-small-") as folder:
        Path(folder).chmod(0o755)
        made = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=0777", "tmpfs", folder],
            capture_output=True,
            check=False,
        )
        if made.returncode != 0:
            yield None
            return
        try:
            yield Path(folder)
        finally:
            subprocess.run(["umount", "-l", folder], check=True)


def preload() -> None:
    """Children begin with all of this imported."""
    os.environ.setdefault("PYTHONPATH", "")
    before = os.environ["PYTHONPATH"]
    os.environ["PYTHONPATH"] = os.pathsep.join([p for p in (*sys.path, before) if p])
    _context.set_forkserver_preload(["faults"])
    Child(WORKS["migrate"], "postgresql:///no?host=/nowhere").ended()
    os.environ["PYTHONPATH"] = before
