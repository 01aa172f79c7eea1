"""What programs read of the command is exact, in every encoding; what people read can't steer their terminal."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys

import pytest

from verbalized_sampling import Distribution, DistributionParser
from verbalized_sampling.values.looks.printable import UNSEEN

HOSTILE = {
    "emoji by name": "a :cat: is no 🐱",
    "markup": "[bold]hi[/bold] [/] {{ 7 * 7 }}",
    "control codes": "\x1b[2J\x1b]0;title\x07 \x7f \x9b31m \0",
    "directions": "\u202eabc\u202c \u2066x\u2069 \u200f \u061c",
    "tags": "see \U000e0041\U000e0042\U000e007f",
    "zero width": "p\u200ba\u2060s\ufeffs\u00adword",
    "white space": "a\tb\u00a0c\u2003d\u2028e",
    "line feeds": "one\ntwo\r\nthree\rfour",
    "backslashes": "C:\\new \\u0041 \\x41",
    "other scripts": "茶 чай شاي می\u200cخواهم चाय",
    "typographic": "“é” — … € ﬁ",
    "half a variation": "x\ufe0f\ufe00\U000e0100",
}
REPLY = json.dumps({"responses": [{"text": t, "probability": 0.05} for t in HOSTILE.values()]})
TEXTS = [c.text for c in DistributionParser().parse(REPLY)]
ENCODINGS = ("utf-8", "cp1252", "ascii")

# Many runs in one process, each with its standard output in a file: a process a run would be most of the time.
RUNNER = """
import json, os, sys
from verbalized_sampling.command import run
for number, arguments in enumerate(json.load(open("runs.json"))):
    os.dup2(os.open(f"{number}.out", os.O_WRONLY | os.O_CREAT), 1)
    code = run(arguments)
    open(f"{number}.code", "w").write(str(code))
"""


def run_all(folder, encoding, *runs):
    """The standard output of each run, as bytes."""
    (folder / "runs.json").write_text(json.dumps(runs))
    done = subprocess.run(
        [sys.executable, "-c", RUNNER],
        cwd=folder,
        env=os.environ | {"PYTHONIOENCODING": encoding, "COLUMNS": "200"},
        capture_output=True,
        timeout=120,
    )
    assert done.returncode == 0 and b"Traceback" not in done.stderr, done.stderr.decode(errors="replace")
    codes = [(folder / f"{number}.code").read_text() for number in range(len(runs))]
    assert codes == ["0"] * len(runs), done.stderr.decode(errors="replace")
    return [(folder / f"{number}.out").read_bytes() for number in range(len(runs))]


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_every_command_says_exactly_what_the_model_said(tmp_path, scripted, encoding):
    scripted.reply = REPLY
    (tmp_path / "reply").write_text(REPLY, encoding="utf-8")
    model = ["-k", str(len(HOSTILE)), "-m", scripted.name]
    query = "".join(HOSTILE.values()).replace("\0", "")
    exact = [
        [query, *model, "--json"],
        ["parse", "reply", "--json"],
        ["prompt", query, "--json"],
        [query, *model, "--dry-run", "--json"],
    ]
    selected = [
        ["ask", "x", *model, "--select", "argmax"],
        ["parse", "reply", "--select", "first"],
        ["prompt", query],
        [query, "--dry-run"],
    ]
    shown = [
        ["x", *model],
        ["x", *model, "--calls", "2"],
        ["parse", "reply"],
        ["models"],
        ["completion", "bash"],
        ["--help"],
        ["parse", "--help"],
    ]
    streamed = [["x", *model, "--stream"]]
    out = [
        o.replace(b"\r\n", b"\n") if os.name == "nt" else o
        for o in run_all(tmp_path, encoding, *exact, *selected, *shown, *streamed)
    ]

    asked, parsed, prompted, planned = (o.decode(encoding) for o in out[:4])
    assert [c.text for c in Distribution.from_json(asked)] == TEXTS
    assert [c.text for c in Distribution.from_json(parsed)] == TEXTS
    assert json.loads(prompted)[-1]["content"] == json.loads(planned)["messages"][-1]["content"] == query
    assert all(request["messages"][-1]["content"] in (query, "x") for request in scripted.requests)

    for text, got in zip([TEXTS[0], TEXTS[0]], out[4:6], strict=True):
        assert got == text.encode(encoding, "backslashreplace") + b"\n"
    for got in out[6:8]:
        assert got.endswith(query.encode(encoding, "backslashreplace") + b"\n")

    for got in out[8:15]:
        text = got.decode(encoding)
        assert not UNSEEN.search(text)
    for got in (out[8], out[9], out[10]):
        assert "[bold]hi[/bold] [/] {{ 7 * 7 }}" in got.decode(encoding) and "a :cat: is no" in got.decode(encoding)
    assert "C:\\new \\u0041 \\x41" in out[15].decode(encoding)


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_text_alone_is_the_text(tmp_path, text, capsysbinary):
    from verbalized_sampling.command import run

    file = tmp_path / "reply"
    file.write_text(json.dumps([{"text": text, "probability": 1}]))
    expected = DistributionParser().parse(file.read_text())[0].text
    assert run(["parse", str(file), "--select", "argmax"]) == 0
    assert capsysbinary.readouterr().out.decode() == expected + "\n"
    assert run(["parse", str(file), "--select", "argmax", "--json"]) == 0
    assert json.loads(capsysbinary.readouterr().out)["text"] == expected


@pytest.mark.parametrize("how", [["--select", "argmax"], ["--json"], []], ids=lambda how: how[0] if how else "table")
def test_no_text_can_steer_a_terminal(tmp_path, how):
    file = tmp_path / "reply"
    file.write_text(json.dumps([{"text": " ".join(HOSTILE.values()), "probability": 1}]))
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "verbalized_sampling", "parse", str(file), *how],
        stdout=theirs,
        stderr=theirs,
        env=os.environ | {"TERM": "dumb", "NO_COLOR": "1"},
    )
    os.close(theirs)
    shown = b""
    while True:
        try:
            shown += os.read(ours, 65536)
        except OSError:  # the other end is closed
            break
    os.close(ours)
    assert process.wait(60) == 0
    text = shown.decode().replace("\r\n", "\n")
    if not how:
        assert not UNSEEN.search(text)
    assert UNSEEN.sub("", text) == text.replace("\u200c", "") and "\x1b" not in text
    assert ("\\u202e" in text) and ("می" in text)
    if how == ["--json"]:
        assert json.loads(text[: text.rindex("}") + 1])["candidates"]
