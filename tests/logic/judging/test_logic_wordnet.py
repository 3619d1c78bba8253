"""Names by WordNet: words of one synset match, opposites do not, and a missing WordNet is told of."""

from __future__ import annotations

import pickle
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

pytest.importorskip("nltk")

import nltk
from nltk.corpus.reader import WordNetCorpusReader
from nltk.corpus.util import LazyCorpusLoader

import logic
from logic.judging.names import by_words
from logic.judging.wordnet import ByWordNet

pytestmark = [
    # Of a language other than English, of which nothing is asked.
    pytest.mark.filterwarnings("ignore:The multilingual functions"),
    pytest.mark.filterwarnings("ignore:No WordNet synset found"),
]

SYNSETS = {
    "noun": [
        ["doctor", "physician"],
        ["car", "automobile"],
        ["travel"],
        ["king", "monarch"],
        ["queen"],
        ["king", "queen"],
        ["m", "k"],
        ["million", "billion"],
    ],
    "verb": [["link", "connect"], ["travel", "go"]],
    "adj": [["happy", "unhappy"]],
    "adv": [["often", "frequently"]],
}
"""What a small WordNet knows: a word's first synset is its first sense."""
NUMBERS = ["million", "billion"]
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
            file = "01" if words == NUMBERS else "00"
            data += f"{place} {file} {letter} {len(words):02x} {members} 000{frames} | means one thing\n"
            for word in words:
                places.setdefault(word, []).append(place)
        index = "  1 a WordNet of a few words\n"
        for word, found in sorted(places.items()):
            index += f"{word} {letter} {len(found)} 0 {len(found)} 0 {' '.join(found)}\n"
        (folder / f"data.{part}").write_text(data)
        (folder / f"index.{part}").write_text(index)
        (folder / f"{part}.exc").write_text("")
    (folder / "lexnames").write_text("00\tall\t1\n01\tnoun.quantity\t1\n")
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
        ("LinksTo", "ConnectsTo", 0.9),
        ("Often", "Frequently", 0.9),
        ("Monarch", "King", 0.9),
        ("King", "Queen", 0.0),  # by a rarer sense alone
        ("m", "k", 0.0),
        ("", "Doctor", 0.0),
    ],
)
def test_names_are_as_alike_as_their_words(
    by_wordnet: ByWordNet, candidate: str, reference: str, expected: float
) -> None:
    assert by_wordnet([candidate], [reference]) == [[expected]]


def test_numbers_are_no_synonyms(by_wordnet: ByWordNet) -> None:
    assert by_wordnet(["Million"], ["Billion"]) == by_words(["Million"], ["Billion"])


def test_a_word_more_leaves_names_less_alike(by_wordnet: ByWordNet) -> None:
    [[whole, part]] = by_wordnet(["TravelByAutomobile"], ["TravelByCar", "TravelByCarAtNight"])
    assert 0.0 < part < whole


def test_a_reference_word_stands_for_one_word_alone(by_wordnet: ByWordNet) -> None:
    [[twice]] = by_wordnet(["DoctorPhysician"], ["Physician"])
    [[once]] = by_wordnet(["Doctor"], ["Physician"])
    assert twice < once


def test_threads_share_it_and_processes_copy_it(by_wordnet: ByWordNet) -> None:
    pairs = [["Physician"], ["Automobile"], ["LinksTo"], ["Often"], ["Monarch"]] * 20
    others = ["Doctor", "Car", "ConnectsTo", "Frequently", "King"]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda names: by_wordnet(names, others), pairs))
    assert found == [by_wordnet(names, others) for names in pairs]
    assert pickle.loads(pickle.dumps(by_wordnet))(["Physician"], ["Doctor"]) == [[0.9]]


def spoil(folder: Path, how: str) -> None:
    if how == "missing":
        shutil.rmtree(folder)
    elif how == "a file missing":
        (folder / "lexnames").unlink()
    elif how == "cut":
        index = folder / "index.noun"
        index.write_text(index.read_text()[:-20])
    else:
        shutil.rmtree(folder)
        folder.with_suffix(".zip").write_bytes(b"PK broken")


@pytest.mark.parametrize("how", ["missing", "a file missing", "cut", "a broken archive"])
def test_a_wordnet_that_is_missing_or_damaged_is_told_of(nowhere: Path, how: str) -> None:
    folder = nowhere / "corpora" / "wordnet"
    write_wordnet(folder)
    spoil(folder, how)
    with pytest.raises(FileNotFoundError, match=r"python -m nltk\.downloader wordnet"):
        ByWordNet()


def test_a_file_that_is_found_damaged_later_is_told_of_too(nowhere: Path) -> None:
    folder = nowhere / "corpora" / "wordnet"
    write_wordnet(folder)
    by_wordnet = ByWordNet()
    (folder / "data.noun").write_text("")
    with pytest.raises(FileNotFoundError, match="no whole WordNet"):
        by_wordnet(["Physician"], ["Doctor"])
