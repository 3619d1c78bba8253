"""Rewards: the registry, what each one pays, and that none can end a run."""

from __future__ import annotations

import asyncio
import logging
import pickle
import sys
from dataclasses import dataclass

import pytest

from alignment import rewards
from alignment.preference import PreferenceJudge
from alignment.rewards import registry
from logic import parse, read_answer

REFERENCE = "∀x (Cat(x) → Animal(x))"
SAME = "¬∃x (Cat(x) ∧ ¬Animal(x))"
OTHER = "∃x (Cat(x) ∧ Animal(x))"
NONSENSE = "I cannot say."


def pay(name: str, *completions, reference: str = REFERENCE) -> list[float | None]:
    return rewards.get(name)(
        prompts=["p"] * len(completions),
        completions=list(completions),
        completion_ids=[[0]] * len(completions),
        reference=[reference] * len(completions),
        trainer_state=None,
    )


@pytest.fixture
def registered():
    """Register rewards for one test."""
    before = dict(registry._REGISTRY)
    yield rewards.register
    registry._REGISTRY.clear()
    registry._REGISTRY.update(before)


def test_names_and_unknown_name():
    assert {"logic", "equivalence", "readable", "bleu", "le_bleu"} <= set(rewards.names())
    with pytest.raises(
        rewards.RewardSettingError,
        match=r"'lgic'; allowed: bleu, .*equivalence, .*logic, .*readable",
    ):
        rewards.get("lgic")


def test_a_name_is_taken_once(registered):
    registered("mine")(len)
    registered("mine")(len)  # the same function again, as when a module is imported twice
    with pytest.raises(rewards.RewardSettingError, match="'mine' is taken by len"):
        registered("mine")(max)


def test_logic_grades_and_equivalence_decides():
    same, other, nonsense = pay("logic", SAME, OTHER, NONSENSE)
    assert same == 1.0 and nonsense == 0.0 and 0.0 <= other < 1.0
    assert pay("equivalence", SAME, OTHER, NONSENSE) == [1.0, 0.0, 0.0]


def test_a_bad_reference_is_not_judged():
    assert pay("logic", SAME, reference="∀x (Cat(x") == [None]
    assert pay("equivalence", SAME, reference="∀x (Cat(x") == [None]


NARROW = "all y.(-exists x.H(x,y) -> E(y)) & P(a)"
WIDE = "∀y (¬∃x (H(x, y) → E(y)) ∧ P(a))"
MEANT = "∀y (¬∃x H(x, y) → E(y)) ∧ P(a)"


@pytest.mark.parametrize("name", ["logic", "equivalence"])
def test_a_dialect_is_that_of_the_completions_and_of_the_references(name):
    reward = rewards.get(name, dialect="nltk")
    assert reward(["p"], [NARROW], reference=[MEANT]) == [1.0]
    assert reward(["p"], [NARROW], reference=[NARROW]) == [1.0]
    assert reward(["p"], [NARROW], reference=[WIDE])[0] < 1.0


def test_references_of_a_stage_are_canonical_whatever_the_completions_are_in():
    # In Prolog's and Prover9's notation these names would be variables.
    for dialect, completion, reference in [
        ("prolog", "likes(X, tom) :- cat(X)", "∀x (cat(x) → likes(x, tom))"),
        ("prover9", "Cat(tom) & P(x)", "Cat(tom) ∧ ∀x P(x)"),
        ("prolog", "cat(tom)", "cat(Tom)"),
    ]:
        reward = rewards.get("logic", dialect=dialect, canonical_references=True)
        (score,) = reward(["p"], [completion], reference=[reference])
        assert score == 1.0, (dialect, completion)
    taken_for_a_variable = rewards.get("logic", dialect="prolog")
    assert taken_for_a_variable(["p"], ["cat(tom)"], reference=["cat(Tom)"])[0] < 1.0
    correct = rewards.get("correct", dialect="prover9", canonical_references=True)
    columns = {"reference": ["Cat(tom) ∧ ∀x P(x)"], "wrong": ["Cat(william)"]}
    assert correct(["p"], ["Cat(tom) & P(x)"], **columns)[0] > 0.0


def test_an_unknown_dialect_is_an_error_before_training():
    with pytest.raises(rewards.RewardSettingError, match="unknown dialect 'klingon'; allowed"):
        rewards.get("readable", dialect="klingon")


def test_readable():
    assert pay("readable", " " + SAME, NONSENSE) == [1.0, 0.0]


def test_checked_needs_no_reference_but_what_can_be_told_without_one():
    check = rewards.get("checked")
    empty, free = "∀x (Cat(x) → Cat(x))", "∀x (Cat(x) → Sleeps(x))"
    texts = [free, NONSENSE, empty, "Cat(tom) ∧ ¬Cat(tom)"]
    assert check(["p"] * 4, texts) == [1.0, 0.0, 0.0, 0.0]
    names = ["Cat/1, Sleeps/1", "Dog/1", None]
    assert check(["p"] * 3, [free] * 3, signature=names) == [1.0, 0.0, 1.0]
    beside = [["Cat(tom)", "¬Sleeps(tom)"], ["Cat(tom)"], None]
    assert check(["p"] * 3, [free] * 3, premise_formulas=beside) == [0.0, 1.0, 1.0]


def test_bleu_orders_by_likeness():
    exact, near, far, empty = pay("bleu", REFERENCE, OTHER, "Dog", "")
    assert exact == pytest.approx(1.0) and 1.0 > near > far >= 0.0 and empty == 0.0


def test_le_is_the_published_one_and_cannot_tell_quantifiers():
    exists = REFERENCE.replace("∀", "∃")
    assert pay("le", REFERENCE, exists, NONSENSE) == [1.0, 1.0, 0.0]
    assert pay("le_bleu", REFERENCE)[0] == pytest.approx(1.0) and pay("le_bleu", exists)[0] < 1.0


@pytest.mark.parametrize("name", ["logic", "equivalence"])
def test_tricks_do_not_pay(name):
    prompt = "Sentence: Every cat is an animal.\nFOL:"
    listed = " ".join(f"∀x (Cat(x) → {other}(x))" for other in ("Dog", "Animal", "Pig"))
    tricks = ["", prompt, "(" * 5000, "Cat " * 20_000, f"{OTHER} " * 50, listed]
    honest = pay(name, OTHER)[0]
    assert all(paid is not None and paid <= honest for paid in pay(name, *tricks))
    assert pay(name, " ∧ ".join([SAME] * 3)) == [
        1.0
    ]  # says the same, however often, and no more than 1


def test_logic_and_equivalence_together_judge_once(monkeypatch):
    import logic

    calls = []
    judge = logic.score
    monkeypatch.setattr(logic, "score", lambda **given: calls.append(1) or judge(**given))
    both = rewards.combine(["logic", "equivalence"])
    texts = ["∀x (Cat(x) → Small(x))", "∀x (Cat(x) → Grey(x))"]
    both(["p"] * 2, texts, reference=texts)
    assert len(calls) == 1


def test_length_has_a_window():
    def paid(*words: int, **window: int):
        texts = ["a " * count for count in words]
        return rewards.get("length", **window)(["p"] * len(texts), texts)

    assert paid(0, 1, 4, 5, 6, 8, 9, maximum=4) == [0.0, 1.0, 1.0, 0.75, 0.5, 0.0, 0.0]
    assert paid(0, 1, 2, 4, minimum=2, maximum=4) == [0.0, 0.5, 1.0, 1.0]


def test_repetition_leaves_formulas_alone_and_sees_loops():
    assert pay("repetition", REFERENCE, SAME, OTHER, "") == [1.0] * 4
    assert pay("repetition", f"{REFERENCE} " * 10)[0] < 0.2


# Rewards with a model of embeddings


@pytest.fixture(scope="module")
def embedder(tmp_path_factory) -> str:
    """A sentence-transformers model of random weights."""
    pytest.importorskip("sentence_transformers")
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding
    from tokenizers import Tokenizer, pre_tokenizers
    from tokenizers.models import WordLevel

    words = "[UNK] all cats dogs animals are sleep Cats Sleep".split()
    tokenizer = Tokenizer(
        WordLevel({word: index for index, word in enumerate(words)}, unk_token="[UNK]")
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    torch.manual_seed(0)
    folder = str(tmp_path_factory.mktemp("embedder"))
    SentenceTransformer(modules=[StaticEmbedding(tokenizer, embedding_dim=16)]).save(folder)
    return folder


def test_embedding_pays_the_cosine_and_embeds_a_reference_once(embedder, monkeypatch):
    import torch

    reward = rewards.get("embedding", model=embedder, device="cpu")
    before = torch.random.get_rng_state()
    answers = ["all cats are animals", "  all cats sleep", "", "dogs", "dogs"]
    references = ["all cats are animals"] * 4 + [""]
    same, near, empty, far, none = reward(["p"] * 5, answers, reference=references)
    assert same == pytest.approx(1.0) and 1.0 > near > far >= -1.0 and empty == 0.0 and none is None
    assert torch.equal(
        before, torch.random.get_rng_state()
    )  # a resumed run draws as an uninterrupted one

    encoded = []
    encoder = reward._function._encoder
    encode = encoder.encode
    monkeypatch.setattr(
        encoder, "encode", lambda texts, **given: encoded.extend(texts) or encode(texts, **given)
    )
    assert reward(["p"] * 2, ["cats", "cats"], reference=["all cats are animals"] * 2)[0] < 1.0
    assert encoded == ["cats"]


def test_a_model_of_embeddings_that_is_not_there_is_an_error_at_once(tmp_path):
    for name in ("embedding", "le"):
        reward = rewards.get(name, model=str(tmp_path))
        with pytest.raises(
            rewards.RewardSettingError,
            match=f"{name!r} cannot load the sentence-transformers model",
        ):
            reward(["p"], ["Cat(tom)"], reference=["Cat(tom)"])


def test_le_may_match_literals_by_embedding(embedder):
    [paid] = rewards.get("le", model=embedder)(
        ["p"], ["cats(x) ∧ sleep(x)"], reference=["cats(x) ∧ sleep(x)"]
    )
    assert paid == 1.0


# Rows without a reference


class Reader:
    """A translator of sentences that are formulas."""

    def read(self, passages):
        return [read_answer(text) for text in passages]


def reward_of(name: str, embedder: str) -> rewards.Reward:
    settings = {
        "length": {"maximum": 9},
        "embedding": {"model": embedder, "device": "cpu"},
        "mt": {"comet": "none"},
        "preference": {"translator": "none"},
    }
    reward = rewards.get(name, **settings.get(name, {}))
    if name == "preference":
        reward._function.judge = PreferenceJudge(Reader())
    if name == "exact":  # reads the English of its data set alone
        reward._function._judge = PreferenceJudge(Reader())
    return reward


OURS = [
    name
    for name in rewards.names()
    if "alignment" in registry._REGISTRY[name].__module__
    # A service, models, and the columns of a story: these have tests of their own.
    and name not in ("remote", "reward_model", "implicit", "story", "round_trip")
]
OF_FORM_ALONE = {"checked", "length", "readable", "repetition"}


@pytest.mark.parametrize("name", OURS)
@pytest.mark.parametrize("absent", [[1], [0, 2], [0, 1, 2]])
def test_a_row_without_a_reference_costs_itself_alone(name, absent, embedder):
    reward = reward_of(name, embedder)
    completions = [REFERENCE, OTHER, SAME]

    def paid(references):
        columns = {"reference": references, "wrong": [OTHER] * 3, "text": ["all cats"] * 3}
        return reward(["p"] * 3, completions, trainer_state=None, **columns)

    whole = paid([REFERENCE] * 3)
    assert None not in whole
    part = paid([None if row in absent else REFERENCE for row in range(3)])
    unjudged = [] if name in OF_FORM_ALONE else absent
    assert part == [None if row in unjudged else value for row, value in enumerate(whole)]
    assert reward.failures == 0


def test_a_row_without_a_wrong_formula_costs_itself_alone():
    reward = rewards.get("correct")
    first, second = reward(["p"] * 2, [SAME] * 2, reference=[REFERENCE] * 2, wrong=[None, OTHER])
    assert first is None and second > 0.0


ODD = [float("nan"), 5, [REFERENCE], {"formula": REFERENCE}, b"Cat(tom)"]
TOLD = [
    {"role": "assistant", "content": REFERENCE},
    [{"role": "assistant", "content": REFERENCE}],
    parse(REFERENCE),
]


@pytest.mark.parametrize("name", OURS)
@pytest.mark.parametrize("odd", ODD, ids=repr)
def test_what_is_no_text_costs_its_row_alone(name, odd, embedder):
    reward = reward_of(name, embedder)

    def paid(completions, references):
        columns = {"reference": references, "wrong": [OTHER] * 3, "text": ["all cats"] * 3}
        return reward(["p"] * 3, completions, trainer_state=None, **columns)

    first, second, third = paid([REFERENCE, OTHER, SAME], [REFERENCE] * 3)
    assert paid([REFERENCE, odd, SAME], [REFERENCE] * 3) == [first, None, third]
    unjudged = second if name in OF_FORM_ALONE else None
    assert paid([REFERENCE, OTHER, SAME], [REFERENCE, odd, REFERENCE]) == [first, unjudged, third]
    assert reward.failures == 0


@pytest.mark.parametrize("name", OURS)
@pytest.mark.parametrize("told", TOLD, ids=repr)
def test_messages_and_formulas_are_read_on_both_sides(name, told, embedder):
    reward = reward_of(name, embedder)
    columns = {"wrong": [OTHER] * 2, "text": ["all cats"] * 2}
    found = reward(["p"] * 2, [told, REFERENCE], reference=[REFERENCE, told], **columns)
    assert None not in found and found[0] == found[1]


def test_what_is_no_text_is_no_part_of_a_combination():
    combined = rewards.combine(["logic", "readable"], weights=[1.0, 0.5])
    logged = {}
    found = combined(
        ["p"] * 4,
        [SAME, b"Cat(tom)", SAME, SAME],
        reference=[REFERENCE, REFERENCE, 5, REFERENCE],
        log_extra=lambda name, values: logged.update({name: values}),
    )
    assert found == [1.5, None, None, 1.5]
    assert logged == {
        "rewards/logic": [1.0, None, None, 1.0],
        "rewards/readable": [1.0, None, 1.0, 1.0],
    }


def test_premises_that_are_no_list_cost_their_row_alone():
    beside = [float("nan"), 5, None, ["Cat(tom)"]]
    found = rewards.get("checked")(["p"] * 4, [REFERENCE] * 4, premise_formulas=beside)
    assert found == [None, None, 1.0, 1.0]


def test_a_reward_that_is_no_number_costs_its_row_alone(registered, caplog):
    @registered("marks")
    def marks(prompts, completions, **columns):
        return ["good", 0.5, [1.0], None]

    reward = rewards.get("marks")
    assert reward(["p"] * 4, ["a"] * 4) == [None, 0.5, None, None]
    assert reward.failures == 1 and "gave str in place of a number (2 of" in caplog.text


def test_a_column_that_a_reward_requires_has_no_nan(registered):
    @registered("priced")
    def priced(prompts, completions, *, price, **columns):
        return [float(value or 0) for value in price]

    priced.required_columns = ("price",)
    found = rewards.get("priced")(["p"] * 3, ["a"] * 3, price=[2, float("nan"), None])
    assert found == [2.0, None, None]


# Coroutines


async def waits(prompts, completions, **columns):
    return [1.0] * len(completions)


class Waits:
    async def __call__(self, prompts, completions, **columns):
        return [1.0] * len(completions)


def test_a_coroutine_function_is_refused(registered):
    for make in (
        lambda: registered("waits")(waits),
        lambda: registered("waiting")(dataclass(Waits)),
        lambda: rewards.combine(["logic", waits]),
        lambda: rewards.combine([Waits()]),
        lambda: rewards.combine([rewards.AsyncReward("logic")]),
        lambda: rewards.AsyncReward(waits),
    ):
        with pytest.raises(rewards.RewardSettingError, match="coroutine function"):
            make()
    assert not {"waits", "waiting"} & set(rewards.names())


def test_a_coroutine_is_made_of_a_reward_or_its_name():
    for given in ("logic", rewards.get("logic")):
        waiting = rewards.AsyncReward(given)
        assert waiting.__name__ == "logic"
        assert asyncio.run(waiting(["p"], [SAME], reference=[REFERENCE])) == [1.0]
    with pytest.raises(rewards.RewardSettingError, match="unknown reward 'lgic'"):
        rewards.AsyncReward("lgic")
    with pytest.raises(rewards.RewardSettingError, match="a name or a function, not int 5"):
        rewards.AsyncReward(5)


def test_a_combination_is_of_a_list():
    for given in ("logic", rewards.get("logic")):
        with pytest.raises(rewards.RewardSettingError, match=r"a list of rewards, as \['logic'\]"):
            rewards.combine(given)


# Settings


@pytest.mark.parametrize(
    ("name", "settings", "message"),
    [
        ("length", {}, "needs the setting 'maximum'; allowed: maximum: int, minimum: int = 1"),
        (
            "length",
            {"maximum": 9, "max": 9},
            "unknown setting 'max' of the reward 'length'; allowed: maximum: int, min",
        ),
        (
            "length",
            {"maximum": "9"},
            "the setting 'maximum' of the reward 'length' is of type int, not '9'",
        ),
        ("length", {"maximum": True}, "is of type int, not True"),
        (
            "length",
            {"maximum": 0},
            "the reward 'length': 1 <= minimum <= maximum must hold, got 1 and 0",
        ),
        (
            "repetition",
            {"allowed": 1},
            "the reward 'repetition': allowed must be at least 0 and below 1, got 1",
        ),
        ("embedding", {}, "the reward 'embedding' needs the setting 'model'"),
        ("le", {"threshold": []}, "is of type float | None, not"),
        ("remote", {"pays": "foo"}, "'remote' is of type 'logic' | 'equivalence', not 'foo'"),
        (
            "logic",
            {"names": "exact"},
            "unknown setting 'names' of the reward 'logic'; allowed: domain: str = 'fol'",
        ),
    ],
)
def test_wrong_settings_are_named_with_what_is_allowed(name, settings, message):
    with pytest.raises(rewards.RewardSettingError) as error:
        rewards.get(name, **settings)
    assert message in str(error.value)


def test_a_missing_package_is_an_error_not_a_missing_reward(registered):
    @registered("needy")
    def needy(prompts, completions, **columns):
        import no_such_package

        return no_such_package.score(completions)

    with pytest.raises(
        rewards.RewardSettingError, match="'needy' needs a missing package: No module named"
    ):
        rewards.get("needy")(["p"], ["a"])


def test_only_a_dataclass_can_have_settings(registered):
    with pytest.raises(
        rewards.RewardSettingError,
        match="must be a dataclass, whose fields are the reward's settings",
    ):
        registered("plain")(type("Plain", (), {}))


def test_what_is_no_finite_number_is_not_judged(registered):
    import torch

    @registered("odd")
    def odd(prompts, completions, **columns):
        return [float("nan"), float("inf"), None, torch.tensor(0.5), True]

    assert rewards.get("odd")(["p"] * 5, ["a"] * 5) == [None, None, None, 0.5, 1.0]


def test_messages_are_read_as_their_last_answer():
    message = [{"role": "assistant", "content": REFERENCE}]
    assert pay("readable", message) == [1.0]
    assert pay("bleu", message) == [pytest.approx(1.0)]


def test_a_missing_column_is_an_error_that_names_it():
    with pytest.raises(
        rewards.RewardSettingError, match="'logic' needs the column 'reference'; columns given: x"
    ):
        rewards.get("logic")(prompts=["p"], completions=[SAME], x=[1])
    for name in ("le", "le_bleu", "bleu"):
        with pytest.raises(rewards.RewardSettingError, match=f"reward '{name}' needs the column"):
            rewards.get(name)(["p"], [SAME])


def test_a_failing_reward_is_counted_and_not_judged(registered, caplog):
    @registered("broken")
    def broken(prompts, completions, **columns):
        raise ZeroDivisionError("boom")

    @registered("short")
    def short(prompts, completions, **columns):
        return [1.0]

    logged = []
    reward = rewards.get("broken")
    with caplog.at_level(logging.ERROR):
        for _ in range(2):
            assert reward(["p"] * 2, ["a", "b"], log_metric=lambda *pair: logged.append(pair)) == [
                None,
                None,
            ]
    assert reward.failures == 2 and "boom" in caplog.text and "not judged" in caplog.text
    assert ("rewards/broken/not_judged", 1.0) in logged and (
        "rewards/broken/failures",
        2.0,
    ) in logged
    assert rewards.get("short")(["p"] * 2, ["a", "b"]) == [None, None]


def test_a_reward_that_exits_ends_no_run(registered):
    @registered("leaver")
    def leaver(prompts, completions, **columns):
        sys.exit(0)

    reward = rewards.get("leaver")
    assert reward(["p"] * 2, ["a", "b"]) == [None, None]
    assert reward.failures == 1
    combined = rewards.combine([leaver, "readable"])
    assert combined(["p"], ["Cat(tom)"]) == [None]


def test_rewards_travel_to_other_processes():
    assert pickle.loads(pickle.dumps(rewards.get("readable"))).__name__ == "readable"
    length = pickle.loads(pickle.dumps(rewards.get("length", maximum=2)))
    assert length(["p"], ["a a a"]) == [0.5]
    combined = pickle.loads(pickle.dumps(rewards.combine(["readable", length], combination="min")))
    assert combined(["p"], ["Cat(tom)"]) == [0.0]
