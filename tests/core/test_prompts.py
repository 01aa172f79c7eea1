"""What is sent to a model."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, Field

from verbalized_sampling import Elicitation, TemplateError
from verbalized_sampling.values.weights import Definition

QUOTED = Path(__file__).parent.parent / "data" / "paper_prompts"
BRACES = "{{ 7 * 7 }} {% raw %} {# no #} {input_prompt} ${x} %s \\n </text>"


def messages(query="Name a colour", **settings):
    return [dict(m) for m in next(Elicitation(**settings).plan(query)).messages]


def text(query="Name a colour", **settings):
    return "\n".join(m["content"] for m in messages(query, **settings))


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("standard", {}),
        ("cot", {"variant": "cot"}),
        ("tags_full", {"format": "tags"}),
        ("tags_tail", {"format": "tags", "tau": 0.1}),
    ],
)
def test_the_papers_prompts_stand_as_they_were_published(name, settings):
    expected = (QUOTED / f"{name}.txt").read_text().replace("{input_prompt}", "Name a colour").strip()
    sent = messages(template="paper", **settings)
    assert sent[0]["content"] == expected
    if "format" in settings:  # the tag form is a system prompt, and the query follows it
        assert sent == [{"role": "system", "content": expected}, {"role": "user", "content": "Name a colour"}]
    else:
        assert len(sent) == 1


def test_the_papers_later_turns_stand_as_they_were_published():
    plan = Elicitation(template="paper", variant="multi").plan("Name a colour")
    next(plan)
    request = plan.send('{"responses": [{"text": "red", "probability": 0.5}]}')
    assert request.messages[-1]["content"] == (QUOTED / "more.txt").read_text().strip()
    assert [m["role"] for m in request.messages] == ["user", "assistant", "user"]


def test_the_papers_wording_for_pasting_can_be_had_too():
    from verbalized_sampling.prompts import PromptSet

    rendered = PromptSet.of(None, "standard").render("paper/pasted", k=5, tau=0.1)
    assert rendered == (QUOTED / "pasted.txt").read_text().strip()


@given(st.text(min_size=1).filter(str.strip) | st.just(BRACES))
def test_the_query_is_data_and_is_never_rendered(query):
    assert messages(query)[-1] == {"role": "user", "content": query}
    assert query in messages(query, template="paper")[0]["content"]


@pytest.mark.parametrize("variant", ["standard", "cot", "multi"])
@pytest.mark.parametrize("form", ["json", "tags"])
def test_every_setting_reaches_the_prompt(variant, form):
    prompt = text(variant=variant, format=form, k=7, tau=0.1, words=40)
    for piece in ("seven", "less than 0.10", "40 words", "language of the query", "text", "probability"):
        assert piece in prompt
    assert ("<response>" in prompt) == (form == "tags")
    assert ("reasoning" in prompt) == (variant == "cot")
    assert "full distribution of possible responses." in text(variant=variant, format=form)


@pytest.mark.parametrize(
    ("tau", "written"), [(0.1, "0.10"), (0.05, "0.05"), (0.001, "0.001"), (1, "1.00"), (0.5, "0.50")]
)
def test_a_threshold_is_written_as_people_write_it(tau, written):
    assert f"less than {written}." in text(tau=tau)


def test_each_definition_has_its_own_wording():
    prompts = {text(definition=definition) for definition in Definition}
    assert len(prompts) == len(Definition)
    assert "less than 5 %" in text(definition="percentage", tau=0.05)


def test_no_default_prompt_reads_as_an_answer_when_it_is_echoed():
    from verbalized_sampling import DistributionParseError, DistributionParser

    for settings in ({}, {"format": "tags"}, {"variant": "cot"}, {"format": "tags", "variant": "cot"}, {"tau": 0.1}):
        with pytest.raises(DistributionParseError):
            DistributionParser().parse(text(**settings))


class Recipe(BaseModel):
    title: str = Field(max_length=80, description="what it is called")
    minutes: int = Field(ge=1, default=30)


def test_a_typed_candidate_stands_in_the_prompt_with_its_schema():
    for form in ("json", "tags"):
        prompt = text(candidate=Recipe, format=form)
        assert '"title"' in prompt and "what it is called" in prompt


def test_a_system_prompt_of_the_callers_own_comes_first():
    sent = messages([{"role": "system", "content": "You are a pirate."}, {"role": "user", "content": "Hello"}])
    assert sent[0]["role"] == "system" and sent[0]["content"].startswith("You are a pirate.\n\n")
    assert [m["role"] for m in sent] == ["system", "user"]


def test_earlier_messages_of_a_conversation_are_kept():
    history = [
        {"role": "user", "content": "Hi"},
        {"role": "assistant", "content": "Hello!"},
        {"role": "user", "content": "A joke, please"},
    ]
    assert messages(history)[1:] == history
    assert [m["content"] for m in messages(history, template="paper")][:2] == ["Hi", "Hello!"]


def test_a_file_replaces_the_opening_prompt(tmp_path):
    file = tmp_path / "mine.jinja"
    file.write_text("Give {{ k }} answers as JSON.")
    assert messages(template=file, k=3) == [
        {"role": "system", "content": "Give 3 answers as JSON."},
        {"role": "user", "content": "Name a colour"},
    ]
    file.write_text("{{ query }}! Give {{ k }} answers as JSON.")
    assert messages(template=file, k=3) != messages(template=file, k=4)


def test_a_folder_replaces_the_templates_it_holds(tmp_path):
    (tmp_path / "more.jinja").write_text("Noch {{ k }} andere.")
    plan = Elicitation(template=tmp_path, variant="multi", k=2).plan("Hallo")
    assert "two possible responses" in next(plan).messages[0]["content"]
    assert plan.send('[{"text": "x", "probability": 1}]').messages[-1]["content"] == "Noch 2 andere."


@pytest.fixture
def mine(tmp_path):
    """Writes a template of the user's own."""

    def write(source):
        file = tmp_path / "mine.jinja"
        file.write_bytes(source if isinstance(source, bytes) else source.encode())
        return file

    return write


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("one\n{{ kk }}", "line 2: 'kk' is undefined"),
        ("one\ntwo {% if %}", "line 2: Expected an expression"),
        (
            "{% include 'standrd.jinja' %}",
            "line 1: there is no template 'standrd.jinja', did you mean 'standard.jinja'",
        ),
        ("one\n\n{% if tau < 0.5 %}{% endif %}", "line 3: '<' not supported.*test it first, as in {% if tau %}"),
        ("{{ 1/0 }}", "line 1: division by zero"),
        ("{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}", "line 1: it goes too deep"),
        ("{{ " + "(" * 5000 + "1" + ")" * 5000 + "}}", "it goes too deep"),
        ("{% for a in [1] %}" * 30 + "{% endfor %}" * 30, "too many statically nested blocks"),
        ("{{ 'é'.encode('ascii') }}", "line 1: 'ascii' codec"),
        (b"one \xff", "not UTF-8 text"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_whatever_goes_wrong_in_a_template_says_where(mine, source, message):
    with pytest.raises(TemplateError, match=rf"mine\.jinja.*{message}") as caught:
        Elicitation(template=mine(source)).plan("x")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "source",
    [
        "{{ ''.__class__ }}",
        "{{ k.__init__ }}",
        "{{ wanted | attr('__class__') }}",
        "{{ self.__init__.__globals__ }}",
        "{{ cycler.__init__.__globals__ }}",
        "{{ (k | format).__doc__ }}",
        "{{ '{0.__class__}'.format(k) }}",
        "{{ wanted.update({'k': 6}) }}",
        "{% do wanted.clear() %}",
        "{% set wanted.k = 3 %}",
        "{% include '../prompt_set.py' %}",
        "{% include '/etc/passwd' %}",
        "{{ lipsum() }}",
        "{{ open('/etc/passwd') }}",
    ],
)
def test_a_template_reads_its_variables_and_nothing_of_python(mine, source):
    with pytest.raises(TemplateError):
        Elicitation(template=mine(source)).plan("x")


@pytest.mark.parametrize(
    "source",
    [
        "{% for a in range(10 ** 9) %}{% endfor %}",
        "{% for a in range(9999) %}{% for b in range(9999) %}{% endfor %}{% endfor %}",
        "{% set r = range(9999) %}{% for a in r %}{% for b in r %}{% endfor %}{% endfor %}",
        "{% for a in [1] recursive %}{{ loop([1, 1]) }}{% endfor %}",
        "{{ 9 ** 999 ** 999 ** 999 }}",
        "{{ 'a' * 10 ** 9 }}",
        "{{ [1] * 10 ** 9 }}",
        "{% macro a(x) %}{{ x }}{{ x }}{% endmacro %}{{ " + "a(" * 60 + "'x'" + ")" * 60 + " }}",
        "{% macro a(n) %}{% if n %}{{ a(n - 1) }}{{ a(n - 1) }}{% endif %}{% endmacro %}{{ a(60) }}",
        "{% set a = 'x' %}" + "{% set a = a ~ a %}" * 60,
        "{% set a = 'x' %}" + "{% set a = a + a %}" * 60,
        "{% set a = 'x' %}" + "{% set a = [a, a] | join %}" * 60,
        "{% set a %}x{% endset %}" + "{% set a %}{{ a }}{{ a }}{% endset %}" * 60,
        "{% for a in range(9999) %}{{ 'x' * 99999 }}{% endfor %}",
    ],
    ids=range(14),
)
def test_no_template_works_for_ever(mine, source):
    with pytest.raises(TemplateError):
        Elicitation(template=mine(source)).plan("x")


@pytest.mark.parametrize(
    "source",
    [
        "'x' | center(10 ** 9)",
        "'x' | center(width=10 ** 9)",
        "'x' | indent(10 ** 9, true)",
        "'%*d' | format(10 ** 9, 1)",
        "'%1000000000d' | format(1)",
        "'{:>1000000000}'.format(1)",
        "'{:>{}}'.format(1, 10 ** 9)",
        "'{a:{w}}'.format_map({'a': 1, 'w': 10 ** 9})",
        "'x'.ljust(10 ** 9)",
        "'x'.zfill(10 ** 9)",
        "'a\tb'.expandtabs(10 ** 9)",
        "('x' * 99999) | replace('x', 'y' * 99999)",
        "('x' * 99999).replace('x', 'y' * 99999)",
        "('x' * 99999).translate({120: 'y' * 99999})",
        "(['x'] * 99999) | join('y' * 99999)",
        "('y' * 99999).join(['x'] * 99999)",
        "(['x' * 99999] * 99999) | map('upper') | join",
        "[1] | batch(10 ** 8, 'x') | list | length",
        "[1] | slice(10 ** 8) | list | length",
        "{'a': 1} | tojson(indent=10 ** 9)",
        "(1).to_bytes(10 ** 9, 'big') | length",
    ],
)
def test_what_would_take_all_memory_is_not_begun(mine, source):
    template = mine("{{ " + source + " }}")
    tracemalloc.start()
    try:
        with pytest.raises(TemplateError, match=r"line 1: a template may not make"):
            Elicitation(template=template).plan("x")
        assert tracemalloc.get_traced_memory()[1] < 50_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("source", "made"),
    [
        ("'a' | center(5)", "a"),
        ("'a\nb' | indent(4)", "a\n    b"),
        ("'%05.1f' | format(3.14159)", "003.1"),
        ("'%d' | format(10 ** 9)", "1000000000"),
        ("'{:,}'.format(1234567890)", "1,234,567,890"),
        ("1234567 | filesizeformat", "1.2 MB"),
        ("{'a': 1}.get('b', 2000000)", "2000000"),
        ("'aab'.replace('a', 'b', 1)", "bab"),
        ("[1, 2] | join(', ')", "1, 2"),
        ("[{'n': 1}, {'n': 2}] | join(';', attribute='n')", "1;2"),
        ("', '.join(['a', 'b'])", "a, b"),
        ("[1, 2, 3] | batch(2) | list", "[[1, 2], [3]]"),
        ("3.14159 | round(2)", "3.14"),
    ],
)
def test_filters_and_methods_within_their_bounds_are_jinjas_own(mine, source, made):
    assert text(template=mine("{{ " + source + " }}"), format="tags").startswith(made)


@pytest.mark.parametrize("name", ["query", "wanted.query", "wanted['query']"])
def test_a_template_that_holds_the_query_becomes_the_users_message(mine, name):
    (message,) = next(Elicitation(template=mine("Answer {{ " + name + " }} well.")).plan("{{ x }}")).messages
    assert message == {"role": "user", "content": "Answer {{ x }} well."}


def test_joined_texts_are_jinjas_own(mine):
    assert text(template=mine("{{ k ~ ' of ' ~ tau ~ query ~ [1] }}")) == "5 of NoneName a colour[1]"


def test_loops_within_their_bounds_are_jinjas_own(mine):
    source = "{% for a in 'xy' %}{{ loop.index }} of {{ loop.length }}{% if not loop.last %}, {% endif %}{% endfor %}"
    assert "1 of 2, 2 of 2" in text(template=mine(source))
    assert text(template=mine("{% for a in [] %}{% else %}none{% endfor %}")).startswith("none")


def test_a_file_can_include_the_prompt_that_it_replaces(mine, tmp_path):
    assert text(template=mine('{% include "standard.jinja" %} Be brief.')).startswith("You are a helpful assistant.")
    (tmp_path / "folder").mkdir()
    own = tmp_path / "folder" / "standard.jinja"
    own.write_text('{% include "shipped/standard.jinja" %} Be brief.')
    assert "You are a helpful assistant." in text(template=own.parent)
    own.write_text('{% include "standard.jinja" %} Be brief.')
    with pytest.raises(TemplateError, match=r"standard\.jinja, line 1: .*shipped/"):
        text(template=own.parent)


def test_a_folder_with_a_malformed_template_costs_no_call(tmp_path):
    (tmp_path / "more.jinja").write_text("one\n{% if %}")
    with pytest.raises(TemplateError, match=r"more\.jinja, line 2"):
        Elicitation(template=tmp_path, variant="multi").plan("x")


def test_a_template_that_is_not_there_says_what_can_be_named(tmp_path):
    for missing, message in (
        ("nowhere", "'paper' or 'search_queries'"),
        ("papr", "did you mean 'paper'"),
        (tmp_path, "holds no template"),
        ("/dev/zero", "longer than a megabyte"),
        ("\0", "cannot be read"),
    ):
        with pytest.raises(TemplateError, match=message):
            Elicitation(template=missing).plan("x")


CHINESE = Path(__file__).parents[2] / "examples" / "templates_zh"


@pytest.mark.parametrize("form", ["json", "tags"])
def test_a_folder_in_another_language_says_everything_in_it(form):
    plan = Elicitation(template=CHINESE, format=form, variant="multi", k=3, tau=0.1, words=20).plan(
        "讲一个关于咖啡的笑话"
    )
    request = next(plan)
    more = plan.send('[{"text": "一", "probability": "5%"}]')
    for prompt in (request.messages[0]["content"], more.messages[-1]["content"]):
        assert "概率" in prompt and "小于 0.10" in prompt and "约 20 字" in prompt
        assert "response" in prompt and "Generate" not in prompt
    again = Elicitation(template=CHINESE, format=form).plan("你好")
    next(again)
    assert "读不到" in again.send("嗯。").messages[-1]["content"]


def test_a_template_is_parsed_once_and_again_when_it_changes(tmp_path, monkeypatch):
    from jinja2 import Environment

    parsed = []
    parse = Environment.parse
    monkeypatch.setattr(
        Environment, "parse", lambda self, *args, **kwargs: parsed.append(1) or parse(self, *args, **kwargs)
    )
    page = tmp_path / "mine.jinja"
    page.write_text("Give {{ k }} answers.")
    for _ in range(3):
        assert [m["role"] for m in next(Elicitation(template=page).plan("q")).messages] == ["system", "user"]
    assert len(parsed) == 1
    page = tmp_path / "standard.jinja"
    page.write_text("Give {{ k }} answers.")
    next(Elicitation(template=tmp_path).plan("q"))
    page.write_text("Give {{ k }} answers to this: {{ query }}")
    assert [m["role"] for m in next(Elicitation(template=tmp_path).plan("q")).messages] == ["user"]


def test_a_shipped_prompt_is_rendered_once_for_its_settings_and_a_users_own_each_time(tmp_path, monkeypatch):
    from jinja2 import Template

    rendered = []
    render = Template.render
    monkeypatch.setattr(
        Template, "render", lambda self, *args, **kwargs: rendered.append(1) or render(self, *args, **kwargs)
    )
    once = {messages(query, k=3, words=417)[0]["content"] for query in ("Name a colour", "Name a street")}
    assert len(rendered) == len(once) == 1
    assert once != {messages(k=3, words=418)[0]["content"]}
    random = tmp_path / "random.jinja"
    random.write_text("{{ range(99999) | random }}")
    assert len({text(template=random) for _ in range(4)}) > 1


@pytest.mark.parametrize("variant", ["standard", "cot", "multi", "sequence"])
@pytest.mark.parametrize("form", ["json", "tags"])
def test_instructions_for_a_prompt_of_ones_own_say_what_the_prompt_says_of_the_format(variant, form):
    elicitation = Elicitation(variant=variant, format=form, k=7)
    system = elicitation.plan("q").send(None).messages[0]["content"]
    assert elicitation.format_instructions().split("\n\n", 1)[1] == system.split("\n\n", 1)[1]
