"""Keywords that nothing takes are refused: LangChain's own classes leave them out without a word."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel, model_validator

__all__ = ["KnownKeywords"]


class KnownKeywords(BaseModel):
    """A class of LangChain's that takes its fields, and nothing else."""

    @model_validator(mode="before")
    @classmethod
    def _refuse_others(cls, given: Any) -> Any:
        for name in given if isinstance(given, dict) else ():
            if name not in cls.model_fields:
                close = get_close_matches(name, cls.model_fields, 1)
                advice = f"did you mean {close[0]}?" if close else f"it takes {', '.join(cls.model_fields)}"
                raise TypeError(f"{cls.__name__}() takes no {name!r}: {advice}")
        return given
