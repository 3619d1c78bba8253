"""The keys of each stage, without loading a training package.

The project's own are fields of light dataclasses; the trainer's are read from the sources of TRL
and transformers, where they are fields of dataclasses too.
"""

from __future__ import annotations

import ast
import dataclasses
import functools
from importlib.util import find_spec
from pathlib import Path

from pipelines.config import arguments
from pipelines.config.light.dpo import DPOArguments
from pipelines.config.light.ranges import RANGES
from pipelines.config.light.reward import RewardModelArguments
from pipelines.config.light.rivals import KTOArguments, RLOOArguments
from pipelines.config.light.sgrpo import SGRPOArguments

OPTIONS: dict[str, type[arguments.DataArguments]] = {
    "sft": arguments.SFTArguments,
    "sgrpo": SGRPOArguments,
    "dpo": DPOArguments,
    "kto": KTOArguments,
    "rloo": RLOOArguments,
    "raft": arguments.RAFTArguments,
    "reward": RewardModelArguments,
    "evaluate": arguments.EvaluateArguments,
    "answers": arguments.AnswersArguments,
    "entail": arguments.EntailArguments,
    "mt": arguments.MTArguments,
}
"""The project's own options of each stage."""


@dataclasses.dataclass
class TrainerArguments:
    """Those keys of every trainer that can be checked without it."""

    output_dir: str = arguments.DEFAULT_OUTPUT_DIR
    seed: int = 42
    report_to: list[str] = dataclasses.field(default_factory=lambda: ["none"])
    hub_token: str | None = None
    push_to_hub: bool = False


def light_types(stage: str) -> tuple[type, ...]:
    """The dataclasses of a stage's keys that load no training package."""
    if stage not in _TRAINERS:
        return (OPTIONS[stage],)
    return OPTIONS[stage], TrainerArguments, _trainer_numbers(stage)


def _trainer_numbers(stage: str) -> type:
    """A dataclass of those numbers of the stage's trainer that have a range; open where absent."""
    try:
        known = known_keys(stage)
    except LookupError:  # other releases of the libraries: their keys are checked later
        known = frozenset()
    own = {field.name for field in dataclasses.fields(OPTIONS[stage])}
    numbers = [key for key in RANGES if key in known and key not in own]
    return dataclasses.make_dataclass(
        "TrainerNumbers",
        [(key, float | None, dataclasses.field(default=None)) for key in numbers],
    )


# Package, file and class of what a trainer's keys are fields of.
_COMMON = (
    ("trl", "trainer/base_config.py", "_BaseConfig"),
    ("transformers", "training_args.py", "TrainingArguments"),
    ("alignment", "models.py", "TinyModel"),
)
_SFT = (("trl", "trainer/sft_config.py", "SFTConfig"), *_COMMON)
_TRAINERS = {
    "sft": _SFT,
    "raft": _SFT,
    "reward": (("trl", "trainer/reward_config.py", "RewardConfig"), *_COMMON),
    "dpo": (("trl", "trainer/dpo_config.py", "DPOConfig"), *_COMMON),
    "kto": (("trl", "trainer/kto_config.py", "KTOConfig"), *_COMMON),
    "rloo": (("trl", "trainer/rloo_config.py", "RLOOConfig"), *_COMMON),
    "sgrpo": (
        ("alignment", "trainers/config.py", "SGRPOConfig"),
        ("trl", "trainer/grpo_config.py", "GRPOConfig"),
        *_COMMON,
    ),
}


@functools.cache
def known_keys(stage: str) -> frozenset[str]:
    """The names of all keys of a stage.

    Raises LookupError where the sources of the libraries do not have the classes looked for.
    """
    own = {field.name for field in dataclasses.fields(OPTIONS[stage]) if field.init}
    for package, file, name in _TRAINERS.get(stage, ()):
        own |= _fields(package, file, name)
    return frozenset(own)


@functools.cache
def _fields(package: str, file: str, name: str) -> frozenset[str]:
    spec = find_spec(package)
    folders = (spec.submodule_search_locations if spec else None) or ()
    for folder in folders:
        source = Path(folder, file)
        if source.is_file():
            return _fields_of_class(ast.parse(source.read_text(encoding="utf-8")), name)
    raise LookupError(f"{package}/{file}")


def _fields_of_class(tree: ast.Module, name: str) -> frozenset[str]:
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == name]
    if not classes:
        raise LookupError(name)
    return frozenset(
        statement.target.id
        for statement in classes[0].body
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name)
    )
