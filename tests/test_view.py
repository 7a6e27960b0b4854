"""The arrays that features are made of: where a token stands, and what it is."""

import numpy as np
import pytest
from marked import at, read_marked

from topline.relations.view import CUES, value_kind
from topline.schema import Block, Document, Source


def tokens(view) -> list[str]:
    return [view.text[start:end] for start, end in zip(view.starts.tolist(), view.ends.tolist(), strict=True)]


def place(view, word: str) -> int:
    words = tokens(view)
    assert words.count(word) == 1, f"{word!r} in {words}"
    return words.index(word)


@pytest.mark.parametrize(
    ("text", "word", "depth"),
    [
        ("Relief (41 of 60 patients) was reported.", "Relief", 0),
        ("Relief (41 of 60 patients) was reported.", "patients", 1),
        ("Relief (41 of 60 patients) was reported.", "reported", 0),
        ("Relief [41 of 60 patients] was reported.", "patients", 1),
        ("Relief (in 41 (of 60) patients) was reported.", "60", 2),
        ("Relief (in 41 (of 60) patients) was reported.", "patients", 1),
        ("a) Relief was reported in 41 patients.", "reported", 0),
        ("Relief (41 of 60 patients was reported. The trial goes on.", "reported", 1),
        ("Relief (41 of 60 patients was reported. The trial goes on.", "trial", 0),
    ],
)
def test_depth_of_parentheses(text, word, depth):
    view = read_marked(text)
    assert view.depth[place(view, word)] == depth


def test_two_parentheses_have_two_ids_and_the_text_between_has_none():
    view = read_marked("Relief (41 of 60) and sleep (32 of 59) improved.")
    ids = [int(view.paren[place(view, word)]) for word in ("Relief", "41", "60", "and", "32", "improved")]
    assert ids[1] == ids[2] != ids[4]
    assert ids[0] == ids[3] == ids[5] == 0
    assert 0 not in (ids[1], ids[4])


def test_text_behind_an_inner_parenthesis_is_in_the_outer_one_again():
    view = read_marked("Relief (in 41 (of 60) patients) was reported.")
    assert view.paren[place(view, "41")] == view.paren[place(view, "patients")] != view.paren[place(view, "60")]


@pytest.mark.parametrize(
    ("text", "same_clause", "same_part"),
    [
        ("Relief rose to 41% with velotinib and sleep to 32%.", True, True),
        ("Relief rose to 41% with velotinib, and sleep to 32%.", True, False),
        ("Relief rose to 41% with velotinib; sleep to 32%.", False, False),
        ("Relief rose to 41% with velotinib, while sleep rose to 32%.", False, False),
        ("Relief rose to 41% with velotinib. The sleep rose to 32%.", False, False),
    ],
)
def test_clauses_and_their_parts(text, same_clause, same_part):
    view = read_marked(text)
    one, other = place(view, "41"), place(view, "32")
    assert (view.clause[one] == view.clause[other]) == same_clause
    assert (view.part[one] == view.part[other]) == same_part


def test_cues_are_counted_between_mentions_and_in_sentences():
    view = read_marked(
        "<ENDPOINT>Relief</ENDPOINT> was <PERCENT>41%</PERCENT> versus 30%, not <PERCENT>32%</PERCENT> versus 20%. "
        "The <PERCENT>9%</PERCENT> rate is not final."
    )
    ends, starts = view.last, view.first
    relief, first, second, other = (at(view, quote) for quote in ("Relief", "41%", "32%", "9%"))
    assert view.between("be", ends[[relief]], starts[[first]]).tolist() == [1]
    assert view.between("contrast", ends[[first]], starts[[second]]).tolist() == [1]
    assert view.between("contrast", starts[[second]], ends[[first]]).tolist() == [0]  # an empty range
    assert view.in_sentence("contrast", np.array([first, other])).tolist() == [2, 0]
    assert view.in_sentence("not", np.array([first, other])).tolist() == [1, 1]


@pytest.mark.parametrize(("word", "cue"), [("Versus", "contrast"), ("PLACEBO", "trial"), ("enrolled", "design")])
def test_cues_are_found_in_any_case(word, cue):
    view = read_marked(f"Velotinib {word} nothing.")
    assert view.cues[cue][-1] == 1


def test_every_cue_word_is_one_lower_case_word():
    faults = [word for words in CUES.values() for word in words.split() if word != word.lower()]
    assert faults == []
    assert all(words.split() for words in CUES.values())


def test_determiners_are_stepped_over():
    view = read_marked("Relief in the first 60 patients")
    assert view.back[place(view, "first")] == place(view, "in")
    assert view.back[place(view, "60")] == place(view, "60")


def test_blocks_and_labels_of_mentions():
    text = "Relief\n\n41% of patients"
    blocks = (Block("heading", 0, 6), Block("paragraph", 8, len(text)))
    document = Document(Source("note.txt", "0" * 64), text, blocks)
    view = read_marked("<PHRASE>Relief</PHRASE>\n\n<PERCENT>41%</PERCENT> of <COHORT>patients</COHORT>", document)
    assert view.at(np.arange(3), view.block).tolist() == [0, 1, 1]
    assert view.is_endpoint.tolist() == [True, False, False]
    assert view.is_value.tolist() == [False, True, False]
    assert view.is_cohort.tolist() == [False, False, True]


def test_the_kind_of_a_value_is_its_quantitys_and_a_bare_value_is_a_number():
    view = read_marked("<PERCENT>41%</PERCENT> after <DURATION>12 weeks</DURATION>, <VALUE>x</VALUE>")
    assert [value_kind(view, i) for i in range(3)] == ["percent", "duration", "number"]


def test_an_empty_text_has_an_empty_view():
    view = read_marked("")
    assert len(view.starts) == len(view.first) == 0
