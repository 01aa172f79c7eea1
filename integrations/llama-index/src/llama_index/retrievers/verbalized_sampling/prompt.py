"""The core's prompts as LlamaIndex prompts, and LlamaIndex prompts in the place of the core's."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import copy
from typing import Any, Unpack, get_args

from llama_index.core.base.llms.base import BaseLLM
from llama_index.core.base.llms.generic_utils import messages_to_prompt as default_messages_to_prompt
from llama_index.core.base.llms.types import ChatMessage
from llama_index.core.prompts import BasePromptTemplate
from pydantic import Field, InstanceOf

from verbalized_sampling import Elicitation, ElicitationSettings, Message, TemplateError, Variant

__all__ = ["VerbalizedPrompt", "chat_message", "checked", "is_own", "opening", "to_llama_prompt"]

_QUERY = ("query_str", "query")
_SETTINGS = ("k", "tau", "words", "definition", "format")


class VerbalizedPrompt(BasePromptTemplate):
    """A prompt of the core, rendered by the core into chat messages: values are data, missing ones an error.

    Its variable is ``query_str``; ``k``, ``tau``, ``words``, ``definition`` and ``format`` replace its own settings.
    """

    elicitation: InstanceOf[Elicitation[Any]] = Field(exclude=True)

    def __init__(self, elicitation: Elicitation[Any], **kwargs: Any) -> None:
        super().__init__(  # type: ignore[call-arg]
            elicitation=elicitation,
            metadata={},
            template_vars=["query_str"],
            kwargs=kwargs,
            output_parser=None,
        )

    def partial_format(self, **kwargs: Any) -> VerbalizedPrompt:
        prompt = copy(self)
        prompt.kwargs = {**self.kwargs, **kwargs}
        return prompt

    def format_messages(self, llm: BaseLLM | None = None, **kwargs: Any) -> list[ChatMessage]:
        """The messages that open the conversation.

        Raises:
            TemplateError: ``query_str`` is missing, or the template cannot be rendered.
        """
        del llm
        values = self._map_all_vars({**self.kwargs, **kwargs})
        if "query_str" not in values:
            raise TemplateError("the prompt needs query_str=…: what the user asks")
        own = self.elicitation
        settings: Any = {n: values[n] for n in _SETTINGS if n in values and values[n] != getattr(own, n)}
        request = next((Elicitation.of(own, **settings) if settings else own).plan(values["query_str"]))
        messages = [chat_message(message) for message in request.messages]
        return self.output_parser.format_messages(messages) if self.output_parser else messages

    def format(
        self,
        llm: BaseLLM | None = None,
        messages_to_prompt: Callable[[Sequence[ChatMessage]], str] | None = None,
        **kwargs: Any,
    ) -> str:
        kwargs.pop("completion_to_prompt", None)  # LLM.predict passes both
        return (messages_to_prompt or default_messages_to_prompt)(self.format_messages(llm, **kwargs))

    def get_template(self, llm: BaseLLM | None = None) -> str:
        return self.format(llm, query_str="{query_str}")


def to_llama_prompt(name: str = "search_queries", **settings: Unpack[ElicitationSettings]) -> VerbalizedPrompt:
    """A prompt of the core, for anything in LlamaIndex that takes a prompt.

    Args:
        name: ``standard``, ``cot`` or ``multi``, or what :class:`Elicitation` takes as a template: ``search_queries``,
            ``paper``, a folder, a file.
        **settings: Fields of :class:`Elicitation`: ``k=5``, ``tau=0.10`` …

    Raises:
        SettingsError: A setting is out of its range.
        TemplateError: There is no such template.
    """
    if name in get_args(Variant):
        settings["variant"] = name  # type: ignore[typeddict-item]
    else:
        settings["template"] = name
    prompt = VerbalizedPrompt(Elicitation.of(None, **settings))
    prompt.get_template()  # a name that does not exist should be heard of now
    return prompt


def checked(prompt: BasePromptTemplate, elicitation: Elicitation[Any]) -> BasePromptTemplate:
    """``prompt``, if every variable of it will have a value when it opens this elicitation.

    Raises:
        TemplateError: It has no place for the query, or a variable that nobody fills. (LlamaIndex would leave
            ``{its_name}`` in the text, or nothing.)
    """
    mappings = prompt.template_var_mappings or {}
    filled = {*_QUERY, *_values(elicitation), *prompt.kwargs, *(prompt.function_mappings or {})}
    filled = {mappings.get(name, name) for name in filled}
    wanted = set(prompt.template_vars)
    if wanted.isdisjoint(mappings.get(name, name) for name in _QUERY):
        raise TemplateError("the prompt has no place for the query: write {query_str} where it belongs")
    if missing := wanted - filled:
        raise TemplateError(
            f"nobody fills {', '.join(sorted(missing))} in the prompt: there are {', '.join(sorted(filled))}"
        )
    return prompt


def opening(
    prompt: BasePromptTemplate, query: str, elicitation: Elicitation[Any], llm: BaseLLM | None = None
) -> list[ChatMessage]:
    """The messages that open an elicitation, as ``prompt`` words them."""
    return prompt.format_messages(llm=llm, query_str=query, query=query, **_values(elicitation))


def is_own(prompt: BasePromptTemplate, elicitation: Elicitation[Any]) -> bool:
    """Whether ``prompt`` words an elicitation as its own plan does, so that nothing has to be rendered twice."""
    if type(prompt) is not VerbalizedPrompt or prompt.elicitation is not elicitation:
        return False
    return not (prompt.kwargs or prompt.output_parser or prompt.template_var_mappings or prompt.function_mappings)


def chat_message(message: Message) -> ChatMessage:
    return ChatMessage(role=message["role"], content=message["content"])


def _values(elicitation: Elicitation[Any]) -> dict[str, Any]:
    values = {name: getattr(elicitation, name) for name in _SETTINGS}
    return {name: value for name, value in values.items() if value is not None}
