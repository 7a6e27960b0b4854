"""`topline doctor`: what is installed, and what is broken."""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType
from typing import Annotated

import typer

MARKS = MappingProxyType({"ok": "ok", "absent": "--", "broken": "!!"})


def doctor(
    *,
    model: Annotated[str, typer.Option(help="A model's folder, or `default`.", metavar="DIR")] = "default",
    annotations: Annotated[Path, typer.Option(help="Folder of gold, where there is one.", metavar="DIR")] = Path(
        "annotations"
    ),
) -> None:
    """Say which libraries, extras and model are there, whether they hold, and how to mend what does not.

    Exit code 0: topline works, whatever extras are absent; 1: something is broken.
    """
    from topline.doctor import examine
    from topline.outputs import clean

    broken = 0
    for finding in examine(None if model == "default" else model, annotations):
        broken += finding.state == "broken"
        typer.echo(clean(f"{MARKS[finding.state]}  {finding.part:22} {finding.said}"))
    if broken:
        typer.echo(f"{broken} broken", err=True)
        raise typer.Exit(1)
