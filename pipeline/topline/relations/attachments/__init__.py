"""What belongs to a linked value besides its endpoint and cohort, by structure and by learned scores.

An interval, a p-value and a numerator stand beside their value; a time frame in its sentence or the head of its list
or table; a comparator behind "versus" or in the other arm. A model that has learned comparators decides among
these and others by its scores.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

from topline.relations.attachments.comparators import comparators
from topline.relations.attachments.intervals import intervals
from topline.relations.attachments.labels import Attachment, Labels
from topline.relations.attachments.numerators import numerators
from topline.relations.attachments.p_values import p_values
from topline.relations.attachments.scored import LEARNED, rescored
from topline.relations.attachments.times import time_frames
from topline.relations.decoding import Decision
from topline.relations.model import Model
from topline.relations.table_attachments import with_tables
from topline.relations.view import View

__all__ = ["LEARNED", "Attachment", "attach"]


def attach(view: View, decisions: Sequence[Decision], model: Model | None = None) -> list[Attachment]:
    """Return all attachments of the decided values, which are in order, ordered by value.

    Without a model structure alone decides.
    """
    found = Labels(view, decisions)
    rules = (intervals, p_values, numerators, time_frames, comparators)
    structural = with_tables(view, decisions, list(chain.from_iterable(rule(found) for rule in rules)))
    return structural if model is None else rescored(found, structural, model)
