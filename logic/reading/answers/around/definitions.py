"""Lines that give a name of the formula another meaning than its own words: "Cat(x): x is not a cat".

A legend says in words what a name stands for. One that denies the name's own words, gives it those of
another name of the formula, or defines it by a formula, makes another formula of all in which it
occurs; and so does one that gives a sign the meaning of another.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from logic.reading.answers.around import phrases
from logic.reading.answers.around.words import FUNCTION_WORDS, Taken, flat

_VARIABLES = r"\(\s*[a-z]\d{0,2}(?:\s*,\s*[a-z]\d{0,2})*+\s*\)"
_MEANS = r"means? | denot\w+ | stands?\sfor | represents? | signif\w+ | refers?\sto"
_SAYS = rf"""
    {_MEANS} | says | states? | indicat\w+ | express\w+ | that | is | are | as | be | if | iff | for | holds
    | (?= (?:does|fails)\b )
"""
_MARK = r"(?: :{1,3}=? | =(?![=>]) | ≔ | ≡ | ⇔ | ↔ | <-> | <=> | (?<=\s)[–—-](?![->])"
_QUOTES = r"[`$*\"'“”]*+"
# A name with its variables anywhere, one without them at the beginning of a line or behind another one.
_HEAD = re.compile(
    rf"""
      (?<![\w\\]) (?P<name>[^\W\d]\w*+) \s? {_VARIABLES} [`$*]*+ \s*+ {_MARK} | (?:{_SAYS})\b )
    | \A \W*+ (?: (?:where|with|let|here|define)\b[\s,:`]*+ )?
      (?: (?:the\s)? (?:predicate|symbol|name|relation|constant|function)\s[`$"]*+ )?
      (?P<bare>[^\W\d]\w*+) {_QUOTES} \s*+ {_MARK} | (?: {_MEANS} | is | are )\b )
    | (?: [,;] | \band ) \s++ {_QUOTES} (?P<next>[^\W\d]\w*+) {_QUOTES} \s*+ (?: : | (?:{_MEANS})\b )
    """,
    re.VERBOSE | re.IGNORECASE,
)
_DENIES = re.compile(
    r"""
      [¬~∼] | n['’]t\b
    | \b(?: not | no | non | never | none | nobody | nothing | neither | nor | cannot | false | untrue | without
        | lack\w* | fail\w* | opposite | contrary | reverse | inverse | negat\w+ | complement | den(?:y|ies)
        | (?:any|every)(?:thing|one|body)\sbut | all\sbut | other\sthan | except | unlike | rather\sthan
        | instead\sof | outside | beyond | exclud\w+ | exclusive\sof | hardly | barely | scarcely | seldom | rarely
        | almost | nearly | former(?:ly)? | fake | pseudo | quasi | so-called | supposed(?:ly)? | alleged(?:ly)?
        | possib(?:le|ly) | perhaps | maybe | used\sto\sbe | once\san? | pretend\w* | resembl\w+
        | (?:look|seem)(?:s|ed)?(?:\slike)? | appears | refus\w+ | stopped | ceas\w+ | avoid\w* | nicht | kein\w* )\b
    """,
    re.VERBOSE | re.IGNORECASE,
)
# Parts of a name that deny the rest of it.
_DENYING_PART = re.compile(
    r"\b(?:anti|un|dis|in|im|ir|il|ex|former|only|free|avoids?|isnt|doesnt|cant)\b|(?<=\w)less\b",
    re.IGNORECASE,
)
_DENYING_PREFIX = re.compile(r"(?:un|non|anti|dis|in|im|ir|il)(?=[^\W\d_]{3})")
_PART = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_WORD = re.compile(r"[^\W\d_]+")
_WORDS = re.compile(r"\w+")
_PASSED_OVER = FUNCTION_WORDS | frozenset(
    """
    have has had having get gets ever really actually truly true any all at case kind sort type member
    instance one thing things such who whom whose if iff when belong belongs hold holds necessarily longer
    exactly precisely just set class group collection property being exist exists
    """.split()
)
_SAYING_NO_MORE = FUNCTION_WORDS | frozenset(
    """
    have has had not no never non cannot isn doesn don any all every each that predicate property relation set
    class true holds individual object thing things something someone one kind some belongs vice versa
    """.split()
)
"""Words of a gloss that leave open which name it is of."""
# Names with what they stand for behind all of them, and `use Cat for cats`.
_RESPECTIVELY = re.compile(
    rf"""
      \b (?P<first>\w+) {_QUOTES} \s and \s {_QUOTES} (?P<second>\w+) {_QUOTES} \s (?:{_MEANS})
      \s (?P<one> [\w\s]{{1,60}}? ) ,? \s and \s (?P<other> [\w\s]{{1,60}} )
    """,
    re.VERBOSE | re.IGNORECASE,
)
_USED_FOR = re.compile(
    rf"\b(?:us(?:e|es|ed|ing)|and|,)\s{_QUOTES}(?P<name>\w+){_QUOTES}\sfor\s"
    rf"(?P<text>[\w\s]{{1,60}}?)(?=,?\sand\s{_QUOTES}\w+{_QUOTES}\sfor\s|[.,;:]|\W*\Z)",
    re.IGNORECASE,
)
_SWAPPED = re.compile(r"\b(?:swapped|interchanged|exchanged|switched)\b", re.IGNORECASE)
_HAS_ONE = re.compile(
    r"\bha(?:s|ve)\s(?:an?\s|some\s|any\s)?(?!the\b|propert)\w+\W*\Z", re.IGNORECASE
)
_MOST_ARGUMENTS = 200
"""Characters behind a name in which its arguments are counted."""
_STEM = 4
_LONGEST_ENDING = 3
_MOST_PARTS = 6
_LEFT_OUT = "∧ ∧"
"""What stands in the place of a dash, or of what is left out."""
_EQUATES = re.compile(
    rf"(?: :=? | [=≔–—-] | (?: {_MEANS} | says | states? | indicat\w+ | express\w+ | that | be )\b ) \Z",
    re.VERBOSE | re.IGNORECASE,
)
_IS_NAMED = re.compile(
    r".{1,80}?\b(?:is|are)\s(?:[\"“]|the\s(?:set|class|predicate|property|relation)\b)",
    re.IGNORECASE,
)
_FIRST_SENTENCE = re.compile(r".*?(?=[.;!?](?:\s|\Z)|\Z)")
_NAME = re.compile(r"(?<![\w\\])[^\W\d]\w*+(?P<applied>\s?\()?")
_NO_NAMES = frozenset(
    "forall exists all some for there and or not implies iff xor text mathrm".split()
)
_VARIABLE = re.compile(r"[a-z]\d{0,2}")
_IN_LATEX = re.compile(r"\\(?:text|math|operatorname)\w*\{(\w+)\}")
_BARE_NAME = re.compile(r"[\s\"'`$]*\w+(?:\([^()]*\))?[\s\"'`$.]*")
_SIGN = re.compile(r"[¬~∼∀∃∄∧∨→↔⊕⇒⇔&|]|[=-]>|\\[a-z]|(?i:\b(?:and|or|not)\b)")
_FORMULA = re.compile(r"[\s`$({\[¬~∼-]*+(?:[∀∃∄]|\\(?:forall|exists|neg|lnot)|\w+\()")
# What a name that stands in a formula has before it.
_INSIDE = re.compile(r"[∀∃∄¬~∼∧∨→↔⊕⇒&|]|[=-]>|\\[a-z]|[-!]\Z")


_SIGNS = {
    "forall": "∀", "exists": "∃", "neg": "¬", "lnot": "¬", "land": "∧", "wedge": "∧", "lor": "∨", "vee": "∨",
    "to": "→", "rightarrow": "→", "implies": "→", "leftrightarrow": "↔", "iff": "↔", "oplus": "⊕",
}  # fmt: skip
_COMMAND = re.compile(r"\\([A-Za-z]+)")
_SIGN_SAID = re.compile(
    rf"""
    [^\w∀∃¬∧∨→↔⊕]{{0,12}} (?: (?:where|here|the)\s )? (?: (?:sign|symbol)\s )? [`$*"'“(\\]{{0,4}}
    (?P<sign>[∀∃¬∧∨→↔⊕]) (?: \s? [a-z]\d? )? [`$*"'”)\\]{{0,4}}
    \s* (?: : | = | \s[–—-]\s | (?:{_MEANS}|is|says)\b ) \W* (?P<words> [^\W\d_]{{2,}}+ (?!\() .* )
    """,
    re.VERBOSE,
)


class _Gloss(NamedTuple):
    """What a line says of a name that stands in no formula there."""

    name: str
    text: str
    is_equated: bool
    """Whether the name is said to mean it, and not only that it holds."""


def redefines_name(prose: str, taken: Taken) -> bool:
    """Whether a text says that a name or a sign of the formula means what its words or others' do not."""
    for line in prose.replace(_LEFT_OUT, "").split("\n"):
        if flat(line) in taken.flat:
            continue
        if redefines_sign(line):
            return True
        plain = plain_names(line)
        if _SWAPPED.search(plain) and len(_names_in(plain, taken)) > 1:
            return True
        for gloss in (*_glosses(plain, taken), *_glosses_of_several(plain, taken)):
            if _denies(gloss) or _is_definition(gloss.text) or _is_of_another(gloss, taken):
                return True
    return False


def redefines_sign(line: str) -> bool:
    """Whether a line gives a sign the meaning of another one: `∀: some`."""
    said = _SIGN_SAID.fullmatch(with_signs(line))
    if said is None or not _misses(said["sign"], said["words"]):
        return False
    first = " ".join(said["words"].split()[:2])
    return any(not _misses(other, first) for other in _SIGNS.values() if other != said["sign"])


def is_meaning_of_sign(line: str) -> bool:
    """Whether a line says of a sign what it always means: `- ¬: not`."""
    said = _SIGN_SAID.fullmatch(with_signs(line.replace(_LEFT_OUT, "")))
    return said is not None and not _misses(said["sign"], said["words"])


def _misses(sign: str, words: str) -> bool:
    return phrases.redefines(f"{sign} means {words}")


def plain_names(text: str) -> str:
    """A text without LaTeX's commands for the type of names: `Cat(x)` for `\\text{Cat}(x)`."""
    return _IN_LATEX.sub(r"\1", text)


def with_signs(line: str) -> str:
    """A line with the signs for LaTeX's commands for them."""
    return _COMMAND.sub(lambda command: _SIGNS.get(command[1].lower(), command[0]), line)


def redefining_entry(value: Any, taken: Taken) -> bool:
    """The same for the value of an entry, whose own entries may be names with their glosses."""
    if isinstance(value, str):
        return redefines_name(value, taken)
    if isinstance(value, dict):
        said: dict[str, str] = {}
        inner = []
        for key, part in value.items():
            if isinstance(part, str):
                said[str(key)] = part
            else:
                inner.append(part)
        pairs = list(said.items())
        # A name may stand under one key, and its gloss under another.
        several = list(said.values())[:_MOST_PARTS]
        pairs += itertools.permutations(several, 2)
        for number, (name, gloss) in enumerate(pairs):
            # Two names beside each other are none of them the other's gloss.
            if number >= len(said) and _BARE_NAME.fullmatch(gloss):
                continue
            if redefines_name(f"{name}: {gloss}", taken):
                return True
        value = inner
    if not isinstance(value, list):
        return False
    return any(redefining_entry(part, taken) for part in value)


def _glosses(line: str, taken: Taken) -> Iterator[_Gloss]:
    """What a line says of each name of the formula, up to the next one."""
    heads: list[tuple[str, re.Match[str]]] = []
    for head in _HEAD.finditer(line):
        name = head["name"] or head["bare"] or head["next"]
        if _has_name(name, taken):
            heads.append((name, head))
    ends = [head.start() for _, head in heads[1:]] + [len(line)]
    start = 0
    for (name, head), end in zip(
        heads,
        ends,
        strict=False,
    ):
        is_inside = _INSIDE.search(line[start : head.start()]) is not None
        start = head.end()
        if not is_inside:
            is_named = _IS_NAMED.match(line, head.start(), end) is not None
            is_equated = is_named or _EQUATES.search(head[0]) is not None
            if head[0].endswith("=") and not _is_applied(name, taken):
                is_equated = False  # `superman = clark` is a formula
            yield _Gloss(
                name,
                line[start:end],
                is_equated,
            )


def _names_in(line: str, taken: Taken) -> set[str]:
    """The names of the formula that a line has."""
    return _names(taken).keys() & set(_WORDS.findall(line))


def _glosses_of_several(line: str, taken: Taken) -> Iterator[_Gloss]:
    """The same for `Cat and Dog stand for cats and dogs` and `we use Cat for cats`."""
    said: list[tuple[str, str]] = []
    for several in _RESPECTIVELY.finditer(line):
        last = re.sub(r"\s*respectively\b", "", several["other"])
        said += [(several["first"], several["one"]), (several["second"], last)]
    for used in _USED_FOR.finditer(line):
        said.append((used["name"], used["text"]))
    for name, text in said:
        if _has_name(name, taken):
            yield _Gloss(name, text, is_equated=True)


def _is_applied(name: str, taken: Taken) -> bool:
    return _names(taken).get(name, 0) > 0


def _has_name(name: str, taken: Taken) -> bool:
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", taken.text) is not None


def _denies(gloss: _Gloss) -> bool:
    """Whether the first word that a gloss denies is one of the name's, and the name denies nothing."""
    parts = _parts(gloss.name)
    spaced = " ".join(parts)
    if _DENIES.search(spaced) or _DENYING_PART.search(spaced):
        return False
    parts.append(gloss.name.lower())
    if _has_only_opposites(gloss.text, parts):
        return True
    for denial in _DENIES.finditer(gloss.text):
        first = _first_word(gloss.text, denial.end())
        for part in parts:
            if first and _is_alike(first, part):
                return True
    return False


def _parts(name: str) -> list[str]:
    return [part.lower() for part in _PART.findall(name)]


def _has_only_opposites(text: str, parts: list[str]) -> bool:
    """Whether a gloss has a word of the name with a prefix or an ending that denies, and never the word itself."""
    said = [word.lower() for word in _WORD.findall(text)]
    has_opposite = False
    for word, part in itertools.product(said, parts):
        prefix = _DENYING_PREFIX.match(word)
        rest = word[prefix.end() :] if prefix else word.removesuffix("less")
        if rest != word and _is_form_of(rest, part):
            has_opposite = True
        elif _is_alike(word, part):
            return False
    return has_opposite


def _is_of_another(gloss: _Gloss, taken: Taken) -> bool:
    """Whether all that a gloss says are the words of another name of the formula, and none its own."""
    text = _FIRST_SENTENCE.match(gloss.text)
    if not gloss.is_equated or text is None or _HAS_ONE.search(text[0]):
        return False
    names = _names(taken)
    said = []
    for word in _WORD.findall(text[0]):
        is_letter = len(word) < 2 and word not in names  # a variable, or "a"
        if not is_letter and word.lower() not in _SAYING_NO_MORE:
            said.append(word.lower())
    own = [*_parts(gloss.name), gloss.name.lower()]
    own += [
        _DENYING_PREFIX.sub(
            "",
            part,
            count=1,
        )
        for part in own
    ]
    if not said or any(_is_alike(word, part) for word in said for part in own):
        return False
    count = names.get(gloss.name)
    return any(
        _are_words_of(name, said)
        for name, others in names.items()
        if others == count and name != gloss.name
    )


def _names(taken: Taken) -> dict[str, int]:
    """The names of the formula, each with the number of its arguments."""
    text = plain_names(taken.text)
    names: dict[str, int] = {}
    for found in _NAME.finditer(text):
        name = found[0].rstrip("( ")
        if name.lower() not in _NO_NAMES and not _VARIABLE.fullmatch(name):
            count = _arguments(text, found.end()) if found["applied"] else 0
            names[name] = max(count, names.get(name, 0))
    return names


def _arguments(text: str, start: int) -> int:
    """How many arguments stand from there to the bracket that closes them."""
    count, depth = 1, 0
    for sign in text[start : start + _MOST_ARGUMENTS]:
        if sign == ")" and depth == 0:
            break
        depth += (sign == "(") - (sign == ")")
        count += sign == "," and depth == 0
    return count


def _are_words_of(name: str, said: list[str]) -> bool:
    """Whether words are those of a name, and all of them."""
    parts = [part for part in _parts(name) if part not in _SAYING_NO_MORE] or [name.lower()]
    return all(any(_is_form_of(word, part) for part in parts) for word in said) and all(
        any(_is_form_of(word, part) for word in said) for part in parts
    )


def _is_form_of(word: str, part: str) -> bool:
    """Whether a word is a form of another one: "cats" of "cat", "studies" of "study"."""
    shorter = min(len(word), len(part))
    if shorter < _STEM - 1:
        return word == part
    length = shorter if shorter < _STEM else max(_STEM - 1, shorter - 2)
    return word[:length] == part[:length] and abs(len(word) - len(part)) <= _LONGEST_ENDING


def _first_word(text: str, start: int) -> str:
    """The first word from there on that says something; the empty text where none does."""
    for match in _WORD.finditer(text, start):
        word = match[0].lower()
        if len(word) > 1 and word not in _PASSED_OVER:
            return word
    return ""


def _is_alike(word: str, part: str) -> bool:
    length = min(len(word), len(part), _STEM)
    return length > 1 and word[:length] == part[:length]


def _is_definition(gloss: str) -> bool:
    """Whether a gloss is a formula, and more than another name: `¬Dog(x)`, and not `Dog(x)`."""
    return _FORMULA.match(gloss) is not None and _SIGN.search(gloss) is not None
