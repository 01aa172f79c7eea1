"""A job on Ray: the same rows as in one process, whatever becomes of the workers."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from collections import Counter

import pytest
from pydantic import BaseModel

from verbalized_sampling import ModelError, RefusalError, SettingsError
from verbalized_sampling.bulk import bulk

QUESTIONS = [f"Question {i}" for i in range(200)]


def model_in(folder, delay=0.0, trouble=None):
    """A model that workers can unpickle: it logs what it is asked, and by which process."""

    async def model(messages):
        import asyncio

        question, turn = messages[1]["content"], len(messages)
        with open(folder / "asked", "a") as log:  # noqa: ASYNC230
            log.write(json.dumps([question, turn, os.getpid()]) + "\n")
        await asyncio.sleep(delay)
        if trouble and question in trouble:
            raise trouble[question]
        return json.dumps([{"text": f"{question}, {turn}, {i}", "probability": 0.1 + i / 10} for i in range(2)])

    return model


def asked(folder):
    path = folder / "asked"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def comparable(rows):
    return sorted(([row[name] for name in ("prompt", "text", "weight", "id")] for row in rows), key=str)


def test_without_ray_it_says_what_to_install(tmp_path, model, monkeypatch):
    monkeypatch.setattr("verbalized_sampling.bulk.cluster.find_spec", lambda _: None)
    with pytest.raises(SettingsError, match=r"needs Ray: pip install .*core\[ray\]"):
        bulk(QUESTIONS, tmp_path / "data.jsonl", model=model, engine="ray")
    with pytest.raises(SettingsError, match="engine must be local or ray"):
        bulk(QUESTIONS, tmp_path / "data.jsonl", model=model, engine="dask")
    with pytest.raises(SettingsError, match="workers must be"):
        bulk(QUESTIONS, tmp_path / "data.jsonl", model=model, engine="ray", workers=0)
    assert not list(tmp_path.iterdir())


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        # Ray starts a dozen processes and doesn't wait long for them: none shall compile what another has compiled.
        patch.setenv("PYTHONPYCACHEPREFIX", str(tmp_path_factory.mktemp("compiled")))
        patch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
        patch.setenv("RAY_AUTH_MODE", "disabled")  # else it writes a token to the home
        patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
        patch.setenv("RAY_ENABLE_UV_RUN_RUNTIME_ENV", "0")  # else each worker starts as this does, by `uv run`
        patch.setenv("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
        ray = pytest.importorskip("ray")
        settings = {"num_cpus": 2, "include_dashboard": False, "log_to_driver": False, "logging_level": "ERROR"}
        try:
            ray.init(**settings)
        except Exception:  # noqa: BLE001 - on a busy machine the first start may take longer than Ray waits
            ray.shutdown()
            ray.init(**settings)
        yield ray
        ray.shutdown()


pytestmark = pytest.mark.filterwarnings(
    "ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::ResourceWarning"
)


@pytest.mark.parametrize(
    "settings", [{"k": 2}, {"k": 2, "variant": "multi", "total": 6}], ids=["one turn", "three turns"]
)
def test_the_same_replies_make_the_same_rows_as_in_one_process(cluster, tmp_path, read, settings):
    local = bulk(QUESTIONS, tmp_path / "local.jsonl", model=model_in(tmp_path), **settings)
    (tmp_path / "asked").unlink()
    seen = []
    report = bulk(
        QUESTIONS, tmp_path / "ray.jsonl", model=model_in(tmp_path, 0.01), engine="ray", workers=2,
        on_progress=seen.append, **settings,
    )  # fmt: skip
    assert comparable(read(tmp_path / "ray.jsonl")) == comparable(read(tmp_path / "local.jsonl"))
    assert (report.rows, report.prompts, report.variety) == (local.rows, local.prompts, local.variety)
    assert report.usage.calls == local.usage.calls == len(asked(tmp_path)) and report.replayed == 0
    assert {pid for *_, pid in asked(tmp_path)} - {os.getpid()}
    assert seen[-1].done == 200


def test_a_worker_that_is_killed_loses_nothing(cluster, tmp_path, read):
    killed = []

    def kill():
        while len(calls := asked(tmp_path)) < 100:
            time.sleep(0.01)
        killed.append(calls[-1][2])
        os.kill(calls[-1][2], signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    settings = {"k": 2, "engine": "ray", "workers": 2, "concurrency": 8}
    report = bulk(QUESTIONS, tmp_path / "data.jsonl", model=model_in(tmp_path, 0.05), **settings)
    killer.join()
    assert killed and killed[0] != os.getpid()
    assert Counter(row["prompt"] for row in read(tmp_path / "data.jsonl")) == dict.fromkeys(QUESTIONS, 2)
    assert report.prompts == 200 and not report.failures
    repeated = Counter(question for question, *_ in asked(tmp_path))
    assert len(repeated) == 200 and repeated.total() - 200 <= 2 * 8 * 4  # what the worker had in its hands
    bulk(QUESTIONS, tmp_path / "data.jsonl", model=model_in(tmp_path), **settings)
    assert len(asked(tmp_path)) == repeated.total()


def test_a_job_changes_between_one_process_and_ray_and_asks_nothing_twice(cluster, tmp_path, read):
    out = tmp_path / "data.jsonl"
    bulk(QUESTIONS[:50], out, model=model_in(tmp_path), k=2)
    bulk(QUESTIONS, out, model=model_in(tmp_path), k=2, engine="ray", workers=2)
    bulk(QUESTIONS, out, model=model_in(tmp_path), k=2, engine="ray", workers=2, weighting="uniform")
    assert len(asked(tmp_path)) == 200
    assert {row["weight"] for row in read(out)} == {0.5}


def test_failures_are_told_apart_and_a_rerun_tries_what_failed(cluster, tmp_path, read):
    trouble = {"Question 1": RefusalError("No."), "Question 2": ModelError("too long", status=400)}
    settings = {"k": 2, "engine": "ray", "workers": 2}
    rows = [*QUESTIONS[:20], ""]
    report = bulk(rows, tmp_path / "data.jsonl", model=model_in(tmp_path, trouble=trouble), **settings)
    assert report.failures == {"refusal": 1, "failed call": 1, "bad prompt": 1}
    report = bulk(rows, tmp_path / "data.jsonl", model=model_in(tmp_path), **settings)
    assert report.failures == {"refusal": 1, "bad prompt": 1} and len(asked(tmp_path)) == 21


def test_an_error_that_cannot_mend_and_a_bug_end_the_job_with_what_was_won(cluster, tmp_path, read):
    settings = {"k": 2, "engine": "ray", "workers": 2}
    for error in (ModelError("wrong key", status=401), ZeroDivisionError("a bug")):
        folder = tmp_path / type(error).__name__
        folder.mkdir()
        trouble = {"Question 30": error}
        with pytest.raises(type(error), match=str(error)):
            bulk(QUESTIONS, folder / "data.jsonl", model=model_in(folder, 0.01, trouble=trouble), **settings)
        report = bulk(QUESTIONS, folder / "data.jsonl", model=model_in(folder), **settings)
        assert report.prompts == 200 and report.replayed >= 10  # the replies of its batch, at least


@pytest.mark.parametrize("ceiling", [7, 60])
def test_max_calls_is_never_passed(cluster, tmp_path, ceiling):
    settings = {"k": 2, "variant": "multi", "engine": "ray", "workers": 2, "max_calls": ceiling}
    report = bulk(QUESTIONS, tmp_path / "data.jsonl", model=model_in(tmp_path), **settings)
    assert ceiling - 2 <= len(asked(tmp_path)) <= ceiling
    assert report.stopped == f"max_calls={ceiling} is reached"


class Joke(BaseModel):
    text: str
    probability: float


def test_typed_candidates_come_back_typed(cluster, tmp_path, read):
    settings = {"k": 2, "engine": "ray", "workers": 1, "candidate": Joke}

    async def model(messages):
        return '[{"text": "a", "probability": 0.5, "probability_": 0.1}]'

    bulk(QUESTIONS[:3], tmp_path / "data.jsonl", model=model, **settings)
    assert read(tmp_path / "data.jsonl")[0]["value"] == {"text": "a", "probability": 0.5}


def test_a_model_by_name_is_asked_from_the_workers(cluster, tmp_path, scripted, read):
    report = bulk(QUESTIONS[:40], tmp_path / "data.jsonl", model=f"m@{scripted.url}", k=2, engine="ray", workers=2)
    assert report.rows == 80 and len(scripted.seen) == 40 and report.usage.input_tokens == 40 * 11
