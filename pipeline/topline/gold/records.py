"""The gold record, and reading it from JSON Lines with every fault named by file, line and id.

One record is one document: mentions by offsets, group sizes and results that point at mentions by id. A record with
a `text` stands alone; one without is joined to its text by `topline.gold.texts`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_args

from topline.errors import GoldError, InputError
from topline.schema import Kind

KINDS: frozenset[str] = frozenset(get_args(Kind))
# A result's fields that point at mentions, and the label that the mention must carry.
LINKS: Mapping[str, str] = {
    "value": "VALUE",
    "endpoint": "ENDPOINT",
    "cohort": "COHORT",
    "comparator": "COHORT",
    "n_at": "COUNT",
    "numerator": "COUNT",
    "time": "TIME_FRAME",
    "ci": "CI",
    "p": "P_VALUE",
}
# The field of a predicted row that each link of a gold result is to be compared with.
ROW_FIELDS: Mapping[str, str] = {
    "value": "value",
    "endpoint": "endpoint",
    "cohort": "cohort",
    "comparator": "comparator",
    "numerator": "numerator",
    "time": "time_frame",
    "ci": "ci",
    "p": "p_value",
}
LABELS: frozenset[str] = frozenset(LINKS.values()) | {"DRUG", "DOSE", "SCHEDULE", "PERCENT"}


@dataclass(frozen=True, slots=True)
class GoldMention:
    """A labelled stretch `[start, end)` of the text; `quote` is what the annotator saw there, when written down."""

    id: str
    start: int
    end: int
    label: str
    quote: str | None = None


@dataclass(frozen=True, slots=True)
class GoldSize:
    """A group whose size the text states: mention ids of the group and of the number, and the number."""

    cohort: str
    count: str
    n: int


@dataclass(frozen=True, slots=True)
class GoldResult:
    """An annotated result; all fields but `kind` and `n` are mention ids."""

    kind: str
    n: int | None
    value: str
    endpoint: str | None = None
    cohort: str | None = None
    comparator: str | None = None
    n_at: str | None = None
    numerator: str | None = None
    time: str | None = None
    ci: str | None = None
    p: str | None = None


@dataclass(frozen=True, slots=True)
class GoldRecord:
    """One annotated document; `file` and `document` say which file and which part of a submission it is.

    `place` is `file:line` of the record, for messages.
    """

    id: str
    sha256: str
    mentions: tuple[GoldMention, ...]
    sizes: tuple[GoldSize, ...]
    results: tuple[GoldResult, ...]
    text: str | None = field(default=None, repr=False)
    file: str | None = None
    document: int | None = None
    place: str = ""

    def by_id(self) -> dict[str, GoldMention]:
        """Return the mentions by their ids."""
        return {mention.id: mention for mention in self.mentions}

    def to_dict(self) -> dict[str, Any]:
        """Return the record as it is written, without what is absent."""
        head = {"id": self.id, "sha256": self.sha256, "file": self.file, "document": self.document, "text": self.text}
        return {key: value for key, value in head.items() if value is not None} | {
            "mentions": [_plain(mention, drop=("quote",)) for mention in self.mentions],
            "sizes": [_plain(size) for size in self.sizes],
            "results": [_plain(result) for result in self.results],
        }


def read_lines(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield `file:line` and the object of each non-blank line.

    Raises:
        InputError: the file is not there or is not UTF-8.
        GoldError: a line is not a JSON object.
    """
    for number, line in enumerate(read_text(path).split("\n"), start=1):
        if not line.strip():
            continue
        place = f"{path.name}:{number}"
        try:
            data = json.loads(line)
        except json.JSONDecodeError as error:
            raise GoldError(f"{place}: the line is not JSON ({error.msg} at column {error.colno})") from error
        except ValueError as error:
            # Python refuses numbers of more than 4,300 digits.
            raise GoldError(f"{place}: the line is not JSON ({error})") from error
        except RecursionError as error:
            raise GoldError(f"{place}: the line is nested too deeply to be a record") from error
        if not isinstance(data, dict):
            raise GoldError(f"{place}: the line is not a JSON object but {type(data).__name__}")
        yield place, data


def gold_files(path: Path) -> list[Path]:
    """Return the gold files of a path: itself, or a folder's *.jsonl in order of name, without `sources*.jsonl`."""
    if not path.is_dir():
        return [path]
    files = sorted(file for file in path.glob("*.jsonl") if not file.name.startswith("sources"))
    if not files:
        raise InputError(f"{path}: the folder has no gold in it; expected at least one *.jsonl")
    return files


def parse_record(data: Mapping[str, Any], place: str) -> GoldRecord:
    """Return the record of one line's object.

    Raises:
        GoldError: a field is missing, unknown or of the wrong type.
    """
    name = data.get("id")
    if not isinstance(name, str) or not name:
        raise GoldError(f"{place}: the record has no id")
    where = f"{place} ({name})"
    text, file, document = (data.get(key) for key in ("text", "file", "document"))
    for key, value, kind in (("text", text, str), ("file", file, str), ("document", document, int)):
        if value is not None and not isinstance(value, kind):
            raise GoldError(f"{where}: `{key}` is {value!r:.60}, not {kind.__name__}")
    return GoldRecord(
        id=name,
        sha256=_required(data, "sha256", str, where),
        mentions=tuple(_mention(item, where) for item in _required(data, "mentions", list, where)),
        sizes=tuple(_size(item, where) for item in data.get("sizes") or ()),
        results=tuple(_result(item, where) for item in _required(data, "results", list, where)),
        text=text,
        file=file,
        document=document,
        place=place,
    )


def _mention(item: Any, where: str) -> GoldMention:
    """Return one mention."""
    if not isinstance(item, dict):
        raise GoldError(f"{where}: a mention is not an object: {item!r:.60}")
    name = _required(item, "id", str, f"{where}: a mention")
    start, end = (_required(item, key, int, f"{where}: mention {name}") for key in ("start", "end"))
    label = _required(item, "label", str, f"{where}: mention {name}")
    if label not in LABELS:
        raise GoldError(f"{where}: mention {name} has the label {label!r}, not one of {', '.join(sorted(LABELS))}")
    return GoldMention(name, start, end, label, item.get("quote"))


def _size(item: Any, where: str) -> GoldSize:
    """Return one group size."""
    if not isinstance(item, dict):
        raise GoldError(f"{where}: a size is not an object: {item!r:.60}")
    place = f"{where}: a size"
    return GoldSize(
        _required(item, "cohort", str, place), _required(item, "count", str, place), _required(item, "n", int, place)
    )


def _result(item: Any, where: str) -> GoldResult:
    """Return one result."""
    if not isinstance(item, dict):
        raise GoldError(f"{where}: a result is not an object: {item!r:.60}")
    if not item.get("value"):
        raise GoldError(f"{where}: a result has no value: {json.dumps(item)[:120]}")
    place = f"{where}: the result of {item['value']!r}"
    unknown = sorted(set(item) - set(LINKS) - {"kind", "n"})
    if unknown:
        raise GoldError(f"{place} has the unknown field {unknown[0]!r}")
    if item.get("kind") not in KINDS:
        raise GoldError(f"{place} has the kind {item.get('kind')!r}, not one of {', '.join(sorted(KINDS))}")
    if item.get("n") is not None:
        _required(item, "n", int, place)
    links = {key: item.get(key) for key in LINKS}
    for key, link in links.items():
        if link is not None and not isinstance(link, str):
            raise GoldError(f"{place}: `{key}` is {link!r:.60}, not the id of a mention")
    return GoldResult(kind=item["kind"], n=item.get("n"), **{key: link for key, link in links.items() if link})


def _required(data: Mapping[str, Any], key: str, kind: type, where: str) -> Any:
    """Return `data[key]`, which must be there and of that type."""
    value = data.get(key)
    # A bool is an int to Python, but `"n": true` is a slip.
    if not isinstance(value, kind) or isinstance(value, bool):
        said = "is missing" if value is None else f"is {value!r:.60}, not {kind.__name__}"
        raise GoldError(f"{where}: `{key}` {said}")
    return value


def _plain(item: Any, drop: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return a record's fields as a dict, without those of `drop` that are None."""
    pairs = ((key, getattr(item, key)) for key in item.__dataclass_fields__)
    return {key: value for key, value in pairs if not (key in drop and value is None)}


def read_text(path: Path) -> str:
    """Return a UTF-8 file's text with its line ends untouched.

    Raises:
        InputError: the file is not there, cannot be read or is not UTF-8.
    """
    try:
        return path.read_bytes().decode("utf-8")
    except FileNotFoundError as error:
        raise InputError(f"{path}: no such file; check the path") from error
    except IsADirectoryError as error:
        raise InputError(f"{path}: is a folder, a file is expected") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: is not UTF-8 at byte {error.start}; save it as UTF-8") from error
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}); check the path and its rights") from error
