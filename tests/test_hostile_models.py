"""Broken and hostile model folders are refused with one sentence and execute nothing.

Each change is made to a sound folder; the sums in its manifest are then made to agree, so that it is the change that is
refused and not its checksum.
"""

import hashlib
import json
import os
import pickle
import re
import subprocess
import sys
import tracemalloc
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_model_io import CARD, CONFIG, build_model

from topline.relations import model_format, model_io
from topline.relations.model import score
from topline.relations.model_io import write_model


def sign(folder: Path, change: Callable[[dict[str, Any]], Any] | None = None) -> None:
    """Write a manifest that agrees with the files, then change it."""
    files = {name: (folder / name).read_bytes() for name in model_io.FILES}
    sums = {name: {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()} for name, data in files.items()}
    manifest: dict[str, Any] = {"format": model_io.FORMAT, "files": sums}
    if change:
        change(manifest)
    (folder / "manifest.json").write_text(json.dumps(manifest))


def put(name: str, content: bytes) -> Callable[[Path], None]:
    """Replace a file."""

    def change(folder: Path) -> None:
        (folder / name).write_bytes(content)
        if name != "manifest.json":
            sign(folder)

    return change


def manifest(change: Callable[[dict[str, Any]], Any]) -> Callable[[Path], None]:
    """Change the manifest."""
    return lambda folder: sign(folder, change)


def structure(change: Callable[[dict[str, Any]], Any]) -> Callable[[Path], None]:
    """Change the data in model.json."""

    def apply(folder: Path) -> None:
        data = json.loads((folder / "model.json").read_text())
        change(data)
        put("model.json", json.dumps(data).encode())(folder)

    return apply


def array(name: str, values: dict[int, float]) -> Callable[[Path], None]:
    """Change some values of an array."""

    def change(folder: Path) -> None:
        table = json.loads((folder / "model.json").read_text())["arrays"]
        content, start = bytearray(zlib.decompress((folder / "arrays.zlib").read_bytes())), 0
        for key, dtype, length in table:
            part = np.frombuffer(content, dtype, length, start)
            start += part.nbytes
            if key == name:
                part[list(values)] = list(values.values())
        put("arrays.zlib", zlib.compress(bytes(content)))(folder)

    return change


def text(old: str, new: str) -> Callable[[Path], None]:
    """Replace text in model.json, which must be there once or more."""

    def change(folder: Path) -> None:
        before = (folder / "model.json").read_text()
        assert old in before
        put("model.json", before.replace(old, new, 1).encode(errors="surrogatepass"))(folder)

    return change


def moved(name: str, put_back: Callable[[Path, Path], Any]) -> Callable[[Path], None]:
    """Take a file out of the folder and put something else in its place."""

    def change(folder: Path) -> None:
        outside = folder.with_name(f"{folder.name}.{name}")
        (folder / name).rename(outside)
        put_back(folder / name, outside)

    return change


def raw(name: str, content: bytes) -> Callable[[Path], None]:
    """Replace a file and leave the manifest as it was."""

    def change(folder: Path) -> None:
        (folder / name).write_bytes(content)

    return change


def grow(name: str, size: int) -> Callable[[Path], None]:
    """Make a file as long as `size`, with zeros that take no place on disk."""
    return lambda folder: os.truncate(folder / name, size)


class Hostile:
    """Would run code when unpickled."""

    def __reduce__(self) -> tuple[Any, ...]:
        return eval, ("__import__('os').system('true')",)


PICKLE = pickle.dumps(Hostile())
NPY_HEADER = (
    b"\x93NUMPY\x02\x00" + (100_000_000).to_bytes(4, "little") + b"{'descr': '|O', 'shape': (__import__('os'),)}"
)
DEEP = b"[" * 200_000 + b"]" * 200_000

HOSTILE: dict[str, tuple[Callable[[Path], Any], str]] = {
    # Files that are not there, or are not files
    "no folder": (lambda folder: folder.rename(folder.with_name("gone")), "manifest.json: there is no such folder"),
    "empty folder": (lambda folder: [path.unlink() for path in folder.iterdir()], "manifest.json: cannot be read"),
    "no manifest": (lambda folder: (folder / "manifest.json").unlink(), "manifest.json: cannot be read"),
    "no structure": (lambda folder: (folder / "model.json").unlink(), "model.json: cannot be read"),
    "no arrays": (lambda folder: (folder / "arrays.zlib").unlink(), "arrays.zlib: cannot be read"),
    "no card": (lambda folder: (folder / "README.md").unlink(), "README.md: cannot be read"),
    "no config": (lambda folder: (folder / "config.cfg").unlink(), "config.cfg: cannot be read"),
    "folder for a file": (moved("model.json", lambda path, _: path.mkdir()), "model.json: is a link, a folder"),
    "folder for the manifest": (moved("manifest.json", lambda path, _: path.mkdir()), "manifest.json: is a link"),
    "link out": (moved("arrays.zlib", lambda path, outside: path.symlink_to(outside)), "arrays.zlib: is a link"),
    "manifest a link": (moved("manifest.json", lambda path, outside: path.symlink_to(outside)), "manifest.json: is a"),
    "link to a device": (moved("config.cfg", lambda path, _: path.symlink_to("/dev/zero")), "config.cfg: is a link"),
    "pipe": (moved("README.md", lambda path, _: os.mkfifo(path)), "README.md: is a link, a folder or a device"),
    # The manifest
    "manifest empty": (put("manifest.json", b""), "manifest.json: is no strict JSON"),
    "manifest a pickle": (put("manifest.json", PICKLE), "manifest.json: is no strict JSON"),
    "manifest not UTF-8": (put("manifest.json", b'{"format": "\xff"}'), "manifest.json: is no strict JSON"),
    "manifest too long": (grow("manifest.json", 100_000_000), "manifest.json: has 100000000 bytes, more than"),
    "manifest a list": (put("manifest.json", b"[]"), "manifest.json: is no list of files"),
    "manifest deep": (put("manifest.json", b"[" * 2_000 + b"]" * 2_000), "manifest.json: is no"),
    "manifest without files": (manifest(lambda data: data.pop("files")), "manifest.json: is no list of files"),
    "files a list": (manifest(lambda data: data.update(files=list(data["files"]))), "manifest.json: is no list"),
    "later version": (
        manifest(lambda data: data.update(format="topline-model/2")),
        "manifest.json: is not of the form",
    ),
    "version a number": (manifest(lambda data: data.update(format=1)), "manifest.json: is not of the format"),
    "no version": (manifest(lambda data: data.pop("format")), "manifest.json: is not of the format"),
    "traversal": (manifest(lambda data: data["files"].update({"../../etc/passwd": {}})), "lists not exactly"),
    "absolute path": (manifest(lambda data: data["files"].update({"/etc/passwd": {}})), "lists not exactly"),
    "traversal in place": (
        manifest(lambda data: data["files"].update({"../model.json": data["files"].pop("model.json")})),
        "manifest.json: lists not exactly",
    ),
    "file not listed": (manifest(lambda data: data["files"].pop("config.cfg")), "manifest.json: lists not exactly"),
    "executable listed": (manifest(lambda data: data["files"].update({"setup.py": {}})), "lists not exactly"),
    "sum no object": (manifest(lambda data: data["files"].update({"README.md": 1})), "README.md: is not what"),
    "wrong size": (manifest(lambda data: data["files"]["model.json"].update(size=1)), "model.json: is not what"),
    "size not a number": (manifest(lambda data: data["files"]["model.json"].update(size="9")), "model.json: is not"),
    "wrong hash": (manifest(lambda data: data["files"]["arrays.zlib"].update(sha256="0" * 64)), "arrays.zlib: is not"),
    "hash missing": (manifest(lambda data: data["files"]["model.json"].pop("sha256")), "model.json: is not what"),
    # Files that are not what was signed
    "arrays changed": (raw("arrays.zlib", b"\0" * 100), "arrays.zlib: is not what manifest.json says"),
    "structure changed": (raw("model.json", b"{}"), "model.json: is not what manifest.json says"),
    "card changed": (raw("README.md", b"99 % right"), "README.md: is not what manifest.json says"),
    "config changed": (raw("config.cfg", b"[initialize]"), "config.cfg: is not what manifest.json says"),
    "arrays too long": (grow("arrays.zlib", 100_000_000), "arrays.zlib: has 100000000 bytes, more than 5000000"),
    "structure too long": (grow("model.json", 5_000_001), "model.json: has 5000001 bytes, more than 5000000"),
    # The stream of arrays
    "arrays empty": (put("arrays.zlib", b""), "arrays.zlib: does not hold"),
    "arrays a pickle": (put("arrays.zlib", PICKLE), "arrays.zlib: cannot be inflated"),
    "arrays a deflated pickle": (put("arrays.zlib", zlib.compress(PICKLE)), "arrays.zlib: does not hold"),
    "arrays with an npy header of 100 MB": (put("arrays.zlib", NPY_HEADER), "arrays.zlib: cannot be inflated"),
    "the same, deflated": (put("arrays.zlib", zlib.compress(NPY_HEADER)), "arrays.zlib: does not hold"),
    "arrays a zip": (put("arrays.zlib", b"PK\x03\x04" + bytes(100)), "arrays.zlib: cannot be inflated"),
    "arrays a bomb": (put("arrays.zlib", zlib.compress(bytes(50_000_000))), "arrays.zlib: does not hold"),
    "arrays truncated": (
        lambda folder: put("arrays.zlib", (folder / "arrays.zlib").read_bytes()[:-20])(folder),
        "arrays.zlib: does not hold",
    ),
    "arrays without their checksum": (
        lambda folder: put("arrays.zlib", (folder / "arrays.zlib").read_bytes()[:-4])(folder),
        "arrays.zlib: does not hold",
    ),
    "bytes after the arrays": (
        lambda folder: put("arrays.zlib", (folder / "arrays.zlib").read_bytes() + PICKLE)(folder),
        "arrays.zlib: does not hold",
    ),
    # The table of arrays
    "huge length": (structure(lambda data: data["arrays"][0].__setitem__(2, 10**18)), "model.json: arrays/0 is no"),
    "length of 4,000 digits": (structure(lambda data: data["arrays"][0].__setitem__(2, 10**4000)), "arrays/0 is no"),
    "negative length": (structure(lambda data: data["arrays"][1].__setitem__(2, -3)), "model.json: arrays/1 is no"),
    "length 0": (structure(lambda data: data["arrays"][1].__setitem__(2, 0)), "model.json: arrays/1 is no"),
    "length a fraction": (structure(lambda data: data["arrays"][1].__setitem__(2, 3.0)), "model.json: arrays/1 is no"),
    "length true": (structure(lambda data: data["arrays"][1].__setitem__(2, True)), "model.json: arrays/1 is no"),
    "length a shape": (structure(lambda data: data["arrays"][1].__setitem__(2, [1, 3])), "model.json: arrays/1 is no"),
    "many long arrays": (
        structure(lambda data: data["arrays"].extend(["x", "<f8", 30_000_000] for _ in range(9))),
        "model.json: the arrays would take",
    ),
    "objects": (structure(lambda data: data["arrays"][0].__setitem__(1, "|O")), "model.json: arrays/0 is no"),
    "wrong dtype": (structure(lambda data: data["arrays"][0].__setitem__(1, "<f4")), "model.json: arrays/0 is no"),
    "dtype a record": (structure(lambda data: data["arrays"][0].__setitem__(1, "f8,O")), "model.json: arrays/0 is no"),
    "array twice": (
        structure(lambda data: data["arrays"].__setitem__(0, data["arrays"][1])),
        "model.json: the array 'endpoint/0/scale' stands twice",
    ),
    "array of no scorer": (
        structure(lambda data: data["scorers"].pop("is_result")),
        "model.json: no scorer uses the array 'is_result/0/mean'",
    ),
    "array missing": (
        structure(lambda data: data["arrays"][-1].__setitem__(0, "../weights")),
        "model.json: the array 'is_result/0/weights' is missing",
    ),
    "table a number": (structure(lambda data: data.update(arrays=3)), "model.json: arrays is no list"),
    # The values
    "NaN weight": (array("is_result/0/weights", {1: np.nan}), "arrays.zlib: 'is_result/0/weights' holds"),
    "infinite weight": (array("is_result/0/weights", {1: np.inf}), "arrays.zlib: 'is_result/0/weights' holds"),
    "infinite mean": (array("is_result/0/mean", {0: -np.inf}), "arrays.zlib: 'is_result/0/mean' holds"),
    "weight near overflow": (array("is_result/0/weights", {0: 1e300}), "arrays.zlib: 'is_result/0/weights' holds"),
    "scale 0": (array("is_result/0/scale", {2: 0.0}), "arrays.zlib: is_result/0/scale is not positive"),
    "scale negative": (array("is_result/0/scale", {2: -1.0}), "arrays.zlib: is_result/0/scale is not positive"),
    "NaN threshold": (array("endpoint/1/number", {0: np.nan}), "arrays.zlib: 'endpoint/1/number' holds"),
    "infinite leaf": (array("endpoint/1/number", {1: np.inf}), "arrays.zlib: 'endpoint/1/number' holds"),
    "leaf no probability": (array("endpoint/2/number", {1: 1.5}), "arrays.zlib: endpoint/2 has a leaf"),
    "feature beyond": (array("endpoint/1/feature", {0: 3}), "arrays.zlib: endpoint/1 asks for feature 3 of 3"),
    "feature negative": (array("endpoint/1/feature", {1: -32_768}), "arrays.zlib: endpoint/1: a tree asks for"),
    "tree in a circle": (
        array("endpoint/1/feature", {0: -1, 1: 0}),  # the second node would be its own child
        "arrays.zlib: endpoint/1: a tree runs in a circle",
    ),
    "tree into the next": (array("endpoint/1/feature", {3: 0}), "arrays.zlib: endpoint/1: a tree's inner nodes"),
    "tree without leaves": (array("endpoint/1/feature", {1: 0, 3: 0, 4: 0}), "arrays.zlib: endpoint/1: a tree's"),
    "sizes beyond": (array("endpoint/1/sizes", {1: 2**31 - 1}), "arrays.zlib: endpoint/1: the sizes of the trees"),
    "size negative": (array("endpoint/1/sizes", {0: -(2**31)}), "arrays.zlib: endpoint/1: the sizes of the trees"),
    "sizes shifted": (array("endpoint/1/sizes", {0: 3, 1: 5}), "arrays.zlib: endpoint/1: a tree"),
    "calibration falling": (array("endpoint/calibration/y", {1: 1.0, 2: 0.5}), "arrays.zlib: endpoint/calibration"),
    "calibration beyond 1": (array("endpoint/calibration/y", {2: 1.1}), "arrays.zlib: endpoint/calibration"),
    "calibration standing": (array("endpoint/calibration/x", {1: 0.8}), "arrays.zlib: endpoint/calibration"),
    # The structure
    "structure empty": (put("model.json", b""), "model.json: is no strict JSON"),
    "structure a pickle": (put("model.json", PICKLE), "model.json: is no strict JSON"),
    "structure not UTF-8": (put("model.json", b'{"meta": "\xe9"}'), "model.json: is no strict JSON"),
    "structure UTF-16": (put("model.json", "{}".encode("utf-16")), "model.json: is no strict JSON"),
    "structure cut": (text('"terms"', '"terms'), "model.json: is no strict JSON"),
    "structure deep": (put("model.json", DEEP), "model.json: is no strict JSON"),
    "meta deep": (text('"gold": "00ff"', f'"gold": {DEEP.decode()}'), "model.json: is no strict JSON"),
    "key twice": (
        text('"thresholds"', '"meta": {}, "thresholds"'),
        "model.json: is no strict JSON: a key stands twice",
    ),
    "NaN in JSON": (text('"constant": -0.7', '"constant": NaN'), "model.json: is no strict JSON"),
    "Infinity in JSON": (text('"constant": -0.7', '"constant": Infinity'), "model.json: is no strict JSON"),
    "1e999 in JSON": (text('"constant": -0.7', '"constant": 1e999'), "model.json: is no strict JSON"),
    "number of 9,999 digits": (text('"folds": 5', f'"folds": {"9" * 9999}'), "model.json: is no strict JSON"),
    "lone surrogate": (text('"00ff"', r'"\ud800"'), "model.json: is no strict JSON"),
    "structure a list": (put("model.json", b"[]"), "model.json: the file has not exactly the keys"),
    "structure without meta": (structure(lambda data: data.pop("meta")), "model.json: the file has not exactly"),
    "structure with code": (structure(lambda data: data.update(code="import os")), "model.json: the file has not"),
    "unknown kind": (
        structure(lambda data: data["scorers"]["endpoint"]["members"][0].update(kind="os.system")),
        "model.json: endpoint/0 is of a kind",
    ),
    "kind no text": (
        structure(lambda data: data["scorers"]["endpoint"]["members"][0].update(kind=[])),
        "model.json: endpoint/0 is of a kind",
    ),
    "constant text": (
        structure(lambda data: data["scorers"]["endpoint"]["members"][1].update(constant="1")),
        "model.json: endpoint/1 is no number",
    ),
    "constant huge": (
        structure(lambda data: data["scorers"]["endpoint"]["members"][1].update(constant=10**400)),
        "model.json: endpoint/1 is no number",
    ),
    "kinds exchanged": (
        structure(lambda data: data["scorers"]["endpoint"]["members"][0].update(kind="forest")),
        "model.json: the array 'endpoint/0/feature' is missing",
    ),
    "member a list": (
        structure(lambda data: data["scorers"]["endpoint"]["members"].__setitem__(0, [])),
        "model.json: endpoint/0 has not exactly the keys",
    ),
    "scorers a list": (structure(lambda data: data.update(scorers=[])), "model.json: scorers is no object"),
    "scorer's name with a line break": (
        structure(lambda data: data["scorers"].update({"a\nb": data["scorers"].pop("endpoint")})),
        "model.json: scorers has a key",
    ),
    "no members": (
        structure(lambda data: data["scorers"]["endpoint"].update(members=[], weights=[])),
        "model.json: endpoint needs one weight a member",
    ),
    "weight missing": (
        structure(lambda data: data["scorers"]["endpoint"]["weights"].pop()),
        "model.json: endpoint needs one weight a member",
    ),
    "weights 0": (
        structure(lambda data: data["scorers"]["endpoint"].update(weights=[0, 0, 0])),
        "model.json: endpoint needs one weight a member",
    ),
    "weight negative": (
        structure(lambda data: data["scorers"]["endpoint"].update(weights=[2, 2, -1])),
        "model.json: endpoint needs one weight a member",
    ),
    "calibrated neither": (
        structure(lambda data: data["scorers"]["endpoint"].update(calibrated=1)),
        "model.json: endpoint/calibrated is neither",
    ),
    "calibrated without a map": (
        structure(lambda data: data["scorers"]["is_result"].update(calibrated=True)),
        "model.json: the array 'is_result/calibration/x' is missing",
    ),
    "feature missing": (
        structure(lambda data: data["scorers"]["is_result"]["features"].pop()),
        "arrays.zlib: is_result/0 is not as long as its 2 features",
    ),
    "feature too many": (
        structure(lambda data: data["scorers"]["is_result"]["features"].append("hour")),
        "arrays.zlib: is_result/0 is not as long as its 4 features",
    ),
    "feature twice": (
        structure(lambda data: data["scorers"]["is_result"].update(features=["a", "b", "a"])),
        "model.json: is_result/features is no list of different words",
    ),
    "features no text": (
        structure(lambda data: data["scorers"]["is_result"].update(features=[[], {}, 1])),
        "model.json: is_result/features is no list of different words",
    ),
    "decoder's threshold text": (
        structure(lambda data: data["thresholds"].update(endpoint="high")),
        "model.json: endpoint is no number",
    ),
    "terms no list": (structure(lambda data: data["terms"].update(units="mg")), "model.json: units is no list"),
    "meta a list": (structure(lambda data: data.update(meta=[])), "model.json: meta is no object"),
}

# The child loads a sound folder once, so that all is imported, and then watches what loading each folder does.
CHILD = r"""
import json, os, sys
from pathlib import Path
from topline.errors import ModelError
from topline.relations.model_io import read_model

root, names = Path(sys.argv[1]), json.load(sys.stdin)
FORBIDDEN = ("exec", "compile", "import", "marshal.", "pickle.", "code.", "function.", "object.__setattr__", "ctypes.",
             "subprocess.", "os.", "shutil.", "socket.", "tempfile.", "mmap.", "sys.addaudithook", "glob.")
watched, seen = None, []

def hook(event, arguments):
    if watched is None:
        return
    if event == "open":
        inside = isinstance(arguments[0], (str, bytes)) and Path(os.fsdecode(arguments[0])).parent == watched
        if inside and arguments[1] in ("r", "rb"):
            return
    elif not event.startswith(FORBIDDEN):
        return
    seen.append(f"{event}{arguments}")

def attempt(name):
    global watched
    seen.clear()
    watched, error, message = root / name, None, ""
    try:
        PROBES[name]() if name in PROBES else read_model(watched)
    except BaseException as caught:
        error, message = type(caught), str(caught)
    watched = None
    return {"error": error and error.__name__, "message": message, "seen": list(seen)}

PROBES = {
    "probe: eval": lambda: eval("1"),
    "probe: import": lambda: __import__("this_module_is_not_there"),
    "probe: open outside": lambda: open(os.devnull).close(),
    "probe: open for writing": lambda: open(watched / "x", "wb"),
    "probe: shell": lambda: os.system("true"),
    "probe: unpickle": lambda: __import__("pickle").loads(b"cos\nsystem\n(S'true'\ntR."),
}
import pickle
read_model(root / "good")
try:
    read_model(root / "empty folder")  # the way of an error, once
except ModelError:
    pass
sys.addaudithook(hook)
print(json.dumps({name: attempt(name) for name in [*names, *PROBES]}))
"""


@pytest.fixture(scope="module")
def attempts(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """Load every folder in one child process under an audit hook; return its folder and what happened to each."""
    root = tmp_path_factory.mktemp("models")
    for name in ("good", "good with strangers", *HOSTILE):
        write_model(root / name, build_model(), CARD, CONFIG)
    for name, (change, _) in HOSTILE.items():
        change(root / name)
    strangers = root / "good with strangers"
    (strangers / "__init__.py").write_text("raise SystemExit('executed')")
    (strangers / "model.pkl").write_bytes(PICKLE)
    (strangers / "out").symlink_to("/")
    names = ["good", "good with strangers", *HOSTILE]
    done = subprocess.run(
        [sys.executable, "-c", CHILD, str(root)], input=json.dumps(names), capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return root, json.loads(done.stdout)


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_folder_is_refused_and_executes_nothing(attempts, name):
    root, attempt = attempts[0], attempts[1][name]
    assert (attempt["error"], attempt["seen"]) == ("ModelError", [])
    message = attempt["message"]
    assert message.startswith(f"{root / name}/")
    assert HOSTILE[name][1] in message
    assert re.search(r"/(manifest\.json|model\.json|arrays\.zlib|README\.md|config\.cfg): ", message)
    assert "\n" not in message
    assert len(message) - len(str(root)) < 300


@pytest.mark.parametrize("name", ["good", "good with strangers"])
def test_sound_folder_is_read_and_strangers_are_not_opened(attempts, name):
    assert attempts[1][name] == {"error": None, "message": "", "seen": []}


@pytest.mark.parametrize(
    ("probe", "event"),
    [
        ("eval", "compile"),
        ("import", "import"),
        ("open outside", "open"),
        ("open for writing", "open"),
        ("shell", "os.system"),
        ("unpickle", "pickle.find_class"),
    ],
)
def test_the_watch_sees_what_it_must(attempts, probe, event):
    assert any(seen.startswith(event) for seen in attempts[1][f"probe: {probe}"]["seen"])


def test_enough_hostile_folders():
    assert len(HOSTILE) >= 45


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_damage_is_refused_or_harmless(data):
    """Whatever is changed, decoding raises nothing but ValueError, and what passes predicts finite numbers."""
    text, packed = model_format.encode(build_model())
    parts = [bytearray(text), bytearray(zlib.decompress(packed))]
    for _ in range(data.draw(st.integers(1, 4))):
        part = data.draw(st.sampled_from(parts))
        start = data.draw(st.integers(0, len(part) - 1))
        part[start : start + 1] = data.draw(st.one_of(st.binary(min_size=1, max_size=1), st.binary(max_size=8)))
    model, refusal = None, ""
    try:
        model = model_format.decode(bytes(parts[0]), zlib.compress(parts[1]))
    except ValueError as error:
        refusal = str(error)
    if model is None:
        assert refusal.startswith(("model.json: ", "arrays.zlib: "))
        return
    for scorer, names in model.feature_names.items():
        assert np.isfinite(score(model, scorer, np.full((2, len(names)), 1e6))).all()


def test_a_bomb_inflates_no_further_than_the_table_says():
    structure_bytes, _ = model_format.encode(build_model())
    bomb = zlib.compress(bytes(100_000_000))
    tracemalloc.start()
    try:
        with pytest.raises(ValueError, match=r"arrays\.zlib: does not hold"):
            model_format.decode(structure_bytes, bomb)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 1_000_000
