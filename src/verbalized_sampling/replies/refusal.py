"""Telling a refusal from an answer that merely cannot be read."""

from __future__ import annotations

import re

from ..patterns import regex

__all__ = ["looks_like_refusal"]

_OPENINGS = regex(
    r"""
    \W{0,4}(?:<think>.*?</think>\s*)?
    (?:(?:i['’]?m|i\ am)\ (?:really\ |very\ |so\ )?sorry\b | sorry\b | (?:my\ )?apologies | i\ apologi[sz]e )?
    [,.!—–\s-]*(?:but\ |however,?\ )?
    (?: (?:i|we)\ (?:can(?:no|['’])t|can\ not|won['’]t|will\ not|must\ (?:decline|refuse)|have\ to\ decline|decline)
        (?!\ (?:read|find|see)\b)
      | (?:i['’]?m|i\ am)\ (?:not\ able|unable|not\ (?:comfortable|allowed|permitted)|not\ going)\b
      | as\ an\ (?:ai|language\ model|assistant)\b.{0,40}?\b(?:can(?:no|['’])t|unable|not\ able|won['’]t)
      | this\ request\ (?:violates|goes\ against)
      | lo\ siento\b.{0,12}\bno\ puedo | no\ puedo\ (?:ayudar|cumplir|generar|crear)
      | (?:je\ suis\ )?désolé\w*\b.{0,12}\bje\ ne\ p(?:eux|uis)
      | (?:es\ )?tut\ mir\ leid\b.{0,12}\b(?:aber\ )?(?:ich\ kann|das\ kann)
      | desculpe\b.{0,12}\bnão\ posso | não\ posso\ (?:ajudar|cumprir|gerar|criar)
      | 抱歉 | 很抱歉 | 对不起 | 對不起 | 我无法 | 我不能 | 申し訳(?:ありません|ございません) | 죄송
    )
    """,
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)
_LONGEST = 1500  # characters; what is longer answers something


def looks_like_refusal(text: str) -> bool:
    """Whether a reply in which no candidate could be read opens the way models decline.

    It is only asked of such replies: a refusal among the candidates is the model's answer.
    """
    stripped = text.strip()
    return len(stripped) <= _LONGEST and _OPENINGS.match(stripped) is not None
