"""Events and state: the same events give the same rows, undo leads back, and what does not fit is said."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from topline.errors import ReviewError
from topline.gold.records import KINDS, LINKS
from topline.review.events import Add, Decide, Edit, Empty, Redo, Undo, dump_event, parse_event
from topline.review.state import Row, begin, replay

ROWS = tuple(Row(f"r{k}", f"d{k % 2}", "percent", {"value": (10 * k, 10 * k + 3)}) for k in range(4))
SPANS = st.tuples(st.integers(0, 40), st.integers(1, 9)).map(lambda pair: (pair[0], pair[0] + pair[1]))
NAMES = st.sampled_from(["r0", "r1", "r2", "r3", "new1", "new2"])
LINKED = st.dictionaries(
    st.sampled_from(sorted(set(LINKS) - {"value"})), st.none() | SPANS, min_size=1, max_size=3
) | st.fixed_dictionaries({"kind": st.sampled_from(sorted(KINDS))})
SIZED = st.fixed_dictionaries({"n": st.none() | st.integers(0, 500), "n_at": st.none() | SPANS})
EVENTS = st.one_of(
    st.builds(Decide, NAMES, st.sampled_from(["open", "accepted", "rejected"])),
    st.builds(Edit, NAMES, LINKED | SIZED),
    st.builds(
        Add,
        st.sampled_from(["new1", "new2"]),
        st.sampled_from(["d0", "d9"]),
        st.fixed_dictionaries({"value": SPANS, "kind": st.just("count")}),
    ),
    st.builds(Empty, st.sampled_from(["d8", "d9"]), st.booleans()),
    st.just(Undo()),
    st.just(Redo()),
)


def taken(events):
    """Return the events that a state takes, and the state after each."""
    state = begin(ROWS)
    kept, after = [], []
    for event in events:
        try:
            state.commit(state.plan(event))
        except ReviewError:
            continue
        kept.append(event)
        after.append((dict(state.rows), set(state.empty)))
    return state, kept, after


@settings(max_examples=40, deadline=None)
@given(st.lists(EVENTS, max_size=12))
def test_a_restart_anywhere_gives_the_same_state(events):
    state, kept, after = taken(events)
    written = [json.loads(json.dumps(dump_event(event))) for event in kept]
    for k in range(0, len(kept) + 1, 3):
        again = replay(ROWS, map(parse_event, written[:k]))
        rows, empty = after[k - 1] if k else (dict(begin(ROWS).rows), set())
        assert (again.rows, again.empty) == (rows, empty)
    again = replay(ROWS, map(parse_event, written))
    assert (again.past, again.future) == (state.past, state.future)


@settings(max_examples=40, deadline=None)
@given(st.lists(EVENTS, max_size=12))
def test_undo_leads_back_to_the_beginning_and_redo_to_the_end(events):
    state, _, _ = taken(events)
    while state.future:
        state.commit(state.plan(Redo()))
    end = dict(state.rows), set(state.empty)
    steps = len(state.past)
    for _ in range(steps):
        state.commit(state.plan(Undo()))
    assert (state.rows, state.empty) == (begin(ROWS).rows, set())
    for _ in range(steps):
        state.commit(state.plan(Redo()))
    assert (state.rows, state.empty) == end


def test_a_change_after_an_undo_ends_what_could_be_redone():
    state = replay(ROWS, [Decide("r0", "accepted"), Undo(), Decide("r1", "rejected")])
    assert state.rows["r0"].decision == "open"
    with pytest.raises(ReviewError, match="nothing to redo"):
        state.plan(Redo())


def test_what_changes_nothing_is_no_step():
    state = replay(ROWS, [Decide("r0", "accepted"), Decide("r0", "accepted"), Undo()])
    assert state.rows["r0"].decision == "open"
    assert state.past == []


@pytest.mark.parametrize(
    ("events", "decided"),
    [
        ([], False),
        ([Decide("r0", "accepted")], False),
        ([Decide("r0", "accepted"), Decide("r2", "rejected")], True),
        ([Decide("r0", "accepted"), Decide("r2", "rejected"), Decide("r2", "open")], False),
        ([Decide("r0", "accepted"), Decide("r2", "rejected"), Undo()], False),
        (
            [Decide("r0", "rejected"), Decide("r2", "rejected"), Add("n", "d0", {"value": (1, 2), "kind": "count"})],
            False,
        ),
    ],
)
def test_a_document_is_decided_when_none_of_its_rows_is_open(events, decided):
    assert replay(ROWS, events).is_decided("d0") is decided


def test_a_document_without_rows_is_decided_only_when_found_empty():
    assert not begin(ROWS).is_decided("d7")
    assert replay(ROWS, [Empty("d7", True)]).is_decided("d7")
    assert not replay(ROWS, [Empty("d7", True), Empty("d7", False)]).is_decided("d7")


@pytest.mark.parametrize(
    ("event", "message"),
    [
        (Decide("r9", "accepted"), "no row r9"),
        (Edit("r9", {"n": 1}), "no row r9"),
        (Add("r0", "d0", {"value": (1, 2), "kind": "count"}), "row r0 is there already"),
        (Add("r9", "d0", {"kind": "count"}), "needs a value and a kind"),
        (Undo(), "nothing to undo"),
        (Redo(), "nothing to redo"),
    ],
)
def test_an_event_that_does_not_fit_is_refused(event, message):
    with pytest.raises(ReviewError, match=message):
        begin(ROWS).plan(event)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (None, "not an event"),
        ([], "not an event"),
        ({"do": "erase"}, "not an event"),
        ({"do": "empty", "document": "d", "empty": 1}, "not an event"),
        ({"do": "undo", "row": "r0"}, "no field 'row'"),
        ({"do": "decide", "row": "r0", "decision": "maybe"}, "`decision` is 'maybe'"),
        ({"do": "decide", "row": 7, "decision": "open"}, "`row` is 7"),
        ({"do": "edit", "row": "r0", "set": {}}, "`set` is no object of fields"),
        ({"do": "edit", "row": "r0", "set": {"drug": [1, 2]}}, "`drug` cannot be"),
        ({"do": "edit", "row": "r0", "set": {"endpoint": [1, 2, 3]}}, "`endpoint` cannot be"),
        ({"do": "edit", "row": "r0", "set": {"endpoint": [-1, 2]}}, "`endpoint` cannot be"),
        ({"do": "edit", "row": "r0", "set": {"endpoint": [True, 2]}}, "`endpoint` cannot be"),
        ({"do": "edit", "row": "r0", "set": {"value": None}}, "`value` cannot be None"),
        ({"do": "edit", "row": "r0", "set": {"n": 2.5}}, "`n` cannot be 2.5"),
        ({"do": "edit", "row": "r0", "set": {"n": 10**30}}, "`n` cannot be"),
        ({"do": "edit", "row": "r0", "set": {"kind": "rate"}}, "kind 'rate' is not one of"),
    ],
)
def test_a_faulty_event_is_refused_with_what_is_wrong(data, message):
    with pytest.raises(ReviewError, match=re.escape(message)):
        parse_event(data)
