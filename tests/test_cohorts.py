"""Groups: the phrases that say over whom a number was computed, marked up as a physician would."""

import re
from itertools import pairwise

import pytest

from topline.mentions.cohorts import match

MARK = re.compile(r"<(/?)C>")


def unmark(marked: str) -> tuple[str, list[str]]:
    """Return the bare text and the marked phrases; an unclosed mark fails."""
    pieces = MARK.split(marked)
    assert pieces[1::2] == ["", "/"] * (len(pieces) // 4), f"unclosed mark in {marked!r}"
    return "".join(pieces[::2]), pieces[2::4]


MARKED = [
    # people, with what stands before and behind
    "Among the <C>entire 107 efficacy evaluable patients</C>, the rate was 39%.",
    "<C>patients with relapsed or refractory myeloma</C> responded",
    "<C>participants receiving Orvetine</C> progressed to a full response",
    "<C>Orvetine-treated patients</C> achieving a response",
    "<C>efficacy evaluable patients</C> previously had surgery",
    "<C>patients previously treated with docetaxel</C> responded",
    "<C>patients treated with CAN-77</C> were alive",
    "<C>Patients on the 1.0 mg dose</C> needed an average of 6.9 injections",
    "<C>adults with heart failure (HF)</C> improved",
    "<C>95 vaccinees</C> and <C>12 never-smokers</C>",
    "<C>cases and controls</C>",
    "<C>those reporting improvement</C> described it",
    # verbs and shares stay outside
    "The company enrolled <C>2,912 adults</C>.",
    "83% <C>patients</C> were on treatment, 0 (0%) <C>participants</C> died",
    "reported in <C>some patients</C>, with symptom control",
    # groups
    "in <C>either group</C> and <C>neither arm</C>",
    "the <C>placebo group</C>, the <C>3.5 mg arm</C>; the group",
    "<C>Arm B</C>, <C>Cohort 2a</C> and <C>Group IV</C>; a group 2.5 times as large",
    "in <C>Part B</C>, but in Part I, Item 1A",
    # doses as arms, and doses that are none
    "a 100% response with <C>two 16 mg doses</C> and 40% with <C>the 25 mg dose</C>",
    "19.3% with <C>40 mg</C> and 12% on <C>2.5 mg</C>, <C>5 mg</C> and <C>10 mg</C>.",
    "the <C>60 mg</C>, <C>30 mg</C> and <C>placebo groups</C>",
    "tablets of 40 mg are sold",
    "<C>both doses</C> worked, <C>the higher dose</C> best",
    "38% with <C>the combination</C> against 20% with <C>standard of care</C>; the drug sells well",
    # column heads
    "Endpoint\t<C>Veltrine 40 mg</C> (N=88)\t<C>FL</C> (n=48)\n",
    # people named before
    "<C>60 patients</C>, of <C>whom</C> 31 responded",
    "four of <C>the 304 on placebo</C> had fever; <C>all three</C> resumed treatment",
    "spoke of them at length. The 1.5 points gained",
    # diseases stand for people only after a number
    "an ORR of 44% in <C>cervical cancer</C>",
    "a leader in cervical cancer",
]


@pytest.mark.parametrize("marked", MARKED, ids=lambda marked: MARK.sub("", marked)[:40])
def test_each_group_is_found_with_its_bounds(marked):
    text, expected = unmark(marked)
    assert [text[m.start : m.end] for m in match(text)] == expected


@pytest.mark.parametrize(("text", "code"), [("the phase 2 trial", "study"), ("12 patients", "people")])
def test_code_tells_people_from_a_study(text, code):
    (mention,) = match(text)
    assert (mention.label, mention.code) == ("COHORT", code)


def test_mentions_are_in_order_and_disjoint():
    found = match("of whom 31 patients on 25 mg (n=92) in the 25 mg group, 50 mg and placebo groups, Arm B patients")
    assert found
    assert all(before.end <= after.start for before, after in pairwise(found))
