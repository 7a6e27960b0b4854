"""Model folders come back as they were written (`test_hostile_models.py`: those that are refused)."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from topline.errors import ModelError
from topline.relations import model_format
from topline.relations.model import Calibration, Ensemble, Logistic, Model, plant, score
from topline.relations.model_io import read_model, write_model

CARD, CONFIG = "# A model\nTrained on invented filings.\n", '[paths]\ngold = "annotations"\n'


def build_model() -> Model:
    logistic = Logistic(np.array([0.5, 1.0, -2.0]), np.array([1.0, 2.0, 0.1]), np.array([0.3, -0.2, 1 / 3]), -0.7)
    feature, sizes = np.array([0, -1, 2, -1, -1, 1, -1, -1]), np.array([5, 3])
    number = np.array([0.25, 0.1, 1 / 3, 0.9, 0.4, 7.0, 0.0, 1.0])
    boosting = replace(plant(feature, number, sizes, "boosting"), baseline=-1.25)
    forest = plant(feature, number, sizes, "forest")
    calibration = Calibration(np.array([0.1, 0.4, 0.8]), np.array([0.0, 0.5, 1.0]))
    return Model(
        scorers={
            "is_result": Ensemble((logistic,), (1.0,)),
            "endpoint": Ensemble((logistic, boosting, forest), (1.0, 2.0, 0.5), calibration),
        },
        feature_names={"is_result": ("digits", "unit", "cues"), "endpoint": ("distance", "side", "run — k")},
        thresholds={"endpoint": 0.5, "cohort": 0.35},
        terms={"units": ("mg", "µg/m²", "per\xa0cent")},
        meta={"gold": "00ff", "folds": 5, "scores": {"row": [0.5, 0.4, 0.6]}, "versions": {"numpy": "2"}},
    )


@pytest.fixture
def good(tmp_path: Path) -> Path:
    write_model(tmp_path / "good", build_model(), CARD, CONFIG)
    return tmp_path / "good"


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


# Writing and reading what is sound


def test_model_comes_back(good):
    model, again = build_model(), read_model(good)
    assert model_format.encode(again) == model_format.encode(model)
    assert (again.feature_names, again.thresholds, again.terms) == (model.feature_names, model.thresholds, model.terms)
    assert again.meta == model.meta
    rows = np.random.default_rng(0).normal(size=(50, 3))
    for scorer in model.scorers:
        assert (score(again, scorer, rows) == score(model, scorer, rows)).all()


def test_same_model_gives_the_same_bytes(tmp_path):
    model = build_model()
    backwards = Model(
        dict(reversed(model.scorers.items())),
        dict(reversed(model.feature_names.items())),
        dict(reversed(model.thresholds.items())),
        model.terms,
        dict(reversed(model.meta.items())),
    )
    write_model(tmp_path / "a", model, CARD, CONFIG)
    write_model(tmp_path / "b" / "c", backwards, CARD, CONFIG)
    assert contents(tmp_path / "a") == contents(tmp_path / "b" / "c")
    assert set(contents(tmp_path / "a")) == {
        "manifest.json",
        "model.json",
        "arrays.zlib",
        "README.md",
        "config.cfg",
        "meta.json",
    }


def test_another_model_gives_other_bytes(good, tmp_path):
    write_model(tmp_path / "other", replace(build_model(), thresholds={"endpoint": 0.51}), CARD, CONFIG)
    assert contents(tmp_path / "other") != contents(good)


def test_empty_model_comes_back(tmp_path):
    write_model(tmp_path / "empty", Model({}, {}), "", "")
    assert read_model(tmp_path / "empty").scorers == {}


def test_writing_replaces_a_model_and_keeps_the_package_file(good):
    (good / "__init__.py").write_text('"""The model."""\n')
    (good / "__pycache__").mkdir()
    write_model(good, Model({}, {}), CARD, CONFIG)
    assert read_model(good).scorers == {}
    assert (good / "__init__.py").read_text() == '"""The model."""\n'
    assert sorted(path.name for path in good.parent.iterdir()) == ["good"]


def test_writing_into_an_empty_folder(tmp_path):
    write_model(tmp_path, build_model(), CARD, CONFIG)
    assert read_model(tmp_path).thresholds["cohort"] == 0.35


def test_writing_spares_a_folder_of_other_things(tmp_path):
    (tmp_path / "thesis.tex").write_text("years of work")
    with pytest.raises(ModelError, match=r"thesis\.tex"):
        write_model(tmp_path, build_model(), CARD, CONFIG)
    assert contents(tmp_path) == {"thesis.tex": b"years of work"}


def test_writing_over_a_file_is_refused(tmp_path):
    (tmp_path / "model").write_text("a file")
    with pytest.raises(ModelError, match="is a file"):
        write_model(tmp_path / "model", build_model(), CARD, CONFIG)


@pytest.mark.parametrize("failing", ["write_bytes", "rename"])
def test_failed_writing_leaves_the_former_model(good, monkeypatch, failing):
    before, method = contents(good), getattr(Path, failing)

    def fail(path: Path, argument: Any) -> Any:
        if "config.cfg" in path.name or path.name.endswith(".new"):
            raise OSError(28, "No space left on device")
        return method(path, argument)

    monkeypatch.setattr(Path, failing, fail)
    with pytest.raises(ModelError, match="No space left"):
        write_model(good, Model({}, {}), CARD, CONFIG)
    assert contents(good) == before
    assert sorted(path.name for path in good.parent.iterdir()) == ["good"]


def ensemble(**fields: Any) -> Ensemble:
    return Ensemble((Logistic(**({"mean": np.zeros(1), "scale": np.ones(1), "weights": np.ones(1)} | fields)),), (1.0,))


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (Model({"a": ensemble(bias=float("nan"))}, {"a": ("x",)}), "model.json"),
        (Model({"a": ensemble(bias=0.0, weights=np.array([np.nan]))}, {"a": ("x",)}), "a/0/weights"),
        (Model({"a": ensemble(bias=0.0)}, {"a": ("x", "y")}), "2 features"),
        (Model({"a": ensemble(bias=0.0)}, {"b": ("x",)}), "different scorers"),
        (Model({}, {}, meta={"score": np.float32(0.5)}), "cannot be written as JSON"),
        (Model({}, {}, terms={"words": ("mg", "mg")}), "different words"),
        (Model({}, {}, meta={"text": "x" * 5_000_000}), "more than 5000000"),
    ],
)
def test_what_could_not_be_read_is_not_written(tmp_path, model, message):
    with pytest.raises(ModelError, match=message):
        write_model(tmp_path / "bad", model, CARD, CONFIG)
    assert not list(tmp_path.iterdir())
