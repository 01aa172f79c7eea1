"""What holds the code together: one way of the data, a light import, one home for each name."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from graphlib import TopologicalSorter
from importlib.metadata import requires
from pathlib import Path

import pytest

import verbalized_sampling

PACKAGE = Path(verbalized_sampling.__file__).parent

# From what knows nothing to what knows everything; a module imports only from ranks above its own.
FLOW = [
    ["errors", "patterns"],
    ["entities", "hosting", "values"],
    ["replies"],
    ["prompts", "parsing", "retrieval"],
    ["plans"],
    ["adapters"],
    ["models"],
    ["runs"],
    ["api"],
    ["bulk"],
    ["evaluation"],
    ["serve"],
    ["command"],
    ["cli"],
    ["__main__"],
]
RANK = {name: rank for rank, names in enumerate(FLOW) for name in names}


def modules():
    return sorted(path for path in PACKAGE.rglob("*.py") if path.parent != PACKAGE or path.name != "__init__.py")


def part(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported_parts(path: Path):
    """Parts of the package that a module imports, for type checkers alone too: an arrow is an arrow."""
    tree = ast.parse(path.read_text())
    depth = len(path.relative_to(PACKAGE).parts)
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.level == depth:
            yield from [node.module.partition(".")[0]] if node.module else [alias.name for alias in node.names]


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_go_down_the_flow_only(path):
    here = part(path)
    assert here in RANK, f"give {here} its place in FLOW"
    for other in imported_parts(path):
        assert other == here or RANK[other] < RANK[here], f"{here} imports {other}"


def modules_imported(path: Path):
    """Files of the package that a module imports from, within functions and for type checkers too."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.level:
            place = path.parents[node.level - 1].joinpath(*(node.module or "").split("."))
            for found in (place.with_suffix(".py"), *(place / f"{alias.name}.py" for alias in node.names)):
                if found.is_file():
                    yield found


def test_no_modules_import_each_other_in_a_circle():
    TopologicalSorter({path: set(modules_imported(path)) for path in modules()}).prepare()  # raises CycleError


PUBLIC_SUBMODULES = {"adapters", "bulk", "evaluation"}
INTEGRATIONS = sorted((PACKAGE.parents[1] / "integrations").glob("*/src/**/*.py"))


@pytest.mark.skipif(not INTEGRATIONS, reason="needs the repository")
def test_integrations_import_what_is_public_and_nothing_deeper():
    for path in INTEGRATIONS:
        for node in ast.walk(ast.parse(path.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module] if isinstance(node, ast.ImportFrom) and not node.level and node.module else []
            for package, *deeper in (name.split(".") for name in names):
                inside = package == "verbalized_sampling" and deeper
                assert not inside or (len(deeper) == 1 and deeper[0] in PUBLIC_SUBMODULES), f"{path}: {names}"


@pytest.mark.skipif(not INTEGRATIONS, reason="needs the repository")
def test_no_integration_has_modules_that_import_each_other_in_a_circle():
    arrows = {
        (path.parent, path.stem): {
            (path.parent, name)
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.ImportFrom) and node.level == 1
            for name in ([node.module] if node.module else [alias.name for alias in node.names])
        }
        for path in INTEGRATIONS
        if path.stem != "__init__"
    }
    TopologicalSorter(arrows).prepare()  # raises CycleError


def test_the_public_kit_lists_each_name_once_and_all_of_them_are_there():
    from verbalized_sampling import adapters

    assert adapters.__all__ == sorted(
        set(adapters.__all__), key=lambda name: (not name.isupper(), not name[0].isupper(), name)
    )
    assert all(hasattr(adapters, name) for name in adapters.__all__)
    assert not set(adapters.__all__) & set(verbalized_sampling.__all__)  # one home for each name


def test_the_import_brings_no_framework_no_client_and_no_numpy():
    script = (
        "import sys; before = set(sys.modules); import verbalized_sampling;"
        "print(*sorted({name.partition('.')[0] for name in set(sys.modules) - before}))"
    )
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()
    heavy = {
        "langchain", "langchain_core", "llama_index", "dspy", "numpy", "httpx", "requests", "openai", "rich",
        "click", "asyncio", "xllamacpp", "urllib3", "http",
    }  # fmt: skip
    assert not heavy & set(loaded)


def test_the_core_requires_pydantic_and_jinja_and_nothing_more():
    always = [line for line in requires("verbalized-sampling-core") if "extra ==" not in line]
    assert sorted(re.match(r"[\w-]+", line)[0] for line in always) == ["jinja2", "pydantic"]


def test_every_public_name_is_there_once_and_says_what_it_is():
    names = verbalized_sampling.__all__
    assert len(names) == len(set(names))
    for name in names:
        value = getattr(verbalized_sampling, name)
        if getattr(value, "__module__", "").startswith("verbalized_sampling"):
            assert value.__doc__, name


def test_prompt_wording_lives_in_templates_only():
    """A sentence that addresses a model has no place in Python."""
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                assert "You are a" not in node.value and "Generate " not in node.value, path


@pytest.mark.parametrize(
    "package",
    sorted((Path(__file__).parents[2] / "integrations").glob("*/pyproject.toml")),
    ids=lambda path: path.parent.name,
)
def test_an_integration_takes_every_compatible_core(package):
    project = tomllib.loads(package.read_text())["project"]
    (core,) = [line for line in project["dependencies"] if re.match(r"verbalized-sampling-core\b", line)]
    assert core == f"verbalized-sampling-core~={project['version']}"
