"""The records every loader returns: one validated type per task, a quarantined row, a corpus of both."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import MISSING, asdict, dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Literal, Self, TypeVar

if TYPE_CHECKING:
    from datasets import Dataset

PROMPT = "Sentence: {sentence}\nFOL:"
Label = Literal["True", "False", "Uncertain"]


class DataError(ValueError):
    """The data cannot be used as asked: the message names the file, the row or the setting, and what is allowed."""


class Record:
    """What all records share.

    `group` is what a split never divides (a story, a document, a world, a combination of template and words);
    `source` names the file or generator, and `row` is the 1-based row in it (the line, for JSONL).
    """

    __slots__ = ()
    task: ClassVar[str]
    group: str
    source: str
    row: int

    def checked(self, domain: str = "fol") -> Self:
        """The record with its formulas in the domain's canonical notation. Raises `data.audit.Fault`: what is wrong."""
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

    def extras(self) -> dict[str, str]:
        """Further columns of the training rows."""
        return {}

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for JSON; `data.local` reads them back."""
        return asdict(self)  # type: ignore[call-overload]


@dataclass(frozen=True, slots=True)
class Translation(Record):
    """One sentence and its formula."""

    task: ClassVar[str] = "translate"
    sentence: str
    formula: str
    group: str
    source: str
    row: int

    def checked(self, domain: str = "fol") -> Translation:
        _need(sentence=self.sentence)
        return replace(self, formula=_canonical(self.formula, domain))

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
    """A sentence, a wrong formula for it, and the right one. `kinds` says what is wrong, where that is known."""

    task: ClassVar[str] = "correct"
    sentence: str
    wrong: str
    formula: str
    group: str
    source: str
    row: int
    kinds: str = ""

    def checked(self, domain: str = "fol") -> Correction:
        """As in `Record`; the wrong formula may be any text, as a model may have written anything."""
        _need(sentence=self.sentence, wrong=self.wrong)
        return replace(self, formula=_canonical(self.formula, domain))

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
    """A passage and the formula of its core claim; `claim` is that claim in words, where it is known."""

    task: ClassVar[str] = "distill"
    passage: str
    formula: str
    group: str
    source: str
    row: int
    claim: str = ""

    def checked(self, domain: str = "fol") -> Claim:
        _need(passage=self.passage)
        return replace(self, formula=_canonical(self.formula, domain))

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

    The formulas of the two answers are "" where nobody has written them: a translator then supplies them.
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

    def checked(self, domain: str = "fol") -> Preference:
        from data.audit import Fault

        roles = [message.role for message in self.prompt]
        if unknown := sorted(set(roles) - {"system", "user", "assistant"}):
            raise Fault(f"role {unknown[0]!r}; allowed: system, user, assistant")
        turns = roles[1:] if roles[:1] == ["system"] else roles
        if (
            not turns
            or turns != [("user", "assistant")[i % 2] for i in range(len(turns))]
            or len(turns) % 2 == 0
        ):
            raise Fault(
                f"turns {', '.join(roles) or 'none'}: user and assistant must alternate, user first and last"
            )
        if any(not message.content.strip() for message in self.prompt):
            raise Fault("a message of the prompt is empty")
        _need(chosen=self.chosen, rejected=self.rejected)
        if self.chosen == self.rejected:
            raise Fault("the chosen and the rejected answer are the same")
        return replace(
            self,
            chosen_formula=self.chosen_formula and _canonical(self.chosen_formula, domain),
            rejected_formula=self.rejected_formula and _canonical(self.rejected_formula, domain),
        )

    def parts(self) -> dict[str, str]:
        return {
            "prompt": "\n".join(f"{message.role}: {message.content}" for message in self.prompt)
        }

    def prompt_fields(self) -> dict[str, str]:
        names = {"system": "System", "user": "User", "assistant": "Assistant"}
        return {
            "conversation": "\n".join(f"{names[turn.role]}: {turn.content}" for turn in self.prompt)
        }

    def answer(self) -> str:
        return self.chosen

    def extras(self) -> dict[str, str]:
        return {
            "chosen": self.chosen,
            "rejected": self.rejected,
            "chosen_formula": self.chosen_formula,
            "rejected_formula": self.rejected_formula,
        }


@dataclass(frozen=True, slots=True)
class TextPair(Record):
    """A text and its translation into another language; languages are ISO 639-1 codes ("en")."""

    task: ClassVar[str] = "mt"
    text: str
    translation: str
    from_language: str
    to_language: str
    group: str
    source: str
    row: int

    def checked(self, domain: str = "fol") -> TextPair:
        _need(text=self.text, translation=self.translation)
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


LANGUAGES = {
    "en": "English", "de": "German", "cs": "Czech", "fr": "French", "ru": "Russian", "zh": "Chinese",
    "fi": "Finnish", "is": "Icelandic", "ja": "Japanese", "uk": "Ukrainian",
    "qfo": "Folan",
}  # fmt: skip
"""Names of the languages of WMT, and of the one made here, for prompts."""


@dataclass(frozen=True, slots=True)
class Story(Record):
    """Premises, a conclusion and whether it follows: "True", "False" or "Uncertain".

    The formulas are as they were annotated, read or not; `conclusion_formula` is "" where none was written.
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

    def checked(self, domain: str = "fol") -> Story:
        from data.audit import Fault

        _need(conclusion=self.conclusion)
        if not self.premises:
            raise Fault("no premises")
        if len(self.premises) != len(self.premise_formulas):
            raise Fault(f"{len(self.premises)} premises but {len(self.premise_formulas)} formulas")
        return self

    def parts(self) -> dict[str, str]:
        return {"premises": "\n".join(self.premises), "conclusion": self.conclusion}

    def prompt_fields(self) -> dict[str, str]:
        return {"premises": "\n".join(self.premises), "conclusion": self.conclusion}

    def answer(self) -> str:
        return self.label


TASKS: dict[str, type[Record]] = {
    kind.task: kind for kind in (Translation, Correction, Claim, Preference, TextPair, Story)
}


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A row left out: where it stood (`row` is 1-based) and why."""

    source: str
    row: int
    reason: str


RecordT = TypeVar("RecordT", bound=Record)


@dataclass(frozen=True)
class Corpus(Generic[RecordT]):
    """The rows of one split, the rows that were left out of it, and the domain of its formulas."""

    name: str
    split: str
    rows: list[RecordT]
    quarantined: list[Quarantined] = field(default_factory=list)
    domain: str = "fol"

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[RecordT]:
        return iter(self.rows)

    def audit(self) -> Corpus[RecordT]:
        """The same corpus with every row validated.

        A row with an empty text, or whose formula does not parse or does not score 1 against itself, moves to
        `quarantined`; the other formulas are rewritten in canonical notation.
        """
        from data.audit import Fault

        rows: list[RecordT] = []
        faults: list[Quarantined] = []
        for row in self.rows:
            try:
                rows.append(row.checked(self.domain))
            except Fault as fault:
                faults.append(Quarantined(row.source, row.row, str(fault)))
        return replace(self, rows=rows, quarantined=self.quarantined + faults)

    def to_dataset(self, prompt_template: str | None = None, *, chat: bool = False) -> Dataset:
        """Columns `prompt`, `completion`, `reference` and the task's own; one row per record.

        `prompt_template` is one of `data.prompts` or a format string; the task's own where absent. With `chat`,
        prompt and completion are lists of messages. Raises DataError where the template misses a field of the
        task or asks for another.
        """
        from datasets import Dataset

        from data import prompts

        task = self.rows[0].task if self.rows else "translate"
        template = prompts.choose(task, prompt_template, chat=chat)
        rows = [
            prompts.row(record, template, chat=chat, domain=self.domain) for record in self.rows
        ]
        return Dataset.from_dict(
            {name: [row[name] for row in rows] for name in rows[0]} if rows else {}
        )


def column_names(task: str) -> tuple[list[str], list[str]]:
    """The columns a user's own file must have for a task, and those it may have."""
    own = [f for f in fields(TASKS[task]) if f.name not in ("source", "row", "group")]  # type: ignore[arg-type]
    return [f.name for f in own if f.default is MISSING], [
        *(f.name for f in own if f.default is not MISSING),
        "group",
    ]


def _need(**texts: str) -> None:
    from data.audit import Fault

    for name, text in texts.items():
        if not text.strip():
            raise Fault(f"empty {name}")


def _canonical(formula: str, domain: str) -> str:
    from data.audit import canonical

    return canonical(formula, domain)
