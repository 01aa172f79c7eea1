"""Texts that are long in one place: what reads it again and again takes time with the square of its length."""

from __future__ import annotations

from collections.abc import Callable

__all__ = ["LONG"]

NUMBERS = "\n1. a (p=0.2)\n2. b (p=0.1)\n"


def times(size: int, piece: str) -> str:
    return piece * (size // len(piece))


def keyed(size: int, piece: str) -> str:
    """Pieces that hold their number, no two alike."""
    return "".join(piece.format(i) for i in range(size // len(piece)))


def lettered(size: int, piece: str) -> str:
    """Pieces that hold a word of their own."""
    letters = [chr(97 + i) for i in range(26)]
    words = (f"{letters[i // 676 % 26]}{letters[i // 26 % 26]}{letters[i % 26]}q" for i in range(size // len(piece)))
    return "".join(piece.format(word) for word in words)


LONG: dict[str, Callable[[int], str]] = {
    "blanks in the line below a table's header": lambda size: f"| a | probability |\n> {' ' * size}x|\n| b | 0.5 |",
    "blanks behind dashes": lambda size: f"| a | probability |\n---{' ' * size}x|\n| b | 0.5 |",
    "digits in a table's header": lambda size: f"| {'1' * size}x | probability |\n|---|---|\n| b | 0.5 |",
    "blanks behind a word that may count": lambda size: f"Response{' ' * size}!{NUMBERS}",
    "blanks behind a word that counts": lambda size: f"Response 1{' ' * size}x{NUMBERS}",
    "blanks in a YAML value": lambda size: f"- text: x{' ' * size}y\n  probability: 0.5\n",
    "blanks behind a fence": lambda size: f'x\n```{" " * size}!\n{{"responses": []',
    "blanks in brackets": lambda size: f"1. a ({' ' * size}x p=0.1 y{NUMBERS}",
    "labels without a number": lambda size: "x\n" + times(size, "Probability:\n"),
    "labels above their number": lambda size: "x\n" + times(size, "Probability:\n0.5\n"),
    "paragraphs behind the last number": lambda size: "1. a (p=0.5)\n\n" + times(size, "a\n\n"),
    "titles behind the last number": lambda size: "1. a (p=0.5)\n\n" + times(size, "**T**\n\n"),
    "remarks before the last number": lambda size: (
        "1. a\n\n" + times(size, "These options sum to x.\n\n") + "These options: p=0.5"
    ),
    "words that count, each another": lambda size: lettered(size, "{0} 1: x\n{0} 2: y\n") + NUMBERS,
    "objects beside numbers": lambda size: (
        '{"probabilities": {' + keyed(size, '"{}": 0.1, ') + '"x": 0.1}, ' + keyed(size, '"{}": {{"a": "b"}}, ') + "}"
    ),
    "texts numbered by their keys": lambda size: "{" + keyed(size, '"text{}": "a", ') + '"x": 1}',
    "blanks before a text": lambda size: f"1. {chr(10) * size}a: (0.1)\n2. b (0.2)",
    "blanks behind a plus": lambda size: f'{{"responses": [{{"text": "a" +{chr(10) * size}x", "probability": 0.1}}]}}',
    "elements and objects by turns": lambda size: times(
        size, '<response><text>a b</text><probability>0.1</probability></response>\nRevised:\n{"text": "c"}\nRevised:\n'
    ),
    "numbers in one line": lambda size: "1. a " + times(size, "(p=0.1, ") + NUMBERS,
    "numbers with commas between": lambda size: times(size, "1,p=0.1") + NUMBERS,
    "rows without a number among others": lambda size: keyed(size, "a{0}: 0.2\nb{0}: ?\n"),
    "pieces without a number in one line": lambda size: keyed(size, "a{0} (0.2), b{0} (), ") + "c (0.1)",
    "closing remarks with numbers": lambda size: times(size, "Total: 100%\n"),
    "signs before numbers in one line": lambda size: times(size // 2, "** ") + times(size // 2, "~p=0.1="),
    "signs behind a number in one line": lambda size: (
        "p=0.1" + times(size // 2, " *") + "x" + times(size // 2, " prob=0.2")
    ),
    "counts without a text": lambda size: '{"responses": [{' + keyed(size, '"k{}": 1, ') + '"probability": 0.5}]}',
}
