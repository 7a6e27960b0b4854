"""From probabilities to links: thresholds, refused groups, endpoints of several phrases."""

import numpy as np
import pytest
from marked import at, read_marked, said

from topline.relations.candidates import Pairs
from topline.relations.context import Candidates, Scores
from topline.relations.decoding import SURE, THRESHOLDS, decode, decode_many
from topline.relations.groups import Groups
from topline.relations.joining import JOINED
from topline.relations.refusing import is_ratio

LIMITS = {"result": 0.5, "endpoint": 0.3, "cohort": 0.3}


def pairs(view, scored: dict[tuple[str, str], float]) -> tuple[Pairs, np.ndarray]:
    rows = sorted((at(view, value), at(view, target), p) for (value, target), p in scored.items())
    values, targets = (np.array([row[k] for row in rows], dtype=np.int64) for k in (0, 1))
    return Pairs(values, targets), np.array([row[2] for row in rows], dtype=np.float64)


def decided(
    view, result: dict[str, float], endpoint=(), cohort=(), thresholds=LIMITS, decoder=decode, without=(), chain=None
):
    """Decode from scores that are given by the mentions' texts."""
    values = sorted((at(view, value), p) for value, p in result.items())
    endpoints, endpoint_p = pairs(view, dict(endpoint))
    cohorts, cohort_p = pairs(view, dict(cohort))
    candidates = Candidates(np.array([v for v, _ in values], dtype=np.int64), endpoints, cohorts, Groups(view))
    scores = Scores(np.array([p for _, p in values]), endpoint_p, cohort_p)
    if decoder is decode_many:
        return decode_many(view, candidates, scores, thresholds, chain)
    return decode(view, candidates, scores, thresholds, without, chain)


ARMS = (
    "<ENDPOINT>Pain relief</ENDPOINT> came to <PERCENT>45.0%</PERCENT> of <COHORT>patients on velotinib</COHORT>"
    " and <PERCENT>21.7%</PERCENT> of <COHORT>patients on placebo</COHORT>, with less <PHRASE>fatigue</PHRASE>."
)


def test_values_below_the_threshold_are_no_results():
    view = read_marked(ARMS)
    found = decided(view, {"45.0%": 0.5, "21.7%": 0.49})
    assert [(said(view, d.value), d.result_confidence) for d in found] == [("45.0%", 0.5)]


def test_the_best_target_wins_and_weak_ones_give_none():
    view = read_marked(ARMS)
    cohorts = {
        ("45.0%", "patients on velotinib"): 0.8,
        ("45.0%", "patients on placebo"): 0.7,
        ("21.7%", "patients on velotinib"): 0.29,
        ("21.7%", "patients on placebo"): 0.28,
    }
    first, second = decided(view, {"45.0%": 0.9, "21.7%": 0.9}, cohort=cohorts)
    assert (said(view, first.cohort), first.cohort_confidence) == ("patients on velotinib", 0.8)
    assert (second.cohort, second.cohort_confidence) == (None, 0.0)


COMPARED = (
    "The <ENDPOINT>hazard ratio for death</ENDPOINT> in <COHORT>Cohort A</COHORT> compared with"
    " <COHORT>Cohort B</COHORT> was <RATIO>0.61</RATIO>, and <ENDPOINT>survival</ENDPOINT>"
    " was <DURATION>9.1 months</DURATION>."
)


@pytest.mark.parametrize(("value", "cohort"), [("0.61", "Cohort A"), ("9.1 months", "Cohort B")])
def test_a_ratio_is_never_of_the_group_that_it_compares_with(value, cohort):
    view = read_marked(COMPARED)
    (found,) = decided(view, {value: 0.9}, cohort={(value, "Cohort A"): 0.4, (value, "Cohort B"): 0.8})
    assert said(view, found.cohort) == cohort


@pytest.mark.parametrize(
    ("sentence", "ratio"),
    [
        ("The hazard ratio for death in Cohort A was <NUMBER>0.61</NUMBER>.", True),
        ("HR <NUMBER>0.61</NUMBER>.", True),
        ("The ratio of visits was <NUMBER>0.61</NUMBER>.", False),
        ("The hazard ratio was <NUMBER>0.70</NUMBER> and CRP <NUMBER>0.61</NUMBER>.", False),
        ("The hazard ratio was low. CRP was <NUMBER>0.61</NUMBER>.", False),
    ],
)
def test_a_bare_number_behind_a_ratios_name_is_a_ratio(sentence, ratio):
    view = read_marked(sentence)
    assert is_ratio(view, at(view, "0.61")) is ratio


def test_a_rule_that_is_left_out_decides_nothing():
    view = read_marked(COMPARED)
    scores = {("0.61", "Cohort A"): 0.4, ("0.61", "Cohort B"): 0.8}
    (found,) = decided(view, {"0.61": 0.9}, cohort=scores, without={"compared"})
    assert said(view, found.cohort) == "Cohort B"


def test_of_equal_targets_the_earlier_wins():
    view = read_marked(ARMS)
    equal = {("45.0%", "patients on placebo"): 0.6, ("45.0%", "patients on velotinib"): 0.6}
    (found,) = decided(view, {"45.0%": 0.9}, cohort=equal)
    assert said(view, found.cohort) == "patients on velotinib"


def test_a_value_without_candidates_is_a_result_without_links():
    view = read_marked(ARMS)
    (found,) = decided(view, {"45.0%": 0.9})
    assert (found.endpoint, found.endpoint_last, found.cohort) == (None, None, None)


# 38.3 of 60 is 23; of 58 and 59 no count rounds to it.
@pytest.mark.parametrize(
    ("sentence", "cohort"),
    [
        ("<ENDPOINT>Relief</ENDPOINT> was seen in <PERCENT>38.3%</PERCENT> of {groups}.", "60 people on velotinib"),
        (
            "<ENDPOINT>Relief</ENDPOINT> was seen in <PERCENT>38%</PERCENT> of {groups}.",
            "58 people on placebo",
        ),  # 22 of 58
        (
            "A <PERCENT>38.3%</PERCENT> <ENDPOINT>reduction in pain</ENDPOINT> was seen in {groups}.",
            "58 people on placebo",
        ),
        ("<ENDPOINT>Vaccine efficacy</ENDPOINT> was <PERCENT>38.3%</PERCENT> in {groups}.", "58 people on placebo"),
        ("<ENDPOINT>Survival</ENDPOINT> at a year was <PERCENT>38.3%</PERCENT> in {groups}.", "58 people on placebo"),
        (
            "Those with <PERCENT>38.3%</PERCENT> <ENDPOINT>lower weight</ENDPOINT> stood out in {groups}.",
            "58 people on placebo",
        ),
        ("<ENDPOINT>The score</ENDPOINT> was <NUMBER>38.3</NUMBER> in {groups}.", "58 people on placebo"),
        # changes, though no word among those before them says so
        ("<ENDPOINT>Lipids</ENDPOINT> dropped by <PERCENT>38.3%</PERCENT> in {groups}.", "58 people on placebo"),
        (
            "<ENDPOINT>Oxalate</ENDPOINT> was <PERCENT>38.3%</PERCENT> below baseline in {groups}.",
            "58 people on placebo",
        ),
        (
            "<ENDPOINT>Relief</ENDPOINT> was reached by <PERCENT>38.3%</PERCENT> of {groups}.",
            "60 people on velotinib",
        ),
        # its own count and whole stand beside it
        (
            "<ENDPOINT>Relief</ENDPOINT> was seen in <PERCENT>38.3%</PERCENT> (23 of 60) of {groups}.",
            "58 people on placebo",
        ),
        ("<ENDPOINT>Relief</ENDPOINT> (<PERCENT>38.3%</PERCENT>; n = 23/60) came to {groups}.", "58 people on placebo"),
        ("<ENDPOINT>Relief</ENDPOINT>: 23/60 (<PERCENT>38.3%</PERCENT>) of {groups}.", "58 people on placebo"),
        (
            "<ENDPOINT>Relief</ENDPOINT> in <PERCENT>38.3%</PERCENT> (2 sites) of {groups}.",
            "60 people on velotinib",
        ),
    ],
)
def test_a_group_is_refused_when_no_count_of_it_is_the_percentage_unless_it_is_likely(sentence, cohort):
    groups = (
        "<COHORT><COUNT>60</COUNT> people on velotinib</COHORT> or <COHORT><COUNT>58</COUNT> people on placebo</COHORT>"
    )
    view = read_marked(sentence.format(groups=groups))
    value, endpoint = (said(view, int(np.flatnonzero(mask)[0])) for mask in (view.is_value, view.is_endpoint))
    for likely, wanted in ((SURE, cohort), (SURE + 0.01, "58 people on placebo")):
        scores = {(value, "58 people on placebo"): likely, (value, "60 people on velotinib"): 0.4}
        (found,) = decided(view, {value: 0.9}, {(value, endpoint): 0.9}, scores)
        assert said(view, found.cohort) == wanted


@pytest.mark.parametrize(("joint", "refused"), [(" (", False), (", or ", False), (" were well, ", True)])
def test_a_group_whose_phrase_counts_the_percentage_itself_is_not_refused(joint, refused):
    view = read_marked(
        f"<ENDPOINT>Relief</ENDPOINT> came to <COHORT><COUNT>34</COUNT> people</COHORT>{joint}<PERCENT>44.7%</PERCENT>."
    )
    scores = {("44.7%", "34 people"): 0.4}
    (found,) = decided(view, {"44.7%": 0.9}, {("44.7%", "Relief"): 0.9}, scores)
    assert (found.cohort is None) is refused


def test_a_group_without_a_stated_size_is_never_refused():
    view = read_marked(ARMS)
    (found,) = decided(view, {"45.0%": 0.9}, cohort={("45.0%", "patients on placebo"): 0.9})
    assert said(view, found.cohort) == "patients on placebo"


WIDE = (
    "<PERCENT>41%</PERCENT> had <PHRASE>full</PHRASE>{joint}"
    "<PHRASE>nearly full recovery</PHRASE> and <PHRASE>sleep</PHRASE>."
)


@pytest.mark.parametrize(
    ("joint", "p", "last"),
    [
        (" or ", 0.9, "nearly full recovery"),
        (" or ", JOINED, "nearly full recovery"),
        (" or ", JOINED - 0.01, "full"),
        (" or the ", 0.9, "nearly full recovery"),
        (", ", 0.9, "nearly full recovery"),
        (" response was followed by ", 0.9, "full"),
        (". ", 0.9, "full"),
    ],
)
def test_neighbouring_phrases_join_the_endpoint(joint, p, last):
    view = read_marked(WIDE.format(joint=joint))
    (found,) = decided(view, {"41%": 0.9}, {("41%", "full"): 0.95, ("41%", "nearly full recovery"): p})
    assert (said(view, found.endpoint), said(view, found.endpoint_last)) == ("full", last)


def test_an_endpoint_widens_to_the_left_too_and_not_over_an_unlikely_phrase():
    view = read_marked(WIDE.format(joint=" or "))
    likely = {("41%", "full"): 0.6, ("41%", "nearly full recovery"): 0.95, ("41%", "sleep"): 0.2}
    (found,) = decided(view, {"41%": 0.9}, likely)
    assert (said(view, found.endpoint), said(view, found.endpoint_last)) == ("full", "nearly full recovery")
    assert found.endpoint_confidence == 0.95


@pytest.mark.parametrize(
    ("text", "last"),
    [
        ("<PERCENT>41%</PERCENT> had <PHRASE>received</PHRASE> <DRUG>zelnotide</DRUG>.", "zelnotide"),
        ("Median <PHRASE>time</PHRASE> on <DRUG>zelnotide</DRUG> was <PERCENT>41%</PERCENT>.", "zelnotide"),
        ("<PHRASE>received</PHRASE> in <DRUG>zelnotide</DRUG> trials: <PERCENT>41%</PERCENT>.", "received"),
        (
            "<PHRASE>complete response</PHRASE> with <DRUG>zelnotide</DRUG>: <PERCENT>41%</PERCENT>.",
            "complete response",
        ),
    ],
)
def test_a_one_word_endpoint_takes_the_drug_that_it_is_of(text, last):
    view = read_marked(text)
    phrase = "complete response" if "complete" in text else "time" if "time" in text else "received"
    (found,) = decided(view, {"41%": 0.9}, {("41%", phrase): 0.9})
    assert said(view, found.endpoint_last) == last


def test_several_endpoints_of_one_value():
    view = read_marked(WIDE.format(joint=" or "))
    scores = {("41%", "full"): 0.6, ("41%", "nearly full recovery"): 0.95, ("41%", "sleep"): 0.3}
    (found,) = decided(view, {"41%": 0.9}, scores, thresholds={"more_endpoints": 0.5}, decoder=decode_many)
    assert [said(view, endpoint) for endpoint in found.endpoints] == ["nearly full recovery", "full"]


@pytest.mark.parametrize(("p", "expected"), [(0.3, ("sleep",)), (0.1, ())])
def test_without_a_probable_endpoint_the_best_that_is_not_improbable(p, expected):
    view = read_marked(WIDE.format(joint=" or "))
    (found,) = decided(view, {"41%": 0.9}, {("41%", "sleep"): p}, thresholds={"endpoint": 0.2}, decoder=decode_many)
    assert tuple(said(view, endpoint) for endpoint in found.endpoints) == expected


def test_the_shipped_thresholds_are_probabilities():
    assert set(THRESHOLDS) == {"result", "endpoint", "cohort", "comparator"}
    assert all(0 < limit < 1 for limit in THRESHOLDS.values())
