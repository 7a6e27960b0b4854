"""Groups: the phrases that say over whom a number was computed, marked up as a physician would."""

import re
from itertools import pairwise

import pytest

from topline.mentions import arms, lexicon
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
    "<C>Six high dose pts</C>, <C>one baby</C>, <C>two vaccinees</C> and <C>seven controls</C>",
    "than in <C>controls</C>, if the controls and procedures work",
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
    "<C>Expansion Cohort A</C> (<C>15 patients</C>); <C>one patient in Cohort A</C> died",
    "41% in the <C>dose cohort 3</C> (n=7)",
    # doses as arms, and doses that are none
    "a 100% response with <C>two 16 mg doses</C> and 40% with <C>the 25 mg dose</C>",
    "19.3% with <C>40 mg</C> and 12% on <C>2.5 mg</C>, <C>5 mg</C> and <C>10 mg</C>.",
    "the <C>60 mg</C>, <C>30 mg</C> and <C>placebo groups</C>",
    "tablets of 40 mg are sold",
    "<C>both doses</C> worked, <C>the higher dose</C> best",
    "38% with <C>the combination</C> against 20% with <C>standard of care</C>; the drug sells well",
    # levels, strengths, plural groups
    "four at <C>DL1</C> and three of five at <C>dose level 2</C>; the DL1 code",
    "1.7 and 2.6 in <C>Groups 1</C>, <C>2</C> and <C>3</C>; groups 1.5 times as large",
    "lesions fell by 44% at <C>the 0.5% strength</C> and 21% in <C>the 0.1% group</C>; interest of 5% in the group",
    # doses in brackets and lists, by rank, and schedules as arms
    "nausea in 21% [<C>5 mg</C>] and 23% (<C>10 mg</C>), a bottle (30 mg)",
    "(VLT <C>5 mg</C>, VLT <C>10 mg</C>, placebo) in a row",
    "2.4% for <C>the top dose</C>, 3% on <C>the lower</C> and <C>all three doses</C>; the starting dose was 5 mg",
    "a reduction of 30.9% for <C>monthly administration</C>; monthly administration is convenient",
    # arms by letter, once the text has lettered two
    "randomized to <C>arm A</C> or <C>arm B</C>: 40 events in <C>A</C> and 29 (<C>B</C>); A trial, hepatitis A",
    "hepatitis A in <C>arm C</C> and 12 of A, B",
    # treatments as subjects, and alone
    "<C>The vaccine</C> reduced cases by half, and the vaccine is sold",
    "a <C>cancer pill</C> cut deaths by 20%, this pill cut none",
    "47% after <C>bypass surgery alone</C>, and surgery alone was",
    "difference between <C>treatment</C> and <C>placebo groups</C>, after treatment and rest",
    "2 of 18 <C>under observation</C>, 9.9 months <C>without it</C>; the site is under observation.",
    # what points back
    "63% of <C>the former</C> and 33% of <C>the latter</C>; the former chairman",
    "against 110 of <C>the others</C>; the other day",
    "the response in <C>that group</C> was lower; we saw that group sales rose",
    "in 7 of <C>the 41</C> (17%); the 41 (of Form 10-K)",
    "60% in <C>those of 80</C> and above; those of the company",
    "<C>438 received at least one dose</C> of it; 438 received letters",
    # numbers alone, ranks, pronouns before a verb
    "Of <C>the 14</C>, six were at home; of the 14 sites, six",
    "8 of <C>whom</C> were <C>men</C>; the doctor whom we asked",
    "11.8% of <C>these</C> (118) and four of <C>these</C> now walk; some of these were sold",
    "picked up 88 of <C>our 366</C>. We opened our 366 shops.",
    "22.6% of <C>the second</C> (7) and 9.1% of <C>the third</C>; the second quarter of the third year",
    "51% lower in <C>the former</C> than in <C>the latter</C>; the former chairman",
    # groups of firms and doctors
    "the Arlen Pharmaceuticals Group and the Northern Oncology Group enrolled the <C>Veltrine group</C>",
    # a disease where it is defined stands for those who have it
    "Veltrine for <C>early-stage bile duct cancer (BDC)</C> in a podcast",
    "a platform for cancer and a drug for lung cancer",
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


@pytest.mark.parametrize("rule", [rule for rule in arms.RULES if rule.opens], ids=lambda rule: rule.opens[0])
def test_a_rule_for_arms_matches_nowhere_but_at_its_openings(rule):
    for marked in MARKED:
        text = "".join(MARK.split(marked)[::2])
        places = lexicon.places(text) | {"9": [found.start() for found in re.finditer("[0-9]+", text)]}
        starts = [start for word in rule.opens for start in places.get(word, ())]
        tried = [found.span() for found in lexicon.matches(rule.pattern, text, starts)]
        assert tried == [found.span() for found in rule.pattern.finditer(text)], text


@pytest.mark.parametrize(("text", "code"), [("the phase 2 trial", "study"), ("12 patients", "people")])
def test_code_tells_people_from_a_study(text, code):
    (mention,) = match(text)
    assert (mention.label, mention.code) == ("COHORT", code)


def test_mentions_are_in_order_and_disjoint():
    found = match("of whom 31 patients on 25 mg (n=92) in the 25 mg group, 50 mg and placebo groups, Arm B patients")
    assert found
    assert all(before.end <= after.start for before, after in pairwise(found))
