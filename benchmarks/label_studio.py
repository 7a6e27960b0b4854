"""Send gold through a real Label Studio and back, and count what comes out identical.

`python benchmarks/label_studio.py GOLD [--texts DIR]` makes a virtual environment of its own, installs Label Studio
there, starts it on loopback with a database in a temporary folder, makes a project with our labeling config, imports
what `topline gold export` wrote, exports JSON, reads it with `topline gold import`, and compares. It is no part of
`.ci/run`: installing takes minutes, and so does the first start. `--screenshot FILE --sample ID` also takes a picture.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import urllib3

from topline.cli import app
from topline.exchange import to_standoff
from topline.gold import GoldRecord, load_gold

USER = "annotator@example.com"
START = 3600  # seconds: the first start migrates an empty database, in minutes on a quiet machine
FIELDS: Mapping[str, Callable[[GoldRecord], Sequence[object]]] = {
    "mentions": lambda record: record.mentions,
    "relations": lambda record: to_standoff(record).relations,
    "results": lambda record: record.results,
    "sizes": lambda record: record.sizes,
}


@dataclass(frozen=True, slots=True)
class Server:
    """A running Label Studio: its address, its user's password and token."""

    url: str
    password: str
    token: str

    def ask(self, method: str, path: str, **more: Any) -> Any:
        """Return the JSON of an answer; anything but success ends the run."""
        answer = urllib3.request(
            method,
            self.url + path,
            headers={"Authorization": f"Token {self.token}", "Content-Type": "application/json"},
            timeout=600,
            retries=False,
            **more,
        )
        if answer.status >= 300:
            sys.exit(f"{method} {path}: Label Studio answers {answer.status}: {answer.data[:500]!r}")
        return answer.json()


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("gold", type=Path, nargs="?", default=Path("annotations/samples.jsonl"))
    parser.add_argument("--texts", type=Path, help="folder of ID.txt for gold of offsets only")
    parser.add_argument("--environment", type=Path, help="virtual environment to use again, or to make and keep")
    parser.add_argument("--version", default="", help="Label Studio's version, such as 1.23.2; else the newest")
    parser.add_argument("--screenshot", type=Path, help="PNG to take of a sample's page")
    parser.add_argument("--sample", default="velorin-8k-2019", help="the document of the picture")
    parser.add_argument("--value", default="7.4 months", help="the value that is chosen in it")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="label-studio-") as name:
        work = Path(name)
        program = install(chosen.environment or work / "environment", chosen.version)
        with serve(program, work) as server:
            sent, back, project = round_trip(server, chosen.gold, chosen.texts, work)
            same = compare(sent, back)
            if chosen.screenshot:
                take_picture(server, project, chosen)
                reduce(program, chosen.screenshot)
    sys.exit(0 if same else 1)


def install(environment: Path, version: str) -> Path:
    """Return Label Studio's program, installed into a virtual environment of its own where it is not there yet."""
    program = environment / "bin" / "label-studio"
    if not program.is_file():
        started = time.monotonic()
        subprocess.run([sys.executable, "-m", "venv", environment], check=True)
        wanted = f"label-studio{f'=={version}' if version else ''}"
        subprocess.run([environment / "bin" / "pip", "install", "--quiet", wanted], check=True)
        print(f"installed in {time.monotonic() - started:.0f} s")
    shown = subprocess.run(
        [environment / "bin" / "pip", "show", "label-studio"], check=True, capture_output=True, text=True
    )
    print(next(line for line in shown.stdout.splitlines() if line.startswith("Version")))
    return program


@contextmanager
def serve(program: Path, work: Path) -> Iterator[Server]:
    """Run Label Studio on loopback, with its database and files in a folder, until the block ends."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Server(f"http://127.0.0.1:{port}", secrets.token_urlsafe(12), secrets.token_hex(20))
    (work / "data").mkdir()
    options = {
        "--port": str(port),
        "--internal-host": "127.0.0.1",
        "--data-dir": str(work / "data"),
        "--username": USER,
        "--password": server.password,
        "--user-token": server.token,
    }
    flags = ["--no-browser", "--enable-legacy-api-token", "--log-level", "WARNING"]
    command = [str(program), "start", *flags, *(word for pair in options.items() for word in pair)]
    quiet = {"COLLECT_ANALYTICS": "false", "LATEST_VERSION_CHECK": "false", "DJANGO_DB": "sqlite"}
    with (work / "server.log").open("wb") as log:
        running = subprocess.Popen(command, stdout=log, stderr=log, env={**os.environ, **quiet, "HOME": str(work)})
        try:
            wait(server, running, work / "server.log")
            yield server
        finally:
            running.terminate()
            running.wait(60)


def wait(server: Server, running: subprocess.Popen[bytes], log: Path) -> None:
    """Return when the server answers; show its log when it does not."""
    started = time.monotonic()
    while time.monotonic() - started < START:
        if running.poll() is not None:
            break
        try:
            if urllib3.request("GET", f"{server.url}/health", timeout=10, retries=False).status == 200:
                print(f"answers after {time.monotonic() - started:.0f} s")
                return
        except urllib3.exceptions.HTTPError:
            pass
        time.sleep(2)
    sys.exit(f"Label Studio does not start:\n{log.read_text(errors='replace')[-3000:]}")


def topline(*words: str | Path) -> None:
    """Run a command of topline."""
    app([str(word) for word in words], standalone_mode=False)


def round_trip(
    server: Server, gold: Path, texts: Path | None, work: Path
) -> tuple[list[GoldRecord], list[GoldRecord], int]:
    """Return the gold as it was sent and as it came back, and the project's number."""
    tasks, config, exported, back = (work / name for name in ("tasks.json", "config.xml", "export.json", "back.jsonl"))
    more = ["--texts", texts] if texts else []
    topline("gold", "export", gold, "-f", "label-studio", "-o", tasks, "--config", config, *more)
    body = json.dumps({"title": "topline", "label_config": config.read_text()})
    project = server.ask("POST", "/api/projects/", body=body)["id"]
    taken = server.ask("POST", f"/api/projects/{project}/import", body=tasks.read_bytes())
    print(f"Label Studio took {taken['task_count']} tasks, {taken['annotation_count']} annotations")
    answer = server.ask("GET", f"/api/projects/{project}/export?exportType=JSON&download_all_tasks=true")
    exported.write_text(json.dumps(answer))
    topline("gold", "import", exported, "-f", "label-studio", "-o", back)
    return load_gold(gold, texts), load_gold(back), project


def compare(sent: Sequence[GoldRecord], back: Sequence[GoldRecord]) -> bool:
    """Print how much came back identical, and return whether all of it did."""
    held = {record.id: record for record in back}
    whole = [record.to_dict() == held[record.id].to_dict() if record.id in held else False for record in sent]
    print(f"documents  {sum(whole)} of {len(sent)} identical")
    for name, parts in FIELDS.items():
        pairs = [(parts(record), parts(held[record.id]) if record.id in held else ()) for record in sent]
        same = sum(part in theirs for ours, theirs in pairs for part in ours)
        print(f"{name:10} {same} of {sum(len(ours) for ours, _ in pairs)} identical")
    return all(whole) and len(back) == len(sent)


def take_picture(server: Server, project: int, chosen: argparse.Namespace) -> None:
    """Take a picture of one document's page in headless Chromium."""
    from playwright.sync_api import sync_playwright

    listed = server.ask("GET", f"/api/tasks?project={project}&page_size=500&fields=all")["tasks"]
    task = next(item["id"] for item in listed if item["data"]["name"] == chosen.sample)
    flags = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path="/usr/bin/chromium", args=flags)
        page = browser.new_page(viewport={"width": 1500, "height": 900})
        page.set_default_timeout(180_000)
        page.goto(f"{server.url}/user/login/")
        page.fill("input[name=email]", USER)
        page.fill("input[name=password]", server.password)
        page.click("[type=submit]")
        page.wait_for_url("**/", wait_until="commit")
        # The page asks its server for news all the time: it is never idle, so wait for what it shows.
        page.goto(f"{server.url}/projects/{project}/data?task={task}", wait_until="commit")
        page.wait_for_selector(".htx-highlight", state="attached")
        page.wait_for_timeout(5000)
        # A value is chosen, so that its kind and n are seen.
        page.locator(".htx-highlight", has_text=chosen.value).first.click()
        page.wait_for_timeout(5000)
        page.screenshot(path=str(chosen.screenshot))
        browser.close()


def reduce(program: Path, picture: Path) -> None:
    """Leave a picture 96 colours, by the Pillow that Label Studio brings: a third of the bytes."""
    code = (
        "import sys; from PIL import Image; name = sys.argv[1]; "
        "Image.open(name).convert('RGB').quantize(96, dither=0).save(name, optimize=True)"
    )
    subprocess.run([program.parent / "python", "-c", code, picture], check=True)


if __name__ == "__main__":
    main()
