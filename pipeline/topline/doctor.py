"""What is installed and whether it holds together: libraries, extras, the model, the gold beside, a browser.

Versions are compared with what the package itself asks for, so that there is no second list to keep.
"""

from __future__ import annotations

import platform
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from topline import __version__
from topline.errors import ToplineError

if TYPE_CHECKING:
    from packaging.requirements import Requirement

SENTENCE = "The objective response rate was 40.3% in Cohort A (n=62)."
BROWSER = "chromium"
FOR_DEVELOPERS = "dev"  # an extra that no user misses


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found of one part; `absent` is no fault, `broken` is."""

    part: str
    said: str
    state: Literal["ok", "absent", "broken"] = "ok"


def examine(model: str | None = None, annotations: Path = Path("annotations")) -> Iterator[Finding]:
    """Yield a finding for each part; `model` is a model's folder, else the shipped one."""
    yield Finding("topline", f"{__version__} in {Path(__file__).parent}")
    yield Finding("Python", f"{platform.python_version()} in {sys.executable}, {platform.system()}")
    yield from libraries()
    digest = None
    for finding, found in _model(model):
        digest = found or digest
        yield finding
    if annotations.is_dir():
        yield gold(annotations, digest)
    held = shutil.which(BROWSER)
    yield Finding(
        BROWSER, held or "not found; only pictures and the tests of pages need it", "ok" if held else "absent"
    )


def libraries() -> Iterator[Finding]:
    """Yield what is installed of the package's requirements, those of extras with the extra's name."""
    from packaging.requirements import Requirement

    asked = [Requirement(line) for line in metadata.requires("topline") or ()]
    for requirement in asked:
        if requirement.marker is None:
            yield library(requirement)
    for extra in metadata.metadata("topline").get_all("Provides-Extra") or ():
        if extra == FOR_DEVELOPERS:
            continue
        for requirement in asked:
            if requirement.marker and requirement.marker.evaluate({"extra": extra}):
                yield library(requirement, extra)


def library(requirement: Requirement, extra: str | None = None) -> Finding:
    """Return what is installed of one requirement; what an extra asks for may be absent but not too old."""
    part = f"{requirement.name} [{extra}]" if extra else requirement.name
    name = f"topline[{extra}]" if extra else str(requirement)
    remedy = f"`pip install '{name}'`"
    try:
        version = metadata.version(requirement.name)
    except metadata.PackageNotFoundError:
        return Finding(part, f"not installed; {remedy}", "absent" if extra else "broken")
    if requirement.specifier.contains(version, prereleases=True):
        return Finding(part, version)
    return Finding(part, f"{version}, but topline needs {requirement.specifier}; {remedy}", "broken")


def _model(model: str | None) -> Iterator[tuple[Finding, str | None]]:
    """Yield whether a model's files hold and whether it reads a sentence; with the first, its gold's digest."""
    from topline import extraction
    from topline.relations.model_io import folder_digest, read_model

    folder = Path(model) if model else extraction.default_model()
    try:
        read = read_model(folder)
        gold = read.meta.get("gold", {})
        trained = f"{gold.get('documents')} documents, gold digest {str(gold.get('digest'))[:16]}"
        said = f"{folder}: its manifest holds, digest {folder_digest(folder)[:16]}; trained on {trained}"
        yield Finding("model", said), gold.get("digest")
        rows = extraction.load(folder)(SENTENCE)._.results
        yield Finding("a sentence", f"read with this model: {len(rows)} row" + "s" * (len(rows) != 1)), None
    except ToplineError as error:
        yield Finding("model", str(error), "broken"), None


def gold(folder: Path, trained_on: str | None) -> Finding:
    """Return whether a folder's gold reads, and whether a model was trained on just this."""
    from topline.gold import load_gold
    from topline.training.card import gold_digest

    try:
        records = load_gold(folder)
    except ToplineError as error:
        return Finding("gold", str(error), "broken")
    digest = gold_digest(records)
    same = "what the model was trained on" if digest == trained_on else "not what the model was trained on"
    return Finding("gold", f"{folder}: {len(records)} documents, digest {digest[:16]}, {same}")
