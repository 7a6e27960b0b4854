"""The gold: annotated documents, read, checked, joined to their texts, fetched and compiled from quotes."""

from topline.gold.checks import text_digest
from topline.gold.numbers import readings, says
from topline.gold.places import value_place
from topline.gold.records import GoldMention, GoldRecord, GoldResult, GoldSize
from topline.gold.texts import find_problems, load_gold, resolve_record

__all__ = [
    "GoldMention",
    "GoldRecord",
    "GoldResult",
    "GoldSize",
    "find_problems",
    "load_gold",
    "readings",
    "resolve_record",
    "says",
    "text_digest",
    "value_place",
]
