"""The page's server: on loopback, for whoever knows its address, and for nobody else.

The address holds a random token; `guard` sees to it. Nothing of the file system can be named: a request names
documents, rows and the page's own files, all looked up in tables.
"""

from __future__ import annotations

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
from topline.review.guard import HEADERS, HOST, Guard
from topline.review.sitting import BehindError, Sitting

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.types import ASGIApp

FILES = MappingProxyType(
    {
        "review.css": "text/css",
        "icon.svg": "image/svg+xml",
        **dict.fromkeys(
            ("main.js", "calls.js", "chooser.js", "drag.js", "fields.js", "panel.js", "text.js"), "text/javascript"
        ),
    }
)


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
