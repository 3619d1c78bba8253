"""The statements of a file of formulas, with their roles, and an answer that is one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from logic.reading.notations.prolog.clauses import clauses

Role = Literal["premise", "conclusion"]

_FENCE = re.compile(r"^[ \t>]*(?:```|~~~)[^\n`]*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of a file: where it stands, its role, and the formula in it with its notation.

    `problem` says why it cannot be taken for what its role says.
    """

    start: int
    end: int
    role: Role
    text: str
    dialect: str
    problem: str | None = None


def statements(text: str, dialect: str | None = None) -> list[Statement]:
    """The formulas that a file in a prover's notation states, in order; none where the text is no such file.

    A Prolog program without a rule or a query is one only where the dialect says so.
    """
    for read in (_of_tptp, _of_prover9, _of_smtlib):
        found = list(read(text))
        if found:
            return found
    for start, end in _parts(text):
        found = list(
            _of_prolog(
                text,
                start,
                end,
                is_named=dialect == "prolog",
            )
        )
        if found:
            return found
    return []


def _parts(text: str) -> Iterator[tuple[int, int]]:
    """All of a text, or what each of its fenced blocks holds."""
    fences = [fence.span() for fence in _FENCE.finditer(text)]
    if not fences:
        yield 0, len(text)
    for opening, closing in zip(
        fences[::2],
        [*fences[1::2], (len(text),) * 2],
        strict=False,
    ):
        yield opening[1], closing[0]


# ---- TPTP ----

_TPTP = re.compile(
    r"(?<![\w$])(?P<language>fof|cnf|tff|thf|tcf)\s*\(\s*(?:\w+|'[^'\n]*')\s*,\s*(?P<role>\w+)\s*(?:-\s*\w+\s*)?,"
)
_TPTP_MARK = re.compile(
    r"(?P<quoted>'(?:[^'\\\n]|\\.)*'|\"(?:[^\"\\\n]|\\.)*\")|(?P<comment>%[^\n]*|/\*.*?\*/)"
    r"|(?P<open>[(\[])|(?P<close>[)\]])",
    re.DOTALL,
)
_VISIBLE = re.compile(r"\S")
_HASH_LINE = re.compile(r"^[ \t]*#[^\n]*$", re.MULTILINE)
_TPTP_PREMISES = frozenset("axiom hypothesis definition assumption lemma theorem corollary".split())
_TPTP_SILENT = frozenset(["type", "logic"])


def _of_tptp(text: str) -> Iterator[Statement]:
    if "%" in text or "/*" in text or "#" in text:
        text = _blanked(text)
    place = 0
    while header := _TPTP.search(text, place):
        place = _closed(text, header.start())
        role = header["role"].lower()
        if role in _TPTP_SILENT:
            continue
        problem = None
        if role == "negated_conjecture":
            problem = "the negation of a conjecture"
        elif role != "conjecture" and role not in _TPTP_PREMISES:
            problem = f"a statement of the role {role!r}"
        is_goal = role.endswith("conjecture")
        source = _without_comments(text[header.start() : place])
        yield Statement(
            header.start(), place, "conclusion" if is_goal else "premise", source, "tptp", problem
        )


def _blanked(text: str) -> str:
    """The text with blanks for its comments, each place kept: what stands in them is not stated."""

    def blanks(mark: re.Match[str]) -> str:
        return _VISIBLE.sub(" ", mark[0]) if mark["comment"] else mark[0]

    return _HASH_LINE.sub(lambda line: " " * len(line[0]), _TPTP_MARK.sub(blanks, text))


def _closed(text: str, start: int) -> int:
    """The end of the statement that begins at a place: behind the stop that follows its last bracket."""
    depth = 0
    for mark in _TPTP_MARK.finditer(text, start):
        if mark["open"]:
            depth += 1
        elif mark["close"]:
            depth -= 1
            if depth == 0:
                return mark.end() + (text[mark.end() : mark.end() + 1] == ".")
    return len(text)


def _without_comments(text: str) -> str:
    return _TPTP_MARK.sub(lambda mark: " " if mark["comment"] else mark[0], text)


# ---- Prover9 ----

_LIST = re.compile(
    r"^[ \t]*(?:formulas|clauses)\(\s*(?P<name>\w+)\s*\)\s*\.(?P<inside>.*?)"
    r"(?:^[ \t]*end_of_list\b\.?|(?=^[ \t]*(?:formulas|clauses)\(\s*\w+\s*\)\s*\.)|\Z)",
    re.MULTILINE | re.DOTALL,
)
_LIST_ROLES: dict[str, Role] = {
    "assumptions": "premise",
    "sos": "premise",
    "usable": "premise",
    "goals": "conclusion",
}
_OTHER_VARIABLES = re.compile(r"^[ \t]*set\(\s*prolog_style_variables\s*\)", re.MULTILINE)
_ATTRIBUTE = re.compile(r"#\s*\w+\s*(?:\([^()\n]*\))?(?=\s*(?:#|\.?\s*\Z))")


def _of_prover9(text: str) -> Iterator[Statement]:
    is_other = _OTHER_VARIABLES.search(text) is not None
    problem = "variables in the style of Prolog" if is_other else None
    for found in _LIST.finditer(text):
        role = _LIST_ROLES.get(found["name"])
        inside = found["inside"]
        for start, end in clauses(inside) if role else ():
            if _FENCE.match(inside[start:end]):
                continue
            source = _without_comments(inside[start:end]).strip()
            offset = found.start("inside")
            yield Statement(
                offset + start,
                offset + end,
                role or "premise",
                _ATTRIBUTE.sub("", source),
                "prover9",
                problem,
            )


# ---- SMT-LIB ----

_SMT_START = re.compile(r"^[ \t]*\(\s*assert\b", re.MULTILINE)
_SMT_MARK = re.compile(r";[^\n]*|\|[^|]*\||\"[^\"]*\"|(?P<bracket>[()])")
_DECLARATION = re.compile(r"\(\s*(?:declare-|define-)")
_SCOPED = re.compile(r"\(\s*(?:push|pop|reset)")
_ASSERTION = re.compile(r"\(\s*assert\b")


def _of_smtlib(text: str) -> Iterator[Statement]:
    """Each assertion, with all that is declared before it."""
    if _SMT_START.search(text) is None:
        return
    declared: list[str] = []
    problem: str | None = None
    for start, end in _expressions(text):
        expression = text[start:end]
        if _SCOPED.match(expression):
            problem = "an assertion behind push or pop may no longer hold"
        if _DECLARATION.match(expression):
            declared.append(expression)
        elif _ASSERTION.match(expression):
            yield Statement(
                start,
                end,
                "premise",
                "\n".join([*declared, expression]),
                "smtlib",
                problem,
            )


def _expressions(text: str) -> Iterator[tuple[int, int]]:
    """Where the outermost brackets of a text open and close."""
    depth, start = 0, 0
    for mark in _SMT_MARK.finditer(text):
        if mark["bracket"] == "(":
            start = start if depth else mark.start()
            depth += 1
        elif mark["bracket"] == ")" and depth:
            depth -= 1
            if depth == 0:
                yield start, mark.end()


# ---- Prolog ----

_CLAUSE = re.compile(
    r"\s*(?:[a-z]\w*|'[^'\n]+')\s*(?:\(.*\))?\s*(?::-.*)?\.\s*\Z|\s*(?::-|\?-).*\.\s*\Z", re.DOTALL
)
_QUERY = re.compile(r"\s*\?-")
_DIRECTIVE = re.compile(r"\s*:-")
_FACT = re.compile(r"\s*(?:[a-z]\w*|'[^'\n]+')\s*\(")


def _of_prolog(text: str, start: int, end: int, *, is_named: bool) -> Iterator[Statement]:
    spans = [(start + first, start + last) for first, last in clauses(text[start:end])]
    sources = [text[first:last] for first, last in spans]
    if not sources or not all(map(_CLAUSE.match, sources)):
        return
    is_program = any(":-" in source or _QUERY.match(source) for source in sources)
    if not (is_named or is_program):
        return
    for (first, last), source in zip(
        spans,
        sources,
        strict=True,
    ):
        role: Role = "conclusion" if _QUERY.match(source) else "premise"
        if not _DIRECTIVE.match(source):
            yield Statement(
                first,
                last,
                role,
                source,
                "prolog",
            )


# ---- an answer that is a file ----


def without_other_statements(text: str) -> tuple[str, bool]:
    """The text with nothing but the conclusion of a file in it; and whether a file has no single one.

    The statements of such a file are several formulas, of which none is the answer: signs that
    nothing reads take their place.
    """
    if _ASSERTION.search(text) and len(_ASSERTION.findall(text)) > 1:
        return _ASSERTION.sub("∧ ∧ ", text), True
    for read in (_of_tptp, _of_prover9):
        found = list(read(text))
        goals = [each for each in found if each.role == "conclusion" and not each.problem]
        if len(found) > 1 or any(each.problem for each in found):
            kept = goals[0] if len(goals) == 1 else None
            text = _replaced(
                text,
                found,
                kept,
                " " if kept else "∧ ∧",
            )
            return _COMMENT_LINE.sub("", text), kept is None
    runs = list(_prolog_runs(text))
    return (
        (
            _replaced(
                text,
                runs,
                None,
                "∧ ∧",
            ),
            True,
        )
        if runs
        else (text, False)
    )


_COMMENT_LINE = re.compile(r"^[ \t]*%[^\n]*$", re.MULTILINE)


def _replaced(text: str, found: list[Statement], kept: Statement | None, sign: str) -> str:
    """The text with a sign for each statement, and the one that is kept on one line."""
    for statement in reversed(found):
        new = " ".join(statement.text.split()) if statement is kept else sign
        text = text[: statement.start] + new + text[statement.end :]
    return text


def _prolog_runs(text: str) -> Iterator[Statement]:
    """The clauses that stand one after another, on lines of their own or on one line."""
    for start, end in _runs(text, _is_clause_line):
        spans = clauses(text[start:end])
        sources = [text[start + first : start + last] for first, last in spans]
        are_clauses = all(map(_CLAUSE.match, sources)) and any(map(_FACT.match, sources))
        if len(spans) > 1 and are_clauses:
            for first, last in spans:
                yield Statement(
                    start + first,
                    start + last,
                    "premise",
                    "",
                    "prolog",
                )


def _runs(text: str, belongs: Callable[[str, bool], bool]) -> Iterator[tuple[int, int]]:
    """Where runs of lines begin and end that belong together, blank lines and comments among them."""
    start, end, place, is_open = -1, 0, 0, False
    for line in f"{text}\n∎".split("\n"):
        inside = line.partition("%")[0].strip()
        if inside:
            if belongs(inside, is_open):
                start = place if start < 0 else start
                end, is_open = place + len(line), not inside.endswith(".")
            else:
                if start >= 0:
                    yield start, min(end, len(text))
                start, is_open = -1, False
        place += len(line) + 1


_HEAD = re.compile(r"(?:[a-z]\w*|'[^'\n]+')\s*(?:\(|:-)|\?-|:-")


def _is_clause_line(line: str, is_open: bool) -> bool:
    """Whether a line is a clause or begins one, or goes on with one that is open."""
    if is_open:
        return True
    goes_on = line.endswith((".", ":-", ",", ";"))
    return goes_on and _HEAD.match(line) is not None
