"""The `folalign` command. Each command imports what it needs when it is called, so `verify` needs no torch."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable
from importlib import metadata

from pipelines.errors import UsageError
from pipelines.registry import STAGES

USAGE = """\
usage: folalign COMMAND [--config FILE] [--key value ...]

commands:
  run        train and evaluate, section by section, as a config says
{stages}
  translate  sentences to formulas with a trained model, chosen by what most samples say
  data       inspect a data set, write it out prepared, or let its formulas prove its labels
  report     one HTML page on runs: results, learning curves, errors, answers
  domains    list the domains beyond the core language, or write the files of a new one
  verify     judge formulas against references; needs no config and no training packages

  folalign COMMAND --help   the command's options
  folalign --version        the version

A config is YAML; options on the command line win over it. For `run`, --key sets a shared key in every stage and
--section.key one section's, as in:

  folalign run --config pipelines/configs/tiny.yaml --seed 1 --sgrpo.learning_rate 1e-4
"""


def _stage(name: str) -> Callable[[list[str]], int]:
    def command(argv: list[str]) -> int:
        _need_training_packages()
        from pipelines.console import quiet

        quiet()
        from pipelines.processes import join_without_accelerator, launched

        if launched() > 1 and not STAGES[name].trains:
            raise UsageError(
                f"`folalign {name}` trains nothing and takes one process, and {launched()} were launched"
            )
        join_without_accelerator()
        from pipelines.config.sections import load_stage

        config = load_stage(name, argv)
        STAGES[name].module().main(config)
        return 0

    return command


def _run(argv: list[str]) -> int:
    _need_training_packages()
    from pipelines.console import quiet

    quiet()
    from pipelines.commands import run

    return run.main(argv)


def _verify(argv: list[str]) -> int:
    from pipelines.commands import verify

    return verify.main(argv)


def _report(argv: list[str]) -> int:
    from pipelines.report import page

    return page.main(argv)


def _translate(argv: list[str]) -> int:
    from pipelines.console import quiet

    if not {"-h", "--help"} & set(argv):
        _need_training_packages()
        quiet()
    from pipelines.commands import translate

    return translate.main(argv)


def _data(argv: list[str]) -> int:
    from pipelines.commands import data

    return data.main(argv)


def _domains(argv: list[str]) -> int:
    from pipelines.commands import domains

    return domains.main(argv)


COMMANDS: dict[str, Callable[[list[str]], int]] = {
    "run": _run,
    **{name: _stage(name) for name in STAGES},
    "translate": _translate,
    "data": _data,
    "report": _report,
    "domains": _domains,
    "verify": _verify,
}


def main(argv: list[str] | None = None) -> int:
    """Run a command: 0 done, 1 `verify` found formulas that are not equivalent, 2 bad usage, 130 interrupted."""
    argv = list(sys.argv[1:] if argv is None else argv)
    try:
        return _main(argv)
    except UsageError as error:
        return report(error)
    except KeyboardInterrupt:
        from pipelines.processes import is_child

        if not is_child():
            again = shlex.join(["folalign", *argv])
            print(
                f"\nfolalign: interrupted. The same command goes on from here: {again}",
                file=sys.stderr,
            )
        return 130


def report(error: UsageError) -> int:
    """Print what a person can mend; the exit code that says so."""
    print(f"folalign: error: {error}", file=sys.stderr)
    return 2


def _main(argv: list[str]) -> int:
    if not argv or argv[0] in ("-h", "--help"):
        stages = "\n".join(f"  {name:<9}  {stage.summary}" for name, stage in STAGES.items())
        print(USAGE.format(stages=stages), end="")
        return 0 if argv else 2
    if argv[0] == "--version":
        print(f"folalign {metadata.version('folalign')}")
        return 0
    if argv[0] not in COMMANDS:
        raise UsageError(f"unknown command '{argv[0]}'; allowed: {', '.join(COMMANDS)}")
    return COMMANDS[argv[0]](argv[1:])


def _need_training_packages() -> None:
    from importlib.util import find_spec

    missing = [
        name
        for name in ("torch", "transformers", "trl", "datasets", "yaml")
        if find_spec(name) is None
    ]
    if missing:
        raise UsageError(f"this command needs {', '.join(missing)}: pip install 'folalign[train]'")


if __name__ == "__main__":
    sys.exit(main())
