"""When a value was measured: a time frame of its own sentence, of its list's or table's head, or of one before."""

from __future__ import annotations

import re
from collections.abc import Iterator

from topline.relations.attachments.heads import Heads
from topline.relations.attachments.labels import Attachment, Labels
from topline.relations.decoding import Decision

FRONT = 2  # tokens before a time frame that opens its sentence: "* At week 12", "Through"
SENTENCES_BACK = 2  # an opening time frame holds for two more sentences, unless another stands between
# When the trial began: "72.7 mg/dL at enrollment" and "baseline HbA1c" say it of that one value, not of its neighbours.
_START = re.compile(r"\b(?:baseline|entry|enrol|screening|before|prior|pre-?[a-z]|start|beginning|initiation)", re.I)
# When the data were cut holds for what its sentence says, not for the list or table behind.
_CUT = re.compile(r"cut|as\sof\s", re.I)


def time_frames(found: Labels) -> Iterator[Attachment]:
    """Yield each value's time frame: the nearest of its sentence that can be its, else that of its heads."""
    durations = {t for d in found.decisions for t in _begun_by(found, d.value)}
    heads = Heads(
        found, [t for t in found.by_label.get("TIME_FRAME", []) if t not in durations and _holds_on(found, t)]
    )
    for decision in found.decisions:
        inside = [t for t in found.around("TIME_FRAME", decision.value) if t not in durations]
        ranked = [(key, t) for t in inside if (key := _distance(found, decision, t))]
        if ranked:
            yield Attachment(decision.value, "time_frame", min(ranked)[1])
        elif all(_START.search(found.said(t)) for t in inside):
            held = heads.of(decision.value)
            held = _opening(found, decision) if held is None else held
            yield from [] if held is None else [Attachment(decision.value, "time_frame", held)]


def _begun_by(found: Labels, value: int) -> list[int]:
    """Return the time frames that begin with a value: "28.8 months after treatment"; not "after four years"."""
    place = found.view.mentions[value]
    times = found.within("TIME_FRAME", found.first[value], found.last[value])
    return [t for t in times if found.view.mentions[t].start >= place.start]


def _holds_on(found: Labels, time: int) -> bool:
    """Tell whether a time frame can hold beyond its sentence."""
    said = found.said(time)
    return not _START.search(said) and not _CUT.search(said)


def _distance(found: Labels, decision: Decision, time: int) -> tuple[bool, int, int] | None:
    """Return how far a time frame of the sentence is from a value; None when it is of other values, or of a group."""
    value = decision.value
    behind = found.first[time] > found.first[value]
    low, high = sorted((found.first[value], found.first[time]))
    crossed = [d for d in found.decided(low + 1, high) if d.value != value]
    foreign = any(d.endpoint != decision.endpoint for d in crossed)
    parted = found.clause(value) != found.clause(time)
    opens = not behind and found.opens(time, FRONT)
    if _in_group(found, decision, time) or (behind and (parted or foreign or _introduces(found, decision, time))):
        return None
    if _START.search(found.said(time)) and not opens and _of_another(found, value, time):
        return None
    gap = found.first[time] - found.last[value] if behind else found.first[value] - found.last[time]
    return parted, 0 if opens else len(crossed), gap


def _in_group(found: Labels, decision: Decision, time: int) -> bool:
    """Tell whether the time frame is a part of the group's phrase: "patients treated through 54 weeks"."""
    if decision.cohort is None:
        return False
    group = found.view.mentions[decision.cohort]
    return group.start <= found.view.mentions[time].start < group.end


def _introduces(found: Labels, decision: Decision, time: int) -> bool:
    """Tell whether another value's endpoint stands before the time frame: "71% fell, and weight at baseline was"."""
    low, high = found.first[decision.value], found.first[time]
    others = [*found.before(time), *found.behind(time)]
    return any(
        d.endpoint is not None and d.endpoint != decision.endpoint and low < found.first[d.endpoint] < high
        for d in others
    )


def _of_another(found: Labels, value: int, time: int) -> bool:
    """Tell whether a number stands between a value and the trial's start, or right before that: "1,870 at baseline"."""
    low, high = sorted((found.first[value], found.first[time]))
    between = [i for i in found.numbers(low, high) if i != value and found.last[i] > low]
    return (
        bool(between) if low == found.first[value] else any(found.last[i] == low for i in found.numbers(low - 4, low))
    )


def _opening(found: Labels, decision: Decision) -> int | None:
    """Return the time frame that opens one of the sentences before in the block, when none stands between."""
    view, block = found.view, found.block(decision.value)
    low, _ = found.sentence(decision.value)
    back = int(view.sentence_first[max(0, int(view.sentence[low]) - SENTENCES_BACK)])
    near = [t for t in found.within("TIME_FRAME", back, low) if found.block(t) == block]
    return near[-1] if near and found.opens(near[-1], FRONT) and _holds_on(found, near[-1]) else None
