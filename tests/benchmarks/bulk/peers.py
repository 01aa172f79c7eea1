"""Bulk generation beside the nearest tools: the same loopback endpoint, the same prompts, as many calls at once.

    python tests/benchmarks/bulk/peers.py --python curator=/path/to/its/python --python distilabel=/path/to/its/python

Each tool lives in an environment of its own (bespokelabs-curator, ``distilabel[openai]`` and requests), and each run is
a process. Without a network, curator needs ``TIKTOKEN_CACHE_DIR``: the folder of tokenizers that litellm brings.
A run is killed in the middle and run again, to see what is asked twice; then once more, when it is finished.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

ROWS, AT_ONCE, DELAY = 1000, 64, 0.05
LONGEST = 300  # seconds of a run
HERE = Path(__file__).parent
SCRIPTED = HERE.parents[1] / "scripted.py"


class Endpoint:
    def __enter__(self):
        command = [sys.executable, SCRIPTED, "--delay", str(DELAY)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.url = self.process.stdout.readline().strip()
        return self

    def calls(self):
        """How many came since the last time."""
        self.process.stdin.write("?\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline().split()[1])

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()


def started(python, tool, url, folder):
    environment = os.environ | {"TELEMETRY_ENABLED": "false", "CURATOR_DISABLE_CACHE": "false", "HF_HUB_OFFLINE": "1"}
    environment |= {"OPENAI_API_KEY": "none", "HOME": str(folder), "OPENAI_BASE_URL": url}
    command = [python, HERE / "peer_jobs.py", tool, url, folder, str(ROWS), str(AT_ONCE)]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment, start_new_session=True
    )


def kill(process):
    """With the processes that it started, which hold its output open."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


def finished(*job):
    process = started(*job)
    try:
        printed, _ = process.communicate(timeout=LONGEST)
    except subprocess.TimeoutExpired:
        kill(process)
        return {"failed": f"no end within {LONGEST} s"}
    lines = [line for line in printed.splitlines() if line.startswith("{")]
    return json.loads(lines[-1]) if lines else {"failed": process.returncode}


def main(pythons):
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    print(f"{ROWS} prompts, {1000 * DELAY:.0f} ms, {AT_ONCE} at once", flush=True)
    for tool, python in pythons.items():
        with Endpoint() as endpoint, tempfile.TemporaryDirectory() as folder:
            whole = finished(python, tool, endpoint.url, folder)
            calls = endpoint.calls()
            again = finished(python, tool, endpoint.url, folder)
            print(
                tool, whole, f"{calls} calls;", "finished, run again:", again, f"{endpoint.calls()} calls", flush=True
            )
        with Endpoint() as endpoint, tempfile.TemporaryDirectory() as folder:
            process = started(python, tool, endpoint.url, folder)
            asked, end = 0, time.monotonic() + 120
            while asked < ROWS // 2 and process.poll() is None and time.monotonic() < end:
                time.sleep(0.02)
                asked += endpoint.calls()
            kill(process)
            asked += endpoint.calls()
            rest = finished(python, tool, endpoint.url, folder)
            print(tool, f"killed after {asked} calls, run again: {endpoint.calls()} calls,", rest, flush=True)


if __name__ == "__main__":
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--python", action="append", default=[], metavar="TOOL=PYTHON")
    main({"ours": sys.executable} | dict(pair.split("=", 1) for pair in arguments.parse_args().python))
