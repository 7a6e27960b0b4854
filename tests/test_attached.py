"""Comparators by learned scores: what is proposed, what decides, and a small training against scikit-learn."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from marked import decision, read_marked, said
from sklearn.ensemble import HistGradientBoostingClassifier

from topline.errors import ModelError
from topline.evaluation.rows import Span
from topline.filings import text_document
from topline.relations.attachments import attach
from topline.relations.attachments.labels import Labels
from topline.relations.attachments.scored import proposed
from topline.relations.convert import from_sklearn
from topline.relations.features import stack
from topline.relations.model import Ensemble, Logistic, Model, predict, predict_member
from topline.relations.model_io import read_model, write_model
from topline.relations.scoring import propose
from topline.training.attached import attached_table, fit_attached
from topline.training.fit import Settings
from topline.training.samples import Labels as Right
from topline.training.samples import Sample

TINY = Settings(rounds=30, inner_folds=2, attached_links=4, leaf_rows=2)
ARMS = (
    "<ENDPOINT>Relief</ENDPOINT> was seen in <PERCENT>45.0%</PERCENT> on <COHORT>velotinib</COHORT> and in "
    "<PERCENT>21.7%</PERCENT> on <COHORT>placebo</COHORT>. "
)
GAP = ARMS + "The <ENDPOINT>gap</ENDPOINT> was <PERCENT>23.3%</PERCENT>."
DIFFERENCE = GAP.replace("gap", "difference")
ALONE = ARMS + "<ENDPOINT>Nausea</ENDPOINT> occurred in <PERCENT>3.1%</PERCENT>."


def read(marked: str):
    """Return the view and the decisions of both arms and of the last value, which is of the first arm."""
    view = read_marked(marked)
    last = "23.3%" if "23.3%" in view.text else "3.1%"
    named = next(name for name in ("gap", "difference", "Nausea") if name in view.text)
    first = [decision(view, "45.0%", "Relief", "velotinib"), decision(view, "21.7%", "Relief", "placebo")]
    return view, [*first, decision(view, last, named, "velotinib")]


def constant(names: tuple[str, ...], bias: float, **weights: float) -> Model:
    """Return a model of the comparator with weights by the features' names."""
    weight = np.array([weights.get(name, 0.0) for name in names])
    scorer = Logistic(np.zeros(len(names)), np.ones(len(names)), weight, bias)
    return Model({"comparator": Ensemble((scorer,), (1.0,))}, {"comparator": names})


def compared(view, decisions, model=None) -> dict[str, str]:
    found = attach(view, decisions, model)
    return {said(view, a.value): said(view, a.target) for a in found if a.role == "comparator"}


def test_structure_misses_what_scores_find():
    view, decisions = read(GAP)
    _, columns = proposed(Labels(view, decisions), "comparator", [])
    model = constant(tuple(columns), -4.0, group_control=4.0, decided_there=1.0, chosen=1.0, value_of_control=-9.0)
    assert compared(view, decisions) == {}
    assert compared(view, decisions, model)["23.3%"] == "placebo"
    assert "21.7%" not in compared(view, decisions, model)


@pytest.mark.parametrize("marked", [GAP, ALONE])
def test_none_is_attached_below_the_threshold(marked):
    view, decisions = read(marked)
    _, columns = proposed(Labels(view, decisions), "comparator", [])
    assert compared(view, decisions, constant(tuple(columns), -4.0)) == {}


def test_the_own_group_is_never_proposed_and_structures_choice_always():
    marked = (
        "<ENDPOINT>Pain</ENDPOINT> fell by <PERCENT>12%</PERCENT> on <COHORT>velotinib</COHORT> "
        "versus <COHORT>sham</COHORT>."
    )
    view = read_marked(marked)
    decisions = [decision(view, "12%", "Pain", "velotinib")]
    pairs, columns = proposed(Labels(view, decisions), "comparator", attach(view, decisions))
    assert [said(view, t) for t in pairs.target.tolist()] == ["sham"]
    assert columns["chosen"].all()


def test_a_model_without_the_role_leaves_it_to_structure_and_one_of_other_features_is_refused():
    view, decisions = read(GAP)
    assert attach(view, decisions, Model({}, {})) == attach(view, decisions)
    with pytest.raises(ModelError, match=r"comparator.*another version"):
        attach(view, decisions, constant(("other",), 0.0))


@pytest.fixture(scope="module")
def taught():
    """Twelve documents: a difference of arms has a comparator, a side effect has none."""
    samples, decided = [], []
    for k in range(12):
        view, decisions = read(DIFFERENCE if k % 2 else ALONE)
        placebo = view.mentions[decisions[1].cohort]
        span = Span(placebo.start, placebo.end, "placebo") if k % 2 else None
        stated = {"comparator": {decisions[0].value: None, decisions[1].value: None, decisions[2].value: span}}
        samples.append(Sample(f"{k}", text_document(view.text), view, propose(view), {}, Right({}, {}), stated))
        decided.append(decisions)
    return samples, decided


def test_a_small_training_learns_who_is_compared_and_reads_back(taught, tmp_path):
    samples, decided = taught
    ((scorer, names),) = fit_attached(samples, decided, TINY).values()
    model = Model({"comparator": scorer}, {"comparator": names}, {"comparator": 0.35})
    write_model(tmp_path / "tiny", model, "# Tiny\n", "[nlp]\n")
    again = read_model(tmp_path / "tiny")
    found = [attach(s.view, d, model) for s, d in zip(samples, decided, strict=True)]
    assert [attach(s.view, d, again) for s, d in zip(samples, decided, strict=True)] == found
    view, decisions = samples[1].view, decided[1]
    assert compared(view, decisions, model).get("23.3%") == "placebo"
    assert "3.1%" not in compared(samples[0].view, decided[0], model)


def test_too_few_links_teach_nothing(taught):
    assert fit_attached(*taught, replace(TINY, attached_links=100)) == {}


def test_scores_are_those_of_scikit_learn(taught):
    table = attached_table(*taught, "comparator", TINY)
    estimator = HistGradientBoostingClassifier(max_iter=10, min_samples_leaf=2).fit(table.numbers, table.right)
    member = from_sklearn(estimator)
    view, decisions = taught[0][1].view, taught[1][1]
    rows = stack(proposed(Labels(view, decisions), "comparator", attach(view, decisions))[1])
    expected = estimator.predict_proba(rows)[:, 1]
    assert np.allclose(predict_member(member, rows), expected)
    assert np.allclose(predict(Ensemble((member,), (1.0,)), rows), expected)
