"""The records every loader returns: one validated type for each task."""

from __future__ import annotations

from dataclasses import MISSING, Field, asdict, dataclass, fields, replace
from typing import Any, ClassVar, Literal, Self, get_args

from data.audit import Fault, meant, require_apart, require_text, require_turns

Label = Literal["True", "False", "Uncertain"]
"""Whether a story's conclusion follows from its premises."""
LABELS: tuple[Label, ...] = get_args(Label)


class DataError(ValueError):
    """The data cannot be used as asked.

    The message names the file, the row or the setting, and what is allowed.
    """


class Record:
    """What all records share.

    `group` is what a split never divides (a story, a document, a world, a combination of template
    and words); `source` names the file or generator, and `row` is the 1-based row in it (the line,
    for JSONL).
    """

    __slots__ = ()
    # Every record is a dataclass; said here, so that `asdict` and `replace` take any of them.
    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]
    task: ClassVar[str]
    group: str
    source: str
    row: int

    def checked(
        self, domain: str = "fol", repairs: list[str] | None = None, dialect: str | None = None
    ) -> Self:
        """The record with its formulas in the domain's canonical notation.

        `dialect` is the notation that they are written in, where that is known. What was widened to
        read them is added to `repairs` (`data.audit.meant`). Raises `data.audit.Fault`: what is
        wrong.
        """
        raise NotImplementedError

    def parts(self) -> dict[str, str]:
        """The texts by which a row repeats another, is tied to it, or leaks into another split."""
        raise NotImplementedError

    def prompt_fields(self) -> dict[str, str]:
        """What a prompt template may name."""
        raise NotImplementedError

    def answer(self) -> str:
        """What the model is to write."""
        raise NotImplementedError

    def extras(self) -> dict[str, Any]:
        """Further columns of the training rows."""
        return {}

    def ready(self) -> tuple[Any, Any] | None:
        """Prompt and completion as the row brings them; None where a template makes them."""
        return None

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for JSON; `data.own.local` reads them back."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Translation(Record):
    """One sentence and its formula."""

    task: ClassVar[str] = "translate"
    sentence: str
    formula: str
    group: str
    source: str
    row: int

    def checked(
        self, domain: str = "fol", repairs: list[str] | None = None, dialect: str | None = None
    ) -> Translation:
        require_text(sentence=self.sentence)
        return replace(self, formula=meant(self.formula, domain, repairs, dialect))

    def parts(self) -> dict[str, str]:
        return {"sentence": self.sentence, "formula": self.formula}

    def prompt_fields(self) -> dict[str, str]:
        return {"sentence": self.sentence}

    def answer(self) -> str:
        return self.formula

    def extras(self) -> dict[str, str]:
        return {"sentence": self.sentence}


@dataclass(frozen=True, slots=True)
class Correction(Record):
    """A sentence, a wrong formula for it, and the right one.

    `kinds` says what is wrong, where that is known.
    """

    task: ClassVar[str] = "correct"
    sentence: str
    wrong: str
    formula: str
    group: str
    source: str
    row: int
    kinds: str = ""

    def checked(
        self, domain: str = "fol", repairs: list[str] | None = None, dialect: str | None = None
    ) -> Correction:
        """As in `Record`; the wrong formula may be any text, as a model may write anything."""
        require_text(sentence=self.sentence, wrong=self.wrong)
        return replace(self, formula=meant(self.formula, domain, repairs, dialect))

    def parts(self) -> dict[str, str]:
        return {"sentence": self.sentence, "formula": self.formula}

    def prompt_fields(self) -> dict[str, str]:
        return {"sentence": self.sentence, "wrong": self.wrong}

    def answer(self) -> str:
        return self.formula

    def extras(self) -> dict[str, str]:
        return {"sentence": self.sentence, "wrong": self.wrong}


@dataclass(frozen=True, slots=True)
class Claim(Record):
    """A passage and the formula of its core claim.

    `claim` is that claim in words, where it is known.
    """

    task: ClassVar[str] = "distill"
    passage: str
    formula: str
    group: str
    source: str
    row: int
    claim: str = ""

    def checked(
        self, domain: str = "fol", repairs: list[str] | None = None, dialect: str | None = None
    ) -> Claim:
        require_text(passage=self.passage)
        return replace(self, formula=meant(self.formula, domain, repairs, dialect))

    def parts(self) -> dict[str, str]:
        return {"passage": self.passage}

    def prompt_fields(self) -> dict[str, str]:
        return {"passage": self.passage}

    def answer(self) -> str:
        return self.formula

    def extras(self) -> dict[str, str]:
        return {"passage": self.passage}


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a conversation; `role` is "system", "user" or "assistant"."""

    role: str
    content: str


@dataclass(frozen=True, slots=True)
class Preference(Record):
    """A conversation that ends with the user's turn, the preferred answer to it and a rejected one.

    The formulas of the two answers are "" where nobody has written them: a translator then
    supplies them. `kind` is what is wrong with the rejected answer, `more_rejected` are further
    ones with theirs, `also_chosen` other wordings of the preferred one, and `subset` is the part of
    the data set; each where it is known.
    """

    task: ClassVar[str] = "preference"
    prompt: tuple[Message, ...]
    chosen: str
    rejected: str
    group: str
    source: str
    row: int
    chosen_formula: str = ""
    rejected_formula: str = ""
    kind: str = ""
    more_rejected: tuple[str, ...] = ()
    more_kinds: tuple[str, ...] = ()
    also_chosen: tuple[str, ...] = ()
    subset: str = ""

    def checked(
        self, domain: str = "fol", repairs: list[str] | None = None, dialect: str | None = None
    ) -> Preference:
        require_turns([message.role for message in self.prompt])
        if any(not message.content.strip() for message in self.prompt):
            raise Fault("a message of the prompt is empty")
        require_text(chosen=self.chosen, rejected=self.rejected)
        if self.chosen == self.rejected:
            raise Fault("the chosen and the rejected answer are the same")
        require_apart((self.chosen, *self.also_chosen), (self.rejected, *self.more_rejected))
        if self.more_kinds and len(self.more_kinds) != len(self.more_rejected):
            raise Fault(
                f"{len(self.more_rejected)} more_rejected, but {len(self.more_kinds)} more_kinds"
            )
        return replace(
            self,
            chosen_formula=self.chosen_formula
            and meant(self.chosen_formula, domain, repairs, dialect),
            rejected_formula=self.rejected_formula
            and meant(self.rejected_formula, domain, repairs, dialect),
        )

    def parts(self) -> dict[str, str]:
        turns = [f"{message.role}: {message.content}" for message in self.prompt]
        return {"prompt": "\n".join(turns)}

    def prompt_fields(self) -> dict[str, str]:
        turns = [f"{message.role.capitalize()}: {message.content}" for message in self.prompt]
        return {"conversation": "\n".join(turns)}

    def answer(self) -> str:
        return self.chosen

    def extras(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in PREFERENCE_COLUMNS}


PREFERENCE_COLUMNS = (
    "chosen",
    "rejected",
    "chosen_formula",
    "rejected_formula",
    "kind",
    "more_rejected",
    "more_kinds",
    "also_chosen",
    "subset",
)
"""What the training rows of a preference have beside prompt, completion and reference."""

LANGUAGES = {
    "en": "English",
    "de": "German",
    "cs": "Czech",
    "fr": "French",
    "ru": "Russian",
    "zh": "Chinese",
    "fi": "Finnish",
    "is": "Icelandic",
    "ja": "Japanese",
    "uk": "Ukrainian",
    "qfo": "Folan",
}
"""Names of the languages of WMT, and of the one made here, for prompts."""


@dataclass(frozen=True, slots=True)
class TextPair(Record):
    """A text and its translation; languages are ISO 639-1 codes ("en")."""

    task: ClassVar[str] = "mt"
    text: str
    translation: str
    from_language: str
    to_language: str
    group: str
    source: str
    row: int

    def checked(
        self, domain: str = "fol", repairs: list[str] | None = None, dialect: str | None = None
    ) -> TextPair:
        require_text(text=self.text, translation=self.translation)
        return self

    def parts(self) -> dict[str, str]:
        # By language, so that the two directions of one pair are tied.
        return {self.from_language: self.text, self.to_language: self.translation}

    def prompt_fields(self) -> dict[str, str]:
        return {
            "text": self.text,
            "from_language": LANGUAGES.get(self.from_language, self.from_language),
            "to_language": LANGUAGES.get(self.to_language, self.to_language),
        }

    def answer(self) -> str:
        return self.translation

    def extras(self) -> dict[str, str]:
        return {
            "text": self.text,
            "from_language": self.from_language,
            "to_language": self.to_language,
        }


@dataclass(frozen=True, slots=True)
class Story(Record):
    """Premises, a conclusion and whether it follows: "True", "False" or "Uncertain".

    The formulas are as they were annotated, readable or not, or in the canonical notation where
    theirs was named; `conclusion_formula` is "" where none was written.
    """

    task: ClassVar[str] = "entail"
    premises: tuple[str, ...]
    premise_formulas: tuple[str, ...]
    conclusion: str
    conclusion_formula: str
    label: Label
    group: str
    source: str
    row: int

    def checked(
        self, domain: str = "fol", repairs: list[str] | None = None, dialect: str | None = None
    ) -> Story:
        require_text(conclusion=self.conclusion)
        if not self.premises:
            raise Fault("no premises")
        if len(self.premises) != len(self.premise_formulas):
            raise Fault(f"{len(self.premises)} premises but {len(self.premise_formulas)} formulas")
        if dialect is None:
            return self
        return replace(
            self,
            premise_formulas=tuple(
                [_rewritten(formula, domain, dialect) for formula in self.premise_formulas]
            ),
            conclusion_formula=_rewritten(self.conclusion_formula, domain, dialect),
        )

    def parts(self) -> dict[str, str]:
        return {"premises": "\n".join(self.premises), "conclusion": self.conclusion}

    def prompt_fields(self) -> dict[str, str]:
        return {"premises": "\n".join(self.premises), "conclusion": self.conclusion}

    def answer(self) -> str:
        return self.label


TASKS: dict[str, type[Record]] = {
    kind.task: kind for kind in (Translation, Correction, Claim, Preference, TextPair, Story)
}


def _rewritten(formula: str, domain: str, dialect: str) -> str:
    """A story's formula from a dialect in the canonical notation; one that cannot be read as it is."""
    try:
        return meant(formula, domain, dialect=dialect)
    except Fault:
        return formula


def column_names(task: str) -> tuple[list[str], list[str]]:
    """The columns a user's own file must have for a task, and those it may have."""
    required: list[str] = []
    optional: list[str] = []
    for field in fields(TASKS[task]):
        if field.name in ("source", "row", "group"):
            continue
        columns = required if field.default is MISSING else optional
        columns.append(field.name)
    return required, [*optional, "group"]


def label_of(text: str) -> Label:
    """The label that a text is; some data sets say "Unknown" for "Uncertain".

    Raises ValueError for another text.
    """
    for label in LABELS:
        if text == label:
            return label
    if text == "Unknown":
        return "Uncertain"
    raise ValueError(f"label {text!r}; allowed: {', '.join(LABELS)}, Unknown")
