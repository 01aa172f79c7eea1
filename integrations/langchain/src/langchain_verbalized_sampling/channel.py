"""What a graph's state holds distributions in: values between nodes, plain dicts in checkpoints."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from typing import Any, Self

from langgraph.channels import LastValue
from langgraph.errors import InvalidUpdateError
from pydantic import TypeAdapter, ValidationError

__all__ = ["DistributionChannel"]


class DistributionChannel(LastValue[Any]):
    """Holds a distribution, or what contains some, and gives checkpointers plain values for it.

    ``ideas: Annotated[Distribution, DistributionChannel]`` in a state is all. ``Distribution[Joke]`` (which reads
    jokes again), ``list[Distribution]``, ``Distribution | None`` and other types that pydantic knows are held too.

    Nodes write with :class:`DistributionToState` or :func:`distribution_to_state`. They may write the distribution as
    it is; but LangGraph stores what nodes write beside the checkpoint, with no channel in between, and warns of its
    class when it reads that: in a history, or when a run goes on that was interrupted in the same step.
    """

    __slots__ = ("_adapter",)

    def __init__(self, typ: Any, key: str = "") -> None:
        super().__init__(typ, key)
        self._adapter: TypeAdapter[Any] = TypeAdapter(typ)

    def update(self, values: Sequence[Any]) -> bool:
        try:
            return super().update([self._read(value) for value in values])
        except ValidationError as error:
            raise InvalidUpdateError(f"At key '{self.key}': {error}") from error

    def checkpoint(self) -> Any:
        value = super().checkpoint()
        holds_one = self.is_available() and value is not None
        return self._adapter.dump_python(value, mode="json") if holds_one else value

    def from_checkpoint(self, checkpoint: Any) -> Self:
        made = copy(self)  # shares the adapter, which takes long to make
        made.value = LastValue(self.typ).from_checkpoint(checkpoint).value
        if made.is_available():
            made.value = self._read(made.value)
        return made

    def copy(self) -> Self:
        return copy(self)

    def _read(self, value: Any) -> Any:
        return None if value is None else self._adapter.validate_python(value)
