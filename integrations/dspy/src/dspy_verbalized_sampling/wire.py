"""The signature that is sent in place of the user's: the same inputs, and a list of candidates as output."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import dspy

from verbalized_sampling import DistributionParser, Elicitation
from verbalized_sampling.adapters import PromptSet

from .fields import Fields, fields_of
from .said import Said

__all__ = ["Wire", "prompts"]

_PROMPTS = Path(__file__).parent / "prompts"
_DEFAULT = re.compile(r"Given the fields (?:`\w+`(?:, )?)*, produce the fields (?:`\w+`(?:, )?)*\.")


@dataclass(frozen=True, eq=False)
class Wire:
    """One call's signature.

    Attributes:
        signature: What the adapter in use renders.
        fields: The user's output fields.
        parser: Reads the list of candidates in a reply.
    """

    signature: Any
    fields: Fields
    parser: DistributionParser[Any]

    @classmethod
    def of(
        cls,
        signature: Any,
        elicitation: Elicitation[Any],
        k: int,
        *,
        readable: bool | None = None,
        examples: tuple[str, ...] = (),
        as_model: bool = False,
    ) -> Wire:
        """The wire of a user's signature.

        Args:
            signature: The user's.
            elicitation: What is asked for.
            k: Candidates that this call asks for.
            readable: Whether an earlier reply held candidates; None if this is the first call.
            examples: Labelled examples of the task, as JSON, to stand in the instructions.
            as_model: Whether the adapter tells of pydantic models only.

        Raises:
            SettingsError: The signature leaves nothing to choose.
            TemplateError: ``elicitation.template`` has no usable ``candidates.jinja``.
        """
        return _wire(signature, _told_of(signature), elicitation, k, readable, examples, as_model)

    @cached_property
    def names(self) -> frozenset[str]:
        """The fields of the user's signature and of this one."""
        return frozenset((*self.signature.fields, *self.fields.own, self.fields.reasoning))

    @cached_property
    def said(self) -> Said:
        """What adapters say of it."""
        return Said(self.signature)


def _told_of(signature: Any) -> tuple[Any, ...]:
    """What can be changed of a signature in place."""
    extras = [field.json_schema_extra or {} for field in signature.model_fields.values()]
    return (signature.__doc__, *[(extra.get("desc"), extra.get("constraints")) for extra in extras])


@lru_cache(maxsize=256)  # making a signature costs about as much as a whole call
def _wire(
    signature: Any,
    _: tuple[Any, ...],
    elicitation: Elicitation[Any],
    k: int,
    readable: bool | None,
    examples: tuple[str, ...],
    as_model: bool,
) -> Wire:
    fields = fields_of(signature)
    variables = {
        "k": k,
        "tau": elicitation.tau,
        "definition": elicitation.definition.value,
        "words": elicitation.words,
        "fields": fields.descriptions(),
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
    item: Any = (fields.model if as_model else None) or fields.item
    listing: Any = list[item]
    parts[fields.listing] = (listing, dspy.OutputField(desc=wanted))
    # DSPy's own default says "produce `answer`": it is made anew for these fields.
    own = None if _DEFAULT.fullmatch(signature.instructions) else signature.instructions
    made = dspy.Signature(parts, own)
    if examples:
        told = prompts().render("examples", instructions=made.instructions, examples=examples)
        made = made.with_instructions(told)
    return Wire(made, fields, replace(elicitation, candidate=fields.candidate).parser(k))


def prompts() -> PromptSet:
    """The wording that DSPy's own field descriptions and instructions are completed with."""
    return PromptSet.of(_PROMPTS, "candidates")
