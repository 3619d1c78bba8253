"""The judge as other stacks ask for it: the scores of `logic.score`, from threads and event loops, whatever hangs."""

import asyncio
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import hostile_texts
import pytest

import logic
from alignment import judging, tools
from alignment.judging import Judge
from alignment.questions import questions
from data import DataError
from logic.judging.workers.lost import Lost
from logic.judging.workers.standing import StandingPool

REFERENCE = "∀x (Cat(x) → Animal(x))"
ANSWERS = [
    "FOL: ¬∃x (Cat(x) ∧ ¬Animal(x))",
    "∃x (Cat(x) ∧ Animal(x))",
    "no idea",
    "",
    "<think>∃x Cat(x)?</think>\n∀x (Cat(x) → Animal(x))<|im_end|>",
]


@pytest.fixture(autouse=True, scope="module")
def _no_worker_is_left() -> Iterator[None]:
    yield
    judging.close()


def test_scores_are_those_of_logic_score() -> None:
    expected = logic.score(candidates=ANSWERS, references=[REFERENCE] * len(ANSWERS))
    judge = Judge()
    assert judge.scores(ANSWERS, [REFERENCE] * len(ANSWERS)) == expected
    assert [judge.score(answer, REFERENCE) for answer in ANSWERS] == expected
    assert [judge.judge(answer, REFERENCE).score for answer in ANSWERS] == expected
    assert asyncio.run(judge.scores_async(ANSWERS, [REFERENCE] * len(ANSWERS))) == expected


def test_settings_are_those_of_logic_score() -> None:
    renamed = "∀x (Feline(x) → Beast(x))"
    for names in ("match", "exact"):
        expected = logic.score(candidates=[renamed], references=[REFERENCE], names=names)
        assert Judge(names=names).scores([renamed], [REFERENCE]) == expected
    assert (
        Judge(dialect="tptp").score("![X]: (cat(X) => animal(X))", "![Y]: (cat(Y) => animal(Y))")
        == 1.0
    )
    for settings in ({"names": "any"}, {"domain": "nowhere"}, {"dialect": "klingon"}):
        with pytest.raises(ValueError):
            Judge(**settings)  # type: ignore[arg-type]


def test_no_answer_raises() -> None:
    judge = Judge()
    nothing = [None, "", [], [{"role": "user"}], {"role": "assistant", "content": None}]
    assert judge.scores(nothing, ["Cat(tom)"] * len(nothing)) == [0.0] * len(nothing)
    source = random.Random(0)
    texts = [hostile_texts.text(source) for _ in range(60)]
    scores = judge.scores(texts, [REFERENCE] * len(texts))
    assert all(score is None or 0 <= score <= 1 for score in scores)
    chat = [{"role": "user", "content": "?"}, {"role": "assistant", "content": "Cat(tom)"}]
    assert judge.score(chat, "Cat(tom)") == 1.0


def test_what_is_not_judged_is_none_counted_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    judging.unjudged.clear()
    judge = Judge()
    assert judge.scores(["Cat(tom)"] * 3, ["bad (", "worse (", "Cat(tom)"]) == [None, None, 1.0]
    assert judge.score("Cat(tom)", None) is None
    found = judge.judge("Cat(tom)", "bad (")
    assert found.score is None and found.verdict == "not judged"
    assert "not readable" in found.explanation
    assert judging.unjudged == {"reference not readable": 4}
    assert [record.getMessage()[:11] for record in caplog.records] == ["not judged "] * 3  # 1, 2, 4


class Unruly:
    """It says that it can be gone through, as a tensor of one number does, and cannot."""

    def __iter__(self) -> Iterator[object]:
        raise TypeError("iteration over a 0-d tensor")


@pytest.mark.parametrize(
    "odd",
    [
        float("nan"),
        5,
        True,
        b"Cat(tom)",
        ["Cat(tom)"],
        ("Cat(tom)",),
        {"formula": "Cat(tom)"},
        {"role": "assistant", "content": 1},
        [{"role": "assistant", "content": {"text": "Cat(tom)"}}],
        object(),
        Unruly(),
    ],
)
def test_what_is_no_text_is_not_judged_and_counted(odd: object) -> None:
    judging.unjudged.clear()
    judge = Judge()
    right = "Cat(tom)"
    assert judge.scores([right] * 3, [right, odd, odd]) == [1.0, None, None]
    assert judge.begin([right, odd], [right, right]).result() == [1.0, None]
    assert asyncio.run(judge.scores_async([odd, right], [right, right])) == [None, 1.0]
    assert judge.score(right, odd) is None and asyncio.run(judge.score_async(odd, right)) is None
    assert judge.judge(odd, right).verdict == "not judged"
    assert "no text" in asyncio.run(judge.judge_async(right, odd)).explanation
    assert judging.unjudged == {"reference is no text": 4, "answer is no text": 4}


@pytest.mark.parametrize(
    "told",
    [
        "FOL: Cat(tom)",
        {"role": "assistant", "content": "Cat(tom)"},
        [{"role": "user", "content": {}}, {"role": "assistant", "content": "Cat(tom)"}],
        ({"role": "assistant", "content": [{"type": "text", "text": "Cat(tom)"}]},),
        [{"role": "assistant", "content": "Cat(tom)"}, {"role": "tool", "content": 5}],
        logic.parse("Cat(tom)"),
    ],
)
def test_text_messages_and_formulas_are_read(told: object) -> None:
    judge = Judge()
    reference = "Cat(tom)" if isinstance(told, str) else told
    assert judge.score(told, "Cat(tom)") == 1.0
    assert judge.score("Cat(tom)", reference) == 1.0


def test_lists_of_other_lengths_are_refused() -> None:
    for ask in (Judge().scores, Judge().begin):
        with pytest.raises(ValueError, match="2 answers but 1 references; one reference for each"):
            ask(["Cat(tom)"] * 2, ["Cat(tom)"])


def test_a_hint_never_shows_the_reference() -> None:
    judge = Judge()
    wrong = judge.judge("∃x (Cat(x) ∧ Animal(x))", REFERENCE, explained=True)
    assert REFERENCE in wrong.explanation
    assert wrong.hint.startswith("The formula is true in this world, where it should be false:")
    assert "→" not in wrong.hint and "∀" not in wrong.hint
    unreadable = judge.judge("∃x (Cat(x", REFERENCE, explained=True)
    assert "could be read" in unreadable.hint and "Animal" not in unreadable.hint
    assert judge.judge(REFERENCE, REFERENCE, explained=True).hint == ""


def test_the_event_loop_goes_on_and_an_item_that_hangs_costs_itself_alone() -> None:
    pool = StandingPool("time:sleep", workers=2, seconds=1.0)
    # A worker's first item has the time of its start on top.
    assert [future.result() for future in [pool.submit(0.2), pool.submit(0.2)]] == [None, None]

    async def ask() -> tuple[list[object], int]:
        beats = 0
        asked = asyncio.gather(pool.ask_async(60), *[pool.ask_async(0.05) for _ in range(8)])
        while not asked.done():
            await asyncio.sleep(0.02)
            beats += 1
        return await asked, beats

    (hanging, *others), beats = asyncio.run(ask())
    assert isinstance(hanging, Lost) and "no result after 1 s" in hanging.reason
    assert others == [None] * 8
    assert beats > 10
    assert pool.killed == 1 and pool.ask(0) is None
    pool.close()


def test_waiting_is_no_part_of_an_items_time() -> None:
    pool = StandingPool("time:sleep", workers=1, seconds=0.8)
    pool.ask(0)
    results = [future.result() for future in [pool.submit(0.3) for _ in range(6)]]
    assert results == [None] * 6
    pool.close()


def test_a_failure_is_lost_and_not_raised() -> None:
    pool = StandingPool("math:sqrt", workers=1, seconds=5.0)
    assert isinstance(pool.ask(-1), Lost)
    assert isinstance(pool.ask(lambda: None), Lost)  # no pickle
    assert pool.ask(4) == 2.0
    pool.close()


def test_closed_in_the_middle_it_starts_no_worker_again() -> None:
    pool = StandingPool("time:sleep", workers=1, seconds=60.0)
    pool.ask(0)
    at_work, waiting = pool.submit(50), pool.submit(50)
    [worker] = pool._pools[0]._workers
    while not worker.pending:
        time.sleep(0.01)
    pool.close()
    assert isinstance(at_work.result(), Lost) and waiting.cancelled()
    assert worker._process is None


def test_many_threads_share_the_workers() -> None:
    judge = Judge()
    pairs = [(f"∃x (Cat(x) ∧ P{number}(x))", REFERENCE) for number in range(40)]
    with ThreadPoolExecutor(16) as threads:
        found = list(threads.map(lambda pair: judge.score(*pair), pairs))
    answers, references = zip(*pairs, strict=True)
    assert found == logic.score(candidates=answers, references=references)


FORKED = """
import multiprocessing
from alignment.judging import Judge

judge = Judge()
assert judge.score("Cat(tom)", "Cat(tom)") == 1.0
with multiprocessing.get_context("fork").Pool(1) as pool:
    print(pool.apply(judge.score, ("Cat(tom)", "Cat(tom)")))
"""


def test_a_forked_process_has_workers_of_its_own() -> None:
    found = subprocess.run(
        [sys.executable, "-c", FORKED], capture_output=True, text=True, timeout=100
    )
    assert found.stdout == "1.0\n", found.stderr


def test_the_number_of_workers_is_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    judging.close()
    monkeypatch.setenv("FOLALIGN_WORKERS", "none")
    with pytest.raises(ValueError, match="whole number from 1"):
        Judge().score("Cat(tom)", "Cat(tom)")


def test_a_row_names_its_language_and_runs_no_code() -> None:
    judge = Judge.of_row({"domain": "counting", "names": "exact", "label": "Cat(tom)"})
    assert (judge.names, judge.domain, judge.dialect) == ("exact", "counting", None)
    assert Judge.of_row(None).domain == "fol"
    for domain in ("mine.py", "counting+mine.py", "installed", 3, ["fol"]):
        with pytest.raises(ValueError, match="allowed here"):
            Judge.of_row({"domain": domain})


def test_importing_needs_no_training_package() -> None:
    code = "import sys, alignment.judging, alignment.tools, alignment.questions, data; data.load"
    code += (
        "('synthetic', split='test', size=1); print({'torch', 'trl', 'datasets'} & {*sys.modules})"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert found.stdout == "set()\n", found.stderr


def test_questions_are_the_rows_of_a_data_set() -> None:
    first, second = questions(split="test", size=2)
    assert first.fields["sentence"] in first.prompt and first.reference not in first.prompt
    assert first.messages == [{"role": "user", "content": first.prompt}]
    assert first != second
    with pytest.raises(DataError, match="no data set"):
        questions("nowhere")


def test_questions_of_a_users_file(in_temporary_folder: object) -> None:
    with open("mine.csv", "w", encoding="utf-8") as file:
        file.write("text,fol\nTom is a cat.,Cat(tom)\n")
    columns = {"sentence": "text", "formula": "fol"}
    (row,) = questions("csv", split="all", path="mine.csv", columns=columns)
    assert row.prompt.endswith("Tom is a cat.") and row.reference == "Cat(tom)"
    (row,) = questions(
        "csv", split="all", path="mine.csv", columns=columns, prompt_template="{sentence}"
    )
    assert row.prompt == "Tom is a cat."


def test_the_tools_answer_with_plain_values() -> None:
    assert tools.ask("parse", text="all x (Cat(x) -> Big(x))", write_as="latex") == {
        "formula": "∀x (Cat(x) → Big(x))",
        "predicates": ["Big/1", "Cat/1"],
        "functions": [],
        "constants": [],
        "written": logic.to_text(logic.parse("∀x (Cat(x) → Big(x))"), "latex"),
    }
    assert tools.ask("parse", text="∃x (Cat(x")["line"] == 1
    assert tools.ask("check", answer="FOL: ∀x (Cat(x) → Cat(x))")["meaning"] == "valid"
    assert tools.ask("check", answer="Cat(tom) ∧ ¬Cat(tom)")["meaning"] == "contradictory"
    assert tools.ask("check", answer="Cat(tom)")["meaning"] == "contingent"
    assert "error" in tools.ask("check", answer="no idea")
    found = tools.ask("compare", candidate="∃x (Cat(x) ∧ Animal(x))", reference=REFERENCE)
    assert [found["score"]] == logic.score(
        candidates=["∃x (Cat(x) ∧ Animal(x))"], references=[REFERENCE]
    )
    assert "countermodel" in found["explanation"]
    proof = tools.ask("entails", premises=[REFERENCE, "Cat(tom)"], conclusion="Animal(tom)")
    assert proof["status"] == "proved" and proof["used"] == [0, 1]
    world = tools.ask("countermodel", premises=[REFERENCE], conclusion="Animal(tom)")
    assert world["status"] == "refuted" and "element" in world["countermodel"]
    assert tools.ask("countermodel", conclusion="Cat(tom) ∨ ¬Cat(tom)")["countermodel"] is None


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("parse", {"text": "Cat(tom)", "domain": "mine.py"}),
        ("parse", {"text": "Cat(tom)", "write_as": "klingon"}),
        ("compare", {"candidate": "Cat(tom)", "reference": "bad ("}),
        ("entails", {"premises": ["bad ("], "conclusion": "Cat(tom)"}),
        ("nothing", {}),
    ],
)
def test_a_tool_that_cannot_answer_says_why(name: str, arguments: dict[str, object]) -> None:
    started = time.monotonic()
    assert tools.ask(name, **arguments)["error"]
    assert time.monotonic() - started < 60
