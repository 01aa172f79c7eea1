"""Child runs that show, to those who watch, what a run does beside calling the model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from langchain_core.callbacks import AsyncCallbackManager, CallbackManager

from verbalized_sampling import DistributionParseError, RefusalError

__all__ = ["UNREADABLE", "Step"]

UNREADABLE = (DistributionParseError, RefusalError)
"""What reading a reply may raise: its run shows it; what follows from it, the plan decides."""


@dataclass(frozen=True)
class Step:
    """One kind of child run.

    It is started and ended by hand: calling a Runnable for it takes several times as long.

    Attributes:
        name: What traces call it.
        run_type: LangChain's type of run.
    """

    name: str
    run_type: str

    def show(self, callbacks: CallbackManager, given: Any, work: Callable[[], Any]) -> None:
        """Shows what comes of ``work``."""
        run = callbacks.on_chain_start(None, given, name=self.name, run_type=self.run_type)
        try:
            outcome = work()
        except UNREADABLE as error:
            run.on_chain_error(error)
        else:
            run.on_chain_end(outcome)

    async def ashow(self, callbacks: AsyncCallbackManager, given: Any, work: Callable[[], Any]) -> None:
        """The same with asynchronous callbacks."""
        run = await callbacks.on_chain_start(None, given, name=self.name, run_type=self.run_type)
        try:
            outcome = work()
        except UNREADABLE as error:
            await run.on_chain_error(error)
        else:
            await run.on_chain_end(outcome)
