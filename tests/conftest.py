"""Shared fixtures: optional data sets beside the repository, and a skip for tests that need a GPU."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent

# Test processes (workers, vLLM, training) share few cores, and no test may reach for the hub.
os.environ.setdefault("OMP_NUM_THREADS", "2")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("HF_DATASETS_OFFLINE", "1")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    marked = [item for item in items if item.get_closest_marker("gpu")]
    if marked and shutil.which("nvidia-smi") is None:
        for item in marked:
            item.add_marker(pytest.mark.skip(reason="no NVIDIA GPU"))


def _external(name: str) -> Path:
    """Folder of a data set that is not part of the repository; skips the test where it is absent."""
    places = [REPOSITORY.parent / "shared" / "data", REPOSITORY / "shared" / "data"]
    if stated := os.environ.get("FOLALIGN_TEST_DATA"):
        places.insert(0, Path(stated))
    for place in places:
        if (place / name).is_dir():
            return place / name
    pytest.skip(f"no {name} data: set FOLALIGN_TEST_DATA to a folder with {name}/ in it")


@pytest.fixture(scope="session")
def repository() -> Path:
    """Root of the repository."""
    return REPOSITORY


@pytest.fixture(scope="session")
def folio_folder() -> Path:
    """Folder with folio-train.jsonl and folio-validation.jsonl."""
    return _external("folio")


@pytest.fixture
def in_temporary_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Run the test with an empty current folder; returns it."""
    monkeypatch.chdir(tmp_path)
    yield tmp_path
