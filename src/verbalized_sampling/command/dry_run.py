"""``verbalize --dry-run``: what would be sent, and how often."""

from __future__ import annotations

import json
import os
from typing import Any

from ..models import VARIABLE
from ..plans.elicitation import Elicitation
from ..replies.protocol import Request
from .output import Output

__all__ = ["preview"]


def preview(
    output: Output,
    elicitation: Elicitation[Any],
    request: Request,
    *,
    calls: int,
    model: str | None,
    max_tokens: int | None,
    as_json: bool,
) -> None:
    """Prints the first request of a run and counts all of them; no model is looked for.

    Args:
        output: Where to.
        elicitation: The settings of each run.
        request: The first request of its plan.
        calls: How many runs.
        model: The model's name as it was given.
        max_tokens: The limit of a reply as it was given.
        as_json: Whether to print JSON.
    """
    turns = elicitation.turns()
    planned = calls * (len(turns) if elicitation.asks_for_lists else sum(turns))
    most = planned + calls * elicitation.max_extra_calls
    model = model or os.environ.get(VARIABLE)
    limit = max_tokens or request.max_tokens
    if as_json:
        plan = {
            "model": model,
            "calls": planned,
            "max_calls": most,
            "max_tokens": limit,
            "messages": request.messages,
            "schema": request.schema,
        }
        output.write_json(json.dumps(plan, ensure_ascii=False, indent=2))
    else:
        output.write("\n\n".join(f"[{message['role']}]\n{message['content']}" for message in request.messages))
    times = "once" if planned == 1 else f"{planned} times"
    output.say(
        f"not sent: it would be asked {times}, at most {most}, for replies of up to {limit} tokens each, of "
        f"{model or 'the model that verbalize models shows first'}"
    )
