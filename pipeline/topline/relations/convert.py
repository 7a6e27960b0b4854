"""Take fitted scikit-learn estimators apart into the plain arrays that `model.py` predicts from; for training only.

Estimators are told apart by what they hold, so that this module does not import scikit-learn either.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from topline.relations.model import Calibration, Floats, Indices, Logistic, Trees, plant

Grown = tuple[Indices, Floats]


def from_sklearn(estimator: Any) -> Logistic | Trees:
    """Return a fitted binary classifier as arrays; its `predict_proba[:, 1]` is what they predict.

    Takes LogisticRegression, alone or in a Pipeline after StandardScaler, HistGradientBoostingClassifier,
    ExtraTreesClassifier and RandomForestClassifier. Raises TypeError for others and for what arrays do not hold:
    several classes, categorical features, splits on missing values.
    """
    classes = getattr(estimator, "classes_", ())
    if len(classes) != 2:
        raise TypeError(f"{type(estimator).__name__} has {len(classes)} classes, not 2")
    if hasattr(estimator, "_predictors"):
        return _boosting(estimator)
    if hasattr(estimator, "estimators_") and hasattr(estimator.estimators_[0], "tree_"):
        trees = [_forest_tree(member.tree_) for member in estimator.estimators_]
        return _plant_all(trees, "forest")
    return _logistic(estimator)


def calibration_from_sklearn(isotonic: Any) -> Calibration:
    """Return a fitted, increasing IsotonicRegression (`out_of_bounds="clip"`) as a piecewise linear map."""
    return Calibration(
        x=np.asarray(isotonic.X_thresholds_, dtype=np.float64), y=np.asarray(isotonic.y_thresholds_, dtype=np.float64)
    )


def _logistic(estimator: Any) -> Logistic:
    scaler, regression = _steps(estimator)
    if not hasattr(regression, "coef_"):
        raise TypeError(f"{type(estimator).__name__} is no logistic regression, boosting or forest")
    weights = np.array(regression.coef_[0], dtype=np.float64)
    mean = scaler.mean_ if scaler is not None and scaler.with_mean else None
    scale = scaler.scale_ if scaler is not None else None
    return Logistic(
        mean=np.zeros(len(weights)) if mean is None else np.array(mean, dtype=np.float64),
        scale=np.ones(len(weights)) if scale is None else np.array(scale, dtype=np.float64),
        weights=weights,
        bias=float(np.ravel(regression.intercept_)[0]),
    )


def _steps(estimator: Any) -> tuple[Any, Any]:
    if not hasattr(estimator, "steps"):
        return None, estimator
    *before, (_, regression) = estimator.steps
    if len(before) > 1 or not all(hasattr(step, "mean_") and hasattr(step, "with_mean") for _, step in before):
        raise TypeError("only a StandardScaler may stand before the regression")
    return (before[0][1] if before else None), regression


def _boosting(estimator: Any) -> Trees:
    trees = [_boosting_tree(predictor.nodes) for (predictor,) in estimator._predictors]
    return replace(_plant_all(trees, "boosting"), baseline=float(np.ravel(estimator._baseline_prediction)[0]))


def _boosting_tree(nodes: Any) -> Grown:
    leaf = nodes["is_leaf"].astype(bool)
    if nodes["is_categorical"].any() or not np.isfinite(nodes["num_threshold"][~leaf]).all():
        raise TypeError("the boosting splits on a category or on missing values")
    order = _level_order(leaf, nodes["left"].astype(np.intp), nodes["right"].astype(np.intp))
    feature = np.where(leaf, -1, nodes["feature_idx"])
    return feature[order], np.where(leaf, nodes["value"], nodes["num_threshold"])[order]


def _forest_tree(tree: Any) -> Grown:
    leaf = tree.children_left < 0
    order = _level_order(leaf, tree.children_left, tree.children_right)
    share = tree.value[:, 0, 1] / tree.value[:, 0, :].sum(axis=1)
    # A float32 feature is at most a threshold exactly when it is at most the float32 below, whose zeros deflate away.
    return np.where(leaf, -1, tree.feature)[order], np.where(leaf, share, _floor32(tree.threshold))[order]


def _floor32(numbers: Floats) -> Floats:
    near = numbers.astype(np.float32)
    return np.where(near > numbers, np.nextafter(near, np.float32(-np.inf)), near).astype(np.float64)


def _level_order(leaf: Any, left: Indices, right: Indices) -> Indices:
    """Return the nodes level by level, siblings side by side."""
    levels = [np.zeros(1, dtype=np.intp)]
    while levels[-1].size:
        inner = levels[-1][~leaf[levels[-1]]]
        levels.append(np.column_stack((left[inner], right[inner])).ravel().astype(np.intp))
    return np.concatenate(levels)


def _plant_all(trees: list[Grown], kind: Any) -> Trees:
    feature = np.concatenate([feature for feature, _ in trees])
    number = np.concatenate([number for _, number in trees])
    return plant(feature, number, np.array([len(feature) for feature, _ in trees]), kind)
