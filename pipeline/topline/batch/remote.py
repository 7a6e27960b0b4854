"""What a Dask worker does with a shard: it has a child process read it, input by input, as `run_local` has its workers.

So the model is loaded once for each thread of the Dask worker, and an input that ends its process or takes too long
costs that input only, with the same status.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from functools import lru_cache
from multiprocessing import current_process
from pathlib import Path

from topline.batch.runner import Supervisor
from topline.batch.shards import Entry, Settings, extract_shard
from topline.batch.workers import Work, Worker, end_all
from topline.filings.inputs import on_disk

Probed = tuple[str, str] | None


@dataclass(frozen=True, slots=True)
class Reading:
    """How the shards of a run are read; its relative paths start at `folder`, wherever the Dask worker was started."""

    settings: Settings
    folder: str
    work: Work = extract_shard

    def __call__(self, settings: Settings, entries: Sequence[Entry]) -> bytes:
        """Do the work in the run's folder: what a child does."""
        with suppress(OSError):  # a folder that is not there shows as inputs that are not there
            os.chdir(self.folder)
        return self.work(settings, entries)

    def place(self, name: str) -> Path:
        """Return where a path of the run leads."""
        return Path(self.folder, name)

    def sees(self, file: str) -> bool:
        """Tell whether an input, or the archive that it is in, is there."""
        return os.path.exists(on_disk(self.place(file)))

    def model(self) -> str:
        """Return the model's name, or where its folder is."""
        name = self.settings.model
        return name if name in ("default", "rules") else str(self.place(name))


def read_shard(reading: Reading, entries: Sequence[Entry]) -> tuple[bytes, list[str]]:
    """Return a shard's lines, and those of its inputs that cannot be seen from this machine.

    Raises:
        BatchError: the model is refused, or children die before they have loaded it.
    """
    # Nannies start Dask workers as daemons, which may have no children lest these outlive them; ours end with a pipe.
    current_process()._config["daemon"] = False  # type: ignore[attr-defined]
    unseen = [entry.file for entry in entries if not entry.refusal and not reading.sees(entry.file)]
    tasks = list(enumerate(entries))
    with closing(Supervisor(reading, reading.settings, tasks, 1, idle_children(reading)).answers()) as answers:
        parts = dict(answers)
    return b"".join(parts[position] for position, _ in tasks), unseen


@lru_cache(maxsize=4)
def idle_children(reading: Reading) -> list[Worker]:
    """Return the children that wait for the next shard of a run; those of a run that is forgotten end by themselves."""
    return []


def end_children(reading: Reading) -> None:
    """End the children that wait for a run that is over."""
    end_all(idle_children(reading))
    idle_children.cache_clear()


def make_probe(model: str) -> Callable[[], Probed]:
    """Return a function that tells a machine's topline and the digest of its model, None where there is no topline.

    It is one inside a function so that it travels as code: a machine without topline could not find it by its name.
    """

    def probe() -> Probed:
        try:
            from topline import __version__
            from topline.batch.manifest import model_digest
        except ImportError:
            return None
        return __version__, model_digest(model)

    return probe
