"""One client for all calls: its connections, its interrupts, and what becomes of it after a fork."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
import warnings
from typing import Annotated

import pytest
from pydantic import AfterValidator

from verbalized_sampling import ModelError, Reply, SettingsError, averbalize, verbalize
from verbalized_sampling.bulk import abulk, bulk
from verbalized_sampling.models import Options, resolve

from ...scripted import complaint, completion, in_json

SLOW = in_json(completion(), after=0.05)


def run_python(script, *arguments, timeout=60, **env):
    return subprocess.run(
        [sys.executable, "-W", "ignore::DeprecationWarning", "-c", textwrap.dedent(script), *arguments],
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
        env=os.environ | env,
    )


def test_connections_are_shared_by_all_calls_sync_and_async(scripted):
    scripted.plays(SLOW)
    verbalize("x", k=2, model=f"m@{scripted.url}", calls=40, concurrency=10)
    for _ in range(2):  # each with an event loop of its own
        asyncio.run(averbalize("x", k=2, model=f"m@{scripted.url}", calls=40, concurrency=10))
    assert len(scripted.seen) == 120 and scripted.connections <= 10


def test_a_wrong_key_ends_the_remaining_calls(scripted):
    scripted.plays(complaint(401, "wrong key"))
    with pytest.raises(ModelError, match="wrong key"):
        verbalize("x", k=2, model=f"m@{scripted.url}", api_key="sk-wrong", calls=100, concurrency=4)
    assert len(scripted.seen) <= 8
    scripted.plays(complaint(404, "no such model"))
    with pytest.raises(ModelError, match="no such model"):
        asyncio.run(averbalize("x", k=2, model=f"m@{scripted.url}", calls=100, concurrency=4))
    assert len(scripted.seen) <= 8


def test_one_server_error_of_many_calls_is_left_out(scripted):
    scripted.plays(complaint(500, "oops", x_should_retry="true"), in_json(completion()))
    assert verbalize("x", k=2, model=f"m@{scripted.url}", calls=5).usage.calls == 5  # it was tried again


def test_what_may_mend_is_tried_again_as_the_endpoint_says(scripted):
    scripted.plays(complaint(429, "slow down", retry_after="0.3"), in_json(completion()))
    started = time.monotonic()
    assert len(verbalize("x", k=2, model=f"m@{scripted.url}")) == 2
    assert time.monotonic() - started >= 0.3 and len(scripted.seen) == 2


def test_who_should_wait_for_long_is_told_so(scripted):
    scripted.plays(complaint(429, "come back tomorrow", retry_after="86400"))
    with pytest.raises(ModelError, match="tomorrow") as caught:
        verbalize("x", k=2, model=f"m@{scripted.url}")
    assert caught.value.retry_after == 86400 and len(scripted.seen) == 1


async def test_a_cancelled_call_is_given_up_at_once(scripted):
    scripted.plays(in_json(completion(), after=30))
    task = asyncio.create_task(averbalize("x", k=2, model=f"m@{scripted.url}", calls=100, concurrency=4))
    for _ in range(500):
        if len(scripted.seen) == 4:
            break
        await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    for _ in range(200):
        if scripted.closed == 4:
            break
        await asyncio.sleep(0.01)
    assert scripted.closed == 4 and len(scripted.seen) == 4


def test_an_interrupt_leaves_no_further_call(scripted):
    scripted.plays(in_json(completion(), after=0.5))
    script = """
        import sys
        from verbalized_sampling import verbalize
        verbalize("x", k=2, model="m@" + sys.argv[1], calls=100, concurrency=4)
    """
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script), scripted.url],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 - in the background it is ignored
    )
    try:
        for _ in range(3000):
            if len(scripted.seen) >= 4:
                break
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        asked = len(scripted.seen)
        _, complaints = process.communicate(timeout=20)
    finally:
        process.kill()
    assert b"KeyboardInterrupt" in complaints and b"Unclosed" not in complaints
    time.sleep(0.2)
    assert len(scripted.seen) <= asked + 1 and asked < 20


def test_a_validator_may_ask_a_model_itself(scripted):
    def judged(text):
        assert verbalize("Is it good?", k=2, model=f"m@{scripted.url}", timeout=10)
        return text

    kind = Annotated[str, AfterValidator(judged)]
    asked = {"k": 2, "model": f"m@{scripted.url}", "calls": 3, "candidate": kind}
    assert len(verbalize("x", **asked)) == len(asyncio.run(averbalize("x", **asked))) == 2


def test_rows_of_a_job_may_come_from_a_model(scripted, tmp_path):
    found = (
        {"prompt": candidate.text}
        for _ in range(3)
        for candidate in verbalize("Name topics", k=2, model=f"m@{scripted.url}", timeout=10)
    )
    assert bulk(found, tmp_path / "data.jsonl", k=2, model=f"m@{scripted.url}").prompts == 6


def test_a_job_closes_its_connections_and_those_of_others_stay(scripted, tmp_path):
    async def scenario():
        await averbalize("x", k=2, model=f"m@{scripted.url}")
        for i in range(2):
            await abulk(["a", "b"], tmp_path / f"{i}.jsonl", k=2, model=f"m@{scripted.url}", concurrency=2)
        await averbalize("x", k=2, model=f"m@{scripted.url}")

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        asyncio.run(scenario(), debug=True)
        gc.collect()
    assert scripted.connections <= 1 + 2 * 2


def test_text_arrives_while_the_endpoint_writes(scripted):
    from ...scripted import chunk, in_events

    scripted.plays(in_events(chunk("one "), 0.1, chunk("two"), chunk(None, "stop")))
    pieces = []
    caller = resolve(f"m@{scripted.url}", Options(on_text=pieces.append))
    from verbalized_sampling import Message, Request

    reply = caller.call(Request((Message(role="user", content="x"),), 1))
    assert pieces == ["one ", "two"] and reply == Reply("one two", "stop")


def test_what_a_listener_raises_comes_out_as_it_is(scripted):
    from verbalized_sampling import Message, Request

    def listen(piece):
        raise ZeroDivisionError(piece)

    caller = resolve(f"m@{scripted.url}", Options(on_text=listen))
    with pytest.raises(ZeroDivisionError):
        caller.call(Request((Message(role="user", content="x"),), 1))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_after_a_fork_the_child_has_a_client_of_its_own(scripted):
    scripted.plays(SLOW)
    script = """
        import os, sys, threading
        from verbalized_sampling import verbalize
        ask = lambda: verbalize("x", k=2, model="m@" + sys.argv[1], calls=2, timeout=10)
        ask()
        busy = threading.Thread(target=lambda: [ask() for _ in range(5)])  # the fork happens while calls are under way
        busy.start()
        children = []
        for how in ("exit", "_exit"):
            if not (child := os.fork()):
                os.write(1, f"{ask().usage.calls}\\n".encode())  # at once: both write to one pipe
                sys.exit(0) if how == "exit" else os._exit(0)
            children.append(child)
        codes = [os.waitpid(child, 0)[1] for child in children]
        busy.join()
        print(ask().usage.calls, codes)
    """
    done = run_python(script, scripted.url)
    assert sorted(done.stdout.split("\n")) == ["", "2", "2", "2 [0, 0]"], done.stderr
    assert not done.stderr


def test_an_interpreter_that_ends_has_closed_its_client(scripted):
    script = """
        import sys
        from verbalized_sampling import verbalize
        print(len(verbalize("x", k=2, model="m@" + sys.argv[1])))
    """
    done = run_python(script, scripted.url)
    assert (done.stdout, done.stderr) == ("2\n", "")


def test_threads_that_start_together_share_the_client(scripted):
    results = []
    threads = [
        threading.Thread(target=lambda: results.append(verbalize("x", k=2, model=f"m@{scripted.url}")))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(results) == 8 and scripted.connections <= 8
    assert sum(thread.name == "verbalized-sampling-http" for thread in threading.enumerate()) == 1


ASK_ELSEWHERE = """
    import sys
    from verbalized_sampling import VerbalizedSamplingError, verbalize
    try:
        print(len(verbalize("x", k=2, model="m@" + sys.argv[1], timeout=5)))
    except VerbalizedSamplingError as error:
        print(error)
"""


def test_requests_go_through_the_proxy_that_the_environment_names(scripted):
    done = run_python(ASK_ELSEWHERE, "http://models.invalid/v1", http_proxy=scripted.origin, no_proxy="")
    assert (done.stdout, scripted.seen[0].path) == ("2\n", "http://models.invalid/v1/chat/completions"), done.stderr


def test_no_proxy_is_asked_for_a_host_that_the_environment_excepts(scripted):
    done = run_python(ASK_ELSEWHERE, scripted.url, http_proxy="http://127.0.0.1:9", no_proxy="127.0.0.1")
    assert (done.stdout, scripted.seen[0].path) == ("2\n", "/v1/chat/completions"), done.stderr


def test_a_password_in_a_netrc_goes_nowhere(scripted, tmp_path):
    netrc = tmp_path / "netrc"
    netrc.write_text("default login me password secret\n")
    netrc.chmod(0o600)
    done = run_python(ASK_ELSEWHERE, scripted.url, NETRC=str(netrc), no_proxy="127.0.0.1")
    assert done.stdout == "2\n", done.stderr
    assert "authorization" not in scripted.seen[0].headers


def test_a_query_that_is_no_json_is_refused_before_anything_is_sent(scripted):
    parts = [{"type": "text", "text": "What is it?"}, {"type": "image", "data": b"raw"}]
    with pytest.raises(SettingsError, match="cannot be sent as JSON"):
        verbalize([{"role": "user", "content": parts}], k=2, model=f"m@{scripted.url}")
    assert not scripted.seen


def test_a_call_that_begins_while_all_are_being_ended_is_ended_too():
    from verbalized_sampling.models.caller import UnderWay

    under_way, ended = UnderWay(), []
    with under_way.stopping(lambda: ended.append("first")):
        under_way.end()
        assert ended == ["first"]
        with under_way.stopping(lambda: ended.append("late")):
            assert ended == ["first", "late"]
