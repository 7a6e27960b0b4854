"""Gold to and from the formats of annotation tools: Prodigy, Label Studio, doccano, brat, and spaCy's DocBin.

One module a format: `write` and `read` between its file and `Standoff` records, `losses` for what it cannot hold.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Literal

from topline.errors import InputError
from topline.exchange import brat, doccano, label_studio, prodigy
from topline.exchange.assembly import assemble
from topline.exchange.standoff import Standoff, to_standoff
from topline.gold import GoldRecord
from topline.gold.checks import set_problems

__all__ = ["Format", "Imported", "Standoff", "assemble", "export_gold", "import_gold", "to_standoff"]

Format = Literal["prodigy", "label-studio", "doccano", "brat", "docbin"]


@dataclass(frozen=True, slots=True)
class Imported:
    """Records out of a tool's file, sentences on documents that were left out, and what does not hold."""

    records: list[GoldRecord]
    left_out: list[str]
    problems: list[str]


def export_gold(records: Sequence[GoldRecord], format: Format, path: Path) -> list[str]:
    """Write gold in a tool's format, and return what the format or the tool cannot hold of it.

    Raises:
        GoldError: a record has no text, or something that would be lost silently.
        InputError: the file or folder cannot be written.
    """
    module = _module(format)
    documents = [to_standoff(record, places=format == "doccano") for record in records]
    module.write(documents, path)
    return list(module.losses(documents))


def import_gold(path: Path, format: Format) -> Imported:
    """Read gold out of a tool's file.

    Raises:
        InputError: there is no such file, or nothing in it.
        GoldError: the file is not of that format.
    """
    records: list[GoldRecord] = []
    left_out: list[str] = []
    problems: list[str] = []
    for document in _module(format).read(path, problems):
        if isinstance(document, str):
            left_out.append(document)
            continue
        record, faults = assemble(document)
        records += [record] if record else []
        problems += faults
    if not (records or left_out or problems):
        raise InputError(f"{path}: holds no documents; is it what {format} exported?")
    return Imported(records, left_out, problems + list(set_problems(records)))


def _module(format: Format) -> ModuleType:
    """Return a format's module; only docbin needs spaCy."""
    match format:
        case "prodigy":
            return prodigy
        case "label-studio":
            return label_studio
        case "doccano":
            return doccano
        case "brat":
            return brat
        case "docbin":
            from topline.exchange import docbin

            return docbin
