"""What the project's small web servers share: the headers of every answer, bodies with a limit, refusals as sentences, the socket."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator, Callable

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from tts.documents import parse_json
from tts.errors import UserError

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; connect-src 'self'; "
    "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


async def read_body(request: Request, content_type: str, most_bytes: int) -> AsyncIterator[bytes]:
    """The pieces of a body of at most `most_bytes`. Its type must be one that another site's page cannot send unasked."""
    if request.headers.get("content-type", "").split(";")[0].strip().lower() != content_type:
        raise HTTPException(415, f"expected {content_type}")
    size = 0
    async for piece in request.stream():
        size += len(piece)
        if size > most_bytes:
            raise HTTPException(413, f"more than {most_bytes} bytes", headers={"Connection": "close"})
        yield piece


async def read_json(request: Request, most_bytes: int) -> dict:
    """The body, a JSON object."""
    body = b"".join([piece async for piece in read_body(request, "application/json", most_bytes)])
    try:
        value = parse_json(body)
    except ValueError:
        raise HTTPException(400, "not JSON") from None
    if not isinstance(value, dict):
        raise HTTPException(400, "expected an object")
    return value


async def refuse(request: Request, error: HTTPException) -> Response:
    """The answer to what cannot be done: the sentence alone."""
    return PlainTextResponse(error.detail, error.status_code, headers={**HEADERS, **(error.headers or {})})


def serve(app, host: str, port: int, told: Callable[[str], str]) -> None:
    """Serve until the process is interrupted. `told`: what to print, given the address, when the first who comes will be let in."""
    import uvicorn

    listening = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(1024)
    except OSError as error:
        raise UserError(f"cannot listen on {host} port {port} ({error.strerror}); choose another with --port") from None
    shown = f"[{host}]" if ":" in host else host
    print(told(f"http://{shown}:{listening.getsockname()[1]}/"), flush=True)
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False, lifespan="off", timeout_graceful_shutdown=5))
    try:
        server.run(sockets=[listening])
    except KeyboardInterrupt:
        pass
