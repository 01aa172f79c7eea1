"""What the examples here take on the command line: ``--model`` and ``-n``."""

from __future__ import annotations

import argparse
from typing import Any


def options(n: int) -> dict[str, Any]:
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", help="as for verbalize; by default what is there")
    parser.add_argument("-n", type=int, default=n, help=f"how many; by default {n}")
    return vars(parser.parse_args())
