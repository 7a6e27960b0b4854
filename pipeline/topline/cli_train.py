"""`topline train`: gold in, a model folder and its cross-validated scores out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

import typer

if TYPE_CHECKING:
    from topline.evaluation.scorer import Scores
    from topline.gold import GoldRecord
    from topline.training.ablation import Measure
    from topline.training.config import Plan
    from topline.training.crossval import OutOfFold
    from topline.training.samples import Sample

# typer reads the annotations at run time and wants Optional spelled out on Python 3.11 with some of its versions.
OptionalPath = Optional[Path]  # noqa: UP045
Texts = Annotated[
    list[Path] | None,
    typer.Option(help="Folder of ID.txt for gold of offsets only; may be given again.", metavar="DIR"),
]


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
    from topline.training.ablation import HELD, Bench, ablate_features, ablate_rules, learning_curve
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
    bench, studies = Bench(records, samples, fold, plan.settings, jobs), {}
    if curve:
        studies["learning curve"] = _print_study("learning curve, all documents", learning_curve(bench))
    if ablate:
        studies["rules"] = _print_study("rules of decoding, all documents", ablate_rules(bench, found))
        studies["features"] = _print_study(f"groups of features, {HELD} folds", ablate_features(bench))
    if output:
        meta = make_meta(plan, records, scores, studies)
        _write_model(output, samples, plan, meta, write_card(meta, f"topline model {output.name}"))


def _read(plan: Plan) -> tuple[list[GoldRecord], list[Sample]]:
    """Read all gold documents; the pipeline's own links play no part."""
    from topline.extraction import load
    from topline.training.documents import read_gold
    from topline.training.samples import make_sample

    records: list[GoldRecord] = []
    samples: list[Sample] = []
    parts: dict[str, slice] = {}
    with _progress("reading gold", None) as tick:
        nlp = load("rules")
        for path, weight in zip(plan.gold, plan.weights, strict=True):
            first = len(records)
            for each in read_gold(nlp, [path], plan.texts):
                records.append(each.record)
                samples.append(make_sample(each.record, each.doc._.document, each.doc._.relations.view, weight))
                tick()
            parts[path.name] = slice(first, len(records))
    for name, part in (("all documents", slice(None)), *parts.items()):
        _print_ceilings(name, records[part], samples[part])
    return records, samples


def _print_ceilings(name: str, records: Sequence[GoldRecord], samples: Sequence[Sample]) -> None:
    """Print how much of the gold is proposed at all: what is not can never be found."""
    from topline.training.samples import ceilings

    shares = (
        f"{role} {held} of {total} ({held / max(1, total):.3f})"
        for role, (held, total) in ceilings(samples, records).items()
    )
    typer.echo(f"proposed, {name}: {', '.join(shares)}")


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


def _print_study(title: str, runs: Iterable[tuple[str, Measure]]) -> dict[str, Measure]:
    """Print each run as it ends: what it leaves out or takes, and its scores."""
    typer.echo(f"\n{title} (F1 out of fold)")
    kept = {}
    for name, levels in runs:
        typer.echo(f"{name:32} " + "  ".join(f"{level} {f1:.3f}" for level, f1 in levels.items()))
        kept[name] = levels
    return kept
