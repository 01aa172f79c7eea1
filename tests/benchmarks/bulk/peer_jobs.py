"""One job by one tool, in the tool's own environment; for ``peers.py``."""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path

tool, url, folder, rows, at_once = sys.argv[1], sys.argv[2], Path(sys.argv[3]), int(sys.argv[4]), int(sys.argv[5])
prompts = [f"Question {i}" for i in range(rows)]


def ours():
    from verbalized_sampling.bulk import bulk

    return lambda: bulk(prompts, folder / "data.jsonl", model=f"m@{url}", k=2, concurrency=at_once).prompts


def curator():
    from bespokelabs import curator as package

    class Answers(package.LLM):
        def prompt(self, row):
            return row["prompt"]

        def parse(self, row, response):
            return {"prompt": row["prompt"], "text": str(response)}

    limits = {"max_concurrent_requests": at_once, "max_requests_per_minute": 10**6, "max_tokens_per_minute": 10**9}
    settings = {"base_url": url, "api_key": "none"} | limits
    model = Answers(model_name="gpt-4o-mini", backend="openai", backend_params=settings)

    def run():
        found = model([{"prompt": prompt} for prompt in prompts], working_dir=str(folder / "cache"))
        return len(getattr(found, "dataset", found))

    return run


def distilabel():
    from distilabel.models import OpenAILLM
    from distilabel.pipeline import Pipeline
    from distilabel.steps import LoadDataFromDicts
    from distilabel.steps.tasks import TextGeneration

    with Pipeline(name="answers", cache_dir=folder / "cache") as pipeline:
        load = LoadDataFromDicts(data=[{"instruction": prompt} for prompt in prompts], batch_size=at_once)
        model = OpenAILLM(model="m", base_url=url, api_key="none")
        load >> TextGeneration(llm=model, input_batch_size=at_once)
    return lambda: len(pipeline.run(use_cache=True)["default"]["train"])


if __name__ == "__main__":
    job = {"ours": ours, "curator": curator, "distilabel": distilabel}[tool]()  # imports what there is to import
    began = time.perf_counter()
    answered = job()
    seconds = round(time.perf_counter() - began, 2)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss + resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    print(json.dumps({"rows": answered, "seconds": seconds, "rows/s": round(rows / seconds), "MB": memory // 1024}))
