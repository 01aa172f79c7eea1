"""Turns of a conversation within a reply: those that small models write on, and those that they write out again."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...patterns import regex

__all__ = ["last_turns", "turns_in", "without_marks"]

_TURN = regex(
    r"<\|(?:im_end|im_start|user|end|eot_id|eom_id|endoftext|end_of_text|start_header_id|end_of_turn)\|>"
    r"|<end_of_turn>|<start_of_turn>user|(?:</s>\s{0,3})?(?:<s>\s{0,3})?\[INST\]|</s>\s{0,3}<s>"
    r"|^[ \t]{0,3}(?:\#{2,3}[ \t])?[*_]{0,2}(?:Human|User|Input Prompt|Input)[ \t]?:"
    r"|^\#{2,3}[ \t](?:Instruction|Human|User|Input)s?\b[ \t]?:?[ \t]*$",
    re.MULTILINE,
)
_ANSWERS_TURN = regex(
    r"^[ \t]{0,3}(?:\#{2,3}[ \t])?[*_]{0,2}(?:Assistant|AI|Model|Bot)[ \t]?:[*_]{0,2}|\[/INST\]", re.MULTILINE
)
_FIRST_TURN = regex(r"\s{0,9}[*_]{0,2}Assistant[ \t]?:[*_]{0,2}[ \t]*(?=[^\s{<\[])", re.IGNORECASE)
_ASKS = regex(r"user|human|INST|Input", re.IGNORECASE)
# Marks of a message's beginning with its text in the same line.
_GLUED = regex(
    r"(?:^|(?<=<\|END_THINKING\|>))[ \t]{0,9}"
    r"(?:(?:<\|(?:START_RESPONSE|assistant|end_header_id|CHATBOT_TOKEN|end_of_role|im_start)\|>|\[/INST\]|<s>|<bos>)"
    r"[ \t]{0,9}(?:assistant\b)?)++[ \t]{0,9}(?=[^\s{<\[|\"])",
    re.MULTILINE,
)
_SIGNS = ("<|im_", "<|user", "<|e", "<|start", "of_turn>", "[INST]", "</s>", "Human", "User", "Input", "Instruction")
_MOST_TURNS = 4  # marks that are looked at


def turns_in(text: str, start: int) -> Iterator[int]:
    """Where another turn may begin behind a position."""
    if not any(sign in text for sign in _SIGNS):
        return
    for count, mark in enumerate(_TURN.finditer(text, start)):
        if count == _MOST_TURNS:
            return
        if text[mark.end() :].strip():
            yield mark.start()


def last_turns(text: str, start: int) -> Iterator[int]:
    """Where the last turns of a conversation begin that a reply writes out from its first turn on, the last first."""
    if said := _FIRST_TURN.match(text, start):
        yield said.end()
        return
    if not any(sign in text for sign in _SIGNS):
        return
    marks = list(_TURN.finditer(text, start))
    if marks and not text[start : marks[0].start()].strip() and _ASKS.search(marks[0][0]):
        for mark in marks[: -_MOST_TURNS - 1 : -1]:
            answer = _ANSWERS_TURN.search(text, mark.end())
            begin = answer.end() if answer else mark.end()
            if text[begin:].strip() and (answer or len(marks) > 1):
                yield begin


def without_marks(text: str) -> str:
    """The text with blanks for the marks that a message begins with in the line of its first words, sign by sign."""
    if "<|" not in text and "[/" not in text and "<s>" not in text and "<bos>" not in text:
        return text
    return _GLUED.sub(lambda mark: " " * (len(mark[0]) - 1) + "\n", text)
