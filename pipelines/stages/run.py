"""The whole road: base model, SFT, S-GRPO and its control, each evaluated; ends with one table."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from rich.table import Table

from pipelines import cli
from pipelines.arguments import DEFAULT_OUTPUT_DIR, TINY
from pipelines.config import SECTIONS, SHARED, StageConfig, load_run, section_config
from pipelines.console import console
from pipelines.corpus import load_rows
from pipelines.errors import UsageError
from pipelines.files import read_json
from pipelines.processes import run_apart
from pipelines.rundir import RunDir
from pipelines.stages import sgrpo
from pipelines.stages.evaluate import PARTS
from pipelines.yaml_files import plain, write_yaml

ROWS = {"base": "before SFT", "sft": "after SFT", "sgrpo": "after S-GRPO", "control": "control SFT"}


HELP = """\
usage: folalign run --config FILE [--key value ...] [--stage.key value ...] [--overwrite]

The config has shared keys at the top ({shared})
and one section for each stage ({sections}), each holding that stage's keys
(`folalign sft --help` and so on list them). Options win over the file: --key sets a shared key in every stage,
--stage.key one stage's. Finished stages are kept and an unfinished one goes on from its last checkpoint, so the same
command continues a run that was interrupted; --overwrite starts afresh the stages whose settings or inputs changed.
"""


def main(argv: list[str]) -> int:
    """Run every stage that is not finished yet, in order, each in its own process; 0 when all are done."""
    if "--help" in argv or "-h" in argv:
        console.print(HELP.format(shared=", ".join(SHARED), sections=", ".join(SECTIONS)), end="", markup=False)
        return 0
    started = time.monotonic()
    settings = load_run(without_overwrite(argv))
    with console.status("loading the training packages"):
        _finish(run_apart(check, argv))
    output_dir = Path(plain(settings).get("output_dir", DEFAULT_OUTPUT_DIR))
    resolved = output_dir / "config.yaml"
    write_yaml(resolved, plain(settings))
    for title, (command, *options) in steps(plain(settings), output_dir):
        console.rule(f"[bold]{title}[/]", align="left")
        again = ["--overwrite"] if "--overwrite" in argv else []
        _finish(run_apart(cli.main, [command, "--config", str(resolved), *options, *again]))
    console.print(results(output_dir))
    console.print(f"{output_dir}  ({(time.monotonic() - started) / 60:.1f} min)", soft_wrap=True)
    return 0


def without_overwrite(argv: list[str]) -> list[str]:
    """The options that are settings."""
    return [word for word in argv if word != "--overwrite"]


def _finish(code: int) -> None:
    if code == 130:
        raise KeyboardInterrupt
    if code:
        raise SystemExit(code if code > 0 else 128 - code)


def check(argv: list[str]) -> int:
    """Check before any work what a later stage will need: keys, rewards, backend, data, unchanged settings on disk."""
    try:
        settings = load_run(without_overwrite(argv))
        configs = {section: section_config(settings, section) for section in SECTIONS if section in settings}
        if "sgrpo" in configs:
            sgrpo.check(configs["sgrpo"])
        for config in configs.values():
            own = config.arguments[0]
            evaluating = config.stage == "evaluate"
            split, size = (own.split, own.size) if evaluating else (own.train_split, own.train_size)
            load_rows(own, split=split, size=size, seed=0, quiet=True)
        if "--overwrite" not in argv:
            _refuse_changes(configs)
    except UsageError as error:
        return cli.report(error)
    return 0


def _refuse_changes(configs: dict[str, StageConfig]) -> None:
    for section, config in configs.items():
        for name in ROWS if section == "evaluate" else [""]:
            directory = Path(config.resolved["output_dir"]) / section / name
            RunDir(directory, stage=section, config=config.resolved).refuse_changes(with_inputs=False)


def steps(settings: dict[str, Any], output_dir: Path) -> list[tuple[str, list[str]]]:
    """The commands of a run and their titles; an evaluation follows as soon as there is something to compare."""
    start = settings["sft"].get("model", TINY)
    base = output_dir / "base" / "model" if start == TINY else start
    trained = {stage: f"{stage}={output_dir / stage / 'model'}" for stage in ("sft", "sgrpo", "control")}
    listed = [
        ("SFT", ["sft"]),
        ("Evaluation before and after SFT", ["evaluate", "--model", f"base={base}", trained["sft"]]),
    ]
    later = [stage for stage in ("sgrpo", "control") if stage in settings]
    if "sgrpo" in later:
        listed.append(("S-GRPO", ["sgrpo", "--model", str(output_dir / "sft" / "model")]))
    if "control" in later:
        listed.append(("Control: more SFT on the rows of S-GRPO", ["sft", "--section", "control"]))
    if later:
        listed.append(("Evaluation after training", ["evaluate", "--model", *(trained[stage] for stage in later)]))
    return listed


def results(output_dir: Path) -> Table:
    """The table of a run: one row for each evaluated model, measured on held-out sentences."""
    found = {name: read_json(output_dir / "evaluate" / name / "metrics.json") for name in ROWS}
    items = max((metrics["items"] for metrics in found.values() if metrics), default=0)
    table = Table(title=f"Held-out sentences: {items}; greedy ± half of the 95 % interval")
    for column in ("model", "equivalent, greedy", "under the grammar", "sampled", "mean score", "readable"):
        table.add_column(column, justify="left" if column == "model" else "right")
    for name, title in ROWS.items():
        metrics = found[name]
        if metrics:
            greedy = metrics["greedy"]
            constrained, sampled = (metrics.get(part) for part in PARTS[1:])
            table.add_row(
                title,
                f"{greedy['equivalent']:.1%} ± {100 * greedy['margin']:.1f}",
                f"{constrained['equivalent']:.1%}" if constrained else "",
                f"{sampled['equivalent']:.1%}" if sampled else "",
                f"{greedy['score']:.3f}",
                f"{greedy['readable']:.1%}",
            )
    return table
