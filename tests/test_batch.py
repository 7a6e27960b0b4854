import errno
import fcntl
import hashlib
import json
import multiprocessing
import os
import random
import signal
from functools import partial
from pathlib import Path

import pytest
from batch_work import die, inline, obey, refuse
from typer.testing import CliRunner

from topline import batch
from topline.batch import Entry, Settings, runner, storage
from topline.batch.shards import statuses_of
from topline.cli import app
from topline.errors import BatchError
from topline.schema import Status

OUTPUTS = ["manifest.jsonl", "results.jsonl", "statuses.jsonl"]
SENTENCE = "In the trial of zelnotide, the objective response rate was 41.2% among 34 evaluable patients.\n"
# (what the file says, the reason of its status, what its sentence says)
LOSSES = [
    ("kill", "killed", "SIGKILL"),
    ("exit", "killed", "exit code 3"),
    ("hang", "timeout", "took longer than 1 s; raise --timeout"),
]


@pytest.fixture
def inputs(tmp_path):
    folder = tmp_path / "inputs"
    folder.mkdir()
    for number in range(7):
        (folder / f"{number}.txt").write_text(f"text {number}\n")
    return folder


def make_plan(inputs, **settings):
    return batch.make_plan(sorted(inputs.iterdir()), [], Settings("rules", **{"shard_size": 2, **settings}))


def run(folder, plan, engine=inline, *, resume=True):
    """Run into a folder, and return the statuses as they came."""
    seen = []
    with batch.open_folder(folder, resume=resume) as held:
        batch.extract_folder(folder, plan, held, engine, lambda lines: seen.extend(statuses_of(lines)))
    return seen


def local(work=obey, **options):
    return partial(batch.run_local, work=work, **options)


def digests(folder):
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def records(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


# What a folder holds


def test_the_outputs_are_in_the_inputs_order_and_nothing_else_is_left(tmp_path, inputs):
    plan = make_plan(inputs)
    run(tmp_path / "out", plan)
    assert sorted(digests(tmp_path / "out")) == OUTPUTS
    assert [row["text"] for row in records(tmp_path / "out" / "results.jsonl")] == [f"text {k}\n" for k in range(7)]
    assert [status["file"] for status in records(tmp_path / "out" / "statuses.jsonl")] == [e.file for e in plan.entries]
    head, *lines = records(tmp_path / "out" / "manifest.jsonl")
    assert head["outputs"] == {name: digests(tmp_path / "out")[name] for name in OUTPUTS[1:]}
    first = inputs / "0.txt"
    assert lines[0] == {
        "file": str(first),
        "sha256": hashlib.sha256(first.read_bytes()).hexdigest(),
        "status": "results",
        "reason": None,
        "rows": 1,
        "warnings": [],
    }
    assert len(lines) == 7


@pytest.mark.parametrize("shard_size", [1, 3, 7, 100])
def test_the_size_of_shards_changes_no_output(tmp_path, inputs, shard_size):
    run(tmp_path / "two", make_plan(inputs))
    run(tmp_path / "out", make_plan(inputs, shard_size=shard_size))
    for name in OUTPUTS[1:]:
        assert (tmp_path / "out" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_a_shard_is_the_same_whatever_was_read_before_it(tmp_path):
    samples = sorted((Path(__file__).parents[1] / "annotations" / "samples").glob("a*.txt"))[:3]
    entries = batch.make_plan(samples, [], Settings("rules")).entries
    whole = batch.extract_shard(Settings("rules"), entries)
    shuffled = random.Random(5).sample(entries, len(entries))
    apart = {entry: batch.extract_shard(Settings("rules"), (entry,)) for entry in shuffled}
    assert b"".join(apart[entry] for entry in entries) == whole
    assert whole.count(b"statuses\t") == len(samples)


def test_a_file_that_changed_since_the_plan_gives_no_rows(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text(SENTENCE)
    (entry,) = batch.make_plan([path], [], Settings("rules")).entries
    path.write_text(SENTENCE + SENTENCE)
    lines = batch.extract_shard(Settings("rules"), [entry])
    assert [status["reason"] for status in statuses_of(lines)] == ["changed"]
    assert lines.count(b"\n") == 1


# What is refused unread


@pytest.mark.parametrize(
    ("start", "reason"), [("", "too_large"), ("<SEC-DOCUMENT>a.txt\n<DOCUMENT>\n", None)], ids=["page", "submission"]
)
def test_a_file_over_the_size_is_refused_and_a_submission_gets_more(tmp_path, start, reason):
    path = tmp_path / "a.txt"
    path.write_text(start + "x" * 1000)
    (entry,) = batch.make_plan([path], [], Settings(max_size=1000 - (not start))).entries
    assert (entry.refusal and entry.refusal.reason) == reason
    assert entry.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_submission_has_a_size_too(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("<SEC-DOCUMENT>" + "x" * 1000)
    (entry,) = batch.make_plan([path], [], Settings(max_size=100)).entries
    assert "has 1,014 bytes, more than 800; raise --max-size" in entry.refusal.message


def test_a_pipe_is_not_opened(tmp_path):
    os.mkfifo(tmp_path / "pipe.txt")
    (entry,) = batch.make_plan([tmp_path / "pipe.txt"], [], Settings()).entries
    assert "is no plain file" in entry.refusal.message


def test_standard_input_cannot_be_read_again():
    with pytest.raises(BatchError, match="standard input"):
        batch.make_plan(["-"], [], Settings())


def test_a_path_that_leads_nowhere_stands_first(tmp_path, inputs):
    missing = Status("none.txt", None, "error", "not_found", "none.txt: no such file")
    plan = batch.make_plan(sorted(inputs.iterdir()), [missing], Settings())
    assert plan.entries[0] == Entry("none.txt", None, missing)
    run(tmp_path / "out", plan)
    assert records(tmp_path / "out" / "statuses.jsonl")[0]["reason"] == "not_found"


# Processes


@pytest.mark.parametrize("jobs", [1, 3])
def test_the_number_of_processes_changes_no_byte(tmp_path, inputs, jobs):
    run(tmp_path / "inline", make_plan(inputs))
    run(tmp_path / "out", make_plan(inputs), local(jobs=jobs))
    assert digests(tmp_path / "out") == digests(tmp_path / "inline")
    assert multiprocessing.active_children() == []


def test_a_process_that_ends_or_hangs_costs_its_document_only(inputs):
    for number, (text, *_) in enumerate(LOSSES):
        (inputs / f"{2 * number}.txt").write_text(text)
    plan = make_plan(inputs, timeout=1.0)
    shards = dict(local(jobs=2)(plan, plan.shards(), lambda lines: None))
    statuses = [status for number in plan.shards() for status in statuses_of(shards[number])]
    assert [status["file"] for status in statuses] == [entry.file for entry in plan.entries]
    expected = [None] * 7
    for number, (_, reason, said) in enumerate(LOSSES):
        expected[2 * number] = reason
        assert said in statuses[2 * number]["message"]
        assert statuses[2 * number]["sha256"] == plan.entries[2 * number].sha256
    assert [status["reason"] for status in statuses] == expected


def test_a_process_that_is_killed_from_outside_costs_one_document(inputs):
    plan = make_plan(inputs)
    seen = []

    def kill(lines):
        seen.extend(statuses_of(lines))
        if len(seen) == 2:
            for process in multiprocessing.active_children():
                os.kill(process.pid, signal.SIGKILL)

    assert len(dict(local()(plan, plan.shards(), kill))) == len(plan.shards())
    assert [status["file"] for status in seen] == [entry.file for entry in plan.entries]
    assert sum(status["reason"] == "killed" for status in seen) <= 1


def test_a_process_serves_for_a_time_and_another_goes_on(inputs, monkeypatch):
    monkeypatch.setattr(runner, "LIFETIME", 3)
    plan = make_plan(inputs)
    seen = set()
    shards = dict(local()(plan, plan.shards(), lambda lines: seen.update(multiprocessing.active_children())))
    assert b"".join(shards[number] for number in plan.shards()) == obey(plan.settings, plan.entries)
    assert len({process.pid for process in seen}) >= 2


@pytest.mark.parametrize(("work", "said"), [(die, "exit code 7.*fewer --jobs"), (refuse, "holds no model")])
def test_processes_that_never_start_are_one_sentence(inputs, work, said):
    plan = make_plan(inputs)
    with pytest.raises(BatchError, match=said):
        list(local(work)(plan, plan.shards(), lambda lines: None))
    assert multiprocessing.active_children() == []


# One run at a time, and the same run


def test_a_second_run_into_a_folder_is_refused(tmp_path, inputs):
    with batch.open_folder(tmp_path / "out", resume=False), pytest.raises(BatchError, match="another run is writing"):
        run(tmp_path / "out", make_plan(inputs))
    run(tmp_path / "out", make_plan(inputs))


def test_a_lock_file_without_a_process_locks_nothing(tmp_path, inputs):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / storage.LOCK).touch()
    run(tmp_path / "out", make_plan(inputs))
    assert sorted(digests(tmp_path / "out")) == OUTPUTS


def test_without_the_lock_the_second_run_would_not_be_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(fcntl, "flock", lambda handle, kind: None)
    with batch.open_folder(tmp_path / "out", resume=False), batch.open_folder(tmp_path / "out", resume=False):
        pass


def test_a_folder_of_other_files_is_left_alone(tmp_path, inputs):
    before = digests(inputs)
    with pytest.raises(BatchError, match=r"holds other files \(0\.txt\)"):
        run(inputs, make_plan(inputs))
    assert digests(inputs) == before


def test_a_run_goes_on_only_when_asked(tmp_path, inputs):
    run(tmp_path / "out", make_plan(inputs), resume=False)
    before = digests(tmp_path / "out")
    with pytest.raises(BatchError, match="--resume"):
        run(tmp_path / "out", make_plan(inputs), resume=False)
    assert run(tmp_path / "out", make_plan(inputs)) == []
    assert digests(tmp_path / "out") == before


def change(inputs):
    (inputs / "3.txt").write_text("changed\n")


def add(inputs):
    (inputs / "8.txt").write_text("new\n")


# (what is done to the inputs, the settings of the run that would go on, what is said)
OTHERS = [
    (change, {}, "3.txt changed since it was started"),
    (add, {}, r"other inputs \(.*8.txt\)"),
    (None, {"timeout": 60.0}, r"another timeout \(30.0, now 60.0\)"),
    (None, {"max_size": 5_000}, "another max size"),
    (None, {"once": True}, "another once"),
    (None, {"shard_size": 3}, "another shard size"),
]


@pytest.mark.parametrize(("done", "settings", "said"), OTHERS)
@pytest.mark.parametrize("finished", [True, False])
def test_another_run_does_not_go_on(tmp_path, inputs, done, settings, said, finished):
    if finished:
        run(tmp_path / "out", make_plan(inputs))
    else:
        with pytest.raises(KeyboardInterrupt):
            run(tmp_path / "out", make_plan(inputs), stop)
    if done:
        done(inputs)
    before = digests(tmp_path / "out")
    with pytest.raises(BatchError, match=said):
        run(tmp_path / "out", make_plan(inputs, **settings))
    assert digests(tmp_path / "out") == before


def stop(plan, shards, advance):
    """Yield one shard and be interrupted: an engine."""
    yield from inline(plan, shards[:1], advance)
    raise KeyboardInterrupt


def test_another_model_does_not_go_on(tmp_path, inputs):
    run(tmp_path / "out", make_plan(inputs))
    plan = batch.make_plan(sorted(inputs.iterdir()), [], Settings("default", shard_size=2))
    with pytest.raises(BatchError, match="another model"):
        run(tmp_path / "out", plan)


@pytest.mark.parametrize("name", OUTPUTS[1:])
def test_a_finished_run_that_was_changed_is_not_called_finished(tmp_path, inputs, name):
    run(tmp_path / "out", make_plan(inputs))
    with (tmp_path / "out" / name).open("a") as file:
        file.write("more\n")
    with pytest.raises(BatchError, match=f"{name}: is missing or changed"):
        run(tmp_path / "out", make_plan(inputs))


def test_an_interrupted_run_reads_only_what_is_missing(tmp_path, inputs):
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path / "out", make_plan(inputs), stop)
    asked = []

    def count(plan, shards, advance):
        asked.extend(shards)
        yield from inline(plan, shards, advance)

    assert len(run(tmp_path / "out", make_plan(inputs), count)) == 7
    assert asked == [1, 2, 3]


@pytest.mark.parametrize(
    "content", ["", "{}\n", "[1]\n", "half", '{"format": "other/1", "inputs": 0, "outputs": {}}\n']
)
def test_a_manifest_that_is_none_is_refused(tmp_path, inputs, content):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "manifest.jsonl").write_text(content)
    with pytest.raises(BatchError, match=r"manifest\.jsonl"):
        run(tmp_path / "out", make_plan(inputs))


def test_a_damaged_shard_is_found(tmp_path, inputs):
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path / "out", make_plan(inputs), stop)
    (shard,) = (tmp_path / "out" / "shards").iterdir()
    shard.write_bytes(shard.read_bytes()[:-20])
    with pytest.raises(BatchError, match="is damaged; remove it"):
        run(tmp_path / "out", make_plan(inputs))


# Crashes: at every call that changes the disk, with what a loss of power leaves


class Crash(BaseException):
    """The process is gone: nothing of ours runs after it."""


class Disk:
    """The `os` module as the storage sees it: stops at a call, and knows what of the files a loss of power leaves.

    Contents are safe from their fsync on, names from their folder's.
    """

    CALLS = frozenset({"open", "write", "fsync", "replace", "mkdir", "unlink", "close"})

    def __init__(self, stop_at=None, error=Crash, forgets=()):
        self.stop_at, self.error, self.forgets = stop_at, error, forgets
        self.calls, self.contents, self.names, self.handles = 0, {}, {}, set()

    def __getattr__(self, name):
        return partial(self.call, name) if name in self.CALLS else getattr(os, name)

    def call(self, name, *args):
        self.calls += 1
        if self.calls == self.stop_at or (self.stop_at and self.error is Crash and self.calls > self.stop_at):
            if name == "write":
                os.write(args[0], args[1][: len(args[1]) // 2])
            raise self.error
        if name == "fsync":
            return self.keep(Path(f"/proc/self/fd/{args[0]}").resolve())
        result = getattr(os, name)(*args)
        if name == "open":
            self.handles.add(result)
        elif name == "close":
            self.handles.discard(args[0])
        return result

    def end(self):
        """Close what a process that is gone had open, its lock above all."""
        for handle in self.handles:
            os.close(handle)

    def keep(self, path):
        if path.is_dir() and "folder" not in self.forgets:
            self.names[path] = {held: self.contents.get(held.stat().st_ino, b"") for held in path.iterdir()}
        elif path.is_file() and "file" not in self.forgets:
            self.contents[path.stat().st_ino] = path.read_bytes()

    def lose_power(self, folder, *, names):
        """Leave of a folder only what is safe; with `names`, today's names, with what is safe of their contents."""
        safe = {path: content for held in self.names.values() for path, content in held.items()}
        for path in sorted(folder.rglob("*"), reverse=True):
            if names and path.is_file():
                path.write_bytes(self.contents.get(path.stat().st_ino, b""))
            elif not names and path.is_file():
                path.write_bytes(safe[path]) if path in safe else path.unlink()
            elif not names and path not in safe:
                path.rmdir()


def crash(folder, plan, monkeypatch, disk):
    """Run on a disk until it stops; False when the run came to its end."""
    with monkeypatch.context() as patched:
        patched.setattr(storage, "os", disk)
        try:
            run(folder, plan)
        except (Crash, BatchError):
            return True
        finally:
            disk.end()
    return False


def unequal(tmp_path, inputs, monkeypatch, loss, **disk):
    """Return the calls at which a crash and going on leave other files than a run left alone, and the last call."""
    plan = make_plan(inputs)
    run(tmp_path / "whole", plan)
    expected, found, place = digests(tmp_path / "whole"), [], 1
    while True:
        folder = tmp_path / f"out{place}"
        held = Disk(place, **disk)
        stopped = crash(folder, plan, monkeypatch, held)
        if folder.exists() and loss is not None:
            held.lose_power(folder, names=loss)
        went_on = not crash(folder, plan, monkeypatch, Disk())
        if not went_on or digests(folder) != expected:
            found.append(place)
        if not stopped:
            return found, place
        place += 1


@pytest.mark.parametrize("loss", [None, True, False], ids=["kill", "power, names kept", "power, names lost"])
def test_a_run_that_goes_on_after_a_crash_anywhere_gives_the_same_bytes(tmp_path, inputs, monkeypatch, loss):
    found, places = unequal(tmp_path, inputs, monkeypatch, loss)
    assert found == []
    assert places > 40


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.EROFS])
def test_a_disk_that_refuses_anywhere_is_a_sentence_and_costs_nothing_whole(tmp_path, inputs, monkeypatch, number):
    found, places = unequal(tmp_path, inputs, monkeypatch, None, error=OSError(number, os.strerror(number)))
    assert found == []
    assert places > 40


@pytest.mark.parametrize("broken", ["no fsync", "in place"])
def test_a_broken_writer_is_found_out(tmp_path, inputs, monkeypatch, broken):
    if broken == "in place":
        monkeypatch.setattr(storage, "partial", lambda path: path)
    found, _ = unequal(tmp_path, inputs, monkeypatch, True, forgets=("file",) if broken == "no fsync" else ())
    assert found != []


@pytest.mark.parametrize(("forgets", "survives"), [((), True), (("folder",), False), (("file",), False)])
def test_a_finished_run_survives_a_loss_of_power(tmp_path, inputs, monkeypatch, forgets, survives):
    disk = Disk(forgets=forgets)
    assert not crash(tmp_path / "out", make_plan(inputs), monkeypatch, disk)
    before = digests(tmp_path / "out")
    disk.lose_power(tmp_path / "out", names=False)
    assert (digests(tmp_path / "out") == before) == survives


@pytest.mark.parametrize("place", ["file/out", "absent/out", "file"])
def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path, inputs, place):
    (tmp_path / "file").touch()
    with pytest.raises(BatchError, match="name another"):
        run(tmp_path / place, make_plan(inputs))


# The whole way, with spaCy


@pytest.fixture(scope="module")
def filings(tmp_path_factory):
    folder = tmp_path_factory.mktemp("filings")
    for number in range(4):
        (folder / f"{number}.txt").write_text(SENTENCE * (number + 1))
    (folder / "4.txt").write_bytes(b"")
    (folder / "ı-İ.txt").write_text("Of 34 patients, 14 (41.2%) had a partial response to zelnotide.\n")
    return folder


def invoke(*args):
    return CliRunner().invoke(app, ["extract", *map(str, args), "--model", "rules"])


@pytest.fixture(scope="module")
def whole(tmp_path_factory, filings):
    """Return the folder of a run over the filings by two processes."""
    folder = tmp_path_factory.mktemp("whole")
    result = invoke(filings, "-o", folder, "--jobs", 2)
    assert result.exit_code == 1
    message, summary = result.stderr.splitlines()
    assert message == "4.txt: the file is empty."
    assert summary.startswith("6 inputs: 5 with results, 0 without, 1 failed")
    return folder


def test_a_folder_holds_what_a_file_would(tmp_path, filings, whole):
    invoke(filings, "-o", tmp_path / "rows.jsonl")
    assert (whole / "results.jsonl").read_bytes() == (tmp_path / "rows.jsonl").read_bytes()
    assert sorted(digests(whole)) == OUTPUTS
    statuses = records(whole / "statuses.jsonl")
    assert [(status["reason"], bool(status["sha256"])) for status in statuses if status["reason"]] == [("empty", True)]


@pytest.mark.parametrize(
    ("seed", "locale", "zone", "jobs", "shard_size", "shuffled"),
    [
        ("0", "C", "UTC", 1, 100, False),
        ("1", "tr_TR.UTF-8", "Asia/Tokyo", 4, 1, True),
        ("42", "C", "America/New_York", 2, 4, True),
        ("random", "C.UTF-8", "", 1, 2, False),
    ],
)
def test_neither_the_machine_nor_the_way_of_reading_changes_a_byte(
    tmp_path, filings, whole, monkeypatch, seed, locale, zone, jobs, shard_size, shuffled
):
    for name, value in (("PYTHONHASHSEED", seed), ("LC_ALL", locale), ("LANG", locale), ("TZ", zone)):
        monkeypatch.setenv(name, value)
    paths = sorted(filings.iterdir())
    if shuffled:
        random.Random(seed).shuffle(paths)
    invoke(*paths, "-o", tmp_path / "out", "--jobs", jobs, "--shard-size", shard_size)
    for name in OUTPUTS[1:]:
        expected, found = (sorted_lines(folder / name, shuffled) for folder in (whole, tmp_path / "out"))
        assert found == expected
    held = [status["file"] for status in records(tmp_path / "out" / "statuses.jsonl")]
    assert held == [str(path) for path in paths]


def sorted_lines(path, shuffled):
    """Return the lines as they stand, or in an order of their own where the inputs' order was another."""
    lines = path.read_bytes().splitlines(keepends=True)
    return sorted(lines) if shuffled else lines


@pytest.mark.parametrize(
    "options", [["--jobs", 1], ["--resume", "-o", "rows.jsonl"], ["-o", "out", "--jobs", 1, "--status", "s.jsonl"]]
)
def test_options_that_need_a_folder_say_so(filings, options):
    result = invoke(filings, *options)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "-o" in result.stderr
