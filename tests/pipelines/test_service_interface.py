"""`folalign serve`: what its paths answer, and that the answers are those of `logic`."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import service

import logic
from pipelines import registry
from pipelines.cli import main
from pipelines.errors import UsageError
from pipelines.service.settings import Settings, named_domains

CAT = "∀x (Cat(x) → Animal(x))"
SOME = "∃x (Cat(x) ∧ Animal(x))"
TOKEN = "a-token-of-the-tests"


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    with (
        service.served("--workers", "2", "--domain", str(service.TRAP)) as address,
        httpx.Client(base_url=address, timeout=60) as opened,
    ):
        yield opened


def test_scores_are_those_of_logic(client: httpx.Client) -> None:
    candidates = ["¬∃x (Cat(x) ∧ ¬Animal(x))", SOME, "no formula", "P(", SOME, "∀x (Cat(x) → A(x))"]
    references = [CAT, CAT, CAT, CAT, CAT, "∀x (("]
    found = client.post("/score", json={"candidates": candidates, "references": references}).json()
    assert found["scores"] == logic.score(candidates=candidates, references=references)
    assert found["verdicts"] == [
        "proved", "refuted", "unreadable", "unreadable", "refuted", "unknown",
    ]  # fmt: skip
    assert found["reasons"][:5] == [None] * 5
    assert found["reasons"][5].startswith("reference not readable")


@pytest.mark.parametrize(
    "settings", [{"names": "exact"}, {"dialect": "nltk"}, {"domain": "counting"}]
)
def test_settings_are_those_of_logic(client: httpx.Client, settings: dict[str, str]) -> None:
    pair = {
        "candidates": ["all x.(is_cat(x) -> Animal(x))", "∃≥2 x Cat(x)"],
        "references": [CAT, "∃x ∃y (x ≠ y ∧ Cat(x) ∧ Cat(y))"],
    }
    found = client.post("/score", json=pair | settings).json()
    assert found["scores"] == logic.score(**pair, **settings)


def test_canonical_references_are_read_as_such(client: httpx.Client) -> None:
    """In Prolog a name with a capital is a variable."""
    asked = {"candidates": ["cat(tom)"], "references": ["cat(Tom)"], "dialect": "prolog"}
    assert client.post("/score", json=asked).json()["scores"][0] < 1.0
    canonical = client.post("/score", json={**asked, "canonical_references": True}).json()
    assert canonical["scores"] == [1.0]


def test_no_reference_is_not_judged_and_nothing_is_nothing(client: httpx.Client) -> None:
    found = client.post("/score", json={"candidates": ["P(a)"], "references": [None]}).json()
    assert found == {"scores": [None], "verdicts": ["unknown"], "reasons": ["no reference"]}
    empty = client.post("/score", json={"candidates": [], "references": []})
    assert empty.json() == {"scores": [], "verdicts": [], "reasons": []}


def test_a_comparison_is_explained(client: httpx.Client) -> None:
    asked = {"candidate": "∃x (is_cat(x) ∧ Animal(x))", "reference": CAT, "write": "tptp"}
    found = client.post("/compare", json=asked).json()
    expected = logic.explain(candidate=asked["candidate"], reference=CAT)
    assert found["score"] == expected.comparison.score
    assert found["says"] == expected.verdict and found["relation"] == expected.relation
    assert found["names"] == expected.said_of_names()
    assert found["world"]["sentences"] == expected.world.sentences()
    assert found["world"]["svg"].startswith("<svg xmlns=")
    assert ["Cat(x) → Animal(x)", True] in found["reference_parts"]
    assert "".join(text for text, _ in found["candidate_parts"]) == found["candidate"]
    assert found["reference_written"] == "! [X] : ('Cat'(X) => 'Animal'(X))"


def test_what_a_first_call_gets_wrong_is_told(client: httpx.Client) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}  # what curl -d sends
    answer = client.post("/score", content=b'{"candidates": [], "references": []}', headers=form)
    assert answer.status_code == 422
    assert answer.json()["error"].startswith("Content-Type: application/json is needed")
    assert client.get("/score").json() == {"error": "Method Not Allowed; /docs lists what there is"}
    assert client.get("/scores").json() == {"error": "Not Found; /docs lists what there is"}


def test_repairs_of_both_sides_are_told(client: httpx.Client) -> None:
    asked = {"candidate": "all x (Cat(x) -> Animal(x)", "reference": "∀x Cat(x) → Animal(x)"}
    found = client.post("/compare", json=asked).json()
    assert (found["score"], found["verdict"]) == (1.0, "proved")
    assert found["repairs"] == ["closing bracket added"]
    assert found["reference_repairs"] == ["scope of ∀x widened"]


def test_entailment_with_and_without_its_proof(client: httpx.Client) -> None:
    asked = {"premises": [CAT, "Cat(tom)", "Dog(rex)"], "conclusion": "Animal(tom)"}
    found = client.post("/entails", json=asked).json()
    assert (found["status"], found["used"]) == ("proved", [0, 1]) and "proof" not in found
    shown = client.post("/entails", json={**asked, "explain": True, "write": "ascii"}).json()
    assert shown["status"] == "proved" and "Animal(tom)" in shown["proof"]
    assert len(shown["premises_written"]) == 3
    refuted = client.post(
        "/entails", json={"premises": [CAT], "conclusion": "Animal(tom)", "explain": True}
    ).json()
    assert refuted["status"] == "refuted" and refuted["world"]["there"][-1].startswith(
        "the conclusion is false"
    )


def test_texts_that_are_no_formula_are_told(client: httpx.Client) -> None:
    wrong = client.post("/parse", json={"text": "∀x (Cat(x) →"})
    assert wrong.status_code == 422
    assert wrong.json()["line"] == 1 and "no formula" in wrong.json()["error"]
    answer = client.post("/parse", json={"text": f"FOL: `{CAT}`.", "answer": True})
    assert answer.json()["formula"] == CAT
    premise = client.post("/entails", json={"premises": ["P(a)", "Q("], "conclusion": "P(a)"})
    assert premise.status_code == 422 and premise.json()["what"] == "premise 2"
    reference = client.post("/compare", json={"candidate": "P(a)", "reference": "((("})
    assert reference.status_code == 422 and reference.json()["what"] == "reference"


@pytest.mark.parametrize("notation", logic.DIALECTS)
def test_every_notation_is_written(client: httpx.Client, notation: str) -> None:
    formula = logic.parse("P(a)" if notation == "prolog" else CAT)
    asked = {"text": str(formula), "to": notation}
    found = client.post("/translate-notation", json=asked).json()
    assert found == {"text": logic.to_text(formula, notation), "formula": str(formula)}


def test_payloads_of_trainers(client: httpx.Client) -> None:
    prompt = "Every cat is an animal.\nFOL:"
    asked = {
        "query": [f"{prompt} {CAT}", f"{prompt} {SOME}", f"{prompt} {CAT}"],
        "prompts": [prompt] * 3,
        "labels": [CAT, CAT, None],
    }
    expected = [1.0, logic.score(candidates=[SOME], references=[CAT])[0], 0.0]
    assert client.post("/openrlhf", json=asked).json() == {
        "rewards": expected,
        "scores": expected,
        "extra_logs": {"not_judged": [0.0, 0.0, 1.0]},
    }
    sample = {"prompt": [{"role": "user", "content": prompt}], "response": CAT, "label": CAT}
    assert client.post("/slime", json=sample).json() == 1.0
    assert (
        client.post("/slime?names=exact", json=sample | {"response": "∀x (c(x) → a(x))"}).json() < 1
    )
    assert client.post("/slime?names=guess", json=sample).status_code == 422


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("name=exact", "?name= is unknown; allowed behind the address: names, domain, dialect"),
        ("names=exact&Domain=fol", "?Domain= is unknown"),
        ("names=match&names=exact", "?names= is there twice"),
    ],
)
@pytest.mark.parametrize("path", ["/openrlhf", "/slime"])
def test_a_setting_of_a_trainer_that_has_no_effect_is_refused(
    client: httpx.Client, path: str, query: str, told: str
) -> None:
    sample = {"query": [CAT], "prompts": [""], "labels": [CAT], "response": CAT, "label": CAT}
    answer = client.post(f"{path}?{query}", json=sample)
    assert answer.status_code == 422 and answer.json()["error"].startswith(told)
    assert client.post(f"{path}?names=exact&domain=fol&dialect=ascii", json=sample).is_success


def test_settings_of_other_paths_are_in_the_body(client: httpx.Client) -> None:
    asked = {"candidates": [CAT], "references": [CAT]}
    answer = client.post("/score?names=exact", json=asked)
    assert answer.status_code == 422 and "all is in the body" in answer.json()["error"]
    assert client.post("/score", json=asked | {"names": "exact"}).json()["scores"] == [1.0]
    assert client.get("/health?time=5").is_success  # as who watches a service may ask


def test_an_answer_waits_for_no_acknowledgement(client: httpx.Client) -> None:
    """Without TCP_NODELAY each answer takes the 40 ms after which a client acknowledges its head."""
    seconds = []
    for _ in range(30):
        begun = time.perf_counter()
        client.get("/health")
        seconds.append(time.perf_counter() - begun)
    assert min(seconds[1:]) < 0.03


def test_state_and_metrics(client: httpx.Client) -> None:
    health = client.get("/health").json()
    assert health["status"] == "ok" and health["workers"] == 2
    client.post("/score", json={"candidates": ["P(a)"], "references": ["P(a)"]})
    text = client.get("/metrics").text
    assert re.search(r'^folalign_items_total\{outcome="proved"\} [1-9]', text, re.MULTILINE)
    assert 'folalign_requests_total{path="/score",status="200"}' in text
    schema = client.get("/openapi.json").json()
    for path in ("/score", "/compare", "/entails", "/parse", "/translate-notation", "/openrlhf"):
        assert path in schema["paths"] and path in client.get("/docs").text


def test_the_interface_page_loads_nothing_from_elsewhere(client: httpx.Client) -> None:
    for path in ("/", "/docs", "/page.css", "/page.js"):
        page = client.get(path)
        assert page.status_code == 200
        assert page.headers["content-security-policy"].startswith("default-src 'none'")
        assert not re.search(r"(src|href|url)\s*[=(]\s*[\"']?(https?:)?//", page.text)


def test_what_harms_a_worker_costs_its_item_alone(client: httpx.Client) -> None:
    candidates = ["P(a)", "Dies(a)", "Raises(a)", "Eats(a)", "Q(a)", "Dies(b)"] + ["P(a)"] * 3
    asked = {"candidates": candidates, "references": ["P(a)"] * 9, "domain": "trap"}
    found = client.post("/score", json=asked).json()
    (other,) = logic.score(candidates=["Q(a)"], references=["P(a)"])
    assert found["scores"] == [1.0, None, None, None, other, None, 1.0, 1.0, 1.0]
    assert found["reasons"][1] == "the worker died"
    assert found["verdicts"][1:4] == ["unknown"] * 3
    one = client.post(
        "/compare", json={"candidate": "Dies(a)", "reference": "P(a)", "domain": "trap"}
    )
    assert (one.json()["score"], one.json()["reason"]) == (None, "the worker died")
    text = client.get("/metrics").text
    assert re.search(r'^folalign_items_total\{outcome="lost"\} [2-9]', text, re.MULTILINE)
    assert re.search(r"^folalign_workers_lost_total [4-9]", text, re.MULTILINE)


def test_a_token_is_asked_for_and_never_told(tmp_path: Path) -> None:
    with (
        service.served("--workers", "1", token=TOKEN) as address,
        httpx.Client(base_url=address) as client,
    ):
        asked = {"candidates": ["P(a)"], "references": ["P(a)"]}
        for header in (
            {},
            {"Authorization": "Bearer wrong"},
            {"Authorization": f"bearer {TOKEN}x"},
        ):
            refused = client.post("/score", json=asked, headers=header)
            assert refused.status_code == 401 and TOKEN not in refused.text
            assert client.get("/metrics", headers=header).status_code == 401
        assert client.get("/health").status_code == client.get("/").status_code == 200
        right = {"Authorization": f"Bearer {TOKEN}"}
        assert client.post("/score", json=asked, headers=right).json()["scores"] == [1.0]
        strange = {"Authorization": "Bearer ∀".encode()}
        assert client.post("/score", json=asked, headers=strange).status_code == 401


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--workers", "0"], "--workers must be above 0"),
        (["--seconds", "nan"], "--seconds must be above 0"),
        (["--max_items", "10", "--max_waiting", "5"], "leaves no room"),
        (["--domain", "nowhere.py"], "there is no such file"),
        (["--port", "99999"], "cannot listen"),
        (["--token_file", "gone"], "--token_file gone"),
        (["--token_file", "short"], "shorter than 16 characters"),
        (["--not_judged", "inf"], "must be a finite number"),
    ],
)
def test_bad_usage(
    words: list[str],
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "short").write_text("secret\n")
    assert main(["serve", *words]) == 2
    said = capsys.readouterr().err
    assert message in said and "secret" not in said


def test_a_missing_extra_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(registry.PACKAGES, "serve", ("no_such_package",))
    assert main(["serve"]) == 2
    assert "needs no_such_package: pip install '.[serve]'" in capsys.readouterr().err


@pytest.mark.parametrize("order", [["sorted", str(service.TRAP)], [f"{service.TRAP}+sorted"]])
def test_domains_of_the_operator_have_names(order: list[str]) -> None:
    given = Settings(domains=named_domains(order))
    assert given.domain("trap") == str(service.TRAP)
    assert given.domain("fol") == "fol" and given.domain("sorted+trap") == f"sorted+{service.TRAP}"
    for name in (str(service.TRAP), "trap.py", "trap ", "Trap", ""):
        with pytest.raises(ValueError, match="unknown domain"):
            given.domain(name)


def test_two_domains_of_one_name_are_refused(tmp_path: Path) -> None:
    (tmp_path / "trap.py").write_text(service.TRAP.read_text())
    with pytest.raises(UsageError, match="another domain called 'trap'"):
        named_domains([str(service.TRAP), str(tmp_path / "trap.py")])


def test_serving_loads_no_training_package() -> None:
    code = (
        "import sys, pipelines.service.command, pipelines.service.work; "
        "print([m for m in ('torch', 'transformers', 'trl', 'vllm', 'datasets') if m in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
