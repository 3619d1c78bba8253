"""One test sentence as a card: each model's answer, the verdict, and what is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

import logic
from logic.explaining.explanation import ERROR_TYPES, NOT_LOCATED, UNREADABLE, Explanation
from pipelines.judging.reasons import REASONS, faults, is_right, is_story, reasons
from pipelines.report.charts.elements import COLOURS
from pipelines.report.judge import Judge
from pipelines.report.markup import figure, printable, safe, tag

MAX_MARKED = 400
"""Characters of a formula in which the wrong part is marked; a longer one is cut."""


MAX_FAULTS = 5
"""Faults of an answer to a story that are named."""


class Verdict(NamedTuple):
    """How a verdict is called on the page, and its class in the style sheet."""

    words: str
    mood: str


VERDICTS = {
    "proved": Verdict("equivalent", "good"),
    "refuted": Verdict("not equivalent", "bad"),
    "unreadable": Verdict("unreadable", "bad"),
    "unknown": Verdict("not judged", "open"),
}


OF_STORIES = {
    "label": Verdict("label proved", "good"),
    "no label": Verdict("label not proved", "bad"),
}


MEANINGS = {
    "quantifier": "another quantifier, one too many or too few, or another order",
    "connective": "another connective, or a conditional that points the other way",
    "negation": "a negation too many or too few",
    "arguments": "other arguments, or in other places",
    "names": "another predicate",
    "missing part": "a part of the reference is missing",
    "extra part": "a part that the reference does not have",
    "other part": "a part in place of another with nothing in common",
    UNREADABLE: "no formula can be read",
    NOT_LOCATED: "where they differ could not be told",
}


class Named(Protocol):
    """What a card says of a model."""

    name: str
    colour: int


def filters(models: Sequence[str], *, sentences: bool, stories: bool) -> str:
    """The form that hides answers; the page's script makes it work, and shows it."""
    known = (VERDICTS if sentences else {}) | (OF_STORIES if stories else {})
    kinds = [*(ERROR_TYPES if sentences else ()), *(REASONS if stories else ())]
    verdicts = [(key, verdict.words) for key, verdict in known.items()]
    text = tag("input", "", type="search", name="text", placeholder="a word or a symbol")
    fields = [
        _select("verdict", "Verdict", verdicts),
        _select("error", "Error", [(kind, kind) for kind in kinds]),
        _select(
            "model",
            "Model",
            [(str(index), name) for index, name in enumerate(models)],
        ),
        tag("label", f"Text {text}"),
    ]
    return tag("form", "".join(fields) + "<output name='count'></output>", id="filters", hidden="")


def _select(name: str, title: str, values: Sequence[tuple[str, str]]) -> str:
    options = [tag("option", "all", value="")]
    for value, text in values:
        options.append(tag("option", safe(text, 60), value=value))
    select = tag("select", "".join(options), name=name)
    return tag("label", f"{title} {select}")


def card(
    sentence: str,
    reference: str,
    answers: dict[int, dict[str, Any]],
    models: Sequence[Named],
    judge: Judge,
) -> str:
    """A sentence with its reference and the answers to it, by the model's place."""
    formula = tag("span", "reference", class_="who") + tag("code", safe(reference), class_="lines")
    head = tag("h3", safe(sentence)) if sentence else ""
    head += tag("p", formula, class_="formula")
    items = []
    for index, row in answers.items():
        if is_story(row):
            items.append(_story_answer(index, models[index], row))
        else:
            items.append(_answer(index, models[index], row, judge))
    return tag(
        "article",
        tag("header", head) + tag("ol", "".join(items)),
        class_="item",
    )


def _answer(index: int, model: Named, row: dict[str, Any], judge: Judge) -> str:
    explanation = judge.explain(row)
    comparison = explanation.comparison if explanation else None
    key = comparison.verdict if comparison else "unknown"
    verdict = VERDICTS[key]
    line = tag(
        "span",
        safe(model.name, 40),
        class_=f"who c{model.colour % COLOURS}",
    )
    line += tag("code", _formula(row, explanation))
    line += tag(
        "span",
        verdict.words,
        class_=f"badge {verdict.mood}",
    )
    if comparison is not None and key == "refuted":
        line += tag("span", figure(comparison.score), class_="score", title="score")
    content = tag("div", line, class_="formula")
    if explanation is not None:
        content += _why(explanation)
    return tag(
        "li",
        content,
        class_=f"answer {verdict.mood}",
        data_verdict=key,
        data_errors="|".join(explanation.error_types if explanation else ()),
        data_model=str(index),
    )


def _story_answer(index: int, model: Named, row: dict[str, Any]) -> str:
    """An answer to a whole story: its formulas, whether they prove the label, and what is wrong."""
    key = "label" if is_right(row) else "no label"
    verdict = OF_STORIES[key]
    said = row.get("formula") or row["completion"]
    line = tag("span", safe(model.name, 40), class_=f"who c{model.colour % COLOURS}")
    line += tag("code", safe(str(said).strip()), class_="lines")
    line += tag("span", verdict.words, class_=f"badge {verdict.mood}")
    found = [*faults(row)] or [f"what is proved: {row['finding']}; the label: {row.get('label')}"]
    chips = [tag("li", safe(fault, 200)) for fault in found[:MAX_FAULTS]]
    if len(found) > MAX_FAULTS:
        chips.append(tag("li", f"and {len(found) - MAX_FAULTS} more"))
    return tag(
        "li",
        tag("div", line, class_="formula") + tag("ul", "".join(chips), class_="chips"),
        class_=f"answer {verdict.mood}",
        data_verdict=key,
        data_errors="|".join(reasons(row)),
        data_model=str(index),
    )


def _formula(row: dict[str, Any], explanation: Explanation | None) -> str:
    """The formula of an answer, or the whole answer where none was read."""
    formula = explanation.comparison.answer.formula if explanation else None
    text = (row["completion"] if formula is None else str(formula)).strip()
    if not text:
        return "<span class='cut'>nothing</span>"
    return _marked(text, explanation) if explanation else safe(text)


def _marked(formula: str, explanation: Explanation) -> str:
    """The formula with the parts that are wrong marked."""
    if len(formula) > MAX_MARKED:
        return safe(formula)
    marked = [
        tag("mark", safe(piece)) if is_wrong else safe(piece)
        for piece, is_wrong in explanation.pieces(formula)
    ]
    return "".join(marked)


def _why(explanation: Explanation) -> str:
    """What differs, and folded below it names, error and the small world."""
    details = _names_and_repairs(explanation)
    summary = "Details"
    if explanation.world is not None:
        summary = "A world that tells them apart"
        details += _world(explanation)
    chips = _differences(explanation) if explanation.comparison.verdict == "refuted" else ""
    return chips + (tag("details", tag("summary", summary) + details) if details else "")


def _differences(explanation: Explanation) -> str:
    chips = [
        tag("li", tag("b", safe(difference.kind)) + " " + safe(difference.text, 200))
        for difference in explanation.differences or ()
    ]
    if not chips:
        chips = [tag("li", tag("b", NOT_LOCATED) + " " + MEANINGS[NOT_LOCATED])]
    return tag("ul", "".join(chips), class_="chips")


def _names_and_repairs(explanation: Explanation) -> str:
    comparison = explanation.comparison
    answer: logic.Answer = comparison.answer
    parts = []
    if explanation.names:
        names = "; ".join(explanation.said_of_names())
        parts.append(tag("p", tag("b", "names ") + safe(names)))
    sides = (("repaired ", answer.repairs), ("reference repaired ", comparison.reference_repairs))
    for heading, repairs in sides:
        if repairs:
            parts.append(tag("p", tag("b", heading) + safe("; ".join(repairs))))
    if answer.error is not None:
        parts.append(tag("pre", safe(str(answer.error))))
    return "".join(parts)


def _world(explanation: Explanation) -> str:
    """The small world in which the two formulas differ, drawn and in words."""
    world = explanation.world
    assert world is not None, "asked for where there is one"
    lines = [tag("li", safe(line)) for line in world.sentences()]
    lines += [tag("li", tag("b", safe(line))) for line in explanation.there()]
    drawing = tag("div", printable(world.svg()), class_="drawing")
    return tag(
        "div",
        drawing + tag("ul", "".join(lines)),
        class_="world-box",
    )
