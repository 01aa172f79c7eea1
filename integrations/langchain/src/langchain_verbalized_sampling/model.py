"""Models as people have them: an object, or a name."""

from __future__ import annotations

from typing import Any

from langchain_core.prompts import BasePromptTemplate
from langchain_core.runnables import Runnable, RunnableSequence

from verbalized_sampling import SettingsError

__all__ = ["model_of"]


def model_of(model: Any) -> Runnable[Any, Any]:
    """The model that is meant.

    Args:
        model: A Runnable from messages to a message or a text, or a name such as ``"openai:gpt-6.1-terra"``.

    Raises:
        SettingsError: It is neither, or a name while ``langchain`` is not installed.
    """
    if isinstance(model, str):
        try:
            from langchain.chat_models import init_chat_model
        except ImportError as error:
            raise SettingsError(
                f"a model by name ({model!r}) needs langchain: pip install 'langchain-verbalized-sampling[agents]'"
            ) from error
        try:
            made: Runnable[Any, Any] = init_chat_model(model)
        except (ImportError, ValueError) as error:
            raise SettingsError(f"the model {model!r} cannot be made: {error}") from error
        return made
    if isinstance(model, type):
        raise SettingsError(f"the model is the class {model.__name__}; give an object: {model.__name__}(…)")
    if not isinstance(model, Runnable):
        raise SettingsError(
            "the model has to be a chat model, a Runnable around one, or a name such as 'openai:gpt-6.1-terra', "
            f"not {type(model).__name__}"
        )
    first = model.first if isinstance(model, RunnableSequence) else None
    if isinstance(first, BasePromptTemplate):
        raise SettingsError("a prompt belongs before this step, not into its model: prompt | VerbalizedSampling(model)")
    if getattr(model, "elicitation", None) is not None:
        raise SettingsError(f"{type(model).__name__} asks for distributions itself: give its model")
    return model
