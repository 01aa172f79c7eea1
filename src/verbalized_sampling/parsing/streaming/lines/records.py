"""Finding the candidates of YAML or TOML that is still being written."""

from __future__ import annotations

import re

from ....patterns import regex
from ...candidate.asked import UNTYPED
from ...candidate.found import Draft, only_draft
from ...exact.records import UniformRecords
from ...language import names
from ...readers import Reader
from ...readers.toml import toml_blocks
from ...readers.yaml import yaml_blocks

__all__ = ["RecordScanner"]

_ITEM_OF_YAML = regex(r"(?P<indent>[ \t]*+)-[ \t]++[\"']?(?P<key>[^\W\d][\w -]{0,40}?)[\"']?[ \t]*:(?:[ \t]|\Z)")
_FIELD_OF_YAML = regex(r"[ \t]++[\"']?(?P<key>[^\W\d][\w -]{0,40}?)[\"']?[ \t]*:(?:[ \t]|\Z)")
_OPENS_BLOCK = regex(r"[ \t]*+[|>][-+\d]{0,2}\Z")
_FIELD_OF_TOML = regex(r"[ \t]*+[\"']?(?P<key>[\w-]{1,60})[\"']?[ \t]*=")
_HEAD_OF_TOML = regex(r"(?P<indent>[ \t]*+)\[\[[ \t]*(?P<key>[\w.-]{1,60})[ \t]*\]\][ \t]*(?:#.*)?\Z")


class RecordScanner:
    """Follows records of several lines, each of which has ended when the next begins, or where their list ends."""

    __slots__ = ("_head", "_indent", "_is_known", "_reader", "_record", "_uniform", "failed")
    mark = ""  # any line may complete a candidate

    def __init__(self) -> None:
        self.failed = False
        self._record: list[str] = []  # the lines of the one that is open
        self._head = _ITEM_OF_YAML  # how each begins
        self._reader: Reader | None = None
        self._uniform: UniformRecords | None = None  # once one was read that others may be like
        self._indent = ""
        self._is_known = False  # whether the first field of the first one is known

    @property
    def started(self) -> bool:
        return self._reader is not None

    def scan(self, lines: str) -> list[Draft]:
        """The candidates whose records end in these lines."""
        drafts: list[Draft] = []
        for line in lines.splitlines(keepends=True):
            drafts += self._read(line)
            if self.failed:
                break
        return drafts

    def _read(self, line: str) -> list[Draft]:
        written = line.rstrip()
        if self._reader is None:
            self._begin(written, line)
            return []
        head = self._head.match(written)
        begins = head is not None and head["indent"] == self._indent
        if not begins and not self._ends_at(written):
            self._record.append(line)
            return []
        drafts = self._drafts(self._reader)
        self._record = [line]
        self.failed = self.failed or not begins  # what follows a list may be anything
        return drafts

    def _begin(self, written: str, line: str) -> None:
        """Takes a line that may begin the first record, or go on with it: a second field shows what it is."""
        alone: str | None = None  # the indent of a record that this line ends after one field: it lacks its number
        if self._record and written:
            toml = self._head is _HEAD_OF_TOML
            field = (_FIELD_OF_TOML if toml else _FIELD_OF_YAML).match(written)
            if field and not self._ends_at(written) and (self._is_known or names.is_probability(field["key"])):
                self._reader = toml_blocks if toml else yaml_blocks
                self._record.append(line)
                return
            alone = self._indent if self._is_known else None
            self._record.clear()
        for pattern in (_ITEM_OF_YAML, _HEAD_OF_TOML):
            head = pattern.match(written)
            if head is not None:
                self.failed = alone == head["indent"]
                self._head, self._indent = pattern, head["indent"]
                self._is_known = pattern is _HEAD_OF_TOML or _is_field(head)
                self._record.append(line)
                if self._is_known and pattern is _ITEM_OF_YAML and _OPENS_BLOCK.match(written, head.end()):
                    self._reader = yaml_blocks

    def _ends_at(self, written: str) -> bool:
        """Whether a line that begins no record of the list ends it."""
        if self._head is _HEAD_OF_TOML:
            return written.lstrip().startswith(("[", "```", "~~~"))
        depth = len(written) - len(written.lstrip(" \t"))
        return written != "" and (depth <= len(self._indent))

    def _drafts(self, reader: Reader) -> list[Draft]:
        """The draft in the record that is open, in a list that is empty if it was dropped."""
        record = "".join(self._record)
        if self._uniform is not None and (draft := self._uniform.read(record)) is not None:
            return [draft]
        drafts = only_draft(reader(record, 0, len(record), UNTYPED))
        if drafts is None or any(draft.number is None for draft in drafts):
            self.failed = True
            return []
        if drafts:
            self._uniform = UniformRecords.like(record, drafts[0])
        return drafts


def _is_field(head: re.Match[str]) -> bool:
    key = head["key"]
    return names.text_rank(key) is not None or names.is_title(key) or names.is_probability(key)
