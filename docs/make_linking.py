"""Draw the examples of `linking.md` from the code, between its marks: `python docs/make_linking.py`.

The links are those of `--model rules`, which no training moves. A test says when the page is stale.
"""

from __future__ import annotations

import re
import sys
import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

import topline
from topline.relations import rules
from topline.relations.candidates import Pairs
from topline.relations.scoring import propose
from topline.relations.view import View
from topline.schema import Result

PAGE = Path(__file__).with_name("linking.md")
BEST = 4  # candidates that are drawn of each value
EXAMPLES: Mapping[str, str] = MappingProxyType(
    {
        "sentence": "The objective response rate was 31.8% in the 66 women on the combination and 16.9% in the 65 "
        "women on capecitrine.",
        "groups": "The objective response rate was 40.3% in Cohort A (n=62) and 22.0% in Cohort B (n=41). Median "
        "progression-free survival was 7.4 months in Cohort A.",
        "table": "| Event | ALD-2171 (N=65) | Placebo (N=63) |\n|---|---|---|\n| Diarrhea | 44 (67.7%) | 26 (41.3%) |\n"
        "| Rash | 18 (27.7%) | 9 (14.3%) |\n",
    }
)
MARK = re.compile(r"<!-- drawn: (\w{1,20}) -->\n```text\n[^`]*+```\n")


def draw(text: str) -> str:
    """Return the drawing of a text: the text, and each result's best candidates with their scores and the row."""
    doc = topline.load("rules")(text)
    view: View = doc._.relations.view
    candidates = propose(view)
    scores = rules.score(view, candidates)
    rows = {row.value.start: row for row in doc._.results}
    lines = [*textwrap.wrap(text, 110, replace_whitespace=False), ""] if "\n" not in text else [text]
    for value, p in zip(candidates.values.tolist(), scores.result.tolist(), strict=True):
        mention = view.mentions[value]
        row = rows.get(mention.start)
        if row is None:  # a size or a count that belongs to another value
            continue
        lines.append(f"{text[mention.start : mention.end]}  a result: {p:.2f}")
        lines += options("endpoint", view, candidates.endpoint, scores.endpoint.tolist(), value)
        lines += options("cohort", view, candidates.cohort, scores.cohort.tolist(), value)
        lines += [f"  => {told(row)}", ""]
    return "\n".join(lines).rstrip()


def options(role: str, view: View, pairs: Pairs, scores: list[float], value: int) -> Iterator[str]:
    """Yield a line for each of a value's best candidates of a role, the best first."""
    pairs_of = zip(pairs.value.tolist(), pairs.target.tolist(), scores, strict=True)
    found = sorted(((p, target) for held, target, p in pairs_of if held == value), reverse=True)
    for number, (p, target) in enumerate(found[:BEST]):
        mention = view.mentions[target]
        bar = "#" * round(p * 10)
        quote = view.text[mention.start : mention.end].replace("\n", " ")
        yield f"  {role if number == 0 else '':9} {p:.2f} {bar:10} {quote}"


def told(row: Result) -> str:
    """Return a row's fields in a line."""
    cohort = row.cohort
    said = [
        row.value.text,
        row.endpoint.text if row.endpoint else "no endpoint",
        cohort.text if cohort else "no cohort",
    ]
    said += [f"n={cohort.n}"] if cohort and cohort.n else []
    return " | ".join(said + ([row.where] if row.where not in ("prose", "") else []))


def drawn(page: str) -> str:
    """Return the page with its drawings made anew."""
    return MARK.sub(lambda found: f"<!-- drawn: {found[1]} -->\n```text\n{draw(EXAMPLES[found[1]])}\n```\n", page)


if __name__ == "__main__":
    PAGE.write_text(drawn(PAGE.read_text("utf-8")), encoding="utf-8")
    sys.stderr.write(f"{PAGE.name} drawn\n")
