"""The blocks of docs/plugins.md that need somebody else's package, where that is installed.

`tests/whole/test_docs.py` runs the others.
"""

import re
import sys
from pathlib import Path

import pytest
from plugged import is_installed

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "tests" / "whole"))

from test_docs import Block, read_blocks, run_python, run_shell  # noqa: E402

BLOCKS = [block for block in read_blocks(ROOT / "docs" / "plugins.md") if block.skip]


@pytest.mark.parametrize("block", BLOCKS, ids=[block.place for block in BLOCKS])
def test_block_runs(block: Block, in_temporary_folder: Path) -> None:
    needed = re.search(r"needs (\w+)", block.skip or "")
    assert needed is not None, f"{block.place} does not say which package it needs"
    if not is_installed(needed[1]):
        pytest.skip(f"{needed[1]} is not installed; `make plugins-test` has it")
    if block.language == "python":
        run_python(block, {"__name__": "page"})
    else:
        run_shell(block, in_temporary_folder)
