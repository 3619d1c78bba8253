"""Stages that turn a config into a trained and evaluated model, and the `folalign` command."""

from pathlib import Path
from runpy import run_path

# Before any other import, so that no user's module is taken for one of ours.
run_path(str(Path(__file__).parents[1] / "logic" / "siblings.py"))["check_siblings"](__name__)
