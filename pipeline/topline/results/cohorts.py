"""A row's group with its size and population, and every place where the text says so."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from topline.relations.decoding import Decision
from topline.relations.groups import Groups, Size
from topline.relations.populations import population_name
from topline.relations.tables import Tables
from topline.schema import Cohort, Evidence, Mention

Quoted = Callable[[Mention], Mapping[str, object]]


def read_cohort(
    groups: Groups,
    tables: Tables,
    decision: Decision,
    stated: int | None,
    quoted: Quoted,
    fits: Callable[[int], bool] | None = None,
) -> tuple[Cohort | None, tuple[Evidence, ...]]:
    """Return a row's group and the evidence for its n.

    `stated` is the n that stands beside the value, by index. In a table a subgroup of an arm has no n but its own, and
    a population that the table names is that of an arm. Only sizes that `fits` admits are taken from elsewhere in the
    text, when it is given.
    """
    group = decision.cohort
    if group is None:
        return None, ()
    told = tables.links.get(decision.value)
    part = told.subgroup if told else None
    size = Size(stated) if stated is not None else _size(groups, group, fits) if part is None else None
    if size is not None and size.count != stated and tables.is_noted(size.count):
        size = None
    count = groups.view.mentions[size.count] if size else None
    number = count.quantity.number if count and count.quantity else None
    population, said = groups.population_through(group)
    analysed = told.population if told and population in (None, "arm") and part is None else None
    if part is not None or analysed is not None:
        population = "subgroup" if part else population_name(_text(groups, analysed)) or population
    cohort = Cohort(
        **quoted(groups.view.mentions[group]),  # type: ignore[arg-type]
        n=int(number) if number is not None else None,
        n_start=count.start if count else None,
        n_end=count.end if count else None,
        population=population,
        confidence=round(decision.cohort_confidence, 4),
    )
    mentions = [(role, groups.view.mentions[index]) for role, index in dict.fromkeys(_places(size, said))]
    mentions += [(role, place) for role, place in (("subgroup", part), ("population", analysed)) if place]
    return cohort, tuple(Evidence(**quoted(mention), role=role) for role, mention in mentions)  # type: ignore[arg-type]


def _size(groups: Groups, group: int, fits: Callable[[int], bool] | None) -> Size | None:
    return groups.trace(group) if fits is None else groups.fitting(group, fits)


def _text(groups: Groups, mention: Mention | None) -> str:
    return groups.view.text[mention.start : mention.end] if mention else ""


def _places(size: Size | None, said: int | None) -> Iterator[tuple[str, int]]:
    """Yield role and mention of what a reader follows: the count, the groups on the way to it, the population."""
    if size is not None:
        yield "n", size.count
        yield from (("group", index) for index in size.through)
    if said is not None:
        yield "population", said
