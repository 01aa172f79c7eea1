"""All that this package takes from inside DSPy, with the reason; everything else is what DSPy documents.

A test holds that no other file reaches inside, and another that what stands here does, in the DSPy that is installed,
what it is taken for (``tests/integrations/dspy/test_internals.py``).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any, Self, TypeVar, cast

import dspy

# Not among the adapters that DSPy exports.
from dspy.adapters.baml_adapter import BAMLAdapter

# A saved image is a text with this mark in it, and a message part again once it is shown.
from dspy.adapters.types.base_type import CUSTOM_TYPE_START_IDENTIFIER

# Types in prompts have to be named, and values read and written, as DSPy's own adapters do.
from dspy.adapters.utils import get_annotation_name, parse_value, serialize_for_json

# `dspy.majority` compares texts so.
from dspy.evaluate import normalize_text

# Demonstrations have to hold what `Predict.dump_state` would have made of them.
from dspy.predict.predict import serialize_object

# `prediction.completions` is one, and DSPy names no other way to make one with a signature.
from dspy.primitives.prediction import Completions
from dspy.utils.exceptions import AdapterParseError

# What a reply has cost is told to the tracker in the settings, and to nobody else.
from dspy.utils.usage_tracker import UsageTracker

from .replies import REPLY, replies_of

__all__ = [
    "CUSTOM_TYPE_START_IDENTIFIER",
    "Completions",
    "JSONMode",
    "Late",
    "OneByOne",
    "UsageTracker",
    "altered",
    "calling_predictor",
    "completed",
    "get_annotation_name",
    "listeners_of",
    "normalize_text",
    "parse_value",
    "retraced",
    "serialize_for_json",
    "serialize_object",
    "tells_of_models",
]


P = TypeVar("P", bound=dspy.Prediction)


class JSONMode:
    """Asks for any JSON where a strict schema would empty mappings of any keys.

    ``JSONAdapter`` looks for such mappings among the outputs only, not inside of a list, and takes no setting for it;
    this hook is the last before the call, with ``response_format`` decided.
    """

    def _call_preprocess(self, lm: Any, lm_kwargs: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        if self.wants_any_json and "response_format" in lm_kwargs:  # type: ignore[attr-defined]
            lm_kwargs["response_format"] = {"type": "json_object"}
        return super()._call_preprocess(lm, lm_kwargs, *args, **kwargs)  # type: ignore[misc]


class OneByOne:
    """Takes what the model has returned one by one: adapters fail for all of it if one is empty.

    Nor do they say why a reply ended. This hook is the only one that sees what was returned before its text is read.
    """

    def _call_postprocess(self, processed: Any, original: Any, outputs: Any, lm: Any, *rest: Any) -> list[Any]:
        values = []
        for output in outputs:
            try:
                values += super()._call_postprocess(processed, original, [output], lm, *rest)  # type: ignore[misc]
            except AdapterParseError as error:  # there is no text
                values.append(self.verbalized_unread(error))  # type: ignore[attr-defined]
        for value, reply in zip(values, replies_of(lm, outputs), strict=False):  # none if nobody says
            value[REPLY] = reply
        return values


def completed(kind: type[P], values: dict[str, Any], completions: Any, usage: Any, held: dict[str, Any]) -> P:
    """A prediction of these values, completions and usage, as ``Prediction.from_completions`` makes one.

    Further attributes are ``held``.

    That class method makes plain completions, without weights; and ``Prediction.__init__`` takes ten times as long.
    """
    prediction: P = object.__new__(kind)
    vars(prediction).update(held, _store=values, _completions=completions, _lm_usage=usage)
    return prediction


def altered(prediction: P, values: dict[str, Any]) -> P:
    """The same prediction with other values; its own ``copy`` drops all that is no value."""
    made: P = object.__new__(type(prediction))
    vars(made).update(vars(prediction))
    vars(made)["_store"] = {**dict(prediction.items(include_dspy=True)), **values}
    return made


class Late:
    """Stands before a kind of prediction: some values are made when the first one is read.

    DSPy keeps all of them in ``_store``; a prediction that most programs never look at need not have it ready.
    """

    @classmethod
    def of(cls, prediction: dspy.Prediction, values: Callable[[], dict[str, Any]]) -> Self:
        """The same prediction with other values, which are made of what it holds by now."""
        made: Any = object.__new__(cls)
        held = vars(made)
        held.update(vars(prediction))
        held["_late"] = held.pop("_store").copy(), values
        return cast("Self", made)

    @cached_property
    def _store(self) -> dict[str, Any]:
        own, values = vars(self)["_late"]
        return {**own, **values()}

    def __getstate__(self) -> dict[str, Any]:
        """With all values: what makes them can't leave the process."""
        return {"_store": self._store, **{name: value for name, value in vars(self).items() if name != "_late"}}


def retraced(plain: dspy.Prediction, given: Callable[[], dspy.Prediction]) -> None:
    """Puts what is given into DSPy's trace, where ``dspy.Predict`` has put the plain prediction, if there is a trace.

    The trace is what demonstrations and training rows are made of; ``Predict`` has no other way to say what goes in.
    """
    trace: list[Any] = dspy.settings.trace or []
    for place in reversed(range(len(trace))):
        if trace[place][2] is plain:
            trace[place] = (*trace[place][:2], given())
            return


def tells_of_models(adapter: Any) -> bool:
    """Whether an adapter describes pydantic models only, as BAML's does: of other types it tells the name."""
    return isinstance(adapter, BAMLAdapter)


def calling_predictor() -> Any:
    """The predictor that an adapter is called by: adapters are told of the signature only."""
    return next((each for each in reversed(dspy.settings.caller_modules or ()) if isinstance(each, dspy.Predict)), None)


def listeners_of(predict: Any) -> list[Any]:
    """Who listens to the stream of a predictor: ``streamify`` matches listeners to chunks of text only."""
    return [each for each in dspy.settings.stream_listeners or () if each.predict is predict]
