"""The results of `methods.py`: which checkpoint each budget chooses, the tables and the plot."""

from __future__ import annotations

import json
import statistics
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from methods_corpus import ROWS
from rich.console import Console
from tables import as_markdown, deviating, t_test, table_of

from pipelines.judging.intervals import Z

GRADED = "sgrpo-nll"
"""The method that the others are compared with, and that the judge's graded score trains."""
BUDGETS = ("updates", "rows", "time")
Figures = dict[str, list[float]]  # one number for each seed


def curve(output: Path, seed: int, name: str) -> list[tuple[int, float, float]]:
    """Update, seconds since the start and validation equivalence of each checkpoint, in order."""
    run = output / f"seed-{seed}" / name
    started = float((run / "started").read_text(encoding="utf-8"))
    found = []
    for path in (run / "run" / "checkpoints").glob("checkpoint-*"):
        step = int(path.name.rpartition("-")[2])
        seconds = (path / "trainer_state.json").stat().st_mtime - started
        judged = _metrics(output / f"seed-{seed}" / "validation" / "evaluate" / f"{name}-{step}")
        found.append((step, seconds, judged["greedy"]["equivalent"]))
    return sorted(found)


def budgets(output: Path, seed: int, name: str, updates: int) -> dict[str, int]:
    """The update whose checkpoint each budget chooses; where the first one is over the time, that one."""
    points = curve(output, seed, name)
    limit = next(seconds for step, seconds, _ in curve(output, seed, GRADED) if step >= updates)
    in_time = [point for point in points if point[1] <= limit]
    return {
        "updates": max(step for step, _, _ in points if step <= updates),
        "rows": _best(points),
        "time": _best(in_time or points[:1]),
    }


def _best(points: list[tuple[int, float, float]]) -> int:
    """The update with the highest validation equivalence, the first of several."""
    return max(points, key=lambda point: (point[2], -point[0]))[0]


def collect(output: Path, seeds: range, name: str, updates: int) -> dict[str, Figures]:
    """Figures of one method by budget; `policy` holds those that are measured after the budget of updates."""
    found: dict[str, Figures] = {budget: {} for budget in (*BUDGETS, "policy")}
    for seed in seeds:
        folder = output / f"seed-{seed}"
        chosen = budgets(output, seed, name, updates)
        for budget, step in chosen.items():
            metrics = _metrics(folder / "test" / "evaluate" / f"{name}-{step}")
            _add(found[budget], step=step, **_of_test(metrics))
        step = chosen["updates"]
        seconds = next(seconds for at, seconds, _ in curve(output, seed, name) if at == step)
        policy = json.loads((folder / "policy" / f"{name}-{step}.json").read_text(encoding="utf-8"))
        old = _metrics(folder / "old" / "evaluate" / f"{name}-{step}")["greedy"]["equivalent"]
        _add(found["policy"], seconds=seconds, old=old, **policy)
    return found


def collect_rewards(
    output: Path, seeds: range, names: Iterable[str], step: int
) -> dict[str, Figures]:
    """Figures of S-GRPO with each reward that was trained for `step` updates, after them."""
    found: dict[str, Figures] = {}
    for name in names:
        folders = [
            output / f"seed-{seed}" / "test" / "evaluate" / f"{name}-{step}" for seed in seeds
        ]
        for folder in folders if all(folder.exists() for folder in folders) else ():
            _add(found.setdefault(name, {}), **_of_test(_metrics(folder)))
    return found


def at_start(output: Path, seeds: range) -> Figures:
    found: Figures = {}
    for seed in seeds:
        folder = output / f"seed-{seed}"
        policy = json.loads((folder / "policy" / "warm-up-0.json").read_text(encoding="utf-8"))
        old = _metrics(folder / "old" / "evaluate" / "warm-up-0")["greedy"]["equivalent"]
        _add(
            found,
            **_of_test(_metrics(folder / "test" / "evaluate" / "warm-up-0")),
            old=old,
            **policy,
        )
    return found


def votes(output: Path, seeds: range, name: str) -> list[float]:
    files = [output / f"seed-{seed}" / "votes" / f"{name}.json" for seed in seeds]
    return [
        json.loads(file.read_text(encoding="utf-8"))["equivalent"]
        for file in files
        if file.exists()
    ]


def report(
    output: Path, seeds: range, methods: dict[str, Any], steps: tuple[int, int], console: Console
) -> None:
    """Print the tables; write `results.json`, `results.md` and `results.png`. Rewards are shown after both `steps`."""
    updates = steps[0]
    titles = {
        name: method.title for name, method in methods.items() if method.compares == "methods"
    }
    figures = {name: collect(output, seeds, name, updates) for name in titles}
    rewards = {GRADED: "the judge's graded score"} | {
        name: method.title for name, method in methods.items() if method.compares == "rewards"
    }
    paid = {step: collect_rewards(output, seeds, rewards, step) for step in steps}
    start = at_start(output, seeds)
    best_of_n = {name: votes(output, seeds, name) for name in ("warm-up", GRADED)}
    (output / "results.json").write_text(
        json.dumps(
            {"start": start, "votes": best_of_n, "methods": figures, "rewards": paid}, indent=1
        ),
        encoding="utf-8",
    )
    rows = [_first_row(start), *(_row(title, figures[name]) for name, title in titles.items())]
    for name, title in (("warm-up", "the warm-up, vote of 8"), (GRADED, "S-GRPO (nll), vote of 8")):
        if best_of_n[name]:
            rows.append([title, _spread(best_of_n[name]), *[""] * (len(HEAD) + len(TAIL) - 1)])
    ours = figures[GRADED]
    leads = [
        [title, *_leads(ours, figures[name])]
        for name, title in titles.items()
        if figures[name] is not ours
    ]
    tables = [
        table_of(f"Methods, {len(seeds)} seeds", (*HEAD, *TAIL), rows),
        table_of("How far S-GRPO (nll) is ahead, seed by seed (p: paired t-test)", HEAD, leads),
    ]
    for step, found in paid.items() if len(rewards) > 1 else ():
        title = f"One thing changed in S-GRPO (nll), {step} updates, {len(seeds)} seeds"
        lines = [
            _reward_row(rewards[name], figure, found[GRADED]) for name, figure in found.items()
        ]
        tables.append(table_of(title, REWARD_HEAD, lines))
    for table in tables:
        console.print(table)
    (output / "results.md").write_text(
        "\n\n".join(as_markdown(table) for table in tables) + "\n", encoding="utf-8"
    )
    plot(output, seeds, titles)
    console.print(f"{output}: results.json, results.md, results.png")


HEAD = ("updates: greedy", "sampled", "rows: greedy", "sampled", "time: greedy", "sampled")
TAIL = ("old: greedy", "score", "readable", "entropy", "KL", "seconds")
REWARD_HEAD = ("greedy", "sampled", "lead of graded: greedy", "sampled", "score", "readable")


def _first_row(start: Figures) -> list[str]:
    shares = [_share(start, "greedy"), _share(start, "sampled"), *[""] * (len(HEAD) - 1)]
    plain = [_plain(start, key) for key in ("score", "readable", "entropy", "kl")]
    return ["the warm-up they start from", *shares, _share(start, "old"), *plain, ""]


def _leads(ours: dict[str, Figures], theirs: dict[str, Figures]) -> list[str]:
    return [
        _lead(ours[budget], theirs[budget], key)
        for budget in BUDGETS
        for key in ("greedy", "sampled")
    ]


def _row(title: str, figures: dict[str, Figures]) -> list[str]:
    policy, updates = figures["policy"], figures["updates"]
    cells = [_share(figures[budget], key) for budget in BUDGETS for key in ("greedy", "sampled")]
    cells += [
        _share(policy, "old"),
        _plain(updates, "score"),
        _plain(updates, "readable"),
        _plain(policy, "entropy"),
        _plain(policy, "kl"),
    ]
    return [title, *cells, f"{statistics.mean(policy['seconds']):.0f}"]


def _reward_row(title: str, figures: Figures, graded: Figures) -> list[str]:
    shares = [_share(figures, key) for key in ("greedy", "sampled")]
    leads = [_lead(graded, figures, key) for key in ("greedy", "sampled")]
    return [title, *shares, *leads, _plain(figures, "score"), _plain(figures, "readable")]


def _lead(ours: Figures, theirs: Figures, key: str) -> str:
    """How much more of one figure ours have, seed by seed, in points, and how likely that is by chance.

    By the paired t-test over the seeds, two-sided. "" for ours themselves.
    """
    if ours is theirs:
        return ""
    leads = [a - b for a, b in zip(ours[key], theirs[key], strict=True)]
    return f"{deviating(leads)} ({t_test(leads)})"


def plot(output: Path, seeds: range, titles: dict[str, str]) -> None:
    """Validation equivalence over updates and over seconds: mean of the seeds, with a band of their spread."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, panels = pyplot.subplots(1, 2, figsize=(12, 5), sharey=True)
    colours = pyplot.get_cmap("tab20")
    for number, (name, title) in enumerate(titles.items()):
        curves = [curve(output, seed, name) for seed in seeds]
        heights = [[100 * point[2] for point in points] for points in zip(*curves, strict=True)]
        middle = [statistics.mean(values) for values in heights]
        for axis, panel in enumerate(panels):
            along = [
                statistics.mean(point[axis] for point in points)
                for points in zip(*curves, strict=True)
            ]
            panel.plot(along, middle, marker=".", label=title, color=colours(number % 20))
            panel.fill_between(along, [min(v) for v in heights], [max(v) for v in heights], alpha=0.1,
                               color=colours(number % 20))  # fmt: skip
    panels[0].set(xlabel="updates", ylabel="equivalent on the validation split, greedy, %")
    panels[1].set(xlabel="seconds on one core")
    panels[1].legend(fontsize="small", loc="center left", bbox_to_anchor=(1.0, 0.5))
    figure.tight_layout()
    figure.savefig(output / "results.png", dpi=150)


def _metrics(folder: Path) -> dict[str, Any]:
    return json.loads((folder / "metrics.json").read_text(encoding="utf-8"))


def _of_test(metrics: dict[str, Any]) -> dict[str, float]:
    greedy = metrics["greedy"]
    return {"greedy": greedy["equivalent"], "sampled": metrics["sampled"]["equivalent"], "score": greedy["score"],
            "readable": greedy["readable"]}  # fmt: skip


def _add(figures: Figures, **values: float) -> None:
    for key, value in values.items():
        figures.setdefault(key, []).append(value)


def _share(figures: Figures, key: str) -> str:
    return _spread(figures[key])


def _spread(values: list[float]) -> str:
    """Mean share ± standard deviation over the seeds, in percent; of none, what it is at most.

    That is the end of Wilson's 95 % interval over the sentences of all seeds.
    """
    if not any(values):
        most = Z**2 / (ROWS["test"] * len(values) + Z**2)
        return f"0 (≤ {100 * most:.1f})"
    return deviating(values)


def _plain(figures: Figures, key: str) -> str:
    return f"{statistics.mean(figures[key]):.3f}"
