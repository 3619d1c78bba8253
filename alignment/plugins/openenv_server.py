"""OpenEnv: translation into first-order logic as an environment, with the judge as its rubric.

    uvicorn alignment.plugins.openenv_server:app

serves the made sentences; `make_app` takes other rows and settings.
"""

from __future__ import annotations

import functools
import random
import uuid
from collections.abc import Callable
from typing import Any

from alignment.judging import Judge, Judgement
from alignment.plugins import needs
from alignment.questions import Question, questions
from logic.errors import installs

with needs(installs("openenv")):
    from fastapi import FastAPI
    from openenv.core.env_server.http_server import create_app
    from openenv.core.env_server.interfaces import Environment
    from openenv.core.env_server.types import Action, Observation, State
    from openenv.core.rubrics import Rubric
    from pydantic import Field

MOST_SESSIONS = 64


class FolAction(Action):
    """An answer of a model."""

    answer: str = Field(description="Text with a formula in it")


class FolObservation(Observation):
    """The sentence to translate, and after an answer what the judge says of it.

    `reward` is None where the answer was not judged.
    """

    prompt: str = Field(description="What to answer")
    formula: str | None = Field(default=None, description="What was read from the answer")
    verdict: str = Field(default="", description="proved, refuted, unreadable or not judged")
    feedback: str = Field(
        default="", description="Where the answer is wrong, if another turn is left"
    )


class JudgeRubric(Rubric):
    """The score of an answer, in [0, 1]; None where it was not judged."""

    def __init__(self, judge: Judge) -> None:
        super().__init__()
        self.judge = judge
        self.reference = ""
        self.explained = False
        self.judgement = Judgement(None, "not judged")

    def forward(self, action: FolAction, observation: FolObservation) -> float | None:
        """Judge the answer against the reference of the episode."""
        self.judgement = self.judge.judge(action.answer, self.reference, explained=self.explained)
        return self.judgement.score


class FolEnvironment(Environment[FolAction, FolObservation, State]):
    """One sentence an episode; it ends with a proved equivalence or after `turns` answers.

    Where more than one turn is allowed, the observation of a wrong answer has a world in which it
    is true and should be false, or the other way round; it never shows the reference.
    """

    SUPPORTS_CONCURRENT_SESSIONS = True

    def __init__(self, rows: Callable[[], list[Question]], judge: Judge, turns: int = 1) -> None:
        self.rubric: JudgeRubric
        super().__init__(rubric=JudgeRubric(judge))
        self._rows = rows
        self._turns = turns
        self._question = Question("", "", {})
        self._state = State(episode_id=None, step_count=0)

    def reset(
        self,
        seed: int | None = None,
        episode_id: str | None = None,
        index: int | None = None,
        **_: Any,
    ) -> FolObservation:
        """Begin with the row of a number (`index`), or one that is drawn, by the `seed`."""
        rows = self._rows()
        drawn = random.Random(seed).randrange(len(rows)) if index is None else index
        self._question = rows[drawn % len(rows)]
        self._state = State(episode_id=episode_id or str(uuid.uuid4()), step_count=0)
        self.rubric.reference = self._question.reference
        return FolObservation(prompt=self._question.prompt)

    def step(self, action: FolAction, timeout_s: float | None = None, **_: Any) -> FolObservation:
        """Judge an answer."""
        self._state.step_count += 1
        is_last = self._state.step_count >= self._turns
        observation = FolObservation(prompt=self._question.prompt)
        self.rubric.explained = not is_last
        observation.reward = self._apply_rubric(action, observation)
        found = self.rubric.judgement
        observation.formula = found.formula
        observation.verdict = found.verdict
        observation.feedback = found.hint
        observation.done = is_last or found.verdict == "proved"
        return observation

    @property
    def state(self) -> State:
        """The episode and how many answers it has had."""
        return self._state


def make_app(
    name: str = "synthetic", *, turns: int = 1, judge: Judge | None = None, **settings: Any
) -> FastAPI:
    """The server, for uvicorn; `name` and `settings` say which rows, as in `questions`."""
    judge = judge or Judge(domain=settings.get("domain", "fol"), dialect=settings.get("dialect"))
    # Loaded once, when the first episode begins.
    rows = functools.cache(functools.partial(questions, name, **settings))
    return create_app(
        functools.partial(FolEnvironment, rows, judge, turns),
        FolAction,
        FolObservation,
        env_name="fol",
        max_concurrent_envs=MOST_SESSIONS,
    )


app = make_app()
