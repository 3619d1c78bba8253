"""The sentences beside a formula: which of them repeat or explain it, and say nothing else of it.

A sentence about the world repeats the formula in words. One that speaks of the formula, or to the
reader, must be known to leave it as it is.
"""

from __future__ import annotations

import re

from logic.reading.answers.around.words import (
    Taken,
    flat,
    QUOTED,
    is_neutral_remark,
    unquoted,
    words,
)

_MOST_SHORT = 3
"""Words of a text that may be a fragment, which says nothing alone."""

_SPAN = re.compile(r"`[^`\n]{1,400}+`|\$[^$\n]{1,400}+\$|\\\((?:[^\\\n]|\\(?![()])){1,400}+\\\)")
_ATOM = re.compile(r"(?:[¬~∼-]\s?)?\b\w+\([^()\n]*\)")
_VARIABLES_ONLY = re.compile(r"\w+\(\s*[a-z]\d{0,2}(?:\s*,\s*[a-z]\d{0,2})*\s*\)")
# What is made of nothing but parts of formulas; possessive, so that its time is linear.
_RUN = re.compile(
    r"(?: \b\w++\([^()\n]*+\) | [∀∃]\s?+\w{1,3}\b | [¬~∼()\[\]∧∨→↔⊕⇒⇔&|=≠] | <?->|=> | (?<=[)\]∧∨→↔⊕⇒⇔&|=≠¬~∼])\s++ )++"
    r"| \b\w++\s*+[≠=]\s*+\w++",
    re.VERBOSE,
)
_ATOM_OR_EQUATION = re.compile(r"\w\(|\w\s*[≠=]")
_WORD = re.compile(r"[^\W\d_]{2}")
_SIGN = re.compile(r"[∀∃¬∧∨→↔⊕]\s?[a-z]?\d?\b|[∀∃¬∧∨→↔⊕]")

# What introduces a sentence and says nothing.
_OPENING = re.compile(
    r"""
    (?: (?: so | thus | hence | therefore | here | basically | again | overall | essentially | note\sthat
          | note | as\syou\scan\ssee | in\s(?:plain\s|other\s|simple\s|natural\s)?(?:words|english|language)
          | i\.e\. | that\sis(?=,) | in\s(?:this|the|our|my)\s(?:above\s|first-order\s)?
            (?:formula|translation|expression|case|representation|logic|notation|formali[sz]ation)
          | literally | explanation | and | also | specifically | more\sprecisely | first | finally | to\sexplain
          | for\sclarity ) \b [,:]? \s* )*
    """,
    re.IGNORECASE | re.VERBOSE,
)
_PART = r"""
    (?: formula\w* | expression | statement | translation | sentence | (?:universal|existential)?\s?quantifiers?
      | implication | conditional | biconditional | conjunction | disjunction | negation | antecedent | consequent
      | predicates? | symbols? | part | constants? | functions? | notation | representation | arrow | fol | logic
      | material | logical | words? | phrases? | terms? | keywords? | variables? | connectives? | equality | clause | body | conclusion | premise
      | quantifier's | scope | operator | answer | result | first-order | arguments? | side | half )
"""
_VERB = r"""
    (?: (?:can|could|may|should|would)\sbe\s(?:read|translated|understood|interpreted|expressed|paraphrased)
      | (?:is|are)\s(?:then\s)?(?:read|used|translated|represented|expressed|written|interpreted|denoted|defined|to\sbe\sread
          |the\s(?:first-order|logical|formal|fol|predicate|unary|binary|constant|individual|name)
          |an?\s(?:unary|binary|constant|predicate|name|individual|universal\w*|existential\w*|faithful|direct|literal|first-order
            |implication|conjunction|disjunction|negation|conditional|biconditional))
      | mean\w* | say\w* | state\w* | express\w* | represent\w* | denote\w* | indicate\w* | capture\w* | ensure\w*
      | stand\w*\sfor | read\w* | assert\w* | specif\w+ | translat\w+ | show\w* | signif\w+ | describe\w*
      | correspond\w* | refer\w* | use[sd]? | consist\w* | encode\w* | formali[sz]e\w* | convey\w* | reflect\w*
      | connect\w* | cover\w* | include\w* | link\w* | symboli[sz]e\w* | introduce\w* | model\w* | claim\w* )
"""
# "This says …", "The quantifier ∀x means …", "`Cat(x)` stands for …", "We use → because …"
_EXPLAINS = re.compile(
    rf"""
      (?: this | that | it | which | these | they | both
        | (?:the|this|our|my|each|its|a|an|here\sthe|where\sthe) \s (?: [\w-]+ \s ){{0,2}}? {_PART}
          (?: \s (?:of|in|on|inside) \s (?: the|this|a|our ) \s [\w-]+ (?:\s {_PART})? )? (?:\s[`"'“]?[\w(),∀∃¬∧∨→↔⊕§¤-]{{1,24}}[`"'”]?)?
        | [§¤]+ (?:(?:\sand|,)\s[§¤]+)*
      ) (?: \s (?:above|below|here|together|simply|correctly|literally|essentially|formally|therefore|thus
                |accurately|also|then|directly|explicitly|exactly|precisely) )*
      \s {_VERB} \b
    | (?: i | we ) (?: ['’]ve | \shave )? (?:\s(?:also|then|here|simply|just|can|will))* \s
      (?: use[sd]? | using | introduce\w* | define\w* | represent\w* | translate\w* | express\w* | read | need(?!\sto)
        | wr[io]te | chose | choose | formali[sz]e\w* | treat\w* | denote\w* | convert\w* | model\w* | let ) \b
    | (?: where | with | let | here | using ) \b .* (?: \b(?:mean|denot|stand|represent|say|express|refer|indicat|state)\w* )
    | (?: where | let ) \s [^\s,.]+ \s (?: is | are | be ) \b
    | ¤+ \s (?: is | are ) \b
    | (?: this | it | which ) \s is \s (?: logically \s )? equivalent \s to \s saying \b
    | (?: this | that | it ) \s is \s (?: what | how | because | the\sway ) \b
    | holds,?\s(?:where|since|because)\b
    | (?:but\s)? not\s(?:all|every\w*|each)\b (?: \W+\w+ ){{2,}}
    | (?: because | since | means? | reads | says | states | expresses | represents | translates ) \b
    """,
    re.IGNORECASE | re.VERBOSE,
)
# What even an explanation says only where something is wrong.
_FAILS = re.compile(
    r"\b(?:(?:is|does|do|was|did)(?:n['’]t|\snot)\s(?:what|right|correct|enough|the|quite)|wrong\w*|incorrect\w*|mistak\w+|errors?|opposite|should\s(?:be|have)|instead|too\s(?:strong|weak"
    r"|broad|general|narrow)|fails?|failed|forgot\w*|missing|invalid|not\s(?:the|quite|what|correct|right|exactly)"
    r"|inaccurate\w*|half|partly|partial\w*|incomplete\w*|unfinished|negate[sd]?|(?:under|of|inside|within)\sa\snegation|its\snegation"
    r"|fix|corrected|the\snegation\sof|unintended|ignore\w*)\b",
    re.IGNORECASE,
)
_OF_ANOTHER = re.compile(
    r"\bwould\s(?:instead\s|rather\s|also\s|then\s|not\s|only\s)?"
    r"(?:be\s(?:wrong|incorrect|false|different|too\s\w+|a\smistake|an\serror)|mean|say|express|state|read"
    r"|claim|assert|capture|imply)\b",
    re.IGNORECASE,
)
# An answer's last words.
_CLOSES = re.compile(
    r"""
      (?:i\s)?hope\s(?:this|that|it)\s(?:helps?|is\s(?:clear|helpful)) | let\sme\sknow\s(?:if|whether)\s(?:you|anything|there|this)
    | feel\sfree\sto\sask | (?:is\sthere|do\syou\s(?:need|have|want|like)|would\syou\slike)\s(?:anything|any|me|help|more|another|further)
    | (?:good|best)\s(?:luck|regards) | thanks? | thank\syou | you['’]re\swelcome | cheers | enjoy
    | (?:that|this)(?:['’]s|\sis)\s(?:all|it) | done | q\.?e\.?d\.? | the\send | all\sdone | if\syou\s(?:have|need|want|would\slike|prefer)
    | happy\sto\shelp | sure | end\sof\s(?:answer|output|response|translation)
    """,
    re.IGNORECASE | re.VERBOSE,
)
# A sentence that begins so speaks of what stands above it, or of the writer, if it has no name of it.
_REFERS = re.compile(
    r"""
      (?: this | that | these | those | it | i | i['’]\w+ | we | we['’]\w+ | you | my | your | our | he | she | they | one
        | all\sof\s(?:this|that|it|them) | none | neither | nor | either | both | nothing
        | (?:only|exactly|just)\s(?:the\s)?(?:first|second|last|latter|former|one|two|this|that)
        | the\s(?:above|former|latter|previous|following|other|same|rest) ) (?! [\w'’] | ,\s )
    """,
    re.IGNORECASE | re.VERBOSE,
)
# What begins so restricts, replaces or takes back, or asks the reader to.
_COMMANDS = re.compile(
    r"""
      (?: add | remove | negate | replace | swap | flip | insert | delete | drop | change | fix | ignore | disregard | forget
        | take | assume\w* | suppose | consider | restrict\w* | limit\w* | remember | imagine | put | prepend | append | treat
        | reverse | switch | strike | scratch | skip | reject\w* | discard | exclude | include | interpret | regard | check
        | do | don['’]t | never\smind | apply | think | see | wait | sorry | oops | hmm | actually | nope | well | hold
        | let | let['’]s | please | above | below | here(?:['’]s)? | such | same | likewise | vice | correction | edit | update | erratum
        | ps | p\.s | caveat | disclaimer | warning | todo | fixme | xxx | alternatively | or | but | unless | except
        | however | yet | although | though | only\s(?:if|in|on|at|for|when|after|before|during)
        | not\s(?:for|in|on|at|if|when|always|really|quite|true|valid|yet|any\w*) | (?:no|nor|not|or|and),?
          (?=\W*\Z|,) | assuming | provided | given | supposing | subject\sto | excluding | barring | rather | instead | better
        | more\s(?:exactly|precisely|accurately) | otherwise | else | maybe | perhaps | possibly | probably | approximately
        | roughly | supposedly | allegedly | presumably | according | applies | holds | valid | true\s(?:only|if|for|in) )
      (?! [\w'’] )
    """,
    re.IGNORECASE | re.VERBOSE,
)
_WRITERS = frozenset("i we us our my let's".split())
_PREPOSITION = re.compile(
    r"(?:with|without|among\w*|within|under|during|for|in|on|at|by|of|over|throughout|inside|outside|between|as|from|since"
    r"|after|before|besides|apart|save|minus|where)\b",
    re.IGNORECASE,
)
_SAYS_MORE = re.compile(r",|\b(?:is|are|was|were|has|have|can|will|does|do|must)\b", re.IGNORECASE)
# Words by which a sentence speaks of a formula rather than of the world.
_SPEAKS = re.compile(
    r"""
    \b(?: formula\w* | answers? | translations? | expressions? | negat(?:e|es|ed|ing|ions?) | quantifi\w+ | domains? | scopes? | univers(?:e|al)
        | variables? | predicates? | symbols? | connectives? | operators? | brackets? | parenthes\w+ | arguments? | arity
        | correct(?:ed|ion|ions)? | errors? | mistak\w+ | wrong\w* | incorrect\w* | untrue | invalid | draft | attempt
        | kidding | joking | jok(?:e|es) | converse | contrapositive | inverse | dual | implication | conjuncts? | disjuncts?
        | conjunction | disjunction | forgot\w* | omitted | typo | redo | redone | rewrit\w+ | rephras\w+ | oops | sorry
        | restricted | limited\sto | confined | assum\w+ | constraint | caveat | unsure | uncertain | hypothetical\w*
        | superseded | deprecated | obsolete | retract\w* | withdraw\w* | withdrawn | reversed | swapped | flipped | denied | deny
        | rejected | refuted | disproved | disagree\w* | opposite | claims? | false(?:hood|ly)? | statements? | above | previous | earlier | latter | former | premise | conclusion
        | prefix\w* | prepend\w* | antecedent | consequent | exceptions? | excluded | exempt | counterexample\w* )\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
_CONDITION = re.compile(
    r"(?:if|when|whenever|unless|provided|given|assuming|suppose|while|until|once|as\slong\sas|so\slong\sas|wenn"
    r"|falls|si)\b",
    re.IGNORECASE,
)
_CONSEQUENT = re.compile(r",|\bthen\b", re.IGNORECASE)
_SAYS_OF_A_VARIABLE = re.compile(r"([u-z]\d{0,2})\s+(?!rang|quantif|denot|stands|in\b)\w")
_OF_A_VARIABLE = re.compile(r"[u-z]\d{0,2}(?:\s+\w|\s*[∈∉=≠<>≤≥:])|.*\b(?:rang(?:es|ing)|quantif\w+)\s(?:only\s)?over\b", re.I)
_SPLIT = re.compile(r"(?<=[.!?;])(?<!\.\.)(?<!\bi\.e\.)(?<!\be\.g\.)[\"”')*_]*\s+(?=[\"“'(*_`$\\]*[^\W\d_∀∃])|(?<=[!?。])(?=\S)")
_LEADING = " \t\r\n*_`$\"“”'‘’([{<#>•+.,;:–—|✓✔✅☑️👍🙂😊🎉✨-"
_TRAILING = " \t\r\n*_`$\"“”'‘’)]}>.,;:!–—|✓✔✅☑️👍🙂😊🎉✨-"


def sentences(prose: str) -> list[str]:
    """The sentences of a line."""
    hidden = QUOTED.sub(lambda quoted: "_" * len(quoted[0]), prose)
    parts: list[str] = []
    start = 0
    for split in _SPLIT.finditer(hidden):
        parts.append(prose[start : split.start()])
        start = split.end()
    return [part for part in (*parts, prose[start:]) if part.strip()]


def is_neutral(prose: str, taken: Taken) -> bool:
    """Whether every sentence of prose behind a formula leaves what it says as it is."""
    return all(is_neutral_sentence(sentence, taken) for sentence in sentences(prose))


def is_neutral_sentence(sentence: str, taken: Taken) -> bool:
    """Whether a sentence behind a formula explains it, repeats it, or says nothing of it."""
    text = sentence.lstrip(_LEADING).rstrip(_TRAILING)
    if sentence.rstrip(_TRAILING).endswith("?") and not _CLOSES.match(text):
        return False
    if not text or flat(text) == taken.flat:
        return True
    if _OF_A_VARIABLE.match(text):
        return _names_variable(text, taken) and has_no_other_formula(text, taken)
    if not has_no_other_formula(sentence, taken):
        return _OF_ANOTHER.search(sentence) is not None
    if _CLOSES.match(text) or is_neutral_remark(text, taken):
        return True
    body = text[_opening(text) :]
    shown = _marked(body, taken)
    if _EXPLAINS.match(shown):
        return _FAILS.search(unquoted(body)) is None
    if "§" in shown or "¤" in shown:
        return is_neutral_remark(re.sub("[§¤]", " ", shown), taken)
    return bool(body) and repeats(body, taken)


def _names_variable(text: str, taken: Taken) -> bool:
    """Whether a name is applied to variables, and the sentence says what it means of them."""
    says = _SAYS_OF_A_VARIABLE.match(text)
    atom = taken.text.strip(" \t`$.")
    if says is None or _ATOM.fullmatch(atom) is None or _speaks_of_a_formula(text, taken):
        return False
    return re.search(rf"\b{says[1]}\b", atom) is not None


def _speaks_of_a_formula(text: str, taken: Taken) -> bool:
    """Whether prose has a word for a formula's parts or faults; those in the formula's names are none."""
    return any(not taken.names(word[0]) for word in _SPEAKS.finditer(text))


def repeats(sentence: str, taken: Taken) -> bool:
    """Whether a sentence is about the world, as one that says in words what a formula says."""
    text = unquoted(sentence).lstrip(_LEADING).rstrip(_TRAILING)
    said = words(text)
    if not said:
        return not text
    if _speaks_of_a_formula(text, taken) or is_condition(text) or _COMMANDS.match(text):
        return False
    is_fragment = _PREPOSITION.match(text) is not None
    if is_fragment and not _SAYS_MORE.search(text):
        return False
    if _REFERS.match(text):
        # "That cat sleeps" is of a cat, "That is of a cat" of the formula.
        return len(said) > 1 and taken.names(said[1])
    if len(said) <= _MOST_SHORT or is_fragment or _WRITERS.intersection(said):
        return bool(taken.stems) and taken.is_spoken_of(text)
    return True


def is_condition(text: str) -> bool:
    """Whether a sentence says no more than a condition: "If it rains", and not "If it rains, it pours"."""
    if _CONDITION.match(text) is None:
        return False
    parts = _CONSEQUENT.split(text)
    return len(parts) < 2 or len(parts[-1].split()) < 2


def has_no_other_formula(prose: str, taken: Taken) -> bool:
    """Whether every formula that prose shows is the one taken, or a part or a name of it."""
    shown = [span[0][1:-1] for span in _SPAN.finditer(prose)]
    for run in _RUN.finditer(prose):
        if _ATOM_OR_EQUATION.search(run[0]):
            shown.append(run[0])
    return all(is_part(part, taken) for part in shown)


def is_part(shown: str, taken: Taken) -> bool:
    """Whether what is shown is a part of the formula taken, or no formula at all."""
    is_formula = re.search(r"[\w'\"]\(|[=≠<>]", shown) is not None
    if not is_formula or _VARIABLES_ONLY.fullmatch(shown.strip()):
        return True
    return flat(shown) in taken.flat


def _opening(text: str) -> int:
    """Where a sentence begins behind words that say nothing."""
    opening = _OPENING.match(text)
    return opening.end() if opening else 0


def _marked(text: str, taken: Taken) -> str:
    """A sentence with `§` for the formulas that it shows, and `¤` for signs and for names of variables."""
    shown = _SPAN.sub(lambda span: _mark(span[0], taken), text)
    shown = _ATOM.sub(lambda atom: _mark(atom[0], taken), shown)
    return _SIGN.sub("¤", shown)


def _mark(shown: str, taken: Taken) -> str:
    plain = shown.strip("`$\\()") if _SPAN.fullmatch(shown) else shown
    is_formula = re.search(r"[\w'\"]\(|[=≠<>]", plain) is not None
    is_name = _VARIABLES_ONLY.fullmatch(shown.strip("`$ ")) is not None
    return "§" if (is_formula and not is_name) or flat(shown) == taken.flat else "¤"
