"""Verbalized Sampling for LangChain: ask a model for a distribution of answers, and sample from it."""

from .errors import DistributionOutputParserException
from .output_parser import VerbalizedSamplingOutputParser
from .runnable import VerbalizedSampling
from .selection import DistributionArgmax, DistributionSampler, DistributionTop

__all__ = [
    "DistributionArgmax",
    "DistributionOutputParserException",
    "DistributionSampler",
    "DistributionTop",
    "VerbalizedSampling",
    "VerbalizedSamplingOutputParser",
]
