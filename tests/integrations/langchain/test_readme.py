"""Every example in the package's README runs as it is written."""

from __future__ import annotations

import json
import re
from pathlib import Path

import langchain_openai
import pytest

README = Path(__file__).parents[3] / "integrations" / "langchain" / "README.md"
BLOCKS = re.findall(r"^## ([^\n]+)\n(?:(?!^## ).)*?^```python\n(.*?)^```", README.read_text(), re.DOTALL | re.MULTILINE)


def answer(messages, kwargs):
    """What a model that does as it is told would say."""
    if "dollars" in messages[0].content:
        people = [("Ada", 5, 0.6), ("Bo", 50, 0.3), ("Cy", 0, 0.1)]
        fields = [{"name": name, "dollars": dollars, "probability": p} for name, dollars, p in people]
    else:
        fields = [{"text": f"Answer {i}", "probability": 0.09 - i / 100} for i in range(5)]
    return json.dumps({"responses": fields})


EXPECTED = {
    "A chain": r"^Answer \d\n$",
    "Streaming": r"^1 Answer 0\n2 Answer 0\n(.*\n)+0\.09 Answer 0\n0\.08 Answer 1\n",
    "Typed candidates": r"^Ada 5\n$",
    "Retrieval": r"Document.*Document",
    "Agents": r"^Answer \d\n\[\{'text': 'Answer 0'",
}


def test_there_are_the_five_examples():
    assert [title for title, _ in BLOCKS] == list(EXPECTED)


@pytest.mark.parametrize(("title", "code"), BLOCKS, ids=[title for title, _ in BLOCKS])
def test_an_example_runs(title, code, tool_calling, monkeypatch, capsys):
    model = tool_calling(answer)
    monkeypatch.setattr(langchain_openai, "ChatOpenAI", lambda **settings: model)
    exec(compile(code, f"README.md, {title}", "exec"), {"model": model, "__name__": "readme"})
    assert re.search(EXPECTED[title], capsys.readouterr().out)


def test_the_parser_and_the_tool_are_called_as_it_says(tool_calling):
    from langchain_core.prompts import ChatPromptTemplate
    from langchain_verbalized_sampling import VerbalizedSamplingOutputParser, VerbalizedSamplingTool

    parser = VerbalizedSamplingOutputParser(k=5)
    prompt = ChatPromptTemplate.from_messages([("system", "{instructions}"), ("human", "{query}")])
    chain = prompt | tool_calling(answer) | parser
    given = {"instructions": parser.get_format_instructions(), "query": "A street"}
    assert len(chain.invoke(given)) == 5
    assert "Answer 3" in VerbalizedSamplingTool(tool_calling(answer)).invoke({"query": "A street"})


DOCS = sorted((README.parent / "docs").glob("*.mdx"))


@pytest.mark.parametrize("page", DOCS, ids=[page.stem for page in DOCS])
def test_a_page_of_the_docs_runs(page, tool_calling, monkeypatch, capsys):
    monkeypatch.setattr(langchain_openai, "ChatOpenAI", lambda **settings: tool_calling(answer))
    names = {"__name__": page.stem}
    for code in re.findall(r"^```python\n(.*?)^```", page.read_text(), re.DOTALL | re.MULTILINE):
        exec(compile(code, page.name, "exec"), names)
    assert capsys.readouterr().out.strip()
    assert page.read_text().startswith("---\ntitle: ")
