"""Eliciting a distribution, without calling a model: a plan says what to send and reads what came back."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, Literal, Self, TypedDict, Unpack, cast, get_args

from ..errors import SettingsError
from ..parsing import DistributionParser, probability_field
from ..prompts import PromptSet
from ..replies.protocol import Message, Reply, Request
from ..values.distribution import Distribution, Select
from ..values.frozen import callable_by_alias
from ..values.source import Source
from ..values.weights import Definition, Weighting
from .drive import Plan
from .grammar import tag_grammar
from .planning import FollowUp, plan_lists, plan_single_answers, read_reply
from .rounds import LONGEST_TURN, Rounds
from .schema import candidate_schema, response_schema
from .wording import Query, conversation_of, opening, text_in

if TYPE_CHECKING:
    from typing_extensions import TypeVar

    T = TypeVar("T", default=str)
else:
    from typing import TypeVar

    T = TypeVar("T")

__all__ = ["Elicitation", "ElicitationSettings", "Format", "UntypedSettings", "Variant", "check_keywords"]

Variant = Literal["standard", "cot", "multi", "direct", "direct_cot", "sequence", "multi_turn"]
"""The method (standard, cot, multi), or a baseline that people compare it with."""
Format = Literal["json", "tags"]
_WORDS = 250  # a candidate's length in words to make room for, if none was asked for
_TOKENS_PER_WORD = 2  # enough for most languages and for the JSON around the text
_TOKENS_TO_REASON = 1000
_MOST = 1000  # candidates: more are probably a slip, and certainly an expense


class UntypedSettings(TypedDict, total=False):
    """The fields of :class:`Elicitation` that say nothing of a candidate's type."""

    k: int
    tau: float | None
    variant: Variant
    format: Format
    definition: Definition | str
    weighting: Weighting
    total: int | None
    words: int | None
    select: Select
    template: str | Path | None
    max_extra_calls: int
    max_calls: int | None
    on_empty: Literal["raise", "return"]


class ElicitationSettings(UntypedSettings, total=False):
    """The fields of :class:`Elicitation` as keyword arguments, for functions that pass them on."""

    candidate: Any


@callable_by_alias
@dataclass(frozen=True, slots=True, kw_only=True)
class Elicitation(Generic[T]):
    """What to ask of a model, and how to read its replies.

    Attributes:
        k: Candidates a call, at least 1. Above 20 they are asked for in several turns.
        tau: Tail threshold in (0, 1]: the prompt asks that every probability be below it. None asks for the full
            distribution. It is asked for, never enforced.
        variant: ``standard``, ``cot`` (reasoning first) or ``multi`` (further turns ask for more). Baselines, without
            probabilities: ``sequence`` (a list), ``direct`` (one answer a call), ``direct_cot`` (likewise, after
            reasoning) and ``multi_turn`` (one answer a turn, each different).
        format: How the reply is asked for: ``json`` or ``tags``. Whatever comes back is read.
        definition: What the prompt says a probability is.
        weighting: How weights follow from what was stated.
        total: Candidates wanted over all turns. Default: ``k``, and for ``multi`` twice that.
        words: Target length of a candidate, in words.
        candidate: The type of the values, anything that pydantic validates: its fields stand in the schema and the
            prompt, and each candidate is validated by itself. None leaves them texts.
        select: What adapters that return one answer take of the distribution.
        template: Another wording: ``"paper"``, ``"search_queries"``, a folder of templates, or a file for the
            opening prompt.
        max_extra_calls: Calls beyond the planned turns, to top up what is missing or to repair an unreadable reply.
        max_calls: The most calls a plan makes, extra ones included; above 1,000 candidates it has to be said.
        on_empty: What to do when no candidate came back: ``raise``, or ``return`` an empty distribution.

    Raises:
        SettingsError: A setting is out of its range.
    """

    k: int = 5
    tau: float | None = None
    variant: Variant = "standard"
    format: Format = "json"
    definition: Definition = Definition.EXPLICIT
    weighting: Weighting = "verbalized"
    total: int | None = None
    words: int | None = None
    candidate: type[T] | None = None
    select: Select = "sample"
    template: str | Path | None = None
    max_extra_calls: int = 1
    max_calls: int | None = None
    on_empty: Literal["raise", "return"] = "raise"

    if not TYPE_CHECKING:

        def __new__(cls, **settings: Any) -> Self:
            check_keywords("Elicitation", settings)
            return object.__new__(cls)

    def __post_init__(self) -> None:
        for name, least in (("k", 1), ("total", 1), ("words", 1), ("max_extra_calls", 0), ("max_calls", 1)):
            value = getattr(self, name)
            if value is None and name in ("total", "words", "max_calls"):
                continue
            if not isinstance(value, int) or isinstance(value, bool) or value < least:
                raise SettingsError(f"{name} must be a whole number of at least {least}, not {value!r}")
        for name, words in _CHOICES.items():
            value = getattr(self, name)
            if value not in words:
                raise SettingsError(f"{name} must be one of {', '.join(words)}, not {value!r}")
        object.__setattr__(self, "definition", Definition(self.definition))
        if self.wanted > _MOST and self.max_calls is None:
            raise SettingsError(f"{self.wanted:,} candidates take many calls: say with max_calls= how many may be made")
        if self.candidate is not None and not self.asks_for_lists:
            raise SettingsError(f"the variant {self.variant} gives texts: leave candidate out, or use sequence")
        if self.tau is not None:
            if isinstance(self.tau, bool) or not isinstance(self.tau, int | float) or not 0 < self.tau <= 1:
                raise SettingsError(f"tau must be above 0 and at most 1, not {self.tau!r}: 0.10 samples the tails")
            if not self._asks_for_probabilities or self.definition.is_cost:
                asked = f"definition={self.definition}" if self._asks_for_probabilities else f"variant={self.variant}"
                raise SettingsError(f"tau bounds probabilities, and with {asked} there are none: leave tau out")

    @classmethod
    def of(cls, elicitation: Elicitation[T] | None = None, **settings: Unpack[ElicitationSettings]) -> Elicitation[T]:
        """``elicitation``, or the default one, with some fields replaced."""
        check_keywords("Elicitation.of", settings)
        if not isinstance(elicitation, Elicitation | None):
            raise SettingsError(f"elicitation must be an Elicitation, not {type(elicitation).__name__}")
        return replace(elicitation or cls(), **cast("dict[str, Any]", settings))

    def plan(self, query: Query) -> Plan[Distribution[T]]:
        """The calls this elicitation takes, for :func:`drive` or anyone else who sends Requests and Replies.

        Yields:
            Requests, each to be answered with a Reply or its bare text.

        Returns:
            The distribution over all replies.

        Raises:
            SettingsError: The query is empty; raised here, before the first request.
            TemplateError: A template cannot be rendered; likewise.
            RefusalError: The model declined; candidates of earlier turns are in ``salvaged``.
            DistributionParseError: No reply held a candidate, and ``on_empty`` is ``raise``.
        """
        prompts = PromptSet.of(self.template, self.variant)
        turns = self.turns()
        messages = opening(prompts, conversation_of(query), self.variant, self.format, self._variables(turns[0]))
        if self.asks_for_lists:
            follow_up = FollowUp(
                more=lambda k: prompts.render("more", **self._variables(k)),
                repair=lambda k: prompts.render("repair", **self._variables(k)),
            )
            return plan_lists(
                messages,
                self.rounds(),
                ask=self._ask,
                follow_up=follow_up,
                parser=self.parser(),
                raise_on_empty=self.on_empty == "raise",
            )
        another = partial(prompts.render, "another", **self._variables(1)) if self.variant == "multi_turn" else None
        return plan_single_answers(
            messages,
            self.requests,
            wanted=self.wanted,
            ask=self._ask,
            another=another,
            max_extra_calls=self.extra_requests,
            raise_on_empty=self.on_empty == "raise",
        )

    def json_schema(self, k: int | None = None, *, local: bool = False) -> dict[str, Any]:
        """The schema of a reply in JSON.

        Args:
            k: Candidates in it; by default this elicitation's.
            local: For llama.cpp grammars: exact counts, and numbers as a list of choices.
        """
        return self._schema(k or self.k, reasoning=self.variant == "cot", local=local)

    def _schema(self, k: int, *, reasoning: bool, local: bool) -> dict[str, Any]:
        definition = self.definition if self._asks_for_probabilities else None
        return response_schema(k, definition, reasoning=reasoning, candidate=self.candidate, local=local)

    def parser(self, k: int | None = None) -> DistributionParser[T]:
        """The parser that reads the replies."""
        return DistributionParser(
            k=k or self.k,
            tau=self.tau,
            definition=self.definition,
            weighting=self.weighting,
            candidate=self.candidate,
        )

    def read(self, reply: Reply, k: int | None = None) -> Distribution[T]:
        """The distribution in one reply with a list of candidates, for those who make their calls without a plan.

        Args:
            reply: What the model answered.
            k: Candidates it was asked for; by default this elicitation's.

        Raises:
            RefusalError: The model declined.
            DistributionParseError: The reply holds no candidate.
        """
        return read_reply(reply, self.parser(k))

    def source(self, query: Query, *, model: str | None = None, seed: int | None = None) -> Source:
        """What a distribution that was asked for in this way comes from."""
        return Source(
            model=model,
            query=text_in(conversation_of(query)[-1]["content"]),
            variant=self.variant,
            k=self.k,
            tau=self.tau,
            template=None if self.template is None else str(self.template),
            seed=seed,
            version=_version(),
        )

    def format_instructions(self) -> str:
        """The instructions alone, to stand in a prompt of the caller's own."""
        prompts = PromptSet.of(self.template, self.variant)
        return prompts.render("instructions", reasoning=self.variant == "cot", **self._variables(self.k))

    @property
    def wanted(self) -> int:
        """How many candidates are wanted of all calls together."""
        return self.total or (2 * self.k if self.variant == "multi" else self.k)

    def turns(self) -> list[int]:
        """How many candidates each planned call asks for; no more calls than ``max_calls`` allows."""
        turn = math.ceil(self.k / math.ceil(self.k / LONGEST_TURN))  # 30 as 15 + 15 rather than 20 + 10
        full, rest = divmod(self.wanted, turn)
        if self.max_calls is not None and full >= self.max_calls:
            return [turn] * self.max_calls
        return [turn] * full + ([rest] if rest else [])

    def rounds(self) -> Rounds[T]:
        """The calls for lists of candidates, for those who make them without a plan."""
        return Rounds(self.turns(), self.extra_requests, self.definition, self.weighting, self.wanted)

    def _ask(self, messages: list[Message], k: int, *, first: bool, number: int) -> Request:
        reasoning = first and self.variant in ("cot", "direct_cot")  # once is enough
        words = _TOKENS_PER_WORD * (self.words or _WORDS) + 50
        is_json = self.asks_for_lists and self.format == "json"
        definition = self.definition if self._asks_for_probabilities else None
        is_tags = self.asks_for_lists and not is_json and self.candidate is None
        return Request(
            messages=tuple(messages),
            k=k,
            schema=self._schema(k, reasoning=reasoning, local=False) if is_json else None,
            max_tokens=k * words + (_TOKENS_TO_REASON if reasoning else 0),
            local_schema=self._schema(k, reasoning=reasoning, local=True) if is_json else None,
            local_grammar=tag_grammar(k, definition, reasoning=reasoning, words=self.words) if is_tags else None,
            number=number,
        )

    @property
    def requests(self) -> int:
        """How many calls are planned; what ``extra_requests`` says comes on top."""
        if self.asks_for_lists:
            return len(self.turns())
        return self.wanted if self.max_calls is None else min(self.wanted, self.max_calls)

    @property
    def extra_requests(self) -> int:
        """How many calls may come on top of the planned ones; ``max_calls`` bounds both together."""
        if self.max_calls is None:
            return self.max_extra_calls
        return min(self.max_extra_calls, self.max_calls - self.requests)

    @property
    def asks_independently(self) -> bool:
        """Whether each request stands by itself, so that all of them can go out at once."""
        return self.variant in ("direct", "direct_cot")

    @property
    def asks_for_lists(self) -> bool:
        """Whether a reply holds a list of candidates; else it is one itself."""
        return self.variant in ("standard", "cot", "multi", "sequence")

    @property
    def _asks_for_probabilities(self) -> bool:
        return self.variant in ("standard", "cot", "multi")

    def _variables(self, k: int) -> dict[str, Any]:
        return {
            "k": k,
            "tau": self.tau,
            "format": self.format,
            "definition": self.definition.value if self._asks_for_probabilities else None,
            "words": self.words,
            "schema": None if self.candidate is None else candidate_schema(cast("Any", self.candidate)),
            "probability": probability_field(cast("Any", self.candidate)),
        }


_MEANT = {
    **dict.fromkeys(("n", "num", "count", "size", "candidates", "samples", "num_candidates", "num_samples"), "k"),
    **dict.fromkeys(("threshold", "tail", "max_probability", "p"), "tau"),
    **dict.fromkeys(("type", "schema", "output_type", "response_model", "response_format", "cls"), "candidate"),
    **dict.fromkeys(("method", "mode"), "variant"),
    **dict.fromkeys(("prompt", "wording"), "template"),
}

_OF_MODELS = {"api_key", "base_url", "max_tokens", "stop", "temperature", "timeout", "top_k", "top_p"}


def check_keywords(function: str, given: Iterable[str], others: Iterable[str] = ()) -> None:
    """Refuses keywords that are no fields of :class:`Elicitation`, with what was probably meant.

    Args:
        function: The function that was called, for the message.
        given: The keywords.
        others: What else the function takes.

    Raises:
        TypeError: One of them is not known.
    """
    known = list(dict.fromkeys((*Elicitation.__dataclass_fields__, *others)))
    for name in given:
        if name not in known:
            from difflib import get_close_matches

            close = [_MEANT[name]] if name in _MEANT else get_close_matches(name, known, 1)
            advice = f"did you mean {close[0]}?" if close else f"it takes {', '.join(known)}"
            if name in _OF_MODELS:
                advice = "that is a setting of the model"
            raise TypeError(f"{function}() takes no {name!r}: {advice}")


@lru_cache(maxsize=1)
def _version() -> str:
    from importlib.metadata import version  # (a tenth of the package's import, with the reader of mails that it needs)

    return version("verbalized-sampling-core")


_CHOICES: dict[str, tuple[str, ...]] = {
    "variant": get_args(Variant),
    "format": get_args(Format),
    "definition": tuple(Definition),
    "weighting": get_args(Weighting),
    "select": get_args(Select),
    "on_empty": ("raise", "return"),
}
