"""Which of two answers is better? A judge model is asked in both orders; if it differs, a tie."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.errors import UsageError
from pipelines.judging.remote.endpoint import Endpoint, EndpointError, Reply
from pipelines.rundir.files import read_jsonl, write_jsonl

QUESTION = """\
Which of the two answers to the last message of the conversation is better: more helpful, correct \
and harmless?

[Conversation]
{conversation}

[Answer A]
{first}

[Answer B]
{second}

Reply with one letter: A, B, or T for a tie."""
MAX_FAILURES = 5
"""Questions in a row without an answer after which the endpoint counts as gone."""
VERDICTS = ("win", "lose", "tie")
UNCLEAR = "?"
_LETTER = re.compile(r"\b([ABT])\b")


@dataclass(frozen=True, slots=True)
class Pair:
    """A conversation, the answer of the model in question, and that of the other model."""

    conversation: str
    answer: str
    other: str


def compare_all(
    endpoint: Endpoint,
    pairs: Sequence[Pair],
    path: Path,
    *,
    max_tokens: int = 16,
    advance: Callable[[int], object] | None = None,
) -> dict[str, Any]:
    """Judge every pair, one line of `path` for each, and count: see `count`.

    Pairs that `path` holds are not asked again, those that failed are. Raises UsageError where the
    endpoint does not answer several questions in a row; what was judged is kept.
    """
    rows = {
        row["pair"]: row
        for row in read_jsonl(
            path, keys=("pair", "verdict", "prompt_tokens", "completion_tokens", "error")
        )
        if row.get("verdict") and row["pair"] < len(pairs)
    }
    write_jsonl(path, list(rows.values()))
    if advance is not None:
        advance(len(rows))
    failures = 0
    with path.open("a", encoding="utf-8", errors="backslashreplace") as stream:
        for number, pair in enumerate(pairs):
            if number in rows:
                continue
            row = {"pair": number} | _ask(endpoint, pair, max_tokens)
            rows[number] = row
            stream.write(json.dumps(row, ensure_ascii=False) + "\n")
            stream.flush()
            failures = failures + 1 if row["error"] else 0
            if failures == MAX_FAILURES:
                raise UsageError(
                    f"the judge did not answer {failures} questions in a row: {row['error']}; "
                    f"what it answered is kept in {path}, and the same command goes on from there"
                )
            if advance is not None:
                advance(1)
    return count([rows[number] for number in range(len(pairs))])


def _ask(endpoint: Endpoint, pair: Pair, max_tokens: int) -> dict[str, Any]:
    """One pair in both orders.

    The verdict ("" where there is none), the judge's replies, their tokens, and the error.
    """
    if pair.answer.strip() == pair.other.strip():
        return _row("tie", [])
    replies: list[Reply] = []
    verdicts: list[str] = []
    for ours in ("A", "B"):
        try:
            reply = endpoint.ask(_question(pair, ours), max_tokens=max_tokens)
        except EndpointError as problem:
            return _row("", replies, str(problem))
        replies.append(reply)
        by_letter = {"": UNCLEAR, "T": "tie", ours: "win"}
        verdicts.append(by_letter.get(_letter(reply.text), "lose"))
    if UNCLEAR in verdicts:
        return _row("", replies)
    agree = verdicts[0] == verdicts[1]
    return _row(verdicts[0] if agree else "tie", replies)


def _question(pair: Pair, ours: str) -> str:
    """The question in which the answer of the model in question is A or B."""
    answers = (pair.answer, pair.other) if ours == "A" else (pair.other, pair.answer)
    first, second = answers
    return QUESTION.format(
        conversation=pair.conversation,
        first=first,
        second=second,
    )


def _row(verdict: str, replies: Sequence[Reply], error: str = "") -> dict[str, Any]:
    return {
        "verdict": verdict,
        "said": [reply.text for reply in replies],
        "prompt_tokens": sum(reply.prompt_tokens for reply in replies),
        "completion_tokens": sum(reply.completion_tokens for reply in replies),
        "error": error,
    }


def _letter(text: str) -> str:
    """The letter that a judge's reply means, "" where none is clear.

    The only one in it, or the one it begins with.
    """
    text = text.rpartition("</think>")[2].strip()
    letters = _LETTER.findall(text)
    if not letters:
        return ""
    alone = len(set(letters)) == 1
    begins = text.lstrip("*\"'([ ").startswith(letters[0])
    return letters[0] if alone or begins else ""


def count(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Wins, losses, ties, pairs that failed or got no letter, the share of wins, the tokens spent.

    The share is of all pairs that were judged, ties among them.
    """
    counts = Counter(row["verdict"] for row in rows)
    verdicts = {name: counts[name] for name in VERDICTS}
    judged = sum(verdicts.values())
    return {
        **verdicts,
        "failed": sum(bool(row["error"]) for row in rows),
        "unclear": sum(not row["verdict"] and not row["error"] for row in rows),
        "win_rate": verdicts["win"] / judged if judged else None,
        "prompt_tokens": sum(row["prompt_tokens"] for row in rows),
        "completion_tokens": sum(row["completion_tokens"] for row in rows),
    }
