"""The shape of the sources: every limit of `scripts/shape.py`, and its figures on a small tree."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "shape.py"


def load_script() -> ModuleType:
    specification = importlib.util.spec_from_file_location("shape_script", SCRIPT)
    assert specification is not None and specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    # Dataclasses look their module up by name.
    sys.modules[specification.name] = module
    specification.loader.exec_module(module)
    return module


shape: Any = load_script()
LIMITED = [name for name, line in shape.MEASURES.items() if line.limit is not None]


@pytest.fixture(scope="module")
def shapes() -> dict[str, Any]:
    return shape.measure(shape.ROOT, shape.PACKAGES)


@pytest.mark.parametrize("measure", LIMITED)
@pytest.mark.parametrize("package", [*shape.PACKAGES, "all"])
def test_limit(shapes: dict[str, Any], package: str, measure: str) -> None:
    assert shapes[package].figures()[measure] <= shape.MEASURES[measure].limit


def test_the_limits_are_those_of_the_contract() -> None:
    assert {name: shape.MEASURES[name].limit for name in LIMITED} == {
        "circle": 5,
        "late": 1.0,
        "folder": 12,
        "nodes": 10,
        "long": 2,
        "complex": 5,
        "most_complex": 15,
        "function": 60,
        "file": 400,
    }


# A package of five modules, two of them in a folder below. `a` and `b` import each other, `b` in
# a function; `c` names `a` for the type checker alone, and `d` names it through the package.
TREE = {
    "tiny/__init__.py": "",
    "tiny/a.py": '''\
"""The first of two."""

import tiny.b


def double(x):
    """This line is no statement, nor is the comment that follows."""
    # twice
    y = x + x
    return y
''',
    "tiny/b.py": """\
def late():
    from . import a

    return a
""",
    "tiny/below/__init__.py": "",
    "tiny/below/c.py": """\
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tiny.a import double


def branches(items):
    for item in items:
        if item and not item.empty or item is None:
            return [part for part in item if part]
    return None
""",
    "tiny/below/d.py": f'''\
from ..a import double

LONG = "{"x" * 100}"
''',
}


# For, item: Name, Store, items: Name, Load (5); If (1); or: BoolOp, Or (2); and: BoolOp, And (2);
# item: Name, Load (2); not: UnaryOp, Not, item.empty: Attribute, Load, Name, Load (6); is: Compare,
# Is, item: Name, Load, None: Constant (5); Return, ListComp, part: Name, Load (4); comprehension,
# part: Name, Store, item: Name, Load, part: Name, Load (7); Return, None: Constant (2).
BRANCHES_NODES = 5 + 1 + 2 + 2 + 2 + 6 + 5 + 4 + 7 + 2


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name, text in TREE.items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return tmp_path


def test_imports_of_a_small_tree(tree: Path) -> None:
    tiny = shape.measure(tree, ["tiny"])["tiny"]
    assert tiny.edges == {
        "tiny": set(),
        "tiny.a": {"tiny.b"},
        "tiny.b": {"tiny.a"},
        "tiny.below": set(),
        "tiny.below.c": set(),
        "tiny.below.d": {"tiny.a"},
    }
    assert tiny.circle == ["tiny.a", "tiny.b"] and tiny.late_imports == 1
    assert tiny.folders == {"tiny": 3, "tiny/below": 3}


def test_functions_of_a_small_tree(tree: Path) -> None:
    tiny = shape.measure(tree, ["tiny"])["tiny"]
    double, late, branches = tiny.functions
    # y = x + x: Assign, Name, Store, BinOp, Name, Load, Add, Name, Load; return y: Return, Name,
    # Load. Two lines; the docstring and the comment are none.
    assert (double.nodes, double.span, double.complexity, double.length) == (12, 2, 1, 5)
    # ImportFrom, alias; Return, Name, Load. The blank line between two statements is none.
    assert (late.nodes, late.span, late.complexity, late.length) == (5, 2, 1, 4)
    # for, if and the comprehension branch, `or` has one operand more and `and` too.
    assert branches.nodes == BRANCHES_NODES
    assert (branches.span, branches.complexity, branches.length) == (4, 6, 5)


def test_figures_of_a_small_tree(tree: Path) -> None:
    figures = shape.measure(tree, ["tiny"])["all"].figures()
    lines = 10 + 4 + 11 + 3
    filled = 7 + 3 + 8 + 2
    assert figures == {
        "circle": 2,
        "late": pytest.approx(1000 / lines),
        "folder": 3,
        "nodes": pytest.approx((12 + 5 + BRANCHES_NODES) / (2 + 2 + 4)),
        "long": pytest.approx(100 / filled),
        "complex": 0,
        "most_complex": 6,
        "comments": pytest.approx(100 / filled),
        "function": 5,
        "file": 11,
    }


def test_the_largest_of_two_circles() -> None:
    edges = {
        "a": {"b", "d"},
        "b": {"a"},
        "c": {"d"},
        "d": {"e"},
        "e": {"c"},
        "f": {"a", "f"},
    }
    assert shape.largest_circle(edges) == ["c", "d", "e"]
    assert shape.largest_circle({"a": {"b"}, "b": set()}) in (["a"], ["b"])
    assert shape.largest_circle({}) == []


def test_the_table_has_a_column_for_each_package_and_ends_with_the_limits(tree: Path) -> None:
    head, *rows = shape.table(shape.measure(tree, ["tiny"])).splitlines()
    assert head.split() == ["tiny", "all", "limit"]
    assert len(rows) == len(shape.MEASURES)
    assert rows[0].split() == ["largest", "import", "circle,", "files", "2", "2", "5"]
