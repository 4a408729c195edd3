"""quadrant replay and quadrant demo: bars through the whole loop, and what changed."""

from __future__ import annotations

import math
import os
import re
import shlex
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from pytimeparse2 import parse as parse_seconds
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.progress import (
    Progress as Bar,
)

from quadrant.bars import TIMEFRAMES, Bars, read_bars, read_folder
from quadrant.cli import server, story
from quadrant.cli.console import command, err, hint, out, print_json, split_names
from quadrant.cli.report import DEFAULT, write
from quadrant.cli.session import session
from quadrant.database import queries
from quadrant.errors import QuadrantError
from quadrant.logfile import LogFile
from quadrant.market import planted_market, synthesize, write_market
from quadrant.replay import Progress, Replay, ReplayOptions, epoch_ms, market_id, summarise
from quadrant.server import Home, chosen_database, resolve_dsn

DATES = ["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
DEMO_SEED = 7
DEMO_DAYS = 150
"""So long that what is planted is found, and acted on for a while."""


class BadOptionError(QuadrantError):
    """An option of replay that cannot be understood."""

    code = "QD190"


def replay(
    path: Annotated[Path, typer.Argument(help="A folder of bar files, or one file of it.")],
    *,
    from_: Annotated[
        datetime | None, typer.Option("--from", formats=DATES, help="First moment (UTC).")
    ] = None,
    to: Annotated[
        datetime | None, typer.Option("--to", formats=DATES, help="Last moment (UTC).")
    ] = None,
    symbols: Annotated[str | None, typer.Option(help="Comma-separated; default: all.")] = None,
    timeframes: Annotated[str | None, typer.Option(help="Comma-separated; default: all.")] = None,
    learn_every: Annotated[str, typer.Option(help="Learning cycle in simulated time.")] = "1h",
    chain: Annotated[
        str | None, typer.Option(help="The scope's chain; default: the folder's name.")
    ] = None,
    capital: Annotated[float, typer.Option(help="Start capital in quote currency.")] = 100_000.0,
    database: Annotated[
        str | None,
        typer.Option(
            help="The database to replay into, made where it is not there. Default: one named "
            "after the chain and the bars; with QUADRANT_DSN set, the one that names."
        ),
    ] = None,
    keep_clock: Annotated[
        bool,
        typer.Option(
            "--keep-clock", help="Leave the database's clock at the last bar when the replay ends."
        ),
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")] = False,
) -> str:
    """Replay recorded bars: tick, trade on paper and learn, on the database's own clock.

    A database holds one market: a replay refuses one that a bot or other bars have used.
    Ctrl-C stops after the bar in hand; the same command goes on from there.
    """
    if not (math.isfinite(capital) and capital > 0):
        raise BadOptionError(f"--capital {capital} is not a positive number")
    if from_ and to and from_ >= to:
        raise BadOptionError(f"--from {from_} is not before --to {to}")
    if path.is_file():
        bars = [read_bars(path)]
    else:
        bars = read_folder(path, symbols=split_names(symbols), timeframes=split_names(timeframes))
    options = ReplayOptions(
        chain=chain or (path if path.is_dir() else path.parent).resolve().name,
        data=str(path.resolve()),
        from_ms=_utc_ms(from_),
        to_ms=_utc_ms(to),
        learn_every=_milliseconds(learn_every),
        capital=capital,
        keep_clock=keep_clock,
    )
    _require_bars_in_range(bars, options)
    dsn = _database(database, bars, options.chain)
    if _replay(dsn, bars, options, json=json):
        raise typer.Exit(130)
    return dsn


def demo(
    data: Annotated[
        Path | None, typer.Option(help="Your bars; default: a synthetic market.")
    ] = None,
    learn_every: Annotated[str, typer.Option(help="Learning cycle in simulated time.")] = "1h",
) -> None:
    """Set everything up, replay a market, learn, print what changed, and write report.html."""
    if data is not None and not data.is_dir():
        raise BadOptionError(f"--data {data} is no folder")
    server.up()
    if data is None:
        folder = Home.current().root / "market"
        out.print(
            "\n[bold]No data given: this market is synthetic.[/] Its tokens, regimes and the one "
            "effect planted in it (setups just outside the halo succeed in one volume bucket) are "
            f"made up by seed {DEMO_SEED}; what is learned from it says nothing about any real "
            f"market. With your own bars: {escape(command('demo --data FOLDER'))}\n",
            highlight=False,
        )
        if not folder.is_dir():
            with _status("Making the market"):
                write_market(synthesize(planted_market(days=DEMO_DAYS), DEMO_SEED), folder)
        chain = "synthetic"
    else:
        folder, chain = data, None
    dsn = replay(folder, learn_every=learn_every, chain=chain)
    with session(dsn) as connection:
        write(connection, DEFAULT, bars=folder)
    out.print(
        f"\nAll of it as one page with pictures: {DEFAULT.resolve()}",
        soft_wrap=True,
        highlight=False,
        markup=False,
    )
    if not os.environ.get("QUADRANT_DSN"):
        hint("quadrant down stops the server; everything stays.")


def _database(name: str | None, bars: list[Bars], chain: str) -> str:
    """The DSN of the database to replay into, which is made and brought up to date where it is
    not the one that QUADRANT_DSN names.
    """
    name = name or chosen_database()
    if name is None and not os.environ.get("QUADRANT_DSN"):
        readable = re.sub(r"[^a-z0-9]+", "_", chain.lower()).strip("_")[:40]
        name = f"{readable or 'replay'}_{market_id(bars, chain)[:8]}"
    if name is not None:
        server.create_database(name)
        server.bring_up_to_date(resolve_dsn(database=name))
    return resolve_dsn(database=name)


def _replay(dsn: str, bars: list[Bars], options: ReplayOptions, *, json: bool) -> bool:
    """Replays and prints the summary; True when it was interrupted."""
    with session(dsn) as connection:
        database = connection.info.dbname
        if (clock := connection.execute(queries("operations/clock")).fetchone()) and clock[1]:
            err.print(
                f"The clock was still set to {clock[0]:%Y-%m-%d %H:%M}: a replay was killed, or "
                "somebody set it."
            )
        log_file = LogFile()
        log_file.follow(connection)
        with _status("Computing indicators, states and regimes"):
            work = Replay(connection, bars, options)
        if work.progress.total == 0:
            err.print(
                "Nothing to do: these positions have been replayed to the end of these bars "
                "already (earlier bars cannot be added)."
            )
            progress = work.run()
        else:
            with _progress(work.progress.total) as show, _interrupts() as asked_to_stop:

                def told(progress: Progress) -> None:
                    show(progress)
                    log_file.follow(connection)

                progress = work.run(told, asked_to_stop)
        summary = summarise(connection, options.capital)
        position = connection.execute(queries("replay/position_to_try")).fetchone()
    if json:
        print_json({"database": database, "progress": asdict(progress), "summary": asdict(summary)})
    else:
        story.tell(progress, summary)
        _tell_where(database, position)
    if options.keep_clock:
        err.print(
            f"The clock of {database} stays at the last bar, for everybody, until: "
            f"{_on(database, 'clock reset')}",
            style="bold yellow",
            soft_wrap=True,
        )
    if progress.interrupted:
        err.print("Stopped after the bar in hand. The same command goes on from here.")
    return progress.interrupted


def _on(database: str, arguments: str) -> str:
    """A command that reaches the replay's database, as short as it can be."""
    return command(arguments, None if resolve_dsn() == resolve_dsn(database=database) else database)


def _tell_where(database: str, position: tuple[str, str] | None) -> None:
    out.print(f"\nAll of it is in the database [bold]{escape(database)}[/]. Try:", highlight=False)
    why = [(f"why {shlex.join(position)}", "what is in force there, and why")] if position else []
    _commands(database, ("status", "how things stand, on one screen"), *why, _REPORT)
    out.print("And then:")
    _commands(
        database,
        ("psql", "views in the schemas analyst and pm"),
        ("log", "what the learning did and why"),
        ("learn", "learn again, at the time the replay has reached"),
    )
    hint("  quadrant databases  # all of them")


_REPORT = ("report", "one page with pictures: report.html")


def _commands(database: str, *commands: tuple[str, str]) -> None:
    for arguments, what in commands:
        line = f"  {_on(database, arguments)}  # {what}"
        out.print(line, soft_wrap=True, highlight=False, markup=False)


@contextmanager
def _interrupts() -> Iterator[Callable[[], bool]]:
    """Ctrl-C becomes a question the replay can ask; a second one is immediate."""
    asked: list[int] = []

    def ask(number: int, _: Any) -> None:
        if asked:
            raise KeyboardInterrupt
        asked.append(number)

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield lambda: bool(asked)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _progress(total: int) -> Iterator[Callable[[Progress], None]]:
    columns = (
        TextColumn("[bold]{task.fields[day]}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]:,.0f} bars/s"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Bar(*columns, console=err, transient=True, disable=not err.is_terminal) as bar:
        task = bar.add_task("", total=total, day="          ", rate=0.0)

        def show(progress: Progress) -> None:
            day = datetime.fromtimestamp(progress.at / 1000, UTC).date() if progress.at else ""
            rate = progress.done / progress.seconds if progress.seconds else 0.0
            bar.update(task, completed=progress.done, day=str(day), rate=rate)

        yield show


def _status(what: str) -> Any:
    return err.status(what)


def _require_bars_in_range(bars: list[Bars], options: ReplayOptions) -> None:
    first = min(int(one.ts[0]) + TIMEFRAMES[one.timeframe] for one in bars)
    last = max(int(one.ts[-1]) + TIMEFRAMES[one.timeframe] for one in bars)
    starts_late = options.from_ms is not None and options.from_ms >= last
    ends_early = options.to_ms is not None and options.to_ms < first
    if starts_late or ends_early:
        shown = (f"{datetime.fromtimestamp(ms / 1000, UTC):%Y-%m-%d %H:%M}" for ms in (first, last))
        raise BadOptionError(
            "no bar closes between --from and --to", hint=f"These close from {' to '.join(shown)}."
        )


def _utc_ms(moment: datetime | None) -> int | None:
    return None if moment is None else epoch_ms(moment.replace(tzinfo=UTC))


def _milliseconds(text: str) -> int:
    seconds = parse_seconds(text)
    if not seconds or seconds < 900:
        raise BadOptionError(
            f"--learn-every {text!r} is not a time of 15 minutes or more",
            hint="Write it like 1h, 6h or 1d.",
        )
    return int(seconds * 1000)


def register(app: typer.Typer) -> None:
    """Put the commands of this module on the command line."""
    app.command()(replay)
    app.command()(demo)
