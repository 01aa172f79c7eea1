"""Texts that come in: from arguments, from standard input, from files."""

from __future__ import annotations

import sys
from typing import BinaryIO

import click

__all__ = ["decode", "query_from", "read", "well_formed"]

_LONGEST = 100_000_000  # bytes; a device that never ends is no text


def query_from(argument: str | None) -> str:
    """The query, from standard input if it is not an argument.

    Raises:
        click.UsageError: There is none, it is no text, or a person at the keyboard does not know that one is awaited.
    """
    if argument is not None:
        return well_formed(argument, "the query")
    if sys.stdin is None or sys.stdin.isatty():
        raise click.UsageError('What should the model answer? For example: verbalize "Tell me a joke"')
    if not hasattr(sys.stdin, "buffer"):
        return sys.stdin.read()
    read_bytes = read(sys.stdin.buffer)
    try:
        return decode(read_bytes)
    except UnicodeDecodeError as error:
        raise click.UsageError(f"standard input is not UTF-8 text ({error.reason} at byte {error.start})") from error


def well_formed(text: str, what: str) -> str:
    """``text``, which the shell gave.

    Raises:
        click.UsageError: Its bytes are no text.
    """
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise click.UsageError(f"{what} is not UTF-8 text") from error
    return text


def read(file: BinaryIO) -> bytes:
    """All of a file.

    Raises:
        click.UsageError: It is a folder, or does not come to an end within 100 MB.
    """
    try:
        content = file.read(_LONGEST + 1)
    except OSError as error:
        raise click.UsageError(f"cannot read {file.name!r}: {error.strerror}") from error
    if len(content) > _LONGEST:
        raise click.UsageError(f"{file.name!r} is longer than {_LONGEST // 1_000_000} MB")
    return content


def decode(content: bytes, errors: str = "strict") -> str:
    """Text in UTF-8, or in UTF-16 if it says so in its first two bytes, as Windows writes it."""
    is_utf16 = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    return content.decode("utf-16" if is_utf16 else "utf-8-sig", errors)
