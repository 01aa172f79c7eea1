"""The two ways a plan runs: calls that ask for a list of candidates, and calls that ask for one answer each."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Protocol, TypeVar

from ..errors import DistributionParseError, RefusalError, is_bug, salvage
from ..parsing import DistributionParser
from ..parsing.reply.thoughts import find_thoughts
from ..replies.protocol import Message, Reply, Request
from ..replies.refusal import looks_like_refusal
from ..values.candidate import Candidate, Dropped
from ..values.distribution import Distribution
from ..values.repairs import Repair, unique
from ..values.sameness import text_key
from ..values.usage import Usage
from .drive import Plan
from .rounds import IDLE_TURNS, Rounds

__all__ = ["Ask", "FollowUp", "plan_lists", "plan_single_answers", "read_answer", "read_reply"]

T = TypeVar("T")

_log = logging.getLogger("verbalized_sampling")


class Ask(Protocol):
    """Makes the request for ``k`` more candidates, which is the run's ``number``-th, from 0."""

    def __call__(self, messages: list[Message], k: int, *, first: bool, number: int) -> Request: ...


@dataclass(frozen=True, slots=True)
class FollowUp:
    """What a reply is answered with, by what is wanted next."""

    more: Callable[[int], str]
    repair: Callable[[int], str]


def plan_lists(
    messages: list[Message],
    rounds: Rounds[T],
    *,
    ask: Ask,
    follow_up: FollowUp,
    parser: DistributionParser[T],
    raise_on_empty: bool,
) -> Plan[Distribution[T]]:
    """Asks for lists of candidates in one conversation: the turns, then what is missing or could not be read.

    Args:
        messages: The opening.
        rounds: How many candidates each call asks for.
        ask: Makes the requests.
        follow_up: The user messages of later turns.
        parser: Reads the replies.
        raise_on_empty: Whether no candidate at all is an error.
    """
    unread: list[Dropped] = []
    usage, truncated, said = Usage(), False, ""
    failure: DistributionParseError | None = None
    first = True
    failed = False
    for number, k in enumerate(rounds):
        if said.strip():  # else there is nothing to refer to, and endpoints refuse empty messages: ask again
            prompt = follow_up.more(k) if rounds.parts else follow_up.repair(k)
            messages = [*messages, _assistant(said), _user(prompt)]
        try:
            reply = Reply.of((yield ask(messages, k, first=first, number=number)))
            said, first = reply.text, False
            usage += _spent(reply)
            truncated = truncated or reply.is_cut
            rounds.parts.append(read_reply(reply, parser if k == parser.k else replace(parser, k=k)))
        except DistributionParseError as error:
            failure = error
            unread.append(Dropped(error.text, error.position, Repair.UNREADABLE_REPLY))
        except BaseException as error:
            if number < len(rounds.turns) or not rounds.parts or not _is_failed_call(error):
                salvage(error, rounds.pooled())
                raise
            failed = True
            break
    if not rounds.parts and failure and raise_on_empty:
        raise failure
    whole = rounds.result(unread)
    whole = replace(whole, truncated=whole.truncated or truncated, usage=usage)
    return _with_failed_call(whole) if failed else whole


def plan_single_answers(
    messages: list[Message],
    planned: int,
    *,
    wanted: int,
    ask: Ask,
    another: Callable[[], str] | None,
    max_extra_calls: int,
    raise_on_empty: bool,
) -> Plan[Distribution[Any]]:
    """Asks for one answer a call; the reply itself is the candidate, and each call weighs the same.

    Args:
        messages: The opening.
        planned: How many calls are to be made, one for each answer.
        wanted: How many answers are wanted; that may be more than the calls that are allowed.
        ask: Makes the requests.
        another: The user message that asks for a different answer in the same conversation; None makes each call a
            conversation of its own, in which the same answer may come again.
        max_extra_calls: Calls beyond those planned, for replies that are empty or repeat an earlier one.
        raise_on_empty: Whether no answer at all is an error.
    """
    answers: list[str] = []
    seen: set[str] = set()
    dropped: list[Dropped] = []
    usage, truncated, thoughts = Usage(), False, list[str]()
    idle, failed = 0, False
    for number in range(planned + max_extra_calls):
        if len(answers) == wanted or idle == IDLE_TURNS:
            break
        try:
            reply = Reply.of((yield ask(messages, 1, first=True, number=number)))
            answer, thought = read_answer(reply)
        except BaseException as error:
            if number < planned or not answers or not _is_failed_call(error):
                salvage(error, _equally(answers))
                raise
            failed = True
            break
        usage += _spent(reply)
        truncated = truncated or reply.is_cut
        thoughts += [thought] if thought else []
        if not answer:
            continue
        if another is None:
            answers.append(answer)
            continue
        if (key := text_key(answer)) in seen:
            dropped.append(Dropped(answer, 0, Repair.DUPLICATE))
            idle += 1
        else:
            answers.append(answer)
            seen.add(key)
            idle = 0
        messages = [*messages, _assistant(reply.text), _user(another())]
    if not answers and raise_on_empty:
        raise DistributionParseError("every reply was empty", "")
    repairs = ([Repair.DUPLICATE] if dropped else []) + ([Repair.TOO_FEW] if len(answers) < wanted else [])
    whole = replace(
        _equally(answers),
        reasoning="\n\n".join(thoughts) or None,
        truncated=truncated,
        repairs=tuple(repairs),
        dropped=tuple(dropped),
        usage=usage,
    )
    return _with_failed_call(whole) if failed else whole


def read_answer(reply: Reply) -> tuple[str, str | None]:
    """The answer that a reply is, and the thoughts before it.

    Raises:
        RefusalError: The model declined.
    """
    if reply.refusal or reply.is_blocked:
        raise RefusalError(_declined(reply))
    found = find_thoughts(reply.text, [])
    return reply.text[found.start : found.end].strip(), found.text or None


def read_reply(reply: Reply, parser: DistributionParser[T]) -> Distribution[T]:
    """The list of candidates in one reply.

    Candidates before a provider's filter set in are kept.

    Raises:
        RefusalError: The model declined, by the endpoint's mark or in words.
        DistributionParseError: There is none.
    """
    if reply.refusal:
        raise RefusalError(reply.refusal)
    try:
        part = parser.parse(reply.text)
    except DistributionParseError as error:
        if reply.is_blocked or looks_like_refusal(reply.text):
            raise RefusalError(_declined(reply)) from error
        if reply.is_cut:
            reason = "the reply was cut by its length limit before a candidate was complete: raise max_tokens"
            raise DistributionParseError(reason, error.text, error.position, error.tried, error.salvaged) from error
        raise
    return replace(part, truncated=True) if reply.is_cut or reply.is_blocked else part


def _spent(reply: Reply) -> Usage:
    """One call, and what it says that it cost."""
    return Usage(1, reply.usage.input_tokens, reply.usage.output_tokens) if reply.usage else Usage(1)


def _declined(reply: Reply) -> str:
    return reply.refusal or reply.text.strip() or str(reply.finish_reason)


def _is_failed_call(error: BaseException) -> bool:
    """Whether what there is may do without the call; a bug, or an interrupt, is no failed call."""
    if not isinstance(error, Exception) or is_bug(error):
        return False
    _log.warning("an extra call failed; what was read before it is kept: %s", error)
    return True


def _with_failed_call(whole: Distribution[T]) -> Distribution[T]:
    return replace(whole, repairs=unique((*whole.repairs, Repair.FAILED_CALL)))


def _equally(answers: list[str]) -> Distribution[str]:
    parts = (Distribution((Candidate(text, 1.0, None, None, text, 0),)) for text in answers)
    return Distribution.mixture(parts)


def _assistant(text: str) -> Message:
    return Message(role="assistant", content=text)


def _user(text: str) -> Message:
    return Message(role="user", content=text)
