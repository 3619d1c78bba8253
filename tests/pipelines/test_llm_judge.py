"""What the reward `llm_judge` makes of a chat model's replies."""

from __future__ import annotations

import pytest

pytest.importorskip("trl")

from alignment import rewards
from pipelines.judging.remote import reward as _  # noqa: F401 (registers it)
from pipelines.judging.remote.endpoint import Endpoint, Reply


@pytest.mark.parametrize(
    ("reply", "mark"),
    [
        ("7", 0.7),
        ("8 out of 10", 0.8),
        ("Score: 8/10 because it answers all 3 points", 0.8),
        ("<think>It has 3 parts.</think> 9", 0.9),
        ("<think>Okay, the answer gives 3 parts of", None),
        ("-3", None),
        ("−3", None),
        ("7 or 8", None),
        ("85/100", None),
        ("7/10, or 8/10", None),
    ],
)
def test_a_mark_is_read_or_the_reply_is_unclear(
    monkeypatch: pytest.MonkeyPatch, reply: str, mark: float | None
) -> None:
    monkeypatch.setattr(Endpoint, "ask", lambda *question, **bounds: Reply(reply, 1, 1))
    assert rewards.get("llm_judge", url="http://localhost:9/v1", model="j")(["Who?"], ["Bob."]) == [
        mark
    ]
