"""Write and read model folders; reading executes nothing and believes nothing that it has not checked.

A folder holds `model.json` and `arrays.zlib` (see `model_format.py`), `config.cfg` and `meta.json` for spaCy,
`README.md` (the model card), and `manifest.json` with each file's size and sha256. Only these names are ever opened,
whatever a manifest says, and whatever else lies in the folder.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import stat
from pathlib import Path
from typing import Any

from topline.errors import ModelError
from topline.relations.model import Model
from topline.relations.model_format import ARRAYS, STRUCTURE, decode, encode, parse

__all__ = ["Model", "read_model", "write_model"]

FORMAT = "topline-model/1"
MANIFEST = "manifest.json"
FILES = (STRUCTURE, ARRAYS, "README.md", "config.cfg", "meta.json")
# What `spacy.load` wants to know of a folder before it reads config.cfg.
META = {"lang": "en", "name": "topline", "version": "1.0.0", "spacy_version": ">=3.8.0,<4.0.0"}
MAX_FILE = 5_000_000
MAX_MANIFEST = 4_096
# The shipped model's folder is also a package of the wheel: writing keeps the one and passes over the other.
PACKAGE_FILES = ("__init__.py", "__pycache__")
REMEDY = "train it anew with `topline train CONFIG -o DIR`, or take `--model default`"


def read_model(folder: Path) -> Model:
    """Return the model in a folder; raise ModelError, naming folder and file, when any part of it does not hold."""
    try:
        if not folder.is_dir():
            raise ValueError(f"{MANIFEST}: there is no such folder")
        sums = _read_manifest(_read_file(folder, MANIFEST, MAX_MANIFEST))
        files = {name: _read_file(folder, name, MAX_FILE) for name in FILES}
        for name, content in files.items():
            if sums[name] != _sum(content):
                raise ValueError(f"{name}: is not what {MANIFEST} says, by its size or sha256")
        return decode(files[STRUCTURE], files[ARRAYS])
    except ValueError as error:
        raise ModelError(f"{folder}/{error}; {REMEDY}") from error


def folder_digest(folder: Path) -> str:
    """Return the sha256 of a model's manifest, which stands for all of its files."""
    return hashlib.sha256(_read_file(folder, MANIFEST, MAX_MANIFEST)).hexdigest()


def write_model(folder: Path, model: Model, card: str, config: str) -> None:
    """Write a model folder, replacing a model that is there; it appears whole or not at all.

    `card` is the text of README.md and `config` that of config.cfg. The same model and texts give the same bytes.
    Raises ModelError when the model could not be read back, or the folder holds anything but a model.
    """
    try:
        structure, arrays = encode(model)
        decode(structure, arrays)
        contents = (structure, arrays, card.encode(), config.encode(), json.dumps(META).encode())
        files = dict(zip(FILES, contents, strict=True))
        for name, content in files.items():
            if len(content) > MAX_FILE:
                raise ValueError(f"{name}: has {len(content)} bytes, more than {MAX_FILE}")
    except ValueError as error:
        raise ModelError(f"{folder}/{error}; nothing was written") from error
    manifest = {"format": FORMAT, "files": {name: _sum(content) for name, content in files.items()}}
    files[MANIFEST] = json.dumps(manifest, indent=1, sort_keys=True).encode() + b"\n"
    _replace(folder.resolve(), files)


def _read_manifest(content: bytes) -> dict[str, Any]:
    """Return each file's size and sha256 as the manifest claims them."""
    manifest = parse(content, MANIFEST)
    if not isinstance(manifest, dict) or not isinstance(manifest.get("files"), dict):
        raise ValueError(f"{MANIFEST}: is no list of files")
    if manifest.get("format") != FORMAT:
        raise ValueError(f"{MANIFEST}: is not of the format {FORMAT!r}, the only one that this version reads")
    files: dict[str, Any] = manifest["files"]
    if files.keys() != set(FILES):
        raise ValueError(f"{MANIFEST}: lists not exactly {', '.join(FILES)}")
    return files


def _read_file(folder: Path, name: str, limit: int) -> bytes:
    """Return the bytes of a regular file that is no link; never read more than the limit."""
    path = folder / name
    try:
        status = path.lstat()
        if not stat.S_ISREG(status.st_mode):
            raise ValueError(f"{name}: is a link, a folder or a device, not a file")
        if status.st_size > limit:
            raise ValueError(f"{name}: has {status.st_size} bytes, more than {limit}")
        with path.open("rb") as file:
            return file.read(limit)
    except OSError as error:
        raise ValueError(f"{name}: cannot be read: {error.strerror}") from error


def _sum(content: bytes) -> dict[str, Any]:
    return {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def _replace(folder: Path, files: dict[str, bytes]) -> None:
    """Put the files into a new folder beside and let it take the folder's place."""
    _check_replaceable(folder)
    fresh = folder.with_name(f".{folder.name}.{os.getpid()}.new")
    try:
        fresh.mkdir(parents=True)
        for name, content in files.items():
            (fresh / name).write_bytes(content)
        if (folder / "__init__.py").is_file():
            shutil.copyfile(folder / "__init__.py", fresh / "__init__.py")
        _swap(folder, fresh, folder.with_name(f".{folder.name}.{os.getpid()}.old"))
    except OSError as error:
        raise ModelError(f"{folder}: cannot be written: {error.strerror}; choose another folder") from error
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _swap(folder: Path, fresh: Path, former: Path) -> None:
    """Let `fresh` take the folder's place; when that fails, the folder is as it was."""
    if not folder.exists():
        fresh.rename(folder)
        return
    folder.rename(former)
    try:
        fresh.rename(folder)
    except OSError:
        former.rename(folder)
        raise
    shutil.rmtree(former, ignore_errors=True)


def _check_replaceable(folder: Path) -> None:
    if not folder.exists():
        return
    if not folder.is_dir():
        raise ModelError(f"{folder}: is a file; name a folder for the model")
    strange = sorted({path.name for path in folder.iterdir()} - {*FILES, MANIFEST, *PACKAGE_FILES})
    if strange:
        raise ModelError(f"{folder}: holds {strange[0]!r}, which is no part of a model; name a new or an empty folder")
