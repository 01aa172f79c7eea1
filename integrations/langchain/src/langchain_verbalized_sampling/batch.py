"""Many asynchronous calls at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

from langchain_core.runnables import RunnableConfig
from langchain_core.runnables.config import get_config_list
from langchain_core.runnables.utils import gather_with_concurrency

__all__ = ["abatch"]

T = TypeVar("T")


async def abatch(
    call: Callable[[Any, RunnableConfig], Awaitable[T]],
    inputs: Sequence[Any],
    config: RunnableConfig | list[RunnableConfig] | None,
    *,
    return_exceptions: bool,
) -> list[T | Exception]:
    """Calls with each input, as ``Runnable.abatch`` does, but prepares them one by one.

    All at once, the event loop would prepare every call before it sends the first, and the replies would come in one
    crowd; so that each wave of calls takes the time of its preparation and its reading on top of the model's.

    Args:
        call: What to await for an input and its config.
        inputs: The inputs.
        config: One for all, or one for each; ``max_concurrency`` of the first bounds the calls at a time.
        return_exceptions: Whether an error stands in place of its result, instead of being raised.
    """
    preparing = asyncio.Lock()

    async def answer(given: Any, config: RunnableConfig) -> T | Exception:
        async with preparing:
            await asyncio.sleep(0)  # the call before is sent meanwhile
        try:
            return await call(given, config)
        except Exception as error:
            if return_exceptions:
                return error
            raise

    configs = get_config_list(config, len(inputs))
    limit = configs[0].get("max_concurrency") if configs else None
    return await gather_with_concurrency(limit, *map(answer, inputs, configs))
