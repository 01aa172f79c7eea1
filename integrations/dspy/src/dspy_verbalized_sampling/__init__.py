"""Verbalized Sampling for DSPy: a distribution behind every prediction.

:class:`VerbalizedSampling` is the module, :class:`VerbalizedPredict` the leaf that optimizers see, and
:func:`verbalize` makes both of a program that exists already.
"""

from .access import verbalized
from .adapter import VerbalizedAdapter
from .collect import Collected, collect_distributions
from .data import diversify
from .diversity import DiversityMetric, diversity
from .majority import weighted_majority
from .module import VerbalizedSampling
from .predict import VerbalizedPredict
from .prediction import Verbalized, VerbalizedPrediction
from .program import verbalize
from .settings import Settings
from .streaming import CandidateListener, CandidateResponse

__all__ = [
    "CandidateListener",
    "CandidateResponse",
    "Collected",
    "DiversityMetric",
    "Settings",
    "Verbalized",
    "VerbalizedAdapter",
    "VerbalizedPredict",
    "VerbalizedPrediction",
    "VerbalizedSampling",
    "collect_distributions",
    "diversify",
    "diversity",
    "verbalize",
    "verbalized",
    "weighted_majority",
]
