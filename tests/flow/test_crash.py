"""Exactly once: a replay killed over and over ends with the rows of one nobody disturbed.

Run as a program, this file is the replay that dies where it is told.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from random import Random
from threading import Timer
from time import monotonic, sleep
from typing import Any, LiteralString

import psycopg
import pytest

sys.path.append(str(Path(__file__).parents[1] / "support"))  # also where this file is a program
import reliability
from amounts import LONG, amount
from faults import kill_server

from quadrant.bars import Bars, read_folder
from quadrant.database import migrate, queries
from quadrant.engine import compute
from quadrant.market import write_market
from quadrant.replay import Replay, ReplayOptions, ReplayRunningError
from quadrant.server import Cluster
from quadrant.tick import Action, Position, PositionBar, StaleTickerError, Tick

pytestmark = [pytest.mark.flow]

DAY_MS = 86_400_000
LEARN_DAYS = amount(3, 1)
OPTIONS = ReplayOptions(chain="walks", learn_every=LEARN_DAYS * DAY_MS)
COMMAND = [
    *(sys.executable, "-c", "from quadrant.cli.app import main; main()"),
    *("replay", "--chain", "walks", "--learn-every", f"{LEARN_DAYS}d", "--json"),
]
ARMED = "armed"
POINTS = amount(3, 22)
"""Deaths of a campaign: a process's three ways to die come up in every three."""
WAIT_SECONDS = 60.0
LEARNING = frozenset(
    queries(name)
    for name in (
        *("learner/mine", "learner/judge", "judging/claim_simulations"),
        *("judging/store_simulations", "judging/runs_to_finish", "judging/finish_judging"),
    )
)
Connection = psycopg.Connection[Any]
Contents = dict[str, list[Any]]
Reader = Callable[[Connection], Contents]


@dataclass(frozen=True, slots=True)
class Death:
    """Where to die: at the n-th statement after `done` bars, of all or of a learning cycle.

    Before the statement is sent, or `after` seconds later, while the server works on it.
    """

    done: int
    statement: int
    learning: bool = False
    after: float | None = None


class Fuse:
    """Watches a replay's progress and its statements, and calls `kill` where the death is."""

    def __init__(
        self, death: Death, total: int, kill: Callable[[], None], told: Callable[[], None]
    ) -> None:
        self.death, self.kill, self.told = death, kill, told
        self.left = total - death.done
        self.armed = False
        self.count = 0

    def reached(self, bars_left: int) -> None:
        if not self.armed and bars_left <= self.left:
            self.armed = True
            self.told()

    def sending(self, query: Any) -> None:
        if not self.armed or (self.death.learning and query not in LEARNING):
            return
        self.count += 1
        if self.count == self.death.statement:
            if self.death.after is None:
                self.kill()
            else:
                timer = Timer(self.death.after, self.kill)
                timer.daemon = True
                timer.start()

    def cursor(self) -> type[psycopg.Cursor[Any]]:
        """Cursors that tell this fuse of every statement."""
        fuse = self

        class Fused(psycopg.Cursor[Any]):
            def execute(self, query: Any, *args: Any, **options: Any) -> Any:
                fuse.sending(query)
                return super().execute(query, *args, **options)

        return Fused


def replay_with(
    dsn: str,
    bars: list[Bars],
    death: Death,
    kill: Callable[[], None],
    told: Callable[[], None] = lambda: None,
) -> None:
    """Goes on with the replay until the death comes, or to its end; tells when it is armed."""
    fuse = Fuse(death, sum(len(one) for one in bars), kill, told)
    with psycopg.connect(dsn, autocommit=True, cursor_factory=fuse.cursor()) as connection:
        work = Replay(connection, bars, OPTIONS)
        progress = work.progress

        def reached() -> bool:
            fuse.reached(progress.total - progress.done)
            return False

        reached()
        work.run(stop=reached)


def deaths(seed: int, total: int) -> list[Death]:
    """POINTS of them spread over `total` bars: a third each before any statement, before one of
    a learning cycle, and while such a one is worked on."""
    random = Random(seed)
    marks = sorted(random.randrange(total) for _ in range(POINTS))
    found = []
    for n, done in enumerate(marks):
        learning = n % 3 > 0
        after = random.uniform(0.0, 0.02) if n % 3 == 2 else None
        found.append(Death(done, random.randint(1, 7 if learning else 40), learning, after))
    return found


@pytest.fixture(scope="module")
def folder(walks: list[Bars], tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("walks")
    write_market(walks, made)
    return made


@pytest.fixture(scope="module")
def undisturbed(
    folder: Path, new_database: Any, eager: Any, contents: Reader
) -> Iterator[Contents]:
    """The rows of a replay that ran in one go: there are some of everything."""
    with new_database() as dsn, psycopg.connect(dsn, autocommit=True) as connection:
        eager(connection)
        Replay(connection, read_folder(folder), OPTIONS).run()
        rows = contents(connection)
        kinds = {row["episode_type"] for (row,) in rows["windows"] if row["decision"] == "acted"}
        assert kinds == {"s1_entry", "s2_entry", "s3_retest", "s3_dx"}
        assert {row["status"] for (row,) in rows["overrides"]} == {"active"}
        yield rows


def compare(found: Contents, expected: Contents) -> int:
    """The number of rows, all of them equal."""
    for name, rows in expected.items():
        assert found[name] == rows, name
    return sum(len(rows) for rows in expected.values())


def note(connection: Connection, fault: str, survived: int) -> None:
    version = connection.info.server_version // 10_000
    reliability.note(version, "replay", fault, survived=survived)


# -- the process ---------------------------------------------------------------------------


def killed_by_itself(dsn: str, folder: Path, death: Death) -> int:
    return subprocess.run(
        [sys.executable, __file__, dsn, str(folder), json.dumps(asdict(death))],
        stdout=subprocess.DEVNULL,
        check=False,
    ).returncode


def killed_from_outside(dsn: str, folder: Path, done: int, seconds: float) -> int:
    """`seconds` after the child has done that many bars, wherever it is then."""
    never = Death(done, sys.maxsize)
    command = [sys.executable, __file__, dsn, str(folder), json.dumps(asdict(never))]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        assert child.stdout.readline().strip() == ARMED
        with suppress(subprocess.TimeoutExpired):
            child.wait(seconds)
        child.kill()
    return child.returncode


def killed_command(dsn: str, folder: Path, watching: Connection, strands: int) -> int:
    """`quadrant replay` itself, when it has told so many more strands."""
    count = "select count(*) from learning.ad_strands"
    ((before,),) = watching.execute(count).fetchall()
    environment = {**os.environ, "QUADRANT_DSN": dsn}
    with subprocess.Popen(
        [*COMMAND, str(folder)],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as child:
        deadline = monotonic() + WAIT_SECONDS
        while child.poll() is None and monotonic() < deadline:
            ((now,),) = watching.execute(count).fetchall()
            if now >= before + strands:
                break
            sleep(0.002)
        child.kill()
    return child.returncode


@pytest.mark.slow
def test_a_replay_killed_again_and_again_ends_with_the_same_rows(
    folder: Path,
    undisturbed: Contents,
    new_database: Any,
    eager: Any,
    contents: Reader,
) -> None:
    total = sum(len(bars) for bars in read_folder(folder))
    random = Random(5)
    survived = 0
    with new_database() as dsn, psycopg.connect(dsn, autocommit=True) as watching:
        eager(watching)
        for n, death in enumerate(deaths(4, total)):
            if n % 6 == 1:
                code = killed_from_outside(dsn, folder, death.done, random.uniform(0.0, 0.3))
            elif n % 6 == 2:
                code = killed_command(dsn, folder, watching, random.randint(1, 12))
            else:
                code = killed_by_itself(dsn, folder, death)
            if code == 0:
                break
            assert code == -signal.SIGKILL
            survived += 1
        # Whoever starts it again does so at once, while the dead one's session may still work.
        Replay(watching, read_folder(folder), OPTIONS).run()
        rows = compare(contents(watching), undisturbed)
        note(watching, "process killed", survived)
    print(f"process killed at {survived} points, {rows} rows equal")
    assert survived >= POINTS - 2


MINES = """
    select from pg_stat_activity as a join pg_locks as l on l.pid = a.pid
    where a.datname = current_database() and not l.granted
        and l.relation = 'learning.slice_rates'::regclass
"""
ASKS = """
    select a.query_start from pg_stat_activity as a
    where a.datname = current_database() and a.query like 'select learning.take_jobs%'
"""


def seen(watching: Connection, query: LiteralString, *, times: int = 1) -> bool:
    """Does the query come to answer so many different rows?"""
    rows: set[Any] = set()
    deadline = monotonic() + WAIT_SECONDS
    while monotonic() < deadline and len(rows) < times:
        rows.update(watching.execute(query).fetchall())
        sleep(0.01)
    return len(rows) >= times


@pytest.mark.slow
def test_a_replay_waits_until_the_session_of_a_killed_one_has_ended(
    folder: Path, undisturbed: Contents, new_database: Any, eager: Any, contents: Reader
) -> None:
    command = [sys.executable, __file__, "", str(folder), json.dumps(asdict(Death(0, sys.maxsize)))]
    with (
        new_database() as dsn,
        psycopg.connect(dsn, autocommit=True) as watching,
        psycopg.connect(dsn) as holder,
    ):
        eager(watching)
        holder.execute("lock table learning.slice_rates in exclusive mode")
        command[2] = dsn
        with subprocess.Popen(command, stdout=subprocess.DEVNULL) as child:
            mining = seen(watching, MINES)
            child.kill()
        assert mining, "the child never mined"

        def go_on() -> None:
            with psycopg.connect(dsn, autocommit=True) as connection:
                work = Replay(connection, read_folder(folder), OPTIONS)
                work.run(stop=lambda: not LONG)

        with ThreadPoolExecutor() as pool:
            going = pool.submit(go_on)
            waits = seen(watching, ASKS, times=3)  # refused, it asks again
            holder.rollback()
            going.result()
        if LONG:
            compare(contents(watching), undisturbed)
        assert waits


def test_a_second_replay_of_a_database_is_told(
    walks: list[Bars], database: str, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = Replay(connection, walks[:1], OPTIONS)
    monkeypatch.setattr("quadrant.judging.learner.PATIENCE", 0.05)
    with psycopg.connect(database, autocommit=True) as other:
        with pytest.raises(ReplayRunningError, match="QD192: a replay is in progress"):
            Replay(other, walks[:1], OPTIONS)
        # A run of a job, scheduled or by hand, stays out.
        for by_hand in (False, True):
            run = other.execute("select (learning.begin_run('quadrant.mine', %s)).*", (by_hand,))
            assert "skipped" in str(run.fetchone())
        assert first.run(stop=lambda: True).interrupted
        Replay(other, walks[:1], OPTIONS)


def test_a_stop_before_a_cycle_that_has_no_news_is_no_look(
    folder: Path, new_database: Any, eager: Any
) -> None:
    bars = read_folder(folder)
    options = replace(OPTIONS, learn_every=DAY_MS)
    quiet: set[int] = set()

    def looks() -> list[tuple[str, date]]:
        """What it looked at when, where it is stopped before cycles of `quiet` moments."""
        with new_database() as dsn, psycopg.connect(dsn, autocommit=True) as connection:
            eager(connection)
            for _ in range(len(quiet) + 1):
                work = Replay(connection, bars, options)
                work.run(stop=lambda progress=work.progress: progress.at in quiet)
            assert not work.progress.interrupted
            return connection.execute(
                "select pattern_key, look_day from learning.looks order by look_day, pattern_key"
            ).fetchall()

    undisturbed = looks()
    days = {day for _, day in undisturbed}
    between = (min(days) + timedelta(days=n) for n in range((max(days) - min(days)).days))
    midnights = (datetime.combine(day, time(), UTC) for day in between if day not in days)
    quiet |= {int(at.timestamp()) * 1000 for at in midnights}
    assert quiet
    assert looks() == undisturbed


# -- the server ----------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.skipif(not LONG, reason="in short: test_faults.py")
def test_a_server_killed_again_and_again_ends_with_the_same_rows(
    folder: Path,
    undisturbed: Contents,
    own_cluster: Cluster,
    eager: Any,
    contents: Reader,
) -> None:
    with psycopg.connect(own_cluster.start(), autocommit=True) as admin:
        admin.execute("create database killed")
    dsn = own_cluster.dsn("killed")
    assert dsn is not None
    migrate(dsn)
    with psycopg.connect(dsn, autocommit=True) as connection:
        eager(connection)
    bars = read_folder(folder)
    survived = 0
    for n, death in enumerate(deaths(8, sum(len(one) for one in bars))):
        all_at_once = n % 2 == 0

        def kill(all_at_once: bool = all_at_once) -> None:
            kill_server(own_cluster, all_at_once=all_at_once)

        try:
            replay_with(dsn, bars, death, kill)
            break
        except psycopg.OperationalError:
            survived += 1
        own_cluster.start()
        dsn = own_cluster.dsn("killed")
        assert dsn is not None
    with psycopg.connect(dsn, autocommit=True) as connection:
        Replay(connection, bars, OPTIONS).run()
        rows = compare(contents(connection), undisturbed)
        note(connection, "server killed", survived)
    print(f"server killed at {survived} points, {rows} rows equal")
    assert survived >= POINTS - 2


# -- two tickers, and a gap ----------------------------------------------------------------

LIVE = Position("walks", "WALK0", "WALK0", "15m")
KILLS = amount(4, 6)
PACE = 0.001
"""Seconds a live bot waits for a bar, so that the other one gets its turn."""
OF_A_POSITION = ("windows", "strands", "positions", "states")


def of_live(series: list[Bars]) -> Bars:
    return next(b for b in series if (b.symbol, b.timeframe) == (LIVE.symbol, LIVE.timeframe))


def tick_live(dsn: str, bars: Bars, feed: str) -> None:
    """A live bot that buys close to the anchor; tells whenever another one was faster.

    It then goes back to the newest bar the database holds, and gives the bars after it again.
    """
    scope = {"chain": "walks", "timeframe": "15m"}
    snapshots = compute(bars).snapshots()[: amount(1_800, len(bars))]
    given = [PositionBar(LIVE, snapshot, scope) for snapshot in snapshots]
    at = 0
    with psycopg.connect(dsn, autocommit=True) as connection:
        tick = Tick(connection, feed)
        print("ready", flush=True)
        while at < len(given):
            sleep(PACE)
            bar = given[at].snapshot
            buys = (bar.state == "S1" and bar.s1_halo_distance <= 1.0) or (
                bar.state == "S2" and bar.s2_halo_distance <= 0.5
            )
            actions = [Action("entry", bar.bar_ts, f"at {bar.bar_ts}")] if buys else []
            try:
                tick.process(given[at], actions)
                at += 1
            except StaleTickerError:
                print("lost", flush=True)
                tick = Tick(connection, feed, [LIVE])
                newest = tick.tickers[LIVE].last_bar_ts
                at = sum(newest is not None and one.snapshot.bar_ts <= newest for one in given)


@pytest.mark.slow
def test_two_live_tickers_of_one_position_killed_in_between_mix_nothing(
    folder: Path, new_database: Any, contents: Reader
) -> None:
    """Two feeds take the position from each other bar by bar; now one is killed, now the other."""
    bars = of_live(read_folder(folder))
    with new_database() as dsn, psycopg.connect(dsn, autocommit=True) as connection:
        tick_live(dsn, bars, "alone")
        alone = contents(connection)
        assert {row["decision"] for (row,) in alone["windows"]} == {"acted", "skipped"}
    random = Random(3)
    killed, told = 0, ""
    with new_database() as dsn, psycopg.connect(dsn, autocommit=True) as connection:

        def start(feed: str) -> subprocess.Popen[str]:
            command = [sys.executable, __file__, dsn, str(folder), feed]
            child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
            assert child.stdout is not None
            assert child.stdout.readline() == "ready\n"
            return child

        running = {feed: start(feed) for feed in ("one", "other")}
        for _ in range(KILLS):
            feed = random.choice(("one", "other"))
            sleep(random.uniform(0.1, 0.6))
            running[feed].kill()
            told += running[feed].communicate()[0]
            killed += running[feed].returncode == -signal.SIGKILL
            running[feed] = start(feed)
        for child in running.values():
            told += child.communicate()[0]
            assert child.returncode == 0
        both = contents(connection)
    lost = told.count("lost")
    print(f"live tickers: {killed} kills, {lost} times the other was faster")
    assert killed >= KILLS // 2
    assert lost >= 1
    for name in OF_A_POSITION:
        assert both[name] == alone[name], name


Row = dict[str, Any]
GAP_DAYS = amount(4, 30)
"""How long a series goes on after its gap."""


@pytest.fixture(scope="module")
def windows_with_gap(new_database: Any, contents: Reader) -> Callable[..., dict[str, Row]]:
    """The windows of a replay of one series in which bars from `at` (epoch ms) on are missing.

    With a gap it ends some days after it.
    """

    @cache
    def of_series(name: tuple[str, str]) -> dict[str, Row]:
        return replay_it(series[name])

    series: dict[tuple[str, str], Bars] = {}

    def replay_it(bars: Bars, at: int = 0, missing: int = 0) -> dict[str, Row]:
        there = (bars.ts < at) | (bars.ts >= at + missing * bars.step)
        columns = ("ts", "open", "high", "low", "close", "volume")
        cut = replace(bars, **{name: getattr(bars, name)[there] for name in columns})
        assert len(cut) == len(bars) - missing
        with new_database() as dsn, psycopg.connect(dsn, autocommit=True) as connection:
            to_ms = at + GAP_DAYS * DAY_MS if missing else None
            never = replace(OPTIONS, learn_every=10_000 * DAY_MS, to_ms=to_ms)
            Replay(connection, [cut], never).run()
            return {row["window_id"]: row for (row,) in contents(connection)["windows"]}

    def windows(bars: Bars, at: int = 0, missing: int = 0) -> dict[str, Row]:
        if missing:
            return replay_it(bars, at, missing)
        series[bars.symbol, bars.timeframe] = bars
        return of_series((bars.symbol, bars.timeframe))

    return windows


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["s1_entry", "s2_entry", "s3_retest", "s3_dx"])
def test_a_gap_of_more_than_three_bars_closes_what_is_pending(
    folder: Path, undisturbed: Contents, windows_with_gap: Callable[..., dict[str, Row]], kind: str
) -> None:
    pending = next(
        row
        for (row,) in undisturbed["windows"]
        if row["episode_type"] == kind and row["roi"] is not None
    )
    symbol, timeframe = pending["window_id"].split(":")[1:3]
    bars = next(
        one for one in read_folder(folder) if (one.symbol, one.timeframe) == (symbol, timeframe)
    )
    gap = datetime.fromisoformat(pending["opened_at"])
    gap_ms = int(gap.timestamp() * 1000)
    seen_again = gap + timedelta(milliseconds=5 * bars.step)
    whole = windows_with_gap(bars)

    def before(moment: str | None) -> bool:
        return moment is not None and datetime.fromisoformat(moment) <= gap

    closed = windows_with_gap(bars, gap_ms, 4)
    known = [row for row in whole.values() if before(row["opened_at"])]
    assert pending["window_id"] in {row["window_id"] for row in known}
    for row in known:
        found = closed[row["window_id"]]
        if before(row["outcome_at"]):
            assert found["outcome"] == row["outcome"]
        else:
            assert (found["outcome"], found["outcome_reason"]) == ("neutral", "data gap")
            assert datetime.fromisoformat(found["outcome_at"]) == seen_again
            assert found["decision"] in {"acted", "skipped"}
            assert found["closed_at"] is not None
        assert found["roi"] == (row["roi"] if before(row["roi_at"]) else None)
    attempts = {row["attempt_id"] for row in known}
    later = [row for name, row in closed.items() if name not in {r["window_id"] for r in known}]
    assert not attempts & {row["attempt_id"] for row in later}

    if kind != "s1_entry" and not LONG:
        return
    kept = windows_with_gap(bars, gap_ms, 3)
    assert kept[pending["window_id"]]["attempt_id"] == pending["attempt_id"]
    assert "data gap" not in {row["outcome_reason"] for row in kept.values()}


if __name__ == "__main__":
    series, asked = read_folder(sys.argv[2]), sys.argv[3]
    if asked.startswith("{"):
        replay_with(
            sys.argv[1],
            series,
            Death(**json.loads(asked)),
            lambda: os.kill(os.getpid(), signal.SIGKILL),
            told=lambda: print(ARMED, flush=True),
        )
    else:
        tick_live(sys.argv[1], of_live(series), asked)
