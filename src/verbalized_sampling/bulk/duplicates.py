"""Texts that were there before, or nearly so, in the whole of an output."""

from __future__ import annotations

from importlib.util import find_spec

from ..errors import SettingsError
from ..values.sameness import text_key

__all__ = ["NearDuplicates", "check_similarity"]

_SHINGLE = 4  # characters: needs no words, so that it holds for every script
_PERMUTATIONS = 128
_LEAST = 0.5
_BANDS = {16: 0.9, 32: 0.6, 64: 0.5}  # how many, from which likeness on: at most 2 in 100 of that likeness are missed


class NearDuplicates:
    """An index of texts by MinHash (Broder 1997) and locality-sensitive hashing, in memory: about 2 kB a text.

    What it finds is compared once more, exactly, so that nothing is taken for alike by chance.

    Args:
        similar: From which likeness on two texts are as good as the same: the Jaccard index of their runs of four
            characters, whatever case and white space, in [0.5, 1).
    """

    def __init__(self, similar: float) -> None:
        from rensa import RMinHashLSH

        self._similar = similar
        bands = next(number for number, least in _BANDS.items() if similar >= least)
        self._index = RMinHashLSH(similar, _PERMUTATIONS, bands)
        self._texts: list[str] = []

    def add(self, text: str) -> bool:
        """Takes a text in, unless one that is like it is there; whether it was taken."""
        from rensa import RMinHash

        key = text_key(text)
        shingles = _shingles(key)
        sketch = RMinHash(_PERMUTATIONS, 1)
        sketch.update(list(shingles))
        if any(_likeness(shingles, _shingles(self._texts[at])) >= self._similar for at in self._index.query(sketch)):
            return False
        self._index.insert(len(self._texts), sketch)
        self._texts.append(key)
        return True


def check_similarity(similar: float | None) -> None:
    """Refuses a likeness that is none, and one that needs a library that is not installed.

    Raises:
        SettingsError: See above.
    """
    if similar is None:
        return
    if isinstance(similar, bool) or not isinstance(similar, int | float) or not _LEAST <= similar <= 1:
        raise SettingsError(f"dedupe must be between {_LEAST} and 1, not {similar!r}: 1 is the same, 0.8 much alike")
    if similar < 1 and find_spec("rensa") is None:
        raise SettingsError('finding near duplicates needs rensa: pip install "verbalized-sampling-core[bulk]"')


def _shingles(key: str) -> set[str]:
    return {key[i : i + _SHINGLE] for i in range(max(1, len(key) - _SHINGLE + 1))}


def _likeness(a: set[str], b: set[str]) -> float:
    return len(a & b) / len(a | b)
