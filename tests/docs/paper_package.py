"""Runs both columns of the tables on the paper's package: theirs in an environment of its own, ours in this one.

    python -m tests.docs.paper_package            # makes the environment with uv, in a temporary folder
    python -m tests.docs.paper_package PYTHON     # uses one that has `verbalized-sampling`

What theirs imports but its simple interface never calls (PyTorch, data sets, plots) is stood in for, which saves 6 GB.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

PAGE = Path(__file__).parents[2] / "docs" / "coming-from.md"
VERSION = "0.1.3"
REPLY = [("Tea", 0.5), ("Coffee", 0.3), ("Mate", 0.1), ("Water", 0.05), ("Cocoa", 0.05)]

PRELUDE = """
import contextlib, importlib.abc, importlib.machinery, io, json, os, sys
from unittest.mock import MagicMock

class StandIns(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    names = set("torch transformers datasets sacremoses unidecode nltk sklearn seaborn matplotlib pandas scipy litellm "
                "google openrouter requests tiktoken tenacity instructor vllm yaml".split())
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in self.names:
            return importlib.machinery.ModuleSpec(name, self, is_package=True)
    def create_module(self, spec):
        module = MagicMock(name=spec.name)
        module.__path__, module.__spec__, module.__all__ = [], spec, []
        return module
    def exec_module(self, module):
        pass

sys.meta_path.insert(0, StandIns())
reply = [{"response": text, "probability": p} for text, p in json.loads(sys.argv[1])]
os.environ["OPENAI_API_KEY"] = "none is needed: nothing is called"
import verbalized_sampling.api as api
api.get_model = lambda **settings: MagicMock(model_name="m", _chat_with_format=lambda messages, schema: list(reply))
from verbalized_sampling import *

def plain(value):
    if isinstance(value, Item):
        return [value.text, value.p]
    if isinstance(value, (DiscreteDist, list)):
        return [plain(item) for item in value]
    return value

with contextlib.redirect_stdout(io.StringIO()):
    import verbalized_sampling
    dist = verbalize("Q", tau=0)
    found = [plain(eval(code)) for code in json.loads(sys.argv[2])]
print(json.dumps({"values": found, "names": verbalized_sampling.__all__}))
"""


def rows() -> list[tuple[str, str, bool]]:
    """What is written there, what here, and whether the two are said to be the same."""
    found = []
    for table in re.findall(r"<!-- checked: \w+ -->\n\n\|.*\n\|.*\n((?:\|.*\n)+)", PAGE.read_text(encoding="utf-8")):
        for row in table.splitlines():
            theirs, ours, same = (cell.strip() for cell in row.strip("|").split(" | "))
            found.append((theirs.strip("` "), ours.strip("` "), same.startswith("yes")))
    return found


def ours(codes: list[str]) -> list[Any]:
    import verbalized_sampling
    from verbalized_sampling import Candidate, Distribution

    text = json.dumps({"responses": [{"text": text, "probability": p} for text, p in REPLY]})

    def verbalize(query: Any, **settings: Any) -> Distribution[Any]:
        return verbalized_sampling.verbalize(query, model=lambda messages: text, **settings)

    def plain(value: Any) -> Any:
        if isinstance(value, Candidate):
            return [value.text, value.probability]
        return [plain(item) for item in value] if isinstance(value, Distribution | list) else value

    names = {"verbalize": verbalize, "dist": verbalize("Q"), "Distribution": Distribution, "Candidate": Candidate}
    return [plain(eval(code, dict(names))) for code in codes]


def theirs(codes: list[str], python: str) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as elsewhere:  # not here: this folder has a package of the same name
        command = [python, "-W", "ignore", "-c", PRELUDE, json.dumps(REPLY), json.dumps(codes)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=elsewhere)
    if done.returncode:
        raise SystemExit(done.stderr)
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def close(one: Any, other: Any) -> bool:
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(close, one, other))
    if isinstance(one, float) and isinstance(other, float):
        return abs(one - other) < 1e-9
    return bool(one == other)


def environment(folder: Path) -> str:
    subprocess.run(["uv", "venv", "-q", folder], check=True)
    python = str(folder / "bin" / "python")
    install = ["uv", "pip", "install", "-q", "--python", python]
    subprocess.run([*install, "--no-deps", f"verbalized-sampling=={VERSION}"], check=True)
    subprocess.run([*install, "rich", "typer", "openai", "tqdm", "numpy<2", "pydantic"], check=True)
    return python


def main(python: str | None = None) -> int:
    table = rows()
    with tempfile.TemporaryDirectory() as folder:
        there = theirs([row[0] for row in table], python or environment(Path(folder) / "theirs"))
    wrong = 0
    for (code, mine, same), one, other in zip(table, there["values"], ours([row[1] for row in table]), strict=True):
        if close(one, other) != same and same:
            wrong += 1
            print(f"not the same:\n  {code}\n    {one}\n  {mine}\n    {other}")
    missing = [name for name in there["names"] if f"`{name}`" not in PAGE.read_text(encoding="utf-8")]
    print(f"{len(table)} rows run in both packages, {wrong} not as said; names not on the page: {missing or 'none'}")
    return int(bool(wrong or missing))


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
