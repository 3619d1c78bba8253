"""Sampling from a model: vLLM and transformers behind one interface, free or under a grammar."""

from alignment.sampling.backends import BACKENDS, make_sampler
from alignment.sampling.constraints.constrained import cut_back, grammars, reference_signatures
from alignment.sampling.constraints.stories import StoryForm, sample_stories
from alignment.sampling.fitting import sample_fitting
from alignment.sampling.sampler import Sampler
from alignment.sampling.settings import SamplingSettings
from alignment.sampling.transformers_sampler import TransformersSampler
from alignment.sampling.vllm_sampler import VllmSampler

__all__ = [
    "BACKENDS",
    "Sampler",
    "SamplingSettings",
    "StoryForm",
    "TransformersSampler",
    "VllmSampler",
    "cut_back",
    "grammars",
    "make_sampler",
    "reference_signatures",
    "sample_fitting",
    "sample_stories",
]
