"""Hostile texts through the public functions, under limits of time and memory: a script.

    python attack.py --seed 0 --first 0 --count 10000 --place FILE

Prints a line of JSON for each fault. `FILE` holds what is being tried, for the one who looks on when
a limit has ended the process.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import pickle
import random
import resource
import signal
import time
import traceback
from collections.abc import Callable
from typing import Any, NoReturn

import brute
import hostile_texts

import logic
from data.audit import Fault, canonical
from data.prompts import _symbols
from logic import baselines
from logic import syntax as S
from logic.judging.vote import equivalence_classes
from logic.stories.judgement import judge_story

SECONDS = 5
"""Processor time of one call after which it is a fault; twice as much ends the process."""
BYTES = 1 << 30
"""Memory of the process beyond what it begins with."""
BUDGET = logic.Budget(rlimit=100_000, max_size=2, max_nodes=2_000, seconds=5.0)
REFERENCES = [
    "∀x (Cat(x) → Animal(x))",
    "∃x ∀y (R(x, y) ∨ ¬P(a))",
    "P(a) ∧ ¬Q(b)",
    "∃!x (P(x) ∧ f(x) = a)",
    "⊤",
]
DOMAINS = ("arithmetic", "counting", "deontic", "sorted", "temporal")
MAX_DEPTH = 4
"""Nested quantifiers up to which the slow evaluator is asked."""


class TooSlow(BaseException):
    """No Exception: what is tried may swallow those."""


def check_read(text: str, source: random.Random) -> None:
    answer = logic.read_answer(text, dialect=source.choice((None, None, *logic.DIALECTS)))
    assert (answer.formula is None) == (answer.error is not None)
    if answer.formula is not None:
        check_printed(answer.formula)
    else:
        assert str(answer.error)
    assert pickle.loads(pickle.dumps(answer)).text == answer.text


def check_parse(text: str, source: random.Random) -> None:
    formula = parsed(text, source.choice((None, None, None, *logic.DIALECTS)))
    if formula is not None:
        check_printed(formula)


def parsed(text: str, dialect: str | None = None, domain: str = "fol") -> S.Formula | None:
    try:
        return logic.parse(text, dialect=dialect, domain=domain)
    except logic.ParseError as error:
        assert str(error) and error.line >= 1 and error.column >= 1
        return None


def check_printed(formula: S.Formula, domain: str = "fol") -> None:
    """What is read can be printed, and is read again as it was."""
    text = logic.to_text(formula, domain=domain)
    # Quotes may be added to names, and a text has at most so many characters.
    if len(text) < 10_000 and brute.is_closed(formula):
        assert logic.parse(text, domain=domain) == formula, f"printed {text!r}"


def check_write(text: str, source: random.Random) -> None:
    """Every notation writes the formula or says that it cannot; what it writes means the same."""
    formula = parsed(text)
    if formula is None:
        return
    for dialect in logic.DIALECTS:
        try:
            written = logic.to_text(formula, dialect)
        except logic.UnsupportedError:
            continue
        again = logic.parse(written, dialect=dialect)
        verdict = logic.equivalent(candidate=again, reference=formula, budget=BUDGET)
        assert verdict.status != "refuted", f"{dialect}: {written!r}"


def check_compare(text: str, source: random.Random) -> None:
    reference = source.choice(REFERENCES)
    names = source.choice(("match", "exact"))
    found = logic.compare(candidate=text, reference=reference, names=names, budget=BUDGET)
    assert found.score is None or 0.0 <= found.score <= 1.0
    assert (found.score is None) == (found.verdict == "unknown")
    json.dumps(found.to_dict())
    check_verdict(found, source)
    assert found.relation(BUDGET)
    batch = logic.score(
        candidates=[text], references=[reference], names=names, workers=0, budget=BUDGET
    )
    assert batch == [found.score]


def check_verdict(found: logic.Comparison, source: random.Random) -> None:
    """No false proof and no wrong countermodel, by an evaluator of its own."""
    candidate, reference = found.candidate, found.reference
    if candidate is None or max(map(depth, (candidate, reference))) > MAX_DEPTH:
        return
    if max(arity for _, _, arity in brute.symbols(candidate, reference) or [("", "", 0)]) > 3:
        return
    if found.verdict == "proved":
        world = brute.difference(candidate, reference, source, most=60, largest=2)
        assert world is None, f"a false proof: {candidate} and {reference} in {world}"
    if found.countermodel is not None:
        world = brute.world_of(found.countermodel, candidate, reference)
        assert world.true(candidate) != world.true(reference), "a wrong countermodel"


def depth(node: Any) -> int:
    inside = max([depth(child) for child in node.children()], default=0)
    return inside + isinstance(node, S.Quantified)


def check_explain(text: str, source: random.Random) -> None:
    found = logic.compare(candidate=text, reference=source.choice(REFERENCES), budget=BUDGET)
    explanation = logic.explain(found, budget=BUDGET)
    assert str(explanation)
    json.dumps(explanation.to_dict())
    html = explanation._repr_html_()
    assert "<script" not in html.lower()


def check_reference(text: str, source: random.Random) -> None:
    """As a reference: not judged, or judged in itself."""
    (score,) = logic.score(candidates=["P(a)"], references=[text], workers=0, budget=BUDGET)
    assert score is None or 0.0 <= score <= 1.0
    try:
        logic.Reference(text)
    except logic.ParseError:
        assert score is None
    except logic.UnsupportedError:
        assert score is None


def check_questions(text: str, source: random.Random) -> None:
    formula = parsed(text)
    if formula is None:
        return
    other = source.choice(REFERENCES)
    one = logic.equivalent(candidate=formula, reference=other, budget=BUDGET)
    mirror = logic.equivalent(candidate=other, reference=formula, budget=BUDGET)
    assert one.status == mirror.status
    itself = logic.equivalent(candidate=formula, reference=formula, budget=BUDGET)
    assert itself.status == "proved"
    follows = logic.entails(premises=[formula], conclusion=formula, budget=BUDGET)
    assert follows.status != "refuted"


def check_story(text: str, source: random.Random) -> None:
    for part in logic.read_story(text):
        assert part.role in ("premise", "conclusion")
    whole = f"Predicates:\n{text}\nPremises:\n{text}\nConclusion:\n{source.choice(REFERENCES)}"
    for answer in (text, whole):
        paid = judge_story(answer, premises=["A cat."], conclusion="A dog.", label="True").score()
        assert 0.0 <= paid <= 1.0
    try:
        signature = logic.read_signature(text)
    except ValueError as error:
        assert str(error)
        return
    assert logic.read_signature(signature.to_text()) == signature


def check_names(text: str, source: random.Random) -> None:
    """A formula's names, as prompts say them and as a grammar for sampling takes them."""
    if parsed(text) is None:
        return
    _symbols(text, "fol")
    try:
        logic.decoding_grammar(signature=logic.read_signature(logic.parse(text)))
    except logic.UnsupportedError:
        return


def check_domain(text: str, source: random.Random) -> None:
    domain = source.choice(DOMAINS)
    answer = logic.read_answer(text, domain=domain)
    if answer.formula is not None:
        check_printed(answer.formula, domain)
    reference = source.choice(REFERENCES[:4])
    found = logic.compare(candidate=text, reference=reference, domain=domain, budget=BUDGET)
    assert found.score is None or 0.0 <= found.score <= 1.0
    json.dumps(found.to_dict())


def check_data(text: str, source: random.Random) -> None:
    try:
        assert parsed(canonical(text)) is not None
    except Fault as fault:
        assert "cannot be judged" not in str(fault), fault


def check_baselines(text: str, source: random.Random) -> None:
    for name in source.sample(list(baselines.BASELINES), 2):
        references = [source.choice(REFERENCES)]
        (value,) = baselines.score(name, candidates=[text], references=references)
        assert value is None or 0.0 <= value <= 1.0


def check_vote(text: str, source: random.Random) -> None:
    texts = [text, hostile_texts.written(source), source.choice(REFERENCES)]
    formulas = [logic.read_answer(each).formula for each in texts]
    classes = equivalence_classes(formulas, budget=BUDGET)
    assert sum(map(len, classes)) <= len(formulas)


CHECKS: dict[str, tuple[Callable[[str, random.Random], None], int]] = {
    "read": (check_read, 6),
    "parse": (check_parse, 6),
    "compare": (check_compare, 5),
    "explain": (check_explain, 2),
    "write": (check_write, 2),
    "reference": (check_reference, 2),
    "questions": (check_questions, 2),
    "story": (check_story, 1),
    "names": (check_names, 1),
    "domain": (check_domain, 2),
    "data": (check_data, 1),
    "baselines": (check_baselines, 1),
    "vote": (check_vote, 1),
}
"""Every public function, and how often it is tried."""
_NAMES = [name for name, (_, times) in CHECKS.items() for _ in range(times)]


def input_of(seed: int, index: int, corpus: list[str] | None = None) -> tuple[str, str]:
    """The check and the text of one input."""
    source = random.Random(f"{seed}/{index}")
    return source.choice(_NAMES), hostile_texts.text(source, corpus)


def fault_of(check: str, text: str) -> str | None:
    """What goes wrong with an input; None where nothing does."""
    limit()
    try:
        CHECKS[check][0](text, random.Random(text.encode("utf-8", "surrogatepass")))
    except TooSlow:
        return f"more than {SECONDS} s: {traceback.format_exc(limit=-3)}"
    except Exception as error:
        return f"{type(error).__name__}: {str(error)[:300]}\n{traceback.format_exc(limit=-4)}"
    finally:
        if IS_LIMITED:
            signal.setitimer(signal.ITIMER_PROF, 0)
            resource.setrlimit(resource.RLIMIT_CPU, (resource.RLIM_INFINITY, -1))
    return None


IS_LIMITED = False
"""Whether calls are ended by signals, in a process that is there for nothing else (`prepare`)."""


def limit() -> None:
    """Limits of time for what comes: an exception, and the end of the process where it is no use."""
    if not IS_LIMITED:
        return
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    spent = int(time.process_time()) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (spent + 2 * SECONDS, resource.RLIM_INFINITY))


def prepare() -> None:
    """Load what is needed, and set the limit of memory."""
    global IS_LIMITED
    signal.signal(signal.SIGPROF, _raise)
    for name in CHECKS:  # without limits: a fresh environment compiles what it imports
        fault_of(name, REFERENCES[3])
    IS_LIMITED = True
    with open("/proc/self/statm", encoding="ascii") as file:
        pages = int(file.read().split()[0])
    most = pages * resource.getpagesize() + BYTES
    resource.setrlimit(resource.RLIMIT_AS, (most, most))


def _raise(*_: object) -> NoReturn:
    raise TooSlow


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--place", required=True)
    options = parser.parse_args()
    prepare()
    logging.disable(logging.WARNING)
    place = os.open(options.place, os.O_WRONLY | os.O_CREAT)
    for index in range(options.first, options.first + options.count):
        os.pwrite(place, f"{index:12}".encode(), 0)
        check, text = input_of(options.seed, index)
        if fault := fault_of(check, text):
            row = {"index": index, "check": check, "text": text, "fault": fault}
            print(json.dumps(row), flush=True)
    print(json.dumps({"done": options.count, "seconds": time.process_time()}), flush=True)


if __name__ == "__main__":
    main()
