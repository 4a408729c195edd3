"""quadrant tick as a bot runs it: a process, JSON lines in and out."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from itertools import pairwise
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from quadrant.engine import Snapshot, compute
from quadrant.market import planted_market, synthesize
from quadrant.server import Cluster, Home
from quadrant.tick.messages import schema

COMMAND = [sys.executable, "-c", "from quadrant.cli.app import main; main()", "tick"]
POSITION = {
    "token_chain": "solana",
    "token_contract": "So1",
    "symbol": "SOL",
    "timeframe": "15m",
    "book": "main",
    "total_allocation_pct": 10.0,
}
SCOPE = {"chain": "solana", "timeframe": "15m", "bucket": "micro"}
S1 = "pm.uptrend.S1.entry"
PATIENCE = 30.0


@pytest.fixture(scope="module")
def snapshots() -> list[Snapshot]:
    return compute(synthesize(planted_market(days=20, timeframes=("15m",)), 4)[0]).snapshots()


@pytest.fixture
def pm(database: str) -> str:
    """The database as the least privileged role sees it."""
    return make_conninfo(database, options="-c role=quadrant_pm")


def message(
    snapshot: Snapshot,
    actions: Sequence[dict[str, Any]] = (),
    *,
    position: dict[str, Any] = POSITION,
    scope: dict[str, Any] = SCOPE,
    **change: Any,
) -> dict[str, Any]:
    return {
        "position": position,
        "snapshot": asdict(snapshot) | change,
        "scope": scope,
        "actions": list(actions),
    }


class Bot:
    """A bot with `quadrant tick` as its child."""

    def __init__(self, dsn: str, *options: str, **environment: str) -> None:
        self.process = subprocess.Popen(
            [*COMMAND, *options],
            env={**os.environ, "COLUMNS": "120", "QUADRANT_DSN": dsn, **environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
        )

    def send(self, what: Any) -> None:
        line = what if isinstance(what, bytes) else json.dumps(what).encode()
        assert self.process.stdin is not None
        self.process.stdin.write(line + b"\n")

    def hear(self) -> Any:
        """The next line; it must come without another line having been sent."""
        assert self.process.stdout is not None
        line = b""
        while not line.endswith(b"\n"):
            ready, _, _ = select.select([self.process.stdout], [], [], PATIENCE)
            assert ready, f"no answer; so far {line!r}"
            more = os.read(self.process.stdout.fileno(), 1 << 16)
            assert more, f"the command ended: {self.end()}"
            line += more
        assert line.count(b"\n") == 1
        return json.loads(line)

    def ask(self, what: Any) -> Any:
        self.send(what)
        return self.hear()

    def end(self) -> tuple[int, str]:
        """Closes the input, if that is not done; the exit code and stderr."""
        _, told = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, told.decode()


@contextmanager
def bot(dsn: str, *options: str) -> Iterator[Bot]:
    running = Bot(dsn, *options)
    try:
        yield running
    finally:
        running.process.kill()
        running.process.communicate()


def error_of(answer: Any) -> str:
    assert set(answer) == {"error"}, answer
    assert set(answer["error"]) == {"code", "message", "hint"}
    return str(answer["error"]["code"])


def test_a_bar_is_taken_once_and_answered_with_the_gates(
    pm: str, snapshots: list[Snapshot]
) -> None:
    with bot(pm) as live:
        taken = live.ask(message(snapshots[400]))
        assert taken == {
            "position": POSITION,
            "bar_ts": snapshots[400].bar_ts,
            "result": "taken",
            "gates": taken["gates"],
            "actions": [],
        }
        assert taken["gates"][S1] == {"ts": 0.6, "halo": 1.0, "slope": 0.0}
        assert "pm.uptrend.S3.dx" in taken["gates"]
        assert live.ask(message(snapshots[400]))["result"] == "stale"
        assert live.ask(message(snapshots[399]))["result"] == "stale"
        assert live.ask(message(snapshots[401]))["result"] == "taken"
        assert live.end() == (0, "")


BAD: list[tuple[str, Any, str]] = [
    ("broken JSON", b'{"position": ', "QD014"),
    ("an empty line", b"", "QD014"),
    ("no UTF-8", b'{"position": "\xff\xfe"}', "QD014"),
    ("a NUL", b'{"position": "\0"}', "QD014"),
    ("half a surrogate", b'{"position": "\\ud800"}', "QD014"),
    ("nested too deeply", b"[" * 5000, "QD014"),
    ("a number", b"17", "QD014"),
    ("an empty tick", b"[]", "QD014"),
    ("text for a number", {"close": "1.5"}, "QD014"),
    ("a number for a flag", {"trim": 1}, "QD014"),
    ("a fraction for a time", {"bar_ts": 1.5}, "QD014"),
    ("NaN", {"close": float("nan")}, "QD005"),
    ("infinity", {"atr": float("-inf")}, "QD005"),
    ("unknown state", {"state": "S5"}, "QD014"),
    ("unknown timeframe", {"timeframe": "7m"}, "QD007"),
    ("another timeframe", {"timeframe": "1h", "bar_ts": 3_600_000 * 473_000}, "QD016"),
    ("off the grid", {"bar_ts": 1_704_067_200_001}, "QD016"),
    ("seconds", {"bar_ts": 1_704_067_200}, "QD046"),
    ("a wrong close time", {"exists_at": 1_704_067_200_000}, "QD016"),
    ("a close above the high", {"high": 1e-9}, "QD016"),
    ("a price below zero", {"low": -1.0}, "QD046"),
    ("a score above 1", {"dx_score": 1.01}, "QD046"),
    ("a trend strength above its boost", {"ts_score": 1.26}, "QD046"),
    ("a field nobody knows", {"clsoe": 1.0}, "QD014"),
]


def test_a_bad_line_is_answered_kept_and_the_stream_goes_on(
    pm: str, connection: psycopg.Connection[Any], snapshots: list[Snapshot]
) -> None:
    newest = (
        "select kind, source, sqlstate, reason, payload, count(*) over () from"
        " learning.episode_rejects order by id desc limit 1"
    )
    with bot(pm, "--feed", "mine") as live:
        for number, (name, change, code) in enumerate(BAD):
            good = message(snapshots[400 + number])
            line = good
            if isinstance(change, bytes):
                line = change
            else:
                line = message(snapshots[400 + number], **change)
            answer = live.ask(line)
            assert error_of(answer) == code, (name, answer)
            assert error_of(live.ask(line)) == code, name
            assert live.ask(good)["result"] == "taken", name
            *row, payload, count = connection.execute(newest).fetchone() or ()
            assert row == ["bar", "tick mine", code, answer["error"]["message"]], name
            assert count == number + 1, f"{name}: sent twice, kept once"
            if isinstance(change, bytes):
                text = change.decode(errors="backslashreplace").replace("\0", "\\u0000")
                assert payload in (text, 17, []), name
            elif code == "QD005":
                assert payload == json.dumps(line), f"{name}: no JSON to PostgreSQL, so a text"
            else:
                assert payload == line, name


def test_other_things_a_line_may_have_wrong(pm: str, snapshots: list[Snapshot]) -> None:
    bar = snapshots[400]
    order = {"kind": "entry", "signal_bar_ts": bar.bar_ts, "trade_id": "t"}
    without = message(bar)
    del without["snapshot"]["close"]
    lines: list[tuple[Any, str, str]] = [
        (without, "QD006", "snapshot.close is missing"),
        (message(bar, clsoe=1.0), "QD014", "Did you mean close?"),
        (message(bar, scope={"a": None}), "QD004", "plain"),
        (message(bar, scope={"a": {"b": 1}}), "QD004", "plain"),
        (message(bar, scope={"a": float("inf")}), "QD005", "scope"),
        (message(bar, scope={"a": "x" * 2000}), "QD041", "2,000 bytes"),
        (message(bar, scope={"a\0": "x"}), "QD014", "cannot keep"),
        (message(bar, position=POSITION | {"symbol": ""}), "QD014", "symbol"),
        (message(bar, position=POSITION | {"symbol": "x" * 201}), "QD041", "symbol"),
        (message(bar, position=POSITION | {"token_contract": "x\0"}), "QD014", "cannot keep"),
        (message(bar, [order | {"kind": "buy"}]), "QD014", "actions[0].kind"),
        (message(bar, [order | {"trade_id": None}]), "QD006", "trade_id"),
        (message(bar, [order | {"signal_bar_ts": bar.exists_at}]), "QD016", "signal_bar_ts"),
        (message(bar, [order | {"signal_bar_ts": bar.bar_ts - 1}]), "QD016", "signal_bar_ts"),
        (message(bar, [order | {"episode_type": "s1"}]), "QD014", "s1_entry"),
        (message(bar, [order | {"context": {"usd": float("nan")}}]), "QD005", "context"),
        ([message(bar), message(snapshots[401])], "QD014", "twice"),
        ([message(bar), message(bar, state="S9")], "QD014", "[1].snapshot.state"),
    ]
    with bot(pm) as live:
        for line, code, says in lines:
            answer = live.ask(line)
            assert (error_of(answer), says in str(answer)) == (code, True), answer
        assert live.ask(message(bar))["result"] == "taken", "none of them took the bar"


def test_nasty_scope_keys_and_names_are_only_data(
    pm: str, connection: psycopg.Connection[Any], snapshots: list[Snapshot]
) -> None:
    scope = {"chain": "'; drop table learning.gates; --", 'a"b\\': "%s {} \u2028 \U0001f98a", "": 0}
    position = POSITION | {"symbol": "'; --", "token_contract": "\u2028\\u0000%(x)s"}
    with bot(pm, "--feed", "'; select 1; --") as live:
        answer = live.ask(message(snapshots[400], position=position, scope=scope))
    assert answer["position"] == position
    stored = connection.execute("select scope, symbol from learning.lowcap_positions").fetchall()
    assert stored == [(scope, "'; --")]


def test_an_array_is_one_tick_of_many_positions(
    pm: str, connection: psycopg.Connection[Any], snapshots: list[Snapshot]
) -> None:
    both = [POSITION, POSITION | {"token_contract": "So2", "symbol": "SO2"}]
    with bot(pm) as live:
        one = live.ask([message(snapshots[400], position=both[0])])
        assert [a["result"] for a in one] == ["taken"]
        two = live.ask([message(snapshots[400], position=p) for p in both])
        assert [(a["position"], a["result"]) for a in two] == [
            (both[0], "stale"),
            (both[1], "taken"),
        ]
        first = next(
            n
            for n, s in enumerate(snapshots)
            if n > 400 and s.state == "S1" and s.s1_halo_distance < 1
        )
        for snapshot in snapshots[401 : first + 1]:
            live.ask([message(snapshot, position=p) for p in both])
    windows = connection.execute(
        "select count(*), count(distinct xmin::text) from learning.pattern_episode_events"
        " group by opened_at order by opened_at desc limit 1"
    ).fetchone()
    assert windows == (2, 1), "both windows come from one transaction"


def test_an_entry_and_a_late_fill_are_recorded_as_acted(
    pm: str, connection: psycopg.Connection[Any], snapshots: list[Snapshot]
) -> None:
    """The first entry is told on its bar, the second with the bar after it."""
    entries: list[dict[str, Any]] = []
    late: list[dict[str, Any]] = []
    in_attempt = False
    with bot(pm) as live:
        for before, snapshot in pairwise(snapshots):
            in_attempt = in_attempt or (before.state, snapshot.state) == ("S0", "S1")
            actions, late = late, []
            if in_attempt and snapshot.state == "S1" and snapshot.s1_halo_distance <= 1:
                entry = {
                    "kind": "entry",
                    "signal_bar_ts": snapshot.bar_ts,
                    "trade_id": f"trade {len(entries)}",
                    "episode_type": "s1_entry",
                    "context": {"usd": 100},
                }
                if entries:
                    late = [entry]
                else:
                    actions = [entry]
                entries.append(entry)
                in_attempt = False
            assert live.ask(message(snapshot, actions))["result"] == "taken"
            if len(entries) == 2 and actions and not late:
                break
    decisions = connection.execute(
        "select trade_id, decision, (extract(epoch from decided_at) * 1000)::bigint"
        " from learning.pattern_episode_events where trade_id is not null order by decided_at"
    ).fetchall()
    assert decisions == [(e["trade_id"], "acted", e["signal_bar_ts"] + 900_000) for e in entries]
    orders = connection.execute(
        "select trade_id, content ->> 'usd', episode_id is not null from learning.ad_strands"
        " where kind = 'pm_action' order by trade_id"
    ).fetchall()
    assert orders == [("trade 0", "100", True), ("trade 1", "100", True)]


def test_a_restart_goes_on_to_the_same_rows(
    pm: str, connection: psycopg.Connection[Any], snapshots: list[Snapshot]
) -> None:
    lines = [message(s) for s in snapshots[300:1000]]
    other = POSITION | {"token_contract": "So2", "symbol": "SO2"}
    with bot(pm) as live:
        for line in lines:
            live.ask(line | {"position": other})
    for begin, end in ((0, 350), (340, 700)):
        with bot(pm) as live:
            answers = [live.ask(line)["result"] for line in lines[begin:end]]
            live.process.kill()
        again = ["stale"] * 10 if begin else []
        assert answers == again + ["taken"] * 350
    told = connection.execute(
        "select array_agg(row(opened_at, decided_at, closed_at, outcome, roi)::text order by e.id)"
        " from learning.pattern_episode_events as e join learning.lowcap_positions as p"
        " using (position_id) group by p.position_id"
    ).fetchall()
    assert len(told) == 2
    assert told[0] == told[1]
    assert len(told[0][0]) >= 2


def test_an_override_reaches_the_next_answer(
    pm: str, connection: psycopg.Connection[Any], snapshots: list[Snapshot]
) -> None:
    with bot(pm) as live:
        assert live.ask(message(snapshots[400]))["gates"][S1]["halo"] == 1.0
        connection.execute(
            "insert into learning.pm_overrides"
            " (pattern_key, action_category, scope_subset, multiplier)"
            " values (%s, 'tuning_halo', '{\"bucket\": \"micro\"}', 1.2)",
            (S1,),
        )
        assert live.ask(message(snapshots[401]))["gates"][S1]["halo"] == pytest.approx(1.2)
        elsewhere = message(snapshots[402], scope=SCOPE | {"bucket": "big"})
        assert live.ask(elsewhere)["gates"][S1]["halo"] == 1.0
        connection.execute("update learning.lowcap_positions set status = 'paused'")
        assert live.ask(message(snapshots[403]))["gates"] is None
        connection.execute("update learning.lowcap_positions set status = 'watchlist'")
        assert live.ask(message(snapshots[404]))["gates"][S1]["halo"] == pytest.approx(1.2)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_ctrl_c_ends_cleanly_while_it_waits(
    pm: str, snapshots: list[Snapshot], number: int, code: int
) -> None:
    with bot(pm) as live:
        live.ask(message(snapshots[400]))
        time.sleep(0.2)
        live.process.send_signal(number)
        status, told = live.end()
        assert status == code
        assert "Traceback" not in told


def test_ctrl_c_in_the_middle_of_a_line_answers_it_first(
    pm: str, connection: psycopg.Connection[Any], snapshots: list[Snapshot]
) -> None:
    with bot(pm) as live:
        live.ask(message(snapshots[400]))
        with connection.transaction():
            connection.execute("lock learning.tick_states, learning.feeds in access exclusive mode")
            live.send(message(snapshots[401]))
            live.send(message(snapshots[402]))
            _wait_for_a_lock(connection)
            live.process.send_signal(signal.SIGINT)
            time.sleep(0.3)
            assert live.process.poll() is None
        assert live.hear()["bar_ts"] == snapshots[401].bar_ts
        assert live.end()[0] == 130
    with bot(pm) as live:
        assert live.ask(message(snapshots[401]))["result"] == "stale"
        assert live.ask(message(snapshots[402]))["result"] == "taken"


def _wait_for_a_lock(connection: psycopg.Connection[Any]) -> None:
    deadline = time.monotonic() + PATIENCE
    waiting = (
        "select count(*) from pg_stat_activity where wait_event_type = 'Lock'"
        " and application_name = 'quadrant tick' and datname = current_database()"
    )
    while connection.execute(waiting).fetchone() == (0,):
        assert time.monotonic() < deadline
        time.sleep(0.05)
        connection.execute("select pg_stat_clear_snapshot()")


def test_a_reader_that_is_gone_ends_it_quietly(pm: str, snapshots: list[Snapshot]) -> None:
    with bot(pm) as live:
        live.ask(message(snapshots[400]))
        assert live.process.stdout is not None
        live.process.stdout.close()
        live.send(message(snapshots[401]))
        assert live.process.stderr is not None
        assert live.process.wait(PATIENCE) == 0
        assert live.process.stderr.read() == b""


def test_a_feed_taken_over_ends_the_first(pm: str, snapshots: list[Snapshot]) -> None:
    with bot(pm) as first:
        first.ask(message(snapshots[400]))
        with bot(pm) as second:
            assert second.ask(message(snapshots[401]))["result"] == "taken"
            assert error_of(first.ask(message(snapshots[401]))) == "QD008"
            status, told = first.end()
            assert status == 4
            assert "QD008: the feed main was taken over by another ticker" in told
            assert second.ask(message(snapshots[402]))["result"] == "taken"


def test_a_lost_connection_is_told_and_made_again(
    pm: str, connection: psycopg.Connection[Any], snapshots: list[Snapshot]
) -> None:
    lose = (
        "select pg_terminate_backend(pid, 10000) from pg_stat_activity"
        " where application_name = 'quadrant tick' and datname = current_database()"
    )
    with bot(pm) as live:
        live.ask(message(snapshots[400]))
        assert connection.execute(lose).fetchall() == [(True,)]
        answer = live.ask(message(snapshots[401], scope=SCOPE | {"bucket": "big"}))
        assert error_of(answer) == "QD202"
        assert "Send the line again" in answer["error"]["hint"]
        for n, result in ((401, "taken"), (400, "stale"), (402, "taken")):
            again = live.ask(message(snapshots[n], scope=SCOPE | {"bucket": "big"}))
            assert again["result"] == result
        assert connection.execute("select scope ->> 'bucket' from learning.lowcap_positions"
        ).fetchone() == ("big",)  # fmt: skip
        connection.execute(
            "insert into learning.pm_overrides (pattern_key, action_category, multiplier)"
            " values (%s, 'tuning_halo', 1.2)",
            (S1,),
        )
        assert live.ask(message(snapshots[403]))["gates"][S1]["halo"] == pytest.approx(1.2)
        with bot(pm) as second:
            second.ask(message(snapshots[404]))
            connection.execute(lose)
            assert error_of(live.ask(message(snapshots[405]))) == "QD202"
            assert error_of(live.ask(message(snapshots[405]))) == "QD008", "it takes nothing back"
            assert live.end()[0] == 4


def test_a_database_that_stays_away_is_given_up(
    own_cluster: Cluster, snapshots: list[Snapshot]
) -> None:
    environment = {"QUADRANT_HOME": str(own_cluster.home.root)}
    up = [*COMMAND[:-1], "up"]
    subprocess.run(up, env={**os.environ, **environment}, check=True, capture_output=True)
    with _at_home(own_cluster.home) as live:
        live.ask(message(snapshots[400]))
        own_cluster.stop("immediate")
        assert error_of(live.ask(message(snapshots[401]))) == "QD202"
        time.sleep(0.2)
        own_cluster.start()
        assert live.ask(message(snapshots[401]))["result"] == "taken", "as soon as it is back"
    with _at_home(own_cluster.home, "--attempts", "2") as live:
        live.ask(message(snapshots[402]))
        own_cluster.stop("immediate")
        assert error_of(live.ask(message(snapshots[403]))) == "QD202"
        status, told = live.end()
        assert status == 3
        assert "Attempt 1 failed" in told
        assert "given up" in told


@contextmanager
def _at_home(home: Home, *options: str) -> Iterator[Bot]:
    running = Bot("", *options, QUADRANT_HOME=str(home.root))
    try:
        yield running
    finally:
        running.process.kill()
        running.process.communicate()


def test_without_a_server_or_a_schema_it_says_so(private_home: Home, empty_database: str) -> None:
    with _at_home(private_home) as live:
        status, told = live.end()
        assert (status, told[:5]) == (1, "QD201")
        assert "quadrant up" in told
    with bot("postgresql://127.0.0.1:1/x") as live:
        assert live.end()[1].startswith("QD202")
    with bot(empty_database) as live:
        status, told = live.end()
        assert (status, told[:5]) == (1, "QD205")


def test_the_schema_is_printed_without_a_database() -> None:
    with bot("postgresql://127.0.0.1:1/x", "--schema") as asked:
        out, told = asked.process.communicate(timeout=PATIENCE)
    assert (asked.process.returncode, told) == (0, b"")
    assert json.loads(out) == schema()
    assert json.loads(
        (Path(__file__).parents[3] / "docs" / "snapshot.schema.json").read_text()
    ) == (schema())


def test_a_full_disk_is_told_and_the_line_is_taken_when_there_is_room_again(
    pm: str, database: str, snapshots: list[Snapshot]
) -> None:
    with bot(pm) as one, psycopg.connect(database, autocommit=True) as owner:
        assert one.ask(message(snapshots[500]))["result"] == "taken"
        owner.execute(
            "create function full_disk() returns trigger language plpgsql as $$begin"
            " raise disk_full using message = 'could not extend file: wrote only 4096 bytes';"
            " end$$"
        )
        owner.execute(
            "create trigger full_disk before insert on learning.feed_watermarks"
            " execute function full_disk()"
        )
        assert error_of(one.ask(message(snapshots[501]))) == "QD211"
        owner.execute("drop trigger full_disk on learning.feed_watermarks")
        assert one.ask(message(snapshots[501]))["result"] == "taken"
