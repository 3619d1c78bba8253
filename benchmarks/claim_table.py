"""The results of `claim.py`: tables with paired tests, and the plot over the root of KL."""

from __future__ import annotations

import json
import math
import statistics
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from claim_policy import ITEMS
from rich.console import Console
from rich.table import Table
from tables import as_markdown, better_and_worse, deviating, t_test, table_of

from pipelines.judging.intervals import wilson

OURS = {"policies": "sgrpo-logic", "long": "long-grpo-logic-01"}
"""What the others are compared with, by part."""
PUSHED = "long-grpo-"
"""What the names of the policies begin with whose checkpoints are drawn."""
HEAD = ("seeds", "greedy", "sampled", "root of KL", "own reward: from", "to")
TESTED = ("logic is ahead: greedy", "sampled", "prompts better / worse")
BEST = (1, 4, 16)
Measured = dict[int, dict[str, Any]]  # what `claim_policy.measure` found, by seed


def report(output: Path, titles: dict[str, dict[str, str]], console: Console) -> None:
    """Print the tables; write `results.md`, `results.json` and a plot for each set of pairs.

    `titles` names the policies of each part.
    """
    folders = {path.name for path in output.glob("seed-*/pairs-*")}
    tables: list[Table] = []
    figures: dict[str, Any] = {}
    for pairs in sorted(folders, key=lambda name: (int(name.split("-")[1]), name)):
        found: dict[str, dict[str, Measured]] = {}
        for part, names in titles.items():
            everything = {name: read(output, pairs, name) for name in names}
            found[part] = {name: measured for name, measured in everything.items() if measured}
        best = read(output, pairs, "best-of-n")
        figures[pairs] = found | {"best of n": best}
        if best:
            tables.append(_best_table(_title(pairs), best))
        for part, names in titles.items():
            if OURS[part] in found[part]:
                tables.append(_policies_table(_title(pairs), names, found[part], OURS[part]))
        plot(output / f"results-{pairs.removeprefix('pairs-')}.png", found["long"], best)
    tables.append(_sets_table({pairs: found["best of n"] for pairs, found in figures.items()}))
    for table in tables:
        console.print(table)
    output.mkdir(parents=True, exist_ok=True)
    (output / "results.json").write_text(json.dumps(figures), encoding="utf-8")
    markdown = "\n\n".join(f"{table.title}\n\n{as_markdown(table)}" for table in tables)
    (output / "results.md").write_text(markdown + "\n", encoding="utf-8")
    console.print(f"{output}: results.json, results.md, results-PAIRS.png")


def _title(pairs: str) -> str:
    _, number, *noise = pairs.split("-")
    return f"{int(number):,} pairs" + (f", {noise[-1]} % swapped" if noise else "")


def _policies_table(
    title: str, titles: dict[str, str], found: dict[str, Measured], ours: str
) -> Table:
    rows = [_start_row(found[ours])]
    names = sorted(found, key=lambda name: name != ours)  # ours first, the others as they are
    rows += [_row(titles[name], found[name], found[ours]) for name in names]
    return table_of(f"{title}, after all updates", (*HEAD, *TESTED), rows)


def read(output: Path, pairs: str, name: str) -> Measured:
    """What is measured by seed."""
    found: Measured = {}
    for path in output.glob(f"seed-*/{pairs}/measured/{name}.json"):
        seed = int(path.parts[-4].partition("-")[2])
        found[seed] = json.loads(path.read_text(encoding="utf-8"))
    return dict(sorted(found.items()))


def last(measured: dict[str, Any]) -> dict[str, Any]:
    """The figures after all updates."""
    figures: dict[str, Any] = measured[max(measured, key=int)]
    return figures


def _start_row(ours: Measured) -> list[str]:
    starts = [measured["0"] for measured in ours.values()]
    cells = [_right([statistics.mean(one["greedy"]) for one in starts])]
    cells += [_right([one["sampled"] for one in starts])]
    return ["the warm-up", str(len(starts)), *cells, *[""] * 6]


def _row(title: str, measured: Measured, ours: Measured) -> list[str]:
    ends = [last(one) for one in measured.values()]
    cells = [
        str(len(ends)),
        _right([statistics.mean(one["greedy"]) for one in ends]),
        _right([one["sampled"] for one in ends]),
        f"{statistics.mean(math.sqrt(max(0.0, one['kl'])) for one in ends):.2f}",
    ]
    if "proxy" in ends[0]:
        starts = [one["0"]["proxy"] for one in measured.values()]
        cells += [f"{statistics.mean(starts):.2f}"]
        cells += [f"{statistics.mean(one['proxy'] for one in ends):.2f}"]
    else:
        cells += ["", ""]
    return [title, *cells, *([""] * 3 if measured is ours else _lead(ours, measured))]


def _right(values: list[float]) -> str:
    """Share of right answers over the seeds; of none, the end of Wilson's interval over all prompts."""
    if any(values):
        return deviating(values)
    return f"0 (≤ {100 * wilson(0.0, ITEMS * len(values))[1]:.1f})"


def _lead(ours: Measured, theirs: Measured) -> list[str]:
    """How far ours is ahead on the seeds that both have, by the paired t-test over them.

    And to how many prompts more of its greedy answers are right, by the sign test: the seeds of one
    prompt hang together, and count once.
    """
    seeds = [seed for seed in ours if seed in theirs]
    ends = [(last(ours[seed]), last(theirs[seed])) for seed in seeds]
    greedy = [statistics.mean(a["greedy"]) - statistics.mean(b["greedy"]) for a, b in ends]
    sampled = [a["sampled"] - b["sampled"] for a, b in ends]
    right, other = (_in_seeds([pair[side] for pair in ends]) for side in (0, 1))
    return [
        f"{deviating(greedy)} ({t_test(greedy)})",
        f"{deviating(sampled)} ({t_test(sampled)})",
        better_and_worse(right, other),
    ]


def _in_seeds(ends: Sequence[dict[str, Any]]) -> list[float]:
    """In how many seeds the greedy answer to each prompt is right."""
    return [float(sum(answers)) for answers in zip(*(end["greedy"] for end in ends), strict=True)]


def _best_table(title: str, best: Measured) -> Table:
    """Right samples by each reward, and how far logic is ahead seed by seed, by the paired t-test."""
    most = str(BEST[-1])
    rows = []
    for name in next(iter(best.values()), {}):
        seeds = [one for one in best.values() if name in one]
        cells = [deviating([one[name][str(n)]["gold"] for one in seeds]) for n in BEST]
        own = [f"{_mean(one[name][n]['proxy'] for one in seeds):.2f}" for n in ("1", most)]
        leads = [one["logic"][most]["gold"] - one[name][most]["gold"] for one in seeds]
        lead = "" if name == "logic" else f"{deviating(leads)} ({t_test(leads)})"
        rows.append([name, str(len(seeds)), *cells, *own, lead])
    heads = ("seeds", *(f"best of {n}" for n in BEST), "own reward: from", "to")
    title = f"{title}: samples of the warm-up, chosen by each reward"
    return table_of(title, (*heads, f"logic is ahead at {most}"), rows)


def _sets_table(best: dict[str, Measured]) -> Table:
    """Right ones among the best of 16 by each reward, for each set of pairs."""
    sets = {_title(pairs): list(seeds.values()) for pairs, seeds in best.items() if seeds}
    names = dict.fromkeys(name for seeds in sets.values() for one in seeds for name in one)
    rows = []
    for name in names:
        cells = []
        for seeds in sets.values():
            right = [one[name][str(BEST[-1])]["gold"] for one in seeds if name in one]
            cells.append(f"{deviating(right)} ({len(right)})" if right else "")
        rows.append([name, *cells])
    title = f"Right among the best of {BEST[-1]}, by each reward, in % (seeds)"
    return table_of(title, tuple(sets), rows)


def _mean(values: Iterable[float]) -> float:
    return statistics.mean(values)


Curve = tuple[list[float], list[float], list[float]]
"""Root of KL, right answers in %, and own reward: 0 of single samples, 1 of the best of 16."""


def curves_of_best(best: Measured) -> dict[str, Curve]:
    """Best of n by reward, the mean of the seeds."""
    found: dict[str, Curve] = {}
    for name in next(iter(best.values()), {}):
        seeds = [one[name] for one in best.values() if name in one]
        powers = sorted(seeds[0], key=int)
        along = [math.sqrt(seeds[0][n]["kl"]) for n in powers]
        right = [100 * _mean(one[n]["gold"] for one in seeds) for n in powers]
        own = [_mean(one[n]["proxy"] for one in seeds) for n in powers]
        found[name] = along, right, _rescaled(own, own[0], own[-1])
    return found


def curves_of_policies(policies: dict[str, Measured], best: Measured) -> dict[str, Curve]:
    """The checkpoints of GRPO by reward, the mean of the seeds; without own reward where none is known
    of the best of 16."""
    found: dict[str, Curve] = {}
    for name, measured in policies.items():
        if not name.startswith(PUSHED):
            continue
        seeds = list(measured.values())
        at = [[one[step] for one in seeds] for step in sorted(seeds[0], key=int)]
        along = [_mean(math.sqrt(max(0.0, one["kl"])) for one in ones) for ones in at]
        right = [100 * _mean(one["sampled"] for one in ones) for ones in at]
        reward = name.removeprefix(PUSHED)
        chosen = [one[reward] for one in best.values() if reward in one]
        own: list[float] = []
        if chosen:
            low, high = (_mean(one[str(n)]["proxy"] for one in chosen) for n in (1, BEST[-1]))
            own = _rescaled([_mean(one["proxy"] for one in ones) for ones in at], low, high)
        found[reward] = along, right, own
    return found


def _rescaled(values: list[float], low: float, high: float) -> list[float]:
    return [(value - low) / (high - low) for value in values]


def plot(path: Path, policies: dict[str, Measured], best: Measured) -> None:
    """Over the root of KL: right answers and own reward, of best of n and of GRPO's policies."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    drawn = {
        "best of n samples of the warm-up": curves_of_best(best),
        "GRPO, as far as it goes": curves_of_policies(policies, best),
    }
    drawn = {title: curves for title, curves in drawn.items() if curves}
    if not drawn:
        return
    figure, rows = pyplot.subplots(len(drawn), 2, figsize=(11, 4.2 * len(drawn)), squeeze=False)
    names = list(dict.fromkeys(name for curves in drawn.values() for name in curves))
    colours = {name: pyplot.get_cmap("tab20")(number % 20) for number, name in enumerate(names)}
    for panels, (title, curves) in zip(rows, drawn.items(), strict=True):
        for name, (along, right, own) in curves.items():
            panels[0].plot(along, right, marker=".", color=colours[name], label=name)
            if own:
                panels[1].plot(along, own, marker=".", color=colours[name])
        panels[0].set(title=title, ylabel="right, by the exact reader, %")
        panels[1].set(title=title, ylabel="own reward, 1 for the best of 16")
        lines = panels[0].get_legend_handles_labels()
        panels[1].legend(*lines, fontsize="small", loc="center left", bbox_to_anchor=(1.0, 0.5))
        for panel in panels:
            panel.set_xlabel("root of KL to the warm-up")
    figure.tight_layout()
    figure.savefig(path, dpi=110)
    pyplot.close(figure)
