"""A worker: a process that reads one input at a time and may be ended at any moment."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess

from topline import collector
from topline.batch.shards import Entry, Settings
from topline.errors import ToplineError

Work = Callable[[Settings, Sequence[Entry]], bytes]
Task = tuple[int, Entry]

START_LIMIT = 300.0  # seconds to load a model; the shipped one takes 1 to 3, a cold network drive far more
GRACE = 5.0  # seconds after its limit at which a worker without a supervisor ends itself
READY = b""
# One process an input is the parallelism; threads below it only take processors from the other workers.
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


@dataclass(slots=True)
class Worker:
    """A worker as its supervisor sees it; `task` is the input in its hands with its place, None while it starts."""

    process: BaseProcess
    pipe: Connection
    deadline: float
    task: Task | None = None
    served: int = 0

    def give(self, task: Task, timeout: float) -> bool:
        """Hand an input over; False when the process is gone."""
        try:
            self.pipe.send(task[1])
        except OSError:
            return False
        self.task, self.deadline = task, time.monotonic() + timeout
        self.served += 1
        return True

    def take(self) -> bytes | None:
        """Return the answer that waits in the pipe, None when the process ended instead."""
        try:
            return self.pipe.recv_bytes()
        except (EOFError, OSError):
            return None

    def end(self, grace: float = 0.0) -> str:
        """End the process, whatever it does, after so many seconds for an end of its own; name what ended it."""
        if grace:
            self.process.join(grace)
        self.process.kill()
        self.process.join()
        self.pipe.close()
        code = self.process.exitcode or 0
        return signal.Signals(-code).name if code < 0 else f"exit code {code}"


def start_worker(work: Work, settings: Settings) -> Worker:
    """Start a worker; its first answer says that the model is loaded, or why not.

    The new process is no fork: one that is forked while other threads run may hang. It never sees Ctrl-C, which a
    terminal sends to all processes: ending it is the supervisor's part.
    """
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=serve, args=(theirs, work, settings), daemon=True)
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        process.start()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        theirs.close()  # so that the pipe ends with the process
    return Worker(process, ours, time.monotonic() + START_LIMIT)


def serve(pipe: Connection, work: Work, settings: Settings) -> None:
    """Load the model and answer each input with its lines until the pipe ends: what a worker does."""
    collector.rest()
    for name in THREADS:
        os.environ.setdefault(name, "1")
    try:
        work(settings, ())
    except ToplineError as error:
        pipe.send_bytes(str(error).encode("utf-8", "backslashreplace"))
        return
    with suppress(EOFError, OSError):
        pipe.send_bytes(READY)
        while True:
            entry = pipe.recv()
            # The kernel ends the process even inside a library call, should the supervisor be gone by then.
            signal.setitimer(signal.ITIMER_REAL, settings.timeout + GRACE)
            answer = work(settings, (entry,))
            signal.setitimer(signal.ITIMER_REAL, 0)
            pipe.send_bytes(answer)


def end_all(workers: Iterable[Worker]) -> None:
    """End workers that are no longer needed, or must not outlive an error."""
    held = list(workers)
    for worker in held:
        worker.process.kill()
    for worker in held:
        worker.process.join()
        worker.pipe.close()
