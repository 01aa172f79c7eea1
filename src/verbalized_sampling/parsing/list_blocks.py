"""Candidates in lists: numbered, bulleted, under headings, or line by line, each with its number somewhere.

The reply's own structure decides what an item is: of all the ways to cut it into items, the one in which most
items carry exactly one number.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from ..candidate import Dropped
from ..repairs import Repair
from .choose import revised
from .draft import Block, Draft
from .lines import Line, Opener, lines_of
from .marks import Mark, labels_in, unlabelled
from .number import Number
from .placeholders import is_placeholder

__all__ = ["Item", "closes", "draft_of", "ends", "labelled_in", "list_blocks"]

_MOST_KINDS = 12
_MOST_MARKS = 8  # in one item; more can't be one statement repeated
_DIGIT = re.compile(r"\d")
_UNMARKED = ("paragraph", "line", "mark", "after")  # items that nothing opens but a blank line or their number
_RULE = re.compile(r"[ \t]{0,8}(?:[-_*=~#+─━═]{3,}|(?:[-*_] ){3,})[ \t]{0,8}\Z")
_FENCE = re.compile(r"[ \t>]{0,8}(?:```|~~~)")
_CLOSING = re.compile(
    r"[\s>#*_\-–•✅📌👉⭐🏆➡️\ufe0f\d.)]{0,16}(?:my |the |our |claude's |model's |your )?(?:\w+[ ]){0,1}?"
    r"(?:final\b|selected\b|selection\b|chosen\b|choice\b|choose\b|recommend|sampled\b|winner\b|pick\b"
    r"|decision\b|conclusion\b|rationale\b|reasoning\b|explanation\b|note:|notes?\b|summary\b|total\b|sum\b"
    r"|let me know|i hope|hope |would you|feel free"
    r"|these (?:responses|options|probabilities)"
    r"|se selecciona|decisión|elección|selección|elegid|escolh|seleção|decisão|choix|auswahl|seçim"
    r"|выбор|итог|选定|选择|最终|採用|选中|推荐|选用|采用|選択|決定|選定|선택|최종|추천|결론|الاختيار|النهائي)",
    re.IGNORECASE,
)
_PHRASES = ("let me know", "hope ", "would you", "feel free", "responses", "options", "probabilities", "se selecciona")
_COLON = re.compile(r"[^\n:：]{0,40}[:：]")
_TEXT_LABEL = re.compile(
    r"[ \t>]{0,8}(?:[-*•][ \t]+)?[*_`]{0,3}(?:text|response|answer|content|completion|output|文本|回答|回复|内容|テキスト"
    r"|応答|텍스트"
    r"|응답|답변|내용"
    r"|texto|respuesta|contenido|resposta|conteúdo|texte|réponse|antwort|testo|risposta|metin|yanıt|النص|نص|الرد|текст|ответ"
    r"|full text|full response|response text)[*_`]{0,3}[ \t]{0,3}[:：][*_`]{0,3}[ \t]*",
    re.IGNORECASE,
)
_EDGES = " \t|,;:：—–-·•→="
_EMPTY_BRACKETS = re.compile(r"[(\[（【]\s*[,;|]?\s*[)\]）】]")


@dataclass(slots=True)
class Item:
    """Some lines that may be a candidate, and the numbers in them."""

    first: int  # index of its first line
    last: int  # index after its last line
    opener: Opener
    marks: list[tuple[int, Mark]]


def list_blocks(text: str, start: int, end: int) -> list[Block]:
    """The blocks of candidates written as a list, in order."""
    labels = labels_in(text[start:end])
    if labels is None and not _DIGIT.search(text, start, end):
        return []
    lines = lines_of(text, start, end)
    marks: dict[int, list[Mark]] = {}
    if labels is not None:
        for i, line in enumerate(lines):
            if found := labels.marks(line.text):
                marks[i] = found
    items = _best(lines, marks) if marks else None
    if items is None:
        marks = _weak_marks(lines)
        items = _best(lines, marks, least=2) if marks else None
    if items is None:
        return []
    return _blocks(text, lines, items)


def _weak_marks(lines: list[Line]) -> dict[int, list[Mark]]:
    """Unlabelled numbers, if every item of some list has one."""
    by_kind: dict[str, list[tuple[int, Mark | None]]] = {}
    for i, line in enumerate(lines):
        if line.openers:
            opener = line.openers[0]
            body = line.openers[-1].body if not line.openers[-1].kind.startswith("bold") else opener.body
            mark = unlabelled(line.text[body:])
            shifted = Mark(mark.number, mark.start + body, mark.end + body) if mark else None
            by_kind.setdefault(opener.kind, []).append((i, shifted))
    plain = [(i, unlabelled(line.text)) for i, line in enumerate(lines) if not line.blank]
    for found in [*by_kind.values(), plain]:
        marked = [(i, mark) for i, mark in found if mark]
        if len(marked) >= 2 and (len(marked) == len(found) or (found is plain and _run(plain))):
            return {i: [mark] for i, mark in marked}
    return {}


def _run(found: list[tuple[int, Mark | None]]) -> bool:
    """Whether the marked ones stand together, with at most one line before and after them."""
    places = [at for at, (_, mark) in enumerate(found) if mark]
    return places[-1] - places[0] == len(places) - 1 and places[0] <= 1 and len(found) - places[-1] <= 2


def _best(lines: list[Line], marks: dict[int, list[Mark]], least: int = 1) -> list[Item] | None:
    counts = Counter(opener.kind for line in lines for opener in line.openers)
    kinds = [kind for kind, _ in counts.most_common(_MOST_KINDS)]  # each costs a walk over the lines
    best: list[Item] | None = None
    best_score = 0.0
    for kind in [*kinds, *_UNMARKED]:
        if kind == _UNMARKED[0] and best is not None and best_score * 3 >= len(marks):
            break  # without any marker only where the marked lists don't explain the numbers
        items = _cut(lines, marks, kind)
        good = sum(1 for item in items if len(item.marks) == 1)
        crowded = sum(1 for item in items if len(item.marks) > 1)
        if good < (max(2, least) if kind in _UNMARKED else least):
            continue
        text = sum(1 for item in items if len(item.marks) == 1 and _has_text(lines, item))
        covered = {at for item in items for at, _ in item.marks}
        before = sum(1 for at in marks if at < items[0].first)
        score = text - 1.5 * crowded - 0.9 * before - 0.1 * (len(marks) - len(covered))
        if score > best_score:
            best, best_score = items, score
    return best


def _has_text(lines: list[Line], item: Item) -> bool:
    at, mark = item.marks[0]
    for i in range(item.first, item.last):
        line = lines[i].text
        if i == at:
            line = line[: mark.start] + line[mark.end :]
        if i == item.first:
            line = line[min(item.opener.body, len(line)) :]
        if any(char.isalnum() for char in line):
            return True
    return False


def _cut(lines: list[Line], marks: dict[int, list[Mark]], kind: str) -> list[Item]:
    """Cuts the lines into items of one kind; each is cut off where something greater begins."""
    if kind == "after":
        return _cut_after(lines, marks)
    items: list[Item] = []
    current: Item | None = None
    blank = True
    for i, line in enumerate(lines):
        opener = next((o for o in line.openers if o.kind == kind), None)
        if (
            (kind == "paragraph" and blank and not line.blank)
            or (kind == "line" and i in marks and _at_edge(line, marks[i]))
            or (kind == "mark" and i in marks and _alone(line, marks[i]))
        ):
            opener = Opener(kind, 7, 0)
        blank = line.blank
        if opener is not None:
            current = Item(i, i + 1, opener, [])
            items.append(current)
        elif current is None:
            continue
        elif ends(line, current) or kind == "line":
            current = None
            continue
        current.last = i + 1
        current.marks += [(i, mark) for mark in marks.get(i, ())]
    for item in items:
        _deduplicate(item)
        _cut_tail(lines, item)
    _cut_last(lines, items)
    return items


def _cut_after(lines: list[Line], marks: dict[int, list[Mark]]) -> list[Item]:
    """Items that end with a line that is nothing but their number."""
    items: list[Item] = []
    first = 0
    for i in sorted(marks):
        if not _alone(lines[i], marks[i]):
            continue
        items.append(Item(first, i + 1, Opener("after", 7, 0), [(i, marks[i][0])]))
        first = i + 1
    if len(items) > 1:  # what stands before the first one may be an introduction
        most = max(_paragraphs(lines, item.first, item.last) for item in items[1:])
        at, count = items[0].last - 1, 0
        while at >= 0:
            if not lines[at].blank and (at == 0 or lines[at - 1].blank):
                count += 1
                if count == most:
                    items[0].first = at
                    break
            at -= 1
    return items


def _alone(line: Line, marks: list[Mark]) -> bool:
    return not any(char.isalnum() for char in line.text[: marks[0].start] + line.text[marks[-1].end :])


def _at_edge(line: Line, marks: list[Mark]) -> bool:
    """Whether a number opens or closes its line, as it does in a list, and not in a sentence."""
    before, after = line.text[: marks[0].start], line.text[marks[-1].end :]
    return not any(c.isalnum() for c in before) or not any(c.isalnum() for c in after)


def ends(line: Line, item: Item) -> bool:
    """Whether a line can't belong to an item any more."""
    if line.openers and line.openers[0].rank < 7 and line.openers[0].rank <= item.opener.rank:
        return line.openers[0].kind != item.opener.kind
    return bool(item.marks) and _RULE.match(line.text) is not None and item.opener.rank == 7


def closes(line: str) -> bool:
    """Whether a line begins a closing remark ("Final choice: …")."""
    match = _CLOSING.match(line)
    if match is None:
        return False
    # A word of choice alone may begin an answer; as a heading, or before a colon, it announces one.
    announced = line.lstrip().startswith(("#", "**", "__", "✅", "📌", "⭐", "🏆", "---"))
    phrase = match[0].casefold().endswith(_PHRASES)
    return announced or phrase or _COLON.match(line, match.end()) is not None


def _deduplicate(item: Item) -> None:
    """The same number stated twice in an item is one statement."""
    seen: list[tuple[int, Mark]] = []
    if len(item.marks) > _MOST_MARKS:
        return
    for at, mark in item.marks:
        if not any(_same(mark.number, other.number) for _, other in seen):
            seen.append((at, mark))
    if len(seen) == 1:
        item.marks = seen


def _same(one: Number, other: Number) -> bool:
    if one.stated is None or other.stated is None:
        return one == other
    return (
        abs(one.stated - other.stated) < 1e-9
        or abs(one.stated * 100 - other.stated) < 0.6
        or abs(one.stated - other.stated * 100) < 0.6
    )


def _cut_tail(lines: list[Line], item: Item) -> None:
    """Ends an item before a closing remark after its number."""
    if not item.marks:
        return
    for i in range(item.marks[0][0] + 1, item.last):
        if closes(lines[i].text) and (i == 0 or lines[i - 1].blank):
            last, marks = item.last, item.marks
            item.last, item.marks = i, [(at, mark) for at, mark in item.marks if at < i]
            if not _has_text(lines, item):  # it was the answer after all
                item.last, item.marks = last, marks
            return


def _cut_last(lines: list[Line], items: list[Item]) -> None:
    """Ends the last item of each run where the items before it show that it ends."""
    marked = [item for item in items if item.marks]
    if len(marked) < 2:
        return
    others = marked[:-1]
    last = marked[-1]
    if all(_last_line(lines, item) == item.marks[-1][0] for item in others):
        last.last = last.marks[0][0] + 1
    else:
        longest = max(_paragraphs(lines, item.first, item.last) for item in others)
        count, i = 0, last.first
        while i < last.last:
            if not lines[i].blank and (i == last.first or lines[i - 1].blank):
                count += 1
                if count > longest:
                    last.last = i
                    break
            i += 1
    last.marks = [(at, mark) for at, mark in last.marks if at < last.last]


def _last_line(lines: list[Line], item: Item) -> int:
    i = item.last - 1
    while i > item.first and (lines[i].blank or _RULE.match(lines[i].text) or _FENCE.match(lines[i].text)):
        i -= 1
    return i


def _paragraphs(lines: list[Line], first: int, last: int) -> int:
    return sum(1 for i in range(first, last) if not lines[i].blank and (i == first or lines[i - 1].blank))


# From items to drafts


def _blocks(text: str, lines: list[Line], items: list[Item]) -> list[Block]:
    blocks: list[Block] = []
    marked = [i for i, item in enumerate(items) if item.marks]
    first, last = marked[0], marked[-1]
    for i, item in enumerate(items):
        continued = first < i < last or (i == last + 1 and _continues(lines, items[last], item))
        if not item.marks and not continued:
            continue
        draft = draft_of(lines, item)
        if not draft.text and not item.marks:
            continue
        if not blocks or revised(text, blocks[-1].end, draft.start):
            blocks.append(Block([], draft.start, draft.end, repairs={Repair.OTHER_FORMAT: None}))
        block = blocks[-1]
        block.end = draft.end
        if is_placeholder(draft.text, draft.number):
            block.dropped.append(Dropped(text[draft.start : draft.end], draft.start, Repair.EXAMPLE))
        elif not draft.text:
            block.dropped.append(Dropped(text[draft.start : draft.end], draft.start, Repair.EMPTY_TEXT))
        else:
            if not item.marks and i == len(items) - 1 and item.last == len(lines):
                draft.repairs = (Repair.CUT_OFF,)
                block.repairs[Repair.CUT_OFF] = None
            block.drafts.append(draft)
    return blocks


def _continues(lines: list[Line], before: Item, item: Item) -> bool:
    """Whether an item without a number goes on with the list: it follows at once and is called the same."""
    gap = [line for line in lines[before.last : item.first] if not line.blank and not _RULE.match(line.text)]
    if gap or item.last < len(lines) or item.opener.kind in ("paragraph", "line", "bold"):
        return False
    labels = [{o.label for o in lines[at.first].openers if o.label} for at in (before, item)]
    numbered = item.opener.kind.startswith(("number", "letter", "label"))
    return bool(labels[0] & labels[1]) or (numbered and not closes(lines[item.first].text[item.opener.body :]))


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
        if _RULE.match(line.text) or (_FENCE.match(line.text) and i in (item.first, item.last - 1)):
            continue
        written = line.text
        taken = spans.get(i, ())
        for mark in sorted(taken, key=lambda m: -m.start):
            written = _without(written, mark)
        if i == item.first:
            written = _opened(written, line)
        if taken and not any(char.isalnum() for char in written):
            continue
        label = _TEXT_LABEL.match(written)
        if label and (i == item.first or label.end() < len(written) or i + 1 < item.last):
            written = written[label.end() :]
            if not written.strip():
                continue
        pieces.append(written)
    body = "\n".join(pieces).strip()
    number = item.marks[0][1].number if item.marks else None
    end = lines[item.last - 1].end
    if body.startswith(">") and all(line.startswith(">") for line in body.split("\n")):
        body = "\n".join(line[1:].removeprefix(" ") for line in body.split("\n"))
    return Draft(_unquoted(_undecorated(body)), number, lines[item.first].start, end)


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
    bold = written[: min(body, len(written))].count("**") % 2 == 1
    rest = written[min(body, len(written)) :].lstrip(_EDGES + ".)")
    if bold:
        rest = rest.replace("**", "", 1)
    return rest


def _undecorated(body: str) -> str:
    """Takes bold or italic marks off a text that is decorated as a whole, and off its first line."""
    first, newline, rest = body.partition("\n")
    stripped = first.strip()
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
