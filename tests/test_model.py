"""Prediction from plain arrays equals scikit-learn's, and needs no scikit-learn."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.ensemble import ExtraTreesClassifier, HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, RobustScaler, StandardScaler

from topline.relations import model as module
from topline.relations.convert import calibration_from_sklearn, from_sklearn
from topline.relations.model import Calibration, Ensemble, Logistic, Model, plant, predict, predict_member, score

ESTIMATORS = {
    "logistic": LogisticRegression(),
    "standardised": make_pipeline(StandardScaler(), LogisticRegression(C=0.1)),
    "standardised without mean": make_pipeline(StandardScaler(with_mean=False), LogisticRegression()),
    "standardised without scale": make_pipeline(StandardScaler(with_std=False), LogisticRegression()),
    "boosting": HistGradientBoostingClassifier(max_iter=30, min_samples_leaf=3, random_state=0),
    "boosting, deep": HistGradientBoostingClassifier(max_iter=5, max_leaf_nodes=60, min_samples_leaf=1, random_state=0),
    "boosting, one leaf": HistGradientBoostingClassifier(max_iter=3, min_samples_leaf=10_000),
    "extra trees": ExtraTreesClassifier(20, random_state=0),
    "extra trees, best first": ExtraTreesClassifier(20, max_leaf_nodes=9, random_state=0),
    "extra trees, weighted": ExtraTreesClassifier(20, min_samples_leaf=4, class_weight="balanced", random_state=0),
    "random forest": RandomForestClassifier(20, min_samples_leaf=2, random_state=0),
}


def dataset(seed: int, rows: int = 300, decimals: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Return features with many ties, two of them useless, and labels that depend on the others."""
    generator = np.random.default_rng(seed)
    features = generator.normal(scale=3.0, size=(rows, 6)).round(decimals)
    features[:, 4], features[:, 5] = 1.0, generator.integers(0, 2, rows)
    labels = features[:, 0] * features[:, 5] + features[:, 1] + generator.normal(size=rows) > 0
    return features, labels.astype(int)


def at_thresholds(member, features: np.ndarray) -> np.ndarray:
    """Return rows that stand exactly on the trees' thresholds, and one float64 and one float32 step beside them."""
    rows = np.repeat(features, 3, axis=0)
    inner = np.flatnonzero(np.isfinite(member.threshold))
    for k, node in enumerate(np.resize(inner, len(features)) if len(inner) else ()):
        column, threshold = member.feature[node], member.threshold[node]
        beside = float(np.nextafter(np.float32(threshold), np.float32(np.inf)))
        rows[3 * k : 3 * k + 3, column] = threshold, np.nextafter(threshold, np.inf), beside
    return rows


@pytest.mark.parametrize("name", ESTIMATORS)
@pytest.mark.parametrize("decimals", [0, 1, 12])
def test_equals_scikit_learn(name, decimals):
    features, labels = dataset(7, decimals=decimals)
    estimator = ESTIMATORS[name].fit(features, labels)
    member = from_sklearn(estimator)
    unseen, _ = dataset(8, rows=500, decimals=decimals)
    rows = unseen if isinstance(member, Logistic) else np.concatenate((unseen, at_thresholds(member, features)))
    np.testing.assert_allclose(predict_member(member, rows), estimator.predict_proba(rows)[:, 1], rtol=0, atol=1e-9)


@settings(max_examples=15, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    cells=st.lists(st.lists(st.floats(-1e6, 1e6), min_size=6, max_size=6), min_size=1, max_size=20),
)
def test_equals_scikit_learn_on_any_rows(seed, cells):
    features, labels = dataset(seed % 1000, rows=80)
    rows = np.array(cells)
    for name in ("boosting", "extra trees", "standardised"):
        estimator = ESTIMATORS[name].fit(features, labels)
        np.testing.assert_allclose(
            predict_member(from_sklearn(estimator), rows), estimator.predict_proba(rows)[:, 1], rtol=0, atol=1e-9
        )


def test_forest_sees_features_as_float32():
    stump = plant(np.array([0, -1, -1]), np.array([0.1, 0.0, 1.0]), np.array([3]), "forest")
    # 0.1 as float32 is greater than 0.1, so a forest sends it right and boosting, which reads float64, left.
    assert predict_member(stump, np.array([[0.1]])).tolist() == [1.0]
    boosted = plant(np.array([0, -1, -1]), np.array([0.1, -50.0, 50.0]), np.array([3]), "boosting")
    assert predict_member(boosted, np.array([[0.1]]))[0] < 1e-9


@pytest.mark.parametrize("pairs", [1, 7, 100, 10_000_000])
@pytest.mark.parametrize("levels", [1, 3, 100])
def test_chunks_do_not_change_the_prediction(monkeypatch, pairs, levels):
    features, labels = dataset(3)
    estimator = ESTIMATORS["extra trees"].fit(features, labels)
    monkeypatch.setattr(module, "PAIRS", pairs)
    monkeypatch.setattr(module, "LEVELS", levels)
    rows = features[:50]
    np.testing.assert_allclose(
        predict_member(from_sklearn(estimator), rows), estimator.predict_proba(rows)[:, 1], rtol=0, atol=1e-12
    )


def test_calibration_equals_isotonic_regression():
    generator = np.random.default_rng(1)
    scores = generator.random(400)
    isotonic = IsotonicRegression(out_of_bounds="clip").fit(scores, generator.random(400) < scores**2)
    unseen = np.concatenate((generator.random(200), [-1.0, 0.0, 1.0, 2.0], scores[:20]))
    calibrated = module.calibrate(calibration_from_sklearn(isotonic), unseen)
    np.testing.assert_allclose(calibrated, isotonic.predict(unseen), rtol=0, atol=1e-9)


def constant(probability: float) -> Logistic:
    zeros = np.zeros(2)
    return Logistic(zeros, np.ones(2), zeros, float(np.log(probability / (1 - probability))))


def test_ensemble_is_the_weighted_mean_then_calibrated():
    rows = np.zeros((3, 2))
    ensemble = Ensemble((constant(0.2), constant(0.8)), (3.0, 1.0))
    assert predict(ensemble, rows) == pytest.approx([0.35] * 3)
    halved = Ensemble(ensemble.members, ensemble.weights, Calibration(np.array([0.0, 1.0]), np.array([0.0, 0.5])))
    assert predict(halved, rows) == pytest.approx([0.175] * 3)


def test_no_rows_give_no_probabilities():
    stump = plant(np.array([0, -1, -1]), np.array([0.0, 0.0, 1.0]), np.array([3]), "forest")
    assert predict(Ensemble((stump, constant(0.5)), (1.0, 1.0)), np.zeros((0, 2))).shape == (0,)


def test_features_are_not_changed():
    features, labels = dataset(3)
    before = features.copy()
    predict_member(from_sklearn(ESTIMATORS["random forest"].fit(features, labels)), features)
    assert (features == before).all()


def test_large_scores_neither_overflow_nor_warn(recwarn):
    sure = Logistic(np.zeros(1), np.ones(1), np.ones(1), 0.0)
    assert predict_member(sure, np.array([[-1e9], [1e9]])).tolist() == [0.0, 1.0]
    assert not recwarn


@pytest.mark.parametrize("shape", [(3, 1), (3, 3), (2,)])
def test_score_refuses_rows_of_another_width(shape):
    model = Model({"endpoint": Ensemble((constant(0.5),), (1.0,))}, {"endpoint": ("distance", "side")})
    assert score(model, "endpoint", np.zeros((3, 2))).shape == (3,)
    with pytest.raises(ValueError, match="endpoint takes 2 features"):
        score(model, "endpoint", np.zeros(shape))


CHAIN = 2 * module.MAX_DEPTH + 3


@pytest.mark.parametrize(
    ("feature", "sizes", "message"),
    [
        ([], [], "do not add up"),
        ([-1], [2], "do not add up"),
        ([-1, -1], [2, 0], "do not add up"),
        ([-1], [2**31 - 1, 2], "do not add up"),
        ([-2], [1], "negative feature"),
        ([0, -1], [2], "two children"),
        ([-1, -1, -1], [3], "two children"),
        ([0, 0, -1, -1, 0], [4, 1], "two children"),
        ([-1, 0, -1], [3], "circle"),  # the second node would be its own child
        ([0, -1, -1, 0, -1, -1, -1], [7], "two children"),
        ([0, -1, -1, 0, 0, -1, -1], [7], "circle"),  # the fourth node's children would be the third and fourth
        ([0, *[-1, 0] * (CHAIN // 2 - 1), -1, -1], [CHAIN], "deeper"),
    ],
)
def test_plant_refuses_what_is_no_tree(feature, sizes, message):
    with pytest.raises(ValueError, match=message):
        plant(np.array(feature, dtype=int), np.zeros(len(feature)), np.array(sizes, dtype=np.int32), "forest")


def test_plant_takes_trees_of_different_shapes():
    trees = plant(np.array([-1, 0, -1, 1, -1, -1]), np.array([0.5, 3, 0, 5, 1, 0]), np.array([1, 5]), "forest")
    assert (trees.depth, trees.left.tolist()) == (2, [0, 2, 2, 4, 4, 5])
    rows = np.array([[3.0, 0.0], [4.0, 5.0], [4.0, 6.0]])
    assert predict_member(trees, rows).tolist() == [0.25, 0.75, 0.25]


@pytest.mark.parametrize(
    "estimator",
    [
        LogisticRegression(),  # with three classes below
        GaussianNB(),
        make_pipeline(StandardScaler(), StandardScaler(), LogisticRegression()),
        make_pipeline(MinMaxScaler(), LogisticRegression()),
        make_pipeline(RobustScaler(), LogisticRegression()),
        make_pipeline(StandardScaler(), GaussianNB()),
        HistGradientBoostingClassifier(categorical_features=[5], min_samples_leaf=2, max_iter=3),
    ],
    ids=lambda estimator: type(estimator).__name__,
)
def test_convert_refuses_what_the_arrays_do_not_hold(estimator):
    features, labels = dataset(5)
    if isinstance(estimator, LogisticRegression):
        labels = labels + (features[:, 0] > 2)
    if isinstance(estimator, HistGradientBoostingClassifier):
        labels = features[:, 5].astype(int)
    with pytest.raises(TypeError):
        from_sklearn(estimator.fit(features, labels))


def test_convert_refuses_a_regression():
    with pytest.raises(TypeError, match="Ridge"):
        from_sklearn(Ridge().fit(*dataset(5)))


def test_convert_refuses_splits_on_missing_values():
    features, labels = dataset(5)
    features[labels == 1, 0] = np.nan
    with pytest.raises(TypeError, match="missing values"):
        from_sklearn(HistGradientBoostingClassifier(max_iter=3).fit(features, labels))


# The package around the module is a spaCy component; the module alone needs no more than numpy.
ALONE = "import types; sys.modules[{0!r}] = types.ModuleType({0!r}); sys.modules[{0!r}].__path__ = [{1!r}];"


@pytest.mark.parametrize(
    ("before", "unwanted"),
    [
        ("", {"sklearn", "joblib"}),
        (ALONE.format("topline.relations", str(Path(module.__file__).parent)), {"sklearn", "joblib", "scipy", "spacy"}),
    ],
    ids=["in the package", "alone"],
)
def test_prediction_does_not_import(before, unwanted):
    code = f"import sys; {before} import topline.relations.model_io, topline.relations.convert; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "topline.relations.model_format" in done.stdout.split()
    assert unwanted.isdisjoint(done.stdout.split())
