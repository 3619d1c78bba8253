"""Runs the code in README.md and docs/*.md, so that what they promise works.

Fenced blocks marked ```python of one file run in order in one namespace; ```bash and ```console blocks run
with the environment's programs on PATH (in a console block only the lines after "$ "). All blocks of a file
share one working folder, in which only the repository's examples/, benchmarks/ and pipelines/ are found. A
block whose previous non-blank line is `<!-- gpu -->` or `<!-- long -->`, with any words after the first, is
skipped and listed with that reason.
"""

import os
import re
import subprocess
import sys
import textwrap
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = [
    page for page in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))] if page.is_file()
]
FENCE = re.compile(r"^(?P<indent>\s*)```(?P<language>\w*)(?P<rest>[^`]*)$")
SKIP = re.compile(r"^<!--\s*(?P<reason>(gpu|long)\b.*?)\s*-->$")
SECONDS_PER_BLOCK = 170


@dataclass(frozen=True)
class Block:
    """One fenced block: the line of its first code line, what it is, and why it is skipped if so."""

    page: Path
    line: int
    language: str
    code: str
    skip: str | None

    @property
    def place(self) -> str:
        return f"{self.page.relative_to(ROOT) if self.page.is_relative_to(ROOT) else self.page.name}:{self.line}"


def read_blocks(page: Path) -> Iterator[Block]:
    """Python and shell blocks of a Markdown page in order; an unclosed fence raises ValueError."""
    opening: re.Match[str] | None = None
    code: list[str] = []
    before = skip = None
    start = 0
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
        if opening is None:
            if opening := FENCE.match(line):
                found = SKIP.match(before or "")
                code, start, skip = [], number + 1, found["reason"] if found else None
            elif line.strip():
                before = line.strip()
        elif line.strip() == "```":
            if opening["language"] in ("python", "bash", "console"):
                yield Block(
                    page, start, opening["language"], textwrap.dedent("\n".join(code)) + "\n", skip
                )
            opening, before = None, None
        else:
            code.append(line)
    if opening is not None:
        raise ValueError(f"{page}:{start - 1}: code block is never closed")


def run_python(block: Block, namespace: dict[str, Any]) -> None:
    """Execute a block; line numbers in a failure are those of the page."""
    code = "\n" * (block.line - 1) + block.code
    try:
        exec(compile(code, str(block.page), "exec"), namespace)
    except (Exception, SystemExit) as error:
        frames = [frame.lineno for frame in traceback.extract_tb(error.__traceback__)
                  if frame.filename == str(block.page)]  # fmt: skip
        line = frames[-1] if frames else getattr(error, "lineno", None) or block.line
        place = block.place.rpartition(":")[0]
        pytest.fail(f"{place}:{line}: {type(error).__name__}: {error}", pytrace=False)


def shell_script(block: Block) -> str:
    """Commands of a bash block, or those after "$ " (continued on lines after "> ") in a console block."""
    if block.language == "bash":
        return block.code
    lines = block.code.splitlines()
    return "\n".join(line[2:] for line in lines if line.startswith(("$ ", "> "))) + "\n"


def run_shell(block: Block, folder: Path) -> None:
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    try:
        result = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", shell_script(block)],
            cwd=folder, env={**os.environ, "PATH": path}, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=SECONDS_PER_BLOCK,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        pytest.fail(
            f"{block.place}: still running after {SECONDS_PER_BLOCK} s (mark it long?)",
            pytrace=False,
        )
    if result.returncode != 0:
        pytest.fail(
            f"{block.place}: exit code {result.returncode}\n{result.stdout[-4000:]}", pytrace=False
        )


@pytest.fixture(scope="module")
def page_state(tmp_path_factory: pytest.TempPathFactory) -> dict[Path, tuple[Path, dict[str, Any]]]:
    """Working folder and Python namespace of each page."""
    state: dict[Path, tuple[Path, dict[str, Any]]] = {}
    for page in PAGES:
        folder = tmp_path_factory.mktemp(page.stem)
        for name in ("examples", "benchmarks", "pipelines"):
            if (ROOT / name).is_dir():
                (folder / name).symlink_to(ROOT / name)
        state[page] = (folder, {"__name__": page.stem})
    return state


def _parameters() -> list[Any]:
    return [
        pytest.param(block, id=f"{block.place}-{block.language}",
                     marks=[pytest.mark.skip(reason=f"marked {block.skip}")] if block.skip else [])
        for page in PAGES for block in read_blocks(page)
    ]  # fmt: skip


@pytest.mark.parametrize("block", _parameters())
def test_block_runs(
    block: Block,
    page_state: dict[Path, tuple[Path, dict[str, Any]]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder, namespace = page_state[block.page]
    monkeypatch.chdir(folder)
    if block.language == "python":
        run_python(block, namespace)
    else:
        run_shell(block, folder)


PAGE = """
# Title

```python
x = 1
assert x == 1
```

<!-- gpu: needs one -->
```bash
false
```

1. A list:

   ```console
   $ echo one > made.txt
   some output that is not a command
   $ test -s made.txt
   ```

```text
not code
```

```python
if x:
    raise KeyError("x is set")
```

```bash
exit 3
```
"""


@pytest.fixture
def sample(tmp_path: Path) -> list[Block]:
    page = tmp_path / "page.md"
    page.write_text(PAGE, encoding="utf-8")
    return list(read_blocks(page))


def test_blocks_are_found_with_line_language_and_skip(sample: list[Block]) -> None:
    assert [(block.line, block.language, block.skip) for block in sample] == [
        (5, "python", None),
        (11, "bash", "gpu: needs one"),
        (17, "console", None),
        (27, "python", None),
        (32, "bash", None),
    ]


def test_failing_blocks_name_page_and_line(sample: list[Block], tmp_path: Path) -> None:
    first, _, console, failing, shell = sample
    namespace: dict[str, Any] = {}
    run_python(first, namespace)
    run_shell(console, tmp_path)
    assert (tmp_path / "made.txt").read_text() == "one\n"
    with pytest.raises(pytest.fail.Exception, match=r"page\.md:28: KeyError: 'x is set'"):
        run_python(failing, namespace)
    with pytest.raises(pytest.fail.Exception, match=r"page\.md:32: exit code 3"):
        run_shell(shell, tmp_path)


def test_unclosed_block_is_an_error(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("text\n```bash\ntrue\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"page\.md:2: code block is never closed"):
        list(read_blocks(page))
