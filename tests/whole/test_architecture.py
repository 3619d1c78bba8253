"""docs/architecture.md against the tree: its paths, its names, and what it lets each room import.

The paths and the dotted names of the other pages are held to the tree too.
"""

import ast
import importlib
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "architecture.md"
TEXT = " ".join(PAGE.read_text(encoding="utf-8").split())
PAGES = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "benchmarks" / "README.md",
    *sorted((ROOT / "docs").glob("*.md")),
]
PACKAGES = ("logic", "data", "alignment", "pipelines")
FOLDERS = (*PACKAGES, "tests", "docs", "scripts", "benchmarks", "examples", "requirements")

PATH = re.compile(rf"`((?:{'|'.join(FOLDERS)})/(?:\w[\w.-]*/?)*)`")
DOTTED = re.compile(rf"`((?:{'|'.join(PACKAGES)})(?:\.(?!(?:py|jsonl|csv)\b)[a-zA-Z]\w*)+)")
# "`BASE`, `CHAT` and `FIELDS` in `data/prompts.py`", "`check` of `SGRPO` in …", "`Language` (…)".
NAMES_IN = re.compile(
    r"(?P<names>`\w+`(?:(?:, | and | or | of )`\w+`)*)"
    r"(?: in | of | \()`(?P<path>[a-z_]+/[\w/.-]+\.(?:py|lark))`"
)
ROOM = re.compile(
    r"^\| `(?P<room>\w+/\w+/)` \| [^|]+ \|(?P<rooms>[^|]*)\|(?P<libraries>[^|]*)\|$",
    flags=re.MULTILINE,
)


@cache
def definitions(path: str) -> frozenset[str]:
    """What a file defines: functions, classes, their members, constants; a grammar's rules."""
    source = (ROOT / path).read_text(encoding="utf-8")
    if path.endswith(".lark"):
        return frozenset(re.findall(r"^\??(\w+)[.\d]*:", source, flags=re.MULTILINE))
    tree = ast.parse(source)
    bodies = [tree.body] + [node.body for node in tree.body if isinstance(node, ast.ClassDef)]
    return frozenset(name for body in bodies for node in body for name in _defined(node))


def _defined(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        yield node.name
    elif isinstance(node, ast.Assign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        for target in targets:
            yield from (item.id for item in ast.walk(target) if isinstance(item, ast.Name))


def missing_names(text: str) -> list[str]:
    """The names that a text places in a file which does not define them."""
    return [
        f"{name} in {place['path']}"
        for place in NAMES_IN.finditer(text)
        for name in re.findall(r"`(\w+)`", place["names"])
        if name not in definitions(place["path"])
    ]


def test_every_path_exists() -> None:
    paths = [(page.name, path) for page in PAGES for path in PATH.findall(page.read_text("utf-8"))]
    gone = [(page, path) for page, path in paths if not (ROOT / path).exists()]
    assert len(paths) > 150
    assert gone == [("architecture.md", "data/tasks/")]  # named because it is not there


def test_every_name_is_defined_where_the_page_says() -> None:
    assert len(list(NAMES_IN.finditer(TEXT))) > 60
    assert missing_names(TEXT) == []


def test_a_name_that_has_moved_is_told() -> None:
    text = (
        "`grade`, `climb` and `LADDER` in `logic/deciding/ladder.py`, "
        "`IMPLY` or `IMPLIES` in `logic/reading/grammars/fol.lark`"
    )
    assert missing_names(text) == [
        "grade in logic/deciding/ladder.py",
        "IMPLY in logic/reading/grammars/fol.lark",
    ]


@pytest.mark.parametrize(
    "dotted", sorted({name for page in PAGES for name in DOTTED.findall(page.read_text("utf-8"))})
)
def test_every_dotted_name_can_be_imported(dotted: str) -> None:
    if dotted.startswith(("alignment", "pipelines")):
        pytest.importorskip("trl", reason="the training packages are not installed")
    module, _, attribute = dotted.rpartition(".")
    if not hasattr(importlib.import_module(module), attribute):
        importlib.import_module(dotted)


@dataclass(frozen=True)
class Import:
    """What a module imports; `late` where it is done inside a function."""

    module: str
    late: bool


class Imports(ast.NodeVisitor):
    """The imports of a module as it runs: those for the type checker alone are left out."""

    def __init__(self) -> None:
        self.imports: list[Import] = []
        self._depth = 0

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self._depth += 1
        self.generic_visit(node)
        self._depth -= 1

    def visit_If(self, node: ast.If) -> None:
        if ast.unparse(node.test) != "TYPE_CHECKING":
            self.generic_visit(node)

    def visit_Import(self, node: ast.Import) -> None:
        self.imports += [Import(alias.name, self._depth > 0) for alias in node.names]

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        module = node.module or ""
        if (ROOT / module.replace(".", "/")).is_dir():  # `from logic.deciding import search`
            names = [f"{module}.{alias.name}" for alias in node.names]
        else:
            names = [module]
        self.imports += [Import(name, self._depth > 0) for name in names]


def touched(room: str) -> Iterator[Import]:
    """The libraries that a room imports, and the other rooms of its package, as the page has them."""
    package = room.partition("/")[0]
    for path in sorted((ROOT / room).rglob("*.py")):
        visitor = Imports()
        visitor.visit(ast.parse(path.read_text(encoding="utf-8")))
        for item in visitor.imports:
            top, *rest = item.module.split(".")
            if top not in PACKAGES:
                if top not in sys.stdlib_module_names:
                    yield Import(top, item.late)
            elif top == package and rest:
                other = f"{top}/{rest[0]}/"
                if other != room and (ROOT / other).is_dir():
                    yield Import(other, item.late)


ROOMS = {row["room"]: row for row in ROOM.finditer(PAGE.read_text(encoding="utf-8"))}


def test_the_table_has_every_room() -> None:
    folders = [
        f"{package}/{folder.parent.name}/"
        for package in PACKAGES
        for folder in sorted((ROOT / package).glob("*/__init__.py"))
    ]
    assert sorted(ROOMS) == sorted(folders)


@pytest.mark.parametrize("room", sorted(ROOMS))
def test_a_room_touches_what_the_table_says(room: str) -> None:
    cells = ROOMS[room]["rooms"] + " " + ROOMS[room]["libraries"]
    late = set(re.findall(r"\(`?([\w/]+)`?\)", cells))
    allowed = set(re.findall(r"[\w/]+", re.sub(r"\([^)]*\)", "", cells)))
    imports = set(touched(room))
    at_once = {item.module for item in imports if not item.late}
    assert at_once <= allowed
    assert {item.module for item in imports} == allowed | late
