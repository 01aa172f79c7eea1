"""The skill says what the command and the method really are."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys

import click
import pytest
import yaml

from verbalized_sampling.command.output import Output
from verbalized_sampling.command.run import verbalize

from ...pages import ROOT, blocks

PACKAGE = ROOT / "integrations" / "mcp"
SKILL = PACKAGE / "skill" / "SKILL.md"
TEXT = SKILL.read_text(encoding="utf-8")
INLINE = re.findall(r"`(verbalize [^`]+)`", TEXT)
BLOCKS = [line for block in blocks(SKILL, "sh") for line in block.text.splitlines() if line.strip()]


def test_the_head_of_the_skill_is_as_agents_read_it():
    head = yaml.safe_load(TEXT.split("---\n")[1])
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", head["name"]) and len(head["name"]) <= 64
    assert 0 < len(head["description"]) <= 1024 and len(head["compatibility"]) <= 500
    assert head["license"] == "Apache-2.0"
    assert len(TEXT.splitlines()) < 500


@pytest.mark.parametrize("line", [*BLOCKS, *INLINE])
def test_every_command_in_the_skill_has_these_options(line):
    words = shlex.split(line)
    assert words[0] == "verbalize"
    context = verbalize.make_context("verbalize", words[1:], resilient_parsing=False, obj=Output())
    held = vars(context)
    protected = held["_protected_args" if "_protected_args" in held else "protected_args"]  # Click 8.2 renamed it
    name, command, rest = verbalize.resolve_command(context, [*protected, *context.args])
    parser = command.make_parser(click.Context(command, info_name=name))
    parser.parse_args(list(rest))  # raises for an option that is not there


def test_every_option_in_the_skill_is_one_of_the_command():
    known = {
        name
        for sub in verbalize.list_commands(None)
        for p in verbalize.get_command(None, sub).params
        for name in p.opts
    }
    body = re.sub(r"```json.*?```", "", TEXT.split("---\n", 2)[2], flags=re.DOTALL)
    found = set(re.findall(r"(?<![\w-])--?[a-z][a-z-]*", body))
    assert {"-k", "-m", "--tau", "--select", "--seed", "--from", "--variant", "--total"} <= found <= known


def test_the_skills_commands_work_one_after_another(tmp_path):
    reply = {"responses": [{"text": text, "probability": 0.05} for text in ("Yeast of Eden", "The Midnight Loaf")]}
    (tmp_path / "reply.json").write_text(json.dumps(reply))
    (rows,) = blocks(SKILL, "json")
    (tmp_path / "answers.jsonl").write_text(rows.text * 2)
    printed = []
    for line in BLOCKS:
        command = [sys.executable, "-m", "verbalized_sampling", *shlex.split(line)[1:]]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        printed.append(done.stdout)
    prompt, drawn, table, compared = printed
    assert "less than 0.10" in prompt and "five" in prompt
    assert drawn.strip() in ("Yeast of Eden", "The Midnight Loaf") and "Yeast of Eden" in table
    assert "Semantic diversity" in compared


def test_the_skill_quotes_the_published_prompt():
    command = ["prompt", "THE QUERY", "-t", "paper", "--format", "tags", "--tau", "0.10", "-k", "5"]
    done = subprocess.run([sys.executable, "-m", "verbalized_sampling", *command], capture_output=True, text=True)
    (quoted,) = blocks(SKILL, "text")
    assert quoted.text.strip() == done.stdout.replace("THE QUERY", "").strip()


def test_the_skill_names_the_tools_of_the_server():
    from verbalized_sampling_mcp import server

    named = set(re.findall(r"`([a-z]+_[a-z]+|draw)`", TEXT))
    assert named == {"verbalized_prompt", "read_distribution", "draw", "measure_diversity"}
    assert all(hasattr(server, name) for name in named)


def test_the_skill_leaves_the_draw_and_the_measure_to_the_program():
    assert "**You don't draw**" in TEXT and "that is computed" in TEXT
    assert "--select sample" in TEXT and "verbalize compare --from" in TEXT


def test_the_package_is_whole():
    for name in ("LICENSE", "CHANGELOG.md", "README.md", "skill/SKILL.md", "src/verbalized_sampling_mcp/py.typed"):
        assert (PACKAGE / name).exists()
