"""The card of a trained model: where it comes from, on what it was trained, and what it reached.

It is made from what the run directory holds, and nothing in it is the machine's.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import data
from data.records import DataError
from pipelines.rundir.files import CARD, read_json, write_atomic
from pipelines.rundir.yaml_files import read_yaml

METHODS = {
    "sft": "supervised training on reference answers",
    "sgrpo": "S-GRPO: sampled answers, judged, with a label term on the reference answers",
    "dpo": "DPO on pairs of answers, sampled and ordered by the judge, or given",
    "kto": "KTO on good and bad answers, sampled and judged, or given",
    "rloo": "RLOO: sampled answers, judged, each against the others of its prompt",
    "raft": "RAFT: training on the best sampled answers, in rounds",
    "reward": "a reward model trained on pairs of answers",
}
SETTINGS = (
    *("max_steps", "num_train_epochs", "per_device_train_batch_size"),
    *("gradient_accumulation_steps", "learning_rate", "lora_r", "bf16", "seed", "rewards"),
    *("num_generations", "temperature", "beta", "label_loss", "label_weight"),
    *("prompt", "chat", "signature", "domain", "dialect"),
)
"""The keys that a card lists, where a stage has them and they are not null."""
OWN_KEYS = {
    "label_weight": "sgrpo",
    "kl_weight": "raft",
    "undesirable_weight": "kto",
    "reward_clip_range": "rloo",
    "all_rejected": "reward",
    "rounds": "dpo",
}
"""The first of these keys that is there tells the stage; SFT has none of them."""
USE = """\
    folalign translate --model MODEL --input sentences.txt
    vllm serve MODEL    # then: folalign translate --endpoint http://localhost:8000/v1 --model MODEL
"""


def write_card(section: Path) -> None:
    """Write the card of a section's model beside its weights; nothing where there is no model."""
    if not (section / "model").is_dir() or not (section / "manifest.json").is_file():
        return
    config, manifest = read_yaml(section / "config.yaml"), read_json(section / "manifest.json")
    if not config or not manifest:
        return
    stages = list(_stages(section, config))
    base = _base(stages[-1][1])
    lines = [
        *_head(base),
        f"# {section.resolve().parent.name} {section.name}",
        "",
        _sentence(base, config),
        "",
        "## Training",
        "",
    ]
    for number, (name, keys) in enumerate(reversed(stages), start=1):
        lines.append(f"{number}. {name}: {_training(keys)}")
    lines += ["", "| setting | value |", "|---|---|", *_settings(config), "", "## Results", ""]
    lines += list(_results(section)) or ["Not evaluated yet: `folalign evaluate` adds the results."]
    lines += ["", "## Use", "", USE, "## Made with", "", _versions(manifest), ""]
    write_atomic(section / "model" / CARD, "\n".join(lines))


def _stages(section: Path, config: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """A section and those that it started from, the last one first, each with its keys."""
    seen = {section.name}
    yield section.name, config
    while True:
        start = config.get("start")
        if start is None and config.get("model") is None and "sft" not in seen:
            start = "sft"  # where a stage called alone starts
        if start is None or start in seen:
            return
        seen.add(start)
        config = read_yaml(section.parent / start / "config.yaml")
        if not config:
            return
        yield start, config


def _base(config: dict[str, Any]) -> str | None:
    """The model that all began with; None for one that was built from nothing.

    Of a folder elsewhere the last name alone: where it lies is no reader's business.
    """
    model = config.get("model")
    if model is None or model == "tiny":
        return None
    if not Path(model).exists():
        return str(model)
    is_here = not Path(model).is_absolute() and ".." not in Path(model).parts
    return f"./{Path(model)}" if is_here else Path(model).name


def _head(base: str | None) -> list[str]:
    """What the hub reads of a card."""
    head = ["---", "library_name: transformers", "pipeline_tag: text-generation"]
    if base is not None and "/" in base and not base.startswith("."):  # a name on the hub
        head.append(f"base_model: {base}")
    return [*head, "tags: [folalign, first-order-logic]", "---", ""]


def _sentence(base: str | None, config: dict[str, Any]) -> str:
    origin = f"`{base}`" if base else "a tiny model with random weights, built for the run"
    return f"Trained with folalign from {origin}, for the task {_task(config)}."


def _task(config: dict[str, Any]) -> str:
    try:
        return str(config.get("task") or data.tasks(str(config.get("dataset")))[0])
    except DataError:
        return "translate"


def _stage(config: dict[str, Any]) -> str:
    """The stage whose keys these are."""
    return next((stage for key, stage in OWN_KEYS.items() if key in config), "sft")


def _training(config: dict[str, Any]) -> str:
    """The method and the data of one section."""
    dataset, path = str(config.get("dataset")), config.get("dataset_path")
    if dataset == "own" and path:
        dataset = Path(path).name if Path(path).exists() else str(path)
        licence = "the owner's"
    else:
        licence = _licence(dataset)
    rows = config.get("train_size")
    size = f", {rows:,} rows" if isinstance(rows, int) else ""
    return f"{METHODS[_stage(config)]}; data: {dataset}, split {config.get('train_split')}{size} (licence: {licence})"


def _licence(dataset: str) -> str:
    try:
        return data.licence(dataset)
    except DataError:
        return "unknown"


def _settings(config: dict[str, Any]) -> list[str]:
    values = {key: config[key] for key in SETTINGS if config.get(key) is not None}
    return [f"| {key} | {_cell(value)} |" for key, value in values.items()]


def _cell(value: Any) -> str:
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return text.replace("\n", "\\n").replace("|", "\\|")


def _results(section: Path) -> Iterator[str]:
    """What every evaluation of the run says of the model, with 95 % intervals where there are some."""
    for path in sorted(section.parent.glob(f"*/{section.name}/metrics.json")):
        metrics = read_json(path) or {}
        yield f"{path.parent.parent.name} (split {metrics.get('split')}, {metrics.get('items')} rows):"
        yield ""
        for name, value in metrics.items():
            if isinstance(value, dict) and "equivalent" in value:
                margin = value.get("margin", 0.0)
                yield (
                    f"- {name}: {100 * value['equivalent']:.1f} % ± {100 * margin:.1f} equivalent to "
                    f"the reference (95 % interval), mean score {value.get('score', 0.0):.3f}"
                )
            elif isinstance(value, float):
                yield f"- {name}: {value:.3f}"
        yield ""


def _versions(manifest: dict[str, Any]) -> str:
    versions = manifest.get("versions")
    known = versions.items() if isinstance(versions, dict) else ()
    return ", ".join([f"{name} {version}" for name, version in known if version])
