"""Which of two answers is better? A judge model is asked in both orders; where it then differs, it is a tie."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.errors import UsageError
from pipelines.judging.endpoint import Endpoint, EndpointError
from pipelines.rundir.files import read_jsonl, write_jsonl

QUESTION = """\
Which of the two answers to the last message of the conversation is better: more helpful, correct and harmless?

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
_LETTER = re.compile(r"\b([ABT])\b")


@dataclass(frozen=True, slots=True)
class Pair:
    """A conversation, the answer of the model in question, and that of the model it is compared with."""

    conversation: str
    answer: str
    other: str


def compare_all(
    endpoint: Endpoint,
    pairs: Sequence[Pair],
    path: Path,
    *,
    max_tokens: int = 16,
    advance: Callable[[int], None] = lambda count: None,
) -> dict[str, Any]:
    """Judge every pair, one line of `path` for each, and count: see `count`.

    Pairs that `path` holds are not asked again, those that failed are. Raises UsageError where the endpoint does not
    answer several questions in a row; what was judged is kept.
    """
    done = {
        row["pair"]: row
        for row in read_jsonl(path)
        if row.get("verdict") and row["pair"] < len(pairs)
    }
    write_jsonl(path, list(done.values()))
    advance(len(done))
    failures = 0
    with path.open("a", encoding="utf-8", errors="backslashreplace") as stream:
        for number, pair in enumerate(pairs):
            if number in done:
                continue
            done[number] = row = {"pair": number} | _ask(endpoint, pair, max_tokens)
            stream.write(json.dumps(row, ensure_ascii=False) + "\n")
            stream.flush()
            failures = failures + 1 if row["error"] else 0
            if failures == MAX_FAILURES:
                raise UsageError(
                    f"the judge did not answer {failures} questions in a row: {row['error']}; what it answered is kept "
                    f"in {path}, and the same command goes on from there"
                )
            advance(1)
    return count([done[number] for number in range(len(pairs))])


def _ask(endpoint: Endpoint, pair: Pair, max_tokens: int) -> dict[str, Any]:
    """One pair in both orders: its verdict, "" where there is none, what was said, the tokens, and the error."""
    if pair.answer.strip() == pair.other.strip():
        return {
            "verdict": "tie",
            "said": [],
            "prompt_tokens": 0,
            "completion_tokens": 0,
            "error": "",
        }
    said, tokens, wanted = [], [0, 0], []
    error = ""
    for first, second, ours in ((pair.answer, pair.other, "A"), (pair.other, pair.answer, "B")):
        try:
            question = QUESTION.format(conversation=pair.conversation, first=first, second=second)
            reply = endpoint.ask(question, max_tokens=max_tokens)
        except EndpointError as problem:
            error = str(problem)
            break
        said.append(reply.text)
        tokens = [tokens[0] + reply.prompt_tokens, tokens[1] + reply.completion_tokens]
        wanted.append({"": "?", "T": "tie", ours: "win"}.get(_letter(reply.text), "lose"))
    verdict = "" if error or "?" in wanted else wanted[0] if wanted[0] == wanted[1] else "tie"
    return {
        "verdict": verdict,
        "said": said,
        "prompt_tokens": tokens[0],
        "completion_tokens": tokens[1],
        "error": error,
    }


def _letter(text: str) -> str:
    """The letter that a judge's reply means: the only one in it, or the one it begins with; "" where none is clear."""
    text = text.rpartition("</think>")[2].strip()
    found = _LETTER.findall(text)
    if len(set(found)) == 1 or (found and text.lstrip("*\"'([ ").startswith(found[0])):
        return found[0]
    return ""


def count(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Wins, losses and ties, how many pairs failed or got no letter, the share of wins, and the tokens spent.

    The share is of all pairs that were judged, ties among them.
    """
    verdicts = Counter(row["verdict"] for row in rows)
    judged = sum(verdicts[name] for name in VERDICTS)
    return {
        **{name: verdicts[name] for name in VERDICTS},
        "failed": sum(bool(row["error"]) for row in rows),
        "unclear": sum(not row["verdict"] and not row["error"] for row in rows),
        "win_rate": verdicts["win"] / judged if judged else None,
        "prompt_tokens": sum(row["prompt_tokens"] for row in rows),
        "completion_tokens": sum(row["completion_tokens"] for row in rows),
    }
