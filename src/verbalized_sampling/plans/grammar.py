"""A grammar that constrains a reply to tags, for llama.cpp (GBNF)."""

from __future__ import annotations

from ..values.weights import Definition
from .schema import LOCAL_NUMBERS

__all__ = ["tag_grammar"]

_RULES = r"""root ::= {reasoning}response{{{k}}}
reasoning ::= "<reasoning>" text "</reasoning>\n"
response ::= "<response><text>" text "</text>" {number}"</response>\n"
text ::= [^<\x00-\x20] [^<\x00-\x1F]{{0,{rest}}}
number ::= {numbers}
"""


def tag_grammar(k: int, definition: Definition | None, *, reasoning: bool, words: int | None) -> str:
    """Exactly ``k`` responses, each with a text of one line and a number out of a list.

    Args:
        k: Candidates.
        definition: What the number is; it says which numbers there are. None leaves them out.
        reasoning: Whether a reasoning tag comes first (VS-CoT).
        words: Target length of a text; it may be twice as long, or 60 words where none was asked for.
    """
    return _RULES.format(
        k=k,
        reasoning="reasoning " if reasoning else "",
        number=r'"<probability>" number "</probability>" ' if definition else "",
        rest=12 * (words or 30),
        numbers=" | ".join(f'"{number}"' for number in LOCAL_NUMBERS[definition or Definition.EXPLICIT]),
    )
