"""Primary endpoints: what the words say, what p-values and intervals say, and conflicts of the two."""

import pytest
from marked import unmark
from rich.console import Console
from test_duplicates import rows_of

from topline.filings import text_document
from topline.mentions.trials import find
from topline.results.trials import Trials
from topline.results.verdicts import judge, merge
from topline.results.wordings import MENTIONED, outcome
from topline.schema import Verdict
from topline.terminal_verdicts import verdict_lines


def verdicts(marked: str) -> list[Verdict]:
    """Return the verdicts on a marked text of one sentence a line."""
    text, mentions = unmark(marked)
    _, rows = rows_of(marked)
    starts = [0, *(i + 1 for i, c in enumerate(text) if c == "\n")]
    return judge(text_document(text), starts, mentions, Trials(text, find(text, mentions)), rows)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("The trial met its primary endpoint.", "met"),
        ("The study met the primary efficacy endpoint and all key secondary endpoints.", "met"),
        ("Velotinib achieved statistical significance on both co-primary endpoints.", "met"),
        ("The primary endpoint was met.", "met"),
        (
            "The primary endpoint, which was survival, is pending; the primary endpoint was successfully achieved.",
            "met",
        ),
        ("The primary endpoint of overall survival reached statistical significance.", "met"),
        ("a statistically significant improvement in the primary endpoint", "met"),
        ("It is our second trial to achieve its primary endpoint.", "met"),
        ("after achievement of all primary endpoints", "met"),
        ("The trial did not meet its primary endpoint.", "missed"),
        ("The trial failed to reach statistical significance on the primary endpoint.", "missed"),
        ("The trial failed to show a significant benefit on its primary outcome measure.", "missed"),
        ("Velotinib narrowly missed the primary endpoint.", "missed"),
        ("The primary endpoint was not met.", "missed"),
        ("The primary endpoint was narrowly missed.", "missed"),
        ("The primary endpoint of survival did not reach statistical significance.", "missed"),
        # what may be, was planned or is asked
        ("If the trial meets its primary endpoint, we will file.", None),
        ("We may not meet the primary endpoint of the trial.", None),
        ("The trial is powered to meet its primary endpoint.", None),
        ("There is no assurance that velotinib achieves its primary endpoint.", None),
        # other endpoints, and no word about the outcome
        ("The primary endpoint is overall survival.", None),
        ("It failed a secondary endpoint; the primary endpoint is survival.", None),
        ("Patients who met all criteria were assessed for the primary endpoint.", None),
    ],
)
def test_words(said, expected):
    found = [outcome(said, 0, len(said), mention.start()) for mention in MENTIONED.finditer(said)]
    assert [each[0] for each in found if each] == ([expected] if expected else [])


RATIO = (
    "<ENDPOINT:OS>Overall survival</ENDPOINT> favored <COHORT>velotinib</COHORT> (hazard ratio <RATIO>{0}</RATIO>; "
    "<CI>95% CI {1}</CI>{2})."
)
GOOD = RATIO.format("0.63", "0.41 to 0.97", "; <P_VALUE>p=0.034</P_VALUE>")
POOR = RATIO.format("0.88", "0.60 to 1.29", "; <P_VALUE>p=0.51</P_VALUE>")
NAMED = "The primary endpoint was <ENDPOINT:OS>overall survival</ENDPOINT>.\n"


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        (NAMED + "The trial met its primary endpoint.\n" + GOOD, ("met", "significant", False)),
        (NAMED + "The trial met its primary endpoint.\n" + POOR, ("met", "not_significant", True)),
        (NAMED + "The trial did not meet its primary endpoint.\n" + POOR, ("missed", "not_significant", False)),
        (NAMED + "The trial did not meet its primary endpoint.\n" + GOOD, ("missed", "significant", True)),
        (NAMED + GOOD, ("not_stated", "significant", False)),
        (NAMED + RATIO.format("0.63", "0.41 to 0.97", ""), ("not_stated", "significant", False)),
        (NAMED + RATIO.format("0.88", "0.60 to 1.29", ""), ("not_stated", "not_significant", False)),
        (NAMED + RATIO.format("0.63", "0.41 to 1.00", ""), ("not_stated", "not_stated", False)),  # a bound on the null
        ("The trial met its primary endpoint.", ("met", "not_stated", False)),
        # one dose of two is enough for "met", and no contradiction of either
        (NAMED + "The trial met its primary endpoint.\n" + GOOD + "\n" + POOR, ("met", "significant", False)),
        # another endpoint's p-value is no evidence
        (NAMED + "The trial met its primary endpoint.\n" + POOR.replace(":OS", ":PFS"), ("met", "not_stated", False)),
    ],
)
def test_verdict(marked, expected):
    (found,) = verdicts(marked)
    assert (found.words, found.numbers, found.conflict) == expected


@pytest.mark.parametrize(
    "naming",
    [
        "The primary endpoint was <ENDPOINT:OS>overall survival</ENDPOINT>.",
        "Primary endpoint: <ENDPOINT:OS>overall survival</ENDPOINT>.",
        "The primary endpoint of the KESTREL-2 trial was median <ENDPOINT:OS>overall survival</ENDPOINT>.",
        "<ENDPOINT:OS>Overall survival</ENDPOINT> at two years, the primary endpoint, was longer.",
        "<ENDPOINT:OS>Overall survival</ENDPOINT> (primary endpoint) was longer.",
    ],
)
def test_the_name_of_the_primary_endpoint(naming):
    assert [found.endpoint.code for found in verdicts(naming)] == ["OS"]


@pytest.mark.parametrize(
    "naming",
    [
        "<ENDPOINT:ORR>Responses</ENDPOINT> came early. The primary endpoint will be read next year.",
        "<ENDPOINT:ORR>Responses</ENDPOINT> were secondary, the primary endpoint was not yet analyzed.",
        "The primary endpoint is composite and <COHORT>patients</COHORT> with <ENDPOINT:ORR>responses</ENDPOINT> stay.",
    ],
)
def test_what_is_not_the_primary_endpoint(naming):
    assert verdicts(naming) == []


def test_trials_are_judged_apart():
    found = verdicts(
        "The KESTREL-1 trial met its primary endpoint.\nThe KESTREL-2 trial did not meet its primary endpoint."
    )
    assert [(each.trial, each.words) for each in found] == [("KESTREL-1", "met"), ("KESTREL-2", "missed")]


def test_a_conflict_quotes_both_sides():
    (found,) = verdicts(NAMED + "The trial met its primary endpoint.\n" + POOR)
    assert (found.words_quote.text, found.numbers_quote.text) == ("met its primary endpoint", "p=0.51")
    assert (found.endpoint.text, len(found.rows)) == ("overall survival", 1)


def test_an_input_repeats_no_verdict():
    one = verdicts(NAMED + "The trial met its primary endpoint.\n" + GOOD)
    bare = verdicts("The trial met its primary endpoint.")
    assert merge([*one, *one, *bare]) == [*one, *bare]


def test_a_verdict_is_drawn_in_a_line_that_a_terminal_can_be_given():
    marked = NAMED + "The trial met its primary endpoint.\n" + POOR
    (line,) = verdict_lines(verdicts(marked.replace("survival<", "surv\x1bival<")))
    console = Console(width=300, color_system=None)
    with console.capture() as captured:
        console.print(line)
    assert captured.get() == (
        "primary endpoint: overall surv␛ival; by the words met (“met its primary endpoint”); "
        "by p-value or interval not significant (“p=0.51”); conflict\n"
    )
