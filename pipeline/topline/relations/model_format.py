"""A model as bytes: `model.json` holds its structure and `arrays.zlib` its numbers, one array after the other.

Plain little-endian arrays in one deflated stream, and not npz: numpy reads an npz header by parsing Python source, and
a zip has names, offsets and sizes of its own to lie with. Here lengths stand in a table in `model.json`, the table says
how far the stream may inflate, and trees are kept without links (`model.plant`): 10 bytes a node, 4 to 6 deflated.
Both directions raise ValueError with the file and the place in it.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from topline.relations.model import Calibration, Ensemble, Floats, Logistic, Model, Trees, plant

STRUCTURE, ARRAYS = "model.json", "arrays.zlib"
MAX_INFLATED = 32_000_000
# Sums and products of what passes stay finite, so that no finite model gives NaN.
LARGEST = 1e50
DTYPES = {"feature": "<i2", "sizes": "<i4"}
# Nine megabytes of trees: level 9 takes 6.7 s instead of 1.1 s and saves 4 %.
DEFLATE_LEVEL = 6
Arrays = dict[str, NDArray[Any]]


def encode(model: Model) -> tuple[bytes, bytes]:
    """Return the bytes of `model.json` and of `arrays.zlib`; equal models give equal bytes."""
    if model.scorers.keys() != model.feature_names.keys():
        raise ValueError(f"{STRUCTURE}: scorers and feature_names name different scorers")
    arrays = {name: array for scorer in sorted(model.scorers) for name, array in _arrays(scorer, model.scorers[scorer])}
    structure = {
        "scorers": {name: _scorer_json(model, name) for name in model.scorers},
        "thresholds": model.thresholds,
        "terms": model.terms,
        "meta": model.meta,
        "arrays": [[name, array.dtype.str, len(array)] for name, array in arrays.items()],
    }
    try:
        text = json.dumps(structure, sort_keys=True, ensure_ascii=False, allow_nan=False, indent=1).encode()
    except (TypeError, ValueError) as error:
        raise ValueError(f"{STRUCTURE}: cannot be written as JSON: {error}") from error
    return text + b"\n", zlib.compress(b"".join(array.tobytes() for array in arrays.values()), DEFLATE_LEVEL)


def decode(structure: bytes, packed: bytes) -> Model:
    """Return the model that the bytes of `model.json` and of `arrays.zlib` hold, after checking all of it."""
    data = _record(parse(structure, STRUCTURE), "the file", ("scorers", "thresholds", "terms", "meta", "arrays"))
    arrays = _unpack(data["arrays"], packed)
    scorers, feature_names = {}, {}
    for name, scorer in _mapping(data["scorers"], "scorers").items():
        feature_names[name], scorers[name] = _scorer(name, scorer, arrays)
    if arrays:
        raise ValueError(f"{STRUCTURE}: no scorer uses the array {min(arrays)!r}")
    return Model(
        scorers=scorers,
        feature_names=feature_names,
        thresholds={key: _number(value, key) for key, value in _mapping(data["thresholds"], "thresholds").items()},
        terms={key: _words(value, key) for key, value in _mapping(data["terms"], "terms").items()},
        meta=_mapping(data["meta"], "meta"),
    )


def parse(content: bytes, file: str) -> Any:
    """Return strict JSON as data: UTF-8, no key twice, no NaN or infinity, no lone surrogate, no endless nesting."""
    try:
        data = json.loads(content.decode(), object_pairs_hook=_unique)
        json.dumps(data, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{file}: is no strict JSON: {error}") from error
    return data


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    data = dict(pairs)
    if len(data) != len(pairs):
        raise ValueError("a key stands twice")
    return data


def _arrays(scorer: str, ensemble: Ensemble) -> Iterator[tuple[str, NDArray[Any]]]:
    """Yield a scorer's arrays as they are kept, each with its name."""
    parts: list[tuple[str, Arrays]] = [(str(k), _member_arrays(member)) for k, member in enumerate(ensemble.members)]
    if ensemble.calibration is not None:
        parts.append(("calibration", {"x": ensemble.calibration.x, "y": ensemble.calibration.y}))
    for part, arrays in parts:
        for name, array in arrays.items():
            yield f"{scorer}/{part}/{name}", array.astype(DTYPES.get(name, "<f8"))


def _member_arrays(member: Logistic | Trees) -> Arrays:
    if isinstance(member, Logistic):
        return {"mean": member.mean, "scale": member.scale, "weights": member.weights}
    inner = member.left != np.arange(len(member.left))
    return {
        "feature": np.where(inner, member.feature, -1),
        "number": np.where(inner, member.threshold, member.value),
        "sizes": np.diff(member.roots, append=len(member.left)),
    }


def _scorer_json(model: Model, name: str) -> dict[str, Any]:
    ensemble = model.scorers[name]
    return {
        "features": model.feature_names[name],
        "weights": ensemble.weights,
        "members": [
            {"kind": "logistic", "constant": member.bias}
            if isinstance(member, Logistic)
            else {"kind": member.kind, "constant": member.baseline}
            for member in ensemble.members
        ],
        "calibrated": ensemble.calibration is not None,
    }


def _unpack(table: Any, packed: bytes) -> Arrays:
    """Return the named arrays, read-only and finite; nothing inflates beyond what the table adds up to."""
    rows = [_row(number, row) for number, row in enumerate(_list(table, "arrays"))]
    total = sum(np.dtype(dtype).itemsize * length for _, dtype, length in rows)
    if total > MAX_INFLATED:
        raise ValueError(f"{STRUCTURE}: the arrays would take {total} bytes, more than {MAX_INFLATED}")
    content, arrays, start = _inflate(packed, total), Arrays(), 0
    for name, dtype, length in rows:
        array = np.frombuffer(content, dtype=dtype, count=length, offset=start)
        if name in arrays:
            raise ValueError(f"{STRUCTURE}: the array {name!r} stands twice")
        if not (np.abs(array) <= LARGEST).all():
            raise ValueError(f"{ARRAYS}: {name!r} holds a value that is not finite or beyond {LARGEST:g}")
        arrays[name], start = array, start + array.nbytes
    return arrays


def _row(number: int, row: Any) -> tuple[str, str, int]:
    match row:
        case [str(name), str(dtype), int(length)] if len(name) <= 200 and length is not True:
            if 0 < length <= MAX_INFLATED and dtype == DTYPES.get(name.rpartition("/")[2], "<f8"):
                return name, dtype, length
    raise ValueError(f"{STRUCTURE}: arrays/{number} is no name with its dtype and a length that can be")


def _inflate(packed: bytes, total: int) -> bytes:
    stream = zlib.decompressobj()
    try:
        content = stream.decompress(packed, total + 1)
    except zlib.error as error:
        raise ValueError(f"{ARRAYS}: cannot be inflated: {error}") from error
    if len(content) != total or not stream.eof or stream.unused_data:
        raise ValueError(f"{ARRAYS}: does not hold the {total} bytes that {STRUCTURE} says")
    return content


def _scorer(name: str, scorer: Any, arrays: Arrays) -> tuple[tuple[str, ...], Ensemble]:
    data = _record(scorer, name, ("features", "weights", "members", "calibrated"))
    features = _words(data["features"], f"{name}/features")
    members = [
        _member(f"{name}/{k}", member, arrays, len(features)) for k, member in enumerate(_list(data["members"], name))
    ]
    weights = tuple(_number(weight, f"{name}/weights") for weight in _list(data["weights"], f"{name}/weights"))
    if len(weights) != len(members) or min(weights, default=0.0) < 0 or not sum(weights) > 0:
        raise ValueError(f"{STRUCTURE}: {name} needs one weight a member, none negative and not all 0")
    if not isinstance(data["calibrated"], bool):
        raise ValueError(f"{STRUCTURE}: {name}/calibrated is neither true nor false")
    calibration = _calibration(name, arrays) if data["calibrated"] else None
    return features, Ensemble(tuple(members), weights, calibration)


def _member(place: str, member: Any, arrays: Arrays, width: int) -> Logistic | Trees:
    data = _record(member, place, ("kind", "constant"))
    constant = _number(data["constant"], place)
    match data["kind"]:
        case "logistic":
            return _logistic(place, constant, arrays, width)
        case "boosting" | "forest" as kind:
            feature, number, sizes = (_take(arrays, f"{place}/{name}") for name in ("feature", "number", "sizes"))
            if feature.max() >= width:
                raise ValueError(f"{ARRAYS}: {place} asks for feature {feature.max()} of {width}")
            if kind == "forest" and not _shares(number[feature < 0]):
                raise ValueError(f"{ARRAYS}: {place} has a leaf that is no probability")
            try:
                return replace(plant(feature, number, sizes, kind), baseline=constant)
            except ValueError as error:
                raise ValueError(f"{ARRAYS}: {place}: {error}") from error
    raise ValueError(f"{STRUCTURE}: {place} is of a kind that this version does not know")


def _logistic(place: str, bias: float, arrays: Arrays, width: int) -> Logistic:
    mean, scale, weights = (_take(arrays, f"{place}/{name}") for name in ("mean", "scale", "weights"))
    if not len(mean) == len(scale) == len(weights) == width:
        raise ValueError(f"{ARRAYS}: {place} is not as long as its {width} features")
    if scale.min() < 1 / LARGEST:
        raise ValueError(f"{ARRAYS}: {place}/scale is not positive")
    return Logistic(mean, scale, weights, bias)


def _calibration(name: str, arrays: Arrays) -> Calibration:
    x, y = (_take(arrays, f"{name}/calibration/{axis}") for axis in "xy")
    if len(x) != len(y) or (np.diff(x) <= 0).any() or (np.diff(y) < 0).any() or not _shares(y):
        raise ValueError(f"{ARRAYS}: {name}/calibration is no increasing map to probabilities")
    return Calibration(x, y)


def _shares(numbers: Floats) -> bool:
    return bool(numbers.min(initial=0.0) >= 0 and numbers.max(initial=1.0) <= 1)


def _take(arrays: Arrays, name: str) -> NDArray[Any]:
    try:
        return arrays.pop(name)
    except KeyError:
        raise ValueError(f"{STRUCTURE}: the array {name!r} is missing") from None


def _record(value: Any, place: str, keys: tuple[str, ...]) -> dict[str, Any]:
    if not isinstance(value, dict) or value.keys() != set(keys):
        raise ValueError(f"{STRUCTURE}: {place} has not exactly the keys {', '.join(keys)}")
    return value


def _mapping(value: Any, place: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError(f"{STRUCTURE}: {place} is no object")
    if not all(0 < len(key) <= 80 and key.isprintable() for key in value):
        raise ValueError(f"{STRUCTURE}: {place} has a key that is empty, over 80 characters long or not printable")
    return value


def _list(value: Any, place: str) -> list[Any]:
    if not isinstance(value, list):
        raise ValueError(f"{STRUCTURE}: {place} is no list")
    return value


def _number(value: Any, place: str) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not abs(value) <= LARGEST:
        raise ValueError(f"{STRUCTURE}: {place} is no number of at most {LARGEST:g}")
    return float(value)


def _words(value: Any, place: str) -> tuple[str, ...]:
    words = _list(value, place)
    if not all(isinstance(word, str) and word for word in words) or len(set(words)) != len(words):
        raise ValueError(f"{STRUCTURE}: {place} is no list of different words")
    return tuple(words)
