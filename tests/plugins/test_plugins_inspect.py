"""Inspect: an evaluation with its mock model, and the task as its command finds it."""

from pathlib import Path
from typing import Any

import pytest
from plugged import ANSWERS, REFERENCE, UNREADABLE, expected, need

need("inspect_ai", "inspect")

from inspect_ai import Task, eval, list_tasks  # noqa: E402
from inspect_ai.dataset import Sample  # noqa: E402
from inspect_ai.model import ModelOutput, ModelUsage, get_model  # noqa: E402

from alignment.plugins.inspect_task import first_order_logic, logic_score  # noqa: E402


def _evaluated(task: Task, answers: list[str], folder: Path) -> Any:
    outputs = [ModelOutput.from_content("mockllm/model", answer) for answer in answers]
    for output in outputs:
        # Without it Inspect counts tokens, for which it fetches a tokenizer.
        output.usage = ModelUsage(input_tokens=1, output_tokens=1, total_tokens=2)
    model = get_model("mockllm/model", custom_outputs=outputs)
    (log,) = eval(task, model=model, display="none", log_dir=str(folder), max_samples=1)
    assert log.status == "success", log.error
    return log


def test_the_scorer_says_what_the_judge_says(tmp_path: Path) -> None:
    samples = [Sample(input="Every cat is an animal.", target=REFERENCE) for _ in ANSWERS]
    log = _evaluated(Task(dataset=samples, scorer=logic_score()), list(ANSWERS), tmp_path)
    scores = [sample.scores["logic_score"] for sample in log.samples]
    assert [score.value for score in scores] == expected()
    assert scores[1].answer == ANSWERS[1] and "countermodel" in scores[1].explanation
    assert [score.reason for score in scores] == [None, None, *["invalid_response_format"] * 2]
    metrics = {name: found.value for name, found in log.results.scores[0].metrics.items()}
    assert metrics["mean"] == pytest.approx(sum(expected()) / 4) and metrics["equivalent"] == 0.25


def test_what_is_not_judged_is_unscored(tmp_path: Path) -> None:
    samples = [Sample(input="?", target=target) for target in (UNREADABLE, "Cat(tom)")]
    log = _evaluated(Task(dataset=samples, scorer=logic_score()), ["Cat(tom)"] * 2, tmp_path)
    found = log.results.scores[0]
    assert (found.scored_samples, found.unscored_samples) == (1, 1)
    assert found.metrics["mean"].value == 1.0
    assert log.samples[0].scores["logic_score"].reason == "scoring_failed"


def test_the_task_serves_a_data_set(tmp_path: Path) -> None:
    task = first_order_logic(data="synthetic", split="test", size=2)
    references = [sample.target for sample in task.dataset]
    log = _evaluated(task, [f"FOL: {reference}" for reference in references], tmp_path)
    assert log.results.scores[0].metrics["equivalent"].value == 1.0


TASK_FILE = """
from inspect_ai import task

from alignment.plugins.inspect_task import first_order_logic


@task
def fol():
    return first_order_logic(data="synthetic", split="test")
"""


def test_a_task_file_of_one_function_is_found(tmp_path: Path) -> None:
    (tmp_path / "fol.py").write_text(TASK_FILE)
    assert [found.name for found in list_tasks(root_dir=tmp_path)] == ["fol"]
