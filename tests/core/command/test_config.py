"""Keys and defaults in a file."""

from __future__ import annotations

import stat
import tomllib

import pytest

from verbalized_sampling.command import run


@pytest.fixture
def file(tmp_path, monkeypatch):
    path = tmp_path / "folder" / "config.toml"
    monkeypatch.setenv("VERBALIZED_SAMPLING_CONFIG", str(path))
    return path


def typed(monkeypatch, text):
    import io

    monkeypatch.setattr("sys.stdin", io.StringIO(text))


def test_defaults_are_set_shown_used_and_unset(file, capsys):
    assert run(["config", "set", "tau", "0.25"]) == run(["config", "set", "k", "3"]) == 0
    assert run(["config", "set", "compare.n", "20"]) == 0
    assert tomllib.loads(file.read_text()) == {"tau": 0.25, "k": 3, "compare": {"n": 20}}
    capsys.readouterr()
    assert run(["config"]) == 0
    assert capsys.readouterr().out == "tau = 0.25\nk = 3\ncompare.n = 20\n"
    assert run(["prompt", "x"]) == 0
    assert "three" in (out := capsys.readouterr().out) and "0.25" in out
    assert run(["prompt", "x", "--tau", "0.75", "-k", "4"]) == 0
    assert "four" in (out := capsys.readouterr().out) and "0.75" in out
    assert run(["config", "unset", "tau"]) == run(["config", "unset", "compare.n"]) == 0
    assert tomllib.loads(file.read_text()) == {"k": 3}


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("gpt-6.1-terra", "did you mean 'openai:gpt-6.1-terra'?"),
        ("opnai:x", "did you mean 'openai:x'?"),
        ("localhost:8000", "did you mean 'http://localhost:8000'?"),
        ("m@http://", "http://"),
        ("https://me:secret@host/v1", "password"),
        ("nowhere.gguf", "cannot read the model file 'nowhere.gguf'"),
        ("", "no model is called ''"),
    ],
)
@pytest.mark.parametrize("option", ["model", "m", "compare.model"])
def test_a_default_model_that_is_none_is_refused_when_it_is_set(file, capsys, option, name, said):
    assert run(["config", "set", option, name]) != 0
    assert said in " ".join(capsys.readouterr().err.split()) and not file.exists()


@pytest.mark.parametrize("name", ["groq:", "azure:mine", "ollama:llama3.2", "http://host:8000", "m@http://host/v1"])
def test_a_default_model_may_be_set_before_its_key_and_its_server_are_there(file, name):
    assert run(["config", "set", "model", name]) == 0
    assert tomllib.loads(file.read_text()) == {"model": name}


def test_the_file_is_its_owners_alone_and_comments_stay(file, monkeypatch, capsys):
    assert run(["config", "set", "k", "3"]) == 0
    file.write_text("# mine\n" + file.read_text() + "# and below\n")
    typed(monkeypatch, "sk-secret-key\n")
    assert run(["config", "set-key", "openai"]) == 0
    assert stat.S_IMODE(file.stat().st_mode) == 0o600 and stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert "# mine" in file.read_text() and tomllib.loads(file.read_text())["keys"] == {"openai": "sk-secret-key"}
    assert [path.name for path in file.parent.iterdir()] == ["config.toml"]
    assert run(["config"]) == 0
    said = capsys.readouterr()
    assert "keys.openai is set" in said.out and "secret" not in said.out + said.err
    file.chmod(0o644)
    assert run(["prompt", "x"]) == 0
    assert "other users of this machine can read your keys: chmod 600" in " ".join(capsys.readouterr().err.split())


def test_a_stored_key_goes_to_its_host_and_to_no_other(file, monkeypatch, scripted, capsys):
    scripted.reply = '[{"text": "a", "probability": 0.5}, {"text": "b", "probability": 0.5}]'
    address = scripted.name.partition("@")[2]
    typed(monkeypatch, "for-this-host")
    assert run(["config", "set-key", address]) == 0
    typed(monkeypatch, "for-groq")
    assert run(["config", "set-key", "groq"]) == 0
    assert run(["x", "-k", "2", "-m", scripted.name]) == 0
    other = scripted.name.replace("127.0.0.1", "localhost")
    assert run(["x", "-k", "2", "-m", other]) == 0
    assert scripted.keys == ["Bearer for-this-host", None]
    capsys.readouterr()
    assert run(["models"]) == 0
    assert "the config file has its key" in " ".join(capsys.readouterr().out.split())
    from verbalized_sampling import ModelError
    from verbalized_sampling.models import endpoint_for

    with pytest.raises(ModelError, match="set GROQ_API_KEY"):  # Python does not read the file
        endpoint_for("groq:m")


def test_the_model_of_the_file_answers_unless_a_variable_names_one(file, monkeypatch, scripted, capsys):
    scripted.reply = '[{"text": "a", "probability": 0.5}, {"text": "b", "probability": 0.5}]'
    assert run(["config", "set", "model", scripted.name]) == 0
    assert run(["x", "-k", "2"]) == 0
    assert "which the config file names" in " ".join(capsys.readouterr().err.split())
    monkeypatch.setenv("VERBALIZED_SAMPLING_MODEL", "/no/such.gguf")
    assert run(["x", "-k", "2"]) == 3


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["set", "modle", "x"], "'modle' is no option, did you mean 'model'"),
        (["set", "tau", "3"], "tau must be above 0"),
        (["set", "tau", "low"], "not a valid float"),
        (["set", "variant", "loud"], "is not one of"),
        (["set", "keys.openai", "sk-1"], "verbalize config set-key openai"),
        (["set", "quiet", "true"], "is no option"),
        (["set", "nothing.k", "3"], "'nothing' is no subcommand"),
        (["set-key", "opnai"], "did you mean 'openai'"),
        (["set-key", "ollama"], "ollama takes no key"),
        (["set-key", "ftp://x"], "is no address"),
        (["set-key", "http://me:word@host/v1"], "user name or a password"),
        (["unset", "k"], "'k' is not set"),
    ],
)
def test_wrong_use_is_one_line_and_changes_nothing(file, monkeypatch, capsys, arguments, words):
    typed(monkeypatch, "sk-key")
    assert run(["config", *arguments]) in (2, 3)
    said = " ".join(capsys.readouterr().err.split())
    assert words in said and not file.exists()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("x = [", "is no TOML"),
        ('modle = "x"', "did you mean 'model'?"),
        ("[comapre]\nn = 3", "did you mean 'compare'?"),
        ("[prompt]\nn = 3", "'n' in [prompt]"),
        ("keys = 3", "has to hold texts"),
        ("[keys]\nopenai = 3", "has to hold texts"),
        ("k = 'many'", "not a valid integer"),
        ("tau = 7", "tau must be"),
    ],
)
def test_a_file_that_is_wrong_says_where(file, capsys, content, words):
    file.parent.mkdir()
    file.write_text(content)
    assert run(["prompt", "x"]) == 2
    assert words in " ".join(capsys.readouterr().err.split())
    assert run(["config", "path"]) == run(["completion", "bash"]) == 0


def test_it_is_where_such_files_are_kept(monkeypatch, tmp_path, capsys):
    monkeypatch.delenv("VERBALIZED_SAMPLING_CONFIG")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert run(["config", "path"]) == 0
    assert capsys.readouterr().out.strip().endswith("config.toml")


def test_subcommands_complete(monkeypatch, capsys):
    """What a shell is offered: subcommands, their own subcommands, options and their words."""
    import click.shell_completion as completion

    from verbalized_sampling.command.run import verbalize

    def offered(*words, incomplete=""):
        shell = completion.ShellComplete(verbalize, {}, "verbalize", "_VERBALIZE_COMPLETE")
        return {item.value for item in shell.get_completions(list(words), incomplete)}

    assert {"compare", "config", "serve"} <= offered(incomplete="") and offered(incomplete="comp") == {
        "compare",
        "completion",
    }
    assert {"set", "set-key", "unset"} <= offered("config")
    assert "--diversity" in offered(incomplete="--di") and "--model" in offered("a query", incomplete="--m")
    assert offered("--diversity") == {"low", "medium", "high"}
    assert "--diversity" in offered("ask", incomplete="--di") and "--host" in offered("serve", incomplete="--ho")
    assert offered("prompt", "--diversity") == {"low", "medium", "high"}
