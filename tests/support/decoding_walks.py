"""A matcher over bytes: random walks through a decoding grammar, and whether it admits a text."""

from __future__ import annotations

import random

import llguidance


class _Bytes:
    """The vocabulary of the 256 bytes and an end-of-text token."""

    eos_token_id = 256
    bos_token_id = None
    tokens = (*[bytes([byte]) for byte in range(256)], b"<|end|>")
    special_token_ids = (256,)

    def __call__(self, text: bytes | str) -> list[int]:
        return list(text.encode() if isinstance(text, str) else text)


TOKENIZER = llguidance.LLTokenizer(llguidance.TokenizerWrapper(_Bytes()))


class Walker:
    """A grammar's matcher over bytes. Raises AssertionError where llguidance refuses the grammar."""

    def __init__(self, grammar: str) -> None:
        self.matcher = llguidance.LLMatcher(TOKENIZER, llguidance.grammar_from("grammar", grammar))
        assert not self.matcher.get_error(), f"{self.matcher.get_error()}\n{grammar}"

    def admits(self, text: str) -> bool:
        self.matcher.reset()
        data = list(text.encode())
        return self.matcher.try_consume_tokens(data) == len(data) and self.matcher.is_accepting()

    def begins(self, text: str) -> bool:
        """Whether something that the grammar admits begins with the text."""
        self.matcher.reset()
        data = list(text.encode())
        return self.matcher.try_consume_tokens(data) == len(data)

    def walk(self, seed: int, *, calm: int = 40, longest: int = 4000) -> str:
        """One random text; after `calm` bytes the walk makes for the end, which any grammar lets it reach."""
        choose = random.Random(seed)
        self.matcher.reset()
        data = bytearray()
        while len(data) < longest:
            late = len(data) > calm
            if self.matcher.is_accepting() and (late or choose.random() < 0.1):
                break
            bias = self.matcher.compute_logit_bias()
            allowed = [byte for byte in range(256) if bias[byte]]
            if not allowed:
                break
            byte = _ending(choose, allowed) if late else _any(choose, allowed)
            assert self.matcher.consume_token(byte), self.matcher.get_error()
            data.append(byte)
        text = data.decode()
        assert self.matcher.is_accepting(), f"the walk is stuck after {text!r}"
        return text


def _any(choose: random.Random, allowed: list[int]) -> int:
    """Letters outweigh all else by their number; half of the time a sign is taken instead."""
    signs = [byte for byte in allowed if not chr(byte).isalnum() and byte < 0xC4]
    return choose.choice(signs if signs and choose.random() < 0.5 else allowed)


def _ending(choose: random.Random, allowed: list[int]) -> int:
    """Close what is open, and open nothing where that can be helped."""
    for wanted in (b"'", b")", b"\n", b" ,", b"xua", bytes(set(range(256)) - set(b"("))):
        if found := [byte for byte in allowed if byte in wanted]:
            return choose.choice(found)
    return choose.choice(allowed)
