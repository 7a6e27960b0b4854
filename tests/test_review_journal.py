"""The journal: on the disk before it counts, cut back to whole lines, held by one, refused when it is of other rows."""

from __future__ import annotations

import errno
import json
import multiprocessing
import os

import pytest

from topline.errors import ReviewError
from topline.review.journal import FORMAT, open_journal, parse_journal, read_journal

EVENTS = [{"do": "decide", "row": f"r{k} \u2028é", "decision": "accepted"} for k in range(3)]


def write(path, events):
    with open_journal(path, "digest") as journal:
        for event in events:
            journal.append(event)


def test_events_come_back_in_order(tmp_path):
    path = tmp_path / "rows.review"
    write(path, EVENTS[:2])
    write(path, EVENTS[2:])
    assert read_journal(path, "digest") == tuple(EVENTS)
    assert json.loads(path.read_bytes().split(b"\n")[0]) == {"format": FORMAT, "rows": "digest"}


def test_cut_at_any_byte_the_whole_events_before_it_are_there_and_writing_goes_on(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "fsync", lambda handle: None)  # 15 ms each, and not what is tried here
    path = tmp_path / "rows.review"
    write(path, EVENTS)
    whole = path.read_bytes()
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        kept = max(whole[:length].count(b"\n") - 1, 0)
        with open_journal(path, "digest") as journal:
            assert journal.events == tuple(EVENTS[:kept])
            assert journal.torn == length - (whole[:length].rfind(b"\n") + 1)
            journal.append({"do": "undo"})
        assert read_journal(path, "digest") == (*EVENTS[:kept], {"do": "undo"})


def test_a_torn_end_of_any_bytes_is_cut_off(tmp_path):
    path = tmp_path / "rows.review"
    write(path, EVENTS)
    with path.open("ab") as file:
        file.write(b"\0" * 300)
    with open_journal(path, "digest") as journal:
        assert (journal.events, journal.torn) == (tuple(EVENTS), 300)
    assert b"\0" not in path.read_bytes()


def test_each_event_is_synced_before_append_returns(tmp_path, monkeypatch):
    path = tmp_path / "rows.review"
    seen = []
    sync = os.fsync
    monkeypatch.setattr(os, "fsync", lambda handle: (seen.append(path.read_bytes()), sync(handle)))
    write(path, EVENTS[:1])
    assert seen[-1].endswith(b"\n")
    assert json.loads(seen[-1].split(b"\n")[1]) == EVENTS[0]


def test_a_full_disk_takes_nothing_and_loses_nothing(tmp_path, monkeypatch):
    path = tmp_path / "rows.review"
    write(path, EVENTS[:1])
    pwrite = os.pwrite

    def full(handle, line, end):
        if len(line) > 10:
            return pwrite(handle, line[:10], end)
        raise OSError(errno.ENOSPC, "No space left on device")

    with open_journal(path, "digest") as journal:
        with monkeypatch.context() as patched:
            patched.setattr(os, "pwrite", full)
            with pytest.raises(ReviewError, match="No space left on device"):
                journal.append(EVENTS[1])
        assert read_journal(path, "digest") == (EVENTS[0],)
        journal.append(EVENTS[2])
    assert read_journal(path, "digest") == (EVENTS[0], EVENTS[2])


def _try(path, said):
    try:
        with open_journal(path, "digest"):
            said.put("held")
    except ReviewError as error:
        said.put(str(error))


def test_a_second_process_is_refused_while_the_first_holds_it(tmp_path):
    path = tmp_path / "rows.review"
    context = multiprocessing.get_context("fork")
    said = context.Queue()
    with open_journal(path, "digest"):
        process = context.Process(target=_try, args=(path, said))
        process.start()
        assert "another review is writing here" in said.get(timeout=20)
        process.join()
        with pytest.raises(ReviewError, match="another review"), open_journal(path, "digest"):
            pass
    with open_journal(path, "digest"):
        pass


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b'{"format": "topline-review/1", "rows": "others"}\n', "journal of other rows"),
        (b'{"format": "topline-review/9", "rows": "digest"}\n', "is no journal of a review"),
        (b'{"id": "a gold record"}\n', "is no journal of a review"),
        (
            b'{"format": "topline-review/1", "rows": "digest"}\n{"do": "un\n{"do": "undo"}\n',
            "name:2: the line is damaged",
        ),
        (b'{"format": "topline-review/1", "rows": "digest"}\n[]\n', "name:2: the line is damaged"),
        (b"\xff\xfe\n", "name:1: the line is damaged"),
    ],
)
def test_what_is_no_journal_of_these_rows_is_refused(data, message):
    with pytest.raises(ReviewError, match=message):
        parse_journal(data, "name", "digest")


def test_a_journal_that_cannot_be_opened_is_one_sentence(tmp_path):
    with pytest.raises(ReviewError, match="name another journal"), open_journal(tmp_path / "absent" / "x", "digest"):
        pass
    assert read_journal(tmp_path / "absent" / "x", "digest") == ()
