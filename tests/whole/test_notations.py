"""docs/notations.md is what the reader and the writers do now, and no sign of the grammar is left out of it."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

import logic
from logic.reading.notations.core import grammar

ROOT = Path(__file__).parents[2]
# What is no sign between formulas or terms: names, brackets, and what stands around a formula.
NO_SIGNS = {"NAME", "SPACE", "HEADER", "RULE", "COMMA", "SEMICOLON", "STOP", "LBRACE", "RBRACE"}


@pytest.fixture(scope="module")
def notations() -> ModuleType:
    spec = importlib.util.spec_from_file_location("notations", ROOT / "scripts" / "notations.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_is_what_the_code_does(notations: ModuleType) -> None:
    written = notations.PAGE.read_text(encoding="utf-8")
    assert written == notations.page(), "run `make reference`"


def test_every_sign_of_the_grammar_is_on_the_page(notations: ModuleType) -> None:
    named = {terminal.name for terminal in grammar().terminals if terminal.name.isupper()}
    shown = {sign for sign, _ in notations.SIGNS.values()} | {"RELATION", "BINDER"}
    brackets = {"LPAR", "RPAR", "LSQB", "RSQB"}
    assert named - NO_SIGNS - brackets - {"WIDE_BINDER"} == shown & named
    page = notations.PAGE.read_text(encoding="utf-8")
    for sign in sorted(shown & named - {"RELATION", "BINDER"}):
        for spelling in notations.spellings(grammar().get_terminal(sign).pattern.to_regexp()):
            assert f"`{spelling}`".replace("|", "\\|") in page, (sign, spelling)
    assert all(dialect in page for dialect in logic.DIALECTS)


def test_patterns_are_spelled_out(notations: ModuleType) -> None:
    assert notations.spellings(r"a|b{1,2}|[cd]e\b(?!x)|(?:f|g)?h|if\sso") == [
        "a", "b", "bb", "ce", "de", "h", "fh", "gh", "if so",
    ]  # fmt: skip
