"""Write files whole or not at all."""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from topline.errors import InputError

_SURROGATE = re.compile("[\ud800-\udfff]")


def write_whole(path: Path, text: str) -> None:
    """Write a UTF-8 file through a temporary one beside it, so that a reader sees the old file or the new one.

    Raises:
        InputError: the folder is not there or cannot be written to.
    """
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    except OSError as error:
        raise InputError(f"{path}: cannot be written ({error.strerror}); check the folder") from error
    try:
        # mkstemp gives 0600; the file should get what any other new file gets.
        umask = os.umask(0)
        os.umask(umask)
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            os.fchmod(file.fileno(), 0o666 & ~umask)
            file.write(text)
        os.replace(name, path)
    except OSError as error:
        Path(name).unlink(missing_ok=True)
        raise InputError(f"{path}: cannot be written ({error.strerror})") from error
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def write_lines(path: Path, records: Iterable[Mapping[str, Any]]) -> int:
    """Write records as JSON Lines, whole or not at all, and return how many."""
    # Lone surrogates, which JSON can hold and UTF-8 cannot, stay escapes.
    lines = [
        _SURROGATE.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(record, ensure_ascii=False)) + "\n"
        for record in records
    ]
    write_whole(path, "".join(lines))
    return len(lines)
