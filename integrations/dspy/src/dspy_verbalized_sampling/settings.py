"""How a predictor asks for candidates, and what it makes of them."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any, Literal, Self, get_args

from verbalized_sampling import Elicitation, ElicitationSettings, SettingsError

from .demos import LabeledDemos

__all__ = ["OnInvalid", "Settings"]

OnInvalid = Literal["drop", "raise"]
"""What to do with a reply in which a candidate does not validate: drop the candidate, or fail."""

_ELICITATION = frozenset(ElicitationSettings.__annotations__)
# Decided elsewhere: by the adapter, by the signature, and by a prediction, which holds a candidate.
_NOT_HERE: dict[str, Any] = {"format": "json", "candidate": None, "on_empty": "raise"}
_NOT_SAVED = ("template", *_NOT_HERE)  # a template is a path: a file from elsewhere must not choose what is read


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings of a verbalized predictor; they are saved and loaded with its state.

    Attributes:
        elicitation: What is asked of the model. (A ``template`` is not saved: give it to the program that loads.)
        min_valid: Candidates that a reply must hold at least; with fewer the call fails like an unreadable reply.
        on_invalid: What to do when a candidate does not validate.
        labeled_demos: Where demonstrations go that give one answer.
        seed: Makes the selection reproducible, call by call; None draws anew each time.
    """

    elicitation: Elicitation[Any]
    min_valid: int = 1
    on_invalid: OnInvalid = "drop"
    labeled_demos: LabeledDemos = "instructions"
    seed: int | str | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.min_valid, int) or self.min_valid < 1:
            raise SettingsError(f"min_valid must be a whole number of at least 1, not {self.min_valid!r}")
        for name, words in (("on_invalid", get_args(OnInvalid)), ("labeled_demos", get_args(LabeledDemos))):
            if getattr(self, name) not in words:
                raise SettingsError(f"{name} must be one of {', '.join(words)}, not {getattr(self, name)!r}")
        for name, only in _NOT_HERE.items():
            if getattr(self.elicitation, name) != only:
                raise SettingsError(f"{name} is not for DSPy: the adapter and the signature decide it")
        if self.elicitation.variant not in ("standard", "cot", "multi"):
            raise SettingsError(f"variant {self.elicitation.variant!r} is a baseline: in DSPy that is a dspy.Predict")
        if self.elicitation.select == "all":
            raise SettingsError("select must be sample, argmax or first; all candidates are in `completions`")

    @classmethod
    def split(cls, given: dict[str, Any]) -> tuple[Self, dict[str, Any]]:
        """Settings from keyword arguments, and the arguments that are the language model's."""
        names = {field.name for field in fields(cls)} - {"elicitation"}
        asked = {name: value for name, value in given.items() if name in _ELICITATION and value is not None}
        elicitation = Elicitation.of(given.get("elicitation") or Elicitation(max_extra_calls=0), **asked)
        own = {name: value for name, value in given.items() if name in names}
        rest = {name: v for name, v in given.items() if name not in _ELICITATION | names | {"elicitation"}}
        return cls(elicitation=elicitation, **own), rest

    def dump(self) -> dict[str, Any]:
        """The settings as plain JSON values."""
        state = asdict(self)
        elicitation = {name: value for name, value in state.pop("elicitation").items() if name not in _NOT_SAVED}
        return {**state, "elicitation": {**elicitation, "definition": self.elicitation.definition.value}}

    def load(self, state: dict[str, Any]) -> Self:
        """What :meth:`dump` gave, over these settings.

        Raises:
            SettingsError: A value is out of its range, or a name is unknown.
        """
        given = {**state.get("elicitation", {}), **{name: v for name, v in state.items() if name != "elicitation"}}
        unknown = set(given) - (_ELICITATION | {field.name for field in fields(self)}) | set(given) & {*_NOT_SAVED}
        if unknown:
            raise SettingsError(f"the saved state holds settings that cannot be loaded: {', '.join(sorted(unknown))}")
        base = {field.name: getattr(self, field.name) for field in fields(self)}
        return self.split({**base, **given})[0]
