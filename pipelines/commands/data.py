"""`folalign data`: look at a data set, write it out prepared, or let its formulas prove its labels."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

import data
import logic
from data import entailment, inspection
from data.corpus import Corpus
from data.files import READERS
from data.records import DataError, Record, Story
from pipelines.commands.parser import CommandParser, each_once
from pipelines.config.light.mappings import mapping_of
from pipelines.console import terminal
from pipelines.errors import UsageError
from pipelines.rundir.files import write_jsonl

MAX_REASONS = 6  # that are told of a split


def make_parser() -> CommandParser:
    """What the command takes."""
    parser = CommandParser(prog="folalign data", description=__doc__, allow_abbrev=False)
    commands = parser.add_subparsers(dest="command", required=True, parser_class=CommandParser)
    inspect = commands.add_parser("inspect", help="size, licence, examples, audit and vocabulary")
    build = commands.add_parser("build", help="write the prepared splits as JSON lines")
    entail = commands.add_parser(
        "entail", help="do the formulas of the stories prove their labels?"
    )
    for command in (inspect, build, entail):
        _add_source(command)
    for command in (inspect, build):
        _add_task(command)
    inspect.add_argument(
        "--examples", type=int, default=2, help="rows to show of each split (default 2)"
    )
    build.add_argument("--output", required=True, metavar="DIR", help="the folder to write")
    build.add_argument(
        "--overwrite", action="store_true", help="replace a folder that build wrote earlier"
    )
    entail.add_argument(
        "--predictions", help="a file of a model's formulas (sentence, completion) to judge instead"
    )
    entail.add_argument(
        "--output", metavar="FILE", help="write one judgement per story, as JSON lines"
    )
    return parser


def _add_source(command: argparse.ArgumentParser) -> None:
    add = command.add_argument
    add(
        "name",
        metavar="NAME",
        help=f"your own file, folder or name on the hub, or one of {', '.join(data.NAMES)}",
    )
    add(
        "--path",
        help=f"of a named data set: a folder, a file ({', '.join(READERS)}) or a name on the hub",
    )
    add("--split", action="append", metavar="SPLIT", help="this split alone; may be repeated")
    add("--size", type=int, help="at most so many rows of a split")
    add("--seed", type=int, default=0, help="which rows, and which edits (default 0)")
    add(
        "--settings",
        type=_settings,
        metavar="MAPPING",
        help="how rows are made, as in '{depth: [1, 8], proofs: 2}' for proof-synthetic",
    )
    add(
        "--dialect",
        choices=logic.DIALECTS,
        metavar="DIALECT",
        help="the notation of the formulas, where it is known; its own rules then hold",
    )
    add("--json", action="store_true", help="print JSON instead of tables")


def _settings(text: str) -> dict[str, Any] | None:
    try:
        return mapping_of("--settings", text, "{depth: [1, 8]}")
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _add_task(command: argparse.ArgumentParser) -> None:
    add = command.add_argument
    add("--task", help="where a data set serves several: translate, correct, entail ...")
    add(
        "--column",
        action="append",
        default=[],
        metavar="OURS=THEIRS",
        help="a column of your own file; repeat",
    )
    add(
        "--domain",
        default="fol",
        help="the domain of the formulas: a name or a .py file's path",
    )
    add("--predictions", help="for correct: a file of a model's answers, as the wrong formulas")


def main(argv: list[str]) -> int:
    """Run the command: 0 done; raises `UsageError` on bad usage and on data that cannot be used."""
    arguments = make_parser().parse_args(argv)
    actions = {"inspect": _inspect, "build": _build, "entail": _entail}
    try:
        return actions[arguments.command](arguments)
    except DataError as error:
        raise UsageError(str(error)) from error


def _load(arguments: argparse.Namespace, task: str) -> dict[str, Corpus[Record]]:
    columns = each_once("--column", map(_column, arguments.column))
    splits = arguments.split or data.split_names(
        arguments.name,
        task,
        arguments.path,
    )
    return {
        split: data.load(
            arguments.name,
            split=split,
            task=task,
            path=arguments.path,
            size=arguments.size,
            seed=arguments.seed,
            columns=columns or None,
            predictions=arguments.predictions,
            domain=arguments.domain,
            dialect=arguments.dialect,
            settings=arguments.settings,
        )
        for split in splits
    }


def _column(pair: str) -> tuple[str, str]:
    ours, equals, theirs = pair.partition("=")
    if not (ours and equals and theirs):
        raise UsageError(f"--column {pair}: write OURS=THEIRS, as in --column sentence=NL")
    return ours, theirs


def _inspect(arguments: argparse.Namespace) -> int:
    task = arguments.task or data.tasks(arguments.name)[0]
    description = inspection.describe(
        _load(arguments, task), name=arguments.name, task=task, examples=max(0, arguments.examples)
    )
    if arguments.json:
        print(json.dumps(description, ensure_ascii=False))
    else:
        _print_description(description, task)
    return 0


def _print_description(description: dict[str, Any], task: str) -> None:
    console = terminal()
    heading = f"{description['name']}: {task}; licence: {description['licence']}"
    console.print(Text(heading, style="bold"), soft_wrap=True)
    console.print(_sizes(description["splits"], description["undivided"]["left_out"]))
    for split, part in (
        *description["splits"].items(),
        (inspection.WHOLE, description["undivided"]),
    ):
        for line in _reasons(part["reasons"]):
            console.print(Text(f"{split}, left out: {line}"), soft_wrap=True)
    shared = description["shared"]
    warning = " (the splits leak)" if shared else ""
    console.print(f"texts in two splits: {shared:,}{warning}", style="red" if shared else "green")
    for split, part in description["splits"].items():
        if part["tells"]:
            shares = [f"{name} {share:.1%}" for name, share in part["tells"].items()]
            console.print(
                f"{split}: the chosen answer is told without understanding (chance: 50 %) by "
                + ", ".join(shares),
                soft_wrap=True,
            )
    for split, part in description["splits"].items():
        for row in part["examples"]:
            console.print(Text(f"\n{split}", style="dim"))
            for part, style in (("prompt", "cyan"), ("completion", "green")):
                end = "" if isinstance(row[part], str) and part == "prompt" else "\n"
                console.print(Text(_plain(row[part]), style=style), end=end, soft_wrap=True)
    console.print()
    console.print(_vocabulary(description["vocabulary"]))


def _plain(text: str | list[dict[str, str]]) -> str:
    """A prompt or a completion, which may be a conversation."""
    if isinstance(text, str):
        return text
    return "\n".join([f"{turn['role'].capitalize()}: {turn['content']}" for turn in text])


def _sizes(splits: dict[str, Any], undivided: int) -> Table:
    """The rows of each split; `undivided` were left out of a file that was divided into them."""
    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column("split")
    for name in ("rows", "groups", "scope widened", "left out"):
        table.add_column(name, justify="right")
    for split, part in splits.items():
        counts = [f"{part[key]:,}" for key in ("rows", "groups", "repaired", "left_out")]
        table.add_row(split, *counts)
    if undivided:
        table.add_row(inspection.WHOLE, "", "", "", f"{undivided:,}")
    return table


def _reasons(reasons: dict[str, int]) -> list[str]:
    """Why rows were left out: the first reasons with their counts, the others as one."""
    counts = list(reasons.items())
    lines = [
        first if count == 1 else f"{count:,} like {first}" for first, count in counts[:MAX_REASONS]
    ]
    if len(counts) > MAX_REASONS:
        rest = sum(count for _, count in counts[MAX_REASONS:])
        lines.append(f"{rest:,} for other reasons")
    return lines


def _vocabulary(vocabulary: dict[str, Any]) -> Table:
    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    table.add_row(
        "words",
        f"{vocabulary['words']:,}",
        f"longest text {vocabulary['longest_text']:,} characters",
    )
    if vocabulary["predicates"]:
        frequent = [
            f"{name} {count:,}" for name, count in vocabulary["frequent_predicates"].items()
        ]
        table.add_row(
            "predicates",
            f"{vocabulary['predicates']:,}",
            Text(", ".join(frequent)),
        )
        table.add_row(
            "constants",
            f"{vocabulary['constants']:,}",
            f"longest formula {vocabulary['longest_formula']:,}",
        )
    return table


def _build(arguments: argparse.Namespace) -> int:
    task = arguments.task or data.tasks(arguments.name)[0]
    corpora = _load(arguments, task)
    faults = inspection.left_out(corpora)
    undivided = [] if inspection.WHOLE in corpora else faults[inspection.WHOLE]
    card = {
        "name": arguments.name,
        "task": task,
        "licence": data.licence(arguments.name),
        "seed": arguments.seed,
        "splits": {
            split: {
                "rows": len(corpus),
                "left_out": len(faults[split]),
                "reasons": inspection.reasons(faults[split]),
            }
            for split, corpus in corpora.items()
        },
        "undivided": {
            "left_out": len(undivided),
            "reasons": inspection.reasons(undivided),
        },
        "shared": inspection.shared(corpora),
    }
    output = inspection.build(
        corpora,
        arguments.output,
        card,
        overwrite=arguments.overwrite,
    )
    if arguments.json:
        print(json.dumps(card, ensure_ascii=False))
    else:
        sizes = [f"{split} {len(corpus):,}" for split, corpus in corpora.items()]
        rows = ", ".join(sizes)
        left_out = sum(map(len, faults.values()))
        print(f"{output}: {rows} rows; {left_out:,} left out")
    return 0


def _entail(arguments: argparse.Namespace) -> int:
    answers = entailment.predictions(arguments.predictions) if arguments.predictions else None
    reports: dict[str, Any] = {}
    judgements: list[entailment.Judgement] = []
    for split in arguments.split or data.split_names(arguments.name, "entail", arguments.path):
        corpus: Corpus[Story] = data.load(
            arguments.name,
            split=split,
            task="entail",
            path=arguments.path,
            size=arguments.size,
            seed=arguments.seed,
            dialect=arguments.dialect,
            settings=arguments.settings,
        )
        of_split = [entailment.judge(story, answers) for story in corpus.rows]
        judgements += of_split
        reports[split] = entailment.report(
            corpus,
            of_split,
            gold=answers is None,
        )
    if arguments.output:
        write_jsonl(Path(arguments.output), [judgement.to_dict() for judgement in judgements])
    if arguments.json:
        print(json.dumps(reports, ensure_ascii=False))
    else:
        _print_entailment(reports)
    return 0


def _print_entailment(reports: dict[str, Any]) -> None:
    console = terminal()
    for split, report in reports.items():
        console.print(Text(f"{split}: {report['stories']:,} stories", style="bold"))
        if report["with_conclusion"]:
            console.print(_findings(report))
            console.print(_accuracy(report))
        else:
            console.print("no conclusion has a formula, so no label can be proved")
        if report["premise_sets"]:
            inconsistent = report["inconsistent_premises"]
            console.print(
                f"distinct sets of premises: {report['premise_sets']:,}; "
                f"inconsistent: {len(inconsistent):,}; "
                f"unreadable: {report['premise_sets_unread']:,}"
            )
            _print_lines(
                console, [f"{where}: the premises contradict each other" for where in inconsistent]
            )
        _print_lines(console, report["disagreeing"])
        _print_lines(console, report["reasons"])


def _accuracy(report: dict[str, Any]) -> str:
    line = f"{report['proved_labels']:,} labels proved: {report['accuracy']:.1%} of all stories"
    of_judged = report["accuracy_of_judged"]
    if of_judged is not None:
        line += f", {of_judged:.1%} of the {report['judged']:,} judged"
    return f"{line}; not judged: {report['not_judged']:,}"


def _findings(report: dict[str, Any]) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column("label")
    for finding in entailment.FINDINGS:
        table.add_column(finding, justify="right")
    for label, counts in report["table"].items():
        table.add_row(label, *(f"{counts[finding]:,}" for finding in entailment.FINDINGS))
    return table


def _print_lines(console: Console, lines: Sequence[str]) -> None:
    for line in lines:
        console.print(Text(f"  {line}"), soft_wrap=True)
