"""The lines beside a formula: whether they join another one to it, restrict what it speaks of, or take it back.

A line of its own says more than its words: `und` between two formulas is a connective in whatever
language, and "where x ranges over living cats" below one makes it another. What explains (a legend,
a sentence that says what the formula says) does neither.
"""

from __future__ import annotations

import re

from logic.reading.answers.signs import LEGEND, SIGN, is_formula

_NEAR = 400
"""Characters beside a piece in which its neighbours are looked for."""
_MARKS = ' \t\r*_`$"“”()[]'
_LETTER = re.compile(r"\w")
_FRAME = re.compile(r"[ \t>]*(?:```|~~~)|\s*\Z")
# ---- what joins two formulas --------------------------------------------------------------------

# A line that stands between two formulas and joins nothing: a heading, a rule, an item's number.
_DIVIDES = re.compile(
    r"""
      (?-i:[A-Z]) [^\n:]* : .* | \#+\s.* | < .* | ([-*_=])\1{2,} | \(?\d{1,3}[.):]? | (?-i:[A-Z]) .* [.!…]
    | (?: final\s )? (?: answer | formula | fol | translation | output | result | premises?
        | conclusion | query | goal | hypothesis ) :?
    """,
    re.IGNORECASE | re.VERBOSE,
)
_MOST_JOINING_WORDS = 3
_BULLET = re.compile(r"[ \t]*([*+>#])\s+(?=\S)")
# Signs that a formula's own line may begin with; any other may be an operator.
_KNOWN_START = frozenset("¬~∼∀∃∄([{\\\"'“‘«$`<|-–—•*_⊤⊥!✓✔✅")
_WORDS_BEFORE = re.compile(
    r"""
    (?! (?:where|with|here|note|let|using|predicates?|constants?|symbols?|explanation|this|that)\b )
    (?: [^\W\d_]+ \s+ ){1,2} (?: [∀∃∄¬] | \w+\( )
    """,
    re.IGNORECASE | re.VERBOSE,
)
# `P(a) und`, `P(a) ⊗`: what stands behind the last bracket waits for another formula.
_TAIL = re.compile(
    r"""
    [)\]] (?: \s* [^\w\s.,;:!?()\[\]{}"'`*$_|<>\#✓✔✅-]+
          | (?: \s+ (?!means|is|denot|stand|represent|says|holds) [^\W\d_]+ ){1,2} ) \s*\Z
    """,
    re.IGNORECASE | re.VERBOSE,
)

# ---- what restricts a formula -------------------------------------------------------------------

_VARIABLE = r"[u-z]\d{0,2}"
_RESTRICTS = re.compile(
    rf"""
      # A clause about a variable: "where x is a cat", "x ∈ S", "für x = a".
      (?: \w+,?\s )? {_VARIABLE} (?: ,\s*{_VARIABLE} )* (?: \s+\w | \s*[∈∉=≠<>≤≥:] )
    | .*\b(?: rang(?:es|ing)\s+over | quantif\w+\s(?:only\s)?over\s(?!all)
          | (?:the|my)\sdomain(?!.*\b(?:everything|unrestricted)\b)
          | universe\sof\sdiscourse ) \b
    | (?: the\s )? universe\b
    | (?: it\s )? (?: restricted | limited | confined | appl\w+ | valid | true | holds )
      \s (?: only | just | in | on | at | to | for(?!\s(?:all|every|each)\b) )\b
    | (?: maybe | perhaps | usually | mostly | sometimes | often | rarely | typically | generally
        | normally | approximately | roughly | probably | possibly ) \W* (?: \w+ \W* ){{0,2}} \Z
    """,
    re.IGNORECASE | re.VERBOSE,
)
_VARIABLE_CLAUSE = re.compile(
    rf"(?:where|with|for|here|let|given|suppose|assume),?\s{_VARIABLE}(?:\s+\w|\s*[∈∉=≠<>≤≥])",
    re.IGNORECASE,
)
_CONDITION = re.compile(
    r"(?:if|when|whenever|unless|provided|given|assuming|suppose|while|wenn|falls|si)\b",
    re.IGNORECASE,
)
# A line above a list that says how many of its formulas hold, or that they are to choose from.
_CHOOSES = re.compile(
    r"""
    (?: either | neither | not\b | (?:one|none|any|some|all)\sof | both | exactly
      | at\s(?:least|most) | options?\b | alternatives? | candidates? | possib\w+ | entweder | weder ) \b [^.]* \Z
    """,
    re.IGNORECASE | re.VERBOSE,
)
_PREPOSITION = (
    r"for|in|on|at|among|over|within|under|during|with|without|by|of|between|throughout|inside"
    r"|outside|apart|besides|other|save|minus|barring|where"
)
# A fragment that says for what, where or when: "In summer.", "For living cats."
_FRAGMENT = re.compile(rf"(?:{_PREPOSITION})\b[^,:=()]*\Z", re.IGNORECASE)
_MOST_FRAGMENT_WORDS = 6
# What a line in lower case below a formula may begin with where it only explains.
_EXPLAINS = re.compile(
    r"""
      (?: this | that | which | meaning | means | because | since | note | i\.e | holds | reads
        | says | states | express\w+ | represents | translat\w+ | here | it | there | so | thus
        | therefore | hence | e\.g | in\s(?:other\s)?words | all | every\w* | each | no | any\w*
        | some\w* | nobody | nothing | an? | the ) \b
    | (?: where | with | let ) \b .* (?: \w\( | \b(?:mean|denot|stand|represent|say|express|refer) )
    | (?! (?:for|in|on|at|among|over|within|under|during|with|where)\b )
      \w+ (?:\s\w+)? \s (?: is | are | was | were | has | have | can | will | do | does | must )\b
    | \w+ \s* (?: \( | [:=] | - \s )  # a legend: `cat(x) means …`, `tom: …`
    | [a-z]+_ | https?: | </?\w
    """,
    re.VERBOSE,
)
_MOST_CLAUSE_WORDS = 20
_PRESENTS = re.compile(
    r"""
    logic | fol\b | formula | symbol | notation | word | first | second | third | last | sentence
    | statement | premise | conclusion | question | part | answer | step | example | instance
    | language | english | this | that | following | unicode | ascii | prover | latex | short
    | summary | other | \d
    """,
    re.IGNORECASE | re.VERBOSE,
)
_MOST_LEAD_IN_WORDS = 4


# ---- what takes a formula back ------------------------------------------------------------------

LEADING_MARKS = " \t\n.,;:-–—*_`\"'$"
_LAST_NEAR = 80
"""Lines below a formula, of which each must be known to leave it as it is."""
# Words by which a sentence refers to the formula above it, and is hedged.
_HEDGE = (
    r"no|nope|sorry|wait|but|however|actually|oops|hmm|well|ah|oh|in\ fact|clearly|also|then|so|now"
    r"|completely|quite|just|simply|really|unfortunately|probably"
)
_DOUBTS = r"oops | hmm | no[.!]*\s*\Z"
# A sentence that takes back the formula above it: "This is wrong.", "No, that is incorrect."
# Repetitions are possessive: the words of one could belong to the next, and be tried in each.
_TAKES_BACK = re.compile(
    rf"""
      (?: (?:{_HEDGE})\b[,.:!…\s]*+ )*+
      (?: (?:this|that|it|which|the|above|formula|answer|translation|expression|table|block|code
            |output|result|my|previous|last)\b\s*+ )*+
      (?: ['’]s\b\s* )?
      (?: (?:is|was|are|were|would\ be|seems|looks|does|do|can|must|should\ be)(?:n['’]t)?\b\s* )?
      (?: (?:{_HEDGE}|the|a|an)\b\s*+ )*+
      (?: wrong | incorrect | false | untrue | invalid | mistaken | mistake | rejected | negated
        | not\b\s* (?: (?:the|a|quite|really)\b\s*+ )*+
          (?: right | correct | true | valid | hold | formula | answer | translation | what ) )\b
      (?! \s+that\b )
    | (?: (?:{_HEDGE})\b[,.:!…\s]*+ )*+
      (?: i\s(?:made|take|was\swrong|mean[t]?\s(?:the\sopposite|not)) | scratch\sthat
        | (?:ignore|disregard)\s(?:this|that|the|it) | (?:the|its)\s(?:negation|opposite)\b
          (?!\s(?:ensures|indicates|expresses|captures|states|says|shows|represents|reflects)\b)
        | strike\s(?:this|that|it) | edit\b | verdict:\s*(?:wrong|false|incorrect|no)\b
        | (?:negate|reverse|replace)\b | not\squite
        | (?:restriction|condition|domain|exception)s?\s*: | assuming\b | except\b | excluding\b
        | where\s\w{{1,2}}\s(?:is|ranges) | außer\b | sauf\b
        | correction\b | let\sme\s(?:correct|fix|redo|try|rewrite|start) )
    | (?: (?!{_DOUBTS}) (?:{_HEDGE})\b[,.:!…\s]*+ )*+ (?:{_DOUBTS})
    """,
    re.IGNORECASE | re.VERBOSE,
)
# What takes a formula back wherever it stands in the sentence below it.
_RETRACTS = re.compile(
    r"""
      \b(?: falsch | stimmt\snicht | nicht\s(?:korrekt|richtig|wahr) | c['’]est\sfaux | incorrecte?
          | ist\snicht | n['’]est\spas | es\sfalso | should\sbe | reversed | other\sway\sround
          | too\s(?:strong|weak|general) | (?:this|it)\sfails | jedoch | nein )\b
    | [❌✗✘]
    """,
    re.IGNORECASE | re.VERBOSE,
)


def change(text: str, start: int, end: int) -> bool:
    """Whether the lines beside a piece join another formula to it, or restrict it."""
    line_start = text.rfind("\n", 0, start) + 1
    first = max(0, line_start - _NEAR)
    above = _lines(text[first:line_start])
    own_line = text[line_start : line_start + _NEAR].partition("\n")[0]
    if above and _goes_on_from(above, own_line):
        return True
    _, _, following = text[end : end + _NEAR].partition("\n")
    below = _lines(following)
    if not below or _heads_a_legend(below):
        return False
    return restricts(below[0]) or _goes_on_in(below, own_line)


def _heads_a_legend(lines: list[str]) -> bool:
    """Whether lines begin with "where" and say what names stand for."""
    is_heading = lines[0].strip(_MARKS + ":").lower() in ("where", "with", "here")
    return is_heading and len(lines) > 1 and LEGEND.match(lines[1]) is not None


def _lines(text: str) -> list[str]:
    """The lines that hold more than the marks of a block."""
    return [line for line in text.split("\n") if not _FRAME.match(line)]


def _goes_on_from(above: list[str], own_line: str) -> bool:
    """Whether what stands above a formula's line is joined to it, or restricts it."""
    nearest = above[-1]
    if _leads_in_by_restriction(nearest) or _lists_choices(_heading(above)):
        return True
    if len(above) > 1 and _joins(nearest) and is_formula(above[-2]):
        return True
    if not is_formula(nearest):
        return False
    is_out_of_list = _bullet(own_line) not in ("", _bullet(nearest))
    return is_out_of_list or _TAIL.search(nearest) is not None


def _heading(above: list[str]) -> str:
    """The line above the formulas that stand right above a formula."""
    for line in reversed(above):
        if _lists_choices(line) or not is_formula(line):
            return line
    return ""


def _lists_choices(line: str) -> bool:
    """Whether a line says which of the formulas below it hold: "Either", "One of:", "Not both:"."""
    words = line.strip(_MARKS)
    is_heading = words.endswith(":") or len(words.split()) <= 2
    return is_heading and _CHOOSES.match(words) is not None


def _leads_in_by_restriction(line: str) -> bool:
    """Whether a line that ends with a colon only says for what, where or when: "For cats:"."""
    lead_in = line.strip(_MARKS)
    is_short = len(lead_in.split()) <= _MOST_LEAD_IN_WORDS
    if is_short and _CONDITION.match(lead_in) and lead_in[-1] not in ".!?:;":
        return True
    if not lead_in.endswith(":"):
        return False
    words = lead_in.removesuffix(":")
    if _VARIABLE_CLAUSE.match(words):
        return True
    return is_short and _FRAGMENT.match(words) is not None and not _PRESENTS.search(words)


def _goes_on_in(below: list[str], own_line: str) -> bool:
    """Whether what stands below a formula's line joins another formula to it."""
    nearest = below[0]
    if len(below) > 1 and _joins(nearest) and is_formula(below[1]):
        return True
    line = nearest.lstrip()
    bullet = _bullet(nearest)
    if bullet:
        return bullet != _bullet(own_line) and is_formula(line[1:])
    is_unknown_sign = not (line[0].isalnum() or line[0] in _KNOWN_START)
    if is_unknown_sign and is_formula(line[1:]):
        return True
    return _WORDS_BEFORE.match(line) is not None


def _bullet(line: str) -> str:
    """The bullet of a line that could be an operator as well; "" for none."""
    bullet = _BULLET.match(line)
    return bullet[1] if bullet else ""


def _joins(line: str) -> bool:
    """Whether a line is no more than a sign or some words, of whatever language."""
    words = line.strip(_MARKS)
    if SIGN.search(words) or _DIVIDES.fullmatch(words):
        return False
    return len(words.split()) <= _MOST_JOINING_WORDS


def restricts(line: str) -> bool:
    """Whether the line below a formula says of what, where or when it holds."""
    words = line.lstrip(_MARKS + ">•,;–—-").rstrip(_MARKS)
    if not _LETTER.search(words):
        return "?" in line
    if _RESTRICTS.match(words):
        return True
    if _FRAGMENT.match(words) and len(words.split()) <= _MOST_FRAGMENT_WORDS:
        return True
    is_clause = words[0].islower() and len(words.split()) <= _MOST_CLAUSE_WORDS
    return is_clause and _EXPLAINS.match(words) is None


def takes_back(following: str) -> bool:
    """Whether the lines that follow a formula say that it is wrong."""
    first = following.lstrip(LEADING_MARKS + "#>•").partition("\n")[0]
    return _TAKES_BACK.match(first) is not None or _RETRACTS.search(first) is not None


def is_taken_back_later(following: str) -> bool:
    """Whether a line far below a formula, where any other text may stand, says that it is wrong."""
    return any(map(takes_back, following.split("\n")[_LAST_NEAR:]))
