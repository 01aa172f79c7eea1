"""What goes on to the model, what comes back, and what is said where it is not as asked for."""

from __future__ import annotations

import json

import openai
import pytest

from verbalized_sampling import Elicitation, Reply, Usage
from verbalized_sampling.models.dialect import dialect_of

from ...scripted import chunk, completion, in_events, in_json

TOOL = {"type": "function", "function": {"name": "weather", "parameters": {"type": "object", "properties": {}}}}
CALL = {"id": "call_1", "type": "function", "function": {"name": "weather", "arguments": '{"city": "Rome"}'}}


def listed(*texts, start=0.05):
    return json.dumps({"responses": [{"text": text, "probability": start} for text in texts]})


@pytest.fixture(autouse=True)
def fresh():
    dialect_of.cache_clear()


@pytest.fixture
def served(serve, scripted):
    return serve(f"m@{scripted.url}")


def sent(scripted, number=0):
    return scripted.seen[number].body


def texts(response):
    assert response.status_code == 200, response.text
    return [choice["message"]["content"] for choice in response.json()["choices"]]


# One answer


def test_a_request_for_one_answer_goes_on_and_comes_back_as_it_is(served, scripted):
    answer = completion("tea", reasoning_content="hm") | {"service_tier": "x", "system_fingerprint": "fp"}
    for body in ({}, {"n": 1}, {"n": None}):
        scripted.plays(in_json(answer))
        more = {"tools": [TOOL], "tool_choice": "auto", "logprobs": True, "top_p": 0.5, "future": {"a": [1]}} | body
        response = served.ask(**more)
        assert response.json() == answer
        assert sent(scripted) == {"model": "m", "messages": [{"role": "user", "content": "Name a drink"}]} | more


def test_its_stream_goes_through_event_by_event(served, scripted):
    scripted.plays(in_events(chunk("te"), chunk("a"), chunk(finish_reason="stop"), b": a comment\n\n"))
    response = served.ask(stream=True)
    assert response.headers["content-type"].startswith("text/event-stream")
    assert response.content == b"".join(scripted.answers[0].body)


def test_a_forced_tool_is_for_the_model_alone(served, scripted):
    scripted.plays(in_json(completion(None, tool_calls=[CALL])))
    for choice in ("required", {"type": "function", "function": {"name": "weather"}}):
        response = served.ask(n=3, tools=[TOOL], tool_choice=choice)
        assert response.json()["choices"][0]["message"]["tool_calls"] == [CALL]
        assert scripted.seen[-1].body["n"] == 3 and "response_format" not in scripted.seen[-1].body


def test_a_setting_of_ours_makes_one_answer_a_draw(served, scripted):
    scripted.plays(in_json(completion(listed("tea", "mate", "malt", "must", "milk"))))
    drawn = {texts(served.ask(tau=0.1, seed=seed))[0] for seed in range(12)}
    assert len(drawn) > 2 and drawn <= {"tea", "mate", "malt", "must", "milk"}
    assert "0.1" in sent(scripted)["messages"][0]["content"] and "five" in sent(scripted)["messages"][0]["content"]
    assert len(scripted.seen) == 12  # one call each
    assert texts(served.ask(tau=0.1, seed=3)) == texts(served.ask(tau=0.1, seed=3))


def test_a_server_that_draws_does_so_for_every_request(serve, scripted):
    served = serve(f"m@{scripted.url}", draws=True, elicitation=Elicitation(k=3, tau=0.2))
    scripted.plays(in_json(completion(listed("tea", "mate", "malt"))))
    (text,) = texts(served.ask())
    assert text in ("tea", "mate", "malt") and "0.2" in sent(scripted)["messages"][0]["content"]


# Several


def test_other_parameters_go_on_and_ours_do_not(served, scripted):
    scripted.plays(in_json(completion(listed("tea", "mate"))))
    more = {"top_p": 0.5, "presence_penalty": 0.1, "user": "u", "reasoning_effort": "low", "future": {"a": [1]}}
    served.ask(n=2, temperature=0.3, seed=7, tau=0.2, variant="cot", words=3, logprobs=True, top_logprobs=2, **more)
    body = sent(scripted)
    assert {name: body[name] for name in more} == more and body["temperature"] == 0.3 and body["seed"] == 7
    assert not {"n", "tau", "variant", "words", "k", "logprobs", "top_logprobs", "stop"} & body.keys()
    assert "reason step by step" in body["messages"][0]["content"] and "0.2" in body["messages"][0]["content"]


def test_settings_may_be_headers_and_the_body_counts_before_them(served, scripted):
    scripted.plays(in_json(completion(listed("tea", "mate"))))
    served.ask(n=2, headers={"X-Verbalized-Tau": "0.3", "X-Verbalized-Variant": "cot"})
    assert "0.3" in sent(scripted)["messages"][0]["content"] and "reason" in sent(scripted)["messages"][0]["content"]
    served.ask(n=2, tau=0.4, headers={"X-Verbalized-Tau": "0.3"})
    assert "0.4" in sent(scripted, 1)["messages"][0]["content"]
    assert served.ask(n=2, headers={"X-Verbalized-Tau": "low"}).json()["error"]["param"] == "tau"


def test_choices_are_drawn_by_weight_so_that_the_first_is_a_sample(served, scripted):
    reply = '[{"text": "tea", "probability": 0.6}, {"text": "mate", "probability": 0.4}]'
    scripted.plays(in_json(completion(reply)))
    firsts = [texts(served.ask(n=2, seed=seed))[0] for seed in range(40)]
    assert 14 <= firsts.count("tea") <= 34  # 24 expected


def test_more_candidates_than_answers_are_asked_for_with_k(served, scripted):
    scripted.plays(in_json(completion(listed(*"abcdefgh"))))
    for body in ({}, {"stream": True}):
        response = served.ask(n=3, k=8, seed=1, **body)
        assert "eight" in scripted.seen[-1].body["messages"][0]["content"]
    assert len(texts(served.ask(n=3, k=8))) == 3
    assert response.text.count('"role":"assistant"') == 3


def test_several_turns_are_one_answer_with_usage_summed(served, scripted):
    scripted.plays(in_json(completion(listed("a", "b"))), in_json(completion(listed("c", "d"))))
    response = served.ask(n=4, variant="multi")
    assert sorted(texts(response)) == ["a", "b", "c", "d"]
    assert response.json()["usage"] == {"prompt_tokens": 22, "completion_tokens": 44, "total_tokens": 66}
    assert response.json()["verbalized_sampling"]["calls"] == 2


def test_fewer_than_asked_for_are_topped_up_and_then_it_is_said(served, scripted):
    scripted.plays(in_json(completion(listed("tea", "Tea", "mate"))), in_json(completion(listed("tea"))))
    response = served.ask(n=5)
    assert sorted(texts(response)) == ["mate", "tea"]
    said = response.json()["verbalized_sampling"]
    assert (said["requested"], said["distinct"], said["calls"]) == (5, 2, 2)
    assert said["notes"][0] == "the model gave 2 distinct answers where 5 were asked for"
    assert response.headers["x-verbalized-distinct"] == "2"
    scripted.plays(in_events(chunk(listed("tea", "Tea", "mate"))), in_events(chunk(listed("tea"))))
    *_, last, end = served.ask(n=5, stream=True).text.strip().split("\n\n")
    assert json.loads(last.removeprefix("data: "))["verbalized_sampling"]["distinct"] == 2 and end == "data: [DONE]"


def test_log_probabilities_of_several_choices_are_said_to_be_missing(served, scripted):
    for n, said in ((2, 1), (1, 0)):
        answer = served.ask(n=n, logprobs=True).json()
        notes = answer.get("verbalized_sampling", {}).get("notes", [])
        assert sum("logprobs are null" in note for note in notes) == said
    assert scripted.seen[-1].body["logprobs"] is True


def test_a_limit_is_meant_for_one_answer(served, scripted):
    scripted.plays(in_json(completion(listed("tea", "mate"))))
    for name in ("max_tokens", "max_completion_tokens"):
        served.ask(n=2, **{name: 100})
        assert 2 * 100 < scripted.seen[-1].body["max_tokens"] <= 2 * 160


def test_a_reply_that_was_cut_says_so_of_its_last_answer(served, scripted):
    whole = listed("tea", "mate", "maté de coca")
    scripted.plays(in_json(completion(whole[:-20], finish_reason="length")), in_json(completion("")))
    choices = served.ask(n=3).json()["choices"]
    assert sorted(choice["finish_reason"] for choice in choices) == ["length", *["stop"] * (len(choices) - 1)]


def test_stop_texts_end_each_answer_and_not_the_list(served, scripted):
    scripted.plays(in_json(completion(listed("tea. Hot", "mate"))))
    for stop in (".", [".", "zz"]):
        assert sorted(texts(served.ask(n=2, stop=stop))) == ["mate", "tea"]
    assert all("stop" not in seen.body for seen in scripted.seen)


def test_a_schema_holds_for_each_answer(served, scripted):
    records = [{"name": "Ada", "probability": 3, "candidate_probability": 0.4}, {"name": 7, "probability": 0.2}]
    scripted.plays(in_json(completion(json.dumps({"responses": records}))), in_json(completion("{}")))
    schema = {
        "type": "object",
        "properties": {"name": {"type": "string", "enum": ["Ada", "Bob"]}, "probability": {"type": "number"}},
        "required": ["name", "probability"],
    }
    wanted = {"type": "json_schema", "json_schema": {"name": "person", "strict": True, "schema": schema}}
    response = served.ask(n=2, response_format=wanted)
    assert [json.loads(text) for text in texts(response)] == [{"name": "Ada", "probability": 3}]
    asked = sent(scripted)["response_format"]["json_schema"]["schema"]["properties"]["responses"]["items"]
    assert asked["properties"]["name"] == {"type": "string", "enum": ["Ada", "Bob"]}


def test_answers_in_json_without_a_schema_are_objects(served, scripted):
    scripted.plays(in_json(completion('{"responses": [{"text": {"a": 1}, "probability": 0.1}]}')))
    response = served.ask(n=2, response_format={"type": "json_object"})
    assert [json.loads(text) for text in texts(response)] == [{"a": 1}]


def test_a_model_that_calls_a_tool_is_passed_on(served, scripted):
    scripted.plays(in_json(completion(None, finish_reason="tool_calls", tool_calls=[CALL])))
    (choice,) = served.ask(n=3, tools=[TOOL]).json()["choices"]
    assert sent(scripted)["tools"] == [TOOL] and len(scripted.seen) == 1
    assert choice["finish_reason"] == "tool_calls"
    assert choice["message"]["tool_calls"] == [CALL | {"index": 0}]


def test_a_tool_that_is_called_in_a_stream_is_passed_on(served, scripted):
    first = {"index": 0, "id": "call_1", "type": "function", "function": {"name": "weather", "arguments": ""}}
    rest = [{"index": 0, "function": {"arguments": piece}} for piece in ('{"city"', ': "Rome"}')]
    deltas = [chunk(None, tool_calls=[delta]) for delta in (first, *rest)]
    scripted.plays(in_events(*deltas, chunk(finish_reason="tool_calls")))
    with served.client().chat.completions.stream(
        model="m", messages=[{"role": "user", "content": "x"}], n=3, tools=[TOOL]
    ) as stream:
        (choice,) = stream.get_final_completion().choices
    assert choice.message.tool_calls[0].function.arguments == '{"city": "Rome"}'
    assert choice.finish_reason == "tool_calls"


def test_a_tools_result_may_be_what_is_answered(served, scripted):
    scripted.plays(in_json(completion(listed("sunny", "bright"))))
    conversation = [
        {"role": "developer", "content": "Be brief."},
        {"role": "user", "content": "Weather?"},
        {"role": "assistant", "content": None, "tool_calls": [CALL]},
        {"role": "tool", "tool_call_id": "call_1", "content": ""},
    ]
    assert len(texts(served.ask(messages=conversation, n=2, tools=[TOOL]))) == 2
    system, *rest = sent(scripted)["messages"]
    assert rest == conversation[1:]
    assert system["role"] == "system" and system["content"].startswith("Be brief.")


def test_images_stay_in_the_query(served, scripted):
    scripted.plays(in_json(completion(listed("cat", "dog"))))
    content = [
        {"type": "text", "text": "What?"},
        {"type": "image_url", "image_url": {"url": "data:image/png;base64,x"}},
    ]
    served.ask(messages=[{"role": "user", "content": content}], n=2)
    assert sent(scripted)["messages"][-1]["content"] == content


def test_a_refusal_is_the_models_answer_and_apart_where_answers_are_json(served, scripted):
    scripted.plays(in_json(completion("I'm sorry, I can't help with that.")))
    assert texts(served.ask(n=3)) == ["I'm sorry, I can't help with that."]
    message = served.ask(n=3, response_format={"type": "json_object"}).json()["choices"][0]["message"]
    assert message["content"] is None and message["refusal"] == "I'm sorry, I can't help with that."


# Models


def test_with_a_name_the_server_has_one_model_and_says_which(serve, scripted):
    served = serve(f"mine@{scripted.url}")
    scripted.plays(in_json(completion(listed("tea", "mate"))))
    assert served.ask(model="gpt-4o", n=2).json()["model"] == "mine" and sent(scripted)["model"] == "mine"
    served.ask(model="gpt-4o")
    assert sent(scripted, 1)["model"] == "mine"
    assert [model["id"] for model in served.http.get("/models").json()["data"]] == ["mine"]
    assert served.http.get("/models/mine").json()["id"] == "mine"
    assert served.http.get("/models/other").status_code == 404


def test_with_an_address_alone_clients_choose_the_model(serve, scripted):
    served = serve(scripted.url)
    scripted.plays(in_json(completion(listed("tea", "mate"))))
    served.ask(model="theirs", n=2)
    served.ask(model="theirs")
    assert [seen.body["model"] for seen in scripted.seen] == ["theirs"] * 2
    assert [model["id"] for model in served.http.get("/models").json()["data"]] == ["first-model"]


def test_a_function_can_be_served(serve):
    served = serve(lambda messages, temperature=None: Reply(listed("tea", "mate"), usage=Usage(1, 3, 4)))
    assert sorted(texts(served.ask(n=2, temperature=0.5))) == ["mate", "tea"]
    assert texts(served.ask()) == [listed("tea", "mate")]
    refused = served.ask(n=2, top_p=0.5)
    assert refused.status_code == 400 and "takes no top_p" in refused.json()["error"]["message"]


def test_one_answer_of_a_framework_model_streams_too(serve):
    models = pytest.importorskip("langchain_core.language_models")

    response = serve(models.FakeListChatModel(responses=["tea"])).ask(stream=True)
    assert '"content":"tea"' in response.text and response.text.endswith("data: [DONE]\n\n")


def test_the_openai_client_reads_what_is_ours(served, scripted):
    scripted.plays(in_json(completion(listed("tea", "mate"))))
    messages = [{"role": "user", "content": "x"}]
    done = served.client().chat.completions.create(model="m", messages=messages, n=2, extra_body={"tau": 0.1})
    assert done.verbalized_sampling["tau"] == 0.1
    assert done.choices[0].verbalized_sampling == {"verbalized": 0.05, "probability": 0.5}
    assert isinstance(done, openai.types.chat.ChatCompletion)
