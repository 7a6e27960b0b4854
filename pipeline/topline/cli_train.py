"""`topline train`: gold in, a model folder and its cross-validated scores out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Optional

import typer

if TYPE_CHECKING:
    from topline.evaluation.scorer import Scores
    from topline.gold import GoldRecord
    from topline.relations.view import Ints
    from topline.training.config import Plan
    from topline.training.crossval import OutOfFold
    from topline.training.samples import Sample

# typer reads the annotations at run time and wants Optional spelled out on Python 3.11 with some of its versions.
OptionalPath = Optional[Path]  # noqa: UP045
Texts = Annotated[
    list[Path] | None,
    typer.Option(help="Folder of ID.txt for gold of offsets only; may be given again.", metavar="DIR"),
]

# Groups of features by the beginnings of their names, for the ablation.
ABLATIONS = MappingProxyType(
    {
        "distance": ("gap", "log_gap", "sentences", "blocks"),
        "clauses": ("same_clause", "clauses", "same_part", "parts"),
        "parentheses": ("value_depth", "target_depth", "target_in_other_paren"),
        "between": ("between_",),
        "beside": ("before_value_", "after_value_", "before_target_", "after_target_"),
        "order": ("value_ordinal", "target_ordinal", "same_ordinal", "same_count", "ordinal_step"),
        "rivals": ("rank", "side_rank", "value_rank", "value_side_rank", "nearest_", "mutual", "gap_to_"),
        "runs": ("value_run", "target_run", "same_run", "aligned"),
        "target": ("target_",),
        "sequence": ("values_", "cohorts_", "endpoints_", "name"),
        "wording": ("worded_",),
        "standing": ("standing_",),
    }
)


def train(
    config: Annotated[Path, typer.Argument(help="A training config, such as configs/default.cfg.", metavar="CONFIG")],
    *,
    output: Annotated[
        OptionalPath, typer.Option("-o", "--output", help="Model folder to write.", metavar="DIR")
    ] = None,
    texts: Texts = None,
    rows: Annotated[
        OptionalPath, typer.Option(help="Write the out-of-fold rows, for `topline report`.", metavar="FILE")
    ] = None,
    jobs: Annotated[int, typer.Option(help="Folds trained at the same time.", min=1)] = 1,
    curve: Annotated[bool, typer.Option("--curve", help="Print a learning curve.")] = False,
    ablate: Annotated[
        bool, typer.Option("--ablate", help="Print what each feature group and decoding rule is worth.")
    ] = False,
) -> None:
    """Cross-validate by document, print the scores of every level, and train on everything."""
    from topline.relations.decoding import RULES
    from topline.training.card import make_meta, write_card
    from topline.training.config import read_plan
    from topline.training.crossval import assign, cross_validate
    from topline.training.documents import families

    plan = read_plan(config, texts or ())
    records, samples = _read(plan)
    fold = assign(families([record.text or "" for record in records]), plan.folds, plan.settings.seed)
    with _progress("cross-validating", plan.folds) as tick:
        found = cross_validate(samples, fold, plan.settings, jobs=jobs, rules=RULES if ablate else (), tick=tick)
    scores = _score(records, samples, found)
    _print(scores, found)
    if rows:
        _write_rows(rows, found)
    if curve:
        _print_curve(records, samples, fold, plan, jobs)
    if ablate:
        _print_ablation(records, samples, fold, plan, jobs, found)
    if output:
        meta = make_meta(plan, records, scores)
        _write_model(output, samples, plan, meta, write_card(meta, f"topline model {output.name}"))


def _read(plan: Plan) -> tuple[list[GoldRecord], list[Sample]]:
    """Read all gold documents; the pipeline's own links play no part."""
    from topline.extraction import load
    from topline.training.documents import read_gold
    from topline.training.samples import ceilings, make_sample

    records, samples = [], []
    with _progress("reading gold", None) as tick:
        for annotated in read_gold(load("rules"), plan.gold, plan.texts):
            records.append(annotated.record)
            samples.append(make_sample(annotated.record, annotated.doc._.document, annotated.doc._.relations.view))
            tick()
    for role, (held, total) in ceilings(samples, records).items():
        typer.echo(f"{role:10} proposed {held} of {total} ({held / max(1, total):.3f})")
    return records, samples


@contextmanager
def _progress(what: str, total: int | None) -> Iterator[Callable[[], None]]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(what, total=total)
        yield lambda: progress.advance(task)


def _score(records: Sequence[GoldRecord], samples: Sequence[Sample], found: OutOfFold) -> dict[str, Scores]:
    """Return the scores of each gold file by itself."""
    from topline.evaluation.scorer import score

    parts: dict[str, list[GoldRecord]] = {}
    for record in records:
        parts.setdefault(Path(record.place.rpartition(":")[0]).name, []).append(record)
    scores = {}
    for name, held in parts.items():
        ids = {f"{record.id}.txt" for record in held}
        scores[name] = score(held, [row for row in found.rows if row["source"]["file"] in ids])
    return scores


def _print(scores: dict[str, Scores], found: OutOfFold) -> None:
    from topline.evaluation.tables import format_scores

    for name, measured in scores.items():
        typer.echo(f"\n{name}, out of fold\n{format_scores(measured)}")
    for role in found.links:
        typer.echo(f"{role:10} expected calibration error {found.reliability(role).error or 0:.3f}")


def _write_rows(path: Path, found: OutOfFold) -> None:
    from topline.gold.files import write_lines

    write_lines(path, list(found.rows))


def _write_model(output: Path, samples: Sequence[Sample], plan: Plan, meta: dict[str, object], card: str) -> None:
    from dataclasses import replace

    from topline.extraction import pipeline_config
    from topline.relations.model_io import write_model
    from topline.training.rows import train as fit_all

    model = replace(fit_all(samples, plan.settings), meta=meta)
    write_model(output, model, card, pipeline_config())
    typer.echo(f"model -> {output}", err=True)


def _row_f1(records: Sequence[GoldRecord], found: OutOfFold) -> str:
    from topline.evaluation.scorer import score

    levels = score(records, found.rows).levels
    shown = []
    for level in ("value", "endpoint", "cohort", "row"):
        tally = levels[level].tally
        shown.append(f"{level} {2 * tally.right / max(1, tally.predicted + tally.gold):.3f}")
    return "  ".join(shown)


def _print_curve(records: Sequence[GoldRecord], samples: Sequence[Sample], fold: Ints, plan: Plan, jobs: int) -> None:
    from topline.training.crossval import cross_validate

    typer.echo("\nlearning curve (F1 out of fold, all documents)")
    for share in (0.25, 0.5, 0.75, 1.0):
        found = cross_validate(samples, fold, plan.settings, jobs=jobs, share=share)
        typer.echo(f"{share:4.0%} of the training documents  {_row_f1(records, found)}")


def _print_ablation(
    records: Sequence[GoldRecord], samples: Sequence[Sample], fold: Ints, plan: Plan, jobs: int, found: OutOfFold
) -> None:
    """Print what each rule of decoding and each group of features is worth; `found` is the run with all of them."""
    from dataclasses import replace

    from topline.training.crossval import cross_validate

    typer.echo("\nablation (F1 out of fold, all documents)")
    typer.echo(f"{'all':28} {_row_f1(records, found)}")
    for rule, rows in found.without.items():
        typer.echo(f"{'decoding without ' + rule:28} {_row_f1(records, replace(found, rows=rows))}")
    runs = {"no second pass": replace(plan.settings, second_pass=False)}
    runs |= {f"without {name}": replace(plan.settings, drop=prefixes) for name, prefixes in ABLATIONS.items()}
    for name, settings in runs.items():
        typer.echo(f"{name:28} {_row_f1(records, cross_validate(samples, fold, settings, jobs=jobs))}")
