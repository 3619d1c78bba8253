"""The words that present a formula and say nothing of what it says; every other word may.

A heading, a lead-in, a key or a remark is neutral where all its words are known. A list of the words
that deny, restrict or replace a formula would never be complete ("Forbidden:", "A weaker one is");
the list of those by which an answer presents it can be, and what it lacks costs an answer only.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

# ---- words --------------------------------------------------------------------------------------

_FUNCTION_WORDS = """
    a an the this that these those it its it's here here's there there's that's i we you your our my
    us me i'm i'll i've we've is are was be being been will would can do does did as so
    like to into in of for from with by on at and also which
"""
_SPEAKING = """
    become becomes becoming get gets getting got give gives giving have has had having obtain
    obtains obtained write writes written writing wrote read reads say says saying express
    expresses expressed expressing represent represents represented representing representation
    translate translates translated translating translation translations formalize formalizes
    formalized formalizing formalization formalise formalises formalised formalising formalisation
    convert converts converted converting conversion encode encodes encoded encoding render renders
    rendered rendering symbolize symbolized symbolise symbolised define defines defined defining use
    uses used using follow follows followed following state states stated mean means meant describe
    describes described capture captures captured show shows shown showing provide provides see seen
    look looks break breaking down need work working asked requested construct constructed build
    built form formed identify identified identifying extract extracted determine determined
    introduce introducing choose chosen yield yields produce produces hold holds
"""
_THINGS = """
    formula formulas formulae fol first-order first order logic logical logically logics predicate
    predicates calculus formal formally notation symbol symbols symbolic symbolically expression
    expressions answer answers result results response solution output input translation sentence
    sentences statement statements phrase conclusion query text natural
    language english nl problem task claim step steps part structure constant constants
    function functions variable variables rule rules clause name names individual individuals object objects entity
    entities signature vocabulary legend syntax format style unicode ascii latex markdown json prover
    prover9 nltk tptp smt smt-lib z3 z3py python code block line table formulation logic's sentence's
"""
_MANNER = """
    therefore thus hence now next finally ultimately sure certainly course okay ok yes well let lets
    let's see below above please final complete full correct correctly right valid proper properly
    accurate accurately exact exactly precise precisely simple simply direct directly literal
    literally formally basically essentially concise concisely clear clearly clean compact standard
    classical equivalent equivalently entire whole main overall single based according respectively
    accordingly namely i.e summary explanation meaning paraphrase analysis reasoning
    breakdown note notes details true second third fourth fifth last two three four five again happy
    glad requested possible corresponding suitable appropriate resulting way ans
"""
_LATER = """
    premise premises hypothesis
    corrected correction revised updated improved refined simplified fixed rewritten better more
    actually putting combining together everything pieces parts then
"""
"""Words by which an answer presents the formula that takes the place of an earlier one."""

_LINKS = frozenset("and also with then for of from by at on in to into as which a an the".split())
"""Words that alone join or restrict rather than present."""

FUNCTION_WORDS = frozenset(_FUNCTION_WORDS.split())
SAYING_NOTHING = (FUNCTION_WORDS | {"need", "like", "work"}) - frozenset(
    "so here here's there's that's it's this also i'll let's".split()
)
"""Words that alone before a formula do not present it."""
NEUTRAL = frozenset(f"{_FUNCTION_WORDS} {_SPEAKING} {_THINGS} {_MANNER}".split())
PRESENTING = NEUTRAL | frozenset(_LATER.split())
_OF_SEVERAL = PRESENTING - frozenset("putting combining together everything pieces parts".split())

_LANGUAGES = frozenset(
    "txt plaintext math tex katex mathjax smt2 smtlib smtlib2 prolog pl lisp scheme clojure racket haskell lean"
    " lean4 coq isabelle agda ml ocaml py python3 js javascript mace4 ladr vampire eprover e fof tff cnf kif clif owl"
    " alloy tla datalog md yaml yml toml xml html bash sh console none pseudocode copy editable".split()
)

# ---- what is no word ----------------------------------------------------------------------------

_SINCE = re.compile(r"(?:since|because)\b[^,]*,\s*", re.IGNORECASE)
QUOTED = re.compile(
    r"\"[^\"\n]{0,400}+\"|“[^”\n]{0,400}+”|„[^“”\n]{0,400}+[“”]|«[^»\n]{0,400}+»|(?<!\w)'[^'\n]{0,400}+'(?!\w)"
)
_TAG = re.compile(
    r"\[/?(?:FOL|INST|ANSWER|OUTPUT|FORMULA|LOGIC|SOLUTION|FINAL|RESULT|TRANSLATION)\]|<\|\w+\|>"
    r"|</?(?:(?:final_?)?answer|fol|formula|output|result|solution|translation|b|i|em|strong|br|p|div|span|code|pre)/?>",
    re.IGNORECASE,
)
_VARIABLE = r"[u-z]\d{0,2}"
_ATOM_OF_VARIABLES = re.compile(
    rf"[`$]?\b\w+\(\s*{_VARIABLE}(?:\s*,\s*{_VARIABLE})*\s*\)[`$]?(?:\s*:?=(?!=))?", re.IGNORECASE
)
_NAMES_THEM = re.compile(
    r"\b(?:predicates?|symbols?|names?|functions?|constants?|us(?:e|es|ing)|let|defin\w+|where"
    r"|notation|signature|vocabulary|relations?|abbreviat\w+)\b",
    re.IGNORECASE,
)
_NAME_IN_CODE = re.compile(r"[`$]['\w]+[`$]")
_THINKING = re.compile(r"\b(?:i|we)\s(?:think|believe)\b", re.IGNORECASE)
_POLITE = re.compile(
    r"\b(?:of\scourse|no\s(?:problem|worries)|not\sat\sall|(?:i(?:['’]d|\swould)\sbe\s)?happy\sto\shelp"
    r"|in\sother\swords|one\s(?:possible\s)?way\s(?:to|of)|absolutely|here\s(?:you|we)\sgo|(?:great|good|nice|excellent)\squestion|got\sit|understood|alright"
    r"|(?:i\scan|i(?:['’]ll)|let\sme)\shelp(?:\syou)?(?:\swith\s(?:that|this|it))?)\b",
    re.IGNORECASE,
)
# Polite before a formula ("Not at all! Here it is: …"), and a denial or more of it behind one.
_GOES_ON = re.compile(r"\bnot\sat\sall\b|\band\sso\s(?:on|forth)\b|\bhold\son\b", re.IGNORECASE)
_GIVEN = re.compile(
    r"\b(?:(?:the|this|your)\s)?given\s(?=(?:(?:the|this|these|your|our|that)\s)?(?:\w+\s)?"
    r"(?:predicates?|sentences?|statements?|premises?|text|symbols?|names?|input|constants?"
    r"|vocabulary|signature|problem)\b)",
    re.IGNORECASE,
)
_USES = re.compile(
    r"\bus(?:e|es|ing)\s(?:an?\s|the\s)?(?:universal|existential)\squantif(?:ier|iers|ication)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_](?:[\w.]*[^\W_])?(?:['’-]\w+)*")
_NAME_PART = re.compile(r"[A-Z]?[a-z]{2,}|[A-Z]{3,}")
_BLOCK = re.compile(r"(?:```|~~~)\w*|</?\w+>|\\(?:boxed|fbox)")
_SIGN = re.compile(r"\bused\sto\s(?:be|hold)\b|\w\(|[∀∃¬∧∨→↔⊕&|=≠<>~\\]")
# What leads to a pattern, to a task or to a question, and to no answer.
_OF_A_SAMPLE = re.compile(
    r"\blike\W*\Z|\b(?:format|syntax|style)\s(?:is|would\sbe)\b|\bshow\sthat\W*\Z"
    r"|\b(?:is|isn['’]t)\s(?:this|it|that)\b[^.!]*\?",
    re.IGNORECASE,
)
_YEAR = re.compile(r"\d{4}|\d\s?%")
_STEM = 4
_STEMS_OF_SIGNS = frozenset(["fora", "for", "exis", "all", "not", "and", "impl", "xor"])


@dataclass(frozen=True)
class Taken:
    """The text that is taken for the formula, for what stands around it to be compared with."""

    text: str

    @cached_property
    def flat(self) -> str:
        """The text without blanks, brackets and marks."""
        return flat(_BLOCK.sub("", self.text))

    @cached_property
    def stems(self) -> frozenset[str]:
        """The beginnings of the words that its names are made of."""
        parts = _NAME_PART.findall(_BLOCK.sub(" ", self.text))
        return frozenset(part.lower()[:_STEM] for part in parts) - _STEMS_OF_SIGNS

    def names(self, word: str) -> bool:
        """Whether a word is, in some form, one that the formula's names are made of."""
        start = word.lower()[:_STEM]
        return (len(start) > 2 and any(map(start.startswith, self.stems))) or start in self.stems

    def is_spoken_of(self, prose: str) -> bool:
        """Whether prose has a word of the formula's names; those of one letter tell nothing."""
        said = [word for word in words(prose) if word not in FUNCTION_WORDS]
        return not self.stems or any(map(self.names, said))


def flat(text: str) -> str:
    """A text without blanks, brackets and the marks of type."""
    return re.sub(
        r"[\s()\[\]{}`$*_.,:;\"“”]+|\\[()\[\]]",
        "",
        text,
    )


def unquoted(text: str) -> str:
    """A text without what it quotes and without tags."""
    return _TAG.sub(" ", QUOTED.sub(" ", text))


def words(prose: str) -> list[str]:
    """The words of prose in lower case, without what it quotes."""
    return [word.lower().replace("’", "'") for word in _WORD.findall(unquoted(prose))]


def presents(prose: str, taken: Taken, *, is_of_several: bool = False) -> bool:
    """Whether all that a heading or a lead-in says is that a formula follows.

    `is_of_several`: formulas follow that it may join. Nothing at all presents nothing.
    """
    if _OF_A_SAMPLE.search(prose):
        return False
    known = _OF_SEVERAL if is_of_several else PRESENTING
    reason = _SINCE.match(prose)
    if reason is not None and not _SIGN.search(reason[0]):
        prose = prose[reason.end() :]
    return _is_made_of(
        prose,
        taken,
        known,
    )


def is_language(opening: str) -> bool:
    """Whether what a fence says of its block is the name of a notation, and not "wrong" or "draft"."""
    name = opening.strip(" \t\n>`~").lower()
    return not name or name in _LANGUAGES or presents(name, Taken(""))


def is_neutral_remark(prose: str, taken: Taken) -> bool:
    """Whether a remark behind a formula only speaks of it in known words: "This is the answer."."""
    if not words(prose) or _GOES_ON.search(prose):
        return False
    return _is_made_of(
        prose,
        taken,
        NEUTRAL,
    )


def _is_made_of(prose: str, taken: Taken, known: frozenset[str]) -> bool:
    text = _NAME_IN_CODE.sub(" ", unquoted(prose))
    if _NAMES_THEM.search(text):
        text = _ATOM_OF_VARIABLES.sub(" ", text)
    for phrase in (_THINKING, _POLITE, _GIVEN, _USES):
        text = phrase.sub(" sure ", text)
    found = [word.lower().replace("’", "'") for word in _WORD.findall(text)]
    unknown = [word for word in found if word not in known]
    if _SIGN.search(text) or _YEAR.search(text):
        return False
    if unknown and not all(map(taken.names, unknown)):
        return False
    has_said = any(word in known and word not in _LINKS for word in found)
    return has_said or not found
