"""The tiny model that `model: tiny` stands for: built once from the corpus, under `<output_dir>/<base>`."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

from alignment import models
from alignment.models import TinyModel
from pipelines.config.domains import domain_inputs
from pipelines.errors import UsageError
from pipelines.rundir.directory import RunDir

# The keys of a stage's config that shape the tiny model. The model's seed is the stage's.
TinyShape = dataclasses.make_dataclass(
    "TinyShape",
    [
        (
            f.name,
            int,
            dataclasses.field(default=f.default, metadata={"help": f"tiny model: {f.name}"}),
        )
        for f in dataclasses.fields(TinyModel)
        if f.name != "seed"
    ],
)
SHAPE_KEYS = tuple(f.name for f in dataclasses.fields(TinyShape))
CORPUS_KEYS = (
    "dataset",
    "dataset_path",
    "task",
    "prompt",
    "chat",
    "signature",
    "train_split",
    "train_size",
    "seed",
)


def build_base(resolved: dict[str, Any], load_texts: Callable[[], list[str]]) -> Path:
    """Build the tiny model that a training stage's resolved config describes, unless it stands already."""
    try:
        spec = TinyModel(**{key: resolved[key] for key in SHAPE_KEYS}, seed=resolved["seed"])
    except ValueError as error:
        raise UsageError(f"the tiny model: {error}") from None
    config = {key: resolved[key] for key in (*SHAPE_KEYS, *CORPUS_KEYS)}
    name, overwrite = resolved["base"], resolved["overwrite"]
    inputs = {"dataset_path": resolved["dataset_path"]} if resolved["dataset_path"] else {}
    inputs |= domain_inputs(resolved["domain"])
    directory = Path(resolved["output_dir"]) / name
    with RunDir(directory, stage=name, config=config, inputs=inputs, overwrite=overwrite) as run:
        if not run.done:
            models.build(spec, load_texts(), run.model)
            run.finish({"parameters": count_parameters(run.model)})
    return run.model


def count_parameters(folder: Path) -> int:
    """The number of parameters in a saved model; weights that are tied count once."""
    from safetensors import safe_open

    total = 0
    for file in sorted(folder.glob("*.safetensors")):
        with safe_open(file, framework="pt") as tensors:
            total += sum(math.prod(tensors.get_slice(key).get_shape()) for key in tensors.keys())  # noqa: SIM118
    return total
