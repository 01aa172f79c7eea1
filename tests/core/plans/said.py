"""What models say in these tests."""

from __future__ import annotations

import json


def reply(*pairs: tuple[str, float]) -> str:
    return json.dumps({"responses": [{"text": text, "probability": p} for text, p in pairs]})


FIVE = reply(("a", 0.3), ("b", 0.25), ("c", 0.2), ("d", 0.15), ("e", 0.1))
