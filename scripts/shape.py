"""The shape of the source tree: how it hangs together, and how dense its lines are.

    python scripts/shape.py [PACKAGE ...]    a row for each package and one for all of them

Standard library only. What is counted, for the packages of a root folder:

circle      modules in the largest set of which each imports each, late imports included; an import
            counts for the module it names (for a package's own `__init__`, where that is named)
late        imports of the project's modules inside functions, per 1,000 lines
folder      modules in the largest folder
nodes       nodes of the syntax tree in the bodies of functions, docstrings apart, per line that
            their statements span
long        share of the lines that are not blank with more than 100 columns
complex     share of the functions with a cyclomatic complexity over 10, and the highest there is:
            1, and 1 more for each branch, and for each operand of and/or after the first
comments    share of the lines that are not blank with a comment and nothing else
function    lines of the longest function
file        lines of the longest file
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("logic", "data", "alignment", "pipelines")
COLUMNS = 100

Function = ast.FunctionDef | ast.AsyncFunctionDef
BRANCHES = (
    ast.If,
    ast.IfExp,
    ast.For,
    ast.AsyncFor,
    ast.While,
    ast.comprehension,
    ast.ExceptHandler,
    ast.match_case,
)

# ---- one function -----------------------------------------------------------------------------


@dataclass(frozen=True)
class FunctionShape:
    """Counts of one function; those of a function inside it are counted in both."""

    nodes: int
    span: int
    complexity: int
    length: int


def function_shape(function: Function) -> FunctionShape:
    """The counts of one function."""
    statements = function.body
    if ast.get_docstring(function, clean=False) is not None:
        statements = statements[1:]
    lines: set[int] = set()
    for statement in statements:
        lines.update(range(statement.lineno, _end(statement) + 1))
    return FunctionShape(
        nodes=sum(1 for statement in statements for _ in ast.walk(statement)),
        span=len(lines),
        complexity=complexity(function),
        length=_end(function) - function.lineno + 1,
    )


def complexity(function: Function) -> int:
    """The cyclomatic complexity."""
    total = 1
    for node in ast.walk(function):
        if isinstance(node, BRANCHES):
            total += 1
        elif isinstance(node, ast.BoolOp):
            total += len(node.values) - 1
    return total


def _end(node: ast.stmt) -> int:
    # `ast.parse` always sets it; its type allows for trees that were built by hand.
    return node.end_lineno or node.lineno


# ---- imports ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Import:
    """The project's modules that one import statement names."""

    modules: frozenset[str]
    is_late: bool


def imports(tree: ast.Module, module: str, *, is_package: bool, modules: set[str]) -> list[Import]:
    """The imports of a file that name other modules of the project.

    Those for the type checker alone do not count: they do not run.
    """
    checked_only = {
        id(node)
        for block in ast.walk(tree)
        if isinstance(block, ast.If) and "TYPE_CHECKING" in ast.dump(block.test)
        for statement in block.body
        for node in ast.walk(statement)
    }
    inside = {
        id(node)
        for function in ast.walk(tree)
        if isinstance(function, Function)
        for statement in function.body
        for node in ast.walk(statement)
    }
    statements = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.Import | ast.ImportFrom) or id(node) in checked_only:
            continue
        names = _imported_names(node, module, is_package)
        targets = {_nearest(name, modules) for name in names} - {"", module}
        if targets:
            statements.append(Import(frozenset(targets), id(node) in inside))
    return statements


def _imported_names(
    node: ast.Import | ast.ImportFrom, module: str, is_package: bool
) -> Iterator[str]:
    """Whole dotted names, of which the last part may be something in a module."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
        return
    origin = node.module or ""
    if node.level:
        # One dot is the package the file is in; a package's own file is in that package.
        parents = module.split(".")
        steps = node.level - 1 if is_package else node.level
        anchor = parents[: len(parents) - steps]
        origin = ".".join([*anchor, origin]) if origin else ".".join(anchor)
    yield from (f"{origin}.{alias.name}" for alias in node.names)


def _nearest(name: str, modules: set[str]) -> str:
    """The module a dotted name is, or is in; "" where it is none of the project's."""
    while name and name not in modules:
        name = name.rpartition(".")[0]
    return name


def largest_circle(edges: Mapping[str, Iterable[str]]) -> list[str]:
    """The largest set of modules of which each leads to each, sorted; one module at the least.

    Kosaraju's algorithm: a search backwards, that starts from the modules in the order in which a
    search forwards has left them last, stays within one set at a time.
    """
    backwards: dict[str, set[str]] = {module: set() for module in edges}
    for module, targets in edges.items():
        for target in targets:
            backwards[target].add(module)
    forwards_order: list[str] = []
    visited: set[str] = set()
    for module in edges:
        forwards_order += _search(edges, module, visited)
    visited = set()
    largest: list[str] = []
    for module in reversed(forwards_order):
        circle = _search(backwards, module, visited)
        if len(circle) > len(largest):
            largest = circle
    return sorted(largest)


def _search(edges: Mapping[str, Iterable[str]], start: str, visited: set[str]) -> list[str]:
    """The modules that a depth-first search reaches anew, in the order in which it leaves them."""
    if start in visited:
        return []
    visited.add(start)
    order: list[str] = []
    path = [(start, iter(edges[start]))]
    while path:
        module, targets = path[-1]
        target = next((target for target in targets if target not in visited), None)
        if target is None:
            order.append(module)
            path.pop()
        else:
            visited.add(target)
            path.append((target, iter(edges[target])))
    return order


# ---- packages and the whole tree --------------------------------------------------------------


@dataclass
class Shape:
    """Counts of a package, or of all of them."""

    functions: list[FunctionShape] = field(default_factory=list)
    file_lengths: list[int] = field(default_factory=list)
    filled_lines: int = 0
    long_lines: int = 0
    comment_lines: int = 0
    late_imports: int = 0
    folders: dict[str, int] = field(default_factory=dict)
    edges: dict[str, set[str]] = field(default_factory=dict)

    @property
    def circle(self) -> list[str]:
        """The largest circle of imports."""
        # A package's circle runs within the package.
        inner = {
            module: {target for target in targets if target in self.edges}
            for module, targets in self.edges.items()
        }
        return largest_circle(inner)

    def add(self, other: Shape) -> None:
        """Count another package in."""
        self.functions += other.functions
        self.file_lengths += other.file_lengths
        self.filled_lines += other.filled_lines
        self.long_lines += other.long_lines
        self.comment_lines += other.comment_lines
        self.late_imports += other.late_imports
        self.folders |= other.folders
        self.edges |= other.edges

    def figures(self) -> dict[str, float]:
        """The value of each measure."""
        lines = sum(self.file_lengths)
        nodes = sum(function.nodes for function in self.functions)
        span = sum(function.span for function in self.functions)
        complexities = [function.complexity for function in self.functions]
        over_10 = sum(value > 10 for value in complexities)
        return {
            "circle": len(self.circle),
            "late": _share(1000 * self.late_imports, lines),
            "folder": max(self.folders.values(), default=0),
            "nodes": _share(nodes, span),
            "long": _share(100 * self.long_lines, self.filled_lines),
            "complex": _share(100 * over_10, len(complexities)),
            "most_complex": max(complexities, default=0),
            "comments": _share(100 * self.comment_lines, self.filled_lines),
            "function": max((function.length for function in self.functions), default=0),
            "file": max(self.file_lengths, default=0),
        }


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 0.0


def measure(root: Path, packages: Sequence[str]) -> dict[str, Shape]:
    """The shape of each package below a root folder, and of all of them under the name "all"."""
    files = {
        package: {_module(root, file): file for file in sorted((root / package).rglob("*.py"))}
        for package in packages
    }
    modules = {module for package in packages for module in files[package]}
    shapes = {package: Shape() for package in packages}
    for package, shape in shapes.items():
        for module, file in files[package].items():
            _count_file(shape, root, file, module, modules)
    whole = Shape()
    for shape in shapes.values():
        whole.add(shape)
    return shapes | {"all": whole}


def _module(root: Path, file: Path) -> str:
    path = file.parent if file.name == "__init__.py" else file.with_suffix("")
    return ".".join(path.relative_to(root).parts)


def _count_file(shape: Shape, root: Path, file: Path, module: str, modules: set[str]) -> None:
    text = file.read_text(encoding="utf-8")
    lines = text.splitlines()
    filled = [line for line in lines if line.strip()]
    shape.file_lengths.append(len(lines))
    shape.filled_lines += len(filled)
    shape.long_lines += sum(len(line) > COLUMNS for line in filled)
    shape.comment_lines += sum(line.lstrip().startswith("#") for line in filled)
    folder = file.parent.relative_to(root).as_posix()
    shape.folders[folder] = shape.folders.get(folder, 0) + 1

    tree = ast.parse(text, filename=str(file))
    nodes = ast.walk(tree)
    shape.functions += [function_shape(node) for node in nodes if isinstance(node, Function)]
    is_package = file.name == "__init__.py"
    statements = imports(tree, module, is_package=is_package, modules=modules)
    shape.edges[module] = {name for statement in statements for name in statement.modules}
    shape.late_imports += sum(statement.is_late for statement in statements)


# ---- the table --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Measure:
    """A line of the table: what it says, how its figure is printed, and the most that is allowed."""

    title: str
    form: str
    limit: float | None = None


MEASURES = {
    "circle": Measure("largest import circle, files", "{:.0f}", 5),
    "late": Measure("late imports per 1,000 lines", "{:.1f}", 1.0),
    "folder": Measure("modules in the largest folder", "{:.0f}", 12),
    "nodes": Measure("syntax nodes per line", "{:.1f}", 10),
    "long": Measure("lines over 100 columns", "{:.1f} %", 2),
    "complex": Measure("functions of complexity over 10", "{:.1f} %", 5),
    "most_complex": Measure("highest complexity", "{:.0f}", 15),
    "comments": Measure("comments of non-blank lines", "{:.1f} %"),
    "function": Measure("longest function, lines", "{:.0f}", 60),
    "file": Measure("longest file, lines", "{:.0f}", 400),
}


def table(shapes: Mapping[str, Shape]) -> str:
    """A line for each measure and a column for each package; the limits stand last."""
    figures = {package: shape.figures() for package, shape in shapes.items()}
    rows = [["", *figures, "limit"]]
    for name, line in MEASURES.items():
        cells = [line.form.format(package[name]) for package in figures.values()]
        limit = "" if line.limit is None else line.form.format(line.limit)
        rows.append([line.title, *cells, limit])
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    return "\n".join(_line(row, widths) for row in rows)


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    title, *figures = cells
    columns = [cell.rjust(width) for cell, width in zip(figures, widths[1:], strict=True)]
    return "  ".join([title.ljust(widths[0]), *columns])


def main(arguments: Sequence[str]) -> None:
    """Print the table, and the modules of the largest circle where there is one."""
    shapes = measure(ROOT, arguments or PACKAGES)
    print(table(shapes))
    circle = shapes["all"].circle
    if len(circle) > 1:
        print(f"\nlargest circle: {', '.join(circle)}")


if __name__ == "__main__":
    main(sys.argv[1:])
