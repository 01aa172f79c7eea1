"""A human chooses the answer of an agent among its candidates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from langchain.agents.middleware import AgentMiddleware, hook_config
from langchain_core.messages import AIMessage, HumanMessage, RemoveMessage
from langgraph.runtime import Runtime
from langgraph.types import interrupt

__all__ = ["HumanChoice"]


class HumanChoice(AgentMiddleware[Any, Any, Any]):
    """Interrupts after an answer that was drawn from a distribution, and lets a human choose.

    Put it into an agent's list beside :class:`VerbalizedSamplingMiddleware`; the agent needs a checkpointer. The
    interrupt carries ``{"type": "verbalized_choice", "proposed", "candidates": [{"index", "text", "probability"}]}``,
    and the model is not asked again. Resume with ``Command(resume=…)``:

    - ``True``, or nothing else to say: the proposed answer stands;
    - an index, or ``{"index": 2}``: that candidate;
    - a text, or ``{"text": "…"}``: the answer as the human edited it;
    - ``False``, or ``{"reject": "Too formal."}``: the answer is withdrawn and the model is asked anew, with the
      reason as a message of the user if there is one.

    What is none of these is asked again, with an ``error`` beside the candidates.

    Args:
        state_key: Where the distribution stands in the state.
    """

    def __init__(self, *, state_key: str = "verbalized_distribution") -> None:
        super().__init__()
        self.state_key = state_key

    @hook_config(can_jump_to=["model"])
    def after_model(self, state: Any, runtime: Runtime[Any]) -> dict[str, Any] | None:  # noqa: ARG002
        last = state["messages"][-1]
        candidates = (state.get(self.state_key) or {}).get("candidates")
        if not isinstance(last, AIMessage) or last.tool_calls or not candidates:
            return None
        asked: dict[str, Any] = {
            "type": "verbalized_choice",
            "proposed": str(last.text),
            "candidates": [
                {"index": index, "text": candidate["text"], "probability": candidate["probability"]}
                for index, candidate in enumerate(candidates)
            ],
        }
        while True:
            decision = interrupt(asked)
            try:
                return self._decided(last, candidates, decision)
            except ValueError as error:
                asked = {**asked, "error": str(error)}

    @hook_config(can_jump_to=["model"])
    async def aafter_model(self, state: Any, runtime: Runtime[Any]) -> dict[str, Any] | None:
        return self.after_model(state, runtime)

    def _decided(self, last: AIMessage, candidates: list[Any], decision: Any) -> dict[str, Any] | None:
        if isinstance(decision, Mapping):
            named = next((key for key in ("index", "text", "reject") if key in decision), None)
            if named == "reject":
                return self._rejected(last, str(decision["reject"] or ""))
            decision = decision[named] if named else decision
        if decision is True:
            return None
        if decision is False or decision is None:
            return self._rejected(last, "")
        if isinstance(decision, int):
            if not 0 <= decision < len(candidates):
                raise ValueError(f"there is no candidate {decision}: they are numbered from 0 to {len(candidates) - 1}")
            return {"messages": [last.model_copy(update={"content": candidates[decision]["text"]})]}
        if isinstance(decision, str) and decision.strip():
            return {"messages": [last.model_copy(update={"content": decision})]}
        raise ValueError("resume with an index, a text, True, or {'reject': why}")

    def _rejected(self, last: AIMessage, why: str) -> dict[str, Any]:
        said = [HumanMessage(why)] if why.strip() else []
        return {"messages": [RemoveMessage(id=str(last.id)), *said], self.state_key: None, "jump_to": "model"}
