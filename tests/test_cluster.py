"""A Dask cluster: a real scheduler and two real workers on the loopback, one of which is killed on the way."""

from __future__ import annotations

import builtins
import gzip
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import psutil
import pytest
from batch_work import hold, obey, refuse
from test_batch import SENTENCE, digests, make_plan, run
from typer.testing import CliRunner
from zip_rows import Member, zipped

from topline import batch
from topline.batch import cluster as batch_cluster
from topline.batch import remote
from topline.batch.cluster import connect, refuse_strangers, run_dask
from topline.batch.remote import Reading, make_probe, read_shard
from topline.batch.shards import statuses_of
from topline.cli import app
from topline.errors import BatchError

pytestmark = pytest.mark.cluster
NO_PAGE = ("--no-dashboard", "--dashboard-address", "127.0.0.1:0")
ENVIRONMENT = {
    "PYTHONPATH": str(Path(__file__).parent),  # where the workers find `batch_work`
    "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "1",
    "DASK_DISTRIBUTED__SCHEDULER__WORK_STEALING": "False",
}


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start a scheduler and two workers with nannies, and yield the address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"tcp://127.0.0.1:{port}"
    folder = tmp_path_factory.mktemp("elsewhere")
    scheduler = ["scheduler", "--host", "127.0.0.1", "--port", str(port), *NO_PAGE]
    worker = ["worker", address, "--nthreads", "1", "--host", "127.0.0.1", *NO_PAGE]
    with ExitStack() as stack:
        patched = stack.enter_context(pytest.MonkeyPatch.context())
        for name in ("CONNECT", "PATIENCE"):
            patched.setattr(batch_cluster, name, 200.0)  # a machine that is busy is no reason to fail
        for command in (scheduler, worker, worker):
            stack.callback(_end, _dask(command, folder))
        yield address


def _dask(command: list[str], folder: Path) -> subprocess.Popen[bytes]:
    """Start a part of the cluster, in a folder that is not the run's."""
    with (folder / f"{time.monotonic_ns()}.log").open("wb") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "dask", *command], env=os.environ | ENVIRONMENT, cwd=folder, stdout=log, stderr=log
        )


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@pytest.fixture
def inputs(tmp_path: Path) -> Path:
    folder = tmp_path / "inputs"
    folder.mkdir()
    for number in range(9):
        (folder / f"{number}.txt").write_text(f"text {number}\n")
    return folder


def worker_processes(address: str) -> dict[str, int]:
    with ExitStack() as stack:
        return connect(stack, address, None).run(os.getpid)


def test_a_killed_worker_costs_nothing_and_a_poison_document_itself(
    cluster: str, tmp_path: Path, inputs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (inputs / "1.txt").write_text("kill")
    (inputs / "4.txt").write_text("hang")
    monkeypatch.chdir(tmp_path)
    plan = make_plan(Path("inputs"), timeout=4.0)
    run(tmp_path / "local", plan, partial(batch.run_local, work=hold, jobs=2))
    victims = list(worker_processes(cluster).values())
    seen = []

    def engine(plan, shards, advance):
        for answer in run_dask(plan, shards, advance, address=cluster, work=hold):
            if not seen:
                os.kill(victims[0], signal.SIGKILL)
            seen.append(answer[0])
            yield answer

    run(tmp_path / "dask", plan, engine)
    assert sorted(seen) == list(plan.shards())
    assert digests(tmp_path / "dask") == digests(tmp_path / "local")
    statuses = list(batch.read_statuses(tmp_path / "dask"))
    assert [status.reason for status in statuses if status.reason] == ["killed", "timeout"]
    assert victims[0] not in worker_processes(cluster).values()


def test_a_document_that_ends_dask_workers_costs_itself_only(cluster: str, inputs: Path) -> None:
    (inputs / "3.txt").write_text("kill all")
    plan = make_plan(inputs, shard_size=3)
    shards = dict(run_dask(plan, plan.shards(), lambda lines: None, address=cluster, work=obey))
    statuses = [status for number in plan.shards() for status in statuses_of(shards[number])]
    assert [status["reason"] for status in statuses] == [None] * 3 + ["killed"] + [None] * 5
    assert [status["file"] for status in statuses] == [entry.file for entry in plan.entries]
    assert "with each Dask worker that read it" in statuses[3]["message"]


def invoke(*args: object):
    return CliRunner().invoke(app, ["extract", *map(str, args), "--model", "rules", "--shard-size", "2"])


def test_the_command_gives_the_bytes_of_a_local_run_and_goes_on_with_one(
    cluster: str, tmp_path: Path, inputs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        (inputs / f"{number}.txt").write_text(SENTENCE * (number + 1))
    (inputs / "9.txt.gz").write_bytes(gzip.compress(SENTENCE.encode()))
    (inputs / "a.zip").write_bytes(zipped([Member(b"b/c.txt"), Member(b"../d.txt")]))
    monkeypatch.chdir(tmp_path)  # the workers were started elsewhere
    assert invoke("inputs", "-o", "local", "--jobs", 1).exit_code == 1  # a name climbs

    def stop(plan, shards, advance, **options):
        yield from run_local(plan, shards[:2], advance)
        raise BatchError("stopped")

    run_local = batch.run_local
    with monkeypatch.context() as patched:
        patched.setattr(batch, "run_local", stop)
        assert "stopped" in str(invoke("inputs", "-o", "out", "--jobs", 1).exception)
    assert len(list((tmp_path / "out" / "shards").iterdir())) == 2
    result = invoke("inputs", "-o", "out", "--dask", cluster, "--resume")
    assert (result.exit_code, result.stdout) == (1, "")
    assert digests(tmp_path / "out") == digests(tmp_path / "local")
    *_, packed, climbing, member = batch.read_statuses(tmp_path / "out")
    assert (packed.status, climbing.reason, member.status) == ("results", "unsafe_name", "results")


def test_a_cluster_of_this_process(tmp_path: Path, inputs: Path) -> None:
    (inputs / "2.txt").write_text("exit")
    plan = make_plan(inputs)
    run(tmp_path / "local", plan, partial(batch.run_local, work=obey))
    run(tmp_path / "dask", plan, partial(run_dask, address="local", jobs=2, work=obey))
    assert digests(tmp_path / "dask") == digests(tmp_path / "local")
    assert remote.idle_children(Reading(plan.settings, os.getcwd(), obey)) == []


def test_no_port_is_open_to_other_machines() -> None:
    with ExitStack() as stack:
        client = connect(stack, "local", 1)
        assert client.submit(sum, [1, 2]).result() == 3
        held = [one.laddr.ip for one in psutil.Process().net_connections() if one.status == psutil.CONN_LISTEN]
    assert set(held) == {"127.0.0.1"}


def test_a_thread_loads_the_model_once(inputs: Path) -> None:
    plan = make_plan(inputs)
    reading = Reading(plan.settings, os.getcwd(), obey)
    processes = set()
    for number in plan.shards():
        read_shard(reading, plan.shard(number))
        processes |= {worker.process.pid for worker in remote.idle_children(reading)}
    assert len(processes) == 1
    (worker,) = remote.idle_children(reading)
    worker.process.kill()
    worker.process.join()  # while it waits: the next shard finds it gone and loses nothing
    lines, unseen = read_shard(reading, plan.shard(0))
    assert (lines, unseen) == (obey(plan.settings, plan.shard(0)), [])
    remote.end_children(reading)


# --- what is refused --------------------------------------------------------------------------------------------------
def refused(engine, plan) -> str:
    with pytest.raises(BatchError) as caught:
        dict(engine(plan, plan.shards(), lambda lines: None))
    return str(caught.value)


def test_a_model_that_is_refused_is_one_sentence(cluster: str, inputs: Path) -> None:
    assert "holds no model" in refused(partial(run_dask, address=cluster, work=refuse), make_plan(inputs))


def test_inputs_that_workers_do_not_see_stop_the_run(inputs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = make_plan(inputs)
    (inputs / "0.txt").unlink()  # gone for all: a status, as in a local run
    shards = dict(run_dask(plan, [0], lambda lines: None, address="local", jobs=1))
    assert next(status["reason"] for status in statuses_of(shards[0])) == "unreadable"
    (inputs / "0.txt").write_text("text 0\n")
    monkeypatch.setattr(batch_cluster, "read_shard", lambda reading, entries: (b"", [entries[0].file]))
    said = refused(partial(run_dask, address="local", jobs=1), plan)
    assert said.startswith(f"{inputs / '0.txt'}: a Dask worker does not see it")


@pytest.mark.parametrize(
    ("there", "said"),
    [
        (None, "topline is not installed there"),
        (("0.0.9", "rules"), r"topline 0\.0\.9 is installed there"),
        ((make_probe("rules")()[0], "other"), "the model there is another one"),
    ],
)
def test_strangers_are_refused(there, said: str, inputs: Path) -> None:
    class Client:
        def wait_for_workers(self, count, timeout):
            pass

        def run_on_scheduler(self, probe):
            return probe()

        def run(self, probe):
            return {"tcp://1.2.3.4:5": probe(), "tcp://1.2.3.4:6": there}

    with pytest.raises(BatchError, match=rf"^tcp://1\.2\.3\.4:6: {said}"):
        refuse_strangers(Client(), Reading(make_plan(inputs).settings, "."))  # type: ignore[arg-type]


def test_a_machine_without_topline_can_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    probe = make_probe("rules")
    real = builtins.__import__

    def fail(name, *args, **kwargs):
        if name.startswith("topline"):
            raise ModuleNotFoundError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", fail)
    assert probe() is None


def test_without_a_scheduler(inputs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_cluster, "CONNECT", 1.0)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{probe.getsockname()[1]}"
    said = refused(partial(run_dask, address=address), make_plan(inputs))
    assert said.startswith(f"--dask {address}: no scheduler answers")


def test_without_dask(inputs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    said = refused(partial(run_dask, address="local"), make_plan(inputs))
    assert said == "--dask needs Dask; install it with: pip install 'topline[dask]'"


def test_jobs_are_not_for_a_cluster(tmp_path: Path, inputs: Path) -> None:
    result = invoke(inputs, "-o", tmp_path / "out", "--dask", "tcp://127.0.0.1:1", "--jobs", 2)
    assert result.exit_code == 2
    assert "--jobs" in result.stderr
