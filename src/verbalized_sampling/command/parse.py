"""``verbalize parse``: reads a reply that somebody has already."""

from __future__ import annotations

from typing import Any, BinaryIO

import click

from ..parsing import DistributionParser
from .options import output_options, reading_options
from .output import remark, show

__all__ = ["parse"]


@click.command("parse")
@click.argument("file", type=click.File("rb"))
@reading_options
@click.option("--strict", is_flag=True, help="Refuse a reply that needs any repair.")
@output_options
def parse(*, file: BinaryIO, select: Any, seed: int | None, as_json: bool, **settings: Any) -> None:
    """Read a reply that you already have, say from a chat window: a FILE, or - for standard input."""
    parser: DistributionParser[Any] = DistributionParser(**settings)
    distribution = parser.parse(file.read().decode(errors="replace"))
    show(distribution, select, seed, as_json=as_json)
    remark(distribution)
