import json

import pytest

from topline.errors import InputError
from topline.outputs import clean, dump, open_lines, open_whole


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("39.3% (≥50 µg) – “yes”", "39.3% (≥50 µg) – “yes”"),
        ("a\x1b[31mred", "a␛[31mred"),
        ("a\x9b31mred", "a\N{REPLACEMENT CHARACTER}31mred"),
        ("bell\x07 delete\x7f", "bell␇ delete\N{REPLACEMENT CHARACTER}"),
        ("\u202eabc\u202c\u200b\u00ad", "\N{REPLACEMENT CHARACTER}abc\N{REPLACEMENT CHARACTER}"),
        ("12\u00a0mg\u2009daily", "12 mg daily"),
        ("line\u2028end\ud800", "line\N{REPLACEMENT CHARACTER}end\N{REPLACEMENT CHARACTER}"),
        ("two\nlines\rone", "two\nlines␍one"),
    ],
)
def test_clean(text, cleaned):
    assert clean(text) == cleaned


def test_dumped_records_are_safe_and_read_back_the_same():
    record = {"text": "≥39.3% \x1b[2J \x9b2J \x7f \u202eabc \u2028 \ud800", "n": 107}
    line = dump(record)
    assert json.loads(line) == record
    assert line.decode().replace("≥", "").isascii()


def test_a_file_appears_whole_or_not_at_all(tmp_path):
    path = tmp_path / "rows.jsonl"
    with open_lines(path) as writer:
        writer.write({"a": 1})
        assert not path.exists()
    assert path.read_text() == '{"a": 1}\n'
    with pytest.raises(ZeroDivisionError), open_whole(path) as file:  # noqa: PT012
        file.write(b"half")
        raise ZeroDivisionError
    assert path.read_text() == '{"a": 1}\n'
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_stays_a_link_and_its_file_gets_the_content(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "file")
    with open_whole(tmp_path / "link") as file:
        file.write(b"new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "file").read_bytes() == b"new"


@pytest.mark.parametrize("place", ["absent/rows.jsonl", "folder"])
def test_a_file_that_cannot_be_written_is_said_at_once(tmp_path, place):
    (tmp_path / "folder").mkdir()
    with pytest.raises(InputError, match="cannot be written"), open_whole(tmp_path / place):
        pass
