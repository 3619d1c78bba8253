"""The commands of `folalign` and the stages among them: the one door to their modules.

A module is imported when its command is called, so that `folalign --help` and `folalign verify`
load neither torch nor transformers, and the first process of a run loads no training package.
A new stage is a module in `pipelines/stages` with one object, `STAGE`, and a line here.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from logic.errors import installs
from pipelines.errors import UsageError

if TYPE_CHECKING:
    from pipelines.stage import Stage

PACKAGES = {
    "train": ("torch", "transformers", "trl", "datasets", "yaml"),
    "serve": ("fastapi", "uvicorn", "prometheus_client"),
}
"""What the modules of commands import beyond a base install, by the extra that brings it."""


@dataclass(frozen=True)
class Command:
    """A command and what it is for; its module has `main(argv)`, which returns the exit code.

    `extra` names the one of `PACKAGES` that already importing the module takes; `resumes` says that
    what was interrupted goes on where it was.
    """

    name: str
    summary: str
    module: str
    extra: str | None = None
    resumes: bool = True

    def main(self, argv: list[str]) -> int:
        """Import the command's module and run it."""
        return import_module(self.module).main(argv)


@dataclass(frozen=True)
class StageCommand(Command):
    """A stage, as a command and as a kind of section in a run's config."""

    trains: bool = False
    writes: bool = True
    """Whether the model that it trains writes answers; others are neither trained on nor judged."""

    def stage(self) -> Stage[Any]:
        """Import the stage's module; its object."""
        return import_module(self.module).STAGE

    def check(self, argv: list[str]) -> None:
        """Raise `UsageError` for what can be told without loading a training package."""
        import_module("pipelines.early.check").check_stage(self.name, argv)

    def main(self, argv: list[str]) -> int:
        """Run the stage as a command."""
        return self.stage().main(argv)


def _stage(name: str, summary: str, *, trains: bool, writes: bool = True) -> StageCommand:
    module = f"pipelines.stages.{name}"
    return StageCommand(name, summary, module, extra="train", trains=trains, writes=writes)


STAGES: dict[str, StageCommand] = {
    stage.name: stage
    for stage in (
        _stage("sft", "supervised training on the reference answers", trains=True),
        _stage(
            "sgrpo",
            "S-GRPO: sampled answers, judged, and the reference answers",
            trains=True,
        ),
        _stage("dpo", "DPO or RPO on preferences that the judge makes from samples", trains=True),
        _stage("kto", "KTO on good and bad answers, sampled or given", trains=True),
        _stage("rloo", "RLOO: sampled answers, judged, each against the others", trains=True),
        _stage("raft", "RAFT or SuperHF: training on the best samples, in rounds", trains=True),
        _stage("reward", "a reward model from pairs of answers", trains=True, writes=False),
        _stage("evaluate", "equivalence rate of models on held-out sentences", trains=False),
        _stage(
            "answers",
            "answers against the preferred ones, by logic, BLEU and a judge",
            trains=False,
        ),
        _stage("entail", "labels of stories that a model's formulas prove", trains=False),
        _stage("mt", "translation between languages, by BLEU and COMET", trains=False),
    )
}

GROUPS: dict[str, tuple[Command, ...]] = {
    "formulas (no config, no training packages)": (
        Command(
            "verify",
            "judge formulas against references: one, a class of students', a file of any size",
            "pipelines.commands.verify",
        ),
        Command(
            "prove",
            "whether a conclusion follows: a proof, or a world that refutes it",
            "pipelines.commands.formulas.prove",
        ),
        Command(
            "models",
            "the structures of a size in which a formula is true",
            "pipelines.commands.formulas.models",
        ),
        Command(
            "holds",
            "whether a formula is true in a structure that a file describes",
            "pipelines.commands.formulas.holds",
        ),
        Command(
            "convert",
            "formulas in another notation, in a normal form, or as a tree",
            "pipelines.commands.formulas.convert",
        ),
        Command(
            "domains",
            "list the domains beyond the core language, or write the files of a new one",
            "pipelines.commands.domains",
        ),
        Command(
            "serve",
            "the judge over HTTP, for trainers elsewhere, with a page for people",
            "pipelines.service.command",
            extra="serve",
        ),
    ),
    "training and evaluation (extra train)": (
        Command(
            "run",
            "train and evaluate, section by section, as a config says",
            "pipelines.commands.run",
            extra="train",
        ),
        *STAGES.values(),
        Command(
            "translate",
            "sentences to formulas with a trained model, chosen by what most samples say",
            "pipelines.commands.translate",
        ),
        Command(
            "model",
            "fetch a pretrained model, or make one of a GGUF file",
            "pipelines.commands.pretrained.model",
        ),
    ),
    "data and results": (
        Command(
            "data",
            "inspect a data set, write it out prepared, or let its formulas prove its labels",
            "pipelines.commands.data",
        ),
        Command(
            "report",
            "one HTML page on runs: results, learning curves, errors, answers",
            "pipelines.commands.report",
        ),
        Command(
            "rank",
            "how well rewards tell right answers from wrong ones, on one bench",
            "pipelines.commands.results.rank",
            resumes=False,
        ),
        Command(
            "samples",
            "what the models of a run wrote, with references and verdicts",
            "pipelines.commands.results.samples",
        ),
        Command(
            "configs",
            "list the configs that ship",
            "pipelines.commands.configs.listing",
        ),
        Command(
            "init",
            "write a commented config to start from",
            "pipelines.commands.configs.init",
        ),
        Command(
            "completion",
            "print what makes a shell complete commands and options",
            "pipelines.commands.completion",
        ),
    ),
}
"""The commands, as `folalign --help` groups them."""

COMMANDS: dict[str, Command] = {
    command.name: command for commands in GROUPS.values() for command in commands
}


def need_packages(extra: str) -> None:
    """Raise `UsageError` naming the packages of an extra that are not installed."""
    missing = [name for name in PACKAGES[extra] if find_spec(name) is None]
    if missing:
        raise UsageError(f"this command needs {', '.join(missing)}: {installs(extra)}")
