"""What the README shows runs."""

from __future__ import annotations

import json
import re

from ...pages import ROOT, blocks, run

PACKAGE = ROOT / "integrations" / "mcp"


def test_the_readmes_example_runs(capsys):
    (example,) = blocks(PACKAGE / "README.md", "python")
    run(example, PACKAGE / "README.md", {"__name__": "readme"})
    printed = capsys.readouterr().out
    assert "less than 0.1" in printed and re.search(r"\['(Yeast of Eden|The Midnight Loaf)'\] 7\n$", printed)


def test_the_readmes_configuration_starts_a_server_that_is_there():
    (block,) = blocks(PACKAGE / "README.md", "json")
    (server,) = json.loads(block.text)["mcpServers"].values()
    project = (PACKAGE / "pyproject.toml").read_text()
    assert server == {"command": "uvx", "args": ["verbalized-sampling-mcp"]}
    assert 'name = "verbalized-sampling-mcp"' in project and 'verbalized-sampling-mcp = "' in project
