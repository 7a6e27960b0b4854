import subprocess
import sys
from importlib import metadata, resources
from pathlib import Path

import pytest
from typer.main import get_command

from topline import __version__
from topline.cli import app

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"
START = "<!-- commands: `python tests/test_packaging.py` prints this part -->\n"
END = "<!-- end of commands -->"


def leaves(command, name="topline"):
    """Yield each command with its full name, groups opened."""
    for part, inner in getattr(command, "commands", {}).items():
        yield from leaves(inner, f"{name} {part}")
    if not hasattr(command, "commands"):
        yield name, command


def usage(command):
    """Return a command's arguments as they are written."""
    said = []
    for parameter in command.params:
        if parameter.param_type_name == "argument":
            word = f"{parameter.metavar or parameter.name.upper()}{'...' if parameter.nargs != 1 else ''}"
            said.append(word if parameter.required else f"[{word}]")
    return " ".join(said)


def options(command):
    return [parameter for parameter in command.params if parameter.param_type_name == "option"]


def spelled(option):
    """Return an option as it is written, with the word for its value."""
    names = ", ".join([*option.opts, *option.secondary_opts])
    return names if option.is_flag else f"{names} {option.metavar or 'PATH'}"


def reference():
    """Return the README's part about commands."""
    said = ["`topline --version` prints the version, `topline COMMAND --help` all about a command.\n"]
    for name, command in leaves(get_command(app)):
        said.append(f"**`{' '.join(filter(None, (name, usage(command))))}`**  ")
        said.append(command.help.strip().split("\n\n")[0].replace("\n", " "))
        said += [f"- `{spelled(option)}` {option.help}" for option in options(command) if option.name != "help"]
        said.append("")
    return "\n".join(said)


COMMANDS = list(leaves(get_command(app)))


@pytest.mark.parametrize(("name", "command"), COMMANDS, ids=[name for name, _ in COMMANDS])
def test_every_command_argument_and_option_has_help(name, command):
    assert command.help
    assert [parameter.name for parameter in command.params if not parameter.help] == []


def test_the_readme_lists_every_command_and_option():
    held = README.read_text().partition(START)[2].partition(END)[0]
    assert held.strip() == reference().strip(), "put in what `python tests/test_packaging.py` prints"


def test_ci_runs_the_two_commands_of_the_readme():
    printed = subprocess.run([ROOT / ".ci" / "run", "--commands"], capture_output=True, check=True, text=True).stdout
    blocks = [part.split("```")[0] for part in README.read_text().split("```sh\n")[1:]]
    assert len(blocks) == 2
    assert printed == "".join(blocks)
    script = (ROOT / ".ci" / "run").read_text()
    assert [name for name in ("run", "test") if f"\nrun_readme_command {name}\n" not in script] == []


def test_the_files_that_the_readme_names_are_there():
    named = ["annotations/GUIDELINES.md", "annotations/samples/velorin-8k-2019.htm", "requirements.lock", "LICENSE"]
    assert [name for name in named if name not in README.read_text() or not (ROOT / name).is_file()] == []


def test_configs_and_models_are_found_as_data():
    assert "[nlp]" in resources.files("topline.configs").joinpath("default.cfg").read_text()
    assert resources.files("topline.models").joinpath("default").is_dir()


def test_the_installed_version_is_the_packages():
    assert metadata.version("topline") == __version__


@pytest.mark.parametrize("group", ["console_scripts", "spacy_factories", "spacy_tokenizers"])
def test_entry_points_lead_to_functions(group):
    points = [point for point in metadata.entry_points(group=group) if point.value.startswith("topline.")]
    assert points
    assert all(callable(point.load()) for point in points)


def test_the_lock_names_no_address_and_hashes_everything():
    lock = (ROOT / "requirements.lock").read_text()
    assert "://" not in lock
    pinned = [line for line in lock.splitlines() if "==" in line]
    assert len(pinned) > 30
    assert lock.count("\\\n") >= len(pinned)
    assert [line for line in pinned if not line.endswith("\\")] == []


if __name__ == "__main__":
    sys.stdout.write(reference() + "\n")
