"""Take typed fields out of the JSON that annotation tools write, with one sentence for whatever is amiss."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from topline.errors import GoldError

_MISSING = object()
_NAMES = {dict: "an object", list: "a list", str: "a string", int: "a whole number"}


def take(data: Any, key: str, kind: type | tuple[type, ...], where: str, default: Any = _MISSING) -> Any:
    """Return `data[key]`, which must be of that type; `default`, when given, for what is absent or null.

    Raises:
        GoldError: it is missing, or something else.
    """
    value = data.get(key) if isinstance(data, Mapping) else None
    if value is None and default is not _MISSING:
        return default
    # A bool is an int to Python, but never an offset.
    if not isinstance(value, kind) or isinstance(value, bool):
        wanted = _NAMES[kind[0] if isinstance(kind, tuple) else kind]
        raise GoldError(f"{where}: `{key}` {'is missing' if value is None else f'is {value!r:.60}, not {wanted}'}")
    return value


def objects(data: Any, key: str, where: str) -> list[tuple[str, Mapping[str, Any]]]:
    """Return the objects of a list with where each stands; none when the list is absent.

    Raises:
        GoldError: it is no list, or holds something else.
    """
    items = take(data, key, list, where, [])
    placed = [(f"{where}: {key}[{number}]", item) for number, item in enumerate(items)]
    for place, item in placed:
        if not isinstance(item, Mapping):
            raise GoldError(f"{place} is {item!r:.60}, not an object")
    return placed


def whole_number(value: Any, where: str) -> int:
    """Return a whole number that a tool may have written as `48`, `48.0` or `"48"`.

    Raises:
        GoldError: it is none.
    """
    text = str(value).strip().removesuffix(".0")
    if isinstance(value, bool) or not (text.isascii() and text.isdecimal() and len(text) < 16):
        raise GoldError(f"{where} is {value!r:.60}, not a whole number")
    return int(text)
