"""quadrant web: the report as a page that follows the database."""

from __future__ import annotations

import secrets
import socket
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated

import typer

from quadrant.cli.console import err
from quadrant.errors import QuadrantError
from quadrant.server import resolve_dsn

PORT = 8042
_SHORTEST_TOKEN = 16


class WebMissing(QuadrantError):
    """The page's libraries are not installed."""

    code = "QD213"


class AddressTaken(QuadrantError):
    """The address or the port cannot be had."""

    code = "QD214"


def web(
    *,
    host: Annotated[
        str, typer.Option(help="The address to answer on; other than loopback it takes a token.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0: any that is free.")] = PORT,
    allow_changes: Annotated[
        bool,
        typer.Option(
            "--allow-changes",
            help="Approve, dismiss, pin and switch from the page, with the token.",
        ),
    ] = False,
    token: Annotated[
        str,
        typer.Option(
            envvar="QUADRANT_WEB_TOKEN",
            help="Asked for changes, and for every request elsewhere than on loopback; "
            "by default a new one, which is printed.",
            show_default=False,
        ),
    ] = "",
    name: Annotated[
        list[str] | None, typer.Option(help="A further host name it answers as, behind a proxy.")
    ] = None,
    bars: Annotated[
        Path | None,
        typer.Option(help="Folder of bars for the chart; default: what the replay read."),
    ] = None,
) -> None:
    """Serve what was learned as a page that follows the database, until Ctrl-C."""
    if bars is not None and not bars.is_dir():
        raise typer.BadParameter(f"{bars} is no folder", param_hint="--bars")
    if token and len(token) < _SHORTEST_TOKEN:
        raise typer.BadParameter(
            f"shorter than {_SHORTEST_TOKEN} characters; leave it out and one is made",
            param_hint="--token",
        )
    try:
        import uvicorn  # noqa: PLC0415

        from quadrant.web import Mirror, make_app  # noqa: PLC0415
        from quadrant.web.guard import LOOPBACK, Rules  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise WebMissing(
            f"the page needs a library that is not installed: {error.name}",
            hint="pip install 'quadrant[web]'",
        ) from error
    here = _is_loopback(host)
    needed = allow_changes or not here
    chosen = (token or secrets.token_urlsafe(24)) if needed else ""
    rules = Rules(
        names=LOOPBACK | {host.lower(), *(n.lower() for n in name or ())},
        any_address=not here,
        token=chosen,
        closed=not here,
        allow_changes=allow_changes,
    )
    app = make_app(Mirror(resolve_dsn(), bars), rules)
    listening = _listen(host, port)
    shown = f"[{host}]" if ":" in host else host
    where = f"http://{shown}:{listening.getsockname()[1]}/"
    said = [where]
    if needed and not token:
        said.append(f"Token: {chosen}")
    if not here:
        said.append("Log in with any name and the token. Plain HTTP: put TLS before it.")
    if allow_changes:
        said.append("Decisions may be taken from the page, with a name and the token.")
    for line in said:
        err.print(line, soft_wrap=True, highlight=False, markup=False)
    config = uvicorn.Config(
        app, log_level="warning", access_log=False, server_header=False, timeout_graceful_shutdown=2
    )
    uvicorn.Server(config).run(sockets=[listening])


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _listen(host: str, port: int) -> socket.socket:
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        return socket.create_server(address[:2], family=family)
    except OSError as error:
        raise AddressTaken(
            f"cannot answer on {host}:{port}: {error.strerror or error}",
            hint="Choose another with --host and --port; --port 0 takes any that is free.",
        ) from error


def register(app: typer.Typer) -> None:
    """Put the command on the command line."""
    app.command()(web)
