"""Work for the processes of test_batch.py: what a file says is what happens to the process that reads it."""

import os
import signal
import time
from pathlib import Path

from topline.batch.shards import Written, to_lines
from topline.errors import ModelError
from topline.schema import Status


def obey(settings, entries):
    """Return a row with each file's text, unless the text is `kill`, `kill all` (its parent too), `exit` or `hang`."""
    return b"".join(_obeyed(entry) for entry in entries)


def hold(settings, entries):
    """Obey with a pause, so that there is a middle of the run."""
    time.sleep(0.2 * len(entries))
    return obey(settings, entries)


def _obeyed(entry):
    if entry.refusal:
        return to_lines(Written(entry.refusal))
    text = Path(entry.file).read_text()
    if text == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if text == "kill all":
        os.kill(os.getppid(), signal.SIGKILL)
        os._exit(9)
    if text == "exit":
        os._exit(3)
    if text == "hang":
        time.sleep(60)
    return to_lines(Written(Status(entry.file, entry.sha256, "results", rows=1), [{"text": text}]))


def die(settings, entries):
    os._exit(7)


def refuse(settings, entries):
    raise ModelError("models/none: holds no model")


def inline(plan, shards, advance):
    """Yield shards without any process: an engine."""
    for number in shards:
        lines = obey(plan.settings, plan.shard(number))
        advance(lines)
        yield number, lines
