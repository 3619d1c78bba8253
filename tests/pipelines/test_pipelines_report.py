"""`folalign report`: a page from whatever a run directory holds, safe whatever a model wrote, seen in a browser."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import chromium
import pytest

from pipelines import report
from pipelines.cli import main
from pipelines.report.charts.smoothing import smooth
from pipelines.report.results import against, control_of
from pipelines.report.runs import Stage

HOSTILE = [
    "<script>window.broken = 1</script>",
    "</style><img src=http://example.org/x onerror=alert(1)>",
    "∀x (\u202eCat(x)\x00\x1b[31m \ud800 \u2028",
    "P(" * 60_000,
    "$title ${body} {{style}} &amp; \"'",
    "'<b onclick=alert(1)>'(anna)",
    "",
]
REFERENCE = "∀x (Cat(x) → Sleeps(x))"
ANSWERS = [
    REFERENCE,
    "∃x (Cat(x) ∧ Sleeps(x))",
    "∀x (Cat(x) → Barks(x))",
    "∀x (Sleeps(x) → Cat(x))",
]
SECTIONS = ("results", "curves", "errors", "gallery", "stages")


def write_run(folder: Path, *, seed: int = 0, items: int = 60, steps: int = 30) -> Path:
    """A run directory as the stages leave it: SFT, S-GRPO, and the evaluation of both."""
    for number, stage in enumerate(("sft", "sgrpo")):
        lines = []
        for step in range(1, steps + 1):
            noise = 0.05 * math.sin(7.0 * step + seed)
            entry: dict[str, Any] = {
                "step": step,
                "seconds": step / 2,
                "loss": 4 / step + noise,
                "entropy": 1 / step,
            }
            if stage == "sgrpo":
                reward = 0.2 + 0.02 * step + noise
                entry |= {"reward": reward, "rewards/logic/mean": reward, "rewards/readable/mean": 0.9,
                          "kl": 0.01 * step, "reward_std": 0.2, "frac_reward_zero_std": 0.1, "label/loss": 1 / step,
                          "step_time": 0.5, "rewards/logic/time": 0.1}  # fmt: skip
                entry["odd/metric"] = None if step % 2 else 3.0
            lines.append(json.dumps(entry))
        manifest = {"stage": stage, "status": "done", "started": f"2026-01-01T00:0{number}:00+00:00", "seconds": 9.5,
                    "seed": seed, "versions": {"python": "3.11"}, "config": {"max_steps": steps}}  # fmt: skip
        write(folder / stage, manifest, {"loss": 0.1}, "\n".join(lines) + "\n")
        rows = [
            {"part": "greedy", "sentence": f"Every cat sleeps, {item}.", "reference": REFERENCE, "formula": "",
             "completion": ANSWERS[(item * (2 - number)) % 4 if item >= len(HOSTILE) else 1], "score": 0.5}
            for item in range(items)
        ]  # fmt: skip
        for row, text in zip(rows, HOSTILE, strict=False):
            row["sentence"] = text
            if stage == "sft":
                row["completion"] = text
        part = {
            "equivalent": 0.4 + 0.2 * number,
            "margin": 0.1,
            "score": 0.7,
            "readable": 0.9,
            "not_judged": 0,
        }
        judged = {
            "stage": "evaluate",
            "status": "done",
            "started": f"2026-01-01T00:1{number}:00+00:00",
        }
        write(
            folder / "evaluate" / stage,
            judged,
            {"items": items, "greedy": part, "sampled": part},
            None,
            rows,
        )
    return folder


def write(
    folder: Path,
    manifest: dict[str, Any],
    metrics: dict[str, Any],
    log: str | None,
    rows: list[Any] | None = None,
) -> None:
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_text(json.dumps(manifest))
    (folder / "metrics.json").write_text(json.dumps(metrics))
    if log is not None:
        (folder / "metrics.jsonl").write_text(log)
    if rows is not None:
        (folder / "samples.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_run(tmp_path_factory.mktemp("runs") / "first")


@pytest.fixture(scope="module")
def page(run: Path) -> str:
    return report.write(run).read_text(encoding="utf-8")


class Outline(HTMLParser):
    """Every element with its attributes, and the text outside scripts and styles."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._inside = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._inside = tag

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""

    def handle_data(self, data: str) -> None:
        self.text += "" if self._inside in ("script", "style") else data


def test_every_part_is_there(page: str, run: Path) -> None:
    outline = Outline(page)
    assert {
        attributes.get("id") for tag, attributes in outline.elements if tag == "section"
    } >= set(SECTIONS)
    for words in ("Reward", "KL", "Label term", "Time split", "Spread within groups", "60.0 %", "± 10.0",
                  "40 of 60 test sentences, drawn with seed 0", "quantifier", "∃x in place of ∀x", "odd/metric",
                  "the reference is false", "done"):  # fmt: skip
        assert words in outline.text, words
    assert (run / "report.html").exists()


def test_nothing_is_loaded_from_anywhere(page: str) -> None:
    for tag, attributes in Outline(page).elements:
        assert tag not in ("iframe", "object", "embed", "img", "base")
        for name, value in attributes.items():
            assert not name.startswith("on"), (tag, name)
            if name in ("src", "href", "action", "srcset", "data", "poster", "xlink:href"):
                assert value is not None and re.match(r"#|data:,", value), (tag, name, value)
    assert "url(" not in page and "@import" not in page
    assert "default-src 'none'" in page


def test_what_models_write_stays_text(page: str) -> None:
    outline = Outline(page)
    assert sum(tag == "script" for tag, _ in outline.elements) == 1
    assert "<script>window.broken" not in page and "onerror=alert(1)>" in outline.text
    assert not re.search("[\x00-\x08\x0b-\x1f\u202e\u2028\ud800-\udfff]", page)
    assert "more characters" in outline.text and "P(" * 5_000 not in page
    assert "$title ${body}" in outline.text


def test_the_size_is_bounded(tmp_path: Path, page: str) -> None:
    assert len(page.encode()) < 1_500_000
    long = write_run(tmp_path / "long", items=2_000, steps=5_000)
    written = report.write(long, tmp_path / "out" / "page.html")
    assert written.stat().st_size < 1_500_000
    assert "40 of 2,000 test sentences" in written.read_text(encoding="utf-8")


def test_the_same_run_gives_the_same_page(run: Path, tmp_path: Path) -> None:
    pages = [
        report.write(run, tmp_path / name, seed=3).read_text(encoding="utf-8")
        for name in ("a.html", "b.html")
    ]
    first, second = (re.sub(r"Written [^<]*", "", page) for page in pages)
    assert first == second and "seed 3" in first


def test_broken_and_missing_files_are_counted_and_shown(tmp_path: Path) -> None:
    run = write_run(tmp_path / "broken", items=8, steps=4)
    (run / "sft" / "metrics.jsonl").write_text(
        '{"step": 1, "loss": 2.0}\nnot json\n[1]\n{"loss": 1}\n{"step": 2, "loss": 1.0}\n'
        f'{{"step": 3, "loss": {"9" * 400}}}\n{{"step": {"9" * 400}}}\n{{"st'
    )
    (run / "sgrpo" / "metrics.json").write_text("{")
    (run / "sgrpo" / "manifest.json").write_text("[]")
    (run / "evaluate" / "sft" / "samples.jsonl").write_bytes(
        b'{"reference": 3}\n\xff\xfe\n{"reference": "P(", "completion": 1, "score": 1}\n'
    )
    (run / "evaluate" / "sgrpo" / "metrics.json").unlink()
    text = Outline(report.write(run).read_text(encoding="utf-8")).text
    assert "sft/metrics.jsonl: 3 of 8 lines are broken" in text
    assert "sft/metrics.jsonl: 2 lines without a step" in text
    assert "sgrpo/metrics.json: not JSON" in text
    assert "sgrpo/manifest.json: holds list, not a JSON object" in text
    assert "evaluate/sft/samples.jsonl: 1 of 3 lines are broken" in text
    assert "answers could not be explained" in text


def test_a_run_in_progress(tmp_path: Path) -> None:
    stage = tmp_path / "going" / "sft"
    write(
        stage,
        {"status": "running", "config": {"max_steps": 100}},
        {},
        '{"step": 5, "loss": 2.0}\n{"step": 10, "loss": 1.5}\n',
    )
    (stage / "metrics.json").unlink()
    text = Outline(report.write(tmp_path / "going").read_text(encoding="utf-8")).text
    assert "sft running" in text and "10 of 100" in text and "Loss" in text
    assert report.write(stage).parent == stage  # the directory of a single stage is taken too


def test_runs_side_by_side(run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = write_run(tmp_path / "second", seed=5, items=12, steps=20)
    output = tmp_path / "both.html"
    assert main(["report", str(run), str(other), "--output", str(output)]) == 0
    assert capsys.readouterr().out.strip() == str(output)
    text = Outline(output.read_text(encoding="utf-8")).text
    for words in ("first, second", "first · sgrpo", "second · sft", "4 of 4 stages finished"):
        assert words in text


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "the following arguments are required: RUN"),
        (["nowhere"], "nowhere: no such run directory"),
        (["."], "holds no stage of a run"),
    ],
)
def test_bad_usage(
    words: list[str], message: str, in_temporary_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["report", *words]) == 2
    assert message in capsys.readouterr().err


def test_the_band_is_noise_and_no_trend() -> None:
    straight = smooth([(float(x), 3.0 * x) for x in range(50)])
    assert max(high - low for low, high in zip(straight.low, straight.high, strict=True)) < 1e-9
    noisy = smooth([(float(x), 3.0 * x + (-1) ** x) for x in range(50)])
    assert min(high - low for low, high in zip(noisy.low, noisy.high, strict=True)) > 0.5
    assert smooth([(1.0, 2.0)]).ys == [2.0]


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[chromium.Chromium]:
    program = chromium.find()
    if program is None:
        pytest.skip("no chromium on PATH")
    opened = chromium.Chromium(program, tmp_path_factory.mktemp("profile"))
    yield opened
    opened.close()


def test_the_page_in_a_browser(
    browser: chromium.Chromium, run: Path, page: str, tmp_path: Path
) -> None:
    browser.look(width=1200)
    browser.open(run / "report.html")
    assert browser.complaints() == []
    assert browser.requests() == [(run / "report.html").resolve().as_uri()]
    assert browser.run("document.documentElement.dataset.ready") == "true"
    assert browser.run("window.broken") is None
    for name in SECTIONS:
        assert (
            browser.run(f"document.querySelector('#{name}').getBoundingClientRect().height") > 80
        ), name
    assert browser.run(
        "[...document.querySelectorAll('svg.chart polyline')].every(l => l.getTotalLength() > 50)"
    )
    assert browser.run("document.querySelectorAll('svg.chart polygon.band').length") > 3
    assert browser.run("document.querySelectorAll('svg.world circle').length") > 5
    pictures = {}
    for name, width, dark in (
        ("desktop", 1200, False),
        ("dark", 1200, True),
        ("phone", 390, False),
    ):
        browser.look(width=width, dark=dark, phone=width < 500)
        assert browser.run("document.documentElement.scrollWidth") == width, (
            "the page scrolls sideways"
        )
        pictures[name] = browser.screenshot(tmp_path / f"{name}.png")
        assert len(pictures[name]) > 20_000
    assert len(set(pictures.values())) == 3


def test_filters_and_pointer_in_a_browser(browser: chromium.Chromium, run: Path, page: str) -> None:
    browser.look(width=1200)
    browser.open(run / "report.html")
    shown = "[...document.querySelectorAll('.answer')].filter(a => !a.hidden && !a.closest('.item').hidden)"
    choose = (
        "(n, v) => { const f = document.forms.filters; "
        "f.elements[n].value = v; f.dispatchEvent(new Event('input')); }"
    )
    everything = browser.run(f"{shown}.length")
    browser.run(f"({choose})('error', 'quantifier')")
    assert 0 < browser.run(f"{shown}.length") < everything
    assert browser.run(f"{shown}.every(a => a.dataset.errors.includes('quantifier'))")
    assert "answers to" in browser.run("document.forms.filters.elements.count.value")
    browser.run(f"({choose})('verdict', 'proved')")
    assert browser.run(f"{shown}.length") == 0
    browser.run(
        "{const c = document.querySelector('svg.chart'), b = c.getBoundingClientRect();"
        "c.dispatchEvent(new PointerEvent('pointermove', {clientX: b.left + b.width / 2, clientY: b.top + 9}))}"
    )
    assert browser.run("document.getElementById('tip').textContent").startswith("step ")
    assert browser.complaints() == []


EXECUTED = """\
from pathlib import Path
from logic.domains import Domain
Path(__file__).with_suffix(".ran").touch()
DOMAIN = Domain("own", axioms=["∀x (Cat(x) → Animal(x))"], examples=["Cat(tom)"])
"""


def write_answer(folder: Path, **columns: Any) -> Path:
    """A run of one evaluated model with one answer."""
    row = {"part": "greedy", "sentence": "Tom is a cat.", "reference": "Cat(tom) ∧ Animal(tom)",
           "completion": "Cat(tom)", "score": 0.0}  # fmt: skip
    write(folder / "evaluate" / "sft", {"stage": "evaluate"}, {}, None, [row | columns])
    return folder


@pytest.mark.parametrize(
    "domain",
    ["{path}", " {path} ", "own.py", "counting+{path}", "numbers", ["own.py"], None, 3, ""],
)
def test_a_domain_that_a_row_names_is_never_loaded(
    domain: Any, in_temporary_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from importlib import metadata

    path = in_temporary_folder / "own.py"
    path.write_text(EXECUTED)
    monkeypatch.syspath_prepend(str(in_temporary_folder))
    point = metadata.EntryPoint("numbers", "own:DOMAIN", "folalign.domains")
    monkeypatch.setattr(metadata, "entry_points", lambda *, group: [point])
    if isinstance(domain, str):
        domain = domain.format(path=path)
    run = write_answer(in_temporary_folder / "run", domain=domain)
    text = Outline(report.write(run).read_text(encoding="utf-8")).text
    assert not path.with_suffix(".ran").exists()
    assert "1 answers could not be explained" in text and "not loaded" in text
    assert "Cat(tom)not judged" in text


def test_a_domain_that_the_user_names_is_loaded(
    in_temporary_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """By the name of its file, as a run may have moved; a shipped one needs no naming."""
    path = in_temporary_folder / "own.py"
    path.write_text(EXECUTED)
    moved = write_answer(in_temporary_folder / "moved", domain="/elsewhere/own.py")
    assert main(["report", str(moved), "--domain", "temporal", "--domain", "own.py"]) == 0
    assert path.with_suffix(".ran").exists()
    columns = {"reference": "∃≥2 x Cat(x)", "completion": "∃≥2 y Cat(y)", "domain": "counting"}
    shipped = write_answer(in_temporary_folder / "shipped", **columns)
    report.write(shipped)
    for run in (moved, shipped):
        text = Outline((run / "report.html").read_text(encoding="utf-8")).text
        assert "equivalent" in text and "could not be explained" not in text and "of 1" in text
    assert main(["report", str(shipped), "--domain", "countin"]) == 2
    assert "--domain: unknown domain 'countin'" in capsys.readouterr().err


def test_models_are_compared_with_their_control_by_a_paired_test() -> None:
    def stage(name: str, right: list[bool]) -> Stage:
        rows = [
            {"part": part, "sentence": str(item), "reference": "P(a)", "score": float(hit)}
            for part in ("greedy", "sampled")
            for item, hit in enumerate(right if part == "greedy" else [False] * len(right))
        ]
        return Stage(name, Path(name), judge="evaluate", samples=rows)

    sft, sgrpo = stage("sft", [True] * 6 + [False] * 14), stage("sgrpo", [True] * 16 + [False] * 4)
    assert control_of([sft]) is None
    assert control_of([sgrpo, sft]) is sft
    control = stage("control", [True] * 20)
    assert control_of([sft, sgrpo, control]) is control
    assert control_of([stage("a", []), stage("b", [])]).name == "a"
    assert against(sft, sft) == "" and against(sgrpo, sft) == "p 0.002"  # ten to none
    assert against(sgrpo, control) == "p 0.12"  # none to four
    assert against(stage("new", []), sft) == ""


def test_the_page_says_p_against_the_control(page: str) -> None:
    assert "p, greedy against sft" in page and "McNemar" in page


STORY = "Premises:\n∀x (Cat(x) → Calm(x))\nCat(tom)\nConclusion:\nCalm(tom)"
WRONG = STORY.replace("Cat(tom)", "Dog(tom)")  # whose conclusion is that of the reference


def test_stories_are_right_by_their_labels(tmp_path: Path, capsys: Any) -> None:
    """Not by the formula that stands last, and p is of labels too."""
    for name, proved in (("control", 4), ("sgrpo", 14)):
        rows = [
            {"part": "greedy", "sentence": f"{item}.\nTom is calm.", "reference": STORY, "score": 0.5,
             "completion": STORY if item < proved else WRONG, "formula": None, "label": "True",
             "finding": "True" if item < proved else "Uncertain", "right": item < proved,
             "faults": ["unknown name: Dog"] if item == 19 else []}
            for item in range(20)
        ]  # fmt: skip
        part = {"equivalent": 0.0, "margin": 0.08, "score": 0.5, "readable": 1.0, "not_judged": 0}
        part |= {"labels": proved / 20, "labels_margin": 0.2}
        part |= {"sentences": 0.75, "sentences_margin": 0.1}
        judged = {"stage": "evaluate", "status": "done", "started": "2026-01-01T00:00:00+00:00"}
        metrics = {"items": 20, "greedy": part}
        write(tmp_path / "run" / "evaluate" / name, judged, metrics, None, rows)
    page = report.write(tmp_path / "run").read_text("utf-8")
    assert "labels proved, greedy" in page and "70.0 % <small>± 20.0</small>" in page
    assert "sentences equivalent" in page and "75.0 % <small>± 10.0</small>" in page
    assert "p 0.002" in page and "over stories" in page
    assert page.count(">label proved</span>") == 18 and page.count(">label not proved</span>") == 22
    assert ">equivalent</span>" not in page and "what is proved: Uncertain; the label: True" in page
    assert ">another verdict <small>" in page and "16 <small>of 20</small>" in page
    assert ">vocabulary <small>" in page and "unknown name: Dog" in page
    # Beside a run of sentences, each by its own.
    both = report.write_all(
        [write_run(tmp_path / "other"), tmp_path / "run"], tmp_path / "both.html"
    )
    page = both.read_text("utf-8")
    assert "labels proved, greedy" in page and "equivalent, greedy" in page
    assert "70.0 % <small>± 20.0</small>" in page and "60.0 % <small>± 10.0</small>" in page
    assert "of 60 test sentences" in page and "of 20 test stories" in page
    assert ">label proved</option>" in page and ">not equivalent</option>" in page
    assert main(["samples", str(tmp_path / "run"), "--wrong", "--section", "sgrpo"]) == 0
    assert capsys.readouterr().out.count("evaluate: sgrpo, greedy, wrong") == 6
