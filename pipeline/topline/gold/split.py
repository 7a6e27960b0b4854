"""The committed split of the gold by document, and counts of what the gold holds."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from topline.errors import GoldError
from topline.gold.places import value_place
from topline.gold.records import LINKS, GoldRecord, read_text


@dataclass(frozen=True, slots=True)
class GoldStats:
    """What some gold holds: documents, those without results, results by kind and place, fields given, mentions."""

    documents: int
    empty: int
    results: int
    kinds: Mapping[str, int]
    places: Mapping[str, int]
    fields: Mapping[str, int]
    mentions: Mapping[str, int]


def load_split(path: Path) -> dict[str, tuple[str, ...]]:
    """Return the ids of each part (`train`, `dev`) of a split file.

    Raises:
        GoldError: the file is not an object of lists of ids, or an id stands in two parts.
    """
    try:
        data = json.loads(read_text(path))
    except (ValueError, RecursionError) as error:
        raise GoldError(f"{path.name}: not JSON: {error}") from error
    if not isinstance(data, dict) or not all(isinstance(ids, list) for ids in data.values()):
        raise GoldError(f"{path.name}: expected an object of lists of ids, such as train and dev")
    twice = [name for name, count in Counter(name for ids in data.values() for name in ids).items() if count > 1]
    if twice:
        raise GoldError(f"{path.name}: {twice[0]} stands twice in the split")
    return {part: tuple(ids) for part, ids in data.items()}


def choose_part(records: Sequence[GoldRecord], split: Mapping[str, Sequence[str]], part: str) -> list[GoldRecord]:
    """Return the records of one part.

    Raises:
        GoldError: there is no such part, or a record stands in none: it would silently count nowhere.
    """
    if part not in split:
        raise GoldError(f"the split has no part {part!r}; it has {', '.join(sorted(split))}")
    known = {name for ids in split.values() for name in ids}
    for record in records:
        if record.id not in known:
            raise GoldError(f"{record.place} ({record.id}): the document is in no part of the split; add it to one")
    return [record for record in records if record.id in set(split[part])]


def count_gold(records: Sequence[GoldRecord]) -> GoldStats:
    """Return the counts of some records; places are counted where the record has its text."""
    results = [(record, result) for record in records for result in record.results]
    places: Counter[str] = Counter()
    for record, result in results:
        if record.text is not None:
            places[value_place(record.text, record.by_id()[result.value].start)] += 1
    fields = {name: sum(getattr(result, name) is not None for _, result in results) for name in (*LINKS, "n")}
    return GoldStats(
        documents=len(records),
        empty=sum(not record.results for record in records),
        results=len(results),
        kinds=dict(Counter(result.kind for _, result in results).most_common()),
        places=dict(places.most_common()),
        fields=fields,
        mentions=dict(Counter(mention.label for record in records for mention in record.mentions).most_common()),
    )
