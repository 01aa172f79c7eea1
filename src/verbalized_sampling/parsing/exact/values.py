"""The candidates in a JSON value, if it is one list of records: names are resolved once for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import chain
from typing import Any

from ...values.candidate import Dropped
from ...values.repairs import Repair
from ..candidate.asked import TEXT_FIELD, Asked
from ..candidate.assemble import portable
from ..candidate.columns import ABSENT, Columns, Records
from ..candidate.fields import is_prose, name_of_texts, written
from ..candidate.placeholders import LONGEST, is_placeholder
from ..candidate.typed import Typed
from ..language import names
from ..numbers.number import Number
from .json.numbers import numbers_in
from .json.plain import SCALARS, is_plain
from .table import Table, are_plain, ragged_table_of, spans_of, table_of

__all__ = ["columns_of"]

_LIKE_A_NUMBER = 12  # characters of a text that might be read as a number
_PORTABLE = frozenset((int, bool, str, type(None)))


def columns_of(
    value: Any,
    payload: str,
    asked: Asked,
    kind: Typed | None,
    *,
    at: int | None = None,
    lines: bool = False,
    cut: bool = False,
) -> Columns | None:
    """The candidates of a value that holds nothing doubtful; otherwise None.

    Args:
        value: What a JSON library made of the payload.
        payload: The JSON.
        asked: The names that were asked for.
        kind: The candidates' own type, if they have one.
        at: Where the payload stands in the reply; None if it was repaired.
        lines: Whether the value is a list of objects that stood a line each.
        cut: Whether a record that is not finished was left out behind.
    """
    held = _list_in(value)
    if held is None:
        return None
    root, key, items = held
    table = table_of(items)
    if table is None and kind is None and not lines and not cut:
        table = ragged_table_of(items)
    if table is None or not is_plain(table, root):
        return None
    keys = tuple(table.columns)
    probability = asked.probability_in(keys)
    if len(keys) < 2 or probability is None or not are_plain(keys):
        return None
    if lines and any(name[-1:].isdigit() for name in keys):
        return None
    numbers = numbers_in(probability, table, asked)
    if numbers is None:
        return None
    name = _name_of_texts(table, asked)
    if not _is_sure(name, table, key, lines=lines, cut=cut):
        return None
    found = Columns([], numbers, reasoning=_reasoning(root) if root else None)
    if at is not None:
        found.spans = partial(spans_of, payload, at, 0 if lines else 1 if value is items else 2)
    filled = _untyped(found, table, name, payload, at) if kind is None else _typed(found, table, name, kind)
    if not filled:
        return None
    renamed = name not in (TEXT_FIELD, None) and not (kind and kind.is_object)
    renamed = renamed or probability != asked.probability
    found.repairs = (*found.repairs, *_repairs(key, root, renamed=renamed))
    return found


def _list_in(value: Any) -> tuple[dict[str, Any], str | None, list[Any]] | None:
    """The object around the list of records, its key there, and the list; None if there is no such list."""
    root: dict[str, Any] = {}
    key: str | None = None
    items = value
    if type(value) is dict:
        key = _key_of_list(value)
        if key is None:
            return None
        root, items = value, value[key]
    if not items or type(items) is not list or type(items[0]) is not dict:
        return None
    return root, key, items


def _is_sure(name: str | None, table: Table, key: str | None, *, lines: bool, cut: bool) -> bool:
    """Whether the careful way, too, takes these for candidates and finds their texts under that name."""
    if key and not (names.is_wrapper(key) or names.is_probability(key)) and not _are_texts(table.columns, name):
        return False
    if lines and (names.text_rank(name or "") is None or not all(kinds <= SCALARS for kinds in table.kinds.values())):
        return False
    if name == TEXT_FIELD:
        return True
    return not (lines and not _is_each_named(table, name)) and not (cut and len(table.columns) > 1)


def _repairs(key: str | None, root: Mapping[str, Any], *, renamed: bool) -> Iterator[Repair]:
    """What was not as asked for: a list that stands alone, names, and sentences beside the list."""
    if key is None:
        yield Repair.OTHER_SHAPE
    if renamed or key not in (None, "responses"):
        yield Repair.OTHER_KEYS
    if len(root) > 1 and any(type(said) is str and is_prose(said, other) for other, said in root.items()):
        yield Repair.PROSE


def _key_of_list(value: dict[str, Any]) -> str | None:
    """The key of the only container in an object, if it can be nothing but the list of candidates."""
    found: str | None = None
    for key, part in value.items():
        if type(part) is list and found is None:
            found = key
        elif isinstance(part, dict | list):
            return None
    if found is None or (len(value) == 1 and found == "responses"):
        return found
    if names.is_alternative(found) or names.is_draft(found) or any(key[-1:].isdigit() for key in value):
        return None
    return found if are_plain(tuple(value)) else None


def _are_texts(table: Mapping[str, Sequence[Any]], name: str | None) -> bool:
    """Whether nothing in records under an unknown name can be taken for a map of numbers, or for a further list."""
    if name is None or any(isinstance(v, dict | list) for v in chain.from_iterable(table.values())):
        return False
    return all(type(text) is str and len(text) > _LIKE_A_NUMBER for text in table[name])


def _name_of_texts(table: Table, asked: Asked) -> str | None:
    if TEXT_FIELD in table.columns:
        return TEXT_FIELD
    columns = {key: column for key, column in table.columns.items() if not asked.is_probability(key)}
    if not table.ragged:
        return name_of_texts(columns)
    return name_of_texts({key: [v for v in column if v is not ABSENT] for key, column in columns.items()})


def _reasoning(root: Mapping[str, Any]) -> str | None:
    if len(root) == 1 or any(map(names.is_probability, root)):
        return None
    for key, value in root.items():
        if names.is_reasoning(key) and not isinstance(value, list) and (text := written(value)):
            return text
    return None


def _is_each_named(table: Table, name: str | None) -> bool:
    """Whether each record, be it alone, has its text under that name."""
    return all(
        name_of_texts({key: [value] for key, value in zip(table.columns, row, strict=True)}) == name
        for row in zip(*table.columns.values(), strict=True)
    )


def _untyped(found: Columns, table: Table, name: str | None, payload: str, at: int | None) -> bool:
    """Fills in the texts and what stands beside them; False if one of them is in doubt."""
    if name is None or table.kinds[name] != {str}:
        return False
    texts: Sequence[str] = table.columns.pop(name)
    if table.ragged and any(text is ABSENT for text in texts):
        return False
    found.texts = texts
    if table.columns:
        found.beside = Records(
            {
                key: column if table.kinds[key] <= _PORTABLE else list(map(_portable, column))
                for key, column in table.columns.items()
            },
            ragged=table.ragged,
        )
    shortest = min(map(len, texts))
    if shortest > LONGEST and not any(map(str.isspace, texts)):
        return True
    return _without_examples(found, payload, at)


def _portable(value: Any) -> Any:
    return value if value is ABSENT else portable(value)


def _without_examples(found: Columns, payload: str, at: int | None) -> bool:
    """Leaves out what is no answer; False if there is nothing else, or nobody can tell where it stands."""
    faults: dict[int, Repair] = {}
    for place, (text, number) in enumerate(zip(found.texts, found.numbers, strict=True)):
        if not text or text.isspace():
            faults[place] = Repair.EMPTY_TEXT
        elif len(text) <= LONGEST and is_placeholder(text, Number(number) if isinstance(number, float) else number):
            faults[place] = Repair.EXAMPLE
    if not faults:
        return True
    if at is None or found.spans is None or len(faults) == len(found.texts):
        return False
    spans = found.spans()
    found.leave_out(
        {
            place: Dropped(payload[spans[place][0] - at : spans[place][1] - at], spans[place][0], fault)
            for place, fault in faults.items()
        }
    )
    return True


def _typed(found: Columns, table: Table, name: str | None, kind: Typed) -> bool:
    """Fills in the values and their texts; False if one of them does not validate."""
    if any(number is None or (isinstance(number, Number) and number.stated is None) for number in found.numbers):
        return False  # it may be an example
    if kind.is_object:
        records: list[Any] = [*Records(table.columns)]
    elif name is None or table.kinds[name] != {str}:
        return False
    else:
        records = list(table.columns[name])
    values = kind.read_all(records)
    if values is None:
        return False
    found.values, found.texts = values
    return True
