"""A Dask cluster over one plan: a task is a shard, the bytes are those of `run_local`.

A Dask worker that dies costs nothing: its shards go to others. A shard that ends one worker after the other is put
aside and read last, input by input with nothing else in flight, so that only the input that does it is lost.
"""

from __future__ import annotations

import os
from asyncio import CancelledError
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING, Any

from topline.batch.manifest import Plan
from topline.batch.remote import Probed, Reading, end_children, make_probe, read_shard
from topline.batch.runner import Advance, Answers
from topline.batch.shards import Entry, Written, extract_shard, refusal, to_lines
from topline.batch.workers import Work
from topline.errors import BatchError

if TYPE_CHECKING:
    from distributed import Client, Future

LOCAL = "local"
AHEAD = 3  # shards in flight for each thread of the cluster: one is read, the others keep it busy until we answer
CONNECT = 30.0  # seconds for the scheduler to answer
PATIENCE = 60.0  # seconds without any worker until the run stops
_SCHEDULER = "the scheduler"


def run_dask(
    plan: Plan,
    shards: Sequence[int],
    advance: Advance,
    *,
    address: str,
    jobs: int | None = None,
    work: Work = extract_shard,
) -> Answers:
    """Yield the bytes of the shards asked for as they become whole, in any order; `advance` gets them too.

    `address` is a scheduler's, or `local` for a cluster of `jobs` threads that ends with the run.

    Raises:
        BatchError: Dask is not installed, no scheduler or worker answers, a machine has another topline or model or
            does not see the inputs, or the cluster is lost on the way.
    """
    if not shards:
        return
    reading = Reading(plan.settings, os.getcwd(), work)
    with ExitStack() as stack:
        client = connect(stack, address, jobs)
        refuse_strangers(client, reading)
        stack.callback(_release, client, reading)
        for number, lines in Run(client, plan, reading).answers(shards):
            advance(lines)
            yield number, lines


def connect(stack: ExitStack, address: str, jobs: int | None) -> Client:
    """Return a client that ends with the stack, and with it the cluster when that is `local`.

    Raises:
        BatchError: Dask is not installed, or no scheduler answers.
    """
    try:
        from distributed import Client, LocalCluster
    except ImportError as error:
        raise BatchError("--dask needs Dask; install it with: pip install 'topline[dask]'") from error
    if address == LOCAL:
        return stack.enter_context(Client(stack.enter_context(LocalCluster(**_local_options(jobs)))))
    try:
        return stack.enter_context(Client(address, timeout=CONNECT))
    except (OSError, ValueError) as error:
        said = f"--dask {address}: no scheduler answers ({error}); start one with `dask scheduler`, or use --dask local"
        raise BatchError(said) from error


def _local_options(jobs: int | None) -> dict[str, Any]:
    """Return a cluster of threads of this process: the work is done by their children, as on any Dask worker.

    Dask opens pages of its own whatever it is told; they stay on this machine.
    """
    here = "127.0.0.1:0"
    return {
        "processes": False,
        "n_workers": 1,
        "threads_per_worker": jobs or os.cpu_count(),
        "dashboard_address": here,
        "worker_dashboard_address": here,
        "scheduler_kwargs": {"dashboard": False},
    }


def _release(client: Client, reading: Reading) -> None:
    with suppress(Exception):  # a cluster that is lost was told of before
        client.run(end_children, reading)


def refuse_strangers(client: Client, reading: Reading) -> None:
    """Refuse a cluster without workers, and machines with another topline or another model.

    Raises:
        BatchError: names the machine and what differs.
    """
    try:
        client.wait_for_workers(1, timeout=PATIENCE)
    except TimeoutError as error:
        raise BatchError("no Dask worker has joined; start one with `dask worker ADDRESS` on each machine") from error
    probe = make_probe(reading.model())
    try:
        found = {_SCHEDULER: client.run_on_scheduler(probe), **client.run(probe)}
    except Exception as error:  # whatever another Python, or another Dask, makes of the function
        said = f"the cluster cannot run what this machine sends ({error}); install the same Python and packages on all"
        raise BatchError(said) from error
    here = probe()
    for place, there in found.items():
        if difference := _difference(here, there, place == _SCHEDULER):
            raise BatchError(f"{place}: {difference}")


def _difference(here: Probed, there: Probed, is_scheduler: bool) -> str | None:
    assert here is not None
    if there is None:
        return f"topline is not installed there; install topline {here[0]} on all machines, the scheduler's too"
    if there[0] != here[0]:
        return f"topline {there[0]} is installed there and {here[0]} here; install the same on all machines"
    if there[1] != here[1] and not is_scheduler:
        return "the model there is another one, or none; copy the model's folder to the same path on all machines"
    return None


@contextmanager
def _told() -> Iterator[None]:
    """Make a sentence of what goes wrong in the cluster; that a task ended its workers is for the caller.

    Raises:
        BatchError: the cluster failed.
    """
    from distributed import KilledWorker

    try:
        yield
    except (BatchError, KilledWorker):
        raise
    except (Exception, CancelledError) as error:  # what is lost with its scheduler is cancelled: no `Exception`
        said = f"the Dask cluster failed ({type(error).__name__}: {error}); mend it and go on with --resume"
        raise BatchError(said) from error


class Run:
    """The shards in flight, and those that are suspected of ending their workers."""

    def __init__(self, client: Client, plan: Plan, reading: Reading):
        self.client, self.plan, self.reading = client, plan, reading
        self.flying: dict[Future, int] = {}

    def answers(self, shards: Sequence[int]) -> Answers:
        """Yield shards as they come, and last those that ended their workers."""
        waiting, suspects = deque(shards), []
        while waiting or self.flying:
            self._send(waiting)
            for future in self._settled(list(self.flying)):
                number = self.flying.pop(future)
                lines = self._lines(future)
                if lines is None:
                    suspects.append(number)
                else:
                    yield number, lines
        for number in suspects:
            yield number, b"".join(self._alone(entry) for entry in self.plan.shard(number))

    def _send(self, waiting: deque[int]) -> None:
        """Keep every thread busy, and no more: answers wait in the memory of the workers."""
        with _told():
            room = max(1, AHEAD * sum(self.client.nthreads().values())) - len(self.flying)
            for _ in range(min(room, len(waiting))):
                number = waiting.popleft()
                self.flying[self._submit(self.plan.shard(number))] = number

    def _submit(self, entries: Sequence[Entry]) -> Future:
        return self.client.submit(read_shard, self.reading, entries, pure=False)

    def _settled(self, futures: list[Future]) -> list[Future]:
        """Wait for the first that is done; return all that are.

        Raises:
            BatchError: no worker is left, or the cluster is gone.
        """
        from distributed import wait

        with _told():
            while True:
                with suppress(TimeoutError):
                    return list(wait(futures, timeout=PATIENCE, return_when="FIRST_COMPLETED").done)
                if not self.client.nthreads():
                    raise BatchError(
                        "no Dask worker is left; start one with `dask worker ADDRESS` and go on with --resume"
                    )

    def _alone(self, entry: Entry) -> bytes:
        """Return one input's lines, also when it ends every worker that reads it."""
        future = self._submit((entry,))
        self._settled([future])
        lines = self._lines(future)
        if lines is not None:
            return lines
        sentence = "its process was killed or ran out of memory (with each Dask worker that read it); read it by itself"
        return to_lines(Written(refusal(entry, "killed", sentence)))

    def _lines(self, future: Future) -> bytes | None:
        """Return the lines of a task that is done, None when it ended one worker after the other.

        Raises:
            BatchError: a worker cannot read the shard, or the cluster is gone.
        """
        from distributed import KilledWorker

        try:
            with _told():
                lines, unseen = future.result()
        except KilledWorker:
            return None
        for name in unseen:
            if self.reading.sees(name):
                raise BatchError(
                    f"{name}: a Dask worker does not see it; name inputs by a path that all machines share"
                )
        return bytes(lines)
