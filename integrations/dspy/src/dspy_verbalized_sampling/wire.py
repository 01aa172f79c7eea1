"""The signature that is sent in place of the user's: the same inputs, and a list of candidates as output."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import dspy

from verbalized_sampling import Elicitation
from verbalized_sampling.prompts import PromptSet

from .fields import Fields, described, fields_of

__all__ = ["Wire", "prompts"]

_PROMPTS = Path(__file__).parent / "prompts"
_DEFAULT = re.compile(r"Given the fields (?:`\w+`(?:, )?)*, produce the fields (?:`\w+`(?:, )?)*\.")


@dataclass(frozen=True, slots=True)
class Wire:
    """One call's signature.

    Attributes:
        signature: What the inner adapter renders.
        fields: The user's output fields.
    """

    signature: Any
    fields: Fields

    @classmethod
    def of(
        cls,
        signature: Any,
        elicitation: Elicitation[Any],
        k: int,
        *,
        readable: bool | None = None,
        examples: tuple[str, ...] = (),
    ) -> Wire:
        """The wire of a user's signature.

        Args:
            signature: The user's.
            elicitation: What is asked for.
            k: Candidates that this call asks for.
            readable: Whether an earlier reply held candidates; None if this is the first call.
            examples: Labelled examples of the task, as JSON, to stand in the instructions.

        Raises:
            SettingsError: The signature leaves nothing to choose.
            TemplateError: ``elicitation.template`` has no usable ``candidates.jinja``.
        """
        return _wire(signature, signature.instructions, elicitation, k, readable, examples)


@lru_cache(maxsize=256)  # making a signature costs about as much as a whole call; instructions can be set in place
def _wire(
    signature: Any,
    instructions: str,
    elicitation: Elicitation[Any],
    k: int,
    readable: bool | None,
    examples: tuple[str, ...],
) -> Wire:
    fields = fields_of(signature)
    variables = {
        "k": k,
        "tau": elicitation.tau,
        "definition": elicitation.definition.value,
        "words": elicitation.words,
        "fields": described(fields),
        "probability": fields.probability,
        "readable": readable,
    }
    wanted = PromptSet.of(elicitation.template or _PROMPTS, "candidates").render("candidates", **variables)
    parts: dict[str, Any] = {name: (field.annotation, field) for name, field in signature.input_fields.items()}
    if readable is not None:
        desc = prompts().render("given", **variables)
        parts[fields.given] = (list[fields.candidate], dspy.InputField(desc=desc))  # type: ignore[name-defined]
    parts |= {name: (field.annotation, field) for name, field in fields.shared.items()}
    if elicitation.variant == "cot" and not fields.shared:
        parts[fields.reasoning] = (str, dspy.OutputField(desc=prompts().render("reasoning", **variables)))
    parts[fields.listing] = (list[fields.item], dspy.OutputField(desc=wanted))  # type: ignore[name-defined]
    # DSPy's own default says "produce `answer`": it is made anew for these fields.
    own = None if _DEFAULT.fullmatch(instructions) else instructions
    made = dspy.Signature(parts, own)
    if examples:
        told = prompts().render("examples", instructions=made.instructions, examples=examples)
        made = made.with_instructions(told)
    return Wire(made, fields)


def prompts() -> PromptSet:
    """The wording that DSPy's own field descriptions and instructions are completed with."""
    return PromptSet.of(_PROMPTS, "candidates")
