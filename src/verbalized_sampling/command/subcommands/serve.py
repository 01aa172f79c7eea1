"""``verbalize serve``: an OpenAI-compatible server in front of any model."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import Any

import click

from ...errors import SettingsError
from ...models import VARIABLE
from ...plans.elicitation import Variant
from ..options import (
    api_key_option,
    diversity_option,
    elicitation_from,
    quiet_option,
    tau_option,
    template_option,
    timeout_option,
    words_of,
)
from ..output import Output

__all__ = ["serve"]

_INSTALL = 'pip install "verbalized-sampling-core[serve]"'
_KEY = "VERBALIZED_SAMPLING_SERVE_KEY"


@click.command("serve")
@click.option(
    "--model", "-m", help=f"provider:model, a base URL, or a GGUF file. Default: ${VARIABLE}, or what is there."
)
@api_key_option
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", "-p", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0: any free one.")
@click.option(
    "--client-key-env",
    metavar="NAME",
    default=_KEY,
    show_default=True,
    help="Environment variable that holds the key which clients have to send.",
)
@click.option("-k", default=5, show_default=True, help="Candidates to draw a single answer of.")
@tau_option
@diversity_option
@click.option("--variant", type=words_of(Variant), default="standard", show_default=True, help="Method or baseline.")
@template_option
@click.option("--draw", "draws", is_flag=True, help="Draw the answer also where a client wants a single one.")
@timeout_option
@quiet_option
@click.pass_obj
def serve(
    output: Output,
    /,
    *,
    model: str | None,
    api_key: str | None,
    host: str,
    port: int,
    client_key_env: str,
    draws: bool,
    timeout: float | None,
    **settings: Any,
) -> None:
    """Serve OpenAI's API in front of a model: n=5 gives five distinct answers.

    Clients set OPENAI_BASE_URL to the address that is printed. A request may say tau, diversity, variant, k, words or
    definition in its body (extra_body) or as a header (X-Verbalized-Tau).
    """
    try:
        import uvicorn

        from ...hosting import is_loopback, listening
        from ...serve import create_app
    except ModuleNotFoundError as error:
        if error.name not in ("uvicorn", "starlette"):
            raise
        raise SettingsError(f"verbalize serve needs a web server: {_INSTALL}") from None
    client_key = os.environ.get(client_key_env, "").strip() or None
    if client_key is None and not is_loopback(host):
        raise click.UsageError(
            f"other machines reach {host}: set a key for clients first, "
            f'export {client_key_env}="$(openssl rand -hex 24)", or leave out --host'
        )
    with listening(host, port) as listener:
        app = create_app(
            model,
            elicitation=elicitation_from(settings),
            draws=draws,
            client_key=client_key,
            api_key=api_key,
            timeout=timeout,
            say=output.say,
        )
        shown, port = host if ":" not in host else f"[{host}]", listener.getsockname()[1]
        who = "clients need its key" if client_key else "for programs of this machine, without a key"
        output.say(f"http://{shown}:{port}/v1 answers with {app.state.upstream}; {who}; Ctrl-C ends it")
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False, timeout_graceful_shutdown=2))
        with suppress(KeyboardInterrupt):  # how it is meant to end
            server.run(sockets=[listener])
        output.say("ended")
