"""A model asked for formulas: once or again after remarks, and what it says accepted or withheld."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import logic
from logic.stories.remarks import Remarks, remarks
from pipelines.commands.translating.choosing import Choice, choose
from pipelines.commands.translating.sentences import Sentence
from pipelines.commands.translating.stories import StoryText
from pipelines.errors import UsageError
from pipelines.judging.answers import Grammar

if TYPE_CHECKING:
    from pipelines.judging.answerer import Answerer
    from pipelines.judging.remote.answerer import EndpointAnswerer

AGAIN = "Write the formula again."


def add_gates(parser: argparse.ArgumentParser) -> None:
    """The options that let a model answer again, and those that withhold a formula."""
    add = parser.add_argument
    add(
        "--attempts",
        type=int,
        default=1,
        help="answers to a sentence, each after what a solver says of the one before without a "
        "reference: no formula, other names than --signature has, valid or unsatisfiable, against "
        "the other premises of a story (default 1)",
    )
    add(
        "--agreement",
        type=float,
        default=0.0,
        metavar="SHARE",
        help="withhold a formula that a smaller share of the n answers agrees on (default 0)",
    )
    add(
        "--round_trip",
        type=float,
        metavar="SCORE",
        help="say each formula in words, have the model translate these, and withhold a formula "
        "whose second one scores less against it; 0 withholds none",
    )


def check_gates(arguments: argparse.Namespace) -> None:
    """Raise `UsageError` for values that are not allowed."""
    if arguments.attempts < 1:
        raise UsageError(f"--attempts must be at least 1, got {arguments.attempts}")
    for name in ("agreement", "round_trip"):
        value = getattr(arguments, name)
        if value is not None and not 0 <= value <= 1:
            raise UsageError(f"--{name} must be from 0 to 1, got {value}")
    if arguments.whole and own_settings(arguments):
        raise UsageError("--attempts, --agreement and --round_trip are not for --whole")


def own_settings(arguments: argparse.Namespace) -> dict[str, Any]:
    """What an output says of these options, where they are used."""
    values = {
        "most_attempts": arguments.attempts if arguments.attempts > 1 else None,
        "least_agreement": arguments.agreement or None,
        "least_round_trip": arguments.round_trip,
    }
    return {name: value for name, value in values.items() if value is not None}


class Translator:
    """Asks a model as the options of `folalign translate` say."""

    def __init__(
        self, arguments: argparse.Namespace, answerer: Answerer | EndpointAnswerer
    ) -> None:
        self.arguments = arguments
        self._answerer = answerer

    def choices(self, sentences: Sequence[Sentence], *, are_joint: bool = False) -> list[Choice]:
        """What is said of each sentence.

        Of a story (`are_joint`) all but the last are premises, which must not contradict each
        other.
        """
        prompts = self.arguments.asking.ask(sentences)
        answers = self._answers(sentences, prompts)
        choices = [choose(texts, self.arguments.domain) for texts in answers]
        if self.arguments.attempts > 1:
            firsts = [texts[0] if texts else "" for texts in answers]
            self._again(sentences, prompts, choices, firsts, are_joint)
        if self.arguments.round_trip is not None:
            self._round_trips(sentences, choices)
        for chosen in choices:
            self._gate(chosen)
        return choices

    def _answers(
        self, sentences: Sequence[Sentence], prompts: Sequence[Any], *, only_greedy: bool = False
    ) -> list[list[str]]:
        """n answers to each prompt, the greedy one first; none where it is too long."""
        arguments = self.arguments
        grammar = Grammar(
            arguments.grammar,
            signatures=[sentence.signature for sentence in sentences],
            wrapper=arguments.wrapper,
            domain=arguments.domain,
        )
        samples = 0 if only_greedy else arguments.n - 1
        return self._sampled(prompts, grammar, sentences[0].row, samples)

    def whole_answers(self, story: StoryText) -> list[str]:
        """n answers to a story, the greedy one first; none where it is too long."""
        arguments = self.arguments
        grammar = Grammar(
            arguments.grammar,
            signatures=[story.signature],
            domain=arguments.domain,
            premises=[len(story.premises)],
        )
        asked = [arguments.asking.ask_whole(story)]
        (answers,) = self._sampled(asked, grammar, story.row, arguments.n - 1)
        return answers

    def _sampled(
        self, prompts: Sequence[Any], grammar: Grammar, row: int, samples: int
    ) -> list[list[str]]:
        arguments = self.arguments
        answers = self._answerer.answers(
            self._answerer.render(prompts),
            samples=samples,
            temperature=arguments.temperature,
            top_p=arguments.top_p,
            # The row's own, so that where a run was cut off does not change what is sampled.
            seed=arguments.seed + row,
            grammar=grammar,
        )
        return [texts or [] for texts in answers]

    # Attempts

    def _again(
        self,
        sentences: Sequence[Sentence],
        prompts: Sequence[Any],
        choices: list[Choice],
        texts: list[str],
        are_joint: bool,
    ) -> None:
        """Ask again, in place, where there is something to remark.

        `texts` are the greedy answers, of which is spoken where no formula was read at all.
        """
        asked = list(prompts)
        for chosen in choices:
            chosen |= {"attempts": 1, "remarks": []}
        for _ in range(self.arguments.attempts - 1):
            found = self._remarks(sentences, choices, texts, are_joint)
            places = [place for place, said in enumerate(found) if said.told]
            if not places:
                return
            for place in places:
                said = str(found[place])
                answer = choices[place]["formula"] or texts[place]
                asked[place] = continued(asked[place], answer, said, prompts[place])
                choices[place]["remarks"].append(said)
            again = self._answers(
                [sentences[place] for place in places],
                [asked[place] for place in places],
            )
            for place, answers in zip(places, again, strict=True):
                self._take(choices, texts, place, answers)

    def _take(
        self, choices: list[Choice], texts: list[str], place: int, answers: list[str]
    ) -> None:
        """The next answer for the one before, unless nothing can be read in it."""
        before = choices[place]
        after = choose(answers, self.arguments.domain)
        if answers:
            texts[place] = answers[0]
        if after["formula"] is None:
            after = {name: before[name] for name in after}
        choices[place] = before | after | {"attempts": before["attempts"] + 1}

    def _remarks(
        self,
        sentences: Sequence[Sentence],
        choices: Sequence[Choice],
        texts: Sequence[str],
        are_joint: bool,
    ) -> list[Remarks]:
        """What is to be remarked of each choice; premises are held against those before them."""
        agreeing: list[logic.Formula] = []
        found = []
        for place, (sentence, chosen) in enumerate(zip(sentences, choices, strict=True)):
            is_premise = are_joint and place < len(sentences) - 1
            said = remarks(
                chosen["formula"] or texts[place],
                signature=sentence.signature,
                premises=agreeing if is_premise else (),
                domain=self.arguments.domain,
            )
            if is_premise and said.formula is not None and not said.told:
                agreeing.append(said.formula)
            found.append(said)
        return found

    # Round trips

    def _round_trips(self, sentences: Sequence[Sentence], choices: Sequence[Choice]) -> None:
        """Add to each choice what its words are translated to, and how that scores."""
        there: list[tuple[Choice, logic.Formula, Sentence]] = []
        for sentence, chosen in zip(sentences, choices, strict=True):
            chosen["round_trip"] = None
            if chosen["formula"] is None:
                continue
            formula = logic.parse(chosen["formula"], domain=self.arguments.domain)
            words = _words(formula, sentence)
            if words is not None:
                there.append((chosen, formula, words))
        if not there:
            return
        told = [words for _, _, words in there]
        back = self._answers(
            told,
            self.arguments.asking.ask(told),
            only_greedy=True,
        )
        for (chosen, formula, words), texts in zip(there, back, strict=True):
            chosen["round_trip"] = _compared(
                formula,
                words.text,
                texts[0] if texts else "",
                self.arguments.domain,
            )

    # Gates

    def _gate(self, chosen: Choice) -> None:
        """Withhold a formula that too few answers agree on, or that does not come back."""
        arguments = self.arguments
        is_agreed = chosen["confidence"] >= arguments.agreement
        is_back = True
        if arguments.round_trip:
            trip = chosen["round_trip"] or {}
            is_back = (trip.get("score") or 0.0) >= arguments.round_trip
        if arguments.agreement or arguments.round_trip:
            is_accepted = is_agreed and is_back
            chosen["withheld"] = None if is_accepted else chosen["formula"]
            chosen["formula"] = chosen["formula"] if is_accepted else None


def continued(prompt: Any, answer: str, said: str, first: Any) -> Any:
    """The prompt with an answer, what was said of it, and the question again.

    `first` is the prompt before any answer, which a base model is given once more.
    """
    if isinstance(prompt, str):
        return f"{prompt} {answer.strip()}\n\n{said}\n{AGAIN}\n\n{first}"
    return [
        *prompt,
        {"role": "assistant", "content": answer},
        {"role": "user", "content": f"{said}\n{AGAIN}"},
    ]


def _words(formula: logic.Formula, sentence: Sentence) -> Sentence | None:
    """The formula in words, by the signature's glosses; None where it has none."""
    try:
        text = logic.verbalise(formula, sentence.signature)
    except logic.UnsupportedError:
        return None
    return Sentence(sentence.row, text, sentence.signature)


def _compared(formula: logic.Formula, words: str, text: str, domain: str) -> dict[str, Any]:
    """How the second formula scores against the first, whose very names it was told.

    Names may differ in spelling, and in no more: by its shape alone any formula would come back.
    """
    told = {"sentence": words, "answer": text.strip()}
    answer = logic.read_answer(text, domain=domain)
    if answer.formula is None:
        return {**told, "score": 0.0}
    names = logic.read_signature(formula)
    (second,) = names.merge([answer.formula]).formulas
    comparison = logic.compare(
        candidate=str(second),
        reference=str(formula),
        names="exact",
        domain=domain,
    )
    return {**told, "score": comparison.score}
