"""Fit the scorers: chains, words, two passes, calibration; each sees only out-of-fold scores of the one before."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.ensemble import ExtraTreesClassifier, HistGradientBoostingClassifier
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from topline.relations.chains import NAMES, SCORER
from topline.relations.context import Scores
from topline.relations.convert import calibration_from_sklearn, from_sklearn
from topline.relations.features import Floats, stack
from topline.relations.lexical import WIDTH, Terms
from topline.relations.model import Calibration, Ensemble, Logistic, Model, predict
from topline.relations.scoring import ROLES, context
from topline.training.chains import fit_chain
from topline.training.samples import Sample

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Settings:
    """What `configs/*.cfg` sets; the names of the estimators' own parameters are scikit-learn's."""

    inner_folds: int = 4
    seed: int = 0
    # Deep trees on some of the features a split took the place of shallow ones with extra trees beside them: they
    # ranked held-out pairs of both roles better and are fitted sooner. More and smaller steps rank cohorts better yet
    # (log loss on two folds: 40 steps of .25 give .236, 75 of .15 .230, 150 of .09 .226; endpoints .170, .166, .164; on
    # real documents alone endpoints .157, .159, .161), at their price in the time of training and of every document.
    members: tuple[str, ...] = ("boosting",)
    result_members: tuple[str, ...] = ("boosting", "logistic")
    words_c: float = 0.05
    logistic_c: float = 0.02
    rounds: int = 75
    leaves: int = 48
    leaf_rows: int = 12
    split_features: float = 0.15
    learning_rate: float = 0.15
    l2: float = 8.0
    forest_trees: int = 120
    forest_leaves: int = 200
    second_pass: bool = True
    # Comparators have a tenth of the other roles' pairs: smaller trees, and none for fewer links than this.
    attached_links: int = 100
    attached_leaves: int = 12
    attached_learning_rate: float = 0.08
    attached_split_features: float = 0.2
    drop: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """One role's candidates of all samples: a row a candidate."""

    numbers: Floats
    terms: csr_matrix
    right: Bools
    taught: Bools
    group: Ints
    names: tuple[str, ...]
    weight: Floats


def make_table(samples: Sequence[Sample], role: str, drop: tuple[str, ...] = ()) -> Table:
    """Stack one role's candidates; `drop` names prefixes of features to set to zero (for the ablation)."""
    held = [(k, sample) for k, sample in enumerate(samples) if role in sample.seen]
    names = tuple(held[0][1].seen[role].columns)
    numbers = np.vstack([stack(sample.seen[role].columns) for _, sample in held])
    numbers[:, [name.startswith(drop) if drop else False for name in names]] = 0.0
    return Table(
        numbers=numbers,
        terms=_sparse([sample.seen[role].terms for _, sample in held]),
        right=np.concatenate([sample.labels.right[role] for _, sample in held]),
        taught=np.concatenate([sample.labels.taught[role] for _, sample in held]),
        group=np.concatenate([np.full(len(sample.labels.right[role]), k) for k, sample in held]),
        names=names,
        weight=np.concatenate([np.full(len(sample.labels.right[role]), sample.weight) for _, sample in held]),
    )


def _sparse(terms: Sequence[Terms]) -> csr_matrix:
    offsets = np.cumsum([0, *(bag.rows for bag in terms)])
    rows = np.concatenate([bag.row + offset for bag, offset in zip(terms, offsets[:-1], strict=True)])
    columns = np.concatenate([bag.column for bag in terms])
    return csr_matrix((np.ones(len(rows)), (rows, columns)), shape=(int(offsets[-1]), WIDTH))


def folds(group: Ints, count: int, seed: int) -> Ints:
    """Return each row's fold: whole documents, shuffled by the seed."""
    order = np.random.default_rng(seed).permutation(int(group.max(initial=0)) + 1)
    return np.argsort(order)[group] % count


Trainer = Callable[[Bools], Callable[[Ints], Floats]]


def out_of_fold(fit: Trainer, table: Table, settings: Settings, seed: int) -> Floats:
    """Return predictions for every row by models that have not seen its document."""
    fold = folds(table.group, settings.inner_folds, seed)
    found = np.zeros(len(table.right))
    for k in range(settings.inner_folds):
        held = np.flatnonzero(fold == k)
        if len(held):
            found[held] = fit(table.taught & (fold != k))(held)
    return found


def fit_words(table: Table, rows: Bools, settings: Settings) -> Logistic:
    """Fit the logistic model over hashed words."""
    if _one_sided(table.right[rows]):
        return _constant(table.right[rows], WIDTH)
    model = LogisticRegression(C=settings.words_c, solver="liblinear", random_state=settings.seed)
    model.fit(table.terms[rows], table.right[rows], sample_weight=table.weight[rows])
    return Logistic(np.zeros(WIDTH), np.ones(WIDTH), model.coef_[0].astype(np.float64), float(model.intercept_[0]))


def _one_sided(right: Bools) -> bool:
    """Tell whether there is nothing to learn: a handful of documents may hold no wrong candidate of a role."""
    return bool(right.all() or not right.any())


def _constant(right: Bools, width: int) -> Logistic:
    """Return the model of a share alone, kept off 0 and 1 by Laplace's rule."""
    share = (right.sum() + 1) / (len(right) + 2)
    return Logistic(np.zeros(width), np.ones(width), np.zeros(width), float(np.log(share / (1 - share))))


def fit_ensemble(inputs: Floats, right: Bools, weight: Floats, settings: Settings) -> Ensemble:
    """Fit the members on all rows of `inputs`, each as heavy as its document."""
    if _one_sided(right):
        return Ensemble((_constant(right, inputs.shape[1]),), (1.0,))
    seed = settings.seed
    makers = {
        "boosting": lambda: HistGradientBoostingClassifier(
            max_iter=settings.rounds, max_leaf_nodes=settings.leaves, learning_rate=settings.learning_rate,
            l2_regularization=settings.l2, min_samples_leaf=settings.leaf_rows, early_stopping=False,
            max_features=settings.split_features, random_state=seed,
        ),
        "forest": lambda: ExtraTreesClassifier(
            settings.forest_trees, max_leaf_nodes=settings.forest_leaves, min_samples_leaf=3, max_features=0.3,
            random_state=seed,
        ),
        "logistic": lambda: make_pipeline(
            StandardScaler(), LogisticRegression(C=settings.logistic_c, max_iter=300, random_state=seed)
        ),
    }  # fmt: skip
    # One thread: a fit of 2,300 rows takes 0.5 s so, and up to 14 s when OpenMP spins on cores that others use.
    with warnings.catch_warnings(), threadpool_limits(1):
        warnings.simplefilter("ignore")  # scikit-learn warns of 300 rounds without convergence; the mean does not mind
        fitted = [from_sklearn(_fitted(makers[name](), inputs, right, weight)) for name in settings.members]
    return Ensemble(tuple(fitted), (1.0,) * len(fitted))


def _fitted(estimator: Any, inputs: Floats, right: Bools, weight: Floats) -> Any:
    """Fit an estimator, or a pipeline's last step, with weights."""
    name = f"{estimator.steps[-1][0]}__sample_weight" if isinstance(estimator, Pipeline) else "sample_weight"
    return estimator.fit(inputs, right, **{name: weight})


@dataclass(frozen=True, slots=True)
class Fitted:
    """A trained model and the out-of-fold probabilities of its own training rows, by role."""

    model: Model
    scores: dict[str, Floats]
    tables: dict[str, Table]


def fit(samples: Sequence[Sample], settings: Settings) -> Fitted:
    """Train all scorers on the samples."""
    scorers: dict[str, Ensemble] = {SCORER: fit_chain(samples)}
    names: dict[str, tuple[str, ...]] = {SCORER: NAMES}
    tables = {role: make_table(samples, role, settings.drop) for role in ROLES}
    inputs: dict[str, Floats] = {}
    first: dict[str, Floats] = {}
    for role, table in tables.items():
        words = fit_words(table, table.taught, settings)
        scorers[f"{role}_words"] = Ensemble((words,), (1.0,))
        names[f"{role}_words"] = tuple(f"hash {k}" for k in range(WIDTH))
        said = out_of_fold(partial(_words_margin, table, settings=settings), table, settings, 1)
        inputs[role] = np.column_stack([table.numbers, said])
        scorers[f"{role}_1"], first[role] = fit_pass(inputs[role], table, _of_role(settings, role), 2)
        names[f"{role}_1"] = (*table.names, "words")
    if not settings.second_pass:
        return _finished(scorers, names, first, tables)
    second: dict[str, Floats] = {}
    for role, (more, columns) in _contexts(samples, tables, first, settings).items():
        seen = np.column_stack([inputs[role], more])
        scorers[f"{role}_2"], second[role] = fit_pass(seen, tables[role], _of_role(settings, role), 3)
        names[f"{role}_2"] = (*names[f"{role}_1"], *(f"context_{column}" for column in columns))
    return _finished(scorers, names, second, tables)


def _words_margin(table: Table, rows: Bools, settings: Settings) -> Callable[[Ints], Floats]:
    words = fit_words(table, rows, settings)
    return lambda held: np.asarray(table.terms[held] @ words.weights + words.bias)


def _of_role(settings: Settings, role: str) -> Settings:
    return replace(settings, members=settings.result_members) if role == "result" else settings


def fit_pass(inputs: Floats, table: Table, settings: Settings, seed: int) -> tuple[Ensemble, Floats]:
    """Return an ensemble fitted on all rows, and the out-of-fold probabilities."""

    def train(rows: Bools) -> Callable[[Ints], Floats]:
        model = fit_ensemble(inputs[rows], table.right[rows], table.weight[rows], settings)
        return lambda held: predict(model, inputs[held])

    scores = out_of_fold(train, table, settings, seed)
    taught = table.taught
    return fit_ensemble(inputs[taught], table.right[taught], table.weight[taught], settings), scores


def _contexts(
    samples: Sequence[Sample], tables: dict[str, Table], first: dict[str, Floats], settings: Settings
) -> dict[str, tuple[Floats, tuple[str, ...]]]:
    """Return each role's second-pass columns, made document by document from out-of-fold probabilities."""
    parts: dict[str, list[Floats]] = {role: [] for role in ROLES}
    names: dict[str, tuple[str, ...]] = {}
    for k, sample in enumerate(samples):
        seen = Scores(**{role: first[role][tables[role].group == k] for role in ROLES})
        for role, columns in context(sample.view, sample.candidates, seen).items():
            parts[role].append(stack(columns))
            names[role] = tuple(columns)
    return {role: (np.vstack(parts[role]), names[role]) for role in ROLES}


def _finished(
    scorers: dict[str, Ensemble], names: dict[str, tuple[str, ...]], scores: dict[str, Floats], tables: dict[str, Table]
) -> Fitted:
    """Calibrate the last pass on its out-of-fold scores."""
    for role, table in tables.items():
        name = f"{role}_2" if f"{role}_2" in scorers else f"{role}_1"
        taught = table.taught
        calibration = calibrate(scores[role][taught], table.right[taught], table.weight[taught])
        scorers[name] = replace(scorers[name], calibration=calibration)
    return Fitted(Model(scorers=scorers, feature_names=names), scores, tables)


def calibrate(scores: Floats, right: Bools, weight: Floats | None = None) -> Calibration:
    """Return the isotonic map from scores to probabilities (Zadrozny and Elkan 2002), kept strictly increasing.

    Isotonic regression is flat in steps and would tie candidates whose order decoding needs; a twentieth of the score
    itself is mixed in.
    """
    fitted = calibration_from_sklearn(IsotonicRegression(out_of_bounds="clip").fit(scores, right, weight))
    x = np.unique(np.concatenate([[0.0], fitted.x, [1.0]]))
    return Calibration(x, 0.95 * np.interp(x, fitted.x, fitted.y) + 0.05 * x)
