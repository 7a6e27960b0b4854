"""A row's group with its size and population, and every place where the text says so."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from topline.relations.decoding import Decision
from topline.relations.groups import Groups, Size
from topline.schema import Cohort, Evidence, Mention

Quoted = Callable[[Mention], Mapping[str, object]]


def read_cohort(
    groups: Groups, decision: Decision, stated: int | None, quoted: Quoted
) -> tuple[Cohort | None, tuple[Evidence, ...]]:
    """Return a row's group and the evidence for its n; `stated` is the n that stands beside the value, by index."""
    group = decision.cohort
    if group is None:
        return None, ()
    size = Size(stated) if stated is not None else groups.trace(group)
    count = groups.view.mentions[size.count] if size else None
    number = count.quantity.number if count and count.quantity else None
    population, said = groups.population_through(group)
    cohort = Cohort(
        **quoted(groups.view.mentions[group]),  # type: ignore[arg-type]
        n=int(number) if number is not None else None,
        n_start=count.start if count else None,
        n_end=count.end if count else None,
        population=population,
        confidence=round(decision.cohort_confidence, 4),
    )
    places = dict.fromkeys(_places(size, said))
    return cohort, tuple(
        Evidence(**quoted(groups.view.mentions[index]), role=role)  # type: ignore[arg-type]
        for role, index in places
    )


def _places(size: Size | None, said: int | None) -> Iterator[tuple[str, int]]:
    """Yield role and mention of what a reader follows: the count, the groups on the way to it, the population."""
    if size is not None:
        yield "n", size.count
        yield from (("group", index) for index in size.through)
    if said is not None:
        yield "population", said
