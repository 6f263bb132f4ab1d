"""`tts mushra serve`: the page and its sounds by HTTP, and a place for the answers.

    GET  /                  the page
    GET  /stimuli/…         the sounds that test.json names, and no other file
    POST /session           {questionnaire} → a new session; {session} → that session as it stands
    POST /ratings           {session, ratings: [{item, letter, score, seconds, comment, plays}]}, kept before it is answered
    POST /finish            {session}

It listens on this machine only unless told otherwise; it has no passwords and no TLS, which a tunnel or a proxy in front of it
may add.
"""

from __future__ import annotations

import math
import sqlite3
import sys
from dataclasses import asdict
from pathlib import Path

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from tts.errors import UserError
from tts.mushra.folder import Test
from tts.mushra.page import render
from tts.mushra.store import Rating, Store
from tts.web.server import HEADERS, read_json, refuse
from tts.web.server import serve as serve_app

MOST_BYTES = 64 * 1024
MOST_RATINGS = 200
MOST_COMMENT, MOST_ANSWER = 2000, 500  # characters


def make_app(test: Test, store: Store) -> Starlette:
    """The application that serves one test."""
    page = render(test, served=True)
    sounds = {file: test.folder / file for file in test.sounds()}
    letters = test.rated_letters()
    scale = test.public["scale"]
    questions = {row["name"] for row in test.public["questionnaire"]}

    async def show_page(request: Request) -> Response:
        return HTMLResponse(page, headers=HEADERS)

    async def sound(request: Request) -> Response:
        path = sounds.get("stimuli/" + request.path_params["path"])  # a name in a list: nothing that it could escape from
        if path is None:
            raise HTTPException(404, "no such sound")
        return FileResponse(
            path, media_type="audio/wav", headers={"Cache-Control": "private, max-age=86400", "X-Content-Type-Options": "nosniff"}
        )

    async def session(request: Request) -> Response:
        body = await read_json(request, MOST_BYTES)
        if "session" in body:
            return JSONResponse(asdict(await known_session(body)), headers=HEADERS)
        answers = body.get("questionnaire", {})
        if not isinstance(answers, dict) or any(
            name not in questions or not isinstance(text, str) or len(text) > MOST_ANSWER for name, text in answers.items()
        ):
            raise HTTPException(400, "questionnaire holds something that was not asked")
        return JSONResponse(asdict(await run_in_threadpool(store.start, answers)), headers=HEADERS)

    async def ratings(request: Request) -> Response:
        body = await read_json(request, MOST_BYTES)
        rows = body.get("ratings")
        if not isinstance(rows, list) or not 0 < len(rows) <= MOST_RATINGS:
            raise HTTPException(400, f"ratings must be a list of 1 to {MOST_RATINGS}")
        checked = [check_rating(row, letters, scale) for row in rows]
        known = await known_session(body)
        await run_in_threadpool(store.rate, known.session, checked)
        return JSONResponse({"kept": len(checked)}, headers=HEADERS)

    async def finish(request: Request) -> Response:
        known = await known_session(await read_json(request, MOST_BYTES))
        await run_in_threadpool(store.finish, known.session)
        return JSONResponse({"finished": True}, headers=HEADERS)

    async def known_session(body: dict):
        name = body.get("session")
        found = await run_in_threadpool(store.find, name) if isinstance(name, str) else None
        if found is None:
            raise HTTPException(404, "no such session")
        return found

    return Starlette(
        routes=[
            Route("/", show_page),
            Route("/stimuli/{path:path}", sound),
            Route("/session", session, methods=["POST"]),
            Route("/ratings", ratings, methods=["POST"]),
            Route("/finish", finish, methods=["POST"]),
        ],
        exception_handlers={HTTPException: refuse, sqlite3.Error: not_kept},
    )


async def not_kept(request: Request, error: sqlite3.Error) -> Response:
    """The answer where the database could not be written: the page keeps what it has, says so, and sends it again."""
    sentence = f"no room for this answer, or no way to write it ({error}); it is not kept: send it again when there is room on the server's disk"
    print(f"tts mushra serve: {sentence}", file=sys.stderr, flush=True)
    return await refuse(request, HTTPException(507, sentence))


def check_rating(row, letters: dict[str, list[str]], scale: dict) -> Rating:
    """One answer, if the test has such a sound and the scale such a score."""
    if not isinstance(row, dict) or not isinstance(row.get("item"), str) or row.get("letter") not in letters.get(row["item"], ()):
        raise HTTPException(400, "a rating of something that is not in this test")
    score, seconds, comment, plays = row.get("score"), row.get("seconds"), row.get("comment") or "", row.get("plays") or 0
    if not _is_number(score) or not scale["minimum"] <= score <= scale["maximum"]:
        raise HTTPException(400, f"score must be a number from {scale['minimum']} to {scale['maximum']}")
    if not (seconds is None or _is_number(seconds) and seconds >= 0) or type(plays) is not int or not 0 <= plays < 10**6:
        raise HTTPException(400, "seconds and plays must be numbers")
    if not isinstance(comment, str) or len(comment) > MOST_COMMENT:
        raise HTTPException(400, f"comment must be a text of at most {MOST_COMMENT} characters")
    return Rating(row["item"], row["letter"], float(score), seconds, comment, plays)


def _is_number(value) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def serve(folder: Path, host: str, port: int) -> tuple[int, int, int]:
    """Serve the test until the process is interrupted; returns sessions, finished ones and ratings."""
    test = Test.open(folder)
    if absent := [file for file in test.sounds() if not (test.folder / file).is_file()]:
        raise UserError(
            f"{folder}: {len(absent)} sounds of the test are not there, such as {absent[0]}; copy the whole folder, or prepare "
            "the test again"
        )
    store = Store(test.database, test.name, test.hash, len(test.public["listeners"]["orders"]))
    serve_app(make_app(test, store), host, port, lambda address: f"{test.name}: {address} (answers go to {test.database}; Ctrl-C ends)")
    counts = store.counts()
    store.close()
    return counts
