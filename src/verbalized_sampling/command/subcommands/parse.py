"""``verbalize parse``: reads a reply that somebody has already."""

from __future__ import annotations

from typing import Any, BinaryIO

import click

from ...parsing import DistributionParser
from ..options import elicitation_from, output_options, reading_options
from ..output import Output
from ..pick import require_terminal
from ..texts import decode, read

__all__ = ["parse"]


@click.command("parse")
@click.argument("file", type=click.File("rb"))
@reading_options
@click.option("--strict", is_flag=True, help="Refuse a reply that needs any repair.")
@output_options
@click.pass_obj
def parse(
    output: Output,
    /,
    *,
    file: BinaryIO,
    select: Any,
    pick: bool,
    seed: int | None,
    as_json: bool,
    strict: bool,
    **settings: Any,
) -> None:
    """Read a reply that you already have: a FILE, or - for standard input."""
    if pick:
        if select != "all":
            raise click.UsageError("--pick lets you choose: leave out --select")
        require_terminal()
    elicitation_from(settings)  # refuses what no prompt could have asked for
    parser: DistributionParser[Any] = DistributionParser(**settings, strict=strict)
    content = read(file)
    try:
        text = decode(content)
    except UnicodeDecodeError as error:
        text = decode(content, "replace")
        output.say(f"the reply is not all UTF-8, first at byte {error.start}: what is no text reads as U+FFFD")
    output.show(parser.parse(text), select, seed, as_json=as_json, pick=pick)
