"""Every block of code under docs/ runs, page by page and in order, and prints what the page says it prints.

What a block prints stands in the block of text after it. Under ``title="prints"`` it is compared, with ``…`` for what
may differ; under ``title="printed"`` it was printed once, by the embedded model,
which words things otherwise elsewhere.
``python -m tests.docs.record PAGE…`` writes what is printed into the pages.
"""

from __future__ import annotations

import io
import re
import shlex
from contextlib import ExitStack, redirect_stdout
from itertools import groupby, pairwise
from types import SimpleNamespace

import click
import pytest

from verbalized_sampling.command.run import _Commands
from verbalized_sampling.models import PROVIDERS, VARIABLE

from ..pages import ROOT, blocks, given, run
from .obliging import oblige

DOCS = ROOT / "docs"
PAGES = sorted(DOCS.rglob("*.md"))
PROVIDERS_TABLE = re.compile(r'^\| `"\w+:.*$', re.MULTILINE)
EMBEDDED = {DOCS / "tutorial.md"}  # on the model that a reader has who has no other


def printed_by(page, names):
    """Runs the blocks of Python of a page; gives each with what it printed."""
    for block in blocks(page, "python"):
        out = io.StringIO()
        with redirect_stdout(out):
            run(block, page, names(block) if callable(names) else names)
        yield block, out.getvalue()


def said_to_print(page):
    """For each block of Python, the block of text behind it that says what it prints."""
    found = blocks(page)
    return {
        one.line: next_
        for one, next_ in pairwise(found)
        if one.language == "python" and next_.language == "text" and "title=" in next_.info
    }


@pytest.mark.parametrize("page", [p for p in PAGES if blocks(p, "python")], ids=lambda p: str(p.relative_to(DOCS)))
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of frameworks, when they are imported
def test_the_code_of_a_page_runs(page, scripted, monkeypatch, tmp_path):
    if page not in EMBEDDED:
        scripted.plays(oblige)
        monkeypatch.setenv(VARIABLE, f"obliging@{scripted.url}")
    monkeypatch.chdir(tmp_path)
    obliging = SimpleNamespace(base_url=scripted.url, api_key="any", model="obliging")
    said, names = said_to_print(page), {"__name__": page.stem}
    with ExitStack() as stack:

        def named(block):
            names.update(given(block.text, obliging, monkeypatch, stack))
            return names

        for block, printed in printed_by(page, named):
            shown = said.get(block.line)
            if shown and 'title="prints"' in shown.info:
                pattern = ".*?".join(re.escape(part) for part in shown.text.strip().split("…"))
                assert re.fullmatch(pattern, printed.strip(), re.DOTALL), f"{page.name}:{block.line} prints {printed}"
            elif shown:
                assert printed.strip(), f"{page.name}:{block.line} prints nothing"


def commands():
    """The words of every command in the README and the pages; pipes, lists and redirections part them."""
    for page in [ROOT / "README.md", *PAGES]:
        for block in blocks(page, "sh"):
            for line in block.text.replace("\\\n", " ").splitlines():
                lexer = shlex.shlex(line, posix=True, punctuation_chars=";|&<>")
                lexer.whitespace_split = True
                for is_mark, words in groupby(lexer, key=lambda word: set(word) <= set(";|&<>")):
                    if not is_mark and (found := list(words)):
                        yield page.stem, found


VERBALIZE = [(page, words) for page, words in commands() if "verbalize" in words]
PYTHON = [words for _, words in commands() if "-c" in words and "python" in words]


@pytest.mark.parametrize(("page", "words"), VERBALIZE, ids=[f"{page}: {' '.join(words)}" for page, words in VERBALIZE])
def test_a_command_of_a_page_is_one(page, words):
    words = words[words.index("verbalize") + 1 :]
    group = _Commands("verbalize")
    context = click.Context(group, info_name="verbalize")
    name = words.pop(0) if words[0] in group.list_commands(context) else "ask"
    group.get_command(context, name).make_parser(context).parse_args(words)


@pytest.mark.parametrize("words", PYTHON, ids=lambda words: words[-1])
def test_a_line_of_python_in_a_page_answers_with_ones_own_key(words, scripted, monkeypatch, capsys):
    scripted.plays(oblige)
    monkeypatch.setenv("OPENAI_API_KEY", "mine")
    monkeypatch.setenv("OPENAI_BASE_URL", scripted.url)
    exec(words[words.index("-c") + 1], {})
    assert "Answer 0" in capsys.readouterr().out
    assert scripted.seen[0].headers["authorization"] == "Bearer mine"


def test_links_between_pages_and_out_of_them_lead_somewhere():
    for page in PAGES:
        for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", page.read_text()):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_the_table_of_providers_names_each_with_its_key_its_model_and_a_page():
    table = (DOCS / "models.md").read_text().partition("## Other addresses")[0]
    rows = {row.split('"')[1].partition(":")[0]: row for row in PROVIDERS_TABLE.findall(table)}
    assert rows.keys() == PROVIDERS.keys()
    for name, provider in PROVIDERS.items():
        told = (*provider.key_variables, *filter(None, (provider.default_model, provider.url_variable)))
        assert "](https://" in rows[name] and all(
            f"`{word}`" in rows[name] for word in told if word != "OPENAI_BASE_URL"
        )
