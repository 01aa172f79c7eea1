"""Records what the embedded model makes of the benchmark's questions: run once, before any measurement."""

from __future__ import annotations

import json
from pathlib import Path

from verbalized_sampling import VerbalizedSamplingError, verbalize

DATA = Path(__file__).parent / "data"


def main() -> None:
    recorded: dict[str, list[tuple[str, float]]] = {}
    for entry in json.loads((DATA / "queries.json").read_text(encoding="utf-8")):
        query = entry["query"]
        try:
            found = verbalize(query, k=4, template="search_queries", max_extra_calls=0, temperature=0.7, seed=11)
        except VerbalizedSamplingError as error:
            print(f"{query}: {error}")
            recorded[query] = []
        else:
            recorded[query] = [(c.text, round(c.probability, 4)) for c in found]
    text = json.dumps(recorded, indent=1, ensure_ascii=False)
    (DATA / "expansions.smollm2.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
