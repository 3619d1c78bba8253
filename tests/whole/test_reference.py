"""The reference is what the code gives now, and no page names a command, option, config key, file or link that is not.

Commands in blocks that are skipped when the pages run (long, gpu) are checked here too: parsed, not executed.
"""

import importlib.util
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from test_docs import FENCE, PAGES, ROOT, read_blocks, shell_script

pytest.importorskip("trl", reason="the training packages hold most options")

from pipelines import cli
from pipelines.config import resolve, sections
from pipelines.config.load import load_run, load_stage
from pipelines.config.parser import StageParser
from pipelines.errors import UsageError
from pipelines.registry import STAGES

DOCS = [*PAGES, ROOT / "CONTRIBUTING.md", *sorted((ROOT / "benchmarks").glob("*.md"))]
EVERYWHERE = {"help", "config", "section", "overwrite", "only", "extends", *sections.OWN_KEYS}
LINK = re.compile(r"(?<!\\)\[[^\]]*\]\(([^)\s]+)\)|<img[^>]*src=\"([^\"]+)\"")
SPAN = re.compile(r"`([a-z][a-z_]+): [^`]+`")
ENDS = {"|", "||", "&&", ";", "&", ">", ">>", "<", "2>"}


def _script(name: str) -> Any:
    spec = importlib.util.spec_from_file_location(name, ROOT / "scripts" / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


reference = _script("reference")


def test_the_public_names_are_what_the_code_gives() -> None:
    # In a process of its own: a parser of options rewrites the types of the fields that it is made of.
    code = f"import sys; sys.path.insert(0, {str(ROOT / 'scripts')!r}); import api; print(api.page(), end='')"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert shown.returncode == 0, shown.stderr[-2000:]
    page = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    assert page == shown.stdout, "stale: run `make reference`"


def test_the_reference_is_what_the_code_gives() -> None:
    assert reference.PAGE.read_text(encoding="utf-8") == reference.page(), (
        "stale: run `make reference`"
    )


@cache
def keys_of(stage: str) -> frozenset[str]:
    return frozenset(StageParser(stage).known)


@cache
def all_keys() -> frozenset[str]:
    return frozenset().union(*map(keys_of, STAGES), EVERYWHERE)


def commands(script: str) -> Iterator[list[str]]:
    """The words of every `folalign ...` and `make ...` in a shell script; variables stay as they are written."""
    script = script.replace("\\\n", " ")
    for started in re.findall(r"-m pipelines\.cli ([^'\n]*)", script):
        yield ["folalign", *started.split()]
    script = re.sub(
        r"<<-?'(\w+)'.*?\n\1\n", "\n", script, flags=re.DOTALL
    )  # files that the script writes
    lexer = shlex.shlex(script.replace("\n", "\n;\n"), posix=True, punctuation_chars="|&;<>")
    lexer.whitespace_split, lexer.commenters = True, "#"
    found: list[str] | None = None
    for word in [*lexer, ";"]:
        if word in ENDS:
            if found is not None:
                yield found
            found = None
        elif found is not None:
            found.append(word)
        elif word in ("folalign", "make"):
            found = [word]


def fault(words: list[str]) -> str | None:
    """What is stale in a command; None where nothing is. Where there is no GPU, bf16 needs use_cpu."""
    program, *rest = words
    if program == "make":
        targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE)
        wrong = [word for word in rest if re.fullmatch(r"[a-z-]+", word) and word not in targets]
        return f"no target {wrong[0]!r} in the Makefile" if wrong else None
    if not rest or rest[0] not in {*cli.COMMANDS, "--help", "--version", "COMMAND", "STAGE"}:
        return f"no command {' '.join(rest[:1])!r}"
    if "$" in " ".join(rest) or "--help" in rest or rest[0] in ("COMMAND", "STAGE", "--version"):
        return _unknown_option(rest)
    try:
        if rest[0] == "run":
            words = [word for word in rest[1:] if word != "--overwrite"]
            trained = sections.training_sections(load_run(words))
            settings = load_run(
                [*words, *(word for name in trained for word in (f"--{name}.use_cpu", "true"))]
            )
            for section in sections.wanted_sections(settings):
                resolve.section_config(settings, section)
        elif rest[0] in STAGES:
            load_stage(
                rest[0], [*rest[1:], *(["--use_cpu", "true"] if STAGES[rest[0]].trains else [])]
            )
        else:
            reference.PARSERS[rest[0]]().parse_args(rest[1:])
    except UsageError as error:
        return str(error)
    return None


def _unknown_option(rest: list[str]) -> str | None:
    options = (
        {word[2:].partition("=")[0] for word in rest if word.startswith("--")}
        - EVERYWHERE
        - {"version"}
    )
    if rest[0] in reference.PARSERS:
        known = reference.PARSERS[rest[0]]()._option_string_actions
        options = {option for option in options if f"--{option}" not in known}
    else:
        options -= keys_of(rest[0]) if rest[0] in STAGES else all_keys()
    return f"no option {sorted(options)} of {rest[0]}" if options else None


def _shell_blocks(page: Path) -> Iterator[tuple[str, list[str]]]:
    for block in read_blocks(page):
        if block.language in ("bash", "console"):
            for words in commands(shell_script(block)):
                yield block.place, words


def test_every_command_in_a_page_can_be_given(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """In a folder with what the pages have there: the repository's, and what `init` writes."""
    for name in ("examples", "benchmarks", "pipelines"):
        (tmp_path / name).symlink_to(ROOT / name)
    monkeypatch.chdir(tmp_path)
    assert cli.main(["init"]) == 0
    found = [(place, words) for page in DOCS for place, words in _shell_blocks(page)]
    stale = [
        f"{place}: {' '.join(words)}: {why}" for place, words in found if (why := fault(words))
    ]
    assert len(found) > 20 and not stale, "\n".join(stale)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("folalign train --config x.yaml", "no command 'train'"),
        ("folalign verify --candidat 'Cat(tom)'", "--candidat"),
        ("echo one | folalign translate --model m --beams 3 > out", "--beams"),
        (
            "folalign sgrpo --config pipelines/configs/tiny.yaml --label_wait 2",
            "did you mean label_w",
        ),
        ("folalign run --config pipelines/configs/tiny.yaml --control.nonsense 1", "nonsense"),
        ("folalign run --config pipelines/configs/gone.yaml", "cannot read the config"),
        (
            "accelerate launch -m pipelines.cli sft --config $CONFIG --learn 1",
            "no option ['learn'] of sft",
        ),
        ("make instal", "no target 'instal'"),
    ],
)
def test_stale_commands_are_found(line: str, why: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert [why in str(fault(words)) for words in commands(line)] == [True]


def yaml_blocks(page: Path) -> Iterator[tuple[int, str]]:
    """Line and text of the ```yaml blocks of a page."""
    start, lines = 0, []
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
        opening = FENCE.match(line)
        if start and line.strip() == "```":
            yield start, "\n".join(lines)
            start, lines = 0, []
        elif start:
            lines.append(line)
        elif opening and opening["language"] == "yaml":
            start = number + 1


def unknown_keys(config: dict[str, Any]) -> list[str]:
    """Keys of a config, or of a part of one, that no stage has, or not the stage of their section."""
    found = []
    for name, value in config.items():
        if name in STAGES or (isinstance(value, dict) and "stage" in value):
            stage = (value or {}).get("stage", name)
            known = (keys_of(stage) if stage in STAGES else frozenset()) | EVERYWHERE
            found += [f"{name}.{key}" for key in value or {} if key not in known]
        elif name not in all_keys():
            found.append(name)
    return found


def test_every_config_key_in_a_page_exists() -> None:
    stale = []
    for page in DOCS:
        for line, text in yaml_blocks(page):
            stale += [f"{page.name}:{line}: {key}" for key in unknown_keys(yaml.safe_load(text))]
        text = page.read_text(encoding="utf-8")
        stale += [f"{page.name}: {key}" for key in SPAN.findall(text) if key not in all_keys()]
    assert not stale, "\n".join(stale)
    assert unknown_keys({"sgrpo": {"label_wait": 1}, "sed": 0}) == ["sgrpo.label_wait", "sed"]


def _anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as forges make them."""
    text = re.sub(
        r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE
    )
    headings = re.findall(r"^#+ (.+)$", text, flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_links_lead_somewhere() -> None:
    broken = []
    for page in DOCS:
        text = re.sub(
            r"^\s*```.*?^\s*```",
            "",
            page.read_text(encoding="utf-8"),
            flags=re.DOTALL | re.MULTILINE,
        )
        text = re.sub(r"`[^`\n]*`", "", text)
        for link in ("".join(found) for found in LINK.findall(text)):
            if "://" in link or link.startswith("mailto:"):
                continue
            path, _, anchor = link.partition("#")
            target = (page.parent / path).resolve() if path else page
            if not target.exists():
                broken.append(f"{page.relative_to(ROOT)}: {link}")
            elif anchor and target.suffix == ".md" and anchor not in _anchors(target):
                broken.append(f"{page.relative_to(ROOT)}: {link}: no such heading")
    assert not broken, "\n".join(broken)


def test_the_index_names_every_page() -> None:
    index = (ROOT / "docs" / "README.md").read_text(encoding="utf-8")
    missing = [
        page.name
        for page in (ROOT / "docs").glob("*.md")
        if page.name != "README.md" and f"({page.name})" not in index
    ]
    assert not missing
