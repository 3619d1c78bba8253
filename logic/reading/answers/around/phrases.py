"""Phrases by which a sentence beside a formula explains it, takes it back, or speaks of other things."""

from __future__ import annotations

import re


def _any_of(phrases: str) -> str:
    """A pattern of any of some phrases; `_` in a phrase stands for a blank."""
    return "(?:" + "|".join(phrases.replace("_", r"\s").split()) + ")"


_FLAGS = re.IGNORECASE | re.VERBOSE

_OPENINGS = _any_of(
    r"""so thus hence therefore here basically again overall essentially note_that note as_you_can_see
    literally explanation and also specifically more_precisely first finally to_explain
    for_clarity i\.e\. that_is(?=,)
    in_(?:plain_|other_|simple_|natural_)?(?:words|english|language)
    in_(?:this|the|our|my)_(?:above_|first-order_)?(?:formula|translation|expression|case|representation|logic|notation)
    in_(?:this|the|our|my)_formali[sz]ation"""
)
OPENING = re.compile(rf"(?: {_OPENINGS} \b [,:]? \s* )*", _FLAGS)
"""What introduces a sentence and says nothing."""

_PART = _any_of(
    r"""formula\w* expression statement translation sentence (?:universal_|existential_)?quantifiers?
    implication conditional biconditional conjunction disjunction negation antecedent
    consequent predicates? symbols? part constants? functions? notation representation arrow
    fol logic material logical words? phrases? terms? keywords? variables? connectives?
    equality clause body conclusion premise quantifier's scope operator answer result
    first-order arguments? side table"""
)
_IS_SAID = _any_of(
    r"""read used translated represented expressed written interpreted denoted defined to_be_read
    the_(?:first-order|logical|formal|fol|predicate|unary|binary|constant|individual|name)
    an?_(?:unary|binary|constant|predicate|name|individual|universal\w*|existential\w*|faithful|direct|literal)
    an?_(?:first-order|implication|conjunction|disjunction|negation|conditional|biconditional)"""
)
_MAY = (
    r"(?:should|must|ought|would|could|may|might|will|can|cannot|shall|never|not|only|no|hardly"
    r"|den(?:y|ies)|fails?)\b"
)
_VERB = (
    rf"""
    (?: (?:can|could|should|would)\sbe\s(?:read|translated|understood|interpreted|expressed|paraphrased)
      | (?:is|are)\s(?:then\s)?{_IS_SAID}
      | """
    + _any_of(
        r"""mean\w* say\w* state\w* express\w* represent\w* denote\w* indicate\w* capture\w* ensure\w*
        stand\w*_for read\w* assert\w* specif\w+ translat\w+ show\w* signif\w+ describe\w*
        correspond\w* refer\w* use[sd]? consist\w* encode\w* formali[sz]e\w* convey\w*
        reflect\w* connect\w* cover\w* include\w* link\w* symboli[sz]e\w* introduce\w*
        model\w* claim\w*"""
    )
    + ")"
)
_HOW = _any_of(
    r"""above below here together simply correctly literally essentially formally therefore thus
    accurately also then directly explicitly exactly precisely"""
)
_WE_DO = _any_of(
    r"""use[sd]? using introduce\w* define\w* represent\w* translate\w* express\w* read wr[io]te chose
    choose formali[sz]e\w* treat\w*
    need_(?:an?|the)_(?:universal|existential|implication|conditional|conjunction)
    need_(?:an?|the)_(?:quantifier|predicate) denote\w* convert\w* model\w* let"""
)
EXPLAINS = re.compile(
    rf"""
      (?: this | that | it | which | these | they | both
        | (?:the|this|our|my|each|its|a|an|here\sthe|where\sthe) \s (?: [\w-]+ \s ){{0,2}}? {_PART}
          (?: \s (?:of|in|on|inside) \s (?: the|this|a|our ) \s [\w-]+ (?:\s {_PART})? )?
          (?: \s (?!{_MAY}) [`"'“]? [\w(),∀∃¬∧∨→↔⊕§¤-]{{1,24}} [`"'”]? )?
        | [§¤]+ (?:(?:\sand|,)\s[§¤]+)*
      ) (?: \s {_HOW} )* \s {_VERB} \b
    | (?: i | we ) (?: ['’]ve | \shave )? (?: \s (?:also|then|here|simply|just|can|will) )* \s {_WE_DO} \b
    | (?: where | with | let | here | using ) \b .*
      \b (?: mean|denot|stand|represent|say|express|refer|indicat|state ) \w*
    | (?: where | let ) \s [^\s,.]+ \s (?: is | are | be ) \b
    | ¤+ \s (?: is | are ) \b
    | (?: this | it | which ) \s is \s (?: logically \s )? equivalent \s to \s saying \b
    | (?: this | that | it ) \s is \s what \s (?: (?:the|our|your) \s \w+ | it | this | that )
      \s (?: means? | says | states | expresses ) \b
    | holds,?\s(?:where|since|because)\b
    | but\snot\s(?:all|every\w*|each)\b (?: \W+\w+ ){{2,}}
    | (?: because | since | means? | reads | says | states | expresses | represents | translates ) \b
    r""",
    _FLAGS,
)
"""What explains a formula begins so, its parts shown as `§` and its signs as `¤`: "The sign ¤ means"."""

FAILS = re.compile(
    r"\b(?:is|does|do|was|did)(?:n['’]t|\snot)\s(?:what|right|correct|enough|the(?!\scase)|quite)\b|\b"
    + _any_of(
        r"""contradict\w* refut\w+ misread is_(?:false(?!_that)|negated|dropped|omitted|excluded)
        what_(?:is|are|was|must|should|does|do|did)_(?:not|be|never)\w* what_not_to wrong\w* incorrect\w*
        mistak\w+ errors? opposite should_(?:be|have) instead
        too_(?:strong|weak|broad|general|narrow) fails? failed forgot\w* missing invalid
        only_(?:the_|a_|one_)?(?:first|second|last|part|half)
        not_(?:the(?!_case)|quite|what|correct|right|exactly) inaccurate\w* half partly
        although even_though partial\w* incomplete\w* unfinished negate[sd]? (?:under|of|inside|within)_a_negation
        its_negation fix corrected the_negation_of unintended ignore\w*"""
    )
    + r"\b",
    re.IGNORECASE,
)
"""What even an explanation says only where something is wrong."""

DENIES_IT = re.compile(
    r"\b(?:answer|formula|translation)s?\b.*\b(?:no|not|false|wrong|negat\w+|unknown|uncertain)\b",
    re.IGNORECASE,
)
"""What an explanation says of the formula itself where it takes it back: "This means the answer is no"."""

OF_ANOTHER = re.compile(
    r"\bwould\s(?:instead\s|rather\s|also\s|then\s|not\s|only\s)?"
    r"(?:be\s(?:wrong|incorrect|false|different|too\s\w+|a\smistake|an\serror)|mean|say|express|state|read"
    r"|claim|assert|capture|imply)\b",
    re.IGNORECASE,
)
"""What says of another formula that it is not meant: "∃x P(x) would be wrong"."""

CLOSES = re.compile(
    _any_of(
        r"""(?:i_)?hope_(?:this|that|it)_(?:helps?|is_(?:clear|helpful|correct|right|what_you))
        (?:please_)?let_me_know_(?:if|whether)_(?:you|anything|there|this) feel_free_to_ask
        is_there_(?:anything|any|more|another)
        do_you_(?:need|have|want)_(?:anything|any|help|more)
        would_you_like_(?:me|any|more|another|further|help) (?:good|best)_(?:luck|regards)
        thanks? thank_you you['’]re_welcome cheers enjoy (?:that|this)(?:['’]s|_is)_(?:all|it)
        done q\.?e\.?d\.? the_end all_done if_you_(?:have|need|want|would_like|prefer)
        happy_to_help sure end_of_(?:answer|output|response|translation)"""
    ),
    re.IGNORECASE,
)
"""An answer's last words."""

REFERS = re.compile(
    _any_of(
        r"""this that these those it (?:it|that|this|there)['’]s i i['’]\w+ we we['’]\w+ you my your our
        he she they one none neither nor either both nothing all_of_(?:this|that|it|them)
        (?:only|exactly|just)_(?:the_)?(?:first|second|last|latter|former|one|two|this|that)
        the_(?:above|former|latter|previous|following|other|same|rest)"""
    )
    + r"(?![\w'’]|,\s)",
    re.IGNORECASE,
)
"""The beginning of a sentence about what stands above it, or about the writer."""

COMMANDS = re.compile(
    _any_of(
        r"""add remove negate replace swap flip insert delete drop change fix ignore disregard forget take
        assume\w* suppose consider restrict\w* limit\w* remember imagine put prepend append
        exchange substitute just_put read_\w+_as
        treat reverse switch strike scratch skip reject\w* discard exclude include interpret
        regard check do don['’]t never_mind apply think see wait sorry oops hmm actually nope
        well hold let let['’]s please above below here(?:['’]s)? such same likewise vice
        correction edit update erratum ps p\.s caveat disclaimer warning todo fixme xxx
        alternatively or but unless except however yet although though
        only_(?:if|in|on|at|for|when|after|before|during)
        not_(?:for|in|on|at|if|when|always|really|quite|true|valid|yet|any\w*)
        (?:no|nor|not|or|and),?(?=\W*\Z|,) assuming provided given supposing subject_to
        excluding barring rather instead better more_(?:exactly|precisely|accurately)
        plus together_with along_with in_addition hold_on
        otherwise else maybe perhaps possibly probably approximately roughly supposedly
        allegedly presumably according applies holds valid true_(?:only|if|for|in)"""
    )
    + r"(?![\w'’])",
    re.IGNORECASE,
)
"""The beginning of what restricts, replaces or takes back, or asks the reader to."""

SPEAKS = re.compile(
    r"\b"
    + _any_of(
        r"""fol half formula\w* answers? translations? expressions? negat(?:e|es|ed|ing|ions?) quantifi\w+
        domains? scopes? univers(?:e|al) variables? predicates? symbols? connectives?
        operators? brackets? parenthes\w+ arguments? arity correct(?:ed|ion|ions)? errors?
        mistak\w+ wrong\w* incorrect\w* untrue invalid draft attempt kidding joking
        jok(?:e|es) converse contrapositive inverse dual implication conjuncts? disjuncts?
        conjunction disjunction forgot\w* omitted typo redo redone rewrit\w+ rephras\w+ oops
        sorry restricted limited_to confined assum\w+ constraint caveat unsure uncertain
        hypothetical\w* superseded deprecated obsolete retract\w* withdraw\w* withdrawn
        reversed swapped flipped denied deny rejected refuted disproved disagree\w* opposite
        claims? false(?:hood|ly)? statements? above previous earlier latter former premise
        conclusion prefix\w* prepend\w* antecedent consequent exceptions? excluded exempt
        counterexample\w* denies sentences? stronger weaker arrows? replac\w+ substitut\w+ mixed_up
        trad(?:e|ed|ing)_places biconditionals? existentials? reverse originals? should_read
        should_have_been ought_to_be tables?"""
    )
    + r"\b",
    re.IGNORECASE,
)
"""Words by which a sentence speaks of a formula rather than of the world."""

_PREPOSITIONS = _any_of(
    r"""with without among\w* within under during for in on at by of over throughout inside outside
    between as from since after before besides apart save minus where"""
)
_QUANTITIES = _any_of(
    r"""most many few several generally normally typically usually sometimes often rarely mostly"""
)
RESTRICTS = re.compile(
    rf"\A(?!for\s(?:all|every|each|any)\b)(?:{_PREPOSITIONS}|{_QUANTITIES})\b|\bonly\W*\Z|\A(?:only|just)\s\w+\W*\Z|\bin\squestion\b",
    re.IGNORECASE,
)
"""What says for what, where, when or how often: "In summer, birds fly.", "Healthy birds only."."""

EXCEPTS = re.compile(r"\b(?:except(?:ing)?|excluding|other\sthan|apart\sfrom)\b", re.IGNORECASE)
"""What leaves some things out, which a formula does by a negation."""

# What each sign is said to mean where its meaning is not changed.
_MEANINGS = {
    "∀": r"\b(?:all|every\w*|each|any\w*|universal\w*|what\w*)\b",
    "∃": r"exist|\bsome|\bat\sleast|\bthere\s(?:is|are)\b",
    "¬": r"\b(?:not|no|negat\w+|false|un\w+)\b|n['’]t\b",
    "∧": r"\b(?:and|conjunction|both|but|also)\b",
    "∨": r"^(?!.*exclusive(?!\sor\sboth)).*\b(?:or|disjunction)\b",
    "→": r"^(?!.*\b(?:only\sif|iff)\b).*\b(?:impl\w+|if|then|conditional\w*|when\w*)\b",
    "↔": r"only\sif|\biff\b|biconditional|equivalen",
    "⊕": r"exclusive|xor|\bor\b|either",
}
_SIGN_MEANS = re.compile(
    r"(?P<sign>[∀∃¬∧∨→↔⊕])\s?[a-z]?\d?[`'\"”]?\s+(?:means?|denotes?|stands\sfor|represents?|signifies)\s(?P<words>.+)",
    re.IGNORECASE,
)
# Words for the signs, where they are said to mean something.
_WORDS_FOR = {
    "arrow": "→", "implication": "→", "conditional": "→", "biconditional": "↔", "conjunction": "∧",
    "disjunction": "∨", "negation": "¬",
}  # fmt: skip
_WORD_MEANS = re.compile(
    r"\bthe\s(?P<word>arrow|implication|conditional|biconditional|conjunction|disjunction|negation)(?:\s(?:sign|symbol))?"
    r"\s(?:means|is|denotes|stands\sfor|represents)\s(?P<words>.+)|\bword\s[\"'“]?(?P<quantity>all|every|some)[\"'”]?"
    r"\s(?:means|is|denotes)\s(?P<what>.+)",
    re.IGNORECASE,
)
_QUANTITIES_MEAN = {"all": "∀", "every": "∀", "some": "∃"}
# `Dog := Cat` puts one name for another, and "where Q(a)" only adds a condition.
_NAME_FOR_NAME = re.compile(r"\s*\w+\s*:=\s*\w+\W*|\W*(?:where|with|given)\s\w+\([^()]*\)\W*")


def redefines(text: str) -> bool:
    """Whether a sentence gives a sign another meaning, or puts a name in the place of one."""
    said = _SIGN_MEANS.search(text)
    if said is not None and not re.search(_MEANINGS[said["sign"]], said["words"], re.IGNORECASE):
        return True
    named = _WORD_MEANS.search(text)
    if named is not None and _is_misnamed(named):
        return True
    return _NAME_FOR_NAME.fullmatch(text) is not None


def _is_misnamed(named: re.Match[str]) -> bool:
    """Whether a word for a sign is said to mean what another one does: "The arrow means if and only if"."""
    if named["word"]:
        sign, words = _WORDS_FOR[named["word"].lower()], named["words"]
    else:
        sign, words = _QUANTITIES_MEAN[named["quantity"].lower()], named["what"]
    others = (meaning for other, meaning in _MEANINGS.items() if other != sign)
    is_own = re.search(_MEANINGS[sign], words, re.IGNORECASE) is not None
    return not is_own and any(re.search(other, words, re.IGNORECASE) for other in others)


DENIAL = re.compile(r"(?:not|no|none|nobody|nothing|neither|never)\b", re.IGNORECASE)
NEGATION = re.compile(
    r"[¬~∼!-]|\\(?:neg|lnot|sim|n\w+)\b|≠|⊥|∄|\b(?:not|no|none|never|false|nand|nor)\b|(?<![a-z])(?:Not|No|Non|Un|un)",
    re.IGNORECASE,
)

WRITERS = frozenset("i we us our my let's".split())

CONDITION = re.compile(
    _any_of(
        r"""if when whenever unless provided given assuming suppose while until once as_long_as so_long_as
        wenn falls si"""
    )
    + r"\b",
    re.IGNORECASE,
)
CONSEQUENT = re.compile(r",|\bthen\b", re.IGNORECASE)
OF_A_VARIABLE = re.compile(
    r"[a-z]\sis\s(?:any|every|each|an\sarbitrary|arbitrary)\b|[u-z]\d{0,2}(?:\s+\w|\s*[∈∉=≠<>≤≥:])|.*\b(?:rang(?:es|ing)|quantif\w+)\s(?:only\s)?over\b",
    re.IGNORECASE,
)
SAYS_OF_A_VARIABLE = re.compile(r"([u-z]\d{0,2})\s+(?!rang|quantif|denot|stands|in\b)\w")
