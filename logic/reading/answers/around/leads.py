"""What leads to a formula: the sentence that it translates, words that only present it, or a denial of it."""

from __future__ import annotations

import re

from logic.reading.answers.around.definitions import is_meaning_of_sign
from logic.reading.answers.around.sentences import is_condition, is_neutral, repeats, sentences
from logic.reading.answers.around.words import FUNCTION_WORDS, Taken, presents, unquoted, words
from logic.reading.answers.signs import begins_with_formula

MOST_HEADING_WORDS = 3
"""Words of a heading, which is no sentence."""

_SO = re.compile(
    r",\s(?:and\s)?(?:so|thus|hence|therefore|that\sis|i\.e\.|in\s(?:fol|logic))\Z", re.IGNORECASE
)
_TRANSLATES = re.compile(
    r"\s(?:translates\s(?:to|into|as)|is\stranslated\s(?:as|to|into|by)|becomes"
    r"|(?:can\sbe|is)\s(?:written|expressed|translated|represented|formali[sz]ed)\s(?:as|by))[\s:`$*]*\Z",
    re.IGNORECASE,
)
_REPORTS = frozenset(
    "say says said believe believes believed think thinks thought claims claimed wrote answered suggests suggested"
    " hopes wants fears denies doubts knows".split()
)
_ASKS = re.compile(
    r"(?:what|how|which|who|whom|whose|why|as|after|before|to|from|about)\b", re.IGNORECASE
)

# ---- what denies the formula below it ----

_IT = r"(?:formula|answer|translation|expression|statement|line|result|output|one|version|solution|reading|table)"
# Words for what follows; those for other things that follow ("the following predicates") are not.
_AHEAD = re.compile(
    rf"""
      \b (?: below | underneath | beneath | hereafter | hereunder | as\sfollows | (?:what|which|that|this)\sfollows
        | the\sfollowing (?! \s (?: \w+\s )?? (?: predicates? | parts? | steps? | components? | symbols? | constants?
            | names? | individuals? | entit\w+ | sentences? | words? | structure | pieces? | elements? | points? ) \b )
        | (?:what|which)\s(?:comes|stands|is\snext) | here(?:\s(?:is|are|comes|follows)|['’]s)(?!\s(?:why|how))
        | (?:next|coming|upcoming)\s{_IT}
        | comes\snext | follows\s(?:an?|the|my) | {_IT}\sfollows ) \b
    """,
    re.IGNORECASE | re.VERBOSE,
)
_DENIES = re.compile(
    r"""
      n['’]t\b
    | \b (?: no | not | non | none | nothing | never | nor | neither | cannot | nobody | hardly | negat\w+ | false\w*
        | wrong\w* | incorrect\w* | untrue | invalid | mistak\w+ | erroneous | err(?:or|s)s? | bad(?:ly)? | poor(?:ly)?
        | flaw\w* | faulty | broken | bogus | fake | misleading | nonsens\w+ | rubbish | garbage | unacceptable
        | unfaithful | inadequate | insufficient | inaccurate | imprecise | incomplete | unfinished | partial\w*
        | opposite | converse\w* | contrapositive | contrary | contradict\w* | inver[st]\w* | revers\w* | swap\w*
        | flip\w* | exchang\w+ | den(?:y|ies|ied|ial) | reject\w* | refut\w* | doubt\w* | disagree\w* | disprov\w+
        | retract\w* | disregard\w* | ignor\w+ | discard\w* | avoid\w* | forget | lie[sd]? | lying | jok(?:e|es|ing)
        | kidding | trap | fail\w* | lack\w* | miss(?:es|ing) | forg[eo]t\w* | too\s\w+ | weaker | stronger | except\w*
        | unless | only\sif | assum\w+ | suppos\w+ | hypothe\w+
        | (?: (?:is|are|was|as|only|just|merely) \s (?:an?|the|one) | one\sof\sthe ) \s premises?
        | counter\w+ | complement | unlike | differ(?:s|ent)? | backwards?
        | draft | almost | nearly | roughly | approximat\w+
        | (?:holds? | true | valid | correct | right | appl(?:y|ies))
          \s (?:only|if|when|in|on|at|for\s(?!all|every|each)) ) \b
    | [❌✗✘]
    """,
    re.IGNORECASE | re.VERBOSE,
)
_OTHERS = r"(?:students?|pupils?|someone|somebody)"
# Another one as the author, and not as what the sentence is about.
_BY_OTHERS = re.compile(
    rf"""
      \b {_OTHERS} (?: ['’] | (?:\selse)? \s (?:(?:may|might|would|could|have|has|had)\s){{0,2}} (?:\w+ly\s)?
        (?: wr[io]t\w+ | g[ai]ve[sn]? | answer\w* | sa(?:id|ys?) | claim\w* | think\w* | thought | believe\w*
          | suggest\w* | propose\w* | submit\w* | produce\w* | made | came | handed ) \b )
    | \b (?: (?:written|given|submitted|proposed|produced|made|done|suggested|offered|answered) \s by | from
        | (?:answer|solution|attempt|work|version) \s (?:of|by) )
      \s (?: (?:an?|the|my|our|some|one\sof\s(?:the|my|our)) \s )? (?:\w+\s)? {_OTHERS} \b
    """,
    re.IGNORECASE | re.VERBOSE,
)
_SIGN_WORD = r"(?:negation|implication|conjunction|disjunction|quantifiers?|equality)"
_EXTRA = (
    r"(?:free\svariables?|(?:individual\s)?constants?|function(?:s|\ssymbols?)?|explanations?|comments?|quantifiers?"
    r"|abbreviations?|equality|(?:extra|additional|other)\s(?:text|words?|symbols?|comments?|explanations?))"
)
_END = r"(?= \W* \Z | ,?\s(?:because|since|as\srequested|as\sasked|as\srequired|and|or)\b )"
# What is said of a formula's form, and takes back nothing of it.
_OF_ITS_FORM = re.compile(
    rf"""
      \b (?: use[sd]? | using | contain(?:s|ing) | has | ha[sv]e | includes? | (?:begin|start)s?\swith )
      \s (?:(?:an?|the|one|logical|leading)\s)* negation
      (?: (?:,|\sand) \s (?:an?\s)? (?:(?:universal|existential)\s)? {_SIGN_WORD} )*
      (?= \W* \Z | \s(?:because|since|to\s(?:say|express|state|capture))\b )
    | \b (?: no | without (?:\s(?:any|an?))? ) \s {_EXTRA} {_END}
    | (?: \b not | n['’]t ) \s
      (?: in \s (?:prenex|conjunctive|disjunctive|negation|clausal|skolem) (?:\snormal)? (?:\sform)? {_END}
        | (?:contain|use|include|require|need|have) \s (?:(?:any|an?)\s)? {_EXTRA} {_END}
        | (?:assume|presuppose|require) \s (?:that\s)? (?:\w+\s){{1,4}} exists? {_END} )
    | \b the \s negation (?= \s in \s the \s (?:following\s)? (?:formula|translation|answer) (?:\sbelow)?
      \s (?:has|takes) \s (?:the\s)? (?:wide|narrow|widest|narrowest)\sscope )
    | [¬~∼] [`$"”]* \s (?:denotes|means|represents|expresses|indicates|is|stands\sfor)
      \s (?:(?:the|logical)\s)* (?:negation|not) {_END}
    | \b avoid(?:s|ed|ing)? \s (?:any\s)? (?:abbreviations?|ambiguit(?:y|ies)|confusion|clutter|{_EXTRA}) \b
    """,
    re.IGNORECASE | re.VERBOSE,
)
# A clause that only presents what follows; the one before it may speak of other things.
_PRESENTING = re.compile(
    rf"here (?: \s(?:is|are) | ['’]s ) \s (?:the|an?|my|our|its) \s (?:[\w-]+\s){{0,3}} {_IT} \b",
    re.IGNORECASE | re.VERBOSE,
)
_IS_AS = re.compile(rf"\b{_IT}\s(?:is|reads|looks)\s\Z", re.IGNORECASE)
_OF_OTHER_THINGS = re.compile(
    rf"""
      (?: \b (?:no|not|never|nothing|cannot|too) | n['’]t ) (?= \s \w )
      (?! \s (?:\w+\s)? (?: right | correct\w* | true | so | what | case | faithful\w* | accurate\w* | valid
        | equivalent | mean\w* | trust | use | believe | take | an? | the ) \b )
    | \b (?:my|the|an?) \s (?:earlier|previous|prior|initial|old)
      \s (?:draft|attempt|try|{_IT}) \s (?:was|were) \s (?:\w+\s)? \w+
    """,
    re.IGNORECASE | re.VERBOSE,
)
# What such a formula says is of the world: "The following says that no cat is a dog".
_SAYS = re.compile(
    r"""
      (?<!formula\s) (?<!answer\s) (?<!translation\s) (?<!expression\s) (?<!one\s) \b (?: that | which ) \b
    | \b (?: says? | states? | captures? | express\w* | means? | represents? | reads? | where | because | since | as
        | so | who ) \b
    | [,;:(—–]
    """,
    re.IGNORECASE | re.VERBOSE,
)
_BEFORE_MAIN = re.compile(
    r"\A\W*(?:since|because|as|given|to|in\sorder|for|if|when|while|although|though)\b.*?,"
    r"|.*\b(?:so|thus|hence|therefore)\b",
    re.IGNORECASE,
)
_COMMANDS = re.compile(
    r"(?:\A|,\s)(?:(?:please|just|then|now|and)\s)*(?:replace|remove|delete|drop|insert|add|change|prefix|put|take|read"
    r"|interpret|treat|substitute)\b(?!.{0,300}\b(?:to\s(?:get|obtain|form|produce|arrive)|gives?|yields?)\b)",
    re.IGNORECASE,
)
_HOLDS_IF = re.compile(
    r"\A\W*(?:if|unless|when|whenever|provided|only)\b.*\b(?:hold|holds|applies|obtains?|is\s(?:true|valid|correct|right|so))\W*\Z",
    re.IGNORECASE,
)
_THIS = rf"(?:(?:this|that|the|my|our)\s(?:(?:final|whole|entire|new|own|actual|correct)\s)?{_IT}|this|that|it|these)"
_WRONG = (
    r"(?:wrong|incorrect|false|mistaken|untrue|invalid|erroneous|bad|flawed|rejected|refuted|negated|inverted"
    r"|reversed|opposite|converse|negation|lie|joke|trap|mistake|not\s(?:right|correct|true|valid|so"
    r"|(?:the|an?|my|our)\s(?:\w+\s)?(?:answer|formula|translation|case)|what\s(?:i|we|is|was)))"
)
_OPENER = r"(?:but|and|so|now|clearly|actually|beware|warning|careful|of\scourse|note\sthat)"
# What is said of the sentence that is translated: that it denies something, or when it is false.
_OF_SENTENCE = r"""
    (?: this | it | the\s(?:(?:whole|entire|original|given)\s)?(?:statement|sentence|expression) )
    (?:['’]s|\s(?:is|was)) \s (?:(?:an?|the|simply|just|clearly)\s)*
    (?: (?:negated|negation) [\s.!*]* \Z
      | false \s (?:only\s|exactly\s|just\s)? (?:if|when|whenever|unless) \b
        (?! \s (?:you|we|i|one|read|taken|used) \b ) )
"""
# What may be said of a formula above as well.
_DENIES_THIS = re.compile(
    rf"""
      .* (?<!\bnot\sthe\s) (?<!n['’]t\sthe\s)
         \b (?: negation | opposite | converse | contrapositive | inverse | reverse | contrary | complement )
         \s of \s (?: {_THIS} | what ) \W* (?: \s(?:is|was)\b .* )? \Z
    | (?: (?:please|now|just|then|but|so|and|you\s(?:should|must|may)),?\s )*
      (?: negate
        (?! \s the \s (?:\w+\s)? (?:statement|sentence|expression|formula) [\s.!*]* \Z )
        | swap | flip | reverse | invert | ignore | disregard | discard | reject | strike | forget | exchange
        | (?:do(?:n['’]t|\snot)(?:\sever)?|never) \s (?:use|trust|take|accept|believe|read|submit|count|write) )
      \s (?: {_THIS} | what | the\s(?:quantifiers?|arguments?|sides|next) ) \b
    | (?: {_OPENER}[,:!]?\s )*
      (?! {_OF_SENTENCE} )
      (?: (?P<back>that|it)\b | {_THIS} ) (?: ['’]s | \s(?:is|was|are|were|would\sbe|seems|looks|must\sbe) )
      \s (?: (?:an?|the|completely|quite|simply|all|clearly|plainly|just|intentionally|deliberately)\s )*
      {_WRONG} \b (?! \s (?:that|to|of|in|for|as|by|since|because) \b )
    """,
    re.IGNORECASE | re.VERBOSE,
)
_RIGHT = re.compile(
    rf"\W*(?:the\sfollowing(?:\s{_IT})?|(?:the\s)?{_IT}\sbelow)\sis\s(?:the\s)?(?:right|correct)(?:\s{_IT})?\W*\Z",
    re.IGNORECASE,
)
_SIGN = re.compile(r"[∀∃∄¬∧∨→↔⊕⇒&=]|->|\\(?:forall|exists|neg|to|land|lor)|\w\(")
_KEY = re.compile(r"\A\W*(?:\w+\s){0,2}\w+\W{0,2}[:：]\W*(?=\w)")
_SHOWN = re.compile(r"`([^`\n]+)`|\$([^$\n]+)\$|[:：]([^:：]+)\Z")
# The end of what goes on in a formula: "It is not the case that", "If it rains, then".
_OPEN = re.compile(
    r"\b(?:that|then|if|unless|whether|when(?:ever)?|because|not|never|nor?|or|and|but|than|only|except|until|while"
    r"|implies|entails|iff|provided|assuming|either|neither|without|against)\W*\Z",
    re.IGNORECASE,
)
_DENYING_CLAUSE = re.compile(
    r"\W*(?:it|this|that|what\sfollows)(?:['’]s|\sis|\swas|\swould\sbe)\s(?:\w+\s)?"
    r"(?:not|never|false|wrong|untrue|incorrect|impossible|unlikely|doubtful)\b(?!.*\bthat\s\w+\s\w+)",
    re.IGNORECASE,
)
_DENYING_HEADING = re.compile(
    r"\W*(?:the\s|an?\s)?(?:not|never|no|none|false|wrong|incorrect|negat\w+|opposite|converse|contrary|complement)"
    r"(?:\sof)?\W*",
    re.IGNORECASE,
)
_DENYING_TITLE = re.compile(
    rf"""
      (?:how|what|when)\snot\sto\b .*
    | (?! .* \b (?:check|look|scan|test|verif|proofread)\w* \s (?:\w+\s){{0,2}} for\b )
      .* \b (?: mistakes? | errors? | pitfalls? | counterexamples? | drafts? | misreadings? ) \W*
    | .* \b (?: wrong | incorrect | bad | false | mistaken | invalid | rejected | flawed | poor | failed | erroneous
        | negated | discarded | superseded ) \s (?:[\w-]+\s){{0,2}} (?:{_IT}|attempt|guesse?|idea)s?
      (?: \s (?:at|of|for|in|to)\b .* )? \W*
    """,
    re.IGNORECASE | re.VERBOSE,
)
# The sentence of a task may be a negated one.
_NEGATED_SENTENCE = re.compile(
    r"\b(?:translat|analy[sz]|formali[sz]|symboli[sz]|express|understand|identify|break|pars)\w*"
    r"(?:\sdown)?(?:\sof)?\s(?:the|an?)\snegated\s(?:statement|sentence|claim)\b",
    re.IGNORECASE,
)
_CONCLUDES = re.compile(
    r"\b(?:concludes?|obtain|get|find|see|have|follows|knows?|deduce|infer|derive)\sthat\W*\Z"
    r"|\A\W*(?:the|this|our)\s(?:(?:original|given|whole|input|english|first|above)\s){0,2}"
    r"(?:sentence|statement|text|claim|proposition)\s(?:\w+ly\s)?(?:states|says|asserts|expresses|means)\sthat\W*\Z"
    r"|\A\W*(?:this|that|it|which)\s(?:(?:is\s)?(?:the\ssame\sas|equivalent\sto)|amounts\sto)\ssaying\sthat\W*\Z",
    re.IGNORECASE,
)
# The last words in brackets or quotes, where a line speaks of signs or of words.
_LAST_GLOSS = re.compile(r"\s*(?:\([^()\n]{1,40}\)|\"[^\"\n]{1,40}\"|“[^”\n]{1,40}”)[\s.,)\"”]*\Z")
_OF_SIGNS = re.compile(r"[∀∃¬∧∨→↔⊕]")
_OF_WORDS = re.compile(
    rf"{_OF_SIGNS.pattern}|\b(?:symbol|sign|word|keyword|connective|phrase|operator)s?\b",
    re.IGNORECASE,
)
_BULLETS = " \t*_#>•-"
_MOST_NEAR = 2
_FINISHED = (".", "!", "?", "…", ":", "：")


def denies_ahead(above: list[str]) -> bool:
    """Whether a sentence above a formula, and below every other one, denies the one that follows it.

    "This is wrong." and the like do so only where no formula stands above: it may be of that one.
    """
    above = [line for line in above if not is_meaning_of_sign(line)]
    is_first = not any(map(_SIGN.search, above))
    opening = next(filter(words, above), "")
    for line in reversed(above):
        plain = line.strip(_BULLETS)
        if _shows_formula(plain):
            return False
        parts = sentences(unquoted(plain))
        for place, sentence in enumerate(parts):
            said = _KEY.sub("", sentence).lstrip()
            if _denies_following(said):
                return True
            denial = _DENIES_THIS.match(said) if is_first else None
            is_opening = place == 0 and line == opening and not _is_right_one(parts[-1])
            if denial is not None and (is_opening or not denial["back"]):
                return True
    return False


def _is_right_one(sentence: str) -> bool:
    """Whether a sentence says that what follows is right, so that another thing was wrong."""
    return _RIGHT.match(sentence) is not None


def _shows_formula(line: str) -> bool:
    """Whether a line has a formula in it, of which what stands above it may be."""
    shown = [part for found in _SHOWN.findall(line) for part in found if "(" in part]
    return any(map(begins_with_formula, (line, *shown)))


def _denies_following(sentence: str) -> bool:
    sentence = _OF_ITS_FORM.sub(" ", sentence)
    ahead = _AHEAD.search(sentence)
    if ahead is None:
        return False
    if _HOLDS_IF.match(sentence) or _COMMANDS.search(sentence):
        return True
    before = sentence[: ahead.start()]
    subordinate = _BEFORE_MAIN.match(before)
    before = before[subordinate.end() :] if subordinate is not None else before
    if _PRESENTING.match(sentence, ahead.start()) or _IS_AS.search(before):
        end = max(before.rfind(", "), before.rfind("; ")) + 1
        earlier = _OF_OTHER_THINGS.sub(" ", before[:end])
        before = f"{earlier} {before[end:]}"
    behind = _SAYS.split(sentence[ahead.end() :], maxsplit=1)[0]
    return any(_DENIES.search(part) or _BY_OTHERS.search(part) for part in (before, behind))


def breaks_off(above: list[str], taken: Taken) -> bool:
    """Whether the prose above a formula, and below every other one, goes on in it or is a title that denies it.

    A label on a line of its own may stand between them.
    """
    said: list[str] = []
    for line in reversed(above):
        if is_meaning_of_sign(line):
            continue
        if begins_with_formula(line) or len(said) == _MOST_NEAR:
            break
        if words(line) and not line.strip().startswith(("```", "~~~")):
            said.append(line.lstrip(_BULLETS))
    return any(_goes_on_below(line, taken) for line in said)


def _goes_on_below(line: str, taken: Taken) -> bool:
    plain = line.rstrip(" \t*_`\"'”’)")
    if _DENYING_HEADING.fullmatch(plain):
        return True
    if not plain or plain.endswith(_FINISHED) or presents(plain, taken):
        return False
    last = (sentences(plain) or [plain])[-1].lstrip(_BULLETS)
    if _CONCLUDES.search(last) and not _DENIES.search(last):
        return False
    if (
        _DENYING_TITLE.fullmatch(_NEGATED_SENTENCE.sub(" ", last))
        or _OPEN.search(_without_last_gloss(line) or last)
        or _DENYING_CLAUSE.match(last)
        or is_condition(last)
    ):
        return True
    said = words(last)
    return bool(said) and said[-1] in _REPORTS and not taken.names(said[-1])


def _without_last_gloss(line: str) -> str:
    """A line of signs without its last words in brackets or quotes; "" for any other line."""
    gloss = _LAST_GLOSS.search(line)
    if gloss is None:
        return ""
    rest = line[: gloss.start()]
    speaks = _OF_SIGNS if "(" in gloss[0] else _OF_WORDS
    return rest if speaks.search(rest) else ""


def denies_or_goes_on(prose: str) -> bool:
    """Whether all that stands above an answer denies what follows, or breaks off in a sentence."""
    lines = prose.split("\n")
    return denies_ahead(lines) or breaks_off(lines, Taken(""))


def is_source(value: str, taken: Taken) -> bool:
    """Whether a text is the sentence that a formula translates."""
    return presents(value, taken) or (taken.is_spoken_of(value) and repeats(value, taken))


def is_translated(lead_in: str, taken: Taken) -> bool:
    """Whether a lead-in is a sentence that the formula behind it translates."""
    translated = _TRANSLATES.search(lead_in)
    if translated is not None and taken.stems:
        lead_in = f"{lead_in[: translated.start()]}:"
    if not lead_in.rstrip(" \t*_").endswith((":", "：")):
        return False
    prose = _SO.sub("", lead_in.strip(" \t*_:："))
    said = words(prose)
    is_long = len(said) > MOST_HEADING_WORDS or translated is not None
    is_sentence = (
        is_long and len(said) > 1 and said[-1] not in FUNCTION_WORDS and repeats(prose, taken)
    )
    is_reported = any(word in _REPORTS and not taken.names(word) for word in said)
    is_of_it = taken.is_spoken_of(prose) and not _ASKS.match(prose)
    return is_sentence and is_of_it and not is_reported


def is_answer_above(value: str, taken: Taken) -> bool:
    """Whether the words of an answer above its formula only present it, or are what it translates."""
    *earlier, last = sentences(value) or [""]
    is_led_to = presents(last, taken) or is_translated(last, taken)
    return all(is_neutral(part, taken) for part in earlier) and (
        is_led_to or (is_neutral(last, taken) and bool(taken.stems) and taken.is_spoken_of(last))
    )
