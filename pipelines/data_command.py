"""`folalign data`: look at a data set, write it out prepared, or let its formulas prove its labels."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from rich.console import Console
from rich.table import Table
from rich.text import Text

import data
from data import entailment, inspection
from data.corpus import Corpus
from data.files import READERS
from data.records import DataError, Record, Story
from pipelines.errors import UsageError
from pipelines.files import write_jsonl


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageError(message)


def _parser() -> _Parser:
    parser = _Parser(prog="folalign data", description=__doc__, allow_abbrev=False)
    commands = parser.add_subparsers(dest="command", required=True, parser_class=_Parser)
    inspect = commands.add_parser("inspect", help="size, licence, examples, audit and vocabulary")
    build = commands.add_parser("build", help="write the prepared splits as JSON lines")
    entail = commands.add_parser(
        "entail", help="do the formulas of the stories prove their labels?"
    )
    for command in (inspect, build, entail):
        command.add_argument("name", metavar="NAME", help=f"one of {', '.join(data.NAMES)}")
        command.add_argument(
            "--path", help=f"a folder, a file ({', '.join(READERS)}) or a name on the hub"
        )
        command.add_argument(
            "--split", action="append", metavar="SPLIT", help="this split alone; may be repeated"
        )
        command.add_argument("--size", type=int, help="at most so many rows of a split")
        command.add_argument(
            "--seed", type=int, default=0, help="which rows, and which edits (default 0)"
        )
        command.add_argument("--json", action="store_true", help="print JSON instead of tables")
    for command in (inspect, build):
        command.add_argument(
            "--task", help="where a data set serves several: translate, correct, entail ..."
        )
        command.add_argument(
            "--column",
            action="append",
            default=[],
            metavar="OURS=THEIRS",
            help="a column of your own file; repeat",
        )
        command.add_argument(
            "--domain",
            default="fol",
            help="the domain of the formulas: a name or a .py file's path",
        )
        command.add_argument(
            "--predictions", help="for correct: a file of a model's answers, as the wrong formulas"
        )
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


def main(argv: list[str]) -> int:
    """Run the command: 0 done; raises `UsageError` on bad usage and on data that cannot be used."""
    arguments = _parser().parse_args(argv)
    try:
        return {"inspect": _inspect, "build": _build, "entail": _entail}[arguments.command](
            arguments
        )
    except DataError as error:
        raise UsageError(str(error)) from error


def _load(arguments: argparse.Namespace, task: str) -> dict[str, Corpus[Record]]:
    columns = dict(_column(pair) for pair in arguments.column)
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
        )
        for split in arguments.split or data.split_names(arguments.name, task, arguments.path)
    }


def _column(pair: str) -> tuple[str, str]:
    ours, equals, theirs = pair.partition("=")
    if not (ours and equals and theirs):
        raise UsageError(f"--column {pair}: write OURS=THEIRS, as in --column sentence=NL")
    return ours, theirs


def _inspect(arguments: argparse.Namespace) -> int:
    task = arguments.task or data.tasks(arguments.name)[0]
    found = inspection.describe(
        _load(arguments, task), name=arguments.name, task=task, examples=max(0, arguments.examples)
    )
    if arguments.json:
        print(json.dumps(found, ensure_ascii=False))
        return 0
    console = Console(highlight=False)
    console.print(
        Text(f"{found['name']}: {task}; licence: {found['licence']}", style="bold"), soft_wrap=True
    )
    console.print(_sizes(found["splits"]))
    leak = found["shared"]
    console.print(
        f"texts in two splits: {leak:,}" + (" (the splits leak)" if leak else ""),
        style="red" if leak else "green",
    )
    for split, part in found["splits"].items():
        for row in part["examples"]:
            console.print(Text(f"\n{split}", style="dim"))
            console.print(Text(row["prompt"], style="cyan"), end="", soft_wrap=True)
            console.print(Text(row["completion"], style="green"), soft_wrap=True)
    console.print()
    console.print(_vocabulary(found["vocabulary"]))
    return 0


def _sizes(splits: dict[str, Any]) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column("split")
    for name in ("rows", "groups", "scope widened", "left out"):
        table.add_column(name, justify="right")
    table.add_column("why")
    for split, part in splits.items():
        listed = list(part["reasons"].items())
        why = "\n".join(f"{count:,} {reason}" for reason, count in listed[:6])
        if len(listed) > 6:
            why += f"\n{sum(count for _, count in listed[6:]):,} for other reasons"
        table.add_row(
            split,
            f"{part['rows']:,}",
            f"{part['groups']:,}",
            f"{part['repaired']:,}",
            f"{part['left_out']:,}",
            Text(why),
        )
    return table


def _vocabulary(found: dict[str, Any]) -> Table:
    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    frequent = ", ".join(
        f"{name} {count:,}" for name, count in found["frequent_predicates"].items()
    )
    table.add_row(
        "words", f"{found['words']:,}", f"longest text {found['longest_text']:,} characters"
    )
    if found["predicates"]:
        table.add_row("predicates", f"{found['predicates']:,}", Text(frequent))
        table.add_row(
            "constants", f"{found['constants']:,}", f"longest formula {found['longest_formula']:,}"
        )
    return table


def _build(arguments: argparse.Namespace) -> int:
    task = arguments.task or data.tasks(arguments.name)[0]
    corpora = _load(arguments, task)
    card = {
        "name": arguments.name,
        "task": task,
        "licence": data.licence(arguments.name),
        "seed": arguments.seed,
        "splits": {
            split: {
                "rows": len(corpus),
                "left_out": len(corpus.quarantined),
                "reasons": inspection.reasons(corpus),
            }
            for split, corpus in corpora.items()
        },
        "shared": inspection.shared(corpora),
    }
    output = inspection.build(corpora, arguments.output, card, overwrite=arguments.overwrite)
    if arguments.json:
        print(json.dumps(card, ensure_ascii=False))
    else:
        rows = ", ".join(f"{split} {len(corpus):,}" for split, corpus in corpora.items())
        left_out = sum(len(corpus.quarantined) for corpus in corpora.values())
        print(f"{output}: {rows} rows; {left_out:,} left out")
    return 0


def _entail(arguments: argparse.Namespace) -> int:
    answers = entailment.predictions(arguments.predictions) if arguments.predictions else None
    found: dict[str, Any] = {}
    judgements: list[entailment.Judgement] = []
    for split in arguments.split or data.split_names(arguments.name, "entail", arguments.path):
        corpus: Corpus[Story] = data.load(
            arguments.name,
            split=split,
            task="entail",
            path=arguments.path,
            size=arguments.size,
            seed=arguments.seed,
        )
        listed = [entailment.judge(story, answers) for story in corpus.rows]
        judgements += listed
        found[split] = entailment.report(corpus, listed, gold=answers is None)
    if arguments.output:
        write_jsonl(Path(arguments.output), [one.to_dict() for one in judgements])
    if arguments.json:
        print(json.dumps(found, ensure_ascii=False))
    else:
        _print_entailment(found)
    return 0


def _print_entailment(found: dict[str, Any]) -> None:
    console = Console(highlight=False)
    for split, part in found.items():
        console.print(Text(f"{split}: {part['stories']:,} stories", style="bold"))
        if part["with_conclusion"]:
            console.print(_findings(part))
            share = (
                f"{part['proved_labels']:,} labels proved: {part['accuracy']:.1%} of all stories"
            )
            of_judged = part["accuracy_of_judged"]
            judged = (
                "" if of_judged is None else f", {of_judged:.1%} of the {part['judged']:,} judged"
            )
            console.print(f"{share}{judged}; not judged: {part['not_judged']:,}")
        else:
            console.print("no conclusion has a formula, so no label can be proved")
        if part["premise_sets"]:
            sets, broken = part["premise_sets"], part["premise_sets_unread"]
            wrong = part["inconsistent_premises"]
            console.print(
                f"distinct sets of premises: {sets:,}; inconsistent: {len(wrong):,}; unreadable: {broken:,}"
            )
            _list(console, [f"{where}: the premises contradict each other" for where in wrong])
        _list(console, part["disagreeing"])
        _list(console, part["reasons"])


def _findings(part: dict[str, Any]) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column("label")
    for finding in entailment.FINDINGS:
        table.add_column(finding, justify="right")
    for label, counts in part["table"].items():
        table.add_row(label, *(f"{counts[finding]:,}" for finding in entailment.FINDINGS))
    return table


def _list(console: Console, lines: Sequence[str]) -> None:
    for line in lines:
        console.print(Text(f"  {line}"), soft_wrap=True)
