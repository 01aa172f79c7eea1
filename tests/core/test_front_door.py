"""The types that a user's editor shows: checked with mypy and pyright on what a user writes."""

from __future__ import annotations

import json
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


def mypy(file):
    return [sys.executable, "-m", "mypy", "--strict", "--config-file=", str(file)]


def pyright(file):
    """Pyright's own rules, by the build of it that comes from a package index with all that it needs."""
    settings = file.with_name("pyrightconfig.json")
    settings.write_text(json.dumps({"typeCheckingMode": "strict", "include": [file.name]}))
    return [sys.executable, "-m", "basedpyright", "--project", str(settings), "--pythonpath", sys.executable]


CHECKERS = [
    pytest.param(checker, marks=pytest.mark.skipif(find_spec(module) is None, reason="needs the lint group"))
    for checker, module in ((mypy, "mypy"), (pyright, "basedpyright"))
]


@pytest.mark.types
@pytest.mark.parametrize("checker", CHECKERS)
def test_a_users_snippet_has_the_types_that_it_says(checker, tmp_path):
    (tmp_path / "snippet.py").write_text(SNIPPET)
    checked = subprocess.run(checker(tmp_path / "snippet.py"), capture_output=True, text=True, cwd=tmp_path)
    assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.types
@pytest.mark.parametrize("checker", CHECKERS)
def test_a_wrong_setting_is_seen_by_the_type_checker(checker, tmp_path):
    (tmp_path / "wrong.py").write_text('from verbalized_sampling import verbalize\n\nverbalize("x", kk=3)\n')
    checked = subprocess.run(checker(tmp_path / "wrong.py"), capture_output=True, text=True, cwd=tmp_path)
    assert checked.returncode == 1 and "wrong.py:3" in checked.stdout, checked.stdout + checked.stderr
