"""nDCG@10 and recall@10 of every method in every condition, with paired bootstrap intervals; Markdown on stdout.

Run as ``nice python -m tests.benchmarks.retrieval.quality FOLDER [name of a method …]``: a minute or two a method.
What was measured is kept in the folder, so that a method can be measured again by itself (delete its file).
"""

from __future__ import annotations

import logging
import pickle
import sys
from collections import defaultdict
from pathlib import Path

import ir_measures
import numpy as np
from ir_measures import R, nDCG
from llama_index.core import Settings
from numpy.typing import NDArray

from .collection import Collection, collections
from .conditions import CONDITIONS
from .methods import METHODS, PEERS, Method
from .searches import Bm25, Dense, Index, StaticEmbedding

MEASURES = {"nDCG@10": nDCG @ 10, "recall@10": R @ 10}
DEPTHS = (10, 30)
KINDS = {"BM25": (Bm25,), "dense": (Dense,), "both": (Bm25, Dense)}

Figures = dict[tuple[str, str, int, str], NDArray[np.float64]]
"""By condition, kind of retriever, depth and measure: one number a query, the mean over the draws."""


def measured(method: Method, indexes: dict[str, Index]) -> Figures:
    figures: dict[tuple[str, str, int, str], list[float]] = defaultdict(list)
    for collection in collections():
        qrels = {query.id: dict.fromkeys(query.relevant, 1) for query in collection.queries}
        for condition, drawn in CONDITIONS.items():
            draws = drawn(collection)
            for kind, classes in KINDS.items():
                for depth in DEPTHS:
                    retrievers = [cls(indexes[collection.name], depth) for cls in classes]
                    totals = {measure: dict.fromkeys(qrels, 0.0) for measure in MEASURES}
                    for expansions in draws:
                        run = _run(method, retrievers, collection, expansions)
                        for metric in ir_measures.iter_calc(list(MEASURES.values()), qrels, run):
                            totals[str(metric.measure).replace("R@", "recall@")][metric.query_id] += metric.value
                    for measure, sums in totals.items():
                        figures[condition, kind, depth, measure] += [sums[q] / len(draws) for q in qrels]
    return {key: np.array(values) for key, values in figures.items()}


def _run(method: Method, retrievers: list, collection: Collection, expansions: list) -> dict[str, dict[str, float]]:
    found = (method(retrievers, query.text, e) for query, e in zip(collection.queries, expansions, strict=True))
    ids = [query.id for query in collection.queries]
    return {name: {doc: -float(rank) for rank, doc in enumerate(docs)} for name, docs in zip(ids, found, strict=True)}


def mean_of(figures: Figures, condition: str, measure: str, kind: str = "", depth: int = 0) -> NDArray[np.float64]:
    """One number a query: the mean over kinds and depths, unless one is named."""
    chosen = [
        values
        for (c, k, d, m), values in figures.items()
        if (c, m) == (condition, measure) and kind in ("", k) and depth in (0, d)
    ]
    return np.mean(chosen, axis=0)


def interval(differences: NDArray[np.float64], seed: int = 1) -> str:
    """The mean difference and its 95 % interval, by 10,000 resamples of the queries."""
    drawn = np.random.default_rng(seed).choice(differences, (10_000, len(differences))).mean(axis=1)
    low, high = np.percentile(drawn, [2.5, 97.5])
    return f"{differences.mean():+.3f} [{low:+.3f}, {high:+.3f}]"


def main(folder: Path, wanted: list[str]) -> None:
    logging.disable(logging.WARNING)
    Settings.embed_model = StaticEmbedding()
    indexes = {collection.name: Index(collection) for collection in collections()}
    names = [name for name in METHODS if not wanted or name in wanted]
    figures: dict[str, Figures] = {}
    for name in names:
        kept = folder / f"{name}.pickle"
        if not kept.exists():
            kept.write_bytes(pickle.dumps(measured(METHODS[name], indexes)))
        figures[name] = pickle.loads(kept.read_bytes())
        means = (f"{mean_of(figures[name], c, 'nDCG@10').mean():.3f}" for c in CONDITIONS)
        print(name, *means, file=sys.stderr, flush=True)
    for measure in MEASURES:
        for kind, depth in [("", 0), *((kind, depth) for kind in KINDS for depth in DEPTHS)]:
            print(f"\n{measure}, {kind or 'mean of the three'}, {f'depth {depth}' if depth else 'both depths'}\n")
            print(f"| method | {' | '.join(CONDITIONS)} |\n| --- |{' --: |' * len(CONDITIONS)}")
            for name in names:
                cells = (f"{mean_of(figures[name], c, measure, kind, depth).mean():.3f}" for c in CONDITIONS)
                print(f"| {name} | {' | '.join(cells)} |")
    if "ours" in figures and "plain" in figures:
        differences(figures)
    probabilities(figures)


def differences(figures: dict[str, Figures]) -> None:
    peers = [f"QueryFusionRetriever, {mode}" for mode in PEERS]
    for measure in MEASURES:
        for depth in (0, *DEPTHS):
            print(f"\n{measure}, {f'depth {depth}' if depth else 'both depths'}: ours less …\n")
            print("| condition | plain | QueryFusionRetriever | its best mode there |\n| --- | --: | --: | --- |")
            for condition in CONDITIONS:
                own, plain = (mean_of(figures[n], condition, measure, depth=depth) for n in ("ours", "plain"))
                theirs = {name: mean_of(figures[name], condition, measure, depth=depth) for name in peers}
                best = max(theirs, key=lambda name: theirs[name].mean())
                cells = interval(own - plain), interval(own - theirs[best]), best.partition(", ")[2]
                print(f"| {condition} | {' | '.join(cells)} |")


def probabilities(figures: dict[str, Figures]) -> None:
    """What the model's own probabilities add to what other numbers at the same texts do."""
    others = [name for name in figures if "probabilities" in name]
    if "ours" not in figures or not others:
        return
    print(f"\nnDCG@10: ours less …\n\n| condition | {' | '.join(others)} |\n| --- |{' --: |' * len(others)}")
    for condition in CONDITIONS:
        own = mean_of(figures["ours"], condition, "nDCG@10")
        cells = (interval(own - mean_of(figures[name], condition, "nDCG@10")) for name in others)
        print(f"| {condition} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
