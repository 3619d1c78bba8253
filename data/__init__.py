"""Data sets of every task: `load` a name of the catalogue, and get validated records."""

from pathlib import Path
from runpy import run_path

# Before any other import, so that no user's module is taken for one of ours.
run_path(str(Path(__file__).parents[1] / "logic" / "siblings.py"))["check_siblings"](__name__)

from data.catalogue import NAMES, exact_reader, licence, load, source, split_names, tasks
from data.corpus import Corpus, Quarantined
from data.prompts import PROMPT
from data.records import (
    Claim,
    Correction,
    DataError,
    Message,
    Preference,
    Story,
    TextPair,
    Translation,
)

__all__ = [
    "NAMES",
    "PROMPT",
    "Claim",
    "Corpus",
    "Correction",
    "DataError",
    "Message",
    "Preference",
    "Quarantined",
    "Story",
    "TextPair",
    "Translation",
    "exact_reader",
    "licence",
    "load",
    "source",
    "split_names",
    "tasks",
]
