"""The stages there are; a new one is a module in `pipelines/stages`, a dataclass of its options, and a line here."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from types import ModuleType


@dataclass(frozen=True)
class Stage:
    """One kind of section: `name` is its command and its module in `pipelines.stages`.

    `own` names the dataclass of its options in `pipelines.config.arguments`, `trainer` the library's own arguments beside
    them ("module:class"; empty for a stage that trains nothing). The module has `main(config)`, and `check(config)`
    where more than keys and data can be checked before any work.
    """

    name: str
    summary: str
    own: str
    trainer: str = ""

    @property
    def trains(self) -> bool:
        return bool(self.trainer)

    def module(self) -> ModuleType:
        return import_module(f"pipelines.stages.{self.name}")

    def argument_types(self) -> tuple[type, ...]:
        """The dataclasses whose fields are the stage's keys: own options, the trainer's, the tiny model's shape."""
        own = getattr(import_module("pipelines.config.arguments"), self.own)
        if not self.trains:
            return (own,)
        module, _, name = self.trainer.partition(":")
        shape = import_module("pipelines.training.base_model").TinyShape
        return own, getattr(import_module(module), name), shape


STAGES = {
    stage.name: stage
    for stage in (
        Stage("sft", "supervised training on the reference answers", "SFTArguments", "trl:SFTConfig"),
        Stage("sgrpo", "S-GRPO: sampled answers, judged, and the reference answers", "SGRPOArguments",
              "alignment:SGRPOConfig"),
        Stage("dpo", "DPO or RPO on preferences that the judge makes from samples", "DPOArguments", "trl:DPOConfig"),
        Stage("raft", "RAFT or SuperHF: training on the best samples, in rounds", "RAFTArguments", "trl:SFTConfig"),
        Stage("evaluate", "equivalence rate of models on held-out sentences", "EvaluateArguments"),
        Stage("answers", "answers against the preferred ones, by logic, BLEU and a judge", "AnswersArguments"),
        Stage("entail", "labels of stories that a model's formulas prove", "EntailArguments"),
        Stage("mt", "translation between languages, by BLEU and COMET", "MTArguments"),
    )
}  # fmt: skip
