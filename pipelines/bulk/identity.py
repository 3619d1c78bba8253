"""Which job parts are of: all that decides what they hold, by the options that say it."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import metadata
from typing import Any

from pipelines.bulk.judging import Question
from pipelines.bulk.sources import Source
from pipelines.config.domains import domain_inputs
from pipelines.rundir.files import fingerprint

Identity = dict[str, Any]
"""Plain values, as JSON has them."""

PAIRS = "--pairs"
MOST_NAMED = 3
DOMAIN_FILES = "the files of the domain"


def identity_of(sources: Sequence[Source], question: Question, shard_rows: int) -> Identity:
    """The identity of a job: two jobs that have the same write the same parts."""
    # Where there is one source, its name is no part of the results, and the file may be moved.
    is_one = len(sources) == 1
    files = domain_inputs(question.domain)
    return {
        "folalign": metadata.version("folalign"),
        PAIRS: {"" if is_one else one.name: one.identity() for one in sources},
        "--column candidate": question.candidate,
        "--column reference": question.reference,
        "--names": question.names,
        "--domain": question.domain,
        DOMAIN_FILES: {name: fingerprint(path) for name, path in files.items()},
        "--dialect": question.dialect,
        "--no-relation": not question.relation,
        "--strict": question.strict,
        "--shard": shard_rows,
    }


def changes(known: Identity, identity: Identity) -> list[str]:
    """What is not as it was, for people."""
    if known.keys() != identity.keys():
        return ["it was begun by another version of folalign"]
    told = []
    for option, value in identity.items():
        before = known[option]
        if before == value:
            continue
        if option == PAIRS:
            told += _changed_pairs(before, value)
        elif option == DOMAIN_FILES:
            told.append(f"{option} have changed")
        else:
            told.append(f"{option} was {_shown(before)} and is {_shown(value)}")
    return told


def _changed_pairs(before: dict[str, Any], now: dict[str, Any]) -> list[str]:
    other = sorted(before.keys() ^ now.keys())
    if other:
        named = ", ".join([name or "a single file" for name in other[:MOST_NAMED]])
        return [
            f"{PAIRS} names {len(now):,} files and named {len(before):,} (not in both: {named})"
        ]
    changed = [name or PAIRS for name in now if before[name] != now[name]]
    return [f"the content of {', '.join(changed[:MOST_NAMED])} is another"]


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "given" if value else "not given"
    return "not given" if value is None else str(value)
