"""Does the judge keep its promises? Run: python tests/bench/promises [--short] [--write].

Every family is a set of histories in which it is known what there is to learn, judged look by look
in a real database. Prints each promise's figures with their 95 % intervals; --write puts the table
into docs/evidence.md. Exits 1 where a promise is broken beyond doubt. The long form takes hours.
"""

from __future__ import annotations

import argparse
import sys
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1])]

import numpy as np
import table
import throwaway
from families import Family, World, families, noise_share
from measures import Row

from quadrant.backtest import Window, capture
from quadrant.bars import read_folder
from quadrant.database import connect, queries
from quadrant.judging import Grid
from quadrant.tick.gates import load_gates

DATA = Path(__file__).parents[4] / "shared" / "data"


def main() -> int:
    """Judge every family, print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true", help="few synthetic histories")
    parser.add_argument("--write", action="store_true", help="put the table into docs/evidence.md")
    parser.add_argument("--scale", type=float, default=1.0, help="of the number of histories")
    parser.add_argument("--only", default="", help="families whose name has this in it")
    parser.add_argument("--data", type=Path, default=DATA, help="the folder of bars and perp")
    parser.add_argument("--workers", type=int, default=2)
    arguments = parser.parse_args()
    asked = []
    for place, family in enumerate(families()):
        n = family.short if arguments.short else max(2, round(family.long * arguments.scale))
        if n and arguments.only in family.name:
            asked.append((place, n, family.folder))
    rows: list[Row] = []
    with (
        throwaway.server() as server,
        ProcessPoolExecutor(arguments.workers) as pool,
    ):
        template = throwaway.new_database(server)
        with connect(template) as connection:
            grids = read_grids(connection)
            gates = load_gates(connection)
        real = {
            folder: capture(read_folder(arguments.data / folder), folder, gates, grids)
            for folder in sorted({folder for *_, folder in asked if folder})
        }
        running = [
            pool.submit(judged, place, n, template, {folder: real[folder]} if folder else {})
            for place, n, folder in asked
        ]
        for done in as_completed(running):
            rows += done.result()
            for row in done.result():
                print(table.line(row), flush=True)
    rows.sort(key=lambda row: [family.name for family in families()].index(row.family))
    rows += noise_share(rows)
    print(f"\n{table.markdown(rows)}")
    if arguments.write:
        table.write(rows)
    return int(any(row.verdict == "BROKEN" for row in rows))


def judged(place: int, n: int, template: str, real: dict[str, list[Window]]) -> list[Row]:
    """One family, in a process and a database of its own."""
    family: Family = families()[place]
    started = time.perf_counter()
    with throwaway.copy(template) as connection:
        world = World(connection, read_grids(connection), real)
        rows = family.run(world, n, np.random.default_rng([place, n]))
    print(f"{family.name}: {n} histories, {time.perf_counter() - started:.0f} s", file=sys.stderr)
    return rows


def read_grids(connection: object) -> dict[str, Grid]:
    """The grids of the registered patterns."""
    found = connection.execute(queries("backtest/grids")).fetchall()  # type: ignore[attr-defined]
    return {key: Grid.from_settings(settings) for key, settings in found}


if __name__ == "__main__":
    sys.exit(main())
