"""Names of trials, and which is in effect for a value."""

import pytest

from topline.mentions.trials import find, match
from topline.results.trials import Trials
from topline.schema import Mention


def names(text: str, drugs: tuple[str, ...] = ()) -> list[str | None]:
    mentions = [Mention(text.index(drug), text.index(drug) + len(drug), "DRUG") for drug in drugs]
    return [named.name for named in find(text, mentions)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("In the KESTREL-2 trial, relief came early.", ["KESTREL-2"]),
        ("In the ADAPTIVE study, relief came early.", ["ADAPTIVE"]),
        ("The SIERRANO Phase 3 pivotal trial enrolled 150 adults.", ["SIERRANO"]),
        ("the CAMBER-1 and CAMBER-2 Phase 3 trials", ["CAMBER-1", "CAMBER-2"]),
        ("a randomized trial (VERITAS) of velotinib", ["VERITAS"]),
        ("the study, known as MAvERINO-Pilot, is closed", ["MAvERINO-Pilot"]),
        ("the Phase 3 SHIELDON 2 trial", ["SHIELDON 2"]),
        ("Nausea was reported in Study 201.", ["Study 201"]),
        ("Two trials, Study VLT-101 and Study VLT-102, were alike.", ["Study VLT-101", "Study VLT-102"]),
        # once named, a name counts without its cue; a longer name is not the shorter one
        ("The HALCYON study is done. HALCYON enrolled 80; HALCYON-2 will enroll more.", ["HALCYON", "HALCYON"]),
        # a definition that ends in a trial is its cue
        ("the Velotinib Evaluation of Survival Trial (VEST) showed more", ["VEST"]),
        # no trials' names
        ("The VLT-2171 trial is the first of this drug.", []),
        ("An FDA study of labels and an NIH trial were cited.", []),
        ("The NSCLC study and the COPD trial go on.", []),
        ("Chronic graft rejection disease (CGRD) is rare; the CGRD trial is open.", []),
        ("a Phase 2 study of velotinib, the Lancet study", []),
        ("Study 12 weeks of treatment; Study 2019 was a good year", []),
        ("CLINICAL TRIAL RESULTS OF A PIVOTAL STUDY", []),
        ("The trial (NCT01234567) enrolled adults.", []),
        ("The trial (N=120; ITT) enrolled adults.", []),
    ],
)
def test_names(text, expected):
    assert names(text) == expected


def test_what_the_text_knows_as_a_drug_is_no_trial():
    text = "VELOTIN study: VELOTIN was given daily."
    assert names(text) == ["VELOTIN", "VELOTIN"]
    assert names(text, drugs=("VELOTIN",)) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # the sentence's own name, before or behind the value
        ("The KESTREL-1 trial is done. | In the KESTREL-2 trial, relief came to 46%.", "KESTREL-2"),
        ("The KESTREL-1 trial is done. | Relief came to 46% in the KESTREL-2 trial.", "KESTREL-2"),
        # of two, the one right behind the value, else the nearest before
        ("| The KESTREL-1 trial is done. Relief was 46% in KESTREL-1 and 54% in the KESTREL-2 trial.", "KESTREL-1"),
        ("| In the KESTREL-1 trial relief was 46%, and more in the KESTREL-2 trial.", "KESTREL-1"),
        ("| The KESTREL-1 and KESTREL-2 trials showed relief of 46% and more.", None),
        # another sentence's: the nearest before, and a heading is one of them
        ("The KESTREL-1 trial is done. | Relief came to 46%.", "KESTREL-1"),
        ("The KESTREL-1 trial is done.\n\nResults of the KESTREL-2 Study\n\n | Relief came to 46%.", "KESTREL-2"),
        # until another trial comes up
        ("The KESTREL-1 trial is done. In another study of adults the dose was low. | Relief came to 46%.", None),
        ("The KESTREL-1 trial is done. | In its Phase 2 obesity study, relief came to 46%.", None),
        ("The KESTREL-1 trial is done. | In its Phase 2 study, relief came to 46%.", "KESTREL-1"),
        # too far, or not there
        ("The KESTREL-1 trial is done." + " Nothing new was said." * 400 + " | Relief came to 46%.", None),
        ("| Relief came to 46%. The KESTREL-2 trial goes on.", "KESTREL-2"),
        ("| Relief came to 46%. ", None),
    ],
)
def test_the_name_in_effect(text, expected):
    """`|` marks the start of the value's sentence, which goes to the end of the text."""
    before, _, sentence = text.partition("| ")
    text = before + sentence
    place = text.index("46%")
    assert Trials(text, find(text)).at(place, len(before), len(text)) == expected


def test_a_name_outside_the_group_phrases_is_a_group_of_its_own():
    text = "In the CAMBER-1 trial, 46% were clear; 54% in CAMBER-1 and 51% in another trial."
    group = Mention(7, 21, "COHORT", code="study")
    found = match(text, [], [group])
    assert [(text[m.start : m.end], m.label, m.code) for m in found] == [("CAMBER-1", "COHORT", "study")]
    assert found[0].start > group.end
