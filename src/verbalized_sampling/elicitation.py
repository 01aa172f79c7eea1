"""Eliciting a distribution, without calling a model: a plan says what to send and reads what came back."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, Literal, TypedDict, Unpack, cast, get_args

from .distribution import Distribution, Select, unique
from .drive import Plan
from .errors import DistributionParseError, ModelError, RefusalError, SettingsError
from .grammar import tag_grammar
from .parsing import DistributionParser, probability_field
from .pooling import pool
from .prompts import PromptSet
from .protocol import Message, Reply, Request
from .refusal import looks_like_refusal
from .repairs import Repair
from .schema import candidate_schema, response_schema
from .usage import Usage
from .weights import Definition, Weighting

if TYPE_CHECKING:
    from typing_extensions import TypeVar

    T = TypeVar("T", default=str)
else:
    from typing import TypeVar

    T = TypeVar("T")

__all__ = ["Elicitation", "ElicitationSettings", "Format", "Query", "Variant"]

Variant = Literal["standard", "cot", "multi"]
Format = Literal["json", "tags"]
Query = str | Sequence[Message]
"""A query, or a conversation whose last message is the user's query."""

LONGEST_TURN = 20  # candidates; longer replies are cut or lose count, so that more are asked for in turns
_WORDS = 250  # a candidate's length in words to make room for, if none was asked for
_TOKENS_PER_WORD = 2  # enough for most languages and for the JSON around the text
_TOKENS_TO_REASON = 1000


class ElicitationSettings(TypedDict, total=False):
    """The fields of :class:`Elicitation` as keyword arguments, for functions that pass them on."""

    k: int
    tau: float | None
    variant: Variant
    format: Format
    definition: Definition | str
    weighting: Weighting
    total: int | None
    words: int | None
    candidate: Any
    select: Select
    template: str | Path | None
    max_extra_calls: int
    on_empty: Literal["raise", "return"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Elicitation(Generic[T]):
    """What to ask of a model, and how to read its replies.

    Attributes:
        k: Candidates a call, at least 1. Above 20 they are asked for in several turns.
        tau: Tail threshold in (0, 1]: the prompt asks that every probability be below it. None asks for the full
            distribution. It is asked for, never enforced.
        variant: ``standard``, ``cot`` (reasoning first) or ``multi`` (further turns ask for more).
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
    on_empty: Literal["raise", "return"] = "raise"

    def __post_init__(self) -> None:
        for name, least in (("k", 1), ("total", 1), ("words", 1), ("max_extra_calls", 0)):
            value = getattr(self, name)
            if value is None and name in ("total", "words"):
                continue
            if not isinstance(value, int) or isinstance(value, bool) or value < least:
                raise SettingsError(f"{name} must be a whole number of at least {least}, not {value!r}")
        for name, words in _CHOICES.items():
            value = getattr(self, name)
            if value not in words:
                raise SettingsError(f"{name} must be one of {', '.join(words)}, not {value!r}")
        object.__setattr__(self, "definition", Definition(self.definition))
        if self.tau is not None:
            if isinstance(self.tau, bool) or not isinstance(self.tau, int | float) or not 0 < self.tau <= 1:
                raise SettingsError(f"tau must be above 0 and at most 1, not {self.tau!r}: 0.10 samples the tails")
            if self.definition.is_cost:
                raise SettingsError(f"tau bounds probabilities; with definition={self.definition} there are none")

    @classmethod
    def of(cls, elicitation: Elicitation[T] | None = None, **settings: Unpack[ElicitationSettings]) -> Elicitation[T]:
        """``elicitation``, or the default one, with some fields replaced."""
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
        turns = self._turns()
        return self._run(prompts, self._opening(prompts, _conversation(query), turns[0]), turns)

    def json_schema(self, k: int | None = None, *, local: bool = False) -> dict[str, Any]:
        """The schema of a reply in JSON.

        Args:
            k: Candidates in it; by default this elicitation's.
            local: For llama.cpp grammars: exact counts, and numbers as a list of choices.
        """
        return self._schema(k or self.k, reasoning=self.variant == "cot", local=local)

    def _schema(self, k: int, *, reasoning: bool, local: bool) -> dict[str, Any]:
        return response_schema(k, self.definition, reasoning=reasoning, candidate=self.candidate, local=local)

    def parser(self, k: int | None = None) -> DistributionParser[T]:
        """The parser that reads the replies."""
        return DistributionParser(
            k=k or self.k,
            tau=self.tau,
            definition=self.definition,
            weighting=self.weighting,
            candidate=self.candidate,
        )

    def _run(self, prompts: PromptSet, messages: list[Message], turns: list[int]) -> Plan[Distribution[T]]:
        wanted, extra = sum(turns), self.max_extra_calls
        parts: list[Distribution[T]] = []
        usage, repairs = Usage(), list[Repair]()
        failure: DistributionParseError | None = None
        k, reasoning = turns.pop(0), self.variant == "cot"
        while True:
            try:
                reply = Reply.of((yield self._request(messages, k, reasoning=reasoning)))
            except ModelError as error:
                error.salvaged = self._pooled(parts) if parts else None
                raise
            usage += replace(reply.usage, calls=1) if reply.usage else Usage(calls=1)
            try:
                part = self._read(reply, k, parts)
            except DistributionParseError as error:
                failure = error
                repairs.append(Repair.UNREADABLE_REPLY)
            else:
                parts.append(part)
            missing = wanted - len(self._pooled(parts))
            if turns:
                k = turns.pop(0)
            elif extra and missing > 0:
                k, extra = min(missing, LONGEST_TURN), extra - 1
            else:
                break
            reasoning = False  # once is enough
            messages = [*messages, *self._follow_up(prompts, reply.text, k, readable=bool(parts))]
        if not parts and failure and self.on_empty == "raise":
            raise failure
        if missing > 0:
            repairs.append(Repair.TOO_FEW)
        pooled = self._pooled(parts)
        return replace(pooled, usage=usage, repairs=unique((*pooled.repairs, *repairs)))

    def _turns(self) -> list[int]:
        wanted = self.total or (2 * self.k if self.variant == "multi" else self.k)
        turn = math.ceil(self.k / math.ceil(self.k / LONGEST_TURN))  # 30 as 15 + 15 rather than 20 + 10
        full, rest = divmod(wanted, turn)
        return [turn] * full + ([rest] if rest else [])

    def _request(self, messages: list[Message], k: int, *, reasoning: bool) -> Request:
        words = _TOKENS_PER_WORD * (self.words or _WORDS) + 50
        is_json = self.format == "json"
        return Request(
            messages=tuple(messages),
            k=k,
            schema=self._schema(k, reasoning=reasoning, local=False) if is_json else None,
            max_tokens=k * words + (_TOKENS_TO_REASON if reasoning else 0),
            local_schema=self._schema(k, reasoning=reasoning, local=True) if is_json else None,
            local_grammar=None
            if is_json or self.candidate is not None
            else tag_grammar(k, self.definition, reasoning=reasoning, words=self.words),
        )

    def _read(self, reply: Reply, k: int, parts: list[Distribution[T]]) -> Distribution[T]:
        if reply.refusal:
            raise RefusalError(reply.refusal, salvaged=self._pooled(parts) if parts else None)
        try:
            part = self.parser(k).parse(reply.text)
        except DistributionParseError as error:
            if looks_like_refusal(reply.text):
                raise RefusalError(reply.text, salvaged=self._pooled(parts) if parts else None) from error
            if reply.is_cut:
                reason = "the reply was cut by its length limit before a candidate was complete: raise max_tokens"
                raise DistributionParseError(reason, error.text, error.position, error.tried, error.salvaged) from error
            raise
        return replace(part, truncated=True) if reply.is_cut else part

    def _pooled(self, parts: list[Distribution[T]]) -> Distribution[T]:
        return pool(parts, definition=self.definition, weighting=self.weighting) if parts else Distribution()

    def _opening(self, prompts: PromptSet, conversation: list[Message], k: int) -> list[Message]:
        query = conversation[-1]["content"]
        opening = prompts.opening(self.variant, self.format)
        prompt = prompts.render(opening, query=query, **self._variables(k))
        if prompts.uses_query(opening):
            return [*conversation[:-1], Message(role="user", content=prompt)]
        system = [m["content"] for m in conversation if m["role"] == "system"]
        rest = [m for m in conversation if m["role"] != "system"]
        return [Message(role="system", content="\n\n".join([*system, prompt])), *rest]

    def _follow_up(self, prompts: PromptSet, answer: str, k: int, *, readable: bool) -> list[Message]:
        if not answer.strip():  # nothing to refer to, and endpoints refuse empty messages: ask the same again
            return []
        prompt = prompts.render("more" if readable else "repair", **self._variables(k))
        return [Message(role="assistant", content=answer), Message(role="user", content=prompt)]

    def _variables(self, k: int) -> dict[str, Any]:
        return {
            "k": k,
            "tau": self.tau,
            "format": self.format,
            "definition": self.definition.value,
            "words": self.words,
            "schema": None if self.candidate is None else candidate_schema(cast("Any", self.candidate)),
            "probability": probability_field(cast("Any", self.candidate)),
        }


_CHOICES: dict[str, tuple[str, ...]] = {
    "variant": get_args(Variant),
    "format": get_args(Format),
    "definition": tuple(Definition),
    "weighting": get_args(Weighting),
    "select": get_args(Select),
    "on_empty": ("raise", "return"),
}


def _conversation(query: Query) -> list[Message]:
    if isinstance(query, str):
        query = [Message(role="user", content=query)]
    conversation = list(query)
    if not conversation or conversation[-1]["role"] != "user":
        raise SettingsError("a conversation has to end with a user message: the query")
    if not conversation[-1]["content"].strip():
        raise SettingsError("the query is empty: say what the model should answer")
    return conversation
