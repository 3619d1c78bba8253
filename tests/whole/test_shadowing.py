"""A user's own modules by the names of the packages: an error that helps, or no harm."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
VERIFY = ["verify", "--candidate", "∀y P(y)", "--reference", "∀x P(x)"]

JUDGE = """
import logic

if __name__ == "__main__":
    print(logic.score(candidates=["P(a)", "no formula at all"], references=["P(a)"] * 2, workers=2))
"""


def python(folder: Path, *words: str, path: str = "") -> subprocess.CompletedProcess[str]:
    """Run Python in a folder, with the sources on the path behind `path`."""
    return subprocess.run(
        [sys.executable, *words],
        cwd=folder,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, [path, str(ROOT)]))},
    )


def write(file: Path) -> Path:
    """A user's module, which must never run in place of one of ours."""
    file.parent.mkdir(exist_ok=True)
    file.write_text("print('the module of the user')\n")
    return file


def assert_names_both(result: subprocess.CompletedProcess[str], name: str, file: Path) -> None:
    """The last line of the error names the user's file, ours, and the way out."""
    assert result.returncode == 1
    assert "the module of the user" not in result.stdout
    message = result.stderr.splitlines()[-1]
    assert message.startswith(f"ImportError: `import {name}` finds {file}, which hides ")
    assert str(ROOT / name / "__init__.py") in message
    assert "Rename" in message and "python -P" in message


@pytest.mark.parametrize(
    ("name", "package"),
    [
        ("logic", "data"),
        ("logic", "alignment"),
        ("logic", "pipelines"),
        ("data", "alignment"),
        ("data", "pipelines"),
        ("alignment", "pipelines"),
    ],
)
def test_a_module_that_hides_a_package(tmp_path: Path, name: str, package: str) -> None:
    file = write(tmp_path / f"{name}.py")
    assert_names_both(python(tmp_path, "-c", f"import {package}"), name, file)


def test_a_package_that_hides_ours(tmp_path: Path) -> None:
    file = write(tmp_path / "data" / "__init__.py")
    assert_names_both(python(tmp_path, "-c", "import alignment"), "data", file)


@pytest.mark.parametrize("name", ["logic", "data", "alignment"])
def test_a_command_in_the_folder_of_such_a_module(tmp_path: Path, name: str) -> None:
    file = write(tmp_path / f"{name}.py")
    assert_names_both(python(tmp_path, "-m", "pipelines.cli", *VERIFY), name, file)
    code = f"from pipelines.cli import main; main({VERIFY!r})"
    (tmp_path / "elsewhere").mkdir()
    on_path = python(tmp_path / "elsewhere", "-c", code, path=str(tmp_path))
    assert_names_both(on_path, name, file)


def test_a_module_that_was_imported_before(tmp_path: Path) -> None:
    file = write(tmp_path / "data.py")
    code = f"""
import sys
sys.path.insert(0, {str(tmp_path)!r})
import data
sys.path.pop(0)
try:
    import alignment
except ImportError as error:
    print(error.name, error.path)
"""
    result = python(ROOT, "-c", code)
    assert result.stdout.splitlines()[-1] == f"data {file}", result.stderr


def test_the_way_out(tmp_path: Path) -> None:
    write(tmp_path / "data.py")
    assert python(tmp_path, "-P", "-m", "pipelines.cli", *VERIFY).returncode == 0
    (tmp_path / "data.py").rename(tmp_path / "corpus.py")
    assert python(tmp_path, "-m", "pipelines.cli", *VERIFY).returncode == 0


def test_modules_that_are_not_needed_do_no_harm(tmp_path: Path) -> None:
    write(tmp_path / "data.py")
    write(tmp_path / "pipelines.py")
    assert python(tmp_path, "-c", "import logic; logic.parse('P(a)')").returncode == 0
    (tmp_path / "data.py").unlink()
    assert python(tmp_path, "-c", "import alignment").returncode == 0


def test_a_plain_folder_does_no_harm(tmp_path: Path) -> None:
    for name in ("data", "logic", "alignment", "pipelines"):
        write(tmp_path / name / "rows.py")
    result = python(tmp_path, "-m", "pipelines.cli", *VERIFY)
    assert result.returncode == 0 and "equivalent" in result.stdout, result.stderr


def test_workers_do_not_take_a_module_of_the_working_folder(tmp_path: Path) -> None:
    """A command's own path has no working folder on it; nor has that of its workers."""
    write(tmp_path / "working" / "logic.py")
    script = tmp_path / "judge.py"
    script.write_text(JUDGE)
    result = python(tmp_path / "working", str(script))
    assert result.stdout == "[1.0, 0.0]\n", result.stderr
