"""What a request to the review must show before anything else is looked at, and the headers of every answer.

The token is compared in constant time. A request under another host's name is refused (a name that was made to lead
here), and so are a change that another page's script sends and a body beyond any event's size.
"""

from __future__ import annotations

import asyncio
import hmac
from contextlib import suppress
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

HOST = "127.0.0.1"
LINGER = 1.0  # seconds
LARGEST = 65_536  # bytes of a request's body; an event has some hundred
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
            await _take(receive)
            await _plain_answer(send, *refusal)
            return
        body = await _body(receive) if scope["method"] == "POST" else b""
        if body is None:
            await _plain_answer(send, 413, "the request is too large")
            return
        await self.app(scope, _once(body), send)

    def refusal(self, scope: Scope) -> tuple[int, str] | None:
        """Return status and sentence for a request that is refused by its head."""
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


async def _take(receive: Receive) -> None:
    """Take a refused request's body off the line, for a second at most.

    A socket that is closed with bytes unread resets the connection, and the client may lose the answer (RFC 9112, 9.6).
    """
    with suppress(asyncio.TimeoutError):
        await asyncio.wait_for(_body(receive), LINGER)


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
