"""Sampling from a model: vLLM and transformers behind one interface, free or under a grammar."""

from alignment.sampling.constrained import cut_back, grammars, reference_signatures
from alignment.sampling.sampler import Sampler, TransformersSampler, VllmSampler, make_sampler

__all__ = [
    "Sampler",
    "TransformersSampler",
    "VllmSampler",
    "cut_back",
    "grammars",
    "make_sampler",
    "reference_signatures",
]
