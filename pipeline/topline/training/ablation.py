"""What more documents, each rule of decoding and each group of features are worth, by cross-validation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from topline.evaluation.scorer import score
from topline.gold import GoldRecord
from topline.relations.decoding import RULES
from topline.relations.view import Ints
from topline.training.crossval import OutOfFold, cross_validate
from topline.training.fit import Settings
from topline.training.samples import Sample

LEVELS = ("value", "endpoint", "cohort", "comparator", "row")
SHARES = (0.25, 0.5, 0.75, 1.0)
HELD = 2  # folds whose documents tell what a group of features is worth: 16 trainings of five take an hour
# Groups of features by the beginnings of their names.
GROUPS = MappingProxyType(
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
        "groups": ("group_",),
        "comparison": ("compared_",),
    }
)
Measure = dict[str, float]


@dataclass(frozen=True, slots=True)
class Bench:
    """What every run here has in common; `settings` are made quick."""

    records: Sequence[GoldRecord]
    samples: Sequence[Sample]
    fold: Ints
    settings: Settings
    jobs: int

    def run(self, settings: Settings, share: float = 1.0, held: int | None = None) -> Measure:
        """Cross-validate with quick settings, all folds or the first `held`, and return F1 of their documents."""
        found = cross_validate(self.samples, self.fold, quick(settings), jobs=self.jobs, share=share, held=held)
        folds = zip(self.records, self.fold.tolist(), strict=True)
        return measure([record for record, k in folds if held is None or k < held], found)


def quick(settings: Settings) -> Settings:
    """Take fewer and larger steps, in a sixth of the time; such figures are to be compared with each other only."""
    return replace(settings, rounds=40, learning_rate=0.25, inner_folds=2)


def measure(records: Sequence[GoldRecord], found: OutOfFold) -> Measure:
    """Return F1 of all documents by level."""
    levels = score(records, found.rows).levels
    tallies = {level: levels[level].tally for level in LEVELS}
    return {level: 2 * t.right / max(1, t.predicted + t.gold) for level, t in tallies.items()}


def learning_curve(bench: Bench) -> Iterator[tuple[str, Measure]]:
    """Yield the scores with shares of the training documents."""
    for share in SHARES:
        yield f"{share:.0%} of the training documents", bench.run(bench.settings, share)


def ablate_rules(bench: Bench, found: OutOfFold) -> Iterator[tuple[str, Measure]]:
    """Yield the scores of the model itself, with all rules of decoding and without each; `found` holds the rows."""
    yield "the model", measure(bench.records, found)
    for rule in RULES:
        yield f"decoding without {rule}", measure(bench.records, replace(found, rows=found.without[rule]))


def ablate_features(bench: Bench) -> Iterator[tuple[str, Measure]]:
    """Yield the scores of quick models with all features, without the second pass, and without each group."""
    yield "quick models", bench.run(bench.settings, held=HELD)
    yield "no second pass", bench.run(replace(bench.settings, second_pass=False), held=HELD)
    for name, prefixes in GROUPS.items():
        yield f"without {name}", bench.run(replace(bench.settings, drop=prefixes), held=HELD)
