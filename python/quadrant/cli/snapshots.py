"""quadrant snapshots: what the engine says about recorded bars, as JSON lines for any language."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from quadrant.bars import Bars, read_bars
from quadrant.engine import Snapshot, compute
from quadrant.scope import read_scope


def snapshots(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="Bars: SYMBOL_timeframe.csv, .csv.gz, .parquet.")
    ],
    *,
    last: Annotated[
        int | None, typer.Option(min=1, help="Only the newest so many; default: all.")
    ] = None,
    chain: Annotated[
        str | None,
        typer.Option(help="Print lines for quadrant tick instead, of a position on this chain."),
    ] = None,
    contract: Annotated[
        str | None, typer.Option(help="The position's contract; default: the symbol.")
    ] = None,
    scope: Annotated[
        str, typer.Option(help="With --chain: more of its scope, like bucket=nano,curator=anna.")
    ] = "",
) -> None:
    """Print the engine's snapshot of every bar of a file, oldest first, one JSON object a line.

    docs/snapshot.schema.json says what a line holds ($defs/Snapshot; with --chain the whole).
    """
    bars = read_bars(file)
    frame = compute(bars)
    told = frame.snapshots(max(0, len(frame) - last) if last else 0)
    around = _around(bars, chain, contract or bars.symbol, read_scope(scope)) if chain else None
    try:
        for snapshot in told:
            sys.stdout.write(_line(snapshot, around))
        sys.stdout.flush()
    except BrokenPipeError:  # nobody reads on
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _around(bars: Bars, chain: str, contract: str, scope: dict[str, str]) -> dict[str, Any]:
    of = {"symbol": bars.symbol, "timeframe": bars.timeframe}
    return {
        "position": {"token_chain": chain, "token_contract": contract, **of},
        "scope": {"chain": chain, "timeframe": bars.timeframe} | scope,
    }


def _line(snapshot: Snapshot, around: dict[str, Any] | None) -> str:
    told = asdict(snapshot)
    return json.dumps(told if around is None else around | {"snapshot": told}) + "\n"


def register(app: typer.Typer) -> None:
    """Put the command on the command line."""
    app.command()(snapshots)
