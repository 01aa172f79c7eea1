"""How a predictor asks for candidates, and what it makes of them."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields, replace
from difflib import SequenceMatcher
from typing import Any, Literal, Self, get_args

from verbalized_sampling import DistributionParser, Elicitation, ElicitationSettings, SettingsError

from .demos import LabeledDemos
from .fields import Fields

__all__ = ["OnEmpty", "OnInvalid", "Settings"]

OnEmpty = Literal["plain", "raise"]
"""What to do without candidates: take the reply as plain DSPy would have, as one candidate, or fail."""

OnInvalid = Literal["drop", "raise"]
"""What to do with a reply in which a candidate does not validate: drop the candidate, or fail."""

_ELICITATION = frozenset(ElicitationSettings.__annotations__) - {"on_empty"}
# Decided elsewhere: by the adapter, by the signature, and by a prediction, which holds a candidate.
_NOT_HERE: dict[str, Any] = {"format": "json", "candidate": None}
_NOT_SAVED = ("template", *_NOT_HERE)  # a template is a path: a file from elsewhere must not choose what is read


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings of a verbalized predictor; they are saved and loaded with its state.

    Attributes:
        elicitation: What is asked of the model. (A ``template`` is not saved: give it to the program that loads.)
        min_valid: Candidates that a reply must hold at least; with fewer the call fails like an unreadable reply.
        on_invalid: What to do when a candidate does not validate.
        on_empty: What to do when a reply holds no candidates.
        labeled_demos: Where demonstrations go that give one answer.
        seed: Makes the selection reproducible, call by call; None draws anew each time.
    """

    elicitation: Elicitation[Any]
    min_valid: int = 1
    on_invalid: OnInvalid = "drop"
    on_empty: OnEmpty = "plain"
    labeled_demos: LabeledDemos = "instructions"
    seed: int | str | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.min_valid, int) or isinstance(self.min_valid, bool) or self.min_valid < 1:
            raise SettingsError(f"min_valid must be a whole number of at least 1, not {self.min_valid!r}")
        kinds = {"on_invalid": OnInvalid, "on_empty": OnEmpty, "labeled_demos": LabeledDemos}
        for name, words in ((name, get_args(kind)) for name, kind in kinds.items()):
            if getattr(self, name) not in words:
                raise SettingsError(f"{name} must be one of {', '.join(words)}, not {getattr(self, name)!r}")
        for name, only in _NOT_HERE.items():
            if getattr(self.elicitation, name) != only:
                raise SettingsError(f"{name} is not for DSPy: the adapter and the signature decide it")
        if self.elicitation.on_empty != "raise":
            raise SettingsError("on_empty is a setting of the predictor here, plain or raise, not of the elicitation")
        if self.elicitation.variant not in ("standard", "cot", "multi"):
            raise SettingsError(f"variant {self.elicitation.variant!r} is a baseline: in DSPy that is a dspy.Predict")
        if self.elicitation.select == "all":
            raise SettingsError("select must be sample, argmax or first; all candidates are in `completions`")

    def parser(self, fields: Fields, k: int) -> DistributionParser[Any]:
        """What reads a list of k candidates with these fields."""
        return replace(self.elicitation, candidate=fields.candidate).parser(k)

    @classmethod
    def split(cls, given: dict[str, Any], base: Self | None = None) -> tuple[Self, dict[str, Any]]:
        """Settings from keyword arguments, over others if there are some, and the arguments that are the model's."""
        if base is not None:
            if not given:
                return base, {}
            given = {**{field.name: getattr(base, field.name) for field in fields(cls)}, **given}
        names = {field.name for field in fields(cls)} - {"elicitation"}
        asked = {name: value for name, value in given.items() if name in _ELICITATION and (base or value is not None)}
        elicitation = Elicitation.of(given.get("elicitation") or Elicitation(max_extra_calls=0), **asked)
        own = {name: value for name, value in given.items() if name in names}
        known = _ELICITATION | names | {"elicitation"}
        rest = {name: value for name, value in given.items() if name not in known}
        for name in rest:
            if meant := next((one for one in sorted(known) if _is_like(name, one)), None):
                raise SettingsError(f"there is no setting {name!r}: did you mean {meant!r}?")
        return cls(elicitation=elicitation, **own), rest

    def told(self, lm_kwargs: dict[str, Any]) -> tuple[Self, dict[str, Any]]:
        """The settings with what a plain predictor's ``config`` says of them, and the rest, which is the model's.

        ``seed`` and ``format`` are parameters of models too: there they stay the model's, as they always were.
        """
        given = {name: lm_kwargs[name] for name in _OURS_ALONE.intersection(lm_kwargs)}
        if not given:
            return self, lm_kwargs
        return self.split(given, self)[0], {name: value for name, value in lm_kwargs.items() if name not in given}

    def dump(self) -> dict[str, Any]:
        """The settings as plain JSON values."""
        state = asdict(self)
        elicitation = {
            name: value
            for name, value in state.pop("elicitation").items()
            if name in _ELICITATION.difference(_NOT_SAVED)
        }
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
        return self.split(given, self)[0]


_OURS_ALONE = (_ELICITATION | {field.name for field in fields(Settings)}) - {"seed", "format", "elicitation"}


def _is_like(name: str, known: str) -> bool:
    """Whether a name is that of a setting misspelt; the models' own names (``top_k``, ``temperature``) are not."""
    alike = SequenceMatcher(None, name.casefold(), known).ratio()
    return alike >= (0.8 if len(known) > 3 else 0.65)
