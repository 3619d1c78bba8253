"""What `claim.py` measures in processes of its own: how far a policy has gone, and what it has reached."""

from __future__ import annotations

import json
import math
import random
import statistics
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

ITEMS, SAMPLES, MOST = 400, 2, 16
TOKENS = 32


SWAPPED = {"chosen": "rejected", "chosen_formula": "rejected_formula", "reference": "rejected"}


class HeldOut:
    """Held-out prompts, what is preferred there, and the gold standard.

    Of a share of the prompts a reward is shown the rejected answer as the preferred one.
    """

    def __init__(self, flipped: float = 0.0, seed: int = 0) -> None:
        import data
        from alignment.preference import ExactReader, PreferenceJudge

        self.rows = data.load("preference-synthetic", split="test", size=ITEMS).to_dataset()
        read = data.exact_reader("preference-synthetic")
        assert read is not None
        self._judge = PreferenceJudge(ExactReader(read), exact=True)
        rng = random.Random(f"swapped/{seed}")
        places = set(rng.sample(range(len(self.rows)), round(flipped * len(self.rows))))

        def seen(row: dict[str, Any], place: int) -> dict[str, Any]:
            return {to: row[name] for to, name in SWAPPED.items()} if place in places else {}

        self._shown = self.rows.map(seen, with_indices=True) if places else self.rows

    def repeated(self, name: str, count: int) -> list[Any]:
        """A column, each value so many times."""
        return _repeated(self.rows[name], count)

    def right(self, answers: Sequence[str], count: int) -> list[bool]:
        """Whether each of `count` answers to a prompt is equivalent to the preferred one."""
        columns = [self.repeated(name, count) for name in ("prompt", "chosen", "chosen_formula")]
        prompts, chosen, formulas = columns
        found = self._judge.compare(prompts, answers, chosen, formulas)
        return [finding.equivalent for finding in found]

    def pay(self, reward: Any, answers: Sequence[str], count: int) -> list[float]:
        """What a reward says of the answers; the least that it says of any where it says nothing."""
        names = [name for name in self.rows.column_names if name not in ("prompt", "completion")]
        columns = {name: _repeated(self._shown[name], count) for name in names}
        paid = reward(self.repeated("prompt", count), [f" {text}" for text in answers], **columns)
        least = min((value for value in paid if value is not None), default=0.0)
        return [least if value is None else value for value in paid]


def _repeated(values: Iterable[Any], count: int) -> list[Any]:
    return [value for value in values for _ in range(count)]


def sample(
    model: str, prompts: Sequence[str], *, n: int, seed: int, temperature: float
) -> list[str]:
    """So many answers to each prompt, one after another."""
    from alignment.sampling import make_sampler

    sampler = make_sampler("transformers", model, batch_size=128)
    found = sampler.sample(
        list(prompts), n=n, seed=seed, temperature=temperature, max_tokens=TOKENS
    )
    sampler.close()
    return [text.strip() for texts in found for text in texts]


def build(pay: dict[str, Any]) -> Any:
    from alignment import rewards

    (name,) = pay["rewards"]
    return rewards.get(name, **pay["reward_settings"][name])


def measure(argv: list[str]) -> int:
    """Of each model: greedy and sampled answers that are right, the own reward of samples, and KL."""
    asked = json.loads(argv[0])
    held_out = HeldOut()
    prompts = held_out.rows["prompt"]
    reward = build(asked["pay"]) if asked["pay"] else None
    found: dict[str, Any] = {}
    for step, model in {"0": asked["start"], **asked["models"]}.items():
        greedy = sample(model, prompts, n=1, seed=asked["seed"], temperature=0.0)
        drawn = sample(model, prompts, n=SAMPLES, seed=asked["seed"], temperature=1.0)
        right = held_out.right(drawn, SAMPLES)
        found[step] = {
            "greedy": [int(one) for one in held_out.right(greedy, 1)],
            "sampled": statistics.mean(right),
            "kl": divergence(model, asked["start"], held_out.repeated("prompt", SAMPLES), drawn),
            "words": statistics.mean(len(text.split()) for text in greedy),
        }
        if reward is not None:
            found[step]["proxy"] = statistics.mean(held_out.pay(reward, drawn, SAMPLES))
    return _write(asked["target"], found)


def divergence(model: str, start: str, prompts: Sequence[str], answers: Sequence[str]) -> float:
    """KL(policy || start) per answer: the mean over the policy's own samples, exact at each token."""
    import torch

    from alignment import models
    from alignment.objective.divergence import kl_divergence

    (policy, tokenizer), (anchor, _) = models.load(model), models.load(start)
    tokenizer.padding_side = "right"
    total = 0.0
    for place in range(0, len(prompts), 100):
        asked = prompts[place : place + 100]
        texts = [
            f"{prompt} {answer}{tokenizer.eos_token}"
            for prompt, answer in zip(asked, answers[place : place + 100], strict=True)
        ]
        batch = tokenizer(texts, return_tensors="pt", padding=True)
        begins = torch.tensor([len(tokenizer(prompt)["input_ids"]) for prompt in asked])[:, None]
        position = torch.arange(batch["input_ids"].size(1))[None]
        ends = batch["attention_mask"].sum(1, keepdim=True)
        # Position t predicts token t + 1.
        mask = (position >= begins - 1) & (position < ends - 1)
        with torch.inference_mode():
            each = kl_divergence(policy(**batch).logits, anchor(**batch).logits)
        total += float((each * mask).sum())
    return total / len(prompts)


def best_of_n(argv: list[str]) -> int:
    """Of 1, 2, 4, ... of the warm-up's samples, the one that each reward likes best: whether it is right.

    Its KL to the warm-up is at most ln n - (n - 1) / n.
    """
    asked = json.loads(argv[0])
    held_out = HeldOut(asked["flipped"], asked["seed"])
    answers = sample(
        asked["start"], held_out.rows["prompt"], n=MOST, seed=asked["seed"], temperature=1.0
    )
    right = held_out.right(answers, MOST)
    found: dict[str, Any] = {}
    for name, pay in asked["pay"].items():
        paid = held_out.pay(build(pay), answers, MOST)
        for power in range(int(math.log2(MOST)) + 1):
            n = 2**power
            places = [
                max(range(first, first + n), key=paid.__getitem__)
                for row in range(0, len(answers), MOST)
                for first in range(row, row + MOST, n)
            ]
            found.setdefault(name, {})[n] = {
                "gold": statistics.mean(right[place] for place in places),
                "proxy": statistics.mean(paid[place] for place in places),
                "kl": math.log(n) - (n - 1) / n,
            }
    return _write(asked["target"], found)


def _write(target: str, found: dict[str, Any]) -> int:
    path = Path(target)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(found), encoding="utf-8")
    return 0
