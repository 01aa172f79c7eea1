"""The wording of every prompt, as Jinja templates, and the one module that renders them."""

from .prompt_set import PromptSet

__all__ = ["PromptSet"]
