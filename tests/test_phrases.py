"""Stretches that may say what was measured: each row marks them with brackets of its own, `{like this}`."""

import re

import pytest

from topline.mentions.phrases import match
from topline.schema import Mention


def unmark(marked: str) -> tuple[str, list[str], list[Mention]]:
    """Return the bare text, the phrases in braces, and the taken stretches in angle brackets."""
    text, phrases, taken, start = "", [], [], 0
    for piece in re.split(r"([{}<>])", marked):
        if piece in ("{", "<"):
            start = len(text)
        elif piece == "}":
            phrases.append(text[start:])
        elif piece == ">":
            taken.append(Mention(start, len(text), "TAKEN"))
        else:
            text += piece
    return text, phrases, taken


@pytest.mark.parametrize(
    "marked",
    [
        "<41%> of <patients on velotinib> {achieved normalization of CRP levels}.",
        "{Pain relief} was reported by <41%>.",
        # words that say nothing of what was measured
        "{Pain relief} was seen in <41%> of participants, and achieved the {same pain}.",
        "{Relief of pain in runners} was <41%>.",
        # cut at punctuation, auxiliaries, articles and conjunctions
        "{Pain relief}, {sleep quality} and {mood improved} by <41%>.",
        "{Pain relief} ({least squares}) was <41%>.",
        # ... but a long form and its abbreviation are one
        "{Pain relief (NRS)} was <41%>.",
        "{Pain relief} ({NRS score}) was <41%>.",
        "{Pain relief} – {NRS} – was <41%>.",
        "the {rate of relapse} and the {time to relapse}",
        # ... but not at a hyphen inside a word or a decimal point
        "{event-free survival} was <41%>.",
        "{ACR20 response} in <41%>.",
        # a grade stays whole: "or" parts two phrases, not two grades
        "{Grade 3 or higher bleeding} or {bruising} in <41%>; {grade 3 or 4 rash} in <3%> or <5%>.",
        # function words at the edges fall off, inside they stay
        "of {change from baseline in weight} from <4 kg>",
        # what says nothing of what was measured is no phrase
        "The hazard ratio was <0.72>.",
        "The analysis was highly significant (<p=0.02>).",
        "In <41%>, of the.",
        "Primary {hazard of relapse} was <0.72>.",
        # nothing overlaps what is taken
        "{Relief} <at Week 12> {lasting}",
        "<41%><60 patients>",
        "",
    ],
)
def test_phrases_of_a_sentence(marked):
    text, phrases, taken = unmark(marked)
    assert [text[m.start : m.end] for m in match(text, 0, len(text), taken)] == phrases


def test_only_the_sentence_is_read():
    text = "Pain relief was good. Sleep quality was better. Mood improved."
    start, end = text.index("Sleep"), text.index(" Mood")
    assert [text[m.start : m.end] for m in match(text, start, end, [])] == ["Sleep quality", "better"]


def test_a_mention_over_the_sentences_edge_cuts_only_inside():
    text = "Pain relief 41% Sleep quality"
    start = text.index("1%")
    taken = [Mention(text.index("41"), text.index(" Sleep"), "PERCENT")]
    assert [text[m.start : m.end] for m in match(text, start, len(text), taken)] == ["Sleep quality"]


def test_every_phrase_has_the_label_and_no_code():
    (found,) = match("Pain relief", 0, 11, [])
    assert (found.label, found.code, found.quantity) == ("PHRASE", None, None)
