"""NeMo-Gym: the judge as a resources server. `app.py` of `resources_servers/fol` is two lines:

from alignment.plugins.nemo_gym_server import FolServer
FolServer.run_webserver()
"""

from __future__ import annotations

from typing import Any, ClassVar

from alignment.judging import Judge
from alignment.plugins import needs
from alignment.questions import questions
from logic.judging.compare import Names

with needs("pip install nemo-gym"):
    from nemo_gym.base_resources_server import (
        BaseResourcesServerConfig,
        BaseVerifyRequest,
        BaseVerifyResponse,
        ReverifyMode,
        SimpleResourcesServer,
    )
    from nemo_gym.judge import JudgeError


class FolServerConfig(BaseResourcesServerConfig):
    """Settings of the judge, as in `logic.score`."""

    REVERIFY_MODE: ClassVar[ReverifyMode] = ReverifyMode.STATELESS
    names: Names = "match"
    domain: str = "fol"
    dialect: str | None = None


class FolVerifyRequest(BaseVerifyRequest):
    """A rollout, and the formula of its row."""

    reference: str


class FolVerifyResponse(BaseVerifyResponse):
    """The reward, and what the judge read and found."""

    reference: str
    equivalent: float
    verdict: str
    formula: str | None


class FolServer(SimpleResourcesServer):
    """Verifies answers; keeps no state, so that stored rollouts can be scored again."""

    config: FolServerConfig

    async def verify(self, body: FolVerifyRequest) -> FolVerifyResponse:
        """The score of the answer.

        What is not judged is NeMo-Gym's JudgeError: the row is set aside, and no wrong answer.
        """
        judge = Judge(self.config.names, self.config.domain, self.config.dialect)
        judgement = await judge.judge_async(body.response.output_text, body.reference)
        if judgement.score is None:
            raise JudgeError(judgement.explanation)
        return FolVerifyResponse(
            **body.model_dump(),
            reward=judgement.score,
            equivalent=float(judgement.score == 1.0),
            verdict=judgement.verdict,
            formula=judgement.formula,
        )


def rows(name: str = "synthetic", **settings: Any) -> list[dict[str, Any]]:
    """The rows of a data set as NeMo-Gym reads them, for a JSONL file; arguments as in `questions`."""
    return [
        {
            "responses_create_params": {"input": question.messages},
            "reference": question.reference,
        }
        for question in questions(name, **settings)
    ]
