"""The name of the tag that each candidate of a reply stands in."""

from __future__ import annotations

from collections import Counter

from .tags import MARKUP, Role, Tag, stated_in

__all__ = ["root_name"]


def root_name(tags: list[Tag]) -> str | None:
    """The name of the tag that each candidate stands in; None if there is no candidate.

    A tag that is opened and not closed before another one of its name is only spoken of ("put it in <text>"); it says
    something only where nothing else does.
    """
    held = _held(tags)
    return _root(held) or (_root(tags) if len(held) < len(tags) else None)


def _held(tags: list[Tag]) -> list[Tag]:
    """The tags without texts, numbers and others that are opened and never closed."""
    closing: dict[str, bool] = {}
    held: list[Tag] = []
    for tag in reversed(tags):
        if tag.closes or tag.is_meant or tag.role in (Role.ROOT, Role.WRAPPER) or closing.get(tag.name):
            held.append(tag)
        closing[tag.name] = tag.closes
    held.reverse()
    return held


def _root(tags: list[Tag]) -> str | None:
    known = [tag for tag in tags if tag.role not in (Role.OTHER, Role.REASONING)]
    return _holding(known) or _beside_number(tags, known) or _unknown(tags) or _most_frequent(known)


def _holding(known: list[Tag]) -> str | None:
    """A root that holds a text or a number."""
    for i, tag in enumerate(known):
        if tag.closes or tag.role is not Role.ROOT:
            continue
        if stated_in(tag.attributes) is not None:
            return tag.name
        following = known[i + 1 : i + 4]
        if following and not following[0].closes and following[0].role in (Role.LEAF, Role.NUMBER):
            return tag.name
        if (
            len(following) == 3
            and following[0].role is Role.ROOT
            and following[1].closes
            and following[1].name == following[0].name != tag.name
            and following[2].role is Role.NUMBER
        ):
            return tag.name  # <candidate><response>…</response><probability>…
    return None


def _beside_number(tags: list[Tag], known: list[Tag]) -> str | None:
    """A text that holds its number, or stands beside it, or what both stand in."""
    for i, tag in enumerate(known):
        if tag.closes or tag.role is not Role.LEAF:
            continue
        after = known[i + 1 : i + 3]
        if (
            stated_in(tag.attributes) is not None
            or (i and known[i - 1].role is Role.NUMBER)
            or any(other.role is Role.NUMBER for other in (after if after and after[0].closes else after[:1]))
        ):
            before = tags[index - 1] if (index := tags.index(tag)) else None
            outside = (
                before is not None and not before.closes and before.role in (Role.OTHER, Role.REASONING, Role.LEAF)
            )
            return before.name if before is not None and outside else tag.name
    return None


def _unknown(tags: list[Tag]) -> str | None:
    """A tag of a name that says nothing, with a number: <state><name>…</name><probability>… or <tweet>…</tweet>."""
    opened = Counter(tag.name for tag in tags if not tag.closes)
    if any(tag.role is Role.ROOT for tag in tags):
        return None
    open_tags: list[Tag] = []
    last: Tag | None = None  # the last element that was closed
    for tag in tags:
        if tag.opens_number:
            around = open_tags[-1] if open_tags else None
            if around and (opened[around.name] * 2 > opened[tag.name] or last is None):
                return around.name
            return last.name if last else None
        if tag.role is not Role.OTHER or tag.name in MARKUP:
            continue
        if not tag.closes:
            if stated_in(tag.attributes) is not None:
                return tag.name
            open_tags.append(tag)
        elif open_tags and open_tags[-1].name == tag.name:
            last = open_tags.pop()
    return None


def _most_frequent(known: list[Tag]) -> str | None:
    """<answer><response>…</response><response>…</response></answer>: the inner one repeats."""
    counts = Counter(tag.name for tag in known if tag.role is Role.ROOT and not tag.closes)
    counts = counts or Counter(tag.name for tag in known if tag.role is Role.LEAF and not tag.closes)
    return max(counts, key=lambda name: counts[name]) if counts else None
