"""`folalign verify --pairs`: from a file, a pattern or a hub name to a file of results and a summary."""

from __future__ import annotations

import json
import sys
import tempfile
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console

from data.records import DataError
from logic.judging.workers.pool import MAX_WORKERS
from pipelines.bulk.engines import Engine, Work, judge_here
from pipelines.bulk.formats import STDOUT, Format, format_of, is_stream
from pipelines.bulk.identity import identity_of
from pipelines.bulk.judging import BROKEN, Question
from pipelines.bulk.parts import Part, Parts, is_joining
from pipelines.bulk.progress import progress_of
from pipelines.bulk.sources import Source, open_sources
from pipelines.bulk.summary import Summary, summary_table, total
from pipelines.console import terminal
from pipelines.errors import UsageError
from pipelines.streams import is_same_file, while_read

SHARD_ROWS = 10_000


def verify_pairs(arguments: Namespace) -> int:
    """Judge every row: 0 all equivalent, 1 some are not. Raises `UsageError`.

    Rows that cannot be judged are kept with their reasons, counted, and the first ones named.
    """
    if arguments.workers is not None and arguments.workers > MAX_WORKERS:
        raise UsageError(f"--workers must be at most {MAX_WORKERS:,}, got {arguments.workers:,}")
    try:
        with open_sources(arguments.pairs, arguments.split or "train") as sources:
            summary = _judged(arguments, sources)
    except DataError as error:
        raise UsageError(str(error)) from None
    _tell_faults(summary)
    figures = summary.figures()
    # Standard output has the rows where they were sent there.
    where = sys.stderr if arguments.output in STDOUT else sys.stdout
    with while_read():
        if arguments.json:
            print(json.dumps(figures), file=where)
        else:
            terminal(stderr=where is sys.stderr).print(summary_table(figures))
    return 0 if figures["equivalent"] == figures["rows"] else 1


def _judged(arguments: Namespace, sources: list[Source]) -> Summary:
    output: Path | None = arguments.output
    question = _question(arguments)
    for source in sources:
        if arguments.split is not None and source.path is not None:
            raise UsageError(f"--split is of a data set on the hub, and {source.name} is a file")
        _check_columns(source, question)
        if output is not None and source.path is not None and is_same_file(output, source.path):
            raise UsageError(f"--output {output} is the file with the pairs; name another")
    form = None if output is None else format_of(output)
    work = Work(sources, question, arguments.shard or SHARD_ROWS, form)
    if output is None or form is None:
        judged = {part.key: part.summary for part in _run(work, arguments, {})}
        return _usable(total(judged), arguments.pairs)
    identity = identity_of(sources, question, work.shard_rows)
    with (
        _folder(output, arguments.overwrite) as folder,
        Parts(folder, identity, overwrite=arguments.overwrite) as parts,
    ):
        return _written(work, form, arguments, parts, output)


def _written(work: Work, form: Format, arguments: Namespace, parts: Parts, output: Path) -> Summary:
    """The results as the output, by way of the parts; those that are there are not judged again."""
    found = parts.find(_warn)
    if found:
        rows = sum(summary.rows for summary in found.values())
        _console().print(f"going on: {rows:,} rows are judged already, in {parts.folder}")
    for part in _run(work, arguments, dict(found)):
        parts.add(part)
        found[part.key] = part.summary
    summary = total(found)
    if summary.rows > summary.broken:
        with while_read():
            parts.join(sorted(found), form, output)
    parts.delete()
    return _usable(summary, arguments.pairs)


def _run(work: Work, arguments: Namespace, done: dict[str, Summary]) -> Iterator[Part]:
    """The parts that are not done, while a bar tells how far it is."""
    rows = sum(summary.rows for summary in done.values())
    engine = _engine(arguments.engine)
    with progress_of(work.sources, rows, _console()) as bar:
        for part in engine(work, list(done), arguments.workers, bar.tick):
            rows += part.summary.rows
            bar.reach(rows)
            yield part


def _engine(name: str | None) -> Engine:
    if name != "ray":
        return judge_here
    from pipelines.bulk.on_ray import judge_on_ray  # here: it imports Ray, of an extra

    return judge_on_ray


@contextmanager
def _folder(output: Path, overwrite: bool) -> Iterator[Path]:
    """Where the parts of an output are kept. Raises `UsageError` where it would be overwritten."""
    if is_stream(output):
        with tempfile.TemporaryDirectory() as passing:
            yield Path(passing)
        return
    folder = output.with_name(f"{output.name}.parts")
    if output.exists() and not overwrite and not is_joining(folder):
        raise UsageError(f"{output} is there already; name another --output, or pass --overwrite")
    yield folder


def _question(arguments: Namespace) -> Question:
    return Question(
        **arguments.columns,
        names=arguments.names,
        domain=arguments.domain,
        dialect=arguments.dialect,
        relation=not arguments.no_relation,
        strict=arguments.strict,
    )


def _check_columns(source: Source, question: Question) -> None:
    """Raises `UsageError` where no row that is looked at has the columns that are to be judged."""
    rows = source.first_rows()
    for role, column in (("candidate", question.candidate), ("reference", question.reference)):
        if rows and not any(column in columns for columns in rows):
            names = ", ".join(map(repr, rows[0])) or "none"
            raise UsageError(
                f"{source.name}: no column {column!r}; it has {names}; "
                f"--column {role}=NAME names another"
            )


def _usable(summary: Summary, pairs: str) -> Summary:
    """The summary; raises `UsageError` where no row could be judged."""
    if summary.rows > summary.broken:
        return summary
    first = ""
    if summary.faults:
        _, row, reason = summary.faults[0]
        first = f"; row {row}: {reason}"
    raise UsageError(f"{pairs}: none of its {summary.rows} rows can be used{first}")


def _tell_faults(summary: Summary) -> None:
    for source, row, reason in summary.faults:
        _warn(f"{source}, row {row}: {reason}")
    more = summary.broken - len(summary.faults)
    if more:
        _warn(f"and {more:,} more rows that cannot be judged: verdict {BROKEN!r} of the output")


def _console() -> Console:
    return terminal(stderr=True)


def _warn(text: str) -> None:
    _console().print(text, style="yellow", markup=False, soft_wrap=True)
