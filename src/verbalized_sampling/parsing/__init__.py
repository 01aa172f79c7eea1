"""From the text of a reply to a distribution."""

from .parser import DistributionParser
from .stream import DistributionStream, StreamedCandidate, acandidates, candidates
from .typed import probability_field

__all__ = [
    "DistributionParser",
    "DistributionStream",
    "StreamedCandidate",
    "acandidates",
    "candidates",
    "probability_field",
]
