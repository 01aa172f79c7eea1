"""Diverse, honest output from language models: ask for a distribution, read it, sample from it.

Verbalized Sampling (arXiv 2510.01171) asks a model for several answers *with their probabilities*, reads that text
as a distribution and samples from it. :func:`verbalize` does all of it; :class:`Elicitation` and
:class:`DistributionParser` are its two halves, for those who call the model themselves.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .errors import (
    DistributionParseError,
    EmptyDistributionError,
    JobError,
    ModelError,
    RefusalError,
    SettingsError,
    TemplateError,
    VerbalizedSamplingError,
)
from .parsing import DistributionParser, DistributionStream, StreamedCandidate
from .plans.drive import Plan, adrive, drive
from .plans.elicitation import Elicitation, ElicitationSettings, Format, Variant
from .plans.wording import Query
from .replies.protocol import Message, Reply, Request
from .values.candidate import Candidate, Dropped
from .values.distribution import Distribution, Select
from .values.metrics import unseen_mass
from .values.repairs import Repair
from .values.source import Source
from .values.usage import Usage
from .values.weights import Definition, Weighting

if TYPE_CHECKING:
    from .api import averbalize, verbalize
    from .runs.streaming import AsyncCandidateStream, CandidateStream, astream, stream

__all__ = [
    "AsyncCandidateStream",
    "Candidate",
    "CandidateStream",
    "Definition",
    "Distribution",
    "DistributionParseError",
    "DistributionParser",
    "DistributionStream",
    "Dropped",
    "Elicitation",
    "ElicitationSettings",
    "EmptyDistributionError",
    "Format",
    "JobError",
    "Message",
    "ModelError",
    "Plan",
    "Query",
    "RefusalError",
    "Repair",
    "Reply",
    "Request",
    "Select",
    "SettingsError",
    "Source",
    "StreamedCandidate",
    "TemplateError",
    "Usage",
    "Variant",
    "VerbalizedSamplingError",
    "Weighting",
    "adrive",
    "astream",
    "averbalize",
    "drive",
    "stream",
    "unseen_mass",
    "verbalize",
]

__version__ = "0.1.0"


_LATE = {
    **dict.fromkeys(("averbalize", "verbalize"), "api"),
    **dict.fromkeys(("AsyncCandidateStream", "CandidateStream", "astream", "stream"), "runs.streaming"),
}


def __getattr__(name: str) -> Any:
    """Imports what calls models on first use: who calls them himself needs neither asyncio nor threads."""
    if name not in _LATE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = import_module(f".{_LATE[name]}", __name__)
    globals()[name] = value = getattr(module, name)
    return value
