"""What the second pass is told of a pair: here, whether a number in the target's phrase is a result itself."""

import numpy as np
import pytest
from marked import at, read_marked

from topline.relations.context import Scores, pair_contexts
from topline.relations.scoring import propose

TOLD = (
    "In the clinical trial of a drug <COHORT><COUNT>3</COUNT> patients on placebo</COHORT> and "
    "<COHORT>those on velotinib</COHORT> had adverse events over <DURATION>12 days</DURATION>. "
    "Pain fell by <PERCENT>41%</PERCENT>."
)


@pytest.mark.parametrize(
    ("value", "group", "inside", "apart"),
    [
        ("12 days", "3 patients on placebo", 0.75, -1.0),
        ("41%", "3 patients on placebo", 0.75, 0.75),
        ("41%", "those on velotinib", -1.0, -1.0),
    ],
)
def test_a_number_in_the_targets_phrase_may_be_a_result_itself(value, group, inside, apart):
    view = read_marked(TOLD)
    candidates = propose(view)
    likely = np.where(candidates.values == at(view, "3"), 0.75, 0.5)
    pairs = candidates.cohort
    even = np.full(len(pairs), 0.5)
    columns = pair_contexts(view, candidates, Scores(likely, np.full(len(candidates.endpoint), 0.5), even))["cohort"]
    (k,) = np.flatnonzero((pairs.value == at(view, value)) & (pairs.target == at(view, group)))
    assert (columns["inside"][k], columns["inside_apart"][k]) == (inside, apart)
