"""`tts studio`: the page to shape prosody, and what it asks, by HTTP.

    GET  /             the page
    POST /predict      {text, settings, seed, temperature} → {prosody}
    POST /say          {prosody, settings} → {sound, seconds, words, warnings, summary}
    POST /extract?name=&text=&language=&speaker=&trust=   a sound file as the body → {prosody, sound}
    POST /recording    {id} of the manifest → {prosody, sound}
    POST /file         {prosody, name} → {prosody}, checked and as it stands in a file
    POST /copy         {prosody, other, words} → {prosody}

What cannot be done is answered with a sentence and status 400. One question is worked on at a time; one whose asker is gone when its turn
comes is left out. It has no passwords: it listens on this machine only unless told otherwise, and answers only who calls it by an address
(or localhost, or the name it was told), which another site's page in the same browser cannot do.
"""

from __future__ import annotations

import asyncio
import ipaddress
import math
import re
import tempfile
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from tts.errors import UserError
from tts.studio.studio import Studio
from tts.web.page import render
from tts.web.server import HEADERS, read_body, read_json, refuse

MOST_BYTES, MOST_UPLOADED = 1 << 20, 32 << 20
NOT_ITS_OWN = "the studio answers only its own page, called by a number such as 127.0.0.1, by localhost or as --host says"


class OwnPageOnly:
    """Refuses who calls the server by a name that is not its own (a rebound DNS name), and what another site's page sends."""

    def __init__(self, app, host: str):
        self.app, self.host = app, host

    async def __call__(self, scope, receive, send) -> None:
        app = self.app
        if scope["type"] != "http" or not self._own(Request(scope)):
            app = PlainTextResponse(NOT_ITS_OWN, 403, headers=HEADERS)
        await app(scope, receive, send)

    def _own(self, request: Request) -> bool:
        host, origin = request.headers.get("host", ""), request.headers.get("origin")
        if origin is not None and urlsplit(origin).netloc != host:
            return False
        try:
            name = urlsplit(f"//{host}").hostname or ""
        except ValueError:
            return False
        return bool(name) and (name in ("localhost", self.host) or _is_address(name))


def make_app(studio: Studio, host: str):
    """The application."""
    page = render("studio", data=studio.facts())
    turn = asyncio.Lock()

    async def alone(request: Request, work: Callable[..., dict], *arguments) -> Response:
        async with turn:
            if await request.is_disconnected():
                raise HTTPException(499, "nobody waits for this any more")
            return JSONResponse(await run_in_threadpool(work, *arguments), headers=HEADERS)

    async def show_page(request: Request) -> Response:
        return HTMLResponse(page, headers=HEADERS)

    async def predict(request: Request) -> Response:
        body = await read_json(request, MOST_BYTES)
        seed, temperature = (_number(body, name) for name in ("seed", "temperature"))
        return await alone(request, studio.predict, _text(body, "text"), _settings(body), int(seed), temperature)

    async def say(request: Request) -> Response:
        body = await read_json(request, MOST_BYTES)
        return await alone(request, studio.say, _text(body, "prosody"), _settings(body))

    async def extract(request: Request) -> Response:
        given = request.query_params
        name = re.sub(r"[^\w .()-]", "_", given.get("name", ""))[-80:].strip(". ") or "recording"
        with tempfile.TemporaryDirectory(prefix="studio-") as folder:
            recording = Path(folder) / name
            with open(recording, "wb") as file:
                async for piece in read_body(request, "application/octet-stream", MOST_UPLOADED):
                    file.write(piece)
            return await alone(request, studio.extract, recording, given.get("text", ""), given.get("language", ""),
                               given.get("speaker") or None, given.get("trust") == "1")

    async def recording(request: Request) -> Response:
        return await alone(request, studio.extract_known, _text(await read_json(request, MOST_BYTES), "id"))

    async def file(request: Request) -> Response:
        body = await read_json(request, MOST_BYTES)
        return await alone(request, studio.file, _text(body, "prosody"), _text(body, "name")[:80])

    async def copy(request: Request) -> Response:
        body = await read_json(request, MOST_BYTES)
        return await alone(request, studio.copy, *(_text(body, name) for name in ("prosody", "other", "words")))

    async def tell(request: Request, error: UserError) -> Response:
        return PlainTextResponse(str(error), 400, headers=HEADERS)

    asked = (predict, say, extract, recording, file, copy)
    return OwnPageOnly(
        Starlette(
            routes=[Route("/", show_page), *(Route(f"/{endpoint.__name__}", endpoint, methods=["POST"]) for endpoint in asked)],
            exception_handlers={HTTPException: refuse, UserError: tell},
        ),
        host,
    )


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _text(body: dict, name: str) -> str:
    if not isinstance(body.get(name), str):
        raise HTTPException(400, f"{name} must be a text")
    return body[name]


def _number(body: dict, name: str) -> float:
    value = body.get(name, 0)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value) or not 0 <= value < 2**31:
        raise HTTPException(400, f"{name} must be a number of 0 or more")
    return value


def _settings(body: dict) -> dict[str, str]:
    settings = body.get("settings", {})
    if not isinstance(settings, dict) or not all(isinstance(value, str) for value in settings.values()):
        raise HTTPException(400, "settings must be an object of texts")
    return settings
