"""Names that mean something in Prolog by themselves, so that no predicate of one's own bears them."""

from __future__ import annotations

_BUILT_IN = frozenset(
    """
    fail/0 false/0 true/0 repeat/0 halt/0 halt/1 nl/0 nl/1
    once/1 ignore/1 forall/2 findall/3 findall/4 bagof/3 setof/3 aggregate_all/3 aggregate_all/4
    not/1 catch/3 throw/1 maplist/2 maplist/3 maplist/4 foldl/4
    assert/1 asserta/1 assertz/1 retract/1 retractall/1 abolish/1 dynamic/1 discontiguous/1
    write/1 writeln/1 print/1 write_canonical/1 writeq/1 format/1 format/2 format/3 read/1 put_char/1
    get_char/1 var/1 nonvar/1 atom/1 number/1 integer/1 float/1 atomic/1 compound/1
    callable/1 is_list/1 ground/1 functor/3 arg/3 copy_term/2 atom_length/2 atom_chars/2 atom_codes/2
    char_code/2 number_codes/2 number_chars/2 atom_number/2 sub_atom/5 atom_concat/3 atom_string/2
    msort/2 keysort/2 nb_setval/2 nb_getval/2 b_setval/2
    b_getval/2 current_op/3 op/3 unify_with_occurs_check/2 call_with_time_limit/2 dif/2
    """.split()
)


def is_built_in(name: str, arguments: int) -> bool:
    """Whether a name with so many arguments is control, or built into every Prolog."""
    return (name == "call" and arguments > 0) or f"{name}/{arguments}" in _BUILT_IN
