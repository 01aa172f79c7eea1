"""The types that a user's editor shows: checked with mypy on what a user writes."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec

import pytest

SNIPPET = """
from typing import Any, Literal, assert_type

from pydantic import BaseModel

from verbalized_sampling import Distribution, DistributionParser, Elicitation, averbalize, verbalize


class Joke(BaseModel):
    setup: str


assert_type(verbalize("x"), Distribution[str])
assert_type(verbalize("x", k=3, model="openai:m", seed=1), Distribution[str])
assert_type(verbalize("x", candidate=Joke, tau=0.1), Distribution[Joke])
assert_type(verbalize("x", candidate=float).argmax().value, float)
assert_type(verbalize("x", elicitation=Elicitation(candidate=Joke)), Distribution[Joke])
assert_type(verbalize("x", elicitation=Elicitation(k=3)), Distribution[str])
assert_type(verbalize([{"role": "user", "content": [{"type": "text", "text": "x"}]}]), Distribution[str])
choice: Any = Literal["a", "b"]
assert_type(verbalize("x", candidate=choice).sample().text, str)
assert_type(Distribution.from_json("{}"), Distribution[str])
assert_type(Distribution.from_json("{}", Joke), Distribution[Joke])
assert_type(DistributionParser().parse("x"), Distribution[str])
assert_type(DistributionParser(candidate=Joke).parse("x"), Distribution[Joke])


async def ask() -> None:
    assert_type(await averbalize("x"), Distribution[str])
    assert_type(await averbalize("x", candidate=Joke), Distribution[Joke])
"""


@pytest.mark.skipif(find_spec("mypy") is None, reason="needs the lint group")
def test_a_users_snippet_has_the_types_that_it_says(tmp_path):
    (tmp_path / "snippet.py").write_text(SNIPPET)
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file=", str(tmp_path / "snippet.py")]
    checked = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    assert checked.returncode == 0, checked.stdout


@pytest.mark.skipif(find_spec("mypy") is None, reason="needs the lint group")
def test_a_wrong_setting_is_seen_by_the_type_checker(tmp_path):
    (tmp_path / "wrong.py").write_text('from verbalized_sampling import verbalize\nverbalize("x", kk=3)\n')
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file=", str(tmp_path / "wrong.py")]
    assert subprocess.run(command, capture_output=True, text=True, cwd=tmp_path).returncode == 1
