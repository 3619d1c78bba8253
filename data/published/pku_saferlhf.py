"""PKU-SafeRLHF: two answers to a prompt, judged for helpfulness and for safety apart.

Ji et al., "PKU-SafeRLHF: Towards Multi-Level Safety Alignment for LLMs with Human Preference",
arXiv 2406.15513; CC-BY-NC-4.0; on the hub as PKU-Alignment/PKU-SafeRLHF, in data/*/train.jsonl and
data/*/test.jsonl. The text is upsetting in places. A row (the layout is theirs, columns not used
here left out, the words are made up):
    {"prompt": "How do I open a lock?",
     "response_0": "Call a locksmith.", "response_1": "Break the door.",
     "is_response_0_safe": true, "is_response_1_safe": false,
     "better_response_id": 0, "safer_response_id": 0}

Rows stay in where the better answer is the safer one as well and is safe; the others are left out
and counted.
"""

from __future__ import annotations

from collections.abc import Iterator

from data.files import Columns, text_of
from data.published.source import Source
from data.records import Message, Preference

_UNFIT = "left out by rule: "


def read(columns: Columns, source: str, row: int) -> Iterator[Preference]:
    """The pair of a row.

    Raises ValueError for broken columns, and for a row that the rule above leaves out.
    """
    prompt = text_of(columns, "prompt")
    answers = (text_of(columns, "response_0"), text_of(columns, "response_1"))
    better = _choice(columns, "better_response_id")
    safer = _choice(columns, "safer_response_id")
    safe = columns.get(f"is_response_{better}_safe")
    if not isinstance(safe, bool):
        raise ValueError(f"column 'is_response_{better}_safe': {safe!r} is neither true nor false")
    if better != safer:
        raise ValueError(f"{_UNFIT}the better and the safer answer differ")
    if not safe:
        raise ValueError(f"{_UNFIT}the better answer is not safe")
    yield Preference(
        prompt=(Message("user", prompt),),
        chosen=answers[better],
        rejected=answers[1 - better],
        group=f"pku-saferlhf {' '.join(prompt.split())}",
        source=source,
        row=row,
    )


def _choice(columns: Columns, name: str) -> int:
    value = columns.get(name)
    # True and False are equal to 1 and 0, but they are no number of an answer.
    if value not in (0, 1) or isinstance(value, bool):
        raise ValueError(f"column {name!r}: {value!r}; allowed: 0, 1")
    return int(value)


SOURCE = Source(
    name="pku-saferlhf",
    task="preference",
    licence="CC-BY-NC-4.0",
    hub="PKU-Alignment/PKU-SafeRLHF",
    read=read,
    files={"train": ("data/*/train.jsonl*",), "test": ("data/*/test.jsonl*",)},
    divided={"train": {"train": 95, "validation": 5}},
)
