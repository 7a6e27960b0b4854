"""What a table gives a value besides its endpoint and cohort: the rules of sentences do not hold across cells."""

from __future__ import annotations

from collections.abc import Sequence

from topline.relations.attachments.labels import Attachment
from topline.relations.decoding import Decision
from topline.relations.tables import tables_of
from topline.relations.view import View


def with_tables(view: View, decisions: Sequence[Decision], found: Sequence[Attachment]) -> list[Attachment]:
    """Return the attachments, those of values that a table reads as the table has them, ordered by value.

    A time frame or comparator that the table does not state may still come from the text around it; a time frame of
    another row or column is none of the value's.
    """
    tables = tables_of(view)
    decided = [tables.links[decision.value] for decision in decisions if decision.value in tables.links]
    told = {(links.value, role): target for links in decided for role, target in links.attached}
    open_roles = ("time_frame", "comparator")
    kept = [
        a
        for a in found
        if a.value not in tables.links
        or (
            a.role in open_roles
            and (a.value, a.role) not in told
            and not (a.role == "time_frame" and tables.where(a.target))
        )
    ]
    kept += [Attachment(value, role, target) for (value, role), target in told.items()]
    return sorted(kept, key=lambda a: (a.value, a.role))
