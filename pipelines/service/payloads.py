"""What requests and answers hold: checked where it comes in, and told on the page `/docs`."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

import logic
from logic.judging.compare import Names
from logic.reading.notations.dialects import check_dialect


def _whole(value: Any) -> Any:
    """A text without halves of surrogate pairs: a model's output that is cut may have one."""
    if not isinstance(value, str):
        return value
    try:
        value.encode()
    except UnicodeEncodeError:
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return value


def _dialect(name: str | None) -> str | None:
    check_dialect(name)
    return name


_NOTATIONS = {"enum": [*logic.DIALECTS, None]}
Text = Annotated[str, BeforeValidator(_whole)]
Dialect = Annotated[
    str | None,
    AfterValidator(_dialect),
    Field(description="the notation of the texts, where it is known", json_schema_extra=_NOTATIONS),
]
Notation = Annotated[
    str | None,
    AfterValidator(_dialect),
    Field(description="a notation to write the formulas in as well", json_schema_extra=_NOTATIONS),
]
Domain = Annotated[
    str, Field(description="`fol`, a domain that ships, or one that the service was started with")
]
NamesOf = Annotated[Names, Field(description="`match`: names may differ; `exact`: they may not")]

CAT = "∀x (Cat(x) → Animal(x))"


class _Request(BaseModel):
    """A request: a key that it does not know is refused, as it would be without effect."""

    model_config = ConfigDict(extra="forbid")


class Score(_Request):
    """Many candidates, each with its reference."""

    candidates: list[Text] = Field(examples=[["¬∃x (Cat(x) ∧ ¬Animal(x))", "∃x Cat(x)"]])
    references: list[Text | None] = Field(examples=[[CAT, CAT]])
    names: NamesOf = "match"
    domain: Domain = "fol"
    dialect: Dialect = None
    canonical_references: Annotated[
        bool, Field(description="with `dialect`: the references are in the canonical notation")
    ] = False


class Scores(BaseModel):
    """In the order of the request; a score is null where it could not be judged."""

    scores: list[float | None]
    verdicts: list[str] = Field(description="`proved`, `refuted`, `unreadable` or `unknown`")
    reasons: list[str | None] = Field(description="why there is no score")


class Compare(_Request):
    """One candidate, to be explained."""

    candidate: Text = Field(examples=["∃x (Cat(x) ∧ Animal(x))"])
    reference: Text = Field(examples=[CAT])
    names: NamesOf = "match"
    domain: Domain = "fol"
    dialect: Dialect = None
    write: Notation = None


class World(BaseModel):
    """A small structure in which the sides differ."""

    elements: list[str]
    properties: list[list[str]]
    relations: list[tuple[str, int, int]]
    facts: list[str]
    sentences: list[str]
    there: list[str]
    svg: str


class Difference(BaseModel):
    kind: str
    candidate: str
    reference: str
    text: str


class Match(BaseModel):
    candidate: str | None
    reference: str | None
    likeness: float


class Comparison(BaseModel):
    """What `folalign verify --json` prints, and what a page shows of it."""

    score: float | None
    verdict: str
    says: str
    reason: str | None = None
    decided_by: str
    relation: str
    candidate: str | None
    reference: str
    matching: list[Match] | None
    names: list[str]
    repairs: list[str] = Field(description="what was changed to read the candidate")
    reference_repairs: list[str] = Field(description="what was changed to read the reference")
    idle: list[str]
    error: str | None
    error_types: list[str]
    differences: list[Difference] | None
    candidate_parts: list[tuple[str, bool]] = Field(description="pieces, and whether they differ")
    reference_parts: list[tuple[str, bool]]
    countermodel: str | None
    world: World | None
    candidate_written: str | None = None
    reference_written: str | None = None
    seconds: float


class Entails(_Request):
    """Premises and a conclusion."""

    premises: list[Text] = Field(examples=[[CAT, "Cat(tom)"]])
    conclusion: Text = Field(examples=["Animal(tom)"])
    domain: Domain = "fol"
    dialect: Dialect = None
    explain: Annotated[bool, Field(description="with a proof, or a world that refutes")] = False
    write: Notation = None


class Entailment(BaseModel):
    """Whether the conclusion follows; with `explain`, what `folalign prove --json` prints too."""

    status: str = Field(description="`proved`, `refuted` or `unknown`")
    method: str
    used: list[int] | None = Field(description="premises that suffice, counted from 0")
    reason: str | None
    seconds: float


class Parse(_Request):
    """A text to be read."""

    text: Text = Field(examples=["forall x (Cat(x) implies Animal(x))"])
    answer: Annotated[bool, Field(description="find the formula in a model's answer")] = False
    domain: Domain = "fol"
    dialect: Dialect = None


class Parsed(BaseModel):
    formula: str | None
    repairs: list[str]
    idle: list[str] = Field(description="quantifiers that bind nothing")
    reason: str | None = None


class Translate(_Request):
    """A formula, and the notation that it is wanted in."""

    text: Text = Field(examples=[CAT])
    to: Annotated[
        str,
        AfterValidator(_dialect),
        Field(examples=["tptp"], json_schema_extra={"enum": list(logic.DIALECTS)}),
    ]
    domain: Domain = "fol"
    dialect: Dialect = None


class Translated(BaseModel):
    text: str | None
    formula: str | None = Field(description="the formula in the canonical notation")
    reason: str | None = None


class OpenRLHF(BaseModel):
    """What OpenRLHF posts to `--reward.remote_url`; the answer is what follows the prompt."""

    query: list[Text] = Field(examples=[["FOL: ∃x Cat(x)"]])
    prompts: list[Text] = Field(examples=[["FOL:"]])
    labels: list[Text | None] = Field(examples=[["∃x Cat(x)"]])


class OpenRLHFRewards(BaseModel):
    rewards: list[float]
    scores: list[float]
    extra_logs: dict[str, list[float]]


class Slime(BaseModel):
    """What slime posts to `--rm-url` with `--rm-type remote_rm`; the answer is a number."""

    prompt: Any = None
    response: Text = Field(examples=["∃x Cat(x)"])
    label: Text | None = Field(default=None, examples=["∃x Cat(x)"])


class Failure(BaseModel):
    """Why there is no answer; of a text that is no formula, which, where, and what may help."""

    error: str
    what: str | None = None
    line: int | None = None
    column: int | None = None
    hint: str | None = None


class Health(BaseModel):
    status: str
    version: str
    workers: int
    waiting: int
