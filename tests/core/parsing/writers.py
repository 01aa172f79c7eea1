"""Writers: a distribution in every format that models write, and the damages they do to it."""

from __future__ import annotations

import json
import string
from collections.abc import Callable

from hypothesis import strategies as st

Pairs = list[tuple[str, float]]

# Texts without the marks of any format, so that every writer can hold them unharmed.
_ALPHABET = string.ascii_letters + " éßñçøжиθالعبة中文日本語한국어,;!?'"
TEXTS = (
    st.text(_ALPHABET, min_size=3, max_size=60)
    .map(lambda text: "Say " + " ".join(text.split()).strip(" ,;!?'") + " now")
    .filter(lambda text: len(text) > 8)
)
NUMBERS = st.integers(1, 99).map(lambda n: n / 100)
PAIRS = st.lists(st.tuples(TEXTS, NUMBERS), min_size=2, max_size=6, unique_by=lambda pair: pair[0].casefold())


def as_json(pairs: Pairs) -> str:
    return json.dumps({"responses": [{"text": t, "probability": p} for t, p in pairs]}, ensure_ascii=False)


def as_indented(pairs: Pairs) -> str:
    return json.dumps({"responses": [{"text": t, "probability": p} for t, p in pairs]}, indent=2)


def as_list(pairs: Pairs) -> str:
    return json.dumps([{"answer": t, "confidence": p} for t, p in pairs])


def as_lines(pairs: Pairs) -> str:
    return "\n".join(json.dumps({"text": t, "probability": p}) for t, p in pairs)


def as_repr(pairs: Pairs) -> str:
    return repr([{"response": t, "probability": p} for t, p in pairs])


def as_tags(pairs: Pairs) -> str:
    return "\n".join(f"<response>\n<text>{t}</text>\n<probability>{p}</probability>\n</response>" for t, p in pairs)


def as_attributes(pairs: Pairs) -> str:
    return "\n".join(f'<response probability="{p}">{t}</response>' for t, p in pairs)


def as_numbered(pairs: Pairs) -> str:
    return "\n".join(f"{i}. {t} (p={p})" for i, (t, p) in enumerate(pairs, 1))


def as_labels(pairs: Pairs) -> str:
    return "\n\n".join(f"**Text:** {t}\n**Probability:** {p}" for t, p in pairs)


def as_headings(pairs: Pairs) -> str:
    return "\n\n".join(f"### Response {i} (Probability: {p})\n\n{t}" for i, (t, p) in enumerate(pairs, 1))


def as_table(pairs: Pairs) -> str:
    return "| Probability | Response |\n|---|---|\n" + "\n".join(f"| {p} | {t} |" for t, p in pairs)


def as_grid(pairs: Pairs) -> str:
    rule = "+---+---+\n"
    return f"{rule}| Answer | Likelihood |\n{rule}" + rule.join(f"| {t} | {p} |\n" for t, p in pairs) + rule


def as_csv(pairs: Pairs) -> str:
    return "id,text,probability\n" + "\n".join(f'{i},"{t}",{p}' for i, (t, p) in enumerate(pairs))


def as_data_frame(pairs: Pairs) -> str:
    width = max(len(t) for t, _ in pairs)
    rows = "\n".join(f"{i:<4}{t:>{width}}  {p:>11}" for i, (t, p) in enumerate(pairs))
    return f"{'text':>{width + 4}}  probability\n{rows}"


def as_yaml(pairs: Pairs) -> str:
    return "responses:\n" + "\n".join(f"  - text: {json.dumps(t)}\n    probability: {p}" for t, p in pairs)


def as_call(pairs: Pairs) -> str:
    return json.dumps({"name": "answer", "arguments": json.loads(as_json(pairs))}, ensure_ascii=False)


def as_yaml_blocks(pairs: Pairs) -> str:
    return "responses:\n" + "\n".join(f"- probability: {p}\n  text: |\n    {t}\n" for t, p in pairs)


def as_yaml_flow(pairs: Pairs) -> str:
    return "responses:\n" + "\n".join(f"  - {{text: {json.dumps(t)}, probability: {p}}}" for t, p in pairs)


def as_toml(pairs: Pairs) -> str:
    return "\n\n".join(
        f"[[responses]]\ntext = {json.dumps(t, ensure_ascii=False)}\nprobability = {p}" for t, p in pairs
    )


def as_string_call(pairs: Pairs) -> str:
    return json.dumps({"tool_calls": [{"type": "function", "function": {"name": "f", "arguments": as_json(pairs)}}]})


def as_list_of_a_call(pairs: Pairs) -> str:
    return json.dumps([{"name": "answer", "arguments": json.loads(as_json(pairs))}])


def as_string_calls(pairs: Pairs) -> str:
    arguments = [json.dumps({"text": t, "probability": p}) for t, p in pairs]
    return json.dumps({"tool_calls": [{"function": {"name": "f", "arguments": a}} for a in arguments]})


def as_envelope(pairs: Pairs) -> str:
    message = {"role": "assistant", "content": as_json(pairs)}
    return json.dumps({"choices": [{"index": 0, "message": message}]}, ensure_ascii=False)


def as_percents_in_json(pairs: Pairs) -> str:
    """Of tenths of a percent, which two of them show to be percents."""
    return json.dumps([{"text": t, "probability": round(p * 90 + 1.5, 1)} for t, p in pairs])


def as_dashes(pairs: Pairs) -> str:
    return "\n".join(f"- {t} - {round(p * 100)}%" for t, p in pairs)


def as_bold_percents(pairs: Pairs) -> str:
    return "\n\n".join(f"**{t}** ({round(p * 100)}%)" for t, p in pairs)


def as_plain_percents(pairs: Pairs) -> str:
    return "\n".join(f"{t}: {round(p * 100)}%" for t, p in pairs)


def as_calls_by_keywords(pairs: Pairs) -> str:
    return "[" + ", ".join(f"Candidate(text={t!r}, probability={p})" for t, p in pairs) + "]"


def as_nested_calls(pairs: Pairs) -> str:
    calls = ",\n".join(f"    Item(\n        probability={p},\n        answer={json.dumps(t)},\n    )" for t, p in pairs)
    return f"Answer(\n  items=[\n{calls}\n  ]\n)"


def as_map(pairs: Pairs) -> str:
    return json.dumps(dict(pairs), ensure_ascii=False)


def as_map_below_a_name(pairs: Pairs) -> str:
    return json.dumps({"reasoning": 'Each takes "another" side.', "distribution": dict(pairs)}, indent=2)


def as_python_map(pairs: Pairs) -> str:
    return f"probabilities = {dict(pairs)!r}"


def as_string(pairs: Pairs) -> str:
    return json.dumps(as_json(pairs))


def as_string_of_a_list(pairs: Pairs) -> str:
    return json.dumps(as_list(pairs))


def as_pairs(pairs: Pairs) -> str:
    return json.dumps(pairs, ensure_ascii=False)


def as_pairs_turned(pairs: Pairs) -> str:
    return json.dumps({"reasoning": "Each takes a side.", "candidates": [[p, t] for t, p in pairs]}, indent=1)


def as_single_maps(pairs: Pairs) -> str:
    return json.dumps([{t: p} for t, p in pairs])


def as_parallel_lists(pairs: Pairs) -> str:
    texts, numbers = zip(*pairs, strict=True)
    return json.dumps({"texts": texts, "probabilities": numbers})


def as_parallel_lists_turned(pairs: Pairs) -> str:
    texts, numbers = zip(*pairs, strict=True)
    return json.dumps({"scores": numbers, "responses": texts}, indent=2)


def as_keyed_records(pairs: Pairs) -> str:
    return json.dumps({f"response_{i}": {"text": t, "probability": p} for i, (t, p) in enumerate(pairs, 1)})


def as_message(pairs: Pairs) -> str:
    call = {"type": "tool_use", "id": "a1", "name": "answer", "input": json.loads(as_json(pairs))}
    return json.dumps([{"type": "text", "text": "Here they are."}, call])


STREAMED = [as_json, as_indented, as_list, as_lines, as_repr, as_call]
STREAMED += [as_tags, as_attributes, as_numbered, as_headings]
STREAMED += [as_yaml, as_yaml_blocks, as_yaml_flow, as_toml, as_string_call, as_string_calls, as_envelope]
STREAMED += [as_calls_by_keywords, as_nested_calls, as_map, as_map_below_a_name, as_python_map]
STREAMED += [as_list_of_a_call, as_string, as_string_of_a_list, as_table, as_grid, as_csv, as_data_frame]
STREAMED += [as_pairs, as_pairs_turned, as_single_maps, as_parallel_lists, as_parallel_lists_turned]
STREAMED += [as_keyed_records, as_message]
STREAMED += [as_dashes, as_bold_percents, as_plain_percents]
WRITERS: list[Callable[[Pairs], str]] = [*STREAMED, as_labels]


def fenced(reply: str) -> str:
    return f"```\n{reply}\n```"


def chatty(reply: str) -> str:
    return f"Of course, here they come.\n\n{reply}\n\nLet me know if you want more!"


def thought(reply: str) -> str:
    return f'<think>A draft: {{"responses": [{{"text": "Never", "probability": 0.99}}]}} no.</think>\n{reply}'


def unharmed(reply: str) -> str:
    return reply


DAMAGES = [unharmed, fenced, chatty, thought]
