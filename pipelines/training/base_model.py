"""The tiny model that `model: tiny` stands for.

It is built once from the corpus, under `<output_dir>/<base>`.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

from safetensors import safe_open

from alignment import models
from alignment.models import TinyModel
from pipelines.config.domains import domain_inputs
from pipelines.config.light.start import finished_without_model
from pipelines.errors import UsageError
from pipelines.rundir.directory import RunDir
from pipelines.training.saving import write_model


def _key(shape: dataclasses.Field[Any]) -> tuple[str, type, Any]:
    metadata = {"help": f"tiny model: {shape.name}"}
    return shape.name, int, dataclasses.field(default=shape.default, metadata=metadata)


# The keys of a stage's config that shape the tiny model. The model's seed is the stage's.
TinyShape = dataclasses.make_dataclass(
    "TinyShape",
    [_key(field) for field in dataclasses.fields(TinyModel) if field.name != "seed"],
)
SHAPE_KEYS = tuple(field.name for field in dataclasses.fields(TinyShape))
CORPUS_KEYS = (
    "dataset",
    "dataset_path",
    "dataset_settings",
    "columns",
    "task",
    "prompt",
    "chat",
    "signature",
    "examples",
    "train_split",
    "train_size",
    "gold_rows",
    "gold_split",
    "seed",
)


def build_base(resolved: dict[str, Any], load_texts: Callable[[], list[str]]) -> Path:
    """Build the tiny model that a training stage's resolved config describes, unless it stands."""
    shape = {key: resolved[key] for key in SHAPE_KEYS}
    try:
        model = TinyModel(**shape, seed=resolved["seed"])
    except ValueError as error:
        raise UsageError(f"the tiny model: {error}") from None
    name = resolved["base"]
    inputs = {"dataset_path": resolved["dataset_path"]} if resolved["dataset_path"] else {}
    inputs |= domain_inputs(resolved["domain"])
    with RunDir(
        Path(resolved["output_dir"]) / name,
        stage=name,
        config=shape | {key: resolved[key] for key in CORPUS_KEYS},
        inputs=inputs,
        overwrite=resolved["overwrite"],
    ) as run:
        if not run.done:
            texts = load_texts()
            write_model(lambda folder: models.build(model, texts, folder), run)
            run.finish({"parameters": count_parameters(run.model)})
        elif not run.model.exists():
            raise UsageError(f"{name}: {finished_without_model(run.path)}")
    return run.model


def count_parameters(folder: Path) -> int:
    """The number of parameters in a saved model; weights that are tied count once."""
    total = 0
    for file in sorted(folder.glob("*.safetensors")):
        with safe_open(file, framework="pt") as tensors:
            for key in tensors.keys():  # noqa: SIM118 (the file is no mapping)
                total += math.prod(tensors.get_slice(key).get_shape())
    return total
