"""The site builds without a warning, its notebooks give what they show, and its reference names every public name."""

from __future__ import annotations

import importlib
import json
import os
import re
import subprocess
import sys

import pytest

from ..pages import ROOT

DOCS = ROOT / "docs"
NOTEBOOKS = sorted(DOCS.rglob("*.ipynb"))


def texts(notebook):
    """What the cells of a notebook print (in however many pieces it came) and give."""
    for cell in notebook.cells:
        outputs = cell.get("outputs", [])
        yield "".join(output["text"] for output in outputs if output.output_type == "stream")
        yield from (output["data"].get("text/plain") for output in outputs if output.output_type == "execute_result")


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_gives_what_it_shows(path, monkeypatch):
    nbformat = pytest.importorskip("nbformat")
    pytest.importorskip("nbclient")
    pytest.importorskip("ipykernel")
    monkeypatch.setenv("PYTHONWARNINGS", "ignore")
    notebook = nbformat.read(path, as_version=4)
    done = subprocess.run([sys.executable, "-c", RUN, str(path)], capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == list(texts(notebook))


RUN = """
import json, sys
from pathlib import Path
from tests.docs.run_notebook import run
from tests.docs.test_site import texts
print(json.dumps(list(texts(run(Path(sys.argv[1]))))))
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    pytest.importorskip("mkdocs")
    pytest.importorskip("material")
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "-q", "-d", str(folder)]
    environment = dict(os.environ) | {"NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT, env=environment)
    assert done.returncode == 0, done.stderr
    assert "WARNING" not in done.stderr, done.stderr
    return folder


def test_every_page_is_built_and_says_something(site):
    for page in [*DOCS.rglob("*.md"), *NOTEBOOKS]:
        name = page.relative_to(DOCS).with_suffix("")
        built = site / (name.parent if name.name == "index" else name) / "index.html"
        words = re.sub(r"<[^>]*>", " ", built.read_text().partition("<article")[2].partition("</article>")[0]).split()
        assert len(words) > 50, f"{name}: {len(words)} words"


@pytest.mark.parametrize(
    ("package", "page"),
    [
        ("verbalized_sampling", "core"),
        ("verbalized_sampling.adapters", "adapters"),
        ("verbalized_sampling.evaluation", "evaluation"),
        ("verbalized_sampling.bulk", "bulk"),
        ("langchain_verbalized_sampling", "langchain"),
        ("llama_index.retrievers.verbalized_sampling", "llama-index"),
        ("dspy_verbalized_sampling", "dspy"),
    ],
)
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_reference_has_every_public_name(site, package, page):
    html = (site / "reference" / page / "index.html").read_text()
    for name in set(importlib.import_module(package).__all__) - {"__version__"}:
        assert f'id="{package}.{name}"' in html, name


def test_nothing_on_a_page_comes_from_elsewhere(site):
    for page in site.rglob("*.html"):
        assert not re.findall(
            r'<(?:script|img|link rel="stylesheet")[^>]*(?:src|href)="https?://[^"]*"', page.read_text()
        )


def test_the_picture_is_drawn_from_the_answers_that_are_kept():
    namespace = {"__name__": "picture", "__file__": str(DOCS / "assets" / "picture.py")}
    exec((DOCS / "assets" / "picture.py").read_text(), namespace)
    kept = json.loads((DOCS / "assets" / "distribution.json").read_text())
    assert (DOCS / "assets" / "distribution.svg").read_text() == namespace["draw"](kept)


def test_the_tables_on_the_papers_package_have_a_right_column_that_runs():
    from .paper_package import ours, rows

    table = rows()
    assert len(table) > 20
    assert len(ours([row[1] for row in table])) == len(table)
