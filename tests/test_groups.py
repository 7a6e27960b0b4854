"""How large a group is, by the text's own words."""

import pytest
from conftest import ROOT
from marked import at, pipeline, read_marked, said

from topline.extraction import read_document
from topline.filings import read
from topline.gold import load_gold
from topline.relations.feasibility import feasible
from topline.relations.groups import Groups

TRIAL = "The trial enrolled <COHORT><COUNT>120</COUNT> patients with migraine</COHORT>. "
ARMS = (
    TRIAL + "<COHORT><COUNT>61</COUNT> patients received velotinib</COHORT> and "
    "<COHORT><COUNT>59</COUNT> patients received placebo</COHORT>. "
)


def size(marked: str, group: str, nth: int = 1) -> str | None:
    view = read_marked(marked)
    found = Groups(view).size(at(view, group, nth))
    return None if found is None else view.text[found.start : found.end]


@pytest.mark.parametrize(
    ("marked", "group", "expected"),
    [
        # in the phrase
        ("<COHORT><COUNT>64</COUNT> patients with migraine</COHORT> had relief.", "64 patients with migraine", "64"),
        ("<COHORT>the <COUNT>64</COUNT> evaluable patients</COHORT> had relief.", "the 64 evaluable patients", "64"),
        # ... but not a count of something that the patients have
        (
            "<COHORT>patients with <COUNT>3</COUNT> or more attacks</COHORT> had relief.",
            "patients with 3 or more attacks",
            None,
        ),
        # in brackets behind it
        ("Relief with <COHORT>velotinib 25 mg</COHORT> (n=<COUNT>54</COUNT>) was 41%.", "velotinib 25 mg", "54"),
        ("Relief with <COHORT>velotinib 25 mg</COHORT> (N = <COUNT>54</COUNT>) was 41%.", "velotinib 25 mg", "54"),
        ("Relief with <COHORT>velotinib</COHORT> 25 mg daily [n=<COUNT>54</COUNT>] was 41%.", "velotinib", "54"),
        # ... but not any bracket
        ("Relief with <COHORT>velotinib 25 mg</COHORT> (<COUNT>54</COUNT> events) was 41%.", "velotinib 25 mg", None),
        (
            "Relief with <COHORT>velotinib</COHORT> was good; in all, (n=<COUNT>54</COUNT>) it was 41%.",
            "velotinib",
            None,
        ),
        # before it
        ("There were <COUNT>364</COUNT> in <COHORT>the active group</COHORT>.", "the active group", "364"),
        (
            "With <COUNT>364</COUNT> patients randomized to <COHORT>velotinib</COHORT>, relief was 41%.",
            "velotinib",
            "364",
        ),
        ("With <COUNT>364</COUNT> patients on <COHORT>velotinib</COHORT>, relief was 41%.", "velotinib", "364"),
        ("There were <COUNT>66</COUNT> of them on <COHORT>velotinib</COHORT>.", "velotinib", "66"),
        # ... but not when something happened to them
        ("In all, <COUNT>36</COUNT> patients on <COHORT>velotinib</COHORT> died.", "velotinib", None),
        ("Nausea was seen in <COUNT>36</COUNT> patients on <COHORT>velotinib</COHORT>.", "velotinib", None),
        # behind it, as people
        ("We gave <COHORT>velotinib</COHORT> 25 mg daily (<COUNT>54</COUNT> patients) for a year.", "velotinib", "54"),
        ("<COHORT>Cohort A</COHORT> included <COUNT>62</COUNT> adults.", "Cohort A", "62"),
        # ... but not a percentage's numerator
        ("Relief came to 41% on <COHORT>velotinib</COHORT> (<COUNT>54</COUNT> patients).", "velotinib", None),
        # ... nor another group's bracket
        ("We compared <COHORT>placebo</COHORT> and velotinib (n=<COUNT>54</COUNT>).", "placebo", None),
        # a denominator
        (
            "Relief came to <COUNT>7</COUNT> of <COUNT>80</COUNT> (8.8%) in the <COHORT>velotinib group</COHORT>.",
            "velotinib group",
            "80",
        ),
        (
            "It was 8.8% (<COUNT>7</COUNT> of <COUNT>80</COUNT>) of <COHORT>those on placebo</COHORT>.",
            "those on placebo",
            "80",
        ),
        # ... but not across other words
        ("<COUNT>364</COUNT> attacks were counted in <COHORT>the active group</COHORT>.", "the active group", None),
    ],
)
def test_the_size_that_stands_with_the_group(marked, group, expected):
    assert size(marked, group) == expected


@pytest.mark.parametrize(
    ("sentence", "group", "expected"),
    [
        # the last group before, whatever its name
        ("Relief came to 41% of <COHORT>these patients</COHORT>.", "these patients", "59"),
        ("Relief came to 41% of <COHORT>such patients</COHORT>.", "such patients", "59"),
        # "those who" names a group anew
        ("Relief came to 41% of <COHORT>those taking velotinib</COHORT>.", "those taking velotinib", "61"),
        # the same name
        ("Relief came to 41% of <COHORT>the velotinib group</COHORT>.", "the velotinib group", "61"),
        ("Relief came to 41% of <COHORT>placebo recipients</COHORT>.", "placebo recipients", "59"),
        # the whole trial
        ("Relief came to 41% of <COHORT>all patients</COHORT>.", "all patients", "120"),
        ("It came to 41% of <COHORT>the overall study population</COHORT>.", "the overall study population", "120"),
        # another name, another group
        ("Relief came to 41% of <COHORT>women over 60</COHORT>.", "women over 60", None),
    ],
)
def test_the_size_that_stands_elsewhere(sentence, group, expected):
    assert size(ARMS + sentence, group) == expected


DOSES = (
    "We randomized <COHORT><COUNT>180</COUNT> adults with migraine</COHORT>: <COUNT>60</COUNT> to "
    "<DRUG>velotinib</DRUG> <DOSE>10 mg</DOSE>, "
    "<COUNT>59</COUNT> to <DRUG>velotinib</DRUG> <DOSE>40 mg</DOSE> and <COUNT>61</COUNT> to "
    "<DRUG>placebo</DRUG>. "
)
TWO = (
    "We randomized <COHORT><COUNT>131</COUNT> women</COHORT>, <COUNT>66</COUNT> of them to "
    "<COHORT>the combination</COHORT> and <COUNT>65</COUNT> to <DRUG>capetinol</DRUG> alone. "
)
LETTERS = (
    "The trial enrolled <COHORT><COUNT>103</COUNT> patients</COHORT>. <COHORT>Cohort A</COHORT> included "
    "<COUNT>62</COUNT> people and <COHORT>Cohort B</COHORT> included <COUNT>41</COUNT> people. "
)


@pytest.mark.parametrize(
    ("marked", "group", "expected"),
    [
        # named by its dose, its drug or its rank
        (DOSES + "It was 41% in <COHORT>the 10 mg group</COHORT>.", "the 10 mg group", "60"),
        (DOSES + "It was 41% with <COHORT>velotinib 40 mg</COHORT>.", "velotinib 40 mg", "59"),
        (DOSES + "It was 41% on <COHORT>the higher dose</COHORT>.", "the higher dose", "59"),
        (DOSES + "It was 41% on <COHORT>the lowest dose</COHORT>.", "the lowest dose", "60"),
        (DOSES + "It was 41% in <COHORT>the control group</COHORT>.", "the control group", "61"),
        (DOSES + "It was 41% in <COHORT>the placebo arm</COHORT>.", "the placebo arm", "61"),
        # ... but the drug at two doses is not one of them, nor is another dose, nor are both arms all three
        (DOSES + "It was 41% in <COHORT>the velotinib group</COHORT>.", "the velotinib group", None),
        (DOSES + "It was 41% in <COHORT>the active group</COHORT>.", "the active group", None),
        (DOSES + "It was 41% in <COHORT>the 20 mg group</COHORT>.", "the 20 mg group", None),
        (DOSES + "It was 41% in <COHORT>both arms</COHORT>.", "both arms", None),
        (DOSES + "It was 41% in <COHORT>any arm</COHORT>.", "any arm", "180"),
        # alone and combined
        (TWO + "It was 41% in <COHORT>the combination arm</COHORT>.", "the combination arm", "66"),
        (TWO + "It was 41% of <COHORT>women on capetinol alone</COHORT>.", "women on capetinol alone", "65"),
        (TWO + "It was 41% of <COHORT>men on capetinol alone</COHORT>.", "men on capetinol alone", None),
        # lettered
        (LETTERS + "It was 41% in <COHORT>Cohort B</COHORT>.", "Cohort B", "41"),
        (LETTERS + "It was 41% in <COHORT>Cohort C</COHORT>.", "Cohort C", None),
        (LETTERS + "It was 41% across <COHORT>both cohorts</COHORT>.", "both cohorts", "103"),
        # an alias behind the size
        (
            "<COHORT>Group one</COHORT> (<COUNT>44</COUNT> women) was prescribed 10 mg of <DRUG>velotinib</DRUG>. "
            "It was 41% in <COHORT>the velotinib group</COHORT>.",
            "the velotinib group",
            "44",
        ),
        # a cream's strength is a dose
        (
            "They got <DRUG>velotinib</DRUG> cream 1.5% (n=<COUNT>97</COUNT>) or <DRUG>velotinib</DRUG> cream 0.5% "
            "(n=<COUNT>95</COUNT>). Relief on <COHORT>velotinib 0.5%</COHORT> was better.",
            "velotinib 0.5%",
            "95",
        ),
    ],
)
def test_a_group_is_found_by_what_it_is_called(marked, group, expected):
    assert size(marked, group) == expected


@pytest.mark.parametrize(
    ("marked", "group", "expected"),
    [
        # an event's count is not the arm's size
        (
            "<COHORT><COUNT>10</COUNT> patients on velotinib</COHORT> stopped. "
            "We gave <DRUG>velotinib</DRUG> <DOSE>20 mg</DOSE> (n=<COUNT>812</COUNT>). "
            "It was 41% of <COHORT>those on velotinib</COHORT>.",
            "those on velotinib",
            "812",
        ),
        # planned and prevalent people are not enrolled
        (
            "We plan to enroll <COHORT><COUNT>480</COUNT> patients</COHORT>. "
            "It was 41% of <COHORT>all patients</COHORT>.",
            "all patients",
            None,
        ),
        (
            "Each year <COHORT><COUNT>71,000</COUNT> patients</COHORT> worldwide have it. "
            "It was 41% of <COHORT>patients</COHORT>.",
            "patients",
            None,
        ),
        # an exact size before a round one
        (
            "Doctors recruited over <COHORT><COUNT>1,500</COUNT> adults</COHORT>. "
            "It was 41% of <COHORT>participants</COHORT>. "
            "The trial enrolled <COHORT><COUNT>1,512</COUNT> adults</COHORT>.",
            "participants",
            "1,512",
        ),
        # the only drug of a trial without a control
        (
            "A trial of <DRUG>velotinib</DRUG> enrolled <COHORT><COUNT>27</COUNT> patients</COHORT>. "
            "It was 41% of <COHORT>patients on velotinib</COHORT>.",
            "patients on velotinib",
            "27",
        ),
        (
            "A trial of <DRUG>velotinib</DRUG> enrolled <COHORT><COUNT>27</COUNT> patients</COHORT>. "
            "It was 41% of <COHORT>patients on velotinib</COHORT> and 3% on <DRUG>placebo</DRUG>.",
            "patients on velotinib",
            None,
        ),
    ],
)
def test_what_is_no_size_of_the_group(marked, group, expected):
    assert size(marked, group) == expected


PARTS = (
    "There were <COHORT><COUNT>140</COUNT> patients enrolled</COHORT>; <COUNT>131</COUNT> of "
    "<COHORT>these patients</COHORT> were evaluable for efficacy. "
    "<COUNT>60</COUNT> of <COHORT>the efficacy evaluable patients</COHORT> had had velotinib. "
)


@pytest.mark.parametrize(
    ("sentence", "group", "nth", "expected"),
    [
        ("It was 41% of <COHORT>these patients</COHORT>.", "these patients", 2, "60"),
        (
            "It was 41% of <COHORT>all efficacy evaluable patients</COHORT>.",
            "all efficacy evaluable patients",
            1,
            "131",
        ),
        ("It was 41% of <COHORT>all patients</COHORT>.", "all patients", 1, "140"),
        ("Among <COHORT>these <COUNT>76</COUNT> patients</COHORT> it was 41%.", "these 76 patients", 1, "76"),
        ("It was 41% of <COHORT>the per-protocol population</COHORT>.", "the per-protocol population", 1, None),
    ],
)
def test_a_part_keeps_its_own_size(sentence, group, nth, expected):
    assert size(PARTS + sentence, group, nth) == expected


def test_groups_say_what_they_are_a_part_of():
    view = read_marked(PARTS.replace("had had", "got"))
    groups = Groups(view).stated
    told = [(group.n, group.population, said(view, group.part_of)) for group in groups]
    assert told == [(140, "enrolled", None), (131, "efficacy evaluable", "140"), (60, "efficacy evaluable", "131")]


def test_a_size_is_traced_through_the_phrases_that_lead_to_it():
    view = read_marked(PARTS + "It was 41% of <COHORT>these patients</COHORT>.")
    groups = Groups(view)
    size = groups.trace(at(view, "these patients", 2))
    assert (said(view, size.count), [said(view, index) for index in size.through]) == (
        "60",
        ["the efficacy evaluable patients"],
    )
    assert groups.population_through(at(view, "these patients", 2)) == ("efficacy evaluable", size.through[0])


def test_a_denominator_of_a_result_is_its_groups_size():
    view = read_marked(
        "In <COHORT>the velotinib group</COHORT> relief was 38.3% (<COUNT>23</COUNT> of <COUNT>60</COUNT>). "
        "Pain was less in <COHORT>velotinib recipients</COHORT>."
    )
    group, count, other = (at(view, text) for text in ("the velotinib group", "60", "velotinib recipients"))
    assert Groups(view).size(other) is None
    assert said(view, Groups(view, reported={group: count}).trace(other).count) == "60"


def test_fewer_of_a_group_of_which_results_are_told_are_a_part_of_it():
    marked = (
        "By lot, <NUMBER>64</NUMBER> received <DRUG>velotinib</DRUG>. "
        "Pain was gone in <COHORT>the velotinib group</COHORT> in 48% (29 of <COUNT>61</COUNT> with a usable diary). "
        "It was mild in <COHORT>velotinib recipients</COHORT>."
    )
    view = read_marked(marked)
    group, count, other = (at(view, text) for text in ("the velotinib group", "61", "velotinib recipients"))
    assert said(view, Groups(view, reported={group: count}).trace(group).count) == "64"
    assert said(view, Groups(view, reported={group: count}).trace(other).count) == "64"


@pytest.mark.parametrize(
    ("between", "n"),
    [
        ("", "138"),
        ("A second trial enrolled others. ", "35"),
        ("It went on for a year. " * 200, "35"),
    ],
)
def test_a_later_and_smaller_size_counts_a_part_unless_of_another_trial(between, n):
    marked = (
        "<COHORT><COUNT>138</COUNT> people on velotinib</COHORT> took part. " + between + "There were "
        "<COHORT><COUNT>35</COUNT> people on velotinib</COHORT> who smoked. Relief was seen in "
        "<COHORT>the velotinib arm</COHORT>."
    )
    assert size(marked, "the velotinib arm") == n


def test_what_every_arm_has_is_the_size_of_a_drugs_arm_too():
    marked = (
        "<NUMBER>128</NUMBER> people were assigned to each group. Pain fell with <DRUG>velotinib</DRUG> and in "
        "<COHORT>the placebo group</COHORT>, but <COHORT>two people with a rash</COHORT> stopped."
    )
    assert [size(marked, group) for group in ("velotinib", "the placebo group", "two people with a rash")] == [
        "128",
        "128",
        None,
    ]


def test_these_patients_before_any_group_have_no_size():
    assert size("Relief came to 41% of <COHORT>these patients</COHORT>. " + ARMS, "these patients") is None


def test_of_two_groups_of_one_name_the_nearer_counts():
    marked = (
        "In <COHORT><COUNT>61</COUNT> patients on velotinib</COHORT> relief was 41%. "
        "It was 40% in <COHORT>the velotinib arm</COHORT>. "
        "Of <COHORT><COUNT>48</COUNT> patients on velotinib</COHORT> in the second trial, half stayed, "
        "and of <COHORT>the velotinib group</COHORT> 41% had relief."
    )
    assert size(marked, "the velotinib group") == "48"
    assert size(marked, "the velotinib arm") == "61"


def test_a_count_that_is_a_result_is_no_groups_size():
    view = read_marked("<COHORT><COUNT>41</COUNT> patients with relief</COHORT> stayed in the trial.")
    group, count = at(view, "41 patients with relief"), at(view, "41")
    assert said(view, count) == "41"
    assert Groups(view).size(group) is not None
    assert Groups(view, frozenset({count})).size(group) is None


@pytest.mark.parametrize(
    ("group", "population"),
    [
        ("the intent-to-treat population", "intent-to-treat"),
        ("the ITT population", "intent-to-treat"),
        ("the 60 evaluable patients", "efficacy evaluable"),
        ("the per-protocol population", "per protocol"),
        ("the safety population", "safety"),
        ("all randomized patients", "randomized"),
        ("responders", "responders"),
        ("the 25 mg group", "arm"),
        ("patients treated with velotinib", None),
        ("all groups", None),
        ("patients with little safety concern", None),
        ("women over 60", None),
    ],
)
def test_the_population_that_a_group_names(group, population):
    view = read_marked(f"Relief came to 41% of <COHORT>{group}</COHORT>.")
    assert Groups(view).population(at(view, group)) == population


def test_what_stands_inside_a_groups_phrase():
    view = read_marked(
        "Relief with <COHORT><DRUG>velotinib</DRUG> <DOSE>25 mg</DOSE></COHORT> was better than <DRUG>placebo</DRUG>."
    )
    group = view.mentions[at(view, "velotinib 25 mg")]
    inside = {
        label: [view.text[m.start : m.end] for m in Groups(view).inside(label, group)]
        for label in ("DRUG", "DOSE", "CI")
    }
    assert inside == {"DRUG": ["velotinib"], "DOSE": ["25 mg"], "CI": []}


# The four groups of one filing and their response rates as printed; every other group that the arithmetic allows too.
GOLD = ROOT / "annotations" / "filings.jsonl"
IMMUNOGEN = "immunogen-8k-2008-12-12.txt"
RATES = (
    (107, "39.3", set()),
    (107, "27.1", set()),
    (76, "43.4", set()),
    (76, "38.2", set()),
    (60, "38.3", {107}),
    (60, "21.7", set()),
    (64, "50.0", {76, 60}),
    (64, "34.4", set()),
)


@pytest.mark.parametrize(("n", "digits", "others"), RATES)
def test_no_two_groups_of_a_real_filing_can_be_swapped_but_where_arithmetic_allows_it(n, digits, others):
    sizes = {size for size, _, _ in RATES}
    assert {size for size in sizes if feasible(digits, size)} == {n} | others


@pytest.fixture(scope="module")
def filing(shared):
    return read_document(pipeline(), read(shared / "gold" / "texts" / IMMUNOGEN)[0])


@pytest.mark.parametrize(("n", "digits"), [(n, digits) for n, digits, _ in RATES])
def test_the_groups_of_a_real_filing_keep_their_own_sizes(filing, n, digits):
    view = filing._.relations.view
    (record,) = (record for record in load_gold(GOLD) if f"{record.id}.txt" == IMMUNOGEN)
    places = record.by_id()
    value = view.mentions[at(view, f"{digits}%")]
    (cohort,) = (places[r.cohort] for r in record.results if places[r.value].start == value.start)
    (group,) = (
        i for i, m in enumerate(view.mentions) if m.label == "COHORT" and m.start < cohort.end and cohort.start < m.end
    )
    assert round(Groups(view).size(group).quantity.number) == n


def test_the_parts_of_a_real_filing_know_the_whole(filing):
    view = filing._.relations.view
    whole = {
        group.n: said(view, group.part_of) for group in Groups(view).stated if group.n in (107, 60) and group.part_of
    }
    assert whole == {107: "112", 60: "107"}


@pytest.mark.parametrize(
    ("marked", "group", "expected"),
    [
        ("<COHORT><COUNT>1</COUNT> patient</COHORT> had a rash for 12 days.", "1 patient", "1"),
        (
            "The <COHORT>first <COUNT>3</COUNT> patients on velotinib</COHORT> had a rash.",
            "first 3 patients on velotinib",
            "3",
        ),
        ("<COHORT>women over <COUNT>60</COUNT></COHORT> had a rash.", "women over 60", None),
        ("<COHORT>velotinib</COHORT> (n=<COUNT>54</COUNT>) did better.", "velotinib", None),  # not in the phrase
    ],
)
def test_a_count_that_is_a_result_still_counts_its_own_phrase(marked, group, expected):
    view = read_marked(marked)
    counts = frozenset(i for i, mention in enumerate(view.mentions) if mention.label == "COUNT")
    found = Groups(view, counts).counted_inside(at(view, group))
    assert (None if found is None else said(view, found)) == expected
