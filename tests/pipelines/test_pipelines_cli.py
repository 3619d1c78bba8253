"""The command itself: its lists, what it forgives, a terminal without colours, what shells complete."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

import pytest

from pipelines.cli import main
from pipelines.commands import completion
from pipelines.errors import UsageError
from pipelines.registry import COMMANDS


def test_help_lists_every_command_in_groups(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    lines = capsys.readouterr().out.splitlines()
    for name, command in COMMANDS.items():
        assert any(line.split() == [name, *command.summary.split()] for line in lines)
    headings = [line for line in lines if line.endswith(":") and not line.startswith(" ")]
    assert headings[0] == "formulas (no config, no training packages):"
    assert lines.index("  " + next(x for x in lines if x.startswith("  prove")).strip()) < (
        lines.index("training and evaluation (extra train):")
    )


def test_version_and_module(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["-V"]) == main(["--version"]) == 0
    short, long = capsys.readouterr().out.splitlines()
    assert short == long and short.startswith("folalign ")
    monkeypatch.setattr(sys, "argv", ["pipelines", "-V"])
    with pytest.raises(SystemExit) as ended:
        runpy.run_module("pipelines", run_name="__main__")
    assert ended.value.code == 0
    assert capsys.readouterr().out.strip() == short


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["vrify"], "unknown command 'vrify'; did you mean verify?"),
        (["nothing"], "unknown command 'nothing'; allowed: verify, "),
        (["verify", "--refernce", "P(a)"], "--refernce P(a); did you mean --reference?"),
        (["prove", "--premis=P(a)"], "did you mean --premise or --premises?"),
        (["completion", "cmd"], "invalid choice: 'cmd'"),
    ],
)
def test_what_was_meant_is_told(
    capsys: pytest.CaptureFixture[str], words: list[str], told: str
) -> None:
    assert main(words) == 2
    assert told in capsys.readouterr().err


def test_no_color_leaves_out_every_escape(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ["verify", "--candidate", "∃x P(x)", "--reference", "∀x P(x)"]
    for name, value in {"FORCE_COLOR": "1", "TERM": "xterm", "COLUMNS": "100"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("NO_COLOR", raising=False)
    main(words)
    assert "\x1b[" in capsys.readouterr().out
    monkeypatch.setenv("NO_COLOR", "1")
    main(words)
    out = capsys.readouterr().out
    assert "refuted" in out and "\x1b" not in out


def test_shells_complete_commands_and_options(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def none_there(extra: str) -> None:
        raise UsageError(extra)

    # As in a base install, where stages are completed by their names.
    monkeypatch.setattr(completion, "need_packages", none_there)
    assert main(["completion", "bash"]) == 0
    script = capsys.readouterr().out
    assert "-F _shtab_folalign folalign" in script
    for words in ("subparsers=(verify ", "_convert___form_choices=(nnf prenex cnf)", "--candidate"):
        assert words in script
    assert "_shtab_folalign_data_inspect_option_strings=" in script


def test_convert_writes_notations_forms_and_trees(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert main(["convert", "∀x (Cat(x) → Animal(x))", "--to", "latex"]) == 0
    assert capsys.readouterr().out.startswith("\\forall x")
    assert main(["convert", "¬∀x (P(x) → Q(x))", "--form", "nnf", "--to", "ascii"]) == 0
    assert capsys.readouterr().out == "exists x (P(x) & ~Q(x))\n"
    assert main(["convert", "all x.(cat(x) -> tame(x))", "--dialect", "nltk", "--tree"]) == 0
    assert capsys.readouterr().out.splitlines()[:2] == ["∀x", "└─ →"]
    file = tmp_path / "formulas.txt"
    file.write_text("# two\n∀x P(x)\n\nP(a) ∨ Q(a)\n", encoding="utf-8")
    assert main(["convert", "--file", str(file), "--to", "tptp"]) == 0
    assert capsys.readouterr().out.splitlines() == ["! [X] : 'P'(X)", "'P'(a) | 'Q'(a)"]


def test_convert_names_the_lines_that_are_no_formulas(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "formulas.txt"
    file.write_text("P(a)\n# no formula\nP(a\n∃!x P(x)\n", encoding="utf-8")
    assert main(["convert", "--file", str(file), "--to", "tptp"]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert "line 3, column 4: the text ends in the middle of a formula" in told.err
    assert main(["convert"]) == main(["convert", "P(a)", "--file", str(file)]) == 2
