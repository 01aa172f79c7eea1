"""What a server of this project needs before it answers anybody: where it listens, and who may ask."""

from .guard import Guard, is_loopback
from .listening import listening

__all__ = ["Guard", "is_loopback", "listening"]
