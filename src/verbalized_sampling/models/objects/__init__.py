"""Models of a framework that the caller holds: LangChain chat models, LlamaIndex LLMs, DSPy LMs.

They are recognised by the classes they derive from, and their messages are read by their attributes, so that no
framework is imported here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..caller import Caller, Options
from . import dspy, langchain, llama_index
from .failures import translated

__all__ = ["from_object"]

_FRAMEWORKS: dict[tuple[str, str], Callable[[Any, Options], Caller]] = {
    ("langchain_core", "BaseChatModel"): langchain.from_model,
    ("langchain_core", "RunnableBinding"): langchain.from_model,
    ("llama_index", "BaseLLM"): llama_index.from_model,
    ("dspy", "BaseLM"): dspy.from_model,
}


def from_object(model: Any, options: Options) -> Caller | None:
    """A caller for a framework's model; None if it is none.

    Raises:
        SettingsError: An option that this model does not take.
    """
    for base in type(model).__mro__:
        if make := _FRAMEWORKS.get((base.__module__.partition(".")[0], base.__name__)):
            return translated(make(model, options), model)
    return None
