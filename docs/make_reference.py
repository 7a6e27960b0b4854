"""Write `reference.md` from the code: `python docs/make_reference.py`. A test says when the page is stale."""

from __future__ import annotations

import dataclasses
import inspect
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
from typer.main import get_command

import topline
from topline import errors, schema
from topline.cli import app
from topline.extraction import Extracted

PAGE = Path(__file__).with_name("reference.md")
RECORDS = (
    "Result",
    "Value",
    "Endpoint",
    "Cohort",
    "Interval",
    "PValue",
    "Check",
    "Verdict",
    "Status",
    "Mention",
    "Link",
)
HEAD = """# Reference

Made from the code by `python docs/make_reference.py`.

- [Commands](#commands)
- [Python](#python)
- [Records](#records)
- [Errors](#errors)
"""


def leaves(command: click.Command, name: str = "topline") -> Iterator[tuple[str, click.Command]]:
    """Yield each command with its full name, groups opened."""
    for part, inner in getattr(command, "commands", {}).items():
        yield from leaves(inner, f"{name} {part}")
    if not hasattr(command, "commands"):
        yield name, command


def words(text: str | None) -> str:
    """Return a text as one line for a table's cell."""
    return re.sub(r"\s+", " ", text or "").replace("|", "\\|").strip()


def spelled(parameter: Any) -> str:
    """Return a parameter as it is written, with the word for its value."""
    if parameter.param_type_name == "argument":
        word = f"{parameter.metavar or parameter.name.upper()}{'...' if parameter.nargs != 1 else ''}"
        return word if parameter.required else f"[{word}]"
    names = ", ".join([*parameter.opts, *parameter.secondary_opts])
    return names if parameter.is_flag else f"{names} {parameter.metavar or 'PATH'}"


def default(parameter: Any) -> str:
    """Return what holds when an option is left out."""
    if parameter.required:
        return "must be given"
    plain = parameter.default is None or isinstance(parameter.default, bool) or callable(parameter.default)
    return "" if plain or parameter.default in ((), []) else f"`{parameter.default}`"


def command_part(name: str, command: click.Command) -> str:
    """Return a command's part of the page."""
    parameters = [parameter for parameter in command.params if parameter.name != "help"]
    said = inspect.cleandoc(command.help or "")
    arguments = [spelled(parameter) for parameter in parameters if parameter.param_type_name == "argument"]
    rows = [f"| `{words(spelled(p))}` | {words(p.help)} | {default(p)} |" for p in parameters]  # type: ignore[attr-defined]
    table = "\n".join(["| | | default |", "|---|---|---|", *rows]) + "\n" if rows else ""
    return f"### `{' '.join([name, *arguments])}`\n\n{said}\n\n{table}"


def signature(name: str, function: Any) -> str:
    """Return a function's part of the page; what it prints in examples is run as a doctest."""
    said = inspect.cleandoc(function.__doc__ or "")
    prose, _, rest = said.partition(">>> ")
    examples, _, raises = rest.partition("Raises:")
    shown = f"\n```python\n>>> {examples.strip()}\n```\n" if rest else ""
    raised = "\n".join(f"- raises `{line.strip().replace(': ', '`: ', 1)}" for line in raises.strip().splitlines())
    return f"### `topline.{name}{inspect.signature(function)}`\n\n{prose.strip()}\n{shown}\n{raised}\n"


def record_part(name: str) -> str:
    """Return a record's part of the page: its sentence and its fields."""
    record = getattr(schema, name)
    said = inspect.cleandoc(record.__doc__)
    rows = [f"| `{field.name}` | `{words(str(field.type))}` |" for field in dataclasses.fields(record) if field.init]
    return "\n".join([f"### `{name}`\n\n{said}\n", "| field | type |", "|---|---|", *rows, ""])


def reference() -> str:
    """Return the page."""
    general = "`topline --version` prints the version, `topline --install-completion` and `topline --show-completion`\n"
    general += "give completion in the shell, `topline COMMAND --help` all about a command."
    tree = inspect.cleandoc(errors.__doc__ or "")
    return "\n".join(
        [
            HEAD,
            f"## Commands\n\n{general}\n",
            *(command_part(name, command) for name, command in leaves(get_command(app))),
            "## Python\n",
            *(signature(name, getattr(topline, name)) for name in ("extract", "load", "to_frame")),
            f"### `Extracted`\n\n{inspect.cleandoc(Extracted.__doc__ or '')} It is a sequence of its rows.\n",
            "## Records\n\nAs they stand in `topline.schema`; `topline schema` prints the JSON Schema of a row.\n",
            *(record_part(name) for name in RECORDS),
            f"## Errors\n\n```text\n{tree}\n```\n",
        ]
    )


if __name__ == "__main__":
    PAGE.write_text(reference(), encoding="utf-8")
    sys.stderr.write(f"{PAGE.name} written\n")
