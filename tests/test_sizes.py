"""Sizes that stand in bare brackets, in lists, for every arm, and behind names that nobody listed."""

import pytest
from marked import at, read_marked, said

from topline.relations.candidates import values
from topline.relations.groups import Groups
from topline.relations.sizes import assigned, size_of_each, statements

ALLOCATED = (
    "We randomized <COHORT><COUNT>183</COUNT> adults</COHORT> to <DRUG>velotinib</DRUG> <DOSE>30 mg</DOSE> "
    "(<NUMBER>62</NUMBER>), <DOSE>60 mg</DOSE> (<NUMBER>61</NUMBER>) or <DRUG>placebo</DRUG> (<NUMBER>60</NUMBER>). "
)

NEW = "people on the new medicine"


def size(marked: str, group: str, nth: int = 1) -> str | None:
    view = read_marked(marked)
    found = Groups(view).size(at(view, group, nth))
    return None if found is None else view.text[found.start : found.end]


@pytest.mark.parametrize(
    ("sentence", "group", "nth", "expected"),
    [
        ("Relief came to 41% in <COHORT>the 60 mg group</COHORT>.", "the 60 mg group", 1, "61"),
        ("Relief came to 41% on <DRUG>placebo</DRUG>.", "placebo", 2, "60"),
        ("Relief came to 41% of <COHORT>those given a dummy</COHORT>.", "those given a dummy", 1, "60"),
        # a part that was counted does not stand for the arm
        (
            "Of those with aura, <COUNT>3</COUNT> of the <COUNT>21</COUNT> on <DRUG>placebo</DRUG> had relief. "
            "Nausea came to 4% on <COHORT>placebo pills</COHORT>.",
            "placebo pills",
            1,
            "60",
        ),
        # no arm of that dose
        ("Relief came to 41% in <COHORT>the 90 mg group</COHORT>.", "the 90 mg group", 1, None),
    ],
)
def test_the_size_in_bare_brackets(sentence, group, nth, expected):
    assert size(ALLOCATED + sentence, group, nth) == expected


@pytest.mark.parametrize(
    ("marked", "group", "expected"),
    [
        ("Relief: <COHORT>velotinib 60 mg</COHORT>, n=<NUMBER>61</NUMBER>; it was 41%.", "velotinib 60 mg", "61"),
        # a note's number is no size, nor is a share in brackets
        ("Relief with <COHORT>velotinib</COHORT> (<NUMBER>1</NUMBER>) was 41%.", "velotinib", None),
        ("Relief with <COHORT>velotinib</COHORT> (<NUMBER>41</NUMBER>%) was good.", "velotinib", None),
        (
            "There was one death in <COHORT>the velotinib arm</COHORT> of <NUMBER>61</NUMBER>.",
            "the velotinib arm",
            "61",
        ),
        ("There was one death in <COHORT>the third week</COHORT> of <NUMBER>61</NUMBER>.", "the third week", None),
        ("Doctors saw <NUMBER>61</NUMBER> (the <COHORT>active group</COHORT>) daily.", "active group", "61"),
        # an incidence in those of a trial is no prevalence of a disease
        (
            "The annual incidence in <COHORT>all patients</COHORT> (n=<COUNT>61</COUNT>) was 0.04 events.",
            "all patients",
            "61",
        ),
        (
            "The annual incidence is <COHORT><COUNT>9000</COUNT> cases</COHORT>. <COHORT>All patients</COHORT> slept.",
            "All patients",
            None,
        ),
        # those who were not included are no trial
        (
            "The study included <COHORT><COUNT>61</COUNT> people</COHORT>. <COHORT><COUNT>3</COUNT> people</COHORT>"
            " were not included. Of <COHORT>all participants</COHORT>, 41% had relief.",
            "all participants",
            "61",
        ),
        # "up to" a dose plans nobody
        (
            "<COHORT>velotinib</COHORT> titrated up to 6 mg (n=<COUNT>61</COUNT>) was given.",
            "velotinib",
            "61",
        ),
        # the age of one man
        ("A man of <NUMBER>71</NUMBER> on <COHORT>velotinib</COHORT> had a stroke.", "velotinib", None),
        ("In all, <COHORT>the remaining <NUMBER>15</NUMBER></COHORT> relapsed.", "the remaining 15", "15"),
    ],
)
def test_more_places_of_a_size(marked, group, expected):
    assert size(marked, group) == expected


EACH = "In all, <COHORT><COUNT>552</COUNT> adults</COHORT> were treated (<NUMBER>138</NUMBER> per group). "


@pytest.mark.parametrize(
    ("group", "expected"),
    [("the 60 mg group", "138"), ("placebo", "138"), ("Cohort 2", "138"), ("women over 60", None)],
)
def test_the_size_of_every_arm(group, expected):
    assert size(EACH + f"Relief came to 41% of <COHORT>{group}</COHORT>.", group) == expected


def test_two_sizes_of_every_arm_are_none():
    marked = EACH + "Then <NUMBER>12</NUMBER> per group went on. <COHORT>placebo</COHORT> did nothing."
    assert size(marked, "placebo") is None


UNKNOWN = (
    "In all, <COHORT><COUNT>252</COUNT> patients</COHORT> were randomized, <NUMBER>168</NUMBER> to "
    "<PHRASE>vorantel</PHRASE> and <NUMBER>84</NUMBER> to <PHRASE>PomDex</PHRASE>. "
)


@pytest.mark.parametrize(
    ("group", "expected"),
    [("the vorantel arm", "168"), ("PomDex recipients", "84"), ("the bortel arm", None)],
)
def test_people_are_sent_to_what_no_list_names(group, expected):
    assert size(UNKNOWN + f"Relief came to 41% of <COHORT>{group}</COHORT>.", group) == expected


@pytest.mark.parametrize(("group", "expected"), [("the former", "168"), ("the latter", "84"), ("the last", None)])
def test_the_former_and_the_latter(group, expected):
    two = "Both <COHORT>the vorantel arm</COHORT> and <COHORT>the PomDex arm</COHORT> did well. "
    assert size(UNKNOWN + two + f"Relief came to 41% of <COHORT>{group}</COHORT>.", group) == expected


ROLES = (
    "In all, <COHORT><COUNT>176</COUNT> adults</COHORT> enrolled: <COUNT>87</COUNT> were assigned to "
    "<COHORT>the high dose</COHORT> and <NUMBER>89</NUMBER> to <DRUG>placebo</DRUG>. "
)


@pytest.mark.parametrize(
    ("group", "expected"),
    [
        ("patients on the high dose", "87"),
        ("the untreated", "89"),
        ("patients on the low dose", None),
    ],
)
def test_arms_by_what_they_were_given(group, expected):
    told = ROLES.replace("<DRUG>", "<COHORT>").replace("</DRUG>", "</COHORT>")
    assert size(told + f"Relief came to 41% of <COHORT>{group}</COHORT>.", group) == expected


def test_the_new_medicine_is_the_arm_that_is_no_control():
    assert size(ALLOCATED + "It came to 41% of <COHORT>people on the new medicine</COHORT>.", NEW) is None
    one = ALLOCATED.replace("(<NUMBER>62</NUMBER>), <DOSE>60 mg</DOSE> ", "")
    assert size(one + f"It came to 41% of <COHORT>{NEW}</COHORT>.", NEW) == "61"


@pytest.mark.parametrize(
    ("marked", "group", "nth", "expected"),
    [
        # what stands in brackets behind a share of the group is how many of it did
        (
            ALLOCATED
            + "<PERCENT>15%</PERCENT> of <DRUG>placebo</DRUG> (<NUMBER>9</NUMBER>) and <PERCENT>11%</PERCENT> of "
            "<COHORT>the 30 mg group</COHORT> (<NUMBER>7</NUMBER>) stopped.",
            "placebo",
            2,
            "60",
        ),
        # a change in the group is no share of it
        (
            "Weight fell <PERCENT>9%</PERCENT> in <COHORT>the 30 mg group</COHORT> (<NUMBER>54</NUMBER>) and "
            "<PERCENT>6%</PERCENT> in <COHORT>the 60 mg group</COHORT> (<NUMBER>52</NUMBER>).",
            "the 30 mg group",
            1,
            "54",
        ),
        ("Among the <COUNT>812</COUNT> recipients of <DRUG>velotinib</DRUG>, 9 fell ill.", "velotinib", 1, "812"),
        ("Among the <COUNT>812</COUNT> sellers of <DRUG>velotinib</DRUG>, 9 fell ill.", "velotinib", 1, None),
        # a trial still to come lends nobody its size
        (
            "We enrolled <COHORT><COUNT>64</COUNT> adults</COHORT>. A trial of "
            "<COHORT><COUNT>900</COUNT> patients</COHORT>, powered to show survival, follows. "
            "Relief came to 41% of <COHORT>all patients</COHORT>.",
            "all patients",
            1,
            "64",
        ),
        (
            "We enrolled <COHORT><COUNT>64</COUNT> adults</COHORT>. A trial of "
            "<COHORT><COUNT>900</COUNT> patients</COHORT>, run to show survival, followed. "
            "Relief came to 41% of <COHORT>all patients</COHORT>.",
            "all patients",
            1,
            "900",
        ),
    ],
)
def test_who_is_counted(marked, group, nth, expected):
    assert size(marked, group, nth) == expected


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("<COHORT>All <COUNT>41</COUNT> patients with aura</COHORT> had relief.", "41"),
        ("<COHORT>Only <COUNT>41</COUNT> patients with aura</COHORT> had relief.", None),
    ],
)
def test_a_result_in_all_of_a_group_is_its_size(sentence, expected):
    view = read_marked(sentence)
    group, count = (next(i for i, m in enumerate(view.mentions) if m.label == label) for label in ("COHORT", "COUNT"))
    found = Groups(view, frozenset({count})).size(group)
    assert (None if found is None else view.text[found.start : found.end]) == expected


ARM = "<COHORT>the placebo group</COHORT>"


@pytest.mark.parametrize(
    ("others", "expected"),
    [
        (("54",), "54"),
        # several that fit: which one is meant, nobody says
        (("54", "52"), None),
        (("40",), None),
    ],
)
def test_the_only_size_that_fits(others, expected):
    told = " ".join(f"There were {ARM} (n=<COUNT>{n}</COUNT>)." for n in (*others, "31"))
    view = read_marked(f"{told} Relief came to 37% in {ARM}.")
    group = at(view, "the placebo group", len(others) + 2)
    found = Groups(view).fitting(group, lambda n: n > 50)
    assert (view.text[view.mentions[found.count].start : view.mentions[found.count].end] if found else None) == expected


SENT = (
    "<COHORT><COUNT>120</COUNT> adults</COHORT> were randomly assigned to <DRUG>velotinib</DRUG>"
    " or <DRUG>placebo</DRUG>"
)


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        (f"{SENT}: <COUNT>61</COUNT> in the <COHORT>velotinib group</COHORT> and <NUMBER>59</NUMBER> in the"
         " <COHORT>placebo group</COHORT>.", ["120", "61", "59"]),
        # what happened to them is no assignment
        (f"{SENT}; relief came to <COUNT>61</COUNT> in the <COHORT>velotinib group</COHORT>.", ["120"]),
        (f"{SENT}, and <COUNT>61</COUNT> had relief in the <COHORT>velotinib group</COHORT>.", ["120"]),
        (f"{SENT}, and deaths numbered <NUMBER>3</NUMBER> in the <COHORT>velotinib group</COHORT>.", ["120"]),
        (f"{SENT}. Relief came to <COUNT>61</COUNT> in the <COHORT>velotinib group</COHORT>.", ["120"]),
        ("Of <COHORT><COUNT>54</COUNT> adults</COHORT>, <NUMBER>36</NUMBER> were randomly assigned to"
         " <COHORT>velotinib</COHORT>.", ["36"]),
        ("Of <COHORT><COUNT>54</COUNT> adults</COHORT>, <COUNT>36</COUNT> had been drawn to"
         " <COHORT>velotinib</COHORT>.", []),
        # who was enrolled
        ("<COHORT><COUNT>8</COUNT> pretreated patients</COHORT> (median age 61 years) were enrolled.", ["8"]),
        ("<COHORT><COUNT>54</COUNT> adults</COHORT> had been randomly assigned.", ["54"]),
        ("<COHORT><COUNT>2</COUNT> adults</COHORT> were randomized but never treated.", []),
        ("<COHORT><COUNT>2</COUNT> adults</COHORT> were hospitalized.", []),
        # among whom
        ("Relief came to half of <COHORT>the <COUNT>54</COUNT> adults</COHORT> assessed.", ["54"]),
        ("The blood was clear in <COHORT>all <COUNT>54</COUNT> adults</COHORT>.", []),
        ("In <COHORT><COUNT>54</COUNT> adults</COHORT> the blood was clear.", []),
        ("Pain eased in <COHORT>completers</COHORT> (n=<COUNT>83</COUNT>).", ["83"]),
        ("Pain eased in <COHORT>completers</COHORT> (n=<COUNT>83</COUNT>/90).", []),
    ],
)  # fmt: skip
def test_people_who_are_assigned_are_no_result(sentence, expected):
    view = read_marked(sentence)
    found = [said(view, count) for count in assigned(view)]
    assert found == expected
    assert not {said(view, value) for value in values(view).tolist()} & set(expected)


DEATHS = (
    "In all, <COHORT><COUNT>120</COUNT> adults</COHORT> were treated, of whom <COUNT>61</COUNT> received "
    "<DRUG>VLT-180</DRUG> and <COUNT>59</COUNT> received <DRUG>placebo</DRUG>. Four adults died, "
    "<COUNT>3</COUNT> in <COHORT>the VLT-180 group</COHORT> and <COUNT>1</COUNT> in <COHORT>the placebo group"
    "</COHORT>. "
)


@pytest.mark.parametrize(("group", "expected"), [("VLT-180 recipients", "61"), ("those on placebo", "59")])
def test_a_drugs_number_and_the_dead_are_no_sizes(group, expected):
    assert size(DEATHS + f"Relief came to 41% of <COHORT>{group}</COHORT>.", group) == expected


@pytest.mark.parametrize(
    ("stated", "group", "expected"),
    [
        # what a group is set against is the control
        ("<DRUG>velotinib</DRUG> (n=<COUNT>25</COUNT>) vs. best <DRUG>tPA</DRUG> (n=<COUNT>21</COUNT>)",
         "the placebo group", "21"),
        ("<DRUG>velotinib</DRUG> (n=<COUNT>25</COUNT>) vs. best <DRUG>tPA</DRUG> (n=<COUNT>21</COUNT>)",
         "the active group", "25"),
        # ... unless it is another dose, stands beside, or the control is another
        ("<DRUG>velotinib</DRUG> <DOSE>5 mg</DOSE> (n=<COUNT>25</COUNT>) vs. <DRUG>velotinib</DRUG>"
         " (n=<COUNT>21</COUNT>)", "the placebo group", None),
        ("<DRUG>velotinib</DRUG> (n=<COUNT>25</COUNT>) and then <DRUG>tPA</DRUG> (n=<COUNT>21</COUNT>)",
         "the placebo group", None),
        ("<DRUG>velotinib</DRUG> (n=<COUNT>25</COUNT>) vs. <DRUG>tPA</DRUG> (n=<COUNT>21</COUNT>) vs. <DRUG>aspirin"
         "</DRUG> (n=<COUNT>9</COUNT>)", "the placebo group", None),
        ("<DRUG>velotinib</DRUG> (n=<COUNT>25</COUNT>) vs. <DRUG>tPA</DRUG> (n=<COUNT>21</COUNT>) or"
         " <DRUG>placebo</DRUG> (n=<COUNT>9</COUNT>)", "the placebo group", "9"),
    ],
)  # fmt: skip
def test_what_a_group_is_set_against_is_the_control(stated, group, expected):
    assert size(f"We compared {stated}. Relief came to 41% in <COHORT>{group}</COHORT>.", group) == expected


@pytest.mark.parametrize(
    ("enrolled", "whole", "expected"),
    [
        # a manner of speaking
        ("1,935", "10", "1,935"),
        # ten people may well be all there are, and thirteen are no manner of speaking
        ("11", "10", "10"),
        ("1,935", "13", "13"),
    ],
)
def test_seven_out_of_ten_are_no_ten_people(enrolled, whole, expected):
    told = f"<DRUG>velotinib</DRUG> (n=<COUNT>{enrolled}</COUNT>) was given. "
    group = f"{whole} people taking velotinib"
    some = f"Relief came to <COUNT>7</COUNT> out of <COHORT><COUNT>{whole}</COUNT> people taking velotinib</COHORT>."
    view = read_marked(told + some)
    seven = next(i for i, m in enumerate(view.mentions) if said(view, i) == "7")
    found = Groups(view, frozenset({seven})).size(at(view, group))
    assert found is not None
    assert view.text[found.start : found.end] == expected


@pytest.mark.parametrize(("of", "expected"), [("cohort of", "20"), ("nine of", None)])
def test_a_cohort_of_twenty_is_no_part(of, expected):
    marked = f"Time was 9.1 months for the {of} <COHORT><COUNT>20</COUNT> adults</COHORT>."
    view = read_marked(marked)
    stated = [each for each in statements(view) if not each.counted]
    assert [said(view, each.count) for each in stated] == ([expected] if expected else [])


SIX = (
    "Relief came to 4 of <COUNT>9</COUNT> on <DRUG>velotinib</DRUG>. Only <COUNT>1</COUNT> out of "
    "<COHORT><COUNT>6</COUNT> patients in the control chemotherapy group</COHORT> was relieved. "
)


@pytest.mark.parametrize(("group", "expected"), [("the control group", "6"), ("the sham group", None)])
def test_a_control_is_called_so_with_more_words(group, expected):
    assert size(f"{SIX}In <COHORT>{group}</COHORT> nobody died.", group) == expected


@pytest.mark.parametrize(
    ("counted", "expected"),
    [
        ("the <COUNT>8</COUNT> patients assessed", "8"),
        ("another <COUNT>8</COUNT> patients", None),
        ("the <COUNT>8</COUNT> patients with anaemia", None),
    ],
)
def test_these_patients_are_counted_further_on_in_the_sentence(counted, expected):
    marked = (
        "<COHORT>Elderly patients on velotinib</COHORT> lived for 9 months. Relief came to 75% of "
        f"<COHORT>these patients</COHORT>, after a median of 4 months among <COHORT>{counted}</COHORT>."
    )
    for group in ("these patients", "Elderly patients on velotinib"):
        assert size(marked, group) == expected


def test_a_phrase_with_an_n_is_a_group():
    marked = (
        "Response was 38% in <PHRASE>mesothelioma</PHRASE> (n=<COUNT>22</COUNT>) and 9% in <PHRASE>others</PHRASE>."
    )
    view = read_marked(marked)
    assert [(said(view, each.group), said(view, each.count)) for each in statements(view)] == [("mesothelioma", "22")]


@pytest.mark.parametrize(
    ("marked", "group", "expected"),
    [
        ("<COUNT>96</COUNT> got <COHORT>the film</COHORT> and 48 a dummy.", "the film", "96"),
        (
            "<COUNT>309</COUNT> had received a single intramuscular injection of <DRUG>velotinib</DRUG>.",
            "velotinib",
            "309",
        ),
        ("Of <COUNT>316</COUNT> assigned to <DRUG>velotinib</DRUG>, 130 had relief.", "velotinib", "316"),
        (
            "<COUNT>48</COUNT> with papillary tumors only (the <COHORT>papillary cohort</COHORT>).",
            "papillary cohort",
            "48",
        ),
        ("<COHORT>Cohort 2</COHORT> (600 mg on Day 1 and 300 mg on Day 90; n = <COUNT>12</COUNT>).", "Cohort 2", "12"),
        ("They were assigned to the <PHRASE>Yarro device</PHRASE> (<COUNT>602</COUNT> people).", "Yarro device", "602"),
        ("By lot, <NUMBER>64</NUMBER> received <DRUG>velotinib</DRUG>.", "velotinib", "64"),
        ("19 were randomized, <NUMBER>10</NUMBER> to continue <DRUG>velotinib</DRUG>.", "velotinib", "10"),
        ("Two thirds (<NUMBER>194</NUMBER>) were assigned by lot to <DRUG>velotinib</DRUG>.", "velotinib", "194"),
    ],
)
def test_sizes_in_the_words_of_news(marked, group, expected):
    view = read_marked(marked)
    found = {said(view, each.group): said(view, each.count) for each in statements(view)}
    assert found.get(group) == expected


def test_the_dose_tells_women_apart_where_all_are_women():
    marked = (
        "They received <DRUG>velotinib</DRUG> <DOSE>120 mg</DOSE> (<COUNT>190</COUNT> women), <DRUG>velotinib</DRUG> "
        "<DOSE>60 mg</DOSE> (<COUNT>187</COUNT> women) or <DRUG>placebo</DRUG> (<COHORT><COUNT>191</COUNT> women"
        "</COHORT>). Relief came to 46% of <COHORT>women receiving the higher dose</COHORT>."
    )
    assert size(marked, "women receiving the higher dose") == "190"


@pytest.mark.parametrize(
    ("sentence", "each"),
    [
        ("They got velotinib or placebo, with <COUNT>128</COUNT> in each. Relief was seen.", "128"),
        ("There were three arms of <COUNT>88</COUNT> patients each: 40 mg, 80 mg and placebo.", "88"),
        ("A total of <COUNT>921</COUNT> people were assigned to each group.", "921"),
        ("Dosing was completed in two cohorts (<COUNT>3</COUNT> patients each).", None),
        ("It will consist of two trials with <COUNT>380</COUNT> patients each.", None),
    ],
)
def test_with_so_many_in_each(sentence, each):
    view = read_marked(sentence)
    found = size_of_each(view)
    assert each == (None if found is None else said(view, found))


def test_people_assigned_in_a_country_are_a_trials_and_no_prevalence():
    view = read_marked(
        "People in the United States were randomly assigned to <DRUG>velotinib</DRUG> (<COUNT>203</COUNT> patients)."
    )
    assert [each.planned for each in statements(view) if said(view, each.group) == "velotinib"] == [False]
