"""Faults from outside: full disks as libraries tell them, and errors that are no one's use."""

from __future__ import annotations

import errno
import os
import subprocess
import sys

import pytest

from pipelines import cli
from pipelines.errors import UsageError, disk_full

FULL = [
    OSError(errno.ENOSPC, "No space left on device"),
    OSError(errno.EDQUOT, "Disk quota exceeded"),
    RuntimeError("Error while serializing: I/O error: No space left on device (os error 28)"),
    RuntimeError("[enforce fail at inline_container.cc:672] . unexpected pos 64 vs 0"),
    RuntimeError("PytorchStreamWriter failed writing file data/3: file write failed"),
]


def raising(error: BaseException, *, wrapped: bool = False):
    def main(argv: list[str]) -> int:
        if wrapped:
            raise UsageError("cannot write x") from error
        raise error

    return main


@pytest.mark.parametrize("wrapped", [False, True])
@pytest.mark.parametrize("error", FULL, ids=range(len(FULL)))
def test_a_full_disk_is_one_message_whoever_tells_it(
    error: Exception,
    wrapped: bool,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(cli, "_main", raising(error, wrapped=wrapped))
    assert cli.main(["verify"]) == 2
    err = capsys.readouterr().err
    assert err.startswith("folalign: error: the disk is full (") and err.count("\n") == 1
    assert "goes on from what was kept" in err


def test_other_errors_are_no_full_disk_and_no_verdict(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert disk_full(OSError(errno.EACCES, "denied")) is None
    monkeypatch.setattr(cli, "_main", raising(OSError(errno.EACCES, "denied")))
    assert cli.main(["verify"]) == cli.FAULT == 3
    assert "Traceback" in capsys.readouterr().err


def test_a_broken_pipe_that_is_not_the_output_is_a_fault(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """A worker's or a sampler's pipe: what was to be done was not done."""
    monkeypatch.setattr(cli, "_main", raising(BrokenPipeError(errno.EPIPE, "a worker is gone")))
    assert cli.main(["sgrpo"]) == cli.FAULT
    assert "a worker is gone" in capfd.readouterr().err


def test_a_reader_that_has_read_enough_is_no_fault() -> None:
    code = (
        "from pipelines import cli\n"
        "cli._main = lambda argv: print('row\\n' * 1_000_000) or 1\n"
        "raise SystemExit(cli.main(['verify']))"
    )
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run([sys.executable, "-c", code], stdout=writer, stderr=subprocess.PIPE)
    os.close(writer)
    assert (done.returncode, done.stderr) == (0, b"")
