"""What `methods.py` runs in processes of its own: a command with its output in a file, a policy's figures, votes."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

from pipelines import cli

ITEMS = 200


def logged(argv: list[str]) -> int:
    """`folalign` with the words after the first, which names the file that its output goes to."""
    log, *words = argv
    with open(log, "a", encoding="utf-8") as file:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
            os.dup2(file.fileno(), stream.fileno())
        return cli.main(words)


def main(argv: list[str]) -> int:
    """Entropy, and KL to the start model, per token of the model's own samples: `MODEL START ROWS OUTPUT`."""
    import torch
    from trl.trainer.utils import entropy_from_logits

    import data
    from alignment import models
    from alignment.sampling import make_sampler

    model_path, start_path, rows, target = argv
    sentences = [
        json.loads(line)["sentence"]
        for line in Path(rows).read_text(encoding="utf-8").splitlines()[:ITEMS]
    ]
    prompts = [data.PROMPT.format(sentence=sentence) for sentence in sentences]
    sampler = make_sampler("transformers", model_path, batch_size=ITEMS)
    answers = [texts[0] for texts in sampler.sample(prompts, max_tokens=80, seed=0)]
    sampler.close()
    (model, tokenizer), (start, _) = models.load(model_path), models.load(start_path)
    tokenizer.padding_side = "right"
    texts = [
        prompt + answer + tokenizer.eos_token
        for prompt, answer in zip(prompts, answers, strict=True)
    ]
    batch = tokenizer(texts, return_tensors="pt", padding=True)
    begins = torch.tensor([len(tokenizer(prompt)["input_ids"]) for prompt in prompts])[:, None]
    place = torch.arange(batch["input_ids"].size(1))[None]
    # Position t predicts token t + 1.
    mask = (
        (place >= begins - 1) & (place < batch["attention_mask"].sum(1, keepdim=True) - 1)
    ).float()
    with torch.inference_mode():
        logits = model(**batch).logits
        own, other = logits.log_softmax(-1), start(**batch).logits.log_softmax(-1)
    kl = (own.exp() * (own - other)).sum(-1)
    found = {name: float((value * mask).sum() / mask.sum())
             for name, value in (("entropy", entropy_from_logits(logits)), ("kl", kl))}  # fmt: skip
    return _write(target, found)


def vote(argv: list[str]) -> int:
    """Best of eight by vote, as `folalign translate` chooses: `MODEL ROWS OUTPUT`."""
    import data
    import logic
    from alignment.sampling import make_sampler
    from pipelines.commands.translating.choosing import choose

    model_path, rows, target = argv
    lines = [json.loads(line) for line in Path(rows).read_text(encoding="utf-8").splitlines()]
    prompts = [data.PROMPT.format(sentence=line["sentence"]) for line in lines]
    sampler = make_sampler("transformers", model_path, batch_size=128)
    greedy = sampler.sample(prompts, temperature=0.0, max_tokens=80)
    drawn = sampler.sample(prompts, n=7, temperature=0.8, max_tokens=80, seed=0)
    sampler.close()
    answers = [
        choose(first + rest)["formula"] or "" for first, rest in zip(greedy, drawn, strict=True)
    ]
    scores = logic.score(candidates=answers, references=[line["formula"] for line in lines])
    return _write(target, {"equivalent": sum(score == 1.0 for score in scores) / len(scores)})


def _write(target: str, found: dict[str, Any]) -> int:
    path = Path(target)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(found), encoding="utf-8")
    return 0
