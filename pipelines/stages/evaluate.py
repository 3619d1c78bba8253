"""Evaluation: greedy and sampled answers to held-out sentences, judged against the references.

Rows of the task `story` are whole stories, whose answers are judged by `pipelines.judging.stories`.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from rich.table import Table

import logic
from alignment import rewards
from data.audit import from_canonical
from logic.core import CORE
from pipelines.config.arguments import EvaluateArguments
from pipelines.config.corpus import answer_ends, load_held_out
from pipelines.console import progress
from pipelines.errors import UsageError
from pipelines.judging import stories
from pipelines.judging.answers import Grammar, open_answerer
from pipelines.judging.intervals import margin_of_mean, with_margin
from pipelines.judging.stage import JudgingStage
from pipelines.judging.without_reference.round_trip import (
    ROUND_TRIP,
    accuracy_of_accepted,
    in_words,
    told,
)
from pipelines.rundir.directory import RunDir
from pipelines.rundir.files import read_jsonl, write_jsonl
from pipelines.stage import Metrics

if TYPE_CHECKING:
    from datasets import Dataset

    from pipelines.judging.answerer import Answerer
    from pipelines.judging.remote.answerer import EndpointAnswerer

PARTS = ("greedy", "constrained", "sampled")  # constrained is greedy too, under the grammar
COLUMNS = (
    "equivalent, greedy",
    "under the grammar",
    "sampled",
    "mean score",
    "readable",
    "LE",
    "BLEU",
)


ANSWER_KEYS = ("part", "sentence", "reference", "completion", "formula", "score")


class Evaluate(JudgingStage[EvaluateArguments]):
    """Equivalence rates of models."""

    name = "evaluate"
    options = EvaluateArguments

    def judge(self, options: EvaluateArguments, name: str, model: str, run: RunDir) -> Metrics:
        rows = load_held_out(options)
        if options.round_trip and stories.are_stories(rows):
            raise UsageError("round_trip is for sentences, not for the task story")
        parts = _parts(options)
        path = run.path / "samples.jsonl"
        answers = _whole_parts(read_jsonl(path, keys=ANSWER_KEYS), parts, len(rows), options)
        missing = [part for part in parts if part not in answers]
        if missing:
            answerer = open_answerer(
                options.backend,
                model,
                seed=options.seed,
                batch_size=options.batch_size,
                max_tokens=options.max_tokens,
                stop=answer_ends(options, rows["prompt"]),
                dtype=options.dtype,
                endpoint=options.endpoint,
                endpoint_key=options.endpoint_key,
            )
            with contextlib.closing(answerer):
                for part in missing:
                    answers[part] = (
                        round_trips(options, answers["greedy"], answerer)
                        if part == ROUND_TRIP
                        else _answer(options, name, part, rows, answerer)
                    )
                    done = [row for part in parts for row in answers.get(part, [])]
                    write_jsonl(path, done)
        metrics: Metrics = {"split": options.split, "items": len(rows)}
        for part in parts:
            metrics[part] = measure(answers[part])
            if stories.are_stories(rows):
                metrics[part] |= stories.measure_stories(answers[part])
        if ROUND_TRIP in parts:
            metrics[ROUND_TRIP] = accuracy_of_accepted(answers["greedy"], answers[ROUND_TRIP])
        if not stories.are_stories(rows):
            metrics["greedy"] |= published_scores(
                answers["greedy"], options.domain, options.answer_dialect
            )
        if "wrong" in rows.column_names:  # the task correct: what there was to improve
            metrics["score_of_wrong"] = _score_of_wrong(rows, options.domain)
        return metrics

    def summary(self, metrics: Metrics) -> str:
        parts = [part for part in PARTS if part in metrics]
        if "labels" in metrics["greedy"]:
            proved = [f"{part} {metrics[part]['labels']:.1%}" for part in parts]
            return f"labels proved: {', '.join(proved)} of {metrics['items']} stories"
        shares = [f"{part} {_share(metrics[part])}" for part in parts]
        line = f"equivalent to the reference: {', '.join(shares)} of {metrics['items']} sentences"
        line += told(metrics.get(ROUND_TRIP))
        score_of_wrong = metrics.get("score_of_wrong")
        if score_of_wrong is None:
            return line
        score = metrics["greedy"]["score"]
        return f"{line}; mean score {score:.3f}, of the wrong formulas {score_of_wrong:.3f}"

    def table(self, results: dict[str, Metrics]) -> Table:
        table = Table(title=_title(results))
        table.add_column("model")
        has_stories = any("labels" in metrics["greedy"] for metrics in results.values())
        columns = stories.COLUMNS if has_stories else COLUMNS
        cells = stories.cells if has_stories else _cells
        rows = {name: cells(metrics) for name, metrics in results.items()}
        # What no model was asked for has no column.
        told = [place for place in range(len(columns)) if any(row[place] for row in rows.values())]
        for place in told:
            table.add_column(columns[place], justify="right")
        for name, row in rows.items():
            table.add_row(name, *[row[place] for place in told])
        return table


def _cells(metrics: Metrics) -> list[str]:
    """What a row of a table has for a model's sentences, by `COLUMNS`."""
    greedy = metrics["greedy"]
    return [
        _share(greedy),
        _share(metrics.get("constrained")),
        _share(metrics.get("sampled")),
        _score(greedy),
        f"{greedy['readable']:.1%}",
        *[_hundredths(greedy.get(name)) for name in ("le", "bleu")],
    ]


def _title(results: dict[str, Metrics]) -> str:
    items = max((metrics["items"] for metrics in results.values()), default=0)
    if any("labels" in metrics["greedy"] for metrics in results.values()):
        return f"Held-out stories: {items}; ± half of the 95 % interval"
    title = f"Held-out sentences: {items}; ± half of the 95 % interval"
    scores = [metrics.get("score_of_wrong") for metrics in results.values()]
    for score in scores:  # of the task correct, the same for every model
        if score is not None:
            return f"{title}; mean score of the wrong formulas {score:.3f}"
    return title


def _share(part: dict[str, Any] | None) -> str:
    return with_margin(part["equivalent"], part.get("margin")) if part else ""


def _score(part: dict[str, Any]) -> str:
    margin = part.get("score_margin")
    return f"{part['score']:.3f}" + ("" if margin is None else f" ± {margin:.3f}")


def _hundredths(share: float | None) -> str:
    return "" if share is None else f"{100 * share:.1f}"


def published_scores(
    answers: list[dict[str, Any]], domain: str, dialect: str | None = None
) -> dict[str, float]:
    """The means of the scores that others report: `le` and `bleu`, over the answers judged by each.

    LE is that of S-GRPO with literals matched by letters, BLEU is nltk's over formula tokens. LE is
    left out in a domain, where it is not defined, and both where nltk is not installed.
    """
    if find_spec("nltk") is None:
        return {}
    columns = {"reference": [answer["reference"] for answer in answers]}
    texts = [answer["completion"] for answer in answers]
    scores = {}
    for name in ("le", "bleu") if domain == CORE.spec else ("bleu",):
        reward = rewards.get(name, domain=domain, dialect=dialect, canonical_references=True)
        judged = [value for value in reward(texts, texts, **columns) if value is not None]
        if judged:
            scores[name] = sum(judged) / len(judged)
    return scores


def _parts(options: EvaluateArguments) -> list[str]:
    """The parts that the options ask for."""
    parts = ["greedy"]
    if options.grammar != "none" and options.endpoint is None:  # which takes no grammar
        parts.append("constrained")
    if options.samples > 0:
        parts.append("sampled")
    if options.round_trip:
        parts.append(ROUND_TRIP)
    return parts


def _whole_parts(
    answers: list[dict[str, Any]], parts: list[str], rows: int, options: EvaluateArguments
) -> dict[str, list[dict[str, Any]]]:
    """The answers of each part that is there as a whole; others are answered again."""
    whole: dict[str, list[dict[str, Any]]] = {}
    for part in parts:
        found = [answer for answer in answers if answer["part"] == part]
        if len(found) == rows * (options.samples if part == "sampled" else 1):
            whole[part] = found
    return whole


def _score_of_wrong(rows: Dataset, domain: str) -> float | None:
    scores = logic.score(
        candidates=rows["wrong"],
        references=rows["reference"],
        domain=domain,
    )
    judged = [score for score in scores if score is not None]
    return sum(judged) / len(judged) if judged else None


def _answer(
    options: EvaluateArguments,
    name: str,
    part: str,
    rows: Dataset,
    answerer: Answerer | EndpointAnswerer,
) -> list[dict[str, Any]]:
    """Sample and judge one part.

    A prompt too long for the model's context counts as answered by nothing.
    """
    prompts = answerer.render(rows["prompt"])
    samples = options.samples if part == "sampled" else 0
    with progress() as bar:
        task = bar.add_task(f"{name} {part}", total=len(prompts), note="")
        answers = answerer.answers(
            prompts,
            greedy=part != "sampled",
            samples=samples,
            temperature=options.temperature,
            top_p=options.top_p,
            seed=options.seed,
            grammar=_grammar(options, part, rows),
            batch_size=options.batch_size,
            advance=functools.partial(bar.advance, task),
        )
        bar.update(task, note="judging")
        nothing = [""] * (samples or 1)
        completions = [texts or nothing for texts in answers]
        if stories.are_stories(rows):
            return stories.judge_stories(part, rows, completions, options.domain)
        return _judge(
            part,
            rows,
            prompts,
            completions,
            options.domain,
            options.answer_dialect,
        )


def round_trips(
    options: EvaluateArguments,
    greedy: Sequence[dict[str, Any]],
    answerer: Answerer | EndpointAnswerer,
) -> list[dict[str, Any]]:
    """What the words of each greedy formula are translated to, judged by that formula.

    A formula that has no words, and an answer without one, have nothing that comes back.
    """
    trips = [
        {"part": ROUND_TRIP, "sentence": "", "reference": answer["formula"] or "", "completion": ""}
        | {"formula": None, "score": 0.0}
        for answer in greedy
    ]
    places, rows = in_words(greedy, options)
    if not places:
        return trips
    prompts = answerer.render(rows["prompt"])
    answers = answerer.answers(
        prompts,
        seed=options.seed,
        grammar=Grammar(),
        batch_size=options.batch_size,
    )
    completions = [texts or [""] for texts in answers]
    judged = _judge(
        ROUND_TRIP,
        rows,
        prompts,
        completions,
        options.domain,
        options.answer_dialect,
    )
    for place, answer in zip(places, judged, strict=True):
        trips[place] = answer
    return trips


def _grammar(options: EvaluateArguments, part: str, rows: Dataset) -> Grammar:
    if part != "constrained":
        return Grammar()
    if stories.are_stories(rows):
        return stories.grammar_of(options.grammar, rows, options.domain)
    with_names = options.grammar == "signature"
    return Grammar(
        options.grammar,
        references=list(rows["reference"]) if with_names else None,
        domain=options.domain,
    )


def _judge(
    part: str,
    rows: Dataset,
    prompts: Sequence[Any],
    completions: list[list[str]],
    domain: str,
    dialect: str | None = None,
) -> list[dict[str, Any]]:
    """One answer for each completion, with its formula and its score; `dialect` is the answers' notation."""
    answers = []
    for row, prompt, texts in zip(rows, prompts, completions, strict=True):
        for text in texts:
            formula = logic.read_answer(text, domain=domain, dialect=dialect).formula
            answer = {
                "part": part,
                "sentence": row.get("sentence", str(prompt)),
                "reference": row["reference"],
                "completion": text,
                "formula": None if formula is None else logic.to_text(formula, domain=domain),
                "score": None,
            }
            if domain != CORE.spec:
                answer["domain"] = domain
            if dialect is not None:
                answer["dialect"] = dialect
            answers.append(answer)
    references: list[Any] = [answer["reference"] for answer in answers]
    if dialect is not None:  # the data's formulas are in the canonical notation
        references = [from_canonical(reference, domain) for reference in references]
    scores = logic.score(
        candidates=[answer["completion"] for answer in answers],
        references=references,
        names="match",
        domain=domain,
        dialect=dialect,
    )
    for answer, score in zip(answers, scores, strict=True):
        answer["score"] = score
    return answers


def measure(answers: list[dict[str, Any]]) -> dict[str, float | int | None]:
    """Shares over all answers of a part; `margin` is half the 95 % interval of `equivalent`,
    and `score_margin` of the mean score.

    What could not be judged is not counted as equivalent, and is left out of the mean score. The
    answers to one sentence hang together, so the interval is that of the mean over sentences.
    """
    by_sentence: dict[tuple[str, str], list[float]] = {}
    scores_of: dict[tuple[str, str], list[float]] = {}
    for answer in answers:
        sentence = answer["sentence"], answer["reference"]
        by_sentence.setdefault(sentence, []).append(float(answer["score"] == 1.0))
        if answer["score"] is not None:
            scores_of.setdefault(sentence, []).append(answer["score"])
    rates = [sum(hits) / len(hits) for hits in by_sentence.values()]
    means = [sum(found) / len(found) for found in scores_of.values()]
    count = len(answers)
    equivalent = sum(answer["score"] == 1.0 for answer in answers)
    readable = sum(answer["formula"] is not None for answer in answers)
    scores = [answer["score"] for answer in answers if answer["score"] is not None]
    return {
        "answers": count,
        "equivalent": equivalent / count,
        "margin": margin_of_mean(rates),
        "score": sum(scores) / len(scores) if scores else 0.0,
        "score_margin": margin_of_mean(means) if means else None,
        "readable": readable / count,
        "not_judged": count - len(scores),
    }


STAGE = Evaluate()
