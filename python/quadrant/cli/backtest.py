"""quadrant backtest: would what is learned have been worth it, on bars it had not seen?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from psycopg.types.json import Jsonb
from rich.table import Table

from quadrant.backtest import (
    JUDGE,
    NAMES,
    Walk,
    allocations,
    capture,
    document,
    scratch,
    shifted,
    split,
    trades_of,
    walk,
)
from quadrant.bars import read_folder
from quadrant.cli.console import err, out, print_json, progress_bar, split_names
from quadrant.cli.session import session
from quadrant.database import queries
from quadrant.judging import Grid
from quadrant.server import resolve_dsn
from quadrant.tick.gates import load_gates

FOLDS_ABREAST = 5


def backtest(
    path: Annotated[Path, typer.Argument(help="A folder of bar files.")],
    *,
    folds: Annotated[int, typer.Option(min=1, max=50, help="Stretches to measure.")] = 4,
    null: Annotated[
        int, typer.Option(min=0, max=1000, help="Histories of noise: results moved in time.")
    ] = 0,
    symbols: Annotated[str | None, typer.Option(help="Comma-separated; default: all.")] = None,
    timeframes: Annotated[str | None, typer.Option(help="Comma-separated; default: all.")] = None,
    look_every: Annotated[
        int,
        typer.Option(
            min=1, max=365, help="Days between looks; 7 is what ships, and four times as long."
        ),
    ] = 28,
    seed: Annotated[int, typer.Option(help="Of the histories of noise.")] = 1,
    keep: Annotated[bool, typer.Option("--keep", help="Keep the database it works in.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Walk forward through recorded bars: learn on the past, freeze, measure what follows.

    Compares gates, sizes by posture and capital by family, each alone and together, and the
    profiles of the allocation. Windows are judged in a database of its own, by this one's settings;
    the result is stored here (analyst.backtests, analyst.backtest_allocations).
    """
    dsn = resolve_dsn()
    bars = read_folder(path, symbols=split_names(symbols), timeframes=split_names(timeframes))
    with session(dsn):
        pass
    with progress_bar("Backtest") as show, scratch(dsn, show) as made:
        with made.database(keep=keep) as connection:
            grids = {
                key: Grid.from_settings(settings)
                for key, settings in connection.execute(queries("backtest/grids")).fetchall()
            }
            gates = load_gates(connection)
            windows = capture(bars, path.resolve().name, gates, grids, show)
            parts = split(windows, folds)
            found = walk(connection, windows, grids, parts, look_every=look_every, show=show)
            name = connection.info.dbname
        trades = trades_of(windows, grids)
        capital = allocations(made.database, trades, parts[0].begin, parts[-1].end, show)
        rng = np.random.default_rng(seed)
        noise: list[Walk] = []
        for history in range(null):

            def told(what: str, done: int, total: int, history: int = history) -> None:
                show(f"noise {history + 1} of {null}, {what}", done, total)

            with made.database() as connection:
                noise.append(
                    walk(
                        connection,
                        shifted(windows, rng),
                        grids,
                        parts,
                        look_every=look_every,
                        arms=(JUDGE,),
                        show=told,
                    )
                )
    result = document(
        found, noise, capital, market=str(path.resolve()), look_every=look_every, series=len(bars)
    )
    with session(dsn) as connection:
        connection.execute(
            queries("backtest/keep"), (result["market"], result["verdict"], Jsonb(result))
        )
    if json:
        print_json(result)
    else:
        _tell(result)
    if keep:
        err.print(f"Its database stays: {name}", soft_wrap=True, highlight=False)


def _tell(result: dict[str, Any]) -> None:
    out.print(f"\n[bold]{result['verdict']}[/]", highlight=False)
    noise = result["noise"]
    if noise is not None:
        out.print(
            f"Where results had been moved in time, so that there was nothing to learn "
            f"(histories: {noise['histories']}), it had a change in force {noise['in_force']:.1%} "
            f"of the time, and ever in {noise['ever']} of {noise['patterns']} patterns.",
            highlight=False,
        )
    out.print(
        f"\n{result['begin']} to {result['end']}, folds: {len(result['folds'])}, each after "
        f"learning on all before it; {result['looks']} looks, {result['look_every_days']} days "
        "apart. Money is in stakes, one per setup bought under base; intervals are 95 %, weeks "
        "drawn again. Sizes are those of posture (A = 0.5 before it), capital that of the family; "
        "both learn from what base gates buy.\n",
        highlight=False,
    )
    out.print(_figures(result["arms"]), "", _against_base(result["arms"]), "", sep="\n")
    folds = result["folds"]
    for first in range(0, len(folds), FOLDS_ABREAST):
        out.print(_by_fold(folds[first : first + FOLDS_ABREAST]), "")
    out.print(
        "In brackets: slices with something in force.\n\nShares of capital by the profiles of the "
        "allocation. Money per budget-day: every trade of base gates has its timeframe's share.\n",
        highlight=False,
    )
    out.print(_allocations(result["allocations"]))


def _figures(arms: list[dict[str, Any]]) -> Table:
    table = _table("", "bought", "stakes", "won", "missed", "per setup", "sum", "drawdown")
    for arm in arms:
        table.add_row(
            arm["name"],
            f"{arm['bought']:,}",
            f"{arm['stakes']:,.0f}",
            _percent(arm["success_rate"]),
            _percent(arm["missed_rate"]),
            "-" if arm["per_setup"] is None else f"{arm['per_setup']:+.2%}",
            f"{arm['money']:+.2f}",
            f"{arm['drawdown']:.2f}",
        )
    return table


def _against_base(arms: list[dict[str, Any]]) -> Table:
    table = _table("against base", "money", "by choosing", "at equal exposure")
    for arm in arms:
        if arm["arm"] != "base":
            told = (arm["gain"], arm["selection"], arm["at_equal_exposure"])
            table.add_row(arm["name"], *map(_interval, told))
    return table


def _interval(told: dict[str, float], form: str = "+z.2f") -> str:
    value, low, high = (format(told[name], form) for name in ("value", "low", "high"))
    return f"{value} ({low} to {high})"


def _by_fold(folds: list[dict[str, Any]]) -> Table:
    table = _table("gain by fold", *(fold["begin"] for fold in folds))
    for place, arm in enumerate(folds[0]["arms"]):
        if arm["arm"] != "base":
            cells = []
            for fold in folds:
                slices = fold["in_force"].get(arm["arm"])
                gain = fold["arms"][place]["gain"]["value"]
                cells.append(f"{gain:+.2f}" + ("" if slices is None else f" ({slices})"))
            table.add_row(NAMES[arm["arm"]], *cells)
    return table


def _allocations(found: list[dict[str, Any]]) -> Table:
    table = _table("allocation", "a day", "against fixed", "timeframe", "share", "noise", "")
    for one in found:
        money = f"{one['money_per_day']:+.3%}"
        cells = [one["profile"], money, _interval(one["gain"], "+z.3%")]
        for share in one["shares"]:
            band = "-"
            if one["profile"] == "plan" and share["noise_lowest"] is not None:
                band = f"{share['noise_lowest']:.1%} to {share['noise_highest']:.1%}"
            table.add_row(
                *cells, share["timeframe"], f"{share['share']:.1%}", band, share["verdict"]
            )
            cells = ["", "", ""]
    return table


def _table(first: str, *columns: str) -> Table:
    table = Table(header_style="cyan", box=None, pad_edge=False)
    table.add_column(first)
    for column in columns:
        table.add_column(column, justify="right")
    return table


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{share:.1%}"


def register(app: typer.Typer) -> None:
    """Put the command on the command line."""
    app.command()(backtest)
