"""From the text of a reply to a distribution.

Where a rule lies follows from what it has to know. Words of human languages are in ``language``; what a number says,
and whether it is a probability, in ``numbers``; lines, bullets and fences in ``page``; which field is the text, what
is an example, and what makes a candidate of it, in ``candidate``; the formats, one file or folder each, in
``readers``; what wraps a whole reply, and which of its blocks is the answer, in ``reply``; the fast ways through
replies that need no repair in ``exact``; replies that are still being written in ``streaming``. A room imports only
from those before it. Recorded replies of each kind lie in ``tests/data/replies``, in the folder of the room that
holds their rule.
"""

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
