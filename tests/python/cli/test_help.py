"""Every command: examples in its help that can be parsed, and JSON for scripts."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from typing import Any

import pytest
import typer
from pages import DOCS

from quadrant.cli.app import app
from quadrant.cli.console import as_called
from quadrant.cli.examples import EXAMPLES

# What no script reads as a document, and why.
NOT_READ = {
    "demo": "for people",
    "down": "its exit code says it",
    "psql": "becomes psql",
    "record": "JSON lines anyway",
    "report": "writes a file and prints its path",
    "serve": "runs on",
    "snapshots": "JSON lines anyway",
    "tick": "JSON lines anyway",
    "web": "runs on",
    "worker": "runs on",
}


def leaves(command: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    if hasattr(command, "list_commands"):
        context = command.make_context("quadrant", ["--help"], resilient_parsing=True)
        for below in command.list_commands(context):
            found = command.get_command(context, below)
            yield from leaves(found, f"{name} {below}".strip())
    else:
        yield name, command


COMMANDS = dict(leaves(typer.main.get_command(app)))


def test_status_comes_first() -> None:
    assert next(iter(COMMANDS)) == "status"


@pytest.mark.parametrize("name", COMMANDS)
def test_help_ends_in_examples(name: str, run_command: Any) -> None:
    assert COMMANDS[name].epilog, f"{name} has no example in quadrant.cli.examples"
    if name == "psql":  # its --help is psql's own
        return
    told = run_command(*name.split(), "--help", columns=80)
    assert told.returncode == 0
    assert "Examples:" in told.stdout
    assert f"quadrant {name}" in told.stdout


def test_no_example_is_of_a_command_that_is_gone() -> None:
    assert sorted(EXAMPLES) == sorted(COMMANDS)


@pytest.mark.parametrize(
    ("name", "example"),
    [(name, example) for name, examples in EXAMPLES.items() for example in examples],
)
def test_examples_can_be_parsed(name: str, example: str) -> None:
    program, *words = shlex.split(example.partition(" <")[0])
    assert program == "quadrant"
    if words[0] == "--database":
        words = words[2:]
    path = name.split()
    assert words[: len(path)] == path
    COMMANDS[name].make_context(name, words[len(path) :])


@pytest.mark.parametrize("name", COMMANDS)
def test_what_a_script_reads_has_json(name: str) -> None:
    has_json = any("--json" in parameter.opts for parameter in COMMANDS[name].params)
    assert has_json is (name not in NOT_READ)


def test_hints_name_the_program_and_database_as_they_were_called(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sys.argv", ["/opt/some where/quadrant"])
    monkeypatch.setenv("QUADRANT_DATABASE", "mine")
    assert as_called("Run: quadrant migrate") == (
        "Run: '/opt/some where/quadrant' --database mine migrate"
    )
    assert as_called("(quadrant databases lists them)") == (
        "('/opt/some where/quadrant' databases lists them)"
    )
    assert as_called("the quadrant of a setup") == "the quadrant of a setup"


def told_commands() -> list[tuple[str, str]]:
    """(page, command) of every line of a page's code that begins with our program."""
    pages = [DOCS.parent / "README.md", *sorted(DOCS.glob("*.md"))]
    pages.remove(DOCS / "demo.md")  # what the demo prints
    return [
        (page.name, line)
        for page in pages
        for block in re.findall(r"^```(?:sh|bash)?\n(.*?)^```", page.read_text(), re.M | re.S)
        for line in re.findall(r"^(?:\.venv/bin/)?quadrant (\S.*)$", block, re.M)
    ]


@pytest.mark.parametrize(("page", "line"), told_commands())
def test_commands_of_the_pages_can_be_parsed(page: str, line: str) -> None:
    words = shlex.split(re.split(r"\s[<>|]\s|\s2>|\s&|;", line)[0], comments=True)
    if words[0] == "--database":
        words = words[2:]
    name = next(" ".join(words[:n]) for n in (2, 1) if " ".join(words[:n]) in COMMANDS)
    COMMANDS[name].make_context(name, words[len(name.split()) :])
