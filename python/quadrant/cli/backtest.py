"""quadrant backtest: would the judge have been worth it, on bars it had not seen?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from psycopg.types.json import Jsonb
from rich.table import Table

from quadrant.backtest import (
    ARMS,
    JUDGE,
    Walk,
    capture,
    document,
    scratch,
    shifted,
    split,
    walk,
)
from quadrant.bars import read_folder
from quadrant.cli.console import err, out, print_json, progress_bar, split_names
from quadrant.cli.session import session
from quadrant.database import queries
from quadrant.judging import Grid
from quadrant.server import resolve_dsn
from quadrant.tick.gates import load_gates

NAMES = {
    "evidence": "the judge",
    "plan": "profile plan",
    "drift": "drift",
    "base": "base gates",
    "oracle": "best in hindsight",
}


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

    Windows are judged in a database of its own, by this one's settings; the result is stored here
    (analyst.backtests).
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
        found, noise, market=str(path.resolve()), look_every=look_every, series=len(bars)
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
        "apart. Money is in stakes, one per setup bought; intervals are 95 %, weeks drawn again.\n",
        highlight=False,
    )
    out.print(_figures(result["arms"]), "", _against_base(result["arms"]), "", sep="\n")
    out.print(_by_fold(result["folds"]))


def _figures(arms: list[dict[str, Any]]) -> Table:
    table = _table("", "bought", "won", "missed", "per setup", "sum", "drawdown")
    for arm in arms:
        table.add_row(
            NAMES[arm["arm"]],
            f"{arm['bought']:,}",
            _percent(arm["success_rate"]),
            _percent(arm["missed_rate"]),
            "-" if arm["per_setup"] is None else f"{arm['per_setup']:+.2%}",
            f"{arm['money']:+.2f}",
            f"{arm['drawdown']:.2f}",
        )
    return table


def _against_base(arms: list[dict[str, Any]]) -> Table:
    table = _table("against base", "money", "interval", "by choosing", "interval")
    for arm in arms:
        if arm["arm"] != "base":
            gain, chosen = arm["gain"], arm["selection"]
            table.add_row(
                NAMES[arm["arm"]],
                f"{gain['value']:+.2f}",
                f"{gain['low']:+.2f} to {gain['high']:+.2f}",
                f"{chosen['value']:+.2f}",
                f"{chosen['low']:+.2f} to {chosen['high']:+.2f}",
            )
    return table


def _by_fold(folds: list[dict[str, Any]]) -> Table:
    names = [arm for arm in ARMS if arm != "base"]
    table = _table("gain by fold", *(NAMES[arm].replace(" in ", "\nin ") for arm in names))
    for fold in folds:
        told = {arm["arm"]: arm["gain"]["value"] for arm in fold["arms"]}
        scopes = fold["in_force"]
        table.add_row(
            fold["begin"],
            *(f"{told[a]:+.2f}" + (f" ({scopes[a]})" if a in scopes else "") for a in names),
        )
    table.caption = "In brackets: scopes with gates changed."
    table.caption_justify = "left"
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
