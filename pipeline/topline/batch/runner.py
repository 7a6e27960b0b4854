"""Local processes over one plan: each holds one input at a time, so that a death costs one input.

`nlp.pipe(n_process=2)` waits for ever when one of its processes is killed, and `concurrent.futures` gives up the whole
pool; hence a loop of our own over one pipe a worker.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from multiprocessing.connection import wait

from topline.batch.manifest import Plan
from topline.batch.shards import Entry, Settings, Written, extract_shard, refusal, to_lines
from topline.batch.workers import READY, Task, Work, Worker, end_all, start_worker
from topline.errors import BatchError
from topline.schema import Status

LIFETIME = 5_000  # inputs a worker, then a fresh one: spaCy's table of strings only grows
LAST_WORDS = 2.0  # seconds from the end of a worker's pipe to its exit code
STARTS = 3  # workers in a row that die before they are ready

Advance = Callable[[bytes], None]
Answers = Generator[tuple[int, bytes], None, None]


def run_local(
    plan: Plan, shards: Sequence[int], advance: Advance, *, jobs: int = 1, work: Work = extract_shard
) -> Answers:
    """Yield the bytes of the shards asked for as they become whole, in any order; `advance` gets each input's lines.

    Raises:
        BatchError: the model is refused, or workers die before they have loaded it.
    """
    size = plan.settings.shard_size
    tasks = [(number * size + k, entry) for number in shards for k, entry in enumerate(plan.shard(number))]
    held: dict[int, dict[int, bytes]] = {}
    with closing(Supervisor(work, plan.settings, tasks, jobs).answers()) as answers:
        for position, lines in answers:
            advance(lines)
            number = position // size
            parts = held.setdefault(number, {})
            parts[position] = lines
            if len(parts) == len(plan.shard(number)):
                del held[number]
                yield number, b"".join(parts[key] for key in sorted(parts))


class Supervisor:
    """The workers, the inputs that wait for them, and what happens when one dies or takes too long.

    `idle` holds workers of the same work and settings that are taken first, and gets those that are no longer needed.
    """

    def __init__(
        self, work: Work, settings: Settings, tasks: Sequence[Task], jobs: int, idle: list[Worker] | None = None
    ):
        self.work, self.settings, self.idle = work, settings, idle
        self.waiting = deque(tasks)
        self.workers: list[Worker] = []
        self.jobs = min(jobs, len(tasks))
        self.failed_starts = 0

    def answers(self) -> Answers:
        """Yield each input's place and lines as they come."""
        try:
            for _ in range(self.jobs):
                self._start()
            while self.workers:
                for worker in self._stirring():
                    yield from self._attend(worker)
        finally:
            end_all(self.workers)

    def _start(self) -> None:
        if self.idle:
            self.workers.append(self.idle.pop())
            self._occupy(self.workers[-1])
        else:
            self.workers.append(start_worker(self.work, self.settings))

    def _stirring(self) -> list[Worker]:
        """Wait for an answer, a death or a deadline; return the workers that it is about."""
        left = min(worker.deadline for worker in self.workers) - time.monotonic()
        heard = wait([worker.pipe for worker in self.workers], max(0.0, left))
        now = time.monotonic()
        return [worker for worker in self.workers if worker.pipe in heard or worker.deadline <= now]

    def _attend(self, worker: Worker) -> Iterator[tuple[int, bytes]]:
        late = not worker.pipe.poll()
        answer = None if late else worker.take()
        if worker.task is None:
            self._started(worker, answer)
            return
        position, entry = worker.task
        if answer is None:
            ended = self._drop(worker, 0.0 if late else LAST_WORDS)
            answer = to_lines(Written(self._loss(entry, late, ended)))
        else:
            self._occupy(worker)  # before the answer goes on: the worker reads while a shard is written
        yield position, answer

    def _started(self, worker: Worker, answer: bytes | None) -> None:
        if answer == READY:
            self.failed_starts = 0
            self._occupy(worker)
        elif answer is not None:
            raise BatchError(answer.decode())
        else:
            self.failed_starts += 1
            ended = self._drop(worker, LAST_WORDS)
            if self.failed_starts >= STARTS:
                raise BatchError(
                    f"worker processes end before they are ready ({ended}); check the memory and try fewer --jobs"
                )

    def _occupy(self, worker: Worker) -> None:
        """Give a worker the next input; let it go when none waits, or when it has served its time."""
        if self.waiting and worker.served < LIFETIME and worker.give(self.waiting[0], self.settings.timeout):
            self.waiting.popleft()
        elif self.idle is not None and not self.waiting:
            self.workers.remove(worker)
            worker.task = None
            self.idle.append(worker)
        else:
            self._drop(worker)

    def _drop(self, worker: Worker, grace: float = 0.0) -> str:
        """End a worker, start another if inputs wait, and return what ended the first."""
        self.workers.remove(worker)
        ended = worker.end(grace)
        if self.waiting:
            self._start()
        return ended

    def _loss(self, entry: Entry, late: bool, ended: str) -> Status:
        """Return the status of an input whose worker is gone."""
        if late:
            return refusal(
                entry, "timeout", f"took longer than {self.settings.timeout:g} s; raise --timeout to read it"
            )
        return refusal(entry, "killed", f"its process was killed or ran out of memory ({ended}); read it by itself")
