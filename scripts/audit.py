"""Known vulnerabilities of the locked packages, by pip-audit: part of `make lint`.

    python scripts/audit.py

pip-audit comes by uv, into an environment of its own. It asks the package index for advisories; an
index that has none, as many mirrors, and a machine without a network are told, and fail nothing:
what could not be audited is no finding. Exit code 1 for a finding that `ACCEPTED` gives no reason for.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from environment import find_uv

ROOT = Path(__file__).resolve().parents[1]
LOCKS = ("requirements/cpu.txt", "requirements/gpu.txt")
PROBE = "numpy==1.21.0\n"
"""A version with published advisories: an index that knows none of them has no advisories."""
ACCEPTED: dict[str, str] = {}
"""Advisories that do not concern this project: the identifier, and why."""
SECONDS = 300


def audit(requirements: Path) -> list[dict[str, Any]] | None:
    """The packages with their advisories; None where pip-audit or its data cannot be had."""
    words = ["tool", "run", "--quiet", "pip-audit", "--no-deps", "--disable-pip"]
    words += ["--progress-spinner", "off", "--format", "json", "--requirement", str(requirements)]
    try:
        done = subprocess.run(
            [*find_uv(), *words], capture_output=True, text=True, timeout=SECONDS, check=False
        )
        return list(json.loads(done.stdout)["dependencies"])
    except (OSError, ValueError, KeyError, subprocess.TimeoutExpired):
        return None


def has_advisories() -> bool:
    """Whether there is anything to ask."""
    with tempfile.TemporaryDirectory() as folder:
        probe = Path(folder) / "probe.txt"
        probe.write_text(PROBE, encoding="utf-8")
        packages = audit(probe)
    return bool(packages and packages[0].get("vulns"))


def findings(packages: list[dict[str, Any]]) -> list[str]:
    """One line for each advisory that is not accepted."""
    return [
        f"{package['name']} {package['version']}: {advisory['id']}, mended in "
        f"{', '.join(advisory.get('fix_versions', [])) or 'no version'}"
        for package in packages
        for advisory in package.get("vulns", [])
        if advisory["id"] not in ACCEPTED
    ]


def main() -> int:
    if not has_advisories():
        print("audit: the package index has no advisories, or is not there: nothing was audited")
        return 0
    found: list[str] = []
    for lock in LOCKS:
        packages = audit(ROOT / lock)
        if packages is None:
            print(f"audit: {lock} could not be audited")
            continue
        skipped = sum("skip_reason" in package for package in packages)
        print(f"audit: {lock}: {len(packages)} packages, {skipped} unknown to the index")
        found += findings(packages)
    print("\n".join(found), end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
