"""The manifest: what a run is of, so that another process can go on with it, and what came out of each input.

`manifest.jsonl` has a head (model, options, and once the run is whole the outputs' digests) and then a line an input.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from topline import __version__
from topline.batch.shards import Entry, Settings
from topline.batch.storage import write_whole
from topline.errors import BatchError
from topline.outputs import dump

FORMAT = "topline-batch/1"
MANIFEST = "manifest.jsonl"


@dataclass(frozen=True, slots=True)
class Plan:
    """The inputs of a run in order, and how they are to be read."""

    settings: Settings
    entries: tuple[Entry, ...]

    def shards(self) -> range:
        """Return the numbers of the shards."""
        return range(-(-len(self.entries) // self.settings.shard_size))

    def shard(self, number: int) -> tuple[Entry, ...]:
        """Return the inputs of a shard."""
        size = self.settings.shard_size
        return self.entries[number * size : (number + 1) * size]


@dataclass(frozen=True, slots=True)
class Manifest:
    """A manifest as read: its head and its inputs; `outputs` are names and digests, empty while the run goes on."""

    head: dict[str, Any]
    inputs: list[tuple[str, str | None]]
    outputs: dict[str, str]


def write_manifest(
    folder: Path, plan: Plan, outcomes: Iterable[Mapping[str, Any]] = (), outputs: Mapping[str, str] | None = None
) -> None:
    """Write a run's manifest, with what came out of each input and the outputs' digests once it is whole.

    Raises:
        BatchError: the manifest cannot be written.
    """
    write_whole(folder / MANIFEST, _lines(plan, outcomes, outputs or {}))


def _lines(plan: Plan, outcomes: Iterable[Mapping[str, Any]], outputs: Mapping[str, str]) -> Iterator[bytes]:
    yield dump({**_head(plan), "outputs": dict(outputs)}) + b"\n"
    if outputs:
        kept = ("status", "reason", "rows", "warnings")
        for entry, outcome in zip(plan.entries, outcomes, strict=True):
            yield dump({**_key(entry), **{name: outcome[name] for name in kept}}) + b"\n"
    else:
        yield from (dump(_key(entry)) + b"\n" for entry in plan.entries)


def _key(entry: Entry) -> dict[str, Any]:
    return {"file": entry.file, "sha256": entry.sha256}


def _head(plan: Plan) -> dict[str, Any]:
    settings = {**asdict(plan.settings), "model": model_digest(plan.settings.model)}
    return {"format": FORMAT, "version": __version__, **settings, "inputs": len(plan.entries)}


def model_digest(model: str) -> str:
    """Return what tells a model from all others: the digest of its manifest, which holds those of its files."""
    if model == "rules":
        return model
    folder = resources.files("topline.models") / "default" if model == "default" else Path(model)
    try:
        return hashlib.sha256((folder / "manifest.json").read_bytes()).hexdigest()
    except OSError:
        return model  # what is no model is refused, with the reason, by whoever loads it


def read_manifest(folder: Path) -> Manifest | None:
    """Return a folder's manifest, None when it has none.

    Raises:
        BatchError: the file is no manifest, or one of another version.
    """
    path = folder / MANIFEST
    if not path.exists():
        return None
    try:
        head, *inputs = (json.loads(line) for line in path.read_bytes().splitlines())
        outputs = head.pop("outputs")
        whole = head["format"] == FORMAT and len(inputs) == head["inputs"]
        found = Manifest(head, [(line["file"], line["sha256"]) for line in inputs], outputs)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise BatchError(f"{path}: cannot be read as a manifest; name another folder") from error
    if not whole:
        raise BatchError(f"{path}: is no whole manifest of {FORMAT}; name another folder")
    return found


def refuse_other(folder: Path, held: Manifest, plan: Plan) -> None:
    """Refuse to go on with a run of other inputs, another model or other options.

    Raises:
        BatchError: names what differs.
    """
    difference = _input_difference(held, plan) or _head_difference(held.head, _head(plan))
    if difference:
        raise BatchError(f"{folder}: the run that it holds cannot go on: {difference}; name another folder")


def _input_difference(held: Manifest, plan: Plan) -> str | None:
    if [file for file, _ in held.inputs] != [entry.file for entry in plan.entries]:
        before, now = {file for file, _ in held.inputs}, {entry.file for entry in plan.entries}
        first = min(before ^ now, default="the order")
        return f"it was started with other inputs ({first})"
    pairs = zip(held.inputs, plan.entries, strict=True)
    changed = [entry.file for (_, sha256), entry in pairs if sha256 != entry.sha256]
    more = f" and {len(changed) - 1} more" if len(changed) > 1 else ""
    return f"{changed[0]}{more} changed since it was started" if changed else None


def _head_difference(held: Mapping[str, Any], now: Mapping[str, Any]) -> str | None:
    differing = [name for name in now if held.get(name) != now[name]]
    if not differing:
        return None
    name = differing[0]
    values = "" if name == "model" else f" ({held.get(name)}, now {now[name]})"
    return f"it was started with another {name.replace('_', ' ')}{values}"
