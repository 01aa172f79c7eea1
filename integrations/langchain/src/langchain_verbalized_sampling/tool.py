"""A tool with which an agent looks at several answers before it settles on one."""

from __future__ import annotations

from importlib.resources import files
from typing import Any, Literal, Unpack

from langchain_core.callbacks import AsyncCallbackManagerForToolRun, CallbackManagerForToolRun
from langchain_core.runnables import Runnable, RunnableConfig
from langchain_core.runnables.config import patch_config
from langchain_core.tools import ArgsSchema, BaseTool, ToolException
from pydantic import BaseModel

from verbalized_sampling import Distribution, Elicitation, SettingsError, VerbalizedSamplingError

from .runnable import VerbalizedSampling
from .settings import ElicitationOptions
from .state import distribution_to_state
from .veil import veiled

__all__ = ["VerbalizedSamplingTool"]


class _Arguments(BaseModel):
    query: str


class VerbalizedSamplingTool(BaseTool):
    """Explores a question: the agent sees several answers with their probabilities.

    The tool message's content is a table of the candidates; its artifact is the whole distribution as a plain dict,
    which :func:`distribution_from_state` reads. What goes wrong with a reply is told to the agent,
    which may go on without; errors of the endpoint are raised.

    Args:
        model: The model to ask, which may be another than the agent's; or a :class:`VerbalizedSampling`.
        elicitation: Settings made before; the options replace its fields.
        **options: Fields of :class:`verbalized_sampling.Elicitation`.
    """

    name: str = "explore_alternatives"
    description: str = files(__package__).joinpath("tool_description.txt").read_text(encoding="utf-8").strip()
    args_schema: ArgsSchema | None = _Arguments
    response_format: Literal["content", "content_and_artifact"] = "content_and_artifact"
    handle_tool_error: Any = True
    sampler: Runnable[Any, Any]

    def __init__(
        self,
        model: Runnable[Any, Any] | str,
        *,
        elicitation: Elicitation[Any] | None = None,
        **options: Unpack[ElicitationOptions],
    ) -> None:
        own = {name: options.pop(name) for name in type(self).model_fields if name in options}  # type: ignore[misc]
        if not isinstance(model, VerbalizedSampling):
            model = VerbalizedSampling(model, elicitation=elicitation, **options)
        elif elicitation is not None or options:
            raise SettingsError("these settings are for a model; a VerbalizedSampling has its own")
        super().__init__(**{"sampler": model, **own})

    def _run(
        self, query: str, config: RunnableConfig, run_manager: CallbackManagerForToolRun | None = None
    ) -> tuple[str, dict[str, Any]]:
        inner = veiled(patch_config(config, callbacks=run_manager.get_child() if run_manager else None))
        try:
            return _shown(self.sampler.invoke(query, inner))
        except VerbalizedSamplingError as error:
            raise ToolException(str(error)) from error

    async def _arun(
        self, query: str, config: RunnableConfig, run_manager: AsyncCallbackManagerForToolRun | None = None
    ) -> tuple[str, dict[str, Any]]:
        inner = veiled(patch_config(config, callbacks=run_manager.get_child() if run_manager else None))
        try:
            return _shown(await self.sampler.ainvoke(query, inner))
        except VerbalizedSamplingError as error:
            raise ToolException(str(error)) from error


def _shown(distribution: Distribution[Any]) -> tuple[str, dict[str, Any]]:
    return distribution.to_markdown(), distribution_to_state(distribution)
