"""The folder of a run: shards while it goes on, then the rows, the statuses and the manifest, and nothing else."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from topline.batch.manifest import MANIFEST, Manifest, Plan, read_manifest, refuse_other, write_manifest
from topline.batch.shards import KINDS, STATUSES, lines_of, statuses_of
from topline.batch.storage import LOCK, locked, make_folder, partial, write_whole
from topline.errors import BatchError
from topline.schema import Ledger, Status

SHARDS = "shards"

Advance = Callable[[bytes], None]
Engine = Callable[[Plan, Sequence[int], Advance], Generator[tuple[int, bytes], None, None]]


@contextmanager
def open_folder(folder: Path, *, resume: bool) -> Iterator[Manifest | None]:
    """Hold a run's folder, made if need be, and yield the manifest of the run that stopped in it, if one did.

    Raises:
        BatchError: the folder is in use, cannot be written, holds other files, or a run that `resume` did not ask for.
    """
    make_folder(folder)
    with locked(folder):
        held = read_manifest(folder)
        if held is None:
            _refuse_foreign(folder)
        elif not resume:
            raise BatchError(f"{folder}: holds a run already; go on with it by --resume or name another folder")
        yield held


def _refuse_foreign(folder: Path) -> None:
    ours = {LOCK, partial(folder / MANIFEST).name}
    others = sorted(path.name for path in folder.iterdir() if path.name not in ours)
    if others:
        raise BatchError(f"{folder}: holds other files ({others[0]}); name a new or an empty folder")


def extract_folder(folder: Path, plan: Plan, held: Manifest | None, engine: Engine, advance: Advance) -> None:
    """Bring a run to its end in a folder that `open_folder` holds; `advance` gets the lines of every input.

    Raises:
        BatchError: the run in the folder is another one, or writing fails; whole shards stay for the next time.
    """
    if held is None:
        write_manifest(folder, plan)
    else:
        refuse_other(folder, held, plan)
    if held is not None and held.outputs:
        _refuse_changed(folder, held)
    else:
        _fill(folder, plan, engine, advance)
        _join(folder, plan)
    _clear(folder)


def _fill(folder: Path, plan: Plan, engine: Engine, advance: Advance) -> None:
    """Write the shards that are not there yet."""
    make_folder(folder / SHARDS)
    missing = []
    for number in plan.shards():
        if _shard_path(folder, number).exists():
            advance(_read_shard(folder, plan, number))
        else:
            missing.append(number)
    with closing(engine(plan, missing, advance)) as shards:  # its processes end with it, also when writing fails
        for number, lines in shards:
            write_whole(_shard_path(folder, number), [lines])


def _shard_path(folder: Path, number: int) -> Path:
    return folder / SHARDS / f"{number:07d}.lines"


def _read_shard(folder: Path, plan: Plan, number: int) -> bytes:
    """Return a shard's bytes.

    Raises:
        BatchError: it cannot be read, or does not close with the last of its inputs.
    """
    path = _shard_path(folder, number)
    try:
        lines = path.read_bytes()
    except OSError as error:
        raise BatchError(f"{path}: cannot be read ({error.strerror}); remove it and go on with --resume") from error
    found = sum(1 for _ in lines_of(STATUSES, lines))
    if found != len(plan.shard(number)) or not lines.endswith(b"\n"):
        raise BatchError(f"{path}: is damaged; remove it and go on with --resume")
    return lines


def _join(folder: Path, plan: Plan) -> None:
    """Write the shards' lines in the inputs' order, and last the manifest that says so."""
    outputs = {}
    for kind in KINDS:
        name = f"{kind}.jsonl"
        outputs[name] = write_whole(folder / name, _all_lines(folder, plan, kind))
    write_manifest(folder, plan, _all_statuses(folder, plan), outputs)


def _all_lines(folder: Path, plan: Plan, kind: str) -> Iterator[bytes]:
    for number in plan.shards():
        yield b"".join(lines_of(kind, _read_shard(folder, plan, number)))


def _all_statuses(folder: Path, plan: Plan) -> Iterator[dict[str, Any]]:
    for number in plan.shards():
        yield from statuses_of(_read_shard(folder, plan, number))


def _refuse_changed(folder: Path, held: Manifest) -> None:
    """Refuse a finished run whose outputs are not those that it wrote."""
    for name, sha256 in held.outputs.items():
        path = folder / name
        with suppress(OSError), path.open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() == sha256:
                continue
        raise BatchError(f"{path}: is missing or changed since the run ended; start anew in another folder")


def _clear(folder: Path) -> None:
    """Remove what only a run that goes on needs."""
    try:
        if (folder / SHARDS).exists():
            shutil.rmtree(folder / SHARDS)
        for name in (MANIFEST, *(f"{kind}.jsonl" for kind in KINDS)):
            with suppress(FileNotFoundError):
                os.unlink(partial(folder / name))
    except OSError as error:
        raise BatchError(f"{folder}: its shards cannot be removed ({error.strerror}); the results are whole") from error


def read_statuses(folder: Path) -> Iterator[Status]:
    """Yield the statuses of a finished run, with numbers counted and without verdicts."""
    with (folder / f"{STATUSES}.jsonl").open("rb") as file:
        for line in file:
            held = json.loads(line)
            held["numbers"] = Ledger(**held["numbers"])
            known = {name: held[name] for name in ("file", "sha256", "status", "reason", "message", "rows", "numbers")}
            yield Status(**known)
