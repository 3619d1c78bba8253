"""Words that end as plurals do and are words of their own: glasses are no panes, and arms no limbs.

Most plurals say what their singular says, and there names with either are one; so do a verb and its
third person. What is listed here has another meaning than the word without its ending, or there is
no such word, or it is an adjective, which has no plural. No rule tells these from the others: a word
too many costs a little credit, one too few would let a wrong formula pass.
"""

from __future__ import annotations

_WORN_AND_USED = """
    glasses sunglasses eyeglasses spectacles specs goggles shorts pants trousers jeans tights slacks
    briefs overalls suspenders clothes scissors scales compasses binoculars pliers draughts checkers
    billiards dominoes dice
"""
_OF_MANY = """
    arms customs goods forces authorities manners spirits wits premises headquarters grounds contents
    savings earnings winnings holdings proceeds proceedings belongings surroundings lodgings
    communications humanities securities utilities riches rations tidings amends annals alms arrears
    credentials dregs ashes rapids straits suburbs barracks gallows bowels guts genitals measles mumps
    rickets sars blues woods odds means wages rights valuables outskirts suds victuals vitals
"""
_OF_NO_NOUN = """
    news greens reds blacks whites browns yellows sweets singles doubles finals particulars morals
    commons wilds sometimes besides overseas does hers ours yours theirs
    twenties thirties forties fifties sixties seventies eighties nineties seconds thirds
"""
_OF_NAMES = """
    james thomas lucas nicolas douglas charles agnes ames giles hans jules niles dallas texas kansas
    arkansas wales athens naples brussels indies mars
"""

OWN_WORDS = frozenset(f"{_WORN_AND_USED} {_OF_MANY} {_OF_NO_NOUN} {_OF_NAMES}".split())
"""Words that are no plurals of what is left without their ending."""

OWN_WORDS_BEHIND = frozenset(
    """
    hives shingles crabs bends piles chills aids leaves papers contacts braces bangs shades heels
    looks brains airs tears arts sales graves windows nuts
    """.split()
)
"""Words that are no plurals of what is left, where they are nouns: who has contacts wears lenses.

Elsewhere they may be a verb, or a plural like any other: Contacts(x, y), Leaves(x), Windows(x).
"""
BEHIND = frozenset(
    """
    has have had having wear wears wearing use uses using run runs get gets got need needs take takes
    in with from for
    """.split()
)
"""What a name has somewhere before such a noun."""
OWN_WORDS_OF_STATE = frozenset("nuts bananas crackers".split())
"""Plurals that say how somebody is, behind `is`."""
