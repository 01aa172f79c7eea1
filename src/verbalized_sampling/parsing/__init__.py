"""From the text of a reply to a distribution."""

from .candidate.typed import probability_field
from .parser import DistributionParser
from .streaming.stream import DistributionStream, StreamedCandidate, acandidates, candidates

__all__ = [
    "DistributionParser",
    "DistributionStream",
    "StreamedCandidate",
    "acandidates",
    "candidates",
    "probability_field",
]
