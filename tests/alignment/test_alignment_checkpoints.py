"""Which checkpoint a training goes on from: the newest whose every part is as it was written."""

from __future__ import annotations

from pathlib import Path

import pytest
from alignment_tiny import build_tiny, config, trainer

from alignment.trainers.checkpoints import PARTS, last_checkpoint, list_parts
from alignment.watching import DamagedLogError, MetricsLog, SamplesLog

FILES = {
    "trainer_state.json": b'{"global_step": 1}',
    "model.safetensors": b"w" * 5_000,
    "optimizer.pt": b"o" * 3_000,
    "rng_state.pth": b"r" * 100,
    "sgrpo_state_0.pt": b"s" * 100,
    "shards/0.bin": b"f" * 10,
}


def make(folder: Path, step: int, *, listed: bool = True) -> Path:
    checkpoint = folder / f"checkpoint-{step}"
    for name, content in FILES.items():
        path = checkpoint / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    if listed:
        list_parts(checkpoint)
    return checkpoint


@pytest.mark.parametrize("name", [*FILES, PARTS])
@pytest.mark.parametrize("damage", ["missing", "truncated", "empty", "changed"])
def test_a_damaged_part_leads_to_the_checkpoint_before(
    tmp_path: Path, name: str, damage: str
) -> None:
    whole, damaged = make(tmp_path, 8), make(tmp_path, 10)
    assert last_checkpoint(tmp_path) == damaged
    path = damaged / name
    content = path.read_bytes()
    if damage == "missing":
        path.unlink()
    elif damage == "changed":
        path.write_bytes(bytes([content[0] ^ 1]) + content[1:])
    else:
        path.write_bytes(content[: len(content) // 2] if damage == "truncated" else b"")
    told: list[str] = []
    assert last_checkpoint(tmp_path, told.append) == whole
    assert len(told) == 1 and f"{damaged} is passed over: " in told[0]


def test_a_checkpoint_that_was_cut_off_before_its_list_is_passed_over(tmp_path: Path) -> None:
    whole = make(tmp_path, 8)
    make(tmp_path, 10, listed=False)
    assert last_checkpoint(tmp_path) == whole


def test_checkpoints_of_other_trainers_need_their_state_alone(tmp_path: Path) -> None:
    make(tmp_path, 8, listed=False)
    other = make(tmp_path, 10, listed=False)
    (tmp_path / "checkpoint-²").mkdir()
    assert last_checkpoint(tmp_path) == other


@pytest.mark.slow
def test_our_trainers_list_the_parts_of_their_checkpoints(tmp_path: Path) -> None:
    model = build_tiny(tmp_path / "model")
    args = config(str(tmp_path / "out"), max_steps=2, save_strategy="steps", save_steps=1)
    trainer(model, args).train()
    for step in (1, 2):
        assert (tmp_path / "out" / f"checkpoint-{step}" / PARTS).is_file()
    newest = last_checkpoint(tmp_path / "out")
    assert newest is not None and newest.name == "checkpoint-2"
    (newest / "sgrpo_state_0.pt").unlink()
    before = last_checkpoint(tmp_path / "out")
    assert before is not None and before.name == "checkpoint-1"


class _State:
    is_world_process_zero = True
    max_steps = 10

    def __init__(self, step: int) -> None:
        self.global_step = step


@pytest.mark.parametrize("log", [MetricsLog, SamplesLog])
@pytest.mark.parametrize("line", [b'{"x": 1}', b"\xff", b"xx", b"3", b"[" * 100_000])
def test_a_line_that_is_no_row_of_a_log_is_named(tmp_path: Path, log: type, line: bytes) -> None:
    path = tmp_path / "log.jsonl"
    content = b'{"step": 1}\n' + line + b'\n{"step": 2}\n'
    path.write_bytes(content)
    with pytest.raises(DamagedLogError, match=r"log\.jsonl, line 2: no row of a log"):
        log(path).on_train_begin(None, _State(2), None)
    assert path.read_bytes() == content
    log(path).on_train_begin(None, _State(0), None)
    assert path.read_bytes() == b""


def test_a_log_keeps_every_sign_and_loses_what_was_cut_off(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    path.write_bytes('{"step": 1, "a": "\u2028\x85"}\n{"step": 3}\n{"st'.encode())
    SamplesLog(path).on_train_begin(None, _State(2), None)
    assert path.read_bytes() == '{"step": 1, "a": "\u2028\x85"}\n'.encode()
