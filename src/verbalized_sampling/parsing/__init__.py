"""From the text of a reply to a distribution."""

from .parser import DistributionParser
from .typed import probability_field

__all__ = ["DistributionParser", "probability_field"]
