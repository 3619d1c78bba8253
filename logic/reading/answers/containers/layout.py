"""Layout without a meaning of its own: LaTeX's alignments, the commands of a prover's input file."""

from __future__ import annotations

import re

from logic.reading.answers.containers.tables import with_legends
from logic.reading.answers.prose import OPEN_START, ends_open

_ALIGNED = re.compile(
    r"\\begin\{(align|aligned|gather|gathered|equation|eqnarray|multline|split)\*?\}"
    r"(.*?)\\end\{\1\*?\}",
    re.DOTALL,
)
_LINE_BREAK = re.compile(r"\\\\(?:\[[^\]]*\])?")
_ALIGNMENT_MARK = re.compile(r"(?<!\\)&|\\(?:nonumber|notag)\b|\\(?:label|tag)\{[^}]*\}")
_PROVER_LIST = re.compile(
    r"[ \t]*formulas[ \t]*\([ \t]*(?:assumptions|goals|sos|usable|hints|demodulators)[ \t]*\)[ \t]*(?P<stop>\.?)[ \t]*"
)
# A list of another name, or one with a word before it, may be of what is denied.
_OTHER_LIST = re.compile(
    r".*\bformulas[ \t]*\([ \t]*\w*[ \t]*\)[ \t]*\.?[ \t]*|.*\S.*\bend_of_list\b[ \t]*\.?[ \t]*"
)
_PROVER_LIST_END = re.compile(r"[ \t]*end_of_list[ \t]*\.?[ \t]*")
_PARTED = " "
"""What stands in the place of a command."""
# Outside a list only: in one `clear(a).` is a formula.
_PROVER_COMMAND = re.compile(
    r"[ \t]*(?:(?:set|clear|assign|op|redeclare)[ \t]*\([^()\n]*\)|end_if|if[ \t]*\(\w+\))[ \t]*\.[ \t]*"
)


def plain_layout(text: str) -> str:
    """The text without LaTeX's alignments, tables of names and the commands of a prover's input file."""
    if "\\begin" in text:
        text = _ALIGNED.sub(lambda block: _unaligned(block[2]), text)
    if "--" in text and "|" in text:
        text = with_legends(text)
    if "formulas" in text or "end_of_list" in text:
        text = _without_commands(text)
    return text


def _without_commands(text: str) -> str:
    """The text without the commands of a prover's input file, where it is one: it has a list."""
    lines = text.split("\n")
    headings = list(map(_PROVER_LIST.fullmatch, lines))
    is_file = any(map(_PROVER_LIST_END.fullmatch, lines))
    if not is_file and not any(heading is not None and heading["stop"] for heading in headings):
        return text
    kept: list[str] = []
    is_inside = False
    for line, heading in zip(lines, headings, strict=True):
        if heading is None and _OTHER_LIST.fullmatch(line):
            return ""
        is_end = _PROVER_LIST_END.fullmatch(line) is not None
        is_command = heading is not None or is_end
        if is_command:
            is_inside = not is_end
        elif not is_inside:
            is_command = _PROVER_COMMAND.fullmatch(line) is not None
        if _is_joined(line, kept, is_command=is_command):
            return ""  # no formula goes on across the beginning or the end of a list
        kept.append(_PARTED if is_command else line)
    return "\n".join(kept)


def _is_joined(line: str, above: list[str], *, is_command: bool) -> bool:
    """Whether a formula above a command, or above one that was the last thing there, goes on below it."""
    if is_command:
        return ends_open(above)
    if OPEN_START.match(line.lstrip()) is None:
        return False
    last = next((each for each in reversed(above) if each == _PARTED or each.strip()), "")
    return last == _PARTED


def _unaligned(block: str) -> str:
    """The lines of an alignment as plain lines of math."""
    lines = _LINE_BREAK.split(block)
    plain = [_ALIGNMENT_MARK.sub(" ", line).strip() for line in lines]
    shown = "\n".join(line for line in plain if line)
    return f"\n{shown}\n"
