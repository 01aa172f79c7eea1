"""A language is one row of one table: nothing else has to be changed to read replies in it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import verbalized_sampling
from verbalized_sampling.parsing.language.table import LANGUAGES, Language
from verbalized_sampling.parsing.language.words import in_all_languages, pattern_of

ROW = r"""    Language(
        name="Made-up",
        probability="vorado",
        percent=r"centono\b",
        about=r"cirko\b",
        text="dicto",
        candidate="proposo",
        numerals="unu|du|tri",
        ordinals="unua|dua",
        revises=r"reviziita\b",
        closing="selekto",
        openings=r"jen\b",
        answers="proposoj",
        total="sumo",
        reasoning="penso",
        aside="kiaßo",
        to="ĝis",
        joins="kaj",
        beside="kun",
        estimated="taksita",
        wrapper="proposoj",
        hint="via dicto",
    ),
"""
REPLIES = {
    "labels": "Proposo 1: Pluvas\nVorado: 0.3\n\nProposo 2: Neĝas\nVorado: 0.2\n\nJen kvin proposoj, ĉu plaĉas?",
    "numerals": "Proposo unu: Pluvas\nVorado: 0.3\n\nProposo du: Neĝas\nVorado: 0.2",
    "ordinals": "Unua: Pluvas (vorado: 0.3)\nDua: Neĝas (vorado: 0.2)",
    "new try": '[{"dicto": "Hajlas", "vorado": 0.4}]\n\nReviziita:\n\n'
    '[{"dicto": "Pluvas", "vorado": 0.3}, {"dicto": "Neĝas", "vorado": 0.2}]',
    "column of texts": "| dicto | temo | vorado |\n|---|---|---|\n| Pluvas | akvo | 0.3 |\n| Neĝas | glacio | 0.2 |",
    "brackets": "1. Pluvas (vorado: cirko 30 centono)\n2. Neĝas (vorado: cirko 20 centono)\n\nSelekto: Pluvas",
    "json": '{"penso": "Vetero.", "listo": [{"dicto": "Pluvas", "vorado": 0.3}, {"dicto": "Neĝas", "vorado": 0.2}]}',
    "table": "| dicto | vorado |\n|---|---|\n| Pluvas | 0.3 |\n| Neĝas | 0.2 |\n| Sumo | 0.5 |",
    "tags": "<proposo><dicto>Pluvas</dicto><vorado>0.3</vorado></proposo>\n"
    "<proposo><dicto>Neĝas</dicto><vorado>0.2</vorado></proposo>",
    "keys without quotes": '[{dicto: "Pluvas", vorado: 0.3}, {dicto: "Neĝas", vorado: 0.2}]',
    "YAML": "- dicto: Pluvas\n  vorado: 0.3\n- dicto: Neĝas\n  vorado: 0.2\n",
    "TOML": '[[responses]]\n"dicto" = "Pluvas"\n"vorado" = 0.3\n\n[[responses]]\n"dicto" = "Neĝas"\n"vorado" = 0.2\n',
    "reasons below": "1. Pluvas\n   - Vorado: 0.3\n   - Kiaßo: Nuboj.\n2. Neĝas\n   - Vorado: 0.2\n   - Kiaßo: Frosto.",
    "ranges": "1. Pluvas (vorado: 20 ĝis 40%)\n2. Neĝas (kun vorado 20%)",
    "one line": "Pluvas (0.3) kaj Neĝas (0.2)",
    "estimated": '[{"dicto": "Pluvas", "taksita vorado": 0.3}, {"dicto": "Neĝas", "taksita vorado": 0.2}]',
    "hint": '[{"dicto": "[via dicto]", "vorado": 0.4}, {"dicto": "Pluvas", "vorado": 0.3}, '
    '{"dicto": "Neĝas", "vorado": 0.2}]',
    "named map": '{"proposoj": {"Pluvas": 30, "Neĝas": 20}, "temo": "vetero"}',
}
WORDS = re.compile(
    r"(?i)vorado|centono|cirko|dicto|propos\w+|unu|du|tri|dua|reviziita|selekto|jen|sumo|penso|listo|kiaßo"
)


def with_marks(text: str) -> str:
    """The same in words whose vowels carry marks that are written as characters of their own, as many scripts have."""
    return WORDS.sub(lambda word: re.sub("([aeiouAEIOU])", "\\1\u0301", word[0]), text)


WRITTEN = {"letters": str, "letters and marks": with_marks}
READ = """
import json, sys
from verbalized_sampling import DistributionParser
for reply in json.load(sys.stdin):
    try:
        found = sorted(DistributionParser().parse(reply), key=lambda c: c.index)
        print(json.dumps([[c.text, c.verbalized] for c in found]))
    except ValueError:
        print("null")
"""


@pytest.fixture(scope="module", params=WRITTEN)
def readings(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[list[object]]]:
    """What a copy of the package reads that has the row."""
    written = WRITTEN[request.param]
    folder = tmp_path_factory.mktemp("taught")
    package = folder / "verbalized_sampling"
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(Path(verbalized_sampling.__file__).parent, package, ignore=ignored)
    table = package / "parsing" / "language" / "table.py"
    text = table.read_text(encoding="utf-8")
    head, end = text.rsplit(")\n", 1)
    row = written(ROW) if written is str else written(ROW).replace(r"\b", "")  # (no word ends behind a mark)
    table.write_text(head + row + ")\n" + end, encoding="utf-8")
    command = [sys.executable, "-c", READ]
    replies = json.dumps([written(reply) for reply in REPLIES.values()])
    done = subprocess.run(command, input=replies, capture_output=True, text=True, check=True, cwd=folder)
    return dict(zip(REPLIES, map(json.loads, done.stdout.splitlines()), strict=True))


@pytest.mark.parametrize("kind", REPLIES)
def test_a_reply_in_a_language_is_read_as_soon_as_the_table_has_its_row(
    readings: dict[str, list[list[object]]], kind: str
) -> None:
    assert readings[kind] == [["Pluvas", 0.3], ["Neĝas", 0.2]]


def test_every_language_names_the_number() -> None:
    assert all(language.probability for language in LANGUAGES)
    assert len({language.name for language in LANGUAGES}) == len(LANGUAGES)


@pytest.mark.parametrize("concept", [name for name in Language._fields if name != "name"])
def test_no_alternative_of_a_concept_is_empty(concept: str) -> None:
    assert pattern_of(concept)
    assert all(in_all_languages(concept))
