"""The files of a new domain: a working start to change, with a test that passes."""

from __future__ import annotations

import re
from pathlib import Path

from logic.core import CORE
from logic.errors import DomainError

_GRAMMAR = """\
// What {name} adds to logic/reading/grammars/fol.lark. Each alias (-> unless) is a class in {name}.py.
// Words in quotes are reserved and stand for themselves; what a class needs, it gets in order: here the two formulas.

%extend conditional: exclusive "unless" exclusive -> unless
"""

_PYTHON = '''\
"""{name}: what the domain adds, in a sentence."""

from __future__ import annotations

from dataclasses import dataclass

from logic import syntax as S
from logic.domains import Construct, Domain


@dataclass(frozen=True)
class Unless(Construct, S.Formula):
    """The left is so, or else the right is."""

    writes = "{{left:xor}} unless {{right:xor}}"  # its text; a part that binds less tightly than ⊕ gets brackets
    level = "implies"  # it binds as → does
    left: S.Formula
    right: S.Formula

    def lower(self) -> S.Formula:
        """The same in core terms: this is what the judge decides."""
        return S.Or((self.left, self.right))


DOMAIN = Domain(
    "{name}",
    grammar="{name}.lark",
    constructs=[Unless],
    description="what {name} adds, in a line",
    axioms=["∀x (Student(x) → Person(x))"],  # hold in every structure of the domain
    synonyms=["doctor/physician"],  # the same word in names
    opposites=["lend/borrow"],  # never the same
    examples=["∀x (Student(x) unless Teacher(x))"],  # each construct in at least one
)
'''

_TEST = '''\
"""The domain {name}: its formulas are read, written and judged."""

from pathlib import Path

import pytest

import logic

DOMAIN = str(Path(__file__).with_name("{name}.py"))


@pytest.mark.parametrize("text", ["Open(shop) unless Closed(shop)", "∀x ((Reads(x) unless Sleeps(x)) → Tired(x))"])
def test_what_is_read_is_written(text):
    assert str(logic.parse(text, domain=DOMAIN)) == text


@pytest.mark.parametrize(
    "candidate, reference, same",
    [
        ("Open(shop) unless Closed(shop)", "¬Closed(shop) → Open(shop)", True),
        ("Open(shop) unless Closed(shop)", "Open(shop) ∧ ¬Closed(shop)", False),
        ("∀x (Student(x) → Person(x))", "⊤", True),  # the axiom
        ("∀x (Doctor(x) → Tired(x))", "∀x (Physician(x) → Tired(x))", True),  # the synonyms
    ],
)
def test_pairs(candidate, reference, same):
    found = logic.compare(candidate=candidate, reference=reference, domain=DOMAIN)
    assert found.verdict == ("proved" if same else "refuted")
    assert (found.score == 1.0) == same
'''

_MODAL_GRAMMAR = """\
// What {name} adds to logic/reading/grammars/fol.lark. Each alias (-> knows) is a class in {name}.py.
// knows[ann] φ binds as ¬ does. Words in quotes are reserved and stand for themselves.

%extend unary: "knows" "[" expression "]" unary    -> knows
             | "believes" "possible" "[" expression "]" unary -> possible
"""

_MODAL_PYTHON = '''\
"""{name}: what the domain adds, in a sentence."""

from __future__ import annotations

from dataclasses import dataclass

from logic import syntax as S
from logic.domains import Box, Diamond, ModalDomain


@dataclass(frozen=True)
class Knows(Box):
    """So in every world that is possible for all the agent knows."""

    relation = "considers possible"  # leads from a world to others, for each agent: the term below
    frame = ("reflexive", "transitive", "symmetric")  # logic S5; what is known is so (reflexive)
    writes = "knows [{{agent}}] {{body}}"
    agent: S.Term
    body: S.Formula


@dataclass(frozen=True)
class Possible(Diamond):
    """So in some world that is possible for all the agent knows."""

    relation = "considers possible"
    writes = "believes possible [{{agent}}] {{body}}"
    agent: S.Term
    body: S.Formula


DOMAIN = ModalDomain(
    "{name}",
    grammar="{name}.lark",
    constructs=[Knows, Possible],
    description="what {name} adds, in a line",
    examples=["knows [ann] Rains → Rains", "∀x (Spy(x) → believes possible [x] Betrayed(x))"],
)
'''

_MODAL_TEST = '''\
"""The domain {name}: its formulas are read, written and judged."""

from pathlib import Path

import pytest

import logic

DOMAIN = str(Path(__file__).with_name("{name}.py"))


def test_what_is_read_is_written():
    text = "∀x (Spy(x) → knows [x] (Rains ∨ ¬Rains))"
    assert str(logic.parse(text, domain=DOMAIN)) == text


@pytest.mark.parametrize(
    "candidate, reference, same",
    [
        ("¬knows [ann] Rains", "believes possible [ann] ¬Rains", True),
        ("knows [ann] knows [ann] Rains", "knows [ann] Rains", True),  # transitive
        ("knows [ann] Rains", "knows [bob] Rains", False),
        ("knows [ann] knows [bob] Rains", "knows [bob] knows [ann] Rains", False),
    ],
)
def test_pairs(candidate, reference, same):
    found = logic.equivalent(candidate, reference, domain=DOMAIN)
    assert found.status == ("proved" if same else "refuted")


def test_what_is_known_is_so():
    assert logic.entails(["knows [ann] Rains"], "Rains", domain=DOMAIN).status == "proved"
    assert logic.entails(["Rains"], "knows [ann] Rains", domain=DOMAIN).status == "refuted"
'''


def write(name: str, folder: Path, *, modal: bool = False) -> list[Path]:
    """Write `NAME.lark`, `NAME.py` and `test_NAME.py`; `modal` for a domain that speaks of other worlds.

    Raises `DomainError` for a bad name and files that exist.
    """
    if not re.fullmatch(r"[a-z]\w*", name, re.ASCII) or name == CORE.spec:
        raise DomainError(
            f"domain name {name!r}: a lower-case letter, then letters, digits and _ are allowed"
        )
    start = (_MODAL_GRAMMAR, _MODAL_PYTHON, _MODAL_TEST) if modal else (_GRAMMAR, _PYTHON, _TEST)
    texts = dict(zip([f"{name}.lark", f"{name}.py", f"test_{name}.py"], start, strict=True))
    paths = [folder / file for file in texts]
    if existing := [str(path) for path in paths if path.exists()]:
        raise DomainError(f"{', '.join(existing)}: exists already; name another folder or domain")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path, text in zip(paths, texts.values(), strict=True):
            path.write_text(text.format(name=name), encoding="utf-8")
    except OSError as error:
        raise DomainError(f"cannot write {error.filename}: {error.strerror}") from None
    return paths
