"""A GGUF file in this process: what is damaged, what is forked, what takes too long."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import textwrap
from dataclasses import replace

import pytest

from verbalized_sampling import Message, ModelError, Request, verbalize
from verbalized_sampling.models import Options, embedded, resolve


@pytest.mark.parametrize("kept", [4, 100, 1_000_000, -1000])
def test_a_damaged_file_is_said_to_be_one(kept, tmp_path, gguf):
    file = tmp_path / "half.gguf"
    file.write_bytes(gguf.read_bytes()[:kept])
    with pytest.raises(ModelError, match=r"half\.gguf.*MB\): the file is damaged or incomplete"):
        verbalize("x", model=file)


def test_a_reply_that_takes_too_long_is_given_up():
    caller = resolve(None, Options(timeout=0.2))
    with pytest.raises(ModelError, match="within the time limit") as caught:
        caller.call(Request((Message(role="user", content="Write a very long story."),), 1, max_tokens=4000))
    assert caught.value.retryable


@pytest.mark.skipif(not hasattr(os, "register_at_fork"), reason="no fork here")
def test_after_a_fork_the_child_serves_the_model_anew_and_ends_well():
    script = """
        import os, sys
        from verbalized_sampling import verbalize
        from verbalized_sampling.models import Options, resolve
        resolve(None, Options())
        if child := os.fork():
            print("ended with", os.waitpid(child, 0)[1])
        else:
            print(len(verbalize("Name a colour", k=1, words=2, seed=1, max_extra_calls=0)), flush=True)
            sys.exit(0)
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)], capture_output=True, text=True, timeout=240, check=False
    )
    assert done.stdout == "1\nended with 0\n", done.stderr


async def test_what_is_cancelled_while_it_waits_never_reaches_the_model(monkeypatch):
    asked = []
    loop, first = asyncio.get_running_loop(), asyncio.Event()
    ask = embedded._Generation._ask

    def asking(self, *args):
        asked.append(self)
        loop.call_soon_threadsafe(first.set)
        return ask(self, *args)

    monkeypatch.setattr(embedded._Generation, "_ask", asking)
    caller = resolve(None, Options())
    request = Request((Message(role="user", content="Write a very long story."),), 1, max_tokens=4000)
    tasks = [asyncio.create_task(caller.acall(request)) for _ in range(4)]
    await first.wait()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await caller.acall(replace(request, max_tokens=3))  # waits for its turn, so the others had theirs
    assert len(asked) == 2
