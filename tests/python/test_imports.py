"""What may import what: the packages of quadrant stand in an order, lowest first."""

from __future__ import annotations

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "python" / "quadrant"


def imported(file: Path) -> set[str]:
    """The dotted names below quadrant that a file imports, wherever in it that stands."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: imports are written in full"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
    return {name.removeprefix("quadrant.") for name in names if name.startswith("quadrant.")}


def of_packages(root: Path) -> dict[str, set[str]]:
    """Package (or module beside them) -> those it imports."""
    uses: dict[str, set[str]] = {}
    for file in root.rglob("*.py"):
        own = file.relative_to(root).parts[0].removesuffix(".py")
        used = {name.split(".")[0] for name in imported(file)} - {own}
        uses[own] = uses.get(own, set()) | used
    return uses


def of_modules(root: Path) -> dict[str, set[str]]:
    """Module -> those it imports; what a package gives on is its __init__'s."""
    modules = {
        ".".join(file.relative_to(root).with_suffix("").parts): file for file in root.rglob("*.py")
    }

    def module(name: str) -> str:
        parts = name.split(".")
        while parts and ".".join(parts) not in modules:
            if f"{'.'.join(parts)}.__init__" in modules:
                return f"{'.'.join(parts)}.__init__"
            parts.pop()
        return ".".join(parts) or "__init__"

    return {own: {module(name) for name in imported(file)} for own, file in modules.items()}


def circle(uses: dict[str, set[str]]) -> list[str]:
    """A way from one back to itself, each importing the next; empty where there is none."""
    try:
        TopologicalSorter(uses).prepare()
    except CycleError as error:
        return [str(name) for name in reversed(error.args[1])]
    return []


def test_packages_do_not_import_in_a_circle() -> None:
    assert not circle(of_packages(PACKAGE))


def test_modules_do_not_import_in_a_circle() -> None:
    assert not circle(of_modules(PACKAGE))


def test_a_circle_is_found(tmp_path: Path) -> None:
    for path, text in {
        "low/__init__.py": "",
        "low/a.py": "def late():\n    from quadrant.high import b\n",
        "high/__init__.py": "from quadrant.high.b import B\n",
        "high/b.py": "from quadrant.low.a import late\n",
    }.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text)
    assert set(circle(of_packages(tmp_path))) == {"low", "high"}
    assert set(circle(of_modules(tmp_path))) == {"low.a", "high.b"}
    (tmp_path / "low/a.py").write_text("import math\n")
    assert not circle(of_packages(tmp_path))
    assert not circle(of_modules(tmp_path))


@pytest.mark.parametrize("package", ["bars", "engine"])
def test_what_reads_bars_needs_no_database(package: str) -> None:
    assert of_packages(PACKAGE)[package] <= {"bars", "errors", "later"}
