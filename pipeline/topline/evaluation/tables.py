"""Scores and differences as text for the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from topline.evaluation.diff import Change
from topline.evaluation.scorer import Scores
from topline.evaluation.statistics import Figure, Interval95, Tally

LevelTallies = Mapping[str, Mapping[str, Tally]]


def format_scores(scores: Scores, *, documents: bool = False) -> str:
    """Return the scores as aligned tables; one line a document when asked."""
    parts = [_levels("level", scores.levels)]
    if scores.mentions:
        parts.append(_levels("mentions", scores.mentions))
    parts += [_groups("kind of value", scores.by_kind), _groups("where", scores.by_where)]
    if documents:
        parts.append(_groups("document", scores.by_document))
    parts += [_outcomes(scores), _fixing(scores)]
    return "\n\n".join(parts)


def format_changes(changes: Sequence[Change]) -> str:
    """Return the changes between two runs, one block a document, and their counts."""
    lines: list[str] = []
    for number, change in enumerate(changes):
        if number == 0 or changes[number - 1].document != change.document:
            lines.append(change.document)
        trend = f"  ({change.trend})" if change.trend else ""
        lines.append(f"  {change.state:8}{change.start:>7}  {change.value!r}{trend}")
        lines += [f"{'':19}{name}: {old} -> {new}" for name, old, new in change.fields]
    return "\n".join([*lines, _change_counts(changes)])


def grid(rows: Iterable[Sequence[str]], left: int = 1) -> str:
    """Return rows of cells as aligned lines: the first `left` columns to the left, the others to the right."""
    held = [tuple(row) for row in rows]
    widths = [max(len(row[column]) for row in held) for column in range(len(held[0]))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if column < left else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in held
    )


def decimal(figure: float | None) -> str:
    """Return a share in three decimals; a dash when it is undefined."""
    return "–" if figure is None else f"{figure:.3f}"


def _levels(title: str, figures: Mapping[str, Figure]) -> str:
    """Return the table of levels."""
    head = (title, "right", "predicted", "gold", "precision", "recall", "F1", "95 % interval of F1")
    return grid([head, *(_level(name, figure) for name, figure in figures.items())])


def _level(name: str, figure: Figure) -> tuple[str, ...]:
    """Return one line of the table of levels."""
    return (name, *_cells(figure.tally), _interval(figure.intervals["f1"]))


def _cells(tally: Tally) -> tuple[str, ...]:
    """Return counts and figures as cells."""
    counts = (tally.right, tally.predicted, tally.gold)
    return (*map(str, counts), decimal(tally.precision), decimal(tally.recall), decimal(tally.f1))


def _interval(interval: Interval95 | None) -> str:
    """Return an interval as a cell."""
    return f"{interval.low:.3f} – {interval.high:.3f}" if interval else "–"


def _groups(title: str, groups: LevelTallies) -> str:
    """Return the table of value and row figures by group."""
    head = (title, "gold", "predicted", "value F1", "row P", "row R", "row F1")
    return grid([head, *_group_lines(groups)])


def _group_lines(groups: LevelTallies) -> Iterator[tuple[str, ...]]:
    """Yield one line for each group."""
    for name, tallies in groups.items():
        value, row = tallies["value"], tallies["row"]
        figures = (value.f1, row.precision, row.recall, row.f1)
        yield (name, str(row.gold), str(row.predicted), *map(decimal, figures))


def _outcomes(scores: Scores) -> str:
    """Return the table of outcomes and what putting each right is worth."""
    head = ("outcome", "gold", "predicted", "worth in row F1")
    return grid(
        [
            head,
            *(
                (kind, str(worth.gold), str(worth.predicted), _gain(kind, worth.gain))
                for kind, worth in scores.outcomes.items()
                if worth.gold or worth.predicted
            ),
        ]
    )


def _gain(kind: str, gain: float | None) -> str:
    """Return a gain as a cell."""
    if kind == "correct":
        return ""
    return "–" if gain is None else f"{gain:+.3f}"


def _fixing(scores: Scores) -> str:
    """Return row F1 if one thing were right everywhere, and the calibration error."""
    lines = [("row F1", ""), *((name, decimal(f1)) for name, f1 in scores.fixing.items())]
    error = scores.reliability.error
    return grid([*lines, ("expected calibration error", decimal(error))])


def _change_counts(changes: Sequence[Change]) -> str:
    """Return one line of counts."""
    states = [f"{sum(change.state == state for change in changes)} {state}" for state in ("added", "lost", "changed")]
    trends = [f"{sum(change.trend == trend for change in changes)} {trend}" for trend in ("nearer", "farther")]
    judged = any(change.trend for change in changes)
    return ", ".join(states) + (f"; {', '.join(trends)}" if judged else "")
