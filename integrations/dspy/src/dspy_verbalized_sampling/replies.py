"""What a model has said beside the text: why it stopped, and whether it declined."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any

from verbalized_sampling import Reply
from verbalized_sampling.adapters import reply_from

__all__ = ["REPLY", "replies_of"]

REPLY = "verbalized_reply"
"""Where a completion of an adapter in its asking kind has the reply that it was read from."""

_RECENT = 64  # calls: those of other threads that may have ended in between


def replies_of(lm: Any, outputs: Sequence[Any]) -> list[Reply]:
    """The replies behind what a model has returned, as the core reads them; none if nobody says more than the texts.

    DSPy hands on texts; the provider's answer stands in the model's history, in the entry that holds this very list,
    or the newest one with the same texts.

    Args:
        lm: The model.
        outputs: What it has returned: texts, or dicts where there is more than text.
    """
    recent = [entry for entry in getattr(lm, "history", ())[-_RECENT:] if entry.get("response") is not None]
    if not recent:
        return []
    texts = [_text(output) for output in outputs]
    own = (entry for entry in reversed(recent) if entry.get("outputs") is outputs)
    alike = (
        entry for entry in reversed(recent) if [*map(_text, entry.get("outputs") or ())] == texts
    )  # DSPy 3.3 copies
    entry = next(chain(own, alike), None)
    return [] if entry is None else [reply_from(_part(entry["response"], n), text=text) for n, text in enumerate(texts)]


def _text(output: Any) -> str:
    return str((output.get("text") if isinstance(output, Mapping) else output) or "")


def _part(answer: Any, place: int) -> Any:
    """What an answer says of one of several outputs."""
    if isinstance(answer, tuple | list):  # DSPy asks some providers once for each
        return answer[place] if place < len(answer) else None
    choices = answer.get("choices") if isinstance(answer, Mapping) else getattr(answer, "choices", None)
    if isinstance(choices, Sequence) and len(choices) > 1 and place < len(choices):
        return {"choices": [choices[place]]}
    return answer
