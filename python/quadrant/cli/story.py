"""The summary of a replay as tables."""

from __future__ import annotations

from typing import Any

from rich.markup import escape
from rich.table import Table
from rich.text import Text

from quadrant.cli.console import hint, out, plain
from quadrant.replay import Progress, Summary


def tell(progress: Progress, summary: Summary) -> None:
    """Prints the summary: episodes, lessons, overrides with evidence, what they changed, trades."""
    if progress.done:
        capture = progress.seconds - progress.learning_seconds
        out.print(
            f"\n{progress.done:,} position-bars in {progress.seconds:.1f} s "
            f"({progress.done / progress.seconds:,.0f} a second): ticks and writes {capture:.1f} s "
            f"({progress.done / capture:,.0f} a second), {progress.cycles:,} learning cycles with "
            f"news {progress.learning_seconds:.1f} s.",
            highlight=False,
        )
    out.print(_quadrants(summary.quadrants))
    lessons = summary.lessons
    out.print(
        f"Lessons: [bold]{lessons['active']}[/] slices with enough experiments "
        f"({lessons['originals']} once copies are folded), {lessons['retired']} retired.",
        highlight=False,
    )
    _overrides(summary.overrides)
    if summary.overrides:
        _legend()
    out.print(plain(summary.changes), soft_wrap=False)
    out.print(_trades(summary.trades))
    out.print(_allocation(summary.allocation))
    if not any(row["after"] for row in summary.trades):
        out.print("No trade was opened since a first override.")


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", header_style="cyan")
    for n, column in enumerate(columns):
        table.add_column(column, justify="left" if n == 0 else "right")
    return table


def _quadrants(rows: list[dict[str, Any]]) -> Table:
    table = _table(
        "\nEpisodes by quadrant",
        "kind",
        "acted,\nwon",
        "acted,\nlost",
        "skip,\nwon",
        "skip,\nlost",
        "policy",
        "neutral",
        "pending",
    )
    for row in rows:
        table.add_row(
            row["episode_type"],
            Text(f"{row['acted_success']:,}", style="green"),
            Text(f"{row['acted_failure']:,}", style="red"),
            Text(f"{row['skipped_success']:,}", style="yellow"),
            Text(f"{row['skipped_failure']:,}", style="green"),
            f"{row['policy_skips']:,}",
            f"{row['neutral']:,}",
            f"{row['pending']:,}",
        )
    return table


def _overrides(rows: list[dict[str, Any]]) -> None:
    in_force = [row for row in rows if row["status"] == "active"]
    proposed = [row for row in rows if row["status"] == "proposed"]
    if in_force:
        out.print(_override_table("\nOverrides in force", in_force))
    else:
        out.print(
            "\n[bold]No override is in force[/]: no slice's evidence passed the tests. "
            "That is an answer, not a failure."
        )
    if proposed:
        out.print(
            _override_table("\nProposed, not applied: too little evidence so far", proposed[:10])
        )
        if len(proposed) > 10:
            hint(f"... and {len(proposed) - 10} more: quadrant override list")


def _override_table(title: str, rows: list[dict[str, Any]]) -> Table:
    table = _table(
        title, "setup and scope", "gates", "setups\nchanged", "effect\neach", "z", "E : 1"
    )
    for row in rows:
        changed = [
            f"{gate} {row['bases'][gate]:g} -> {value:g}"
            for gate, value in row["values"].items()
            if abs(value - row["bases"][gate]) > 1e-9
        ]
        table.add_row(
            "\n".join(
                [
                    f"[bold]{row['pattern_key'].removeprefix('pm.uptrend.')}[/]",
                    *(escape(f"  {k}={v}") for k, v in row["scope_subset"].items()),
                ]
            ),
            "\n".join(changed) or "back to base",
            _number(row["changed"], "{:,}", row["method"]),
            _number(row["effect"], "{:+.2%}"),
            _number(row["z"], "{:.1f}"),
            _number(row["evidence"], "{:,.0f}" if (row["evidence"] or 0) >= 10 else "{:.1f}"),
        )
    return table


def _legend() -> None:
    """What the columns of overrides mean, a line each."""
    for name, meaning in (
        ("n, setups changed", "those it decides otherwise than the gates it replaces"),
        ("benefit, effect each", "what such a setup earns more, on average (ROI)"),
        ("evidence, E : 1", "odds against chance, the search paid for; 10 to 100 pass"),
    ):
        out.print(f"  [cyan]{name}[/]: {meaning}", highlight=False)


def _number(value: Any, form: str, missing: str = "-") -> str:
    return form.format(value) if isinstance(value, int | float) else missing


def _trades(rows: list[dict[str, Any]]) -> Table:
    table = _table(
        "\nPaper trades before and after the first override",
        "",
        "trades",
        "winners",
        "ROI on cost",
        "result",
        "drawdown",
    )
    for name, after in (("before", False), ("after", True)):
        row = next((r for r in rows if r["after"] is after), None)
        if row is None:
            table.add_row(name, "0", "-", "-", "-", "-")
            continue
        table.add_row(
            name,
            f"{row['trades']:,}",
            f"{row['winners'] / row['trades']:.0%}",
            Text(f"{row['roi']:+.2%}", style="green" if row["roi"] > 0 else "red"),
            f"{row['pnl']:+,.0f}",
            f"{row['drawdown'] or 0:.1%}",
        )
    return table


def _allocation(rows: list[dict[str, Any]]) -> Table:
    table = _table(
        "\nCapital by timeframe, moved by every closed trade",
        "timeframe",
        "trades",
        "ROI, 14 days",
        "share",
        "desired",
    )
    for row in rows:
        roi = row["roi_short"]
        table.add_row(
            row["timeframe"],
            f"{row['n']:,}",
            "-" if roi is None else Text(f"{roi:+.2%}", style="green" if roi > 0 else "red"),
            f"{row['share']:.2%}",
            "-" if row["desired"] is None else f"{row['desired']:.2%}",
        )
    return table
