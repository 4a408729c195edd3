"""The pages and what they ask for."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from functools import cache, partial
from importlib import resources
from typing import Any

import pydantic
from psycopg.types.json import Jsonb
from sse_starlette.sse import EventSourceResponse
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from quadrant.errors import QuadrantError
from quadrant.report.page import SCRIPTS, Live, environment, render, text
from quadrant.scope import read_scope, write_scope
from quadrant.web.changes import Change, decide
from quadrant.web.guard import Guard, Rules
from quadrant.web.mirror import Mirror, News, Seen, as_analyst, digest

_MOST_BODY = 10_000
_MOST_SCOPES = 40
# live.js keeps sections as they were sent, before report.js draws into them.
_SCRIPTS = (*SCRIPTS[:-1], "live.js", SCRIPTS[-1])


def make_app(mirror: Mirror, rules: Rules) -> Starlette:
    """The pages of a mirror, which follows its database while they are served."""

    @contextlib.asynccontextmanager
    async def following(_: Starlette) -> AsyncIterator[None]:
        task = asyncio.create_task(mirror.follow())
        yield
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task

    pages = _Pages(mirror, rules)
    return Starlette(
        routes=[
            Route("/", pages.report),
            Route("/playground", pages.playground),
            Route("/events", pages.events),
            Route("/assets/{name}", pages.asset),
            Route("/changes", pages.change, methods=["POST"]),
        ],
        middleware=[Middleware(Guard, rules)],
        exception_handlers={404: _missing, QuadrantError: _refused},
        lifespan=following,
    )


class _Pages:
    """What is answered; Guard has let it through."""

    def __init__(self, mirror: Mirror, rules: Rules) -> None:
        self._mirror, self._rules = mirror, rules
        self._rendered: tuple[Seen, str, str] | None = None

    async def report(self, _: Request) -> Response:
        seen = await self._mirror.look()
        news = self._mirror.news
        if seen is None:
            return PlainTextResponse(f"The database was never read yet. {news.lost}", 503)
        if self._rendered is None or self._rendered[:2] != (seen, news.lost):
            live = Live(
                change=_name(News(seen.change, news.lost)),
                scripts=[f"/assets/{name}" for name in _assets()],
                read_at=seen.at,
                lost=news.lost,
                switches=seen.switches,
                allow_changes=self._rules.allow_changes,
            )
            page = await asyncio.to_thread(render, seen.facts, seen.charts, live=live)
            self._rendered = (seen, news.lost, page)
        return HTMLResponse(self._rendered[2])

    async def events(self, _: Request) -> Response:
        async def told() -> AsyncIterator[Mapping[str, str]]:
            async for news in self._mirror.told():
                yield {"event": "news", "data": _name(news)}

        return EventSourceResponse(told(), ping=15, headers={"Cache-Control": "no-store"})

    async def asset(self, request: Request) -> Response:
        found = _assets().get(request.path_params["name"])
        if found is None:
            return await _missing(request, None)
        forever = {"Cache-Control": "private, max-age=31536000, immutable"}
        return Response(found, media_type="text/javascript", headers=forever)

    async def playground(self, request: Request) -> Response:
        given = request.query_params
        seen = await self._mirror.look()
        facts = seen.facts if seen else {}
        patterns = {row["pattern_key"]: row["setup"] for row in facts.get("gates", [])}
        asked = {name: given.get(name, "0.5").strip() for name in ("a", "e")}
        shown: dict[str, Any] = {
            "scope": given.get("scope", ""),
            "pattern": given.get("pattern", next(iter(patterns), "")),
            "patterns": list(patterns.items()),
            "known": _scopes(facts.get("setups", [])),
            "error": "",
            "asked": False,
            **asked,
        }
        status = 200
        if "scope" in given:
            try:
                shown |= await self._held(shown["pattern"], given["scope"], **asked)
            except QuadrantError as error:
                shown["error"], status = str(error), 422
        elif not seen:
            shown["error"], status = self._mirror.news.lost, 503
        template = environment().from_string(_own("playground.html.j2"))
        return HTMLResponse(template.render(shown, css=text("report.css")), status)

    async def _held(self, pattern: str, scope: str, a: str, e: str) -> dict[str, Any]:
        values = {"pattern": pattern, "scope": Jsonb(read_scope(scope))}
        try:
            posture = values | {"a": float(a), "e": float(e)}
        except ValueError:
            raise QuadrantError("A and E are numbers from 0 to 1", code="QD046") from None
        question = partial(_ask, asked=[("web/why", values), ("web/posture", posture)])
        why, postures = await self._mirror.ask(question)
        for row in why:
            row["words"] = write_scope(row["scope_subset"] or {}) or "everything"
        gates: dict[str, dict[str, Any]] = {}
        for row in why:
            if row["direction"] is not None:
                lever = gates.setdefault(
                    row["lever"], {"name": row["lever"], "overrides": []} | row
                )
                lever["overrides"].append(row)
        blended = [row for row in why if row["action_category"] == "pm_strength"]
        return {
            "asked": True,
            "gates": list(gates.values()),
            "postures": postures,
            "blended": blended,
        }

    async def change(self, request: Request) -> Response:
        body = b""
        async for part in request.stream():
            body += part
            if len(body) > _MOST_BODY:
                return PlainTextResponse("A decision is shorter than that.", 413)
        try:
            change = Change.model_validate_json(body)
        except pydantic.ValidationError as error:
            first = error.errors()[0]
            where = ".".join(map(str, first["loc"]))
            return PlainTextResponse(f"No decision: {where} {first['msg']}".strip(), 422)
        try:
            said = await self._mirror.ask(partial(decide, change=change))
        except QuadrantError as error:
            return PlainTextResponse(str(error), 409)
        self._mirror.changed()
        return PlainTextResponse(said)


def _ask(connection: Any, asked: list[Any]) -> list[list[dict[str, Any]]]:
    return as_analyst(connection, *asked)


def _name(news: News) -> str:
    """Another for another page: what changed, and whether the database is there."""
    return f"{news.changes}{':lost' if news.lost else ''}"


def _scopes(setups: list[dict[str, Any]]) -> list[str]:
    """Scopes of the newest setups, as they are typed."""
    return list(dict.fromkeys(write_scope(row["scope"]) for row in setups))[:_MOST_SCOPES]


@cache
def _assets() -> dict[str, str]:
    """Scripts by a name that is another for another content."""
    found = {}
    for name in _SCRIPTS:
        script = _own(name) if name == "live.js" else text(name)
        found[f"{name.rpartition('/')[2].removesuffix('.js')}-{digest(script)}.js"] = script
    return found


@cache
def _own(name: str) -> str:
    return resources.files("quadrant").joinpath("web", name).read_text(encoding="utf-8")


async def _missing(_: Request, __: Exception | None) -> Response:
    return PlainTextResponse("There is no such page. / has what was learned.", 404)


async def _refused(_: Request, error: Exception) -> Response:
    return PlainTextResponse(str(error), 503)
