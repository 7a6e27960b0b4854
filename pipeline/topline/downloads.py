"""Getting files over HTTP: one pace for all threads, patience with a busy server, and no half of a file.

Redirects and second tries count as requests like any other.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from threading import Event, Lock
from time import monotonic
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import urljoin, urlsplit

from topline.errors import FetchError

if TYPE_CHECKING:
    import urllib3

BUSY = frozenset((429, 500, 502, 503, 504))
_BLOCK = 1 << 16

Check = Callable[[int, BinaryIO], bool]


@dataclass(frozen=True, slots=True)
class Manners:
    """How a server is asked: requests a second, tries, seconds before the second try (doubled with each), bytes.

    `longest_wait` is the longest `Retry-After` in seconds that is waited for; a longer one ends the work.
    """

    user_agent: str = "topline"
    rate: float = 8.0
    tries: int = 4
    backoff: float = 1.0
    longest_wait: float = 600.0
    max_bytes: int = 32_000_000


class Pacer:
    """Lets requests of all threads through one by one, none sooner than 1/rate seconds after the one before."""

    def __init__(self, rate: float):
        self._interval = 1 / rate
        self._next = monotonic()
        self._lock = Lock()
        self._stopped = Event()

    def wait(self) -> None:
        """Return when it is this request's turn.

        Raises:
            FetchError: with reason `stopped`, once `stop` was called.
        """
        while not self._stopped.is_set():
            with self._lock:
                left = self._next - monotonic()
                if left <= 0:
                    self._next = monotonic() + self._interval
                    return
            self._stopped.wait(left)
        raise FetchError("the work was stopped before this was asked for", "stopped")

    def hold(self, seconds: float) -> None:
        """Let nothing through for some seconds."""
        with self._lock:
            self._next = max(self._next, monotonic() + seconds)

    def stop(self) -> None:
        """Let nothing through any more; who waits is told."""
        self._stopped.set()


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    retry_after: float | None = None
    location: str | None = None


def _any(status: int, body: BinaryIO) -> bool:
    return True


class Client:
    """Asks one server after another with the same manners; any number of threads may use it at once."""

    def __init__(self, manners: Manners, say: Callable[[str], None] = lambda sentence: None):
        import urllib3

        self.manners = manners
        self.pacer = Pacer(manners.rate)
        self._say = say
        self._pool = urllib3.PoolManager(
            maxsize=8,
            headers={"User-Agent": manners.user_agent, "Accept-Encoding": "gzip, deflate"},
            retries=False,
            timeout=urllib3.Timeout(connect=10, read=60),
        )

    def fetch(self, url: str, sink: BinaryIO, check: Check = _any) -> int:
        """Write what stands at an address into `sink` and return the answer's status.

        `check` sees every answer's status and body: it says whether the body is whole, or raises to give up at once.

        Raises:
            FetchError: with reason `unreachable`, `cut`, `busy`, `too_large` or `stopped`; or from `check`.
        """
        fault: FetchError | None = None
        for later in reversed(range(self.manners.tries)):
            self.pacer.wait()
            answer, fault = self._try(url, sink, check)
            if answer and fault is None:
                return answer.status
            if answer and answer.location:
                url = _redirected(url, answer.location)
            else:
                self._be_patient(url, answer, self.manners.tries - 1 - later, later)
        raise fault or FetchError(f"{url} was not asked for", "stopped")

    def _try(self, url: str, sink: BinaryIO, check: Check) -> tuple[_Answer | None, FetchError | None]:
        """Return the answer to one request, if there was one, and what another try may mend."""
        try:
            answer = self._ask(url, sink)
        except FetchError as error:
            if error.reason == "too_large":
                raise
            return None, error
        if answer.location:
            return answer, FetchError(f"{url} leads to no end", "refused")
        whole = check(answer.status, sink)
        if answer.status in BUSY:
            return answer, FetchError(f"{url} answers {answer.status} again and again; try later", "busy")
        return answer, None if whole else FetchError(f"{url} breaks off before its end; try again later", "cut")

    def _ask(self, url: str, sink: BinaryIO) -> _Answer:
        """Put one request and write the body into `sink`, in place of what it holds."""
        import urllib3

        sink.seek(0)
        sink.truncate()
        try:
            response = self._pool.request("GET", url, preload_content=False, redirect=False)
        except urllib3.exceptions.HTTPError as error:
            sentence = f"{url} cannot be reached ({type(error).__name__}); try again later"
            raise FetchError(sentence, "unreachable") from error
        try:
            self._save(url, response, sink)
        except urllib3.exceptions.HTTPError as error:
            raise FetchError(f"{url} breaks off before its end; try again later", "cut") from error
        finally:
            # Half read, a connection is of no more use.
            response.close() if response.length_remaining else response.release_conn()
        return _Answer(response.status, _retry_after(response), response.get_redirect_location() or None)

    def _save(self, url: str, response: urllib3.BaseHTTPResponse, sink: BinaryIO) -> None:
        size = 0
        for block in response.stream(_BLOCK, decode_content=True):
            size += len(block)
            if size > self.manners.max_bytes:
                raise FetchError(f"{url} is larger than {self.manners.max_bytes:,} bytes", "too_large")
            sink.write(block)

    def _be_patient(self, url: str, answer: _Answer | None, tried: int, later: int) -> None:
        """Hold all requests as long as the server asks, or longer with each try.

        Raises:
            FetchError: with reason `busy`, when the server asks for more than anyone waits.
        """
        wait = self.manners.backoff * 2**tried if later else 0.0
        if answer and answer.retry_after is not None:
            wait = answer.retry_after
            if wait > self.manners.longest_wait:
                sentence = f"{url} asks to wait {wait:,.0f} s; run the same command again after that"
                raise FetchError(sentence, "blocked")
            if later and wait >= 1:
                self._say(f"{urlsplit(url).netloc} asks to wait {wait:,.0f} s")
        self.pacer.hold(wait)


def _redirected(url: str, location: str) -> str:
    """Return where an address leads to.

    Raises:
        FetchError: with reason `refused`, when that is no web address or gives up encryption.
    """
    target = urljoin(url, location)
    schemes = (urlsplit(url).scheme, urlsplit(target).scheme)
    if schemes[1] not in ("http", "https") or schemes == ("https", "http"):
        raise FetchError(f"{url} leads to another kind of address ({target:.80}), which is not followed", "refused")
    return target


def _retry_after(response: urllib3.BaseHTTPResponse) -> float | None:
    """Return the seconds that the server asks to wait; None when it does not, or not in a way that can be read."""
    import urllib3

    header = response.headers.get("Retry-After")
    if header is None or response.status not in BUSY:
        return None
    try:
        return urllib3.Retry().parse_retry_after(header)
    except urllib3.exceptions.InvalidHeader:
        return None
