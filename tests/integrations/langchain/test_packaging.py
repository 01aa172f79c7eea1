"""What the package needs, exports and promises to type checkers."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib.metadata import metadata, requires
from pathlib import Path

import langchain_verbalized_sampling as package
import pytest

WITHOUT_LANGCHAIN = """
import sys
sys.modules["langchain"] = None
import langchain_verbalized_sampling as package
assert package.VerbalizedSampling
try:
    package.VerbalizedSamplingMiddleware
except ImportError as error:
    assert "[agents]" in str(error), error
else:
    raise AssertionError("it imported")
"""


def test_every_public_name_is_there_and_has_one_home():
    for name in set(package.__all__) - {"__version__", "CHECKPOINT_TYPES"}:
        thing = getattr(package, name)
        assert thing.__module__.startswith("langchain_verbalized_sampling.")
        assert thing.__doc__
    assert package.__all__ == sorted(package.__all__)
    with pytest.raises(AttributeError):
        package.nothing  # noqa: B018


def test_it_imports_without_langchain_and_says_what_the_middleware_needs():
    subprocess.run([sys.executable, "-c", WITHOUT_LANGCHAIN], check=True)


def test_it_requires_the_core_and_langchain_core_only():
    needed = [line for line in requires("langchain-verbalized-sampling") if "extra ==" not in line]
    assert {re.split("[=<>~]", line)[0] for line in needed} == {
        "langchain-core",
        "verbalized-sampling-core",
    }
    assert metadata("langchain-verbalized-sampling")["Provides-Extra"] == "agents"


def test_it_is_typed():
    assert (Path(package.__file__).parent / "py.typed").exists()


def test_it_is_what_reviewers_look_for():
    about = metadata("langchain-verbalized-sampling")
    assert about["License-Expression"] == "Apache-2.0" and about["License-File"] == "LICENSE"
    assert about["Version"] == package.__version__
    assert any(value.startswith("Typing") for value in about.get_all("Classifier"))
    assert any("verbalized-sampling-core~=" in line for line in requires("langchain-verbalized-sampling"))
    folder = Path(__file__).parents[3] / "integrations" / "langchain"
    for name in ("LICENSE", "CHANGELOG.md", "README.md", "tests/test_smoke.py"):
        assert (folder / name).exists()
    assert f"## {package.__version__}" in (folder / "CHANGELOG.md").read_text()
