"""Whole answers to stories, sampled in two parts: which names there are, then formulas over them.

The grammar of the second part is made from what the first one declares, so each answer goes on as a
prompt of its own: the prompt, and what the answer has said so far.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from alignment.sampling.fitting import sample_fitting
from alignment.sampling.sampler import Sampler
from alignment.sampling.settings import SamplingSettings
from logic.decoding.declarations import declared, opening, signature_grammar
from logic.decoding.stories import story_grammar
from logic.signatures.signature import Signature

# The second part is drawn by another seed, or it would see the first one's random numbers again.
_SECOND = 500_009


@dataclass(frozen=True)
class StoryForm:
    """What the answer to a story is to have: so many premises, and the names that it may use.

    Without a signature it declares its own.
    """

    premises: int
    signature: Signature | None = None


@dataclass(frozen=True)
class _Begun:
    """An answer whose names are known; without a signature there are none, and it ends there."""

    story: int
    draw: SamplingSettings
    text: str
    signature: Signature | None


def sample_stories(
    sampler: Sampler,
    prompts: Sequence[str],
    forms: Sequence[StoryForm],
    *draws: SamplingSettings,
    domain: str = "fol",
    seed: int | None = None,
    batch_size: int | None = None,
    advance: Callable[[int], object] | None = None,
) -> list[list[str] | None]:
    """The answers to each story under its grammar; None where a prompt is too long.

    Each of the two parts may have `max_tokens`. What a part cut off declares counts as far as it
    goes, and declarations are written as `Signature.to_text` writes them, in their own order; an
    answer that is too long ends before its last formula. Stop texts are not looked for. The rest is
    as in `sample_fitting`.

    Raises:
        ValueError: another number of forms than of prompts, or what `sample_fitting` raises.
    """
    if len(forms) != len(prompts):
        raise ValueError(f"{len(forms)} forms for {len(prompts)} stories; one for each")
    # The grammar ends an answer; a text that ends others may be a heading of this one.
    draws = tuple([replace(draw, stop=()) for draw in draws])
    answers: list[list[str] | None] = []
    size = batch_size or max(1, len(prompts))
    for start in range(0, len(prompts), size):
        part = slice(start, start + size)
        answers += _sample(
            sampler,
            prompts[part],
            forms[part],
            draws,
            domain,
            None if seed is None else seed + start,
        )
        if advance is not None:
            advance(len(prompts[part]))
    return answers


def _sample(
    sampler: Sampler,
    prompts: Sequence[str],
    forms: Sequence[StoryForm],
    draws: Sequence[SamplingSettings],
    domain: str,
    seed: int | None,
) -> list[list[str] | None]:
    begun, too_long = _begin(sampler, prompts, forms, draws, domain, seed)
    answers: list[list[str] | None] = [None if i in too_long else [] for i in range(len(prompts))]
    said = [one.text for one in begun]
    for draw in dict.fromkeys(draws):
        places = [
            place
            for place, one in enumerate(begun)
            if one.draw == draw and one.signature is not None
        ]
        ends = sample_fitting(
            sampler,
            [prompts[begun[place].story] + begun[place].text for place in places],
            replace(draw, n=1),
            seed=None if seed is None else seed + _SECOND,
            grammars=[_grammar(begun[place], forms, domain) for place in places],
        )
        for place, end in zip(places, ends, strict=True):
            said[place] += end[0] if end else ""
    for one, text in zip(begun, said, strict=True):
        own = answers[one.story]
        assert own is not None
        own.append(text)
    return answers


def _grammar(begun: _Begun, forms: Sequence[StoryForm], domain: str) -> str:
    assert begun.signature is not None
    premises = forms[begun.story].premises
    return story_grammar(begun.signature, premises=premises, domain=domain)


def _begin(
    sampler: Sampler,
    prompts: Sequence[str],
    forms: Sequence[StoryForm],
    draws: Sequence[SamplingSettings],
    domain: str,
    seed: int | None,
) -> tuple[list[_Begun], set[int]]:
    """The beginnings of all answers, story by story and draw by draw, and which prompts are too long."""
    free = [index for index, form in enumerate(forms) if form.signature is None]
    sampled = sample_fitting(
        sampler,
        [prompts[index] for index in free],
        *draws,
        seed=seed,
        grammars=[signature_grammar(domain=domain)] * len(free),
    )
    declarations = dict(zip(free, sampled, strict=True))
    order = [draw for draw in draws for _ in range(draw.n)]
    begun: list[_Begun] = []
    too_long: set[int] = set()
    for index, (prompt, form) in enumerate(zip(prompts, forms, strict=True)):
        texts: list[str] | None
        if form.signature is None:
            texts = declarations[index]
        else:
            # As a base model's answers begin, which stand behind a word.
            blank = "" if prompt[-1:].isspace() else " "
            texts = [blank + opening(form.signature)] * len(order)
        if texts is None:
            too_long.add(index)
            continue
        for draw, text in zip(order, texts, strict=True):
            begun.append(_begun(index, draw, text, form.signature, domain))
    return begun, too_long


def _begun(
    story: int, draw: SamplingSettings, text: str, given: Signature | None, domain: str
) -> _Begun:
    if given is not None:
        return _Begun(story, draw, text, given)
    signature = declared(text, domain=domain)
    if signature is not None:
        blank = " " if text.startswith(" ") else ""
        text = blank + opening(signature)
    return _Begun(story, draw, text, signature)
