"""Verbalized Sampling for LangChain: ask a model for a distribution of answers, and sample from it."""

from importlib import import_module
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from .errors import DistributionOutputParserException
from .judge import DistributionJudge
from .output_parser import VerbalizedSamplingOutputParser
from .retriever import VerbalizedQueryRetriever
from .runnable import VerbalizedSampling
from .selection import DistributionArgmax, DistributionMajority, DistributionSampler, DistributionTop
from .state import CHECKPOINT_TYPES, DistributionToState, distribution_from_state, distribution_to_state
from .tool import VerbalizedSamplingTool

if TYPE_CHECKING:
    from .channel import DistributionChannel
    from .human_choice import HumanChoice
    from .middleware import VerbalizedSamplingMiddleware

__version__ = version("langchain-verbalized-sampling")

__all__ = [
    "CHECKPOINT_TYPES",
    "DistributionArgmax",
    "DistributionChannel",
    "DistributionJudge",
    "DistributionMajority",
    "DistributionOutputParserException",
    "DistributionSampler",
    "DistributionToState",
    "DistributionTop",
    "HumanChoice",
    "VerbalizedQueryRetriever",
    "VerbalizedSampling",
    "VerbalizedSamplingMiddleware",
    "VerbalizedSamplingOutputParser",
    "VerbalizedSamplingTool",
    "__version__",
    "distribution_from_state",
    "distribution_to_state",
]


_OF_AGENTS = {
    "DistributionChannel": "channel",
    "HumanChoice": "human_choice",
    "VerbalizedSamplingMiddleware": "middleware",
}


def __getattr__(name: str) -> Any:
    # What agents alone use needs `langchain`, which is an extra of this package.
    if name not in _OF_AGENTS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        module = import_module(f".{_OF_AGENTS[name]}", __name__)
    except ImportError as error:
        raise ImportError(f"{name} needs langchain: pip install 'langchain-verbalized-sampling[agents]'") from error
    return getattr(module, name)
