"""What `topline train` is told: gold, texts, folds, and the learners' settings, from one config file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from spacy.util import load_config

from topline.errors import ConfigError
from topline.training.fit import Settings


@dataclass(frozen=True, slots=True)
class Plan:
    """A training run: paths are absolute or relative to where the config file stands.

    `weights` says for each gold file how much one of its documents counts.
    """

    gold: tuple[Path, ...]
    texts: tuple[Path, ...]
    folds: int
    settings: Settings
    weights: tuple[float, ...]


def read_plan(path: Path, texts: Sequence[Path] = ()) -> Plan:
    """Return the plan of a config's `[topline]` sections; `texts` come before the folders that it names."""
    if not path.is_file():
        raise ConfigError(f"{path}: no such config; `configs/default.cfg` is the one that ships")
    try:
        sections = load_config(path)
        own = sections["topline"]
        gold, training = own["gold"], dict(own["training"])
    except Exception as error:
        raise ConfigError(f"{path}: {error}; a training config has [topline.gold] and [topline.training]") from error
    here = path.resolve().parent
    named = [here / name for name in gold.get("texts", ())]
    return Plan(
        gold=tuple(here / name for name in gold["paths"]),
        texts=(*texts, *(folder for folder in named if folder.is_dir())),
        folds=int(training.pop("folds", 5)),
        settings=_settings(path, training),
        weights=_weights(path, gold),
    )


def _weights(path: Path, gold: Mapping[str, Any]) -> tuple[float, ...]:
    """Return a weight for each gold file; 1 where none is given."""
    paths = gold["paths"]
    weights = gold.get("weights", [1.0] * len(paths))
    if len(weights) != len(paths) or not all(isinstance(each, int | float) and each > 0 for each in weights):
        raise ConfigError(
            f"{path}: [topline.gold] weights must be {len(paths)} positive numbers, one for each of paths"
        )
    return tuple(float(weight) for weight in weights)


def _settings(path: Path, given: Mapping[str, Any]) -> Settings:
    known = {field.name for field in fields(Settings)}
    if unknown := sorted(set(given) - known):
        raise ConfigError(f"{path}: [topline.training] has unknown settings: {', '.join(unknown)}")
    values: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in given.items()}
    return Settings(**values)
