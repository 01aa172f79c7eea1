"""The package as LlamaIndex and its users find it."""

from __future__ import annotations

import importlib
import inspect
import subprocess
import sys
import tomllib
from pathlib import Path

import llama_index.core
import llama_index.retrievers.verbalized_sampling as package

FOLDER = Path(__file__).parents[3] / "integrations" / "llama-index"


def test_public_names_are_what_all_lists() -> None:
    public = {name for name, value in vars(package).items() if not name.startswith("_") and not inspect.ismodule(value)}
    assert public == set(package.__all__)
    assert package.__all__ == sorted(package.__all__)


def test_every_public_name_is_documented() -> None:
    for name in set(package.__all__) - {"FusionMode"}:
        member = getattr(package, name)
        assert inspect.getdoc(member), name


def test_it_hides_no_sibling_in_the_namespace() -> None:
    assert not (FOLDER / "src" / "llama_index" / "__init__.py").exists()
    assert not (FOLDER / "src" / "llama_index" / "retrievers" / "__init__.py").exists()
    assert importlib.import_module("llama_index.retrievers.bm25")
    assert llama_index.core.__version__


def test_llamahub_finds_the_classes() -> None:
    hub = tomllib.loads((FOLDER / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["llamahub"]
    module = importlib.import_module(hub["import_path"])
    assert all(hasattr(module, name) for name in hub["class_authors"])


def test_the_import_asks_for_no_model_and_no_key() -> None:
    code = (
        "import sys; import llama_index.retrievers.verbalized_sampling; "
        "assert not any('llms.openai' in name for name in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_prompt_wording_stands_in_templates() -> None:
    templates = {path.name for path in (Path(package.__file__).parent / "prompts").iterdir()}
    assert templates == {"search_tool.jinja", "search_results.jinja"}
