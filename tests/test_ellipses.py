"""Counts without a noun: what the words on both sides must say, each with a reading that is none."""

import re

import pytest

from topline.mentions.quantities import match

MARK = re.compile(r"<(/?)N>")

MARKED = [
    # what was counted stands before in the sentence
    "There were <N>16</N> deaths, <N>nine</N> with velotinib and <N>seven</N> with docetaxel alone.",
    "<N>Two</N> patients stopped because of rash, <N>one</N> during the run-in and <N>one</N> during placebo.",
    "<N>Five</N> had discontinued because of an adverse event and <N>three</N> because of inadequate response.",
    "<N>Three</N> patients withdrew because of AEs; <N>one</N> (stroke)\ndied later.",
    "<N>four</N> deaths were attributed to bleeding and <N>six</N> to causes such as sepsis",
    "<N>Three</N> of <N>six</N> patients in Cohort 3 and <N>four</N> of <N>six</N> in Cohort 4 responded.",
    "<N>six</N> patients had responded by month 1 and the remaining <N>three</N> by month 3",
    "present in <N>11</N> subjects in Part A, resolved in <N>ten</N>.",
    "<N>12</N> responses (<N>four</N> complete and <N>eight</N> partial)",
    "<N>91</N> patients stayed in sinus rhythm, and only <N>one</N> relapsed within two hours",
    # digits too, nearer and before fewer words
    "<N>69</N> PFS events had occurred, <N>40</N> in A and <N>29</N> in B.",
    "<N>21</N> pts of arm A and <N>17</N> of arm B",
    "Low sodium was seen in <N>12</N> and <N>three</N>, respectively.",
    # nobody
    "Serious infections were reported in <N>two</N> subjects (2.2%), <N>neither</N> of which was fatal.",
    "<N>31</N> deaths, <N>none</N> of which was judged related",
    "antibodies were found in <N>7</N> of the <N>414</N>, <N>none</N> neutralising.",
    "<N>10</N> patients shed virus on day 1 and in <N>none</N> after day 28",
    "<N>Nobody</N> had a platelet count below normal. Nobody knows why.",
    # rows of counts, and numbers without any noun
    "Withdrawals numbered <N>three</N>, <N>eight</N> and <N>two</N>.",
    "Headache (<N>six</N> versus <N>two</N>) was mild",
    "<N>Eight</N> of the remaining <N>13</N> went on, <N>six</N> of the other <N>nine</N> did not",
    "<N>Two</N> of the first group, <N>four</N> of the second",
    "of whom <N>four</N> remain at home. Of these, <N>seven</N> stay. Of these two drugs we sell one.",
    "Fever was seen in <N>nobody</N>, rash in <N>none</N>. The rope was cut in two.",
    "There was <N>one</N> perforation in the laser group. There was one reason for it.",
    "<N>Two</N> left before it began. Two related products left the shelf.",
    "<N>None</N> required surgery. None the wiser, we went on.",
    "<N>None</N> of the <N>1,062</N> lost skin. None of the above holds.",
    "hives in 1.0% and <N>none</N>, none too soon",
    "Redness was seen in <N>six</N> patients, and by <N>nine</N> following saline.",
    "<N>10</N> patients responded, including <N>eight</N> with a complete response.",
    "Falls were seen in <N>four</N> patients compared with <N>nine</N> in the other period.",
    "Cough was noted in <N>six</N> and <N>one</N>, respectively.",
    "<N>Five</N> families left. Families differ.",
    "<N>None</N> lost hair. No hair was lost.",
    "There were <N>no</N> new safety findings. There was no way to find them.",
    # counter-examples: no count before, another sentence, another noun, an idiom
    "It is one of the leading causes, one with many names and one in need of drugs.",
    "<N>16</N> deaths were seen. The company has two labs, one in Ghent and one in Delft.",
    "<N>54</N> patients entered two trials, one in Ghent and one in Delft",
    "<N>54</N> patients in one study with one or more doses, one by one, one after another",
    "<N>54</N> patients were seen for six to eight weeks at three sites",
    "<N>54</N> patients had a mean score of 12 and the others 14, 16 and 18 in the end",
    "<N>37 million</N> people are ill and 1 in 3 of their kin",
    "We looked at six and one, respectively.",
    "We know of none after all, neither the drug nor the device.",
]


def unmark(marked: str) -> tuple[str, list[tuple[int, str]]]:
    """Return the bare text and the places and texts of the marked counts; an unclosed mark fails."""
    text, counts, pieces = "", [], MARK.split(marked)
    assert pieces[1::2] == ["", "/"] * (len(pieces) // 4), f"unclosed mark in {marked!r}"
    for index, piece in enumerate(pieces[::2]):
        counts += [(len(text), piece)] if index % 2 else []
        text += piece
    return text, counts


@pytest.mark.parametrize("marked", MARKED)
def test_a_number_without_a_noun_counts_what_was_counted_before(marked):
    text, expected = unmark(marked)
    found = [(m.start, text[m.start : m.end]) for m in match(text) if m.label == "COUNT"]
    assert found == expected


@pytest.mark.parametrize("word", ["none", "neither"])
def test_nobody_counts_as_zero(word):
    (two, nobody) = match(f"Rash was seen in two subjects, {word} of whom withdrew.")
    assert (two.quantity.number, nobody.quantity.number, nobody.quantity.kind) == (2.0, 0.0, "count")
