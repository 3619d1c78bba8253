"""The words of the synthetic corpus and their forms.

Every predicate and constant is the word itself, written in one regular way, so that reading a
formula's names off the sentence is copying and not vocabulary: cat, cats -> Cat; happy -> Happy;
chase, chases, chased -> Chases; sleep, sleeps -> Sleeps; Anna -> anna. All adjectives intersect
with any noun (an "angry cat" is angry and a cat), all nouns can do what all verbs say, and no word
serves in two classes.
"""

from __future__ import annotations


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


PEOPLE = _words(
    "student teacher artist pilot doctor farmer singer painter baker lawyer engineer writer "
    "gardener dancer sailor soldier actor driver poet judge"
)
ANIMALS = _words(
    "cat dog rabbit horse tiger lion owl eagle otter bear parrot camel goat zebra penguin "
    "monkey turtle hamster panda spider"
)
# The first words of a class are drawn most often, so people and animals alternate.
NOUNS = tuple(noun for pair in zip(PEOPLE, ANIMALS, strict=True) for noun in pair)
ADJECTIVES = _words(
    "happy hungry angry calm tired brave clever gentle sincere proud shy loyal curious "
    "jealous lonely polite quiet rude serious silent tidy wise lazy lucky kind healthy "
    "nervous friendly famous eager patient modest generous cheerful careful playful graceful "
    "grumpy sleepy noisy"
)
TRANSITIVE = _words(
    "chase admire follow greet trust help fear praise visit ignore like love call thank "
    "invite blame respect warn amuse support defend avoid annoy obey scare adore mention "
    "remember question welcome"
)
INTRANSITIVE = _words(
    "sleep sing dance jump travel laugh smile work rest whisper wander yawn snore complain "
    "sneeze shiver"
)
NAMES = _words(
    "Anna Bob Clara David Emma Frank Grace Henry Irene Jack Karen Leo Maria Nina Oscar Paul "
    "Quinn Rosa Sam Tina Uma Victor Wendy Xavier Yara Zoe Alan Bella Diana Eric Flora Hugo"
)


def plural(noun: str) -> str:
    """cat -> cats."""
    return noun + "s"


def third(verb: str) -> str:
    """chase -> chases."""
    return verb + "s"


def participle(verb: str) -> str:
    """chase -> chased; visit -> visited."""
    if verb.endswith("e"):
        return verb + "d"
    return verb + "ed"


def article(phrase: str) -> str:
    """The phrase with its indefinite article: cat -> a cat; angry cat -> an angry cat."""
    # Of words in "u", only those in "un" sound like a vowel: an unkind cat, a useful one.
    if phrase[0] in "aeio" or phrase.startswith("un"):
        return f"an {phrase}"
    return f"a {phrase}"


def predicate(form: str) -> str:
    """The predicate's name: the noun, the adjective, or the verb's third person, capitalised."""
    return form.capitalize()
