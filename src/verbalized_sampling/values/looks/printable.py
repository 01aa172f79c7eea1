"""What of an untrusted text may be shown to people."""

from __future__ import annotations

import re

__all__ = ["UNSEEN", "encodable", "printable"]

# Control codes, surrogates and everything invisible: marks that turn the direction of writing, joiners, fillers, tag
# characters, variation selectors but for those of emoji. (Unicode's Cc, Cf, Cs, Zl, Zp and Default_Ignorable, without
# the signs of Cf that are seen.)
UNSEEN = re.compile(
    "[\0-\x08\x0b-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ud800-\udfff\ufe00-\ufe0d\ufeff\uffa0\ufff0-\ufffb\U00013430-\U0001343f"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
# Within words of Persian or Hindi, and within emoji, joiners have their place; a terminal shows those as well without.
_JOINING = re.compile("(?<=[^\0-\x7f])[\u200c\u200d](?=[^\0-\x7f])")


def printable(text: str, *, keep_joiners: bool = False) -> str:
    r"""``text`` with what can't be seen, or would steer what shows it, as visible escapes (``\x1b``, ``\u202e``).

    Args:
        text: The text of a model.
        keep_joiners: Whether zero-width joiners stay between letters that are no ASCII, for media that lay out
            scripts; otherwise they are left out.
    """
    text = text.replace("\r\n", "\n")
    if keep_joiners:
        return UNSEEN.sub(lambda m: m[0] if _JOINING.match(text, m.start()) else _escape(m[0]), text)
    return UNSEEN.sub(lambda m: _escape(m[0]), _JOINING.sub("", text))


def encodable(text: str, encoding: str) -> str:
    """``text`` with what ``encoding`` lacks as visible escapes."""
    return text.encode(encoding, "backslashreplace").decode(encoding)


def _escape(character: str) -> str:
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
