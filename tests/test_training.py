"""From gold to a model: labels, ceilings, folds that keep stories together, plans, and a tiny model."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import islice

import numpy as np
import pytest
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st
from marked import pipeline, read_marked, said

from topline.errors import ConfigError, GoldError
from topline.filings import text_document
from topline.gold import GoldRecord, load_gold
from topline.gold.records import GoldMention, GoldResult
from topline.relations import link_with
from topline.relations.decoding import RULES
from topline.relations.model_io import read_model, write_model
from topline.results.rows import assemble
from topline.training.ablation import GROUPS, Bench, ablate_features, ablate_rules, learning_curve
from topline.training.card import make_meta, write_card
from topline.training.config import Plan, read_plan
from topline.training.crossval import assign, cross_validate
from topline.training.documents import families, read_gold, records_of
from topline.training.fit import Settings, calibrate, fit_words, folds, make_table
from topline.training.rows import train
from topline.training.samples import ceilings, make_sample

TINY = Settings(rounds=5, forest_trees=5, inner_folds=2)
MARKED = (
    "<ENDPOINT:PAIN>Relief</ENDPOINT> was reported by <PERCENT>45.0%</PERCENT> of "
    "<COHORT>patients on velotinib</COHORT> and <PERCENT>21.7%</PERCENT> of <COHORT>patients on placebo</COHORT>. "
    "In all <COUNT>120</COUNT> patients were treated."
)


def gold(text: str, **quotes: str) -> GoldRecord:
    """Return a record with one result; the quotes are its value, endpoint and cohort."""
    labels = {"value": "VALUE", "endpoint": "ENDPOINT", "cohort": "COHORT"}
    mentions = tuple(
        GoldMention(name, text.index(quote), text.index(quote) + len(quote), labels[name])
        for name, quote in quotes.items()
    )
    result = GoldResult("percent", None, **{name: name for name in quotes})
    return GoldRecord("note", "0" * 64, mentions, (), (result,), text)


def sample_of(marked: str, **quotes: str):
    view = read_marked(marked)
    record = gold(view.text, **quotes)
    return make_sample(record, text_document(view.text), view), record


def right_of(sample, role: str) -> set:
    """Return the texts of the candidates that are labelled right."""
    view, right = sample.view, sample.labels.right[role]
    if role == "result":
        return {said(view, value) for value in sample.candidates.values[right].tolist()}
    pairs = getattr(sample.candidates, role)
    return {
        (said(view, v), said(view, t))
        for v, t in zip(pairs.value[right].tolist(), pairs.target[right].tolist(), strict=True)
    }


def test_the_gold_candidates_are_right_and_no_others():
    sample, _ = sample_of(MARKED, value="45.0%", endpoint="Relief", cohort="patients on velotinib")
    assert right_of(sample, "result") == {"45.0%"}
    assert right_of(sample, "endpoint") == {("45.0%", "Relief")}
    assert right_of(sample, "cohort") == {("45.0%", "patients on velotinib")}


def test_only_pairs_of_gold_results_with_a_gold_link_teach():
    sample, _ = sample_of(MARKED, value="45.0%", endpoint="Relief")
    values = {said(sample.view, v) for v in sample.candidates.endpoint.value[sample.labels.taught["endpoint"]].tolist()}
    assert values == {"45.0%"}
    assert not sample.labels.taught["cohort"].any()
    assert sample.labels.taught["result"].all()


@pytest.mark.parametrize(
    ("value", "right"),
    [
        ("45.0%", {"45.0%"}),
        ("45.0", {"45.0%"}),
        ("reported by 45.0%", {"45.0%"}),
        ("5.0%", set()),  # another number
        ("reported", set()),
    ],
)
def test_a_value_agrees_when_it_overlaps_and_says_the_same_number(value, right):
    sample, _ = sample_of(MARKED, value=value, endpoint="Relief")
    assert right_of(sample, "result") == right


def test_an_endpoint_that_overlaps_the_gold_is_right():
    sample, _ = sample_of(MARKED, value="45.0%", endpoint="Relief was reported", cohort="on velotinib")
    assert right_of(sample, "endpoint") == {("45.0%", "Relief")}
    assert right_of(sample, "cohort") == {("45.0%", "patients on velotinib")}


def test_ceilings_count_gold_links_that_are_never_proposed():
    proposed = sample_of(MARKED, value="45.0%", endpoint="Relief", cohort="patients on velotinib")
    unproposed = sample_of(MARKED, value="45.0%", endpoint="was", cohort="patients on velotinib")
    none = sample_of(MARKED, value="reported", endpoint="Relief")
    samples, records = zip(proposed, unproposed, none, strict=True)
    assert ceilings(samples, records) == {"result": (2, 3), "endpoint": (1, 3), "cohort": (2, 2)}


WORDS = (
    "the company said that relief of pain was seen in most of the patients who were given the drug for a year and more"
)


def test_texts_that_share_a_story_are_one_family():
    again = "Basel. " + WORDS.replace("most", "nearly all")
    other = "sales of the division rose by a tenth in the third quarter as the price of silk came down in most markets"
    numbers = families([WORDS, other, again])
    assert numbers[0] == numbers[2] != numbers[1]


def test_families_are_closed_under_sharing():
    """A shares with B and B with C: all three are one story, though A and C share nothing."""
    first, second = WORDS, " ".join(f"word{k}" for k in range(24))
    numbers = families([first, first + " " + second, second])
    assert len(set(numbers.tolist())) == 1


def test_a_publishers_own_phrases_make_no_family():
    about = "this report holds statements about the future that may not come true and nobody will amend them later"
    texts = [f"{about} {' '.join(f'w{k}x{j}' for j in range(30))}" for k in range(4)]
    assert len(set(families(texts).tolist())) == 4
    assert len(set(families(texts[:2]).tolist())) == 1  # of two documents that is a story


@given(st.lists(st.integers(0, 9), min_size=1, max_size=40), st.integers(2, 6), st.integers(0, 5))
def test_families_stay_in_one_fold_and_folds_fill_evenly(numbers, count, seed):
    _, family = np.unique(numbers, return_inverse=True)
    fold = assign(family, count, seed)
    assert all(len(set(fold[family == k].tolist())) == 1 for k in family.tolist())
    loads = np.bincount(fold, minlength=count)
    assert loads.max() - loads.min() <= np.bincount(family).max()
    assert (assign(family, count, seed) == fold).all()


def test_inner_folds_hold_whole_documents():
    group = np.repeat(np.arange(7), 3)
    fold = folds(group, 2, seed=0)
    assert all(len(set(fold[group == k].tolist())) == 1 for k in range(7))
    assert sorted(np.bincount(fold).tolist()) == [9, 12]


def test_calibration_keeps_the_order_of_scores():
    scores = np.array([0.1, 0.2, 0.3, 0.6, 0.7, 0.9])
    calibration = calibrate(scores, np.array([False, True, False, True, True, True]))
    assert (np.diff(calibration.x) > 0).all()
    assert (np.diff(calibration.y) > 0).all()
    assert (calibration.x[0], calibration.x[-1]) == (0.0, 1.0)


@pytest.fixture(scope="module")
def annotated(tmp_path_factory):
    """Six of the sample filings, read."""
    wanted = {
        "aldermoor-8k-2011",
        "corvath-8k-2015",
        "dorvane-8k-2022",
        "hexwell-8k-2024",
        "solmere-8k-2017",
        "velorin-8k-2019",
    }
    lines = (ROOT / "annotations" / "samples.jsonl").read_text("utf-8").splitlines(keepends=True)
    folder = tmp_path_factory.mktemp("annotations")
    (folder / "samples").symlink_to(ROOT / "annotations" / "samples", target_is_directory=True)
    gold = folder / "samples.jsonl"
    gold.write_text("".join(line for line in lines if any(f'"id": "{name}"' in line for name in wanted)), "utf-8")
    found = list(read_gold(pipeline(), [gold], []))
    assert {record.id for record in records_of(found)} == wanted
    return found


@pytest.fixture(scope="module")
def records(annotated):
    return records_of(annotated)


@pytest.fixture(scope="module")
def samples(annotated):
    return [make_sample(a.record, a.doc._.document, a.doc._.relations.view) for a in annotated]


@pytest.fixture(scope="module")
def model(samples):
    return train(samples, TINY)


def rows_of(model, sample) -> list[dict]:
    return [row.to_dict() for row in assemble(sample.document, link_with(model, sample.view))]


def test_a_written_model_predicts_the_same_when_read_back(model, samples, tmp_path):
    write_model(tmp_path / "tiny", model, "# Tiny\n", "[nlp]\n")
    again = read_model(tmp_path / "tiny")
    found = [rows_of(model, sample) for sample in samples]
    assert sum(map(len, found)) > 0
    assert [rows_of(again, sample) for sample in samples] == found


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(model, samples, tmp_path):
    seeds = {"first": model, "same": train(samples, TINY), "other": train(samples, replace(TINY, seed=1))}
    for name, trained in seeds.items():
        write_model(tmp_path / name, trained, "# Tiny\n", "[nlp]\n")
    held = {name: {p.name: p.read_bytes() for p in sorted((tmp_path / name).iterdir())} for name in seeds}
    assert held["first"] == held["same"]
    assert held["first"] != held["other"]


def test_every_confidence_is_a_probability(model, samples):
    rows = [row for sample in samples for row in rows_of(model, sample)]
    given = [row["confidence"] for row in rows] + [row["endpoint"]["confidence"] for row in rows if row["endpoint"]]
    assert given
    assert all(0 <= p <= 1 for p in given)


def test_a_document_counts_as_much_as_its_weight(samples):
    heavy = [replace(sample, weight=3.0 if k else 1.0) for k, sample in enumerate(samples)]
    table = make_table(heavy, "cohort")
    assert set(table.weight[table.group == 0]) == {1.0}
    assert set(table.weight[table.group > 0]) == {3.0}
    scores, right = np.array([0.5, 0.5]), np.array([True, False])
    even, tilted = calibrate(scores, right), calibrate(scores, right, np.array([3.0, 1.0]))
    assert np.interp(0.5, even.x, even.y) == pytest.approx(0.5)
    assert np.interp(0.5, tilted.x, tilted.y) == pytest.approx(0.95 * 0.75 + 0.05 * 0.5)
    words, tilted_words = (fit_words(make_table(each, "cohort"), table.taught, TINY) for each in (samples, heavy))
    assert not np.array_equal(words.weights, tilted_words.weights)


def test_cross_validation_predicts_every_document_and_counts_its_folds(samples):
    ticks = []
    fold = np.array([0, 1, 0, 1, 0, 1])
    found = cross_validate(samples, fold, TINY, tick=lambda: ticks.append(1))
    assert len(ticks) == 2
    assert {row["source"]["file"] for row in found.rows} <= {f"{sample.id}.txt" for sample in samples}
    assert set(found.links) == {"result", "endpoint", "cohort", "row"}
    assert len(found.links["result"]) == len(found.links["row"]) == len(found.rows) > 0
    assert sum(right for _, right in found.links["row"]) <= sum(right for _, right in found.links["cohort"])
    assert cross_validate(samples, fold, TINY, jobs=2) == found
    assert found.without == {}
    first = {f"{sample.id}.txt" for sample, k in zip(samples, fold, strict=True) if k == 0}
    kept = tuple(row for row in found.rows if row["source"]["file"] in first)
    assert cross_validate(samples, fold, TINY, held=1).rows == kept != found.rows
    assert all(0 <= p <= 1 and right in (True, False) for pairs in found.links.values() for p, right in pairs)


def test_the_studies_train_anew_and_stand_in_the_card(samples, records):
    fold = np.array([0, 1, 0, 1, 0, 1])
    bench = Bench(records, samples, fold, TINY, 1)
    found = cross_validate(samples, fold, TINY, rules=RULES)
    studies = {
        "learning curve": dict(islice(learning_curve(bench), 1)),
        "rules": dict(ablate_rules(bench, found)),
        "features": dict(islice(ablate_features(bench), 3)),
    }
    assert list(studies["rules"]) == ["the model", *(f"decoding without {rule}" for rule in RULES)]
    assert list(studies["features"]) == ["quick models", "no second pass", "without distance"]
    assert all(0 <= f1 <= 1 for runs in studies.values() for levels in runs.values() for f1 in levels.values())
    plan = Plan((), (), 2, TINY, ())
    meta = make_meta(plan, records, {}, studies)
    card = write_card(meta, "tiny")
    assert "| | value | endpoint | cohort | comparator | row |\n|---|---|---|---|---|---|" in card
    assert "| without distance |" in card
    assert f"| the model | {studies['rules']['the model']['value']:.3f} |" in card


@pytest.mark.parametrize("group", GROUPS)
def test_a_group_of_the_ablation_names_features_that_exist(samples, group):
    names = {name for role in ("endpoint", "cohort") for name in samples[0].seen[role].columns}
    assert all(any(name.startswith(prefix) for name in names) for prefix in GROUPS[group])


def endpoint_lengths(rows) -> int:
    return sum(len(row["endpoint"]["text"]) for row in rows if row["endpoint"])


def test_each_rule_of_decoding_can_be_left_out(samples):
    fold = np.array([0, 1, 0, 1, 0, 1])
    found = cross_validate(samples, fold, TINY, rules=("joined", "feasible"))
    assert set(found.without) == {"joined", "feasible"}
    # Joined endpoints reach further: "full or nearly full recovery".
    joined, apart = map(endpoint_lengths, (found.rows, found.without["joined"]))
    assert joined > apart > 0


def test_a_file_that_reads_otherwise_than_its_gold_is_named(tmp_path):
    (record, *_) = load_gold(ROOT / "annotations" / "samples.jsonl")
    (tmp_path / "samples").mkdir()
    content = (ROOT / "annotations" / record.file).read_text("utf-8")
    (tmp_path / record.file).write_text(content.replace("women", "weavers"), "utf-8")
    line = next(line for line in (ROOT / "annotations" / "samples.jsonl").open(encoding="utf-8") if record.id in line)
    (tmp_path / "gold.jsonl").write_text(line, "utf-8")
    with pytest.raises(GoldError, match=re.escape(f"gold.jsonl:1 ({record.id}): {record.file} reads otherwise")):
        list(read_gold(pipeline(), [tmp_path / "gold.jsonl"], []))


PLAN = """[nlp]
lang = "en"

[topline]

[topline.gold]
paths = ["gold.jsonl"]
texts = ["texts","absent"]

[topline.training]
folds = 3
inner_folds = 2
members = ["boosting","logistic"]
"""


def test_a_plan_is_read_with_paths_beside_its_file(tmp_path):
    (tmp_path / "texts").mkdir()
    (tmp_path / "train.cfg").write_text(PLAN, "utf-8")
    plan = read_plan(tmp_path / "train.cfg", [tmp_path / "more"])
    assert plan.gold == (tmp_path / "gold.jsonl",)
    assert plan.texts == (tmp_path / "more", tmp_path / "texts")
    assert plan.folds == 3
    assert plan.settings == Settings(inner_folds=2, members=("boosting", "logistic"))


def test_the_shipped_config_is_a_plan():
    plan = read_plan(ROOT / "configs" / "default.cfg")
    assert all(path.is_file() for path in plan.gold)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "no such config"),
        ("folds = 3\n", "a training config has"),
        (PLAN.replace("[topline.gold]", "[topline.silver]"), "'gold'"),
        (PLAN.replace("[topline.training]", "[topline.learning]"), "'training'"),
        (PLAN + "depth = 3\nwidth = 4\n", "unknown settings: depth, width"),
        (PLAN.replace("[topline.gold]", "[topline.gold]\nweights = [1.0, 2.0, 3.0]"), "weights must be"),
        (PLAN.replace("[topline.gold]", "[topline.gold]\nweights = [0.0]"), "weights must be"),
    ],
)
def test_a_faulty_plan_is_refused_with_its_name_and_the_reason(tmp_path, text, message):
    path = tmp_path / "train.cfg"
    if text is not None:
        path.write_text(text, "utf-8")
    with pytest.raises(ConfigError, match=re.escape(message)) as caught:
        read_plan(path)
    assert str(caught.value).startswith(str(path))
