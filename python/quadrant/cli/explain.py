"""quadrant explain: the story of one override, as text."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from quadrant.cli.console import Json, out, plain, print_json
from quadrant.cli.override import gates_in_words, scope_in_words
from quadrant.cli.session import fetch
from quadrant.errors import QuadrantError

Story = dict[str, Any]
_SHOWN_WINDOWS = 10


class NoSuchOverride(QuadrantError):
    """Neither an override nor a solution has the id asked for."""

    code = "QD090"


def explain(
    override_id: Annotated[
        int, typer.Argument(metavar="ID", help="Of an override or a solution: override list.")
    ],
    *,
    json: Json = False,
) -> None:
    """Tell the story of one override: why it is there, what it changes, what would end it."""
    (row,) = fetch("people/explain", {"id": override_id})
    story = row["story"]
    if story is None:
        raise NoSuchOverride(
            f"there is no override or solution {override_id}", hint="quadrant override list"
        )
    if json:
        print_json(story)
    else:
        tell(story)


def tell(story: Story) -> None:
    """Print a story of analyst.explain_override()."""
    solution = story["solution"]
    _say(
        f"{story['id']}: {story['pattern_key']} in {scope_in_words(story['scope_subset'])}",
        style="bold",
    )
    _say(f"{gates_in_words(story['gates'])}; {_status(story)}; profile {story['profile']}.")
    if lesson := story["lesson"]:
        stats = lesson["stats"] or {}
        rates = [f"{name} {stats[name]:.0%}" for name in ("wr", "mr", "dr") if stats.get(name)]
        _heading("Lesson")
        _say(", ".join([f"{lesson['n']:,} experiments", *rates]) + ".")
    if solution:
        _evidence(story)
        _effect(story)
        _grid("One step away", story["neighbours"])
        _grid("Alternatives that lost", story["alternatives"])
        _sides(story)
        _heading("Record of its own")
        _say(f"{story['record']}.")
        _looks(story["looks"])
        _heading("What would change it")
        for sentence in story["refusals"]:
            _say(f"- {sentence}.")
    if story["overlaps"]:
        _heading("Other decisions in force for some of its setups")
        for other in story["overlaps"]:
            governs = ", which governs there" if other["governs"] else ""
            _say(
                f"- {other['id']}, {other['method']}: {scope_in_words(other['scope_subset'])}: "
                f"{gates_in_words(other['gates'])}; {other['shared']:,} setups changed{governs}."
            )
    _heading("History")
    for change in story["history"]:
        what = {"INSERT": "written", "UPDATE": "changed", "DELETE": "removed"}[change["change"]]
        by = change["by"] if change["run_id"] is None else f"the judge (run {change['run_id']})"
        now = f", {change['status']}" if change["status"] else ""
        pinned = ", pinned" if change["pinned"] else ""
        _say(f"- {change['at'][:16].replace('T', ' ')}: {what} by {by}{now}{pinned}.")


def _status(story: Story) -> str:
    solution = story["solution"]
    if solution is None:
        overrides = story["overrides"]
        pinned = ", pinned" if overrides and overrides[0]["pinned"] else ""
        by = overrides[0]["evidence"].get("by") if overrides else None
        how = f"set by hand by {by}" if by else story["method"]
        status = "proposed" if overrides and overrides[0]["status"] == "proposed" else "in force"
        return f"{status}, {how}{pinned}"
    status = "in force" if solution["status"] == "active" else solution["status"]
    reason = f": {solution['reason']}" if solution["reason"] else ""
    return f"{status}{', pinned' if solution['pinned'] else ''}{reason}"


def _evidence(story: Story) -> None:
    found = story["comparison"]
    _heading("Tests")
    if not story["tests"]:
        _say("Its slice was not compared in the newest look.")
        return
    _say(
        f"On {found['n_windows']:,} setups of {found['n_days']:,} days before {found['look_day']}, "
        f"{found['changed']:,} of which it changes: {found['misses_caught']:,} winners and "
        f"{found['failures_added']:,} losers more, {found['failures_avoided']:,} losers and "
        f"{found['wins_lost']:,} winners fewer."
    )
    for test in story["tests"]:
        _say(f"{'+' if test['is_met'] else '-'} {test['sentence']}.")


def _effect(story: Story) -> None:
    effect = story["effect"]
    _heading("Effect")
    if not effect or effect.get("effect") is None:
        _say("What it is worth in money is not known.")
        return
    towards = "nothing" if effect["parent"] is None else scope_in_words(effect["parent"])
    _say(
        f"{effect['effect']:+.2%} of what is staked for each setup it changes, with 90 % between "
        f"{effect['lowest']:+.2%} and {effect['highest']:+.2%} ({effect['seen']:+.2%} as seen, "
        f"shrunk toward {towards}: {effect['parent_seen']:+.2%})."
    )
    shares = []
    if effect["best_days_share"] is not None:
        shares.append(f"its best three days are {effect['best_days_share']:.0%} of its effect")
    if effect["best_token_share"] is not None:
        shares.append(f"its best token ({effect['best_token']}) {effect['best_token_share']:.0%}")
    if shares:
        text = ", ".join(shares)
        _say(f"{text[0].upper()}{text[1:]}.")
    if effect["at_edge"]:
        _say("It stands on the grid's edge: a larger step was not tried.")


def _grid(title: str, rows: list[Story]) -> None:
    if not rows:
        return
    table = Table(title=title, title_justify="left", title_style="bold")
    table.add_column("steps")
    for column in ("setups", "ROI sum", "z", "money z"):
        table.add_column(column, justify="right")
    if any("why" in row for row in rows):
        table.add_column("why not")
    for row in rows:
        steps = ", ".join(f"{gate} {step:+g}" for gate, step in row["steps"].items() if step)
        table.add_row(
            plain(steps or "base"),
            f"{row['changed']:,}",
            f"{row['benefit'] - row['cost']:+.2f}",
            f"{row['z']:.1f}",
            "-" if row["money_z"] is None else f"{row['money_z']:.1f}",
            *([plain(row["why"])] if "why" in row else []),
        )
    out.print()
    out.print(table)


def _sides(story: Story) -> None:
    sides = story["sides"]
    if not sides:
        return
    out.print()
    table = Table(
        "id",
        "opened",
        "token",
        "outcome",
        "now",
        title=f"What changes sides (the newest of {story['n_sides']:,})",
        title_justify="left",
        title_style="bold",
    )
    table.add_column("ROI", justify="right")
    for side in sides[-_SHOWN_WINDOWS:]:
        table.add_row(
            str(side["id"]),
            side["opened_at"][:16].replace("T", " "),
            plain(side["token"] or "-"),
            side["outcome"] or "-",
            side["kind"],
            "-" if side["roi"] is None else f"{side['roi']:+.1%}",
        )
    out.print(table)


def _looks(looks: list[Story]) -> None:
    if not looks:
        return
    table = Table(title="Looks so far", title_justify="left", title_style="bold")
    table.add_column("day")
    table.add_column("status")
    for column in ("setups", "z", "E", "for", "against"):
        table.add_column(column, justify="right")
    for look in looks[-_SHOWN_WINDOWS:]:
        odds = [look["odds_for"], look["odds_against"]]
        table.add_row(
            look["look_day"],
            look["status"],
            f"{look['changed']:,}",
            f"{look['z']:.1f}",
            f"{look['evidence']:,.1f}",
            *("-" if o is None else f"{o:,.1f}" for o in odds),
        )
    out.print()
    out.print(table)


def _heading(text: str) -> None:
    out.print()
    out.print(Text(text, style="bold"))


def _say(text: str, style: str = "") -> None:
    line = plain(text)
    line.stylize(style)
    out.print(line)


def register(app: typer.Typer) -> None:
    """Put the command on the command line."""
    app.command()(explain)
