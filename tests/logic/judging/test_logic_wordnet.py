"""Names by WordNet: words of one synset match, opposites do not, and a missing WordNet is told of."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("nltk")

import nltk
from nltk.corpus.reader import WordNetCorpusReader
from nltk.corpus.util import LazyCorpusLoader

import logic
from logic.judging.wordnet import ByWordNet

# Of a language other than English, of which nothing is asked.
pytestmark = pytest.mark.filterwarnings("ignore:The multilingual functions")

SYNSETS = {
    "noun": [["doctor", "physician"], ["car", "automobile"], ["travel"]],
    "verb": [["tidy", "straighten"], ["travel", "go"]],
    "adj": [["happy", "unhappy"]],
    "adv": [],
}
"""What a small WordNet knows; its one wrong synset is there to be overruled."""
LETTER = {"noun": "n", "verb": "v", "adj": "a", "adv": "r"}


def write_wordnet(folder: Path) -> None:
    """WordNet's files, as wndb(5WN) describes them."""
    folder.mkdir(parents=True)
    for part, synsets in SYNSETS.items():
        letter = LETTER[part]
        data = "  1 a WordNet of a few words\n"
        places: dict[str, list[str]] = {}
        for words in synsets:
            place = f"{len(data):08d}"
            members = " ".join(f"{word} 0" for word in words)
            frames = " 00" if part == "verb" else ""
            data += (
                f"{place} 00 {letter} {len(words):02x} {members} 000{frames} | means one thing\n"
            )
            for word in words:
                places.setdefault(word, []).append(place)
        index = "  1 a WordNet of a few words\n"
        for word, found in sorted(places.items()):
            index += f"{word} {letter} {len(found)} 0 {len(found)} 0 {' '.join(found)}\n"
        (folder / f"data.{part}").write_text(data)
        (folder / f"index.{part}").write_text(index)
        (folder / f"{part}.exc").write_text("")
    (folder / "lexnames").write_text("00\tall\t1\n")
    for name in ("cntlist.rev", "index.sense"):
        (folder / name).write_text("")


@pytest.fixture
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, the only one in which NLTK looks."""
    monkeypatch.setattr(nltk.data, "path", [str(tmp_path)])
    fresh = LazyCorpusLoader("wordnet", WordNetCorpusReader, None)
    monkeypatch.setattr(nltk.corpus, "wordnet", fresh)
    return tmp_path


@pytest.fixture
def by_wordnet(nowhere: Path) -> ByWordNet:
    write_wordnet(nowhere / "corpora" / "wordnet")
    return ByWordNet()


def test_synonyms_match_and_still_cost(by_wordnet: ByWordNet) -> None:
    pair = {"candidate": "∀x (Physician(x) → Kind(x))", "reference": "∀x (Doctor(x) → Kind(x))"}
    assert logic.compare(**pair).verdict == "refuted"
    found = logic.compare(**pair, likeness=by_wordnet)
    assert found.verdict == "proved"
    assert found.score is not None and 0.5 < found.score < 1.0


@pytest.mark.parametrize(
    ("candidate", "reference", "expected"),
    [
        ("Doctors", "doctor", 1.0),
        ("TravelByAutomobile", "TravelByCar", 0.9),
        ("Unhappy", "Happy", 0.0),
        ("Car", "Doctor", 0.0),
        ("NotADoctor", "Physician", 0.0),
        ("Zzz", "Doctor", 0.0),
    ],
)
def test_names_are_as_alike_as_their_words(
    by_wordnet: ByWordNet, candidate: str, reference: str, expected: float
) -> None:
    assert by_wordnet([candidate], [reference]) == [[expected]]


def test_a_word_more_leaves_names_less_alike(by_wordnet: ByWordNet) -> None:
    [[whole, part]] = by_wordnet(["TravelByAutomobile"], ["TravelByCar", "TravelByCarAtNight"])
    assert 0.0 < part < whole


@pytest.mark.parametrize("damaged", [False, True])
def test_a_wordnet_that_is_missing_or_damaged_is_told_of(nowhere: Path, damaged: bool) -> None:
    if damaged:
        write_wordnet(nowhere / "corpora" / "wordnet")
        (nowhere / "corpora" / "wordnet" / "lexnames").unlink()
    with pytest.raises(FileNotFoundError, match=r"python -m nltk\.downloader wordnet"):
        ByWordNet()
