"""Rows that come in, good and bad: each bad one has its line and its reason, and none ends the job."""

from __future__ import annotations

import json

import pytest

from verbalized_sampling import SettingsError, TemplateError
from verbalized_sampling.bulk import bulk

GOOD = '{"prompt": "Tea?"}'


@pytest.fixture
def ask(tmp_path, model, read):
    """Runs a job over a file with that content; gives the report, what was asked, and the errors."""

    def ask(content, name="prompts.jsonl", **settings):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        report = bulk(path, tmp_path / "data.jsonl", model=model, k=2, **settings)
        return report, list(model.asked), read(report.errors) if report.errors else []

    return ask


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{'prompt': 'x'}", "line 2 is not JSON: Expecting property name"),
        ('{"prompt": "x"', "line 2 is not JSON"),
        ("[1, 2]", "line 2 is a list, not an object"),
        ("null", "line 2 is null, not an object"),
        ("12", "line 2 is a number, not an object"),
        ('{"promt": "x"}', "line 2 has no 'prompt': did you mean 'promt'?"),
        ('{"prompt": null}', "line 2: 'prompt' is null"),
        ('{"prompt": ""}', "line 2: the prompt is empty"),
        ('{"prompt": " \\n"}', "line 2: the prompt is empty"),
        ('{"prompt": 5}', "line 2: 'prompt' is no text"),
        ('{"prompt": []}', "line 2: a conversation has to end with a user message"),
        ('{"prompt": [{"role": "user"}]}', "line 2: the content of a message"),
        (b'{"prompt": "\xff"}', "line 2 is not UTF-8 text"),
        ("[" * 5000, "line 2 is not JSON"),
        ('{"prompt": ' + "9" * 5000 + "}", "line 2 is not JSON that can be read"),
    ],
)
def test_a_bad_row_is_an_error_with_its_line_and_the_rest_goes_on(ask, line, message):
    line = line if isinstance(line, bytes) else line.encode()
    report, asked, errors = ask(b"\n".join([GOOD.encode(), line, b'{"prompt": "Coffee?"}']))
    assert asked == ["Tea?", "Coffee?"]
    (error,) = errors
    assert message in error["error"] and error["kind"] == "bad prompt"
    assert error["raw"] == [line.decode(errors="replace")] or error["row"] == json.loads(line)
    assert report.failures == {"bad prompt": 1}


@pytest.mark.parametrize(
    ("content", "name", "message"),
    [
        ("", "prompts.jsonl", "prompts.jsonl holds no rows"),
        ("\n \n", "prompts.jsonl", "prompts.jsonl holds no rows"),
        ("prompt\nTea?\n", "prompts.jsonl", "prompts.jsonl, line 1 is not JSON"),
        ('{"question": "Tea?"}', "prompts.jsonl", "no row of prompts.jsonl has a column 'prompt' (there are question)"),
        ('{"Prompt": "Tea?"}', "prompts.jsonl", "column 'prompt': did you mean 'Prompt'?"),
        ('{"prompt": ""}', "prompts.jsonl", "prompts.jsonl, line 1: the prompt is empty"),
        ("question\nTea?\n", "prompts.csv", "no row of prompts.csv has a column 'prompt'"),
        ("prompt\n", "prompts.csv", "prompts.csv holds no rows"),
        (GOOD, "prompts.txt", "its name has to end in .jsonl"),
        ("no parquet", "prompts.parquet", "as Parquet"),
    ],
)
def test_a_file_of_which_nothing_can_be_asked_is_refused_with_the_reason(ask, model, tmp_path, content, name, message):
    with pytest.raises(SettingsError) as error:
        ask(content, name)
    assert message in str(error.value) and "\n" not in str(error.value)
    assert not model.calls and [path.name for path in tmp_path.iterdir()] == [name]


def test_a_file_that_is_not_there_is_said(tmp_path, model):
    with pytest.raises(SettingsError, match="No such file"):
        bulk(tmp_path / "nowhere.jsonl", tmp_path / "data.jsonl", model=model)


def test_other_forms_of_lines_are_read(ask):
    content = '\ufeff{"prompt": "Tea?"}\r\n\r\n"Bare?"\r\n{"prompt": "NaN?", "x": NaN}'
    assert ask(content)[1] == ["Tea?", "Bare?", "NaN?"]


def test_csv_is_read_with_its_quotes_and_line_feeds(ask, read, tmp_path):
    content = '\ufeffprompt,note\r\n"Tea, or\ncoffee?",x\r\nMilk?,"a ""b"""\r\n'
    report, asked, _ = ask(content, "prompts.csv")
    assert asked == ["Tea, or\ncoffee?", "Milk?"]
    assert {row["note"] for row in read(report.out)} == {"x", 'a "b"'}


def test_tabs_part_a_tsv(ask):
    assert ask("id\tprompt\n1\tTea, or coffee?\n", "prompts.tsv")[1] == ["Tea, or coffee?"]


def test_bad_lines_of_csv_are_errors_with_their_lines(ask):
    content = b'id,prompt\n1,Tea?\n2,Cof,fee?\n3\n4,\xff?\n5,""\n6,Milk?\n'
    _, asked, errors = ask(content, "prompts.csv")
    assert asked == ["Tea?", "Milk?"]
    assert [error["error"] for error in errors] == [
        "line 3 has 3 fields, and the head 2",
        "line 4 has no 'prompt' (there are id)",
        "line 5 is not UTF-8 text",
        "line 6: the prompt is empty",
    ]


def test_long_fields_of_csv_are_read(ask):
    assert len(ask(f"prompt\n{'x' * 300_000}\n", "prompts.csv")[1][0]) == 300_000


# Templates


ROWS = '{"topic": "tea", "n": 2}\n{"topic": "coffee"}\n'


def test_a_template_makes_the_prompt_of_all_fields(ask, tmp_path):
    (tmp_path / "ask.jinja").write_text("{{ n | default(1) }} about {{ topic }}\n")
    assert ask(ROWS, prompt_template=tmp_path / "ask.jinja")[1] == ["2 about tea", "1 about coffee"]


def test_a_variable_that_one_row_lacks_is_that_rows_error(ask):
    _, asked, errors = ask(ROWS, prompt_template="{{ n }} about {{ topic }}")
    assert asked == ["2 about tea"]
    assert errors[0]["error"] == "line 2: prompt template, line 1: 'n' is undefined"


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("About {{ topc }}", "uses 'topc', which no row has: did you mean 'topic'?"),
        ("About {{ animal }}", r"uses 'animal', which no row has \(there are topic, n\)"),
        ("About {{ topic", "prompt template, line 1: unexpected end of template"),
        ("\n{{ topic | nofilter }}", "prompt template, line 2: No filter named 'nofilter'"),
        ("{{ topic.__class__.__mro__ }}", "line 1: access to attribute '__class__'"),
        ("{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}", "at most 100,000 times"),
        ("{% include 'standard.jinja' %}", "no template 'standard.jinja'"),
    ],
)
def test_a_template_that_no_row_can_be_rendered_with_is_refused(ask, model, template, message):
    with pytest.raises(TemplateError, match=message):
        ask(ROWS, prompt_template=template)
    assert not model.calls


def test_a_template_that_renders_nothing_is_an_empty_prompt(ask):
    _, asked, errors = ask(ROWS, prompt_template="{% if n is defined %}{{ topic }}{% endif %}")
    assert asked == ["tea"] and errors[0]["error"] == "line 2: the prompt is empty"


def test_a_template_file_that_is_not_there_is_said(ask):
    with pytest.raises(SettingsError, match="nowhere.jinja"):
        ask(ROWS, prompt_template="nowhere.jinja")


def test_rows_of_an_iterator_are_taken_as_there_is_room(tmp_path, model):
    taken = []

    def rows():
        for i in range(10_000):
            taken.append(i)
            yield f"Question {i}"

    bulk(rows(), tmp_path / "data.jsonl", model=model, k=2, max_calls=5)
    assert len(taken) <= 2000
