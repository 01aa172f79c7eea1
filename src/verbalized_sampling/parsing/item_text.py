"""The text of a list item without what opens it, what decorates it, and its number."""

from __future__ import annotations

import re

from .draft import Draft
from .items import Item
from .lines import Line, Opener, is_fence, is_rule, lines_of
from .marks import Mark, labels_in
from .number import Number

__all__ = ["draft_of", "labelled_in"]

_TEXT_LABEL = re.compile(
    r"[ \t>]{0,8}(?:[-*•][ \t]+)?[*_`]{0,3}(?:text|response|answer|content|completion|output|文本|回答|回复|内容"
    r"|テキスト"
    r"|応答|텍스트"
    r"|응답|답변|내용"
    r"|texto|respuesta|contenido|resposta|conteúdo|texte|réponse|antwort|testo|risposta|metin|yanıt|النص|نص|الرد|текст|ответ"
    r"|full text|full response|response text)[*_`]{0,3}[ \t]{0,3}[:：][*_`]{0,3}[ \t]*",
    re.IGNORECASE,
)
_EDGES = " \t|,;:：—–-·•→="
_EMPTY_BRACKETS = re.compile(r"[(\[（【]\s*[,;|]?\s*[)\]）】]")


def labelled_in(text: str) -> tuple[Number, str] | None:
    """The one labelled number in a text, and the text without it; None if there is none, or several."""
    labels = labels_in(text)
    if labels is None:
        return None
    lines = lines_of(text, 0, len(text))
    marks = [(i, mark) for i, line in enumerate(lines) for mark in labels.marks(line.text)]
    if len(marks) != 1:
        return None
    draft = draft_of(lines, Item(0, len(lines), Opener("text", 7, 0), marks))
    return marks[0][1].number, draft.text


def draft_of(lines: list[Line], item: Item) -> Draft:
    """An item's text without what opens it and without its number."""
    pieces: list[str] = []
    spans: dict[int, list[Mark]] = {}
    for at, mark in item.marks:
        spans.setdefault(at, []).append(mark)
    for i in range(item.first, item.last):
        line = lines[i]
        if is_rule(line.text) or (i in (item.first, item.last - 1) and is_fence(line.text)):
            continue
        written = line.text
        taken = spans.get(i, ())
        for mark in sorted(taken, key=lambda m: -m.start) if len(taken) > 1 else taken:
            written = _without(written, mark)
        if i == item.first:
            written = _opened(written, line)
        if taken and not any(map(str.isalnum, written)):
            continue
        label = _TEXT_LABEL.match(written) if ":" in written or "：" in written else None
        if label and (i == item.first or label.end() < len(written) or i + 1 < item.last):
            written = written[label.end() :]
            if not written.strip():
                continue
        pieces.append(written)
    body = "\n".join(pieces).strip()
    number = item.marks[0][1].number if item.marks else None
    end = lines[item.last - 1].end
    if body[:1] == ">" and all(line.startswith(">") for line in body.split("\n")):
        body = "\n".join(line[1:].removeprefix(" ") for line in body.split("\n"))
    return Draft(_unquoted(_undecorated(body)) if body else "", number, lines[item.first].start, end)


def _without(line: str, mark: Mark) -> str:
    before, after = line[: mark.start], line[mark.end :]
    if not after.strip(_EDGES + "*_`.|"):
        return before.rstrip(_EDGES)
    if not before.strip(_EDGES + "*_`|#0123456789.)("):
        return before + after.lstrip(_EDGES)
    between = "" if after.lstrip("*_`")[:1] in (":", "：", ",", ".", ";") else " "
    return _EMPTY_BRACKETS.sub("", before.rstrip() + between + after.lstrip(" "))


def _opened(written: str, line: Line) -> str:
    """The first line of an item without what opens it: heading marks, numbers, "Response 1:", "Theme Name:"."""
    openers = [o for o in line.openers if o.kind != "bold"]
    if not openers:
        return written
    body = openers[-1].body
    rest = written[body:].lstrip(_EDGES + ".)")
    if "**" in rest and written[:body].count("**") % 2 == 1:
        rest = rest.replace("**", "", 1)
    return rest


def _undecorated(body: str) -> str:
    """Takes bold or italic marks off a text that is decorated as a whole, and off its first line."""
    first, newline, rest = body.partition("\n")
    stripped = first.strip()
    if not stripped or (stripped[0] not in "*_`" and stripped[-1] not in "*_`"):
        return body
    for mark in ("***", "**", "__", "*", "_", "`"):
        inner = stripped[len(mark) : -len(mark)]
        if (
            stripped.startswith(mark)
            and stripped.endswith(mark)
            and inner
            and mark[0] not in (inner[0], inner[-1])
            and mark not in inner
        ):
            return (inner.strip(" :：") if newline else inner.strip()) + newline + rest
    if stripped.startswith("**") and stripped.count("**") == 1:
        return stripped[2:].strip() + newline + rest
    if stripped.endswith("**") and stripped.count("**") == 1:
        return stripped[:-2].strip() + newline + rest
    return body


_QUOTES = {'"': '"', "“": "”", "「": "」", "«": "»", "『": "』"}


def _unquoted(body: str) -> str:
    closing = _QUOTES.get(body[:1])
    if closing and len(body) > 2 and body.endswith(closing) and body.count(closing) == (2 if closing == '"' else 1):
        return body[1:-1].strip()
    return body
