"""The page's server: on loopback, for whoever knows its address, and for nobody else.

The address holds a random token. Requests under another host's name are refused (a name that was made to lead here),
so are changes that come from another page's script, and bodies beyond any event's size. Nothing of the file system can
be named: a request names documents, rows and the page's own files, all looked up in tables.
"""

from __future__ import annotations

import hmac
import json
import secrets
import socket
from collections.abc import Callable
from dataclasses import dataclass
from importlib import resources
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from topline.errors import ReviewError, ToplineError
from topline.outputs import clean, dump
from topline.review.sitting import BehindError, Sitting

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

HOST = "127.0.0.1"
LARGEST = 65_536  # bytes of a request's body; an event has some hundred
FILES = MappingProxyType(
    {
        "review.css": "text/css",
        "icon.svg": "image/svg+xml",
        **dict.fromkeys(
            ("main.js", "calls.js", "chooser.js", "drag.js", "fields.js", "panel.js", "text.js"), "text/javascript"
        ),
    }
)
POLICY = "; ".join(
    (
        "default-src 'none'",
        *(f"{kind}-src 'self'" for kind in ("script", "style", "connect", "img")),
        *(f"{name} 'none'" for name in ("base-uri", "form-action", "frame-ancestors")),
        "require-trusted-types-for 'script'",
    )
)
HEADERS = MappingProxyType(
    {
        "Content-Security-Policy": POLICY,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-store",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
    }
)


@dataclass(frozen=True, slots=True)
class Guard:
    """What a request must show before anything else is looked at."""

    app: ASGIApp
    token: str
    port: int

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it."""
        if scope["type"] != "http":
            return
        refusal = self.refusal(scope)
        if refusal is not None:
            await _plain_answer(send, *refusal)
            return
        body = await _body(receive) if scope["method"] == "POST" else b""
        if body is None:
            await _plain_answer(send, 413, "the request is too large")
            return
        await self.app(scope, _once(body), send)

    def refusal(self, scope: Scope) -> tuple[int, str] | None:
        """Return status and sentence for a request that is refused unread."""
        headers = {name.lower(): held for name, held in scope["headers"]}
        host = headers.get(b"host", b"").decode("latin-1")
        if host not in {f"{name}:{self.port}" for name in (HOST, "localhost")}:
            return 403, "this server answers on loopback only"
        given = scope["path"].lstrip("/").split("/")[0].encode("utf-8", "surrogatepass")
        if not hmac.compare_digest(given, self.token.encode()):
            return 403, "the address lacks its token; use the one that `topline review` printed"
        if scope["method"] not in ("GET", "HEAD", "POST"):
            return 405, "only GET and POST are answered"
        if scope["method"] == "POST":
            if headers.get(b"origin", b"").decode("latin-1") != f"http://{host}":
                return 403, "changes are taken from the review's own page only"
            if headers.get(b"content-type", b"").split(b";")[0].strip() != b"application/json":
                return 415, "changes are JSON"
            if int(headers.get(b"content-length", b"0")) > LARGEST:
                return 413, "the request is too large"
        return None


async def _plain_answer(send: Send, status: int, sentence: str) -> None:
    headers = [*_encoded(HEADERS.items()), (b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": f"{sentence}\n".encode()})


def _encoded(headers: Any) -> list[tuple[bytes, bytes]]:
    return [(name.lower().encode(), held.encode()) for name, held in headers]


async def _body(receive: Receive) -> bytes | None:
    """Return a request's body, None when it is too large."""
    held = b""
    while True:
        message = await receive()
        held += bytes(message.get("body", b""))
        if len(held) > LARGEST:
            return None
        if message["type"] == "http.disconnect" or not message.get("more_body"):
            return held


def _once(body: bytes) -> Receive:
    sent = False

    async def receive() -> Message:
        nonlocal sent
        if sent:
            return {"type": "http.disconnect"}
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


def make_app(sitting: Sitting, token: str, port: int) -> ASGIApp:
    """Return the application of a review under a token on a port."""
    from starlette.applications import Starlette
    from starlette.routing import Route

    def ask(call: Callable[[Request], Any]) -> Callable[[Request], Response]:
        return lambda request: _answer(call, request)

    routes = [
        Route("/{token}/", lambda request: _file("index.html", "text/html")),
        Route("/{token}/static/{name}", _static),
        Route("/{token}/run", ask(lambda request: sitting.overview())),
        Route("/{token}/document", ask(lambda request: sitting.document(request.query_params.get("id", "")))),
        Route("/{token}/choices", ask(lambda request: _choices(sitting, request))),
        Route(
            "/{token}/events",
            _posted(lambda held: sitting.submit(held.get("event"), held.get("after"))),
            methods=["POST"],
        ),
        Route("/{token}/export", _posted(lambda held: _exported(sitting, held)), methods=["POST"]),
    ]
    return Guard(Starlette(routes=routes), token, port)


def _choices(sitting: Sitting, request: Request) -> dict[str, Any]:
    return {"choices": sitting.choices(request.query_params.get("of", ""), request.query_params.get("field", ""))}


def _exported(sitting: Sitting, held: dict[str, Any]) -> dict[str, str]:
    return {"said": clean(sitting.export(held.get("partial") is True).sentence)}


def _posted(call: Callable[[dict[str, Any]], Any]) -> Callable[[Request], Any]:
    async def endpoint(request: Request) -> Response:
        from starlette.concurrency import run_in_threadpool

        body = await request.body()
        return await run_in_threadpool(_answer, lambda _: call(_object(body)), request)

    return endpoint


def _object(body: bytes) -> dict[str, Any]:
    try:
        held = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise ReviewError("the request is not JSON") from error
    if not isinstance(held, dict):
        raise ReviewError("the request is no JSON object")
    return held


def _answer(call: Callable[[Any], Any], request: Request) -> Response:
    """Return what a call gives as JSON; what it refuses is one sentence."""
    from starlette.responses import Response

    try:
        status, held = 200, call(request)
    except BehindError as error:
        status, held = 409, {"error": str(error)}
    except ToplineError as error:
        status, held = 422, {"error": clean(str(error))}
    return Response(dump(held), status, dict(HEADERS), "application/json")


def _static(request: Request) -> Response:
    from starlette.responses import PlainTextResponse

    name = request.path_params["name"]
    return _file(name, FILES[name]) if name in FILES else PlainTextResponse("no such file\n", 404, dict(HEADERS))


def _file(name: str, kind: str) -> Response:
    from starlette.responses import Response

    held = resources.files("topline.review").joinpath("static", name).read_bytes()
    return Response(held, headers=dict(HEADERS), media_type=kind)


@dataclass(frozen=True, slots=True)
class Address:
    """Where a review is served: the open socket, its port, and the token."""

    socket: socket.socket
    port: int
    token: str

    @property
    def url(self) -> str:
        """Return the address to open."""
        return f"http://{HOST}:{self.port}/{self.token}/"


def take_address(port: int = 0) -> Address:
    """Return an address on loopback with a new token; port 0 is any that is free.

    Raises:
        ReviewError: the port is taken.
    """
    held = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        held.bind((HOST, port))
    except OSError as error:
        held.close()
        raise ReviewError(
            f"port {port} cannot be used ({error.strerror}); name another, or none, with --port"
        ) from error
    return Address(held, held.getsockname()[1], secrets.token_urlsafe(24))


def make_server(sitting: Sitting, address: Address) -> Any:
    """Return the uvicorn server of a review; `run(sockets=[address.socket])` serves until it is interrupted.

    Raises:
        ReviewError: the extra is not installed.
    """
    try:
        import uvicorn

        app = make_app(sitting, address.token, address.port)
    except ImportError as error:
        raise ReviewError("reviewing needs a web server; install it with `pip install 'topline[review]'`") from error
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,  # the address holds the token
        server_header=False,
        lifespan="off",
        ws="none",
        timeout_graceful_shutdown=2,
    )
    return uvicorn.Server(config)
