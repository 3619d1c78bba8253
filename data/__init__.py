"""Data sets of every task: `load` a name of the catalogue, and get validated records."""

from data.catalogue import NAMES, licence, load, source, split_names, tasks
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
    "licence",
    "load",
    "source",
    "split_names",
    "tasks",
]
