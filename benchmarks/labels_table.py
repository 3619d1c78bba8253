"""The results of `labels.py`: tables with paired tests."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from tables import as_markdown, better_and_worse, deviating, t_test, table_of

from data.made.sentences.wordings import new_wordings

OURS = "S-GRPO"
HEAD = (
    "seeds",
    "labels proved: greedy",
    "sampled",
    "with the signature",
    "sentences equivalent: greedy",
    "sampled",
    "old wordings",
)
TESTED = ("S-GRPO is ahead: labels", "sentences", "stories better / worse")
WAYS = ("True or False", "Uncertain", "all", "the last row against this one", "old wordings")
PARTS = ("greedy", "constrained", "sampled")
SPLITS = ("test", "old")
Judged = dict[int, dict[str, Any]]  # what evaluations of a method found, by seed


def report(
    output: Path, done: Mapping[str, Mapping[int, Path]], updates: int, console: Console
) -> None:
    """Print the tables, and write them with their figures.

    `done` has the folders of the runs of each method, by seed.
    """
    found = {
        title: {seed: read(folder) for seed, folder in folders.items()}
        for title, folders in done.items()
        if folders
    }
    start = read(output / "shared")
    everything = {"the warm-up": {0: start}} | found
    ways = by_way(output, start)
    tables = [
        _methods_table(everything, found.get(OURS, {}), updates),
        _wordings_table(everything),
        _honest_table(everything),
        _ways_table(ways, _labels(output)),
    ]
    for table in tables:
        console.print(table)
    text = "\n\n".join(as_markdown(table) for table in tables)
    figures = {"methods": everything, "ways": ways}
    (output / "results.json").write_text(json.dumps(figures), encoding="utf-8")
    (output / "results.md").write_text(text + "\n", encoding="utf-8")


def read(output: Path) -> dict[str, Any]:
    """The figures of one model: shares, and for each story whether its label was proved."""
    found: dict[str, Any] = {}
    for split in SPLITS:
        folder = output / split / "evaluate" / "model"
        metrics = json.loads((folder / "metrics.json").read_text(encoding="utf-8"))
        samples = _lines(folder / "samples.jsonl")
        found[split] = {part: metrics[part] for part in PARTS if part in metrics}
        found[split]["right"] = {
            part: {one["sentence"]: one["right"] for one in samples if one["part"] == part}
            for part in ("greedy", "constrained")
        }
        greedy = [one for one in samples if one["part"] == "greedy"]
        found[split]["wordings"] = _by_wording(greedy)
        found[split]["honest"] = _honest(greedy)
    return found


def is_judged(folder: Path) -> bool:
    """Whether an evaluation has its greedy answers and those given the signature."""
    path = folder / "evaluate" / "model" / "metrics.json"
    return path.exists() and "constrained" in json.loads(path.read_text(encoding="utf-8"))


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def _by_wording(samples: list[dict[str, Any]]) -> dict[str, float]:
    """The share of stories with each new wording of which all sentences are equivalent to their formulas."""
    whole: dict[str, list[bool]] = {}
    for sample in samples:
        for wording in new_wordings(sample["sentence"].splitlines()):
            whole.setdefault(wording, []).append(sample["score"] == 1.0)
    return {wording: sum(found) / len(found) for wording, found in sorted(whole.items())}


def _honest(samples: list[dict[str, Any]]) -> tuple[float, float]:
    """The share of answers without a fault, and of these the share whose label is proved."""
    honest = [bool(one["right"]) for one in samples if one["finding"] != "not judged"]
    return len(honest) / len(samples), sum(honest) / max(1, len(honest))


# ---- methods --------------------------------------------------------------------------------------------------------


def _methods_table(everything: dict[str, Judged], ours: Judged, updates: int) -> Table:
    rows = []
    for title, measured in everything.items():
        lead = [""] * len(TESTED)
        if title not in ("the warm-up", OURS):
            lead = _lead(ours, measured)
        rows.append([title, *_cells(measured), *lead])
    return table_of(f"Held-out stories after {updates} updates, in %", (*HEAD, *TESTED), rows)


def _cells(measured: Judged) -> list[str]:
    def spread(split: str, part: str, key: str) -> str:
        return deviating([one[split][part][key] for one in measured.values()])

    return [
        str(len(measured)),
        *(spread("test", part, "labels") for part in ("greedy", "sampled", "constrained")),
        *(spread("test", part, "sentences") for part in ("greedy", "sampled")),
        spread("old", "greedy", "labels"),
    ]


def _lead(ours: Judged, theirs: Judged) -> list[str]:
    """How far S-GRPO is ahead in greedy answers: by the paired t-test over seeds, and by the sign test over stories."""
    both = [(ours[seed]["test"], theirs[seed]["test"]) for seed in ours if seed in theirs]
    cells = []
    for key in ("labels", "sentences"):
        leads = [a["greedy"][key] - b["greedy"][key] for a, b in both]
        cells.append(f"{deviating(leads)} ({t_test(leads)})" if leads else "")
    # Story by story, in how many seeds it is right: the seeds of one story hang together.
    right = _in_seeds([a for a, _ in both])
    other = _in_seeds([b for _, b in both])
    return [*cells, better_and_worse(right, other) if both else ""]


def _in_seeds(judged: Sequence[dict[str, Any]]) -> list[float]:
    """In how many seeds the label of each story is proved, in greedy answers."""
    stories = [one["right"]["greedy"] for one in judged]
    return [float(sum(one[story] for one in stories)) for story in (stories[0] if stories else ())]


def _wordings_table(everything: dict[str, Judged]) -> Table:
    rows = []
    for title, measured in everything.items():
        shares = [one["test"]["wordings"] for one in measured.values()]
        rows.append([title, *[deviating([one[name] for one in shares]) for name in shares[0]]])
    wordings = tuple(everything["the warm-up"][0]["test"]["wordings"])
    return table_of("Whole stories equivalent in greedy answers, by wording, in %", wordings, rows)


def _honest_table(everything: dict[str, Judged]) -> Table:
    rows = []
    for title, measured in everything.items():
        shares = [one["test"]["honest"] for one in measured.values()]
        rows.append([title, *[deviating(list(values)) for values in zip(*shares, strict=True)]])
    head = ("without a fault", "label proved, of these")
    return table_of("Greedy answers that can be judged, in %", head, rows)


# ---- sentence by sentence, or whole ----------------------------------------------------------------------------------


def by_way(output: Path, start: dict[str, Any]) -> dict[str, dict[str, dict[str, bool]]]:
    """Whether the label of each story is proved, by the way in which it is translated and by split."""
    found: dict[str, dict[str, dict[str, bool]]] = {}
    for split in SPLITS:
        stories = _lines(output / "data" / f"{split}.jsonl")
        texts = ["\n".join([*story["premises"], story["conclusion"]]) for story in stories]
        folder = output / "sentences" / split
        judged = _lines(folder / "entail" / "model" / "judgements.jsonl")
        signed = _lines(folder / "given-the-signature.jsonl")
        ways = {
            "sentence by sentence": {
                texts[one["row"] - 1]: one["finding"] == one["label"] for one in judged
            },
            "sentence by sentence, given the signature": {
                one["story"]: one["verdict"] == one["label"] for one in signed
            },
            "whole": start[split]["right"]["greedy"],
            "whole, given the signature": start[split]["right"]["constrained"],
        }
        for way, right in ways.items():
            found.setdefault(way, {})[split] = right
    return found


def _labels(output: Path) -> dict[str, str]:
    """The label of each story in the new wordings."""
    stories = _lines(output / "data" / "test.jsonl")
    return {"\n".join([*one["premises"], one["conclusion"]]): one["label"] for one in stories}


def _ways_table(ways: dict[str, dict[str, dict[str, bool]]], labels: Mapping[str, str]) -> Table:
    ours = ways["whole, given the signature"]["test"]
    rows = []
    for way, right in ways.items():
        theirs = right["test"]
        tested = ""
        if theirs is not ours:
            both = [story for story in ours if story in theirs]
            pairs = [[float(one[story]) for story in both] for one in (ours, theirs)]
            tested = better_and_worse(*pairs)
        decided = {text: found for text, found in theirs.items() if labels[text] != "Uncertain"}
        left_open = {text: found for text, found in theirs.items() if text not in decided}
        parts = [_share(part) for part in (decided, left_open, theirs)]
        rows.append([way, *(deviating([part]) for part in parts), tested, _old(right)])
    return table_of("Labels proved, by how a story is translated, in %", WAYS, rows)


def _old(right: Mapping[str, Mapping[str, bool]]) -> str:
    return deviating([_share(right["old"])])


def _share(right: Mapping[str, bool]) -> float:
    return sum(right.values()) / len(right)
