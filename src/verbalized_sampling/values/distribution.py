"""Distributions over candidates: the value that everything else makes, passes on or reads."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field, replace
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Generic, Literal, Self, TypeVar, cast, overload

from ..errors import EmptyDistributionError, SettingsError
from . import json_form, merging
from .arguments import check_function, check_number, seed_of, whole
from .candidate import Candidate, Dropped
from .columns import CandidateColumns, CandidateSequence
from .frozen import callable_by_alias
from .looks import views
from .looks.plotting import plot
from .repairs import Repair, unique
from .sameness import answer_key
from .source import Source
from .stored import plain_fields, restored
from .usage import Usage

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from rich.console import Console, ConsoleOptions, RenderResult

__all__ = ["Distribution", "Select"]

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
U = TypeVar("U")

_HELD = ("_columns", "reasoning", "truncated", "repairs", "dropped", "usage", "source")
_STORED = ("candidates", "repairs", "dropped", "usage", "source")
_INDEX = attrgetter("index")
_PROBABILITY = attrgetter("probability")

Select = Literal["sample", "argmax", "all", "first"]
"""What to take of a distribution: one drawn by weight, the most probable, all of them, the first that was written."""


@callable_by_alias
@dataclass(frozen=True, slots=True, repr=False)
class Distribution(CandidateSequence[T_co], Generic[T_co]):
    """A normalised distribution over candidates, the most probable first; ties in order of arrival.

    The weights come from numbers that a language model wrote down: they are uncalibrated estimates. The raw
    numbers stay beside them (``Candidate.verbalized``, ``Candidate.stated``).

    Attributes:
        candidates: In any order and with any non-negative finite weights; they are sorted and normalised here.
        reasoning: What the model wrote before its candidates (VS-CoT), or None.
        truncated: Whether a reply broke off before its end.
        repairs: What was not as asked for in the replies as a whole.
        dropped: Pieces that were left out, with their reason.
        usage: What it cost, or None if nobody counted.
        source: What was asked, of whom and how, or None if nobody said. Equality does not look at it: the same
            answers from elsewhere are the same distribution.
    """

    candidates: tuple[Candidate[T_co], ...] = ()
    reasoning: str | None = None
    truncated: bool = False
    repairs: tuple[Repair, ...] = ()
    dropped: tuple[Dropped, ...] = ()
    usage: Usage | None = None
    source: Source | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        for name in _STORED:
            if type(held := getattr(self, name)) is list or type(held) is dict:
                object.__setattr__(self, name, restored(name, held))
        candidates = tuple(self.candidates)
        weights = [c.probability for c in candidates]
        total = sum(weights) if weights else 1.0
        # A NaN can hide from min and max, but not from the sum.
        if weights and not (min(weights) >= 0.0 and max(weights) < math.inf and total == total):  # noqa: PLR0124
            raise ValueError("weights must be finite and not negative")
        if abs(total - 1.0) > 1e-9:
            candidates = _normalised(candidates, weights)
        ranked = sorted(candidates, key=_INDEX)
        ranked.sort(key=_PROBABILITY, reverse=True)  # stable: ties stay in order of arrival
        object.__setattr__(self, "candidates", tuple(ranked))
        object.__setattr__(self, "_columns", None)  # a slot that is empty takes ten times as long to ask

    def _asdict(self) -> dict[str, Any]:
        # What serialisers ask named tuples for: what they are given builds it again.
        return plain_fields(self)

    @classmethod
    def of_columns(
        cls,
        columns: CandidateColumns,
        *,
        reasoning: str | None,
        truncated: bool,
        repairs: tuple[Repair, ...],
        dropped: tuple[Dropped, ...],
    ) -> Self:
        """A distribution of candidates that are made when one is read."""
        made = object.__new__(cls)
        held = (columns, reasoning, truncated, repairs, dropped, None, None)
        for name, value in zip(_HELD, held, strict=True):
            object.__setattr__(made, name, value)
        return made

    # Drawing

    @overload
    def sample(self, n: None = None, *, seed: int | str | None = None, replace: bool = True) -> Candidate[T_co]: ...
    @overload
    def sample(self, n: int, *, seed: int | str | None = None, replace: bool = True) -> list[Candidate[T_co]]: ...
    def sample(
        self, n: int | None = None, *, seed: int | str | None = None, replace: bool = True
    ) -> Candidate[T_co] | list[Candidate[T_co]]:
        """Draws candidates by their probability.

        Args:
            n: How many; None draws one and returns it bare, every number returns a list.
            seed: The same seed draws the same on any machine. Without one each call is fresh.
            replace: Whether a candidate may be drawn more than once.

        Raises:
            EmptyDistributionError: There is nothing to draw from.
            ValueError: ``n`` is no whole number, or negative, or larger than the distribution while ``replace`` is
                False; or ``seed`` is neither a whole number nor a text.
        """
        self._require_candidates("sample from")
        count = 1 if n is None else whole("n", n, 0)
        rng = random.Random(seed_of(seed))
        if not replace and count > len(self):
            raise ValueError(
                f"cannot draw {n} of {len(self)} candidates without replacement: ask for fewer, or set replace=True"
            )
        drawn = self._draw(rng, count) if replace else self._draw_distinct(rng, count)
        return drawn[0] if n is None else drawn

    def _draw(self, rng: random.Random, count: int) -> list[Candidate[T_co]]:
        return rng.choices(self.candidates, [c.probability for c in self.candidates], k=count)

    def _draw_distinct(self, rng: random.Random, count: int) -> list[Candidate[T_co]]:
        # Efraimidis & Spirakis (2006): sorting by log(u)/w draws one after another by weight, in one pass.
        def key(candidate: Candidate[T_co]) -> float:
            u = 1.0 - rng.random()  # in (0, 1]: its logarithm is finite
            return math.log(u) / candidate.probability if candidate.probability else -math.inf

        return sorted(self.candidates, key=key, reverse=True)[:count]

    def argmax(self) -> Candidate[T_co]:
        """The most probable candidate, the earliest of them if several are.

        Raises:
            EmptyDistributionError: There is none.
        """
        self._require_candidates("take the argmax of")
        return self.candidates[0]

    def first(self) -> Candidate[T_co]:
        """The candidate that the model wrote first.

        Raises:
            EmptyDistributionError: There is none.
        """
        self._require_candidates("take the first of")
        return min(self.candidates, key=lambda c: c.index)

    def select(self, how: Select, *, seed: int | str | None = None) -> Candidate[T_co] | list[Candidate[T_co]]:
        """What the word says: ``sample``, ``argmax`` or ``first`` give a candidate, ``all`` the list of them."""
        match how:
            case "sample":
                return self.sample(seed=seed)
            case "argmax":
                return self.argmax()
            case "first":
                return self.first()
            case "all":
                return list(self.candidates)
        raise ValueError(f"select must be sample, argmax, all or first, not {how!r}")

    def _require_candidates(self, what: str) -> None:
        if not self.candidates:
            raise EmptyDistributionError(f"cannot {what} an empty distribution; check len() first")

    # New distributions from this one; each renormalises

    def top(self, n: int) -> Self:
        """The ``n`` most probable candidates (n ≥ 1).

        Raises:
            ValueError: ``n`` is none.
        """
        return self._with(self.candidates[: whole("n", n, 1)])

    def below(self, tau: float) -> Self:
        """The candidates whose stated probability is below ``tau``; those that stated none are left out.

        Raises:
            ValueError: ``tau`` is no number.
        """
        check_number("tau", tau)
        return self.filter(lambda c: c.verbalized is not None and c.verbalized < tau)

    def filter(self, keep: Callable[[Candidate[T_co]], bool]) -> Self:
        """The candidates for which ``keep`` is true.

        Raises:
            ValueError: ``keep`` is no function.
        """
        check_function("keep", keep, "takes a candidate")
        return self._with(c for c in self.candidates if keep(c))

    def map(self, function: Callable[[T_co], U]) -> Distribution[U]:
        """The same distribution over ``function(value)``; where that gives a str, ``text`` follows.

        Raises:
            ValueError: ``function`` is none.
        """
        check_function("map()'s argument", function, "takes a value")
        mapped: list[Candidate[U]] = []
        for candidate in self.candidates:
            value = function(candidate.value)
            text = value if isinstance(value, str) else candidate.text
            typed = candidate.typed and not isinstance(value, str)
            mapped.append(replace(cast("Candidate[U]", candidate), value=value, text=text, typed=typed))
        return replace(cast("Distribution[U]", self), candidates=tuple(mapped))

    @overload
    def reweight(self, weight: Callable[[Candidate[T_co]], float]) -> Self: ...
    @overload
    def reweight(self, *, temperature: float) -> Self: ...
    def reweight(
        self, weight: Callable[[Candidate[T_co]], float] | None = None, *, temperature: float | None = None
    ) -> Self:
        """The same candidates with other weights.

        Args:
            weight: Gives each candidate its new weight, finite and not negative.
            temperature: T > 0 makes each weight p^(1/T): above 1 flatter, below 1 sharper.

        Raises:
            ValueError: Neither or both are given, T is not positive, or a weight is unusable.
        """
        if (weight is None) == (temperature is None):
            raise ValueError("give either a weight function or a temperature")
        if temperature is not None:
            check_number("temperature", temperature, above=0, advice="for the limit at 0 use argmax()")
            peak = max((c.probability for c in self.candidates), default=1.0)
            inverse = 1.0 / temperature
            # Relative to the peak, so that a low temperature cannot underflow to nothing.
            weights = [(c.probability / peak) ** inverse if c.probability else 0.0 for c in self.candidates]
        else:
            check_function("weight", weight, "takes a candidate; for a temperature, write temperature=")
            weights = [cast("Callable[[Candidate[T_co]], float]", weight)(c) for c in self.candidates]
            for given in weights:
                check_number("a weight", given, advice="weights are finite and not negative")
        return self._with(replace(c, probability=w) for c, w in zip(self.candidates, weights, strict=True))

    def dedupe(
        self,
        key: Callable[[Candidate[T_co]], Hashable] | None = None,
        *,
        similar: Callable[[str, str], bool] | None = None,
    ) -> Self:
        """Merges candidates that are the same into the most probable of them; their weights and counts add up.

        Args:
            key: What makes two candidates the same; by default the text, whatever its case and white space, and if
                typed an equal value. (Replies are read so already: it is for what :meth:`map` or you have made.)
            similar: Whether two texts are as good as the same, for what no key can say. Each candidate is compared
                with the more probable ones that were kept, so this takes up to n²/2 comparisons.

        Raises:
            ValueError: ``key`` or ``similar`` is no function.
        """
        if key is not None:
            check_function("key", key, "takes a candidate")
        if similar is not None:
            check_function("similar", similar, "takes two texts and says whether they are as good as the same")
        return self._with(merging.merged(self.candidates, key or answer_key, similar))

    @classmethod
    def mixture(cls, distributions: Iterable[Distribution[T_co]]) -> Self:
        """The average of several distributions, each counting the same; indices run on from one to the next.

        An answer that several give stands once, as it was given first; its weights and counts add up. An empty
        distribution has nothing to say and counts for nothing.

        Raises:
            ValueError: They are none.
        """
        parts = list(distributions) if isinstance(distributions, Iterable) else None
        if parts is None or not all(isinstance(part, Distribution) for part in parts):
            raise SettingsError("mixture() takes a list of distributions")
        usages = [part.usage for part in parts if part.usage]
        return cls(
            merging.averaged(parts),
            reasoning="\n\n".join(part.reasoning for part in parts if part.reasoning) or None,
            truncated=any(part.truncated for part in parts),
            repairs=unique(r for part in parts for r in part.repairs),
            dropped=tuple(d for part in parts for d in part.dropped),
            usage=sum(usages, Usage()) if usages else None,
            source=parts[0].source if len({part.source for part in parts}) == 1 else None,
        )

    def _with(self, candidates: Iterable[Candidate[T_co]]) -> Self:
        return replace(self, candidates=tuple(candidates))

    # What can be said about it

    def entropy(self) -> float:
        """Shannon entropy of the weights, in nats; 0 where there is nothing or nothing to choose."""
        return math.fsum(-c.probability * math.log(c.probability) for c in self.candidates if c.probability)

    def effective_size(self) -> float:
        """exp(entropy): how many equally probable candidates would be as uncertain; 0 if there are none."""
        return math.exp(self.entropy()) if self.candidates else 0.0

    @property
    def mass(self) -> float:
        """Sum of the stated probabilities. Models don't make it 1, and under a tail threshold it shouldn't be."""
        return math.fsum(c.verbalized for c in self.candidates if c.verbalized is not None)

    # Forms

    def to_json(self, *, indent: int | None = None) -> str:
        """The whole distribution as JSON, its format numbered; :meth:`from_json` gives it back."""
        return json_form.written(self, indent)

    @overload
    @classmethod
    def from_json(cls, text: str | bytes, candidate: type[U]) -> Distribution[U]: ...
    @overload
    @classmethod
    def from_json(cls, text: str | bytes, candidate: None = None) -> Distribution[str]: ...
    @overload
    @classmethod
    def from_json(cls, text: str | bytes, candidate: Any) -> Distribution[Any]: ...
    @classmethod
    def from_json(cls, text: str | bytes, candidate: Any = None) -> Distribution[Any]:
        """Reads what :meth:`to_json` wrote, in this or an earlier release.

        Args:
            text: The JSON text.
            candidate: The type of the values, if they are not plain JSON.

        Raises:
            pydantic.ValidationError: It is not a distribution, or a value is not a ``candidate``. (A ValueError.)
            ValueError: It is no JSON, a number is not finite, or a newer release wrote it.
        """
        return cast("Distribution[Any]", json_form.read(cls, text, candidate))

    def to_markdown(self, *, rows: int | None = views.ROWS) -> str:
        """A GFM table of the first ``rows`` candidates, None for all; what the texts hold of markup is escaped.

        Raises:
            ValueError: ``rows`` is no whole number, or negative.
        """
        return views.markdown(self, None if rows is None else whole("rows", rows, 0))

    def plot(self, *, ax: Axes | None = None) -> Axes:
        """A bar chart of the candidates, at most 50 of them, the most probable at the top.

        Args:
            ax: Matplotlib's axes to draw on; by default those of a new figure.

        Returns:
            The axes.

        Raises:
            SettingsError: Matplotlib is not installed (the extra ``[plot]``).
        """
        return plot(self, ax)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield views.terminal(self, options.max_width, options.encoding)

    def _repr_html_(self) -> str:
        return views.html(self)

    def __repr__(self) -> str:
        return views.plain(self)


def _normalised(candidates: tuple[Candidate[T], ...], weights: list[float]) -> tuple[Candidate[T], ...]:
    peak = max(weights)
    # Dividing by the largest first keeps sums of subnormal or huge weights from losing everything.
    scaled = [weight / peak for weight in weights] if peak else [1.0] * len(weights)
    total = math.fsum(scaled)
    return tuple(replace(c, probability=w / total) for c, w in zip(candidates, scaled, strict=True))
