"""Who may ask: hosts, methods and the token, before anything else is looked at."""

from __future__ import annotations

import base64
import binascii
import hmac
from dataclasses import dataclass
from ipaddress import ip_address

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; img-src data:;"
    " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True)
class Rules:
    """Who may ask for what.

    `names`: the hosts it answers as; addresses are answered too where `any_address`.
    `token`: what a change needs, and where `closed` every request (as the password of Basic
    authentication, which every browser has).
    """

    names: frozenset[str] = LOOPBACK
    any_address: bool = False
    token: str = ""
    closed: bool = False
    allow_changes: bool = False

    def knows(self, host: str) -> bool:
        """Is that one of our names? A page of somebody else's name must not reach us by it."""
        name = host.lower()
        if name.startswith("["):
            name = name[1:].partition("]")[0]
        elif name.count(":") <= 1:
            name = name.partition(":")[0]
        return name in self.names or (self.any_address and _is_address(name))

    def is_token(self, given: str) -> bool:
        """Compared in a time that tells nothing; never where there is none."""
        return bool(self.token) and hmac.compare_digest(given.encode(), self.token.encode())


class Guard:
    """Refuses in words, and puts the policy on every answer."""

    def __init__(self, app: ASGIApp, rules: Rules) -> None:
        self._app, self._rules = app, rules

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Starlette's way to ask."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers[name] = value
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        refused = self._refusal(scope["method"], scope["path"], Headers(scope=scope))
        await (refused or self._app)(scope, receive, guarded)

    def _refusal(self, method: str, path: str, headers: Headers) -> PlainTextResponse | None:
        rules = self._rules
        if not rules.knows(headers.get("host", "")):
            return PlainTextResponse(
                "This page does not answer under that name. quadrant web --name NAME adds one.",
                421,
            )
        if rules.closed and not rules.is_token(_password(headers.get("authorization", ""))):
            return PlainTextResponse(
                "The token is needed: as the password, with any name.",
                401,
                {"WWW-Authenticate": 'Basic realm="quadrant", charset="UTF-8"'},
            )
        if method in {"GET", "HEAD"}:
            return None
        if method == "POST" and path == "/changes" and rules.allow_changes:
            if rules.is_token(headers.get("x-quadrant-token", "")):
                return None
            return PlainTextResponse("That is not the token: nothing was decided.", 403)
        return PlainTextResponse(
            "This page is read only: quadrant web --allow-changes takes decisions.",
            405,
            {"Allow": "GET, HEAD"},
        )


def _password(authorization: str) -> str:
    scheme, _, rest = authorization.partition(" ")
    if scheme.lower() != "basic":
        return ""
    try:
        return base64.b64decode(rest, validate=True).decode().partition(":")[2]
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
