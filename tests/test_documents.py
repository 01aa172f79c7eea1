"""What people read is what runs: the README's code and commands, and every example."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
import tomllib
from contextlib import ExitStack

import pytest

from .pages import ROOT, blocks, given, run

README = ROOT / "README.md"
EXAMPLES = sorted(
    path for path in (ROOT / "examples").glob("*.py") if not path.stem.startswith(("langchain", "llama", "dspy"))
)
COMMANDS = [line for block in blocks(README, "sh") for line in block.text.splitlines()]
PACKAGES = [ROOT, *sorted(path.parent for path in ROOT.glob("integrations/*/pyproject.toml"))]


@pytest.mark.parametrize("block", blocks(README, "python"), ids=str)
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of frameworks, when they are imported
def test_the_readmes_code_runs(block, endpoint, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)  # some of it writes files
    with ExitStack() as stack:
        run(block, README, given(block.text, endpoint, monkeypatch, stack))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_every_example_runs(path, endpoint):
    environment = dict(os.environ)
    if "OPENAI" in path.read_text():
        environment |= {
            "OPENAI_BASE_URL": endpoint.base_url,
            "OPENAI_API_KEY": endpoint.api_key,
            "OPENAI_MODEL": endpoint.model,
        }
    done = subprocess.run([sys.executable, path], capture_output=True, text=True, timeout=300, env=environment)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()


def test_ci_runs_the_readmes_test_command():
    (command,) = [line for line in COMMANDS if "pytest" in line]
    assert command in [line.strip() for line in (ROOT / ".ci" / "run").read_text().splitlines()]


def test_the_readmes_first_command_is_the_commands_own(capsys):
    from verbalized_sampling.command import run as command_line

    command = next(line for line in COMMANDS if "verbalize " in line and "uv run" in line)
    query = re.search(r'verbalize "(.*)"', command)[1]
    assert command.startswith("pip install -q uv && uv run ")
    assert command_line([query]) == 0
    assert "probability" in capsys.readouterr().out


def test_the_readmes_bulk_command_makes_what_the_text_around_it_says(scripted, monkeypatch, tmp_path, capsys):
    from verbalized_sampling.command import run as command_line

    monkeypatch.chdir(tmp_path)
    for name, value in {
        "OPENAI_BASE_URL": scripted.url,
        "OPENAI_API_KEY": "unused",
        "VERBALIZED_SAMPLING_MODEL": "openai:gpt-5-mini",  # with --max-cost, its price has to be known
    }.items():
        monkeypatch.setenv(name, value)
    (tmp_path / "prompts.jsonl").write_text('{"topic": "tea"}\n{"topic": "rain"}\n')
    (command,) = [line for line in COMMANDS if line.startswith("verbalize bulk")]
    assert command_line(shlex.split(command)[1:]) == 0, capsys.readouterr().err
    rows = [json.loads(line) for line in (tmp_path / "data.jsonl").read_text().splitlines()]
    assert {(row["topic"], row["prompt"]) for row in rows} == {
        ("tea", "Ask a quiz question about tea"),
        ("rain", "Ask a quiz question about rain"),
    }
    asked = len(scripted.seen)
    assert command_line(shlex.split(command)[1:]) == 0 and len(scripted.seen) == asked


def test_relative_links_lead_somewhere():
    for page in [*ROOT.glob("*.md"), *ROOT.glob("integrations/*/README.md")]:
        for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", page.read_text()):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


@pytest.mark.parametrize("folder", PACKAGES, ids=lambda folder: folder.name)
def test_packages_say_the_same_of_themselves(folder):
    import verbalized_sampling

    ours, core = (tomllib.loads((at / "pyproject.toml").read_text()) for at in (folder, ROOT))
    project = ours["project"]
    assert project["version"] == verbalized_sampling.__version__
    assert f"## {project['version']}" in (ROOT / "CHANGELOG.md").read_text()
    for key in ("license", "license-files", "authors", "requires-python", "urls"):
        assert project[key] == core["project"][key], key
    assert (folder / "LICENSE").read_text() == (ROOT / "LICENSE").read_text()
    repository = project["urls"]["Repository"]
    links = ours["tool"]["hatch"]["metadata"]["hooks"]["fancy-pypi-readme"]["substitutions"]
    assert all(repository in link["replacement"] for link in links), "absolute links lead to another repository"
    assert all(path.startswith("/") for path in ours["tool"]["hatch"]["build"]["targets"]["sdist"]["include"])
