"""Verbalized Sampling for LangChain: ask a model for a distribution of answers, and sample from it."""

from typing import TYPE_CHECKING, Any

from .errors import DistributionOutputParserException
from .output_parser import VerbalizedSamplingOutputParser
from .retriever import VerbalizedQueryRetriever
from .runnable import VerbalizedSampling
from .selection import DistributionArgmax, DistributionSampler, DistributionTop
from .tool import VerbalizedSamplingTool

if TYPE_CHECKING:
    from .middleware import VerbalizedSamplingMiddleware

__all__ = [
    "DistributionArgmax",
    "DistributionOutputParserException",
    "DistributionSampler",
    "DistributionTop",
    "VerbalizedQueryRetriever",
    "VerbalizedSampling",
    "VerbalizedSamplingMiddleware",
    "VerbalizedSamplingOutputParser",
    "VerbalizedSamplingTool",
]


def __getattr__(name: str) -> Any:
    # The middleware alone needs `langchain`, which is an extra of this package.
    if name != "VerbalizedSamplingMiddleware":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        from .middleware import VerbalizedSamplingMiddleware
    except ImportError as error:
        raise ImportError(f"{name} needs langchain: pip install 'langchain-verbalized-sampling[agents]'") from error
    return VerbalizedSamplingMiddleware
