"""The sentences beside a formula: which of them repeat or explain it, and say nothing else of it.

A sentence about the world repeats the formula in words. One that speaks of the formula, or to the
reader, must be known to leave it as it is.
"""

from __future__ import annotations

import re

from logic.reading.answers.around import phrases
from logic.reading.answers.around.definitions import redefines_name
from logic.reading.answers.around.words import (
    QUOTED,
    Taken,
    flat,
    is_neutral_remark,
    unquoted,
    words,
)

_MOST_SHORT = 3
"""Words of a text that may be a fragment, which says nothing alone."""

_SPAN = re.compile(r"`[^`\n]{1,400}+`|\$[^$\n]{1,400}+\$|\\\((?:[^\\\n]|\\(?![()])){1,400}+\\\)")
_ATOM = re.compile(r"(?:[¬~∼-]\s?)?\b\w+\([^()\n]*\)")
_VARIABLES_ONLY = re.compile(r"\w+\(\s*[a-z]\d{0,2}(?:\s*,\s*[a-z]\d{0,2})*\s*\)")
# What is made of nothing but parts of formulas; possessive, so that its time is linear.
_RUN = re.compile(
    r"(?: \b\w++\([^()\n]*+\) | [∀∃]\s?+\w{1,3}\b\s*+"
    r" | [¬~∼()\[\]∧∨→↔⊕⇒⇔&|=≠] | <?->|=> | (?<=[)\]∧∨→↔⊕⇒⇔&|=≠¬~∼])\s++ )++"
    r"| \b\w++\s*+[≠=]\s*+\w++",
    re.VERBOSE,
)
_ATOM_OR_EQUATION = re.compile(r"\w\(|\w\s*[≠=]")
_WORD = re.compile(r"[^\W\d_]{2}")
_SIGN = re.compile(r"[∀∃¬∧∨→↔⊕]\s?[a-z]?\d?\b|[∀∃¬∧∨→↔⊕]")

_SPLIT = re.compile(
    r"(?<=[.!?;])(?<!\.\.)(?<!\bi\.e\.)(?<!\be\.g\.)[\"”')*_]*\s+(?=[\"“'(*_`$\\]*[^\W\d_∀∃])|(?<=[!?。])(?=\S)"
)
_LEADING = " \t\r\n*_`$\"“”'‘’([{<#>•+.,;:–—|✓✔✅☑️👍🙂😊🎉✨-"
_TRAILING = " \t\r\n*_`$\"“”'‘’)]}>.,;:!–—|✓✔✅☑️👍🙂😊🎉✨-"


def sentences(prose: str) -> list[str]:
    """The sentences of a line."""
    hidden = QUOTED.sub(lambda quoted: "_" * len(quoted[0]), prose)
    parts: list[str] = []
    start = 0
    for split in _SPLIT.finditer(hidden):
        parts.append(prose[start : split.start()])
        start = split.end()
    return [part for part in (*parts, prose[start:]) if part.strip()]


def is_neutral(prose: str, taken: Taken) -> bool:
    """Whether every sentence of prose behind a formula leaves what it says as it is."""
    if phrases.redefines(prose) or redefines_name(prose, taken):
        return False
    return all(is_neutral_sentence(sentence, taken) for sentence in sentences(prose))


def is_neutral_sentence(sentence: str, taken: Taken) -> bool:
    """Whether a sentence behind a formula explains it, repeats it, or says nothing of it."""
    text = sentence.lstrip(_LEADING).rstrip(_TRAILING)
    if sentence.rstrip(_TRAILING).endswith("?") and not phrases.CLOSES.match(text):
        return False
    if not text or flat(text) == taken.flat:
        return True
    if phrases.OF_A_VARIABLE.match(text):
        return _names_variable(text, taken) and has_no_other_formula(text, taken)
    if not has_no_other_formula(sentence, taken):
        return phrases.OF_ANOTHER.search(sentence) is not None
    if phrases.CLOSES.match(text) or is_neutral_remark(text, taken):
        return True
    body = text[_opening(text) :]
    shown = _marked(body, taken)
    if phrases.OF_A_VARIABLE.match(body):
        return False
    explained = phrases.EXPLAINS.match(shown)
    if explained is not None:
        return not _takes_back(body, shown[explained.end() :])
    if "§" in shown or "¤" in shown:
        return is_neutral_remark(
            re.sub(
                "[§¤]",
                " ",
                shown,
            ),
            taken,
        )
    return bool(body) and repeats(body, taken)


def _names_variable(text: str, taken: Taken) -> bool:
    """Whether a name is applied to variables, and the sentence says what it means of them."""
    says = phrases.SAYS_OF_A_VARIABLE.match(text)
    atom = taken.text.strip(" \t`$.")
    if says is None or _ATOM.fullmatch(atom) is None or _speaks_of_a_formula(text, taken):
        return False
    return re.search(rf"\b{says[1]}\b", atom) is not None


def _speaks_of_a_formula(text: str, taken: Taken) -> bool:
    """Whether prose has a word for a formula's parts or faults; those in the formula's names are none."""
    return any(not taken.names(word[0]) for word in phrases.SPEAKS.finditer(text))


def _takes_back(explanation: str, rest: str) -> bool:
    """Whether an explanation says that something is wrong; `rest` is what follows its first words."""
    fails = phrases.FAILS.search(unquoted(explanation))
    return fails is not None or phrases.DENIES_IT.search(unquoted(rest)) is not None


def repeats(sentence: str, taken: Taken) -> bool:
    """Whether a sentence is about the world, as one that says in words what a formula says."""
    text = unquoted(sentence).lstrip(_LEADING).rstrip(_TRAILING)
    said = words(text)
    if not said:
        return not text
    if _speaks_of_a_formula(text, taken) or is_condition(text) or phrases.COMMANDS.match(text):
        return False
    if phrases.RESTRICTS.search(text) or _denies_alone(text, taken):
        return False
    if phrases.REFERS.match(text):
        # "That cat sleeps" is of a cat, "That is of a cat" of the formula.
        return len(said) > 1 and taken.names(said[1])
    if len(said) <= _MOST_SHORT or phrases.WRITERS.intersection(said):
        return bool(taken.stems) and taken.is_spoken_of(text)
    return True


def _denies_alone(text: str, taken: Taken) -> bool:
    """Whether a sentence denies or leaves out, and the formula does not: "Not all birds fly."."""
    is_denying = phrases.DENIAL.match(text) or phrases.EXCEPTS.search(text)
    return is_denying is not None and not phrases.NEGATION.search(taken.text)


def speaks_of_the_world(text: str, taken: Taken) -> bool:
    """Whether a sentence that begins in any way has a word of the formula's names, and none of a formula's parts."""
    if phrases.COMMANDS.match(text) or phrases.OF_A_VARIABLE.match(text):
        return False
    is_named = taken.is_spoken_of(text) and (bool(taken.stems) or not phrases.REFERS.match(text))
    return is_named and not _speaks_of_a_formula(text, taken)


def is_condition(text: str) -> bool:
    """Whether a sentence says no more than a condition: "If it rains", and not "If it rains, it pours"."""
    if phrases.CONDITION.match(text) is None:
        return False
    parts = phrases.CONSEQUENT.split(text)
    return len(parts) < 2 or len(parts[-1].split()) < 2


def has_no_other_formula(prose: str, taken: Taken) -> bool:
    """Whether every formula that prose shows is the one taken, or a part or a name of it."""
    shown = [span[0][1:-1] for span in _SPAN.finditer(prose)]
    for run in _RUN.finditer(prose):
        if _ATOM_OR_EQUATION.search(run[0]):
            shown.append(run[0])
    return all(is_part(part, taken) for part in shown)


def is_part(shown: str, taken: Taken) -> bool:
    """Whether what is shown is a part of the formula taken, or no formula at all."""
    is_formula = re.search(r"[\w'\"]\(|[=≠<>]", shown) is not None
    if not is_formula or _VARIABLES_ONLY.fullmatch(shown.strip()):
        return True
    return flat(shown) in taken.flat


def _opening(text: str) -> int:
    """Where a sentence begins behind words that say nothing."""
    opening = phrases.OPENING.match(text)
    return opening.end() if opening else 0


def _marked(text: str, taken: Taken) -> str:
    """A sentence with `§` for the formulas that it shows, and `¤` for signs and for names of variables."""
    shown = _SPAN.sub(lambda span: _mark(span[0], taken), text)
    shown = _ATOM.sub(lambda atom: _mark(atom[0], taken), shown)
    return _SIGN.sub("¤", shown)


def _mark(shown: str, taken: Taken) -> str:
    plain = shown.strip("`$\\()") if _SPAN.fullmatch(shown) else shown
    is_formula = re.search(r"[\w'\"]\(|[=≠<>]", plain) is not None
    is_name = _VARIABLES_ONLY.fullmatch(shown.strip("`$ ")) is not None
    return "§" if (is_formula and not is_name) or flat(shown) == taken.flat else "¤"
