"""Verdicts on primary endpoints drawn for a terminal: a line each, in red where words and numbers disagree."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.text import Text

from topline.outputs import clean
from topline.schema import Quote, Verdict

LONGEST = 60  # characters of an endpoint's name or a quote


def verdict_lines(verdicts: Iterable[Verdict]) -> Iterator[Text]:
    """Yield a line for each verdict: the endpoint, what the words say, what the numbers say, with their quotes."""
    for verdict in verdicts:
        name = _short(verdict.endpoint.text) if verdict.endpoint else "not named"
        trial = f" ({_short(verdict.trial)})" if verdict.trial else ""
        words = f"by the words {_said(verdict.words, verdict.words_quote)}"
        numbers = f"by p-value or interval {_said(verdict.numbers, verdict.numbers_quote)}"
        drawn = Text(f"primary endpoint{trial}: {name}; {words}; {numbers}")
        yield drawn.append("; conflict", "bold red") if verdict.conflict else drawn


def _said(verdict: str, quote: Quote | None) -> str:
    return verdict.replace("_", " ") + (f" (“{_short(quote.text)}”)" if quote is not None else "")


def _short(text: str) -> str:
    """Return filing text in one line, as it can be drawn."""
    words = " ".join(clean(text, "\n\t").split())
    return words if len(words) <= LONGEST else f"{words[: LONGEST - 1]}…"
