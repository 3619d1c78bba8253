"""The page of `folalign serve` in a browser: what it shows, the link that holds it, and that nothing escapes."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import chromium
import pytest
import service

CAT = "∀x (Cat(x) → Animal(x))"
TOKEN = "a-token-of-the-tests"
HOSTILE = "<img src=x onerror=window.broken=1>"


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[chromium.Chromium]:
    program = chromium.find()
    if program is None:
        pytest.skip("no chromium on PATH")
    opened = chromium.Chromium(program, tmp_path_factory.mktemp("profile"))
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def address(browser: chromium.Chromium) -> Iterator[str]:
    with service.served("--workers", "2", token=TOKEN) as found:
        yield found


def ask(browser: chromium.Chromium, address: str, **fields: str) -> str:
    """Open a link that holds the fields, with the token in the page, and wait for what is shown."""
    browser.open("about:blank")
    browser.open(f"{address}/")
    browser.run(f"document.getElementById('ask').elements.token.value = {TOKEN!r}; 1")
    browser.run(f"location.hash = {json.dumps(urlencode(fields))}; 1")
    return shown(browser)


def shown(browser: chromium.Chromium, times: int = 1) -> str:
    deadline = time.monotonic() + 40
    while int(browser.run("document.documentElement.dataset.shown ?? '0'")) < times:
        assert time.monotonic() < deadline, browser.run("document.body.innerText")
        time.sleep(0.05)
    return browser.run("document.getElementById('result').innerText")


def test_a_comparison_at_the_desk_and_on_a_phone(
    browser: chromium.Chromium, address: str, tmp_path: Path
) -> None:
    browser.look(width=1200)
    text = ask(
        browser, address, ask="compare", candidate="∃x (is_cat(x) ∧ Animal(x))", reference=CAT, write="tptp"
    )  # fmt: skip
    assert "not equivalent" in text and "score 0." in text and "is_cat stands for Cat" in text
    assert "∧ in place of →" in text and "! [X] : ('Cat'(X) => 'Animal'(X))" in text
    underlined = "[...document.querySelectorAll('.formula u')].map(u => u.textContent)"
    assert "Cat(x) → Animal(x)" in browser.run(underlined)
    assert browser.run("document.querySelector('.world img').naturalWidth") > 100
    assert browser.run("document.querySelector('.world img').alt").startswith("2 elements")
    for name, width, dark in (
        ("desktop", 1200, False),
        ("dark", 1200, True),
        ("phone", 390, False),
    ):
        browser.look(width=width, dark=dark, phone=width < 500)
        assert browser.run("document.documentElement.scrollWidth") == width, "it scrolls sideways"
        assert len(browser.screenshot(tmp_path / f"{name}.png")) > 15_000
    assert browser.complaints() == []
    elsewhere = [url for url in browser.requests() if not url.startswith((address, "data:"))]
    assert elsewhere == []


def test_a_link_holds_the_input(browser: chromium.Chromium, address: str) -> None:
    browser.look(width=1200)
    assert "equivalent" in ask(browser, address, ask="compare", candidate=CAT, reference=CAT)
    browser.run("document.getElementById('ask').elements.candidate.value = 'P(a) & # ∧ \"'; 1")
    browser.run("document.getElementById('ask').requestSubmit(); 1")
    assert "unreadable" in shown(browser, 2)
    link = browser.run("location.href")
    assert TOKEN not in link
    browser.open("about:blank")
    browser.open(link)
    value = browser.run("document.getElementById('ask').elements.candidate.value")
    assert value == 'P(a) & # ∧ "'
    # Without the token nothing is answered, and the page asks for it.
    assert "wants its token" in shown(browser)
    assert browser.run("document.getElementById('token').hidden") is False


def test_premises_and_a_conclusion(browser: chromium.Chromium, address: str) -> None:
    premises = f"{CAT}\n\nCat(tom)\nDog(rex)"
    text = ask(browser, address, ask="entails", premises=premises, conclusion="Animal(tom)")
    assert "it follows" in text and "Proof" in text and "2. Cat(tom) (needed)" in text
    assert "3. Dog(rex)\n" in text
    text = ask(browser, address, ask="entails", premises=CAT, conclusion="Animal(tom)")
    assert "it does not follow" in text and "the conclusion is false" in text
    assert "The conclusion is empty." in ask(browser, address, ask="entails", conclusion=" ")
    assert "The reference is empty." in ask(browser, address, ask="compare", reference="")
    text = ask(browser, address, ask="entails", premises="P(", conclusion="P(a)")
    assert "premise 1 is no formula" in text and "line 1, column" in text


def test_a_file_of_pairs(browser: chromium.Chromium, address: str, tmp_path: Path) -> None:
    browser.look(width=1200)
    files = {
        "pairs.csv": 'candidate,reference\r\n"P(a)","P(a)"\n"∀x (P(x) → R(x, ""b""))",P(b)\n',
        "pairs.jsonl": "".join(
            json.dumps({"candidate": candidate, "reference": "P(a)"}) + "\n"
            for candidate in ["P(a)", HOSTILE, "Q(a) ∧ P(a)"] * 100
        ),
        "broken.jsonl": '{"candidate": "P(a)", "reference": "P(a)"}\n\n{"candidate": "P(a)", "gold": 1}\n',
        "cut.jsonl": '{"candidate": "P(a)", "reference": "P(a)"}\n{"candid',
        "broken.csv": 'candidate,reference\n"P(a)\n",P(a)\nP(a,b),P(a)\n',
        "old.csv": "candidate,reference\nP(caf\udce9),P(a)\n",
        "renamed.csv": "answer,gold\nP(a),P(a)\n",
    }
    said = {}
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8", errors="surrogateescape")
        browser.open("about:blank")
        columns = "&candidate_column=answer&reference_column=gold" if "renamed" in name else ""
        browser.open(f"{address}/#ask=pairs{columns}")
        browser.run(f"document.getElementById('ask').elements.token.value = {TOKEN!r}; 1")
        found = browser.call("Runtime.evaluate", expression="document.querySelector('[type=file]')")
        browser.call(
            "DOM.setFileInputFiles",
            objectId=found["result"]["objectId"],
            files=[str(tmp_path / name)],
        )
        browser.run("document.getElementById('ask').requestSubmit(); 1")
        said[name] = shown(browser)
        assert browser.run("window.broken") is None
    assert "2 pairs" in said["pairs.csv"]
    assert "300 pairs" in said["pairs.jsonl"] and "100 equivalent" in said["pairs.jsonl"]
    assert 'Row 3 has no column "reference"; it has candidate, gold.' in said["broken.jsonl"]
    assert "Row 2 is no JSON" in said["cut.jsonl"]
    assert "Row 4: 3 fields, where the header has 2" in said["broken.csv"]
    assert "not in UTF-8" in said["old.csv"]
    assert "1 pair, mean" in said["renamed.csv"] and "1 equivalent" in said["renamed.csv"]


def test_why_of_a_row(browser: chromium.Chromium, address: str, tmp_path: Path) -> None:
    (tmp_path / "one.jsonl").write_text('{"candidate": "Q(a)", "reference": "P(a)"}\n')
    browser.open("about:blank")
    browser.open(f"{address}/#ask=pairs")
    browser.run(f"document.getElementById('ask').elements.token.value = {TOKEN!r}; 1")
    found = browser.call("Runtime.evaluate", expression="document.querySelector('[type=file]')")
    browser.call(
        "DOM.setFileInputFiles",
        objectId=found["result"]["objectId"],
        files=[str(tmp_path / "one.jsonl")],
    )
    browser.run("document.getElementById('ask').requestSubmit(); 1")
    shown(browser)
    browser.run("document.querySelector('button.small').click(); 1")
    assert "The answer says" in shown(browser, 2)


def test_nothing_of_an_answer_becomes_html(browser: chromium.Chromium, address: str) -> None:
    for fields in (
        {"ask": "compare", "candidate": HOSTILE, "reference": "P(a)"},
        {"ask": "compare", "candidate": "P(a)", "reference": HOSTILE},
        {"ask": "compare", "candidate": f"'{HOSTILE}'(a)", "reference": f"'{HOSTILE}'(b)", "dialect": "tptp",
         "write": "latex"},
        {"ask": "entails", "premises": f"'{HOSTILE}'(a)", "conclusion": "p(b)", "dialect": "tptp"},
        {"ask": HOSTILE, "candidate": HOSTILE},
        {"ask": "compare", "candidate": "P(a)", "reference": "P(a)", "domain": HOSTILE},
    ):  # fmt: skip
        if fields["ask"] == HOSTILE:
            browser.open("about:blank")
            browser.open(f"{address}/#{urlencode(fields)}")
        else:
            assert ask(browser, address, **fields)
        assert browser.run("window.broken") is None
        assert browser.run("document.querySelectorAll('#result img:not(.world img)').length") == 0
        assert [said for said in browser.complaints() if "422" not in said] == []
