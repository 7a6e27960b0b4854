"""Segmentation: tokens around numbers, and sentences over blocks, abbreviations and page breaks."""

import json

import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.tokenizer import Tokenizer

from topline.schema import Block, Document, Source
from topline.segmentation import Segmentation, create_tokenizer, make_doc, make_segmentation, sentence_starts


@pytest.fixture(scope="module")
def nlp():
    nlp = spacy.blank("en")
    nlp.tokenizer = create_tokenizer()(nlp)
    return nlp


@pytest.mark.parametrize(
    "spaced",
    [
        "n = 54",
        "( n = 107 )",
        "p < 0.001",
        "HR = 0.62",
        "10 mg / kg",
        "2 µg / kg",
        "50 mg",
        "≥ 50",
        "< 0.5 %",
        "~ 100 x",
        "39.3 % ( 1 )",
        "16 / 20",
        "12 – 18",
        "2 : 1",
        "0.31 - 0.55",
        "[ 4.0 - 11.7 ]",
        "( 8 )",
        "100 % ; n = 20",
        "vs. 4 %",
        "12 - week",
        # counter-examples: names keep their digits, signs their numbers, addresses their dots
        "COVID-19",
        "IL-23",
        "-1.21 %",
        "and/or",
        "U.S.",
        "https://example.org/a?b=1",
    ],
)
def test_numbers_become_tokens(nlp, spaced):
    assert [token.text for token in nlp.make_doc(spaced.replace(" ", ""))] == spaced.split()


PIECES = ["Inc.", "U.S.", "(a)", "n=54", " ", "  ", "\n", "\n\n", " \n \n ", "don't", "12-week", "p<0.05.", "\t", "a"]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join))
def test_stretches_give_the_tokens_of_the_whole(text):
    nlp = spacy.blank("en")
    nlp.tokenizer = TOKENIZER
    whole = Tokenizer.__call__(TOKENIZER, text)
    parts = nlp.make_doc(text)
    assert parts.text == text
    assert [(t.text, t.whitespace_, t.norm_) for t in parts] == [(t.text, t.whitespace_, t.norm_) for t in whole]


TOKENIZER = create_tokenizer()(spacy.blank("en"))


@pytest.mark.parametrize(
    "marked",
    [
        "The trial met its endpoint. | Safety was good.",
        "It was significant (p<0.05). | The dose was 2.5 mg.",
        "The rate was .5 per year. | No deaths occurred.",
        # a decimal's digits are no footnote
        "The hazard ratio was 0.77 (95% CI 0.63 to 0.95). | It held.",
        "The means were 4.5 Units and 6.7 Units.",
        "It was better than placebo.1 | The drug was safe.",
        # abbreviations
        "Velorin Inc. (Nasdaq: VLRN) said so.",
        "It was sold to Velorin, Inc. | The buyer paid cash.",
        "The U.S. Food and Drug Administration agreed. | It is approved in the U.S. | We plan more.",
        "12 vs. 18 patients, e.g. Dr. Okafor's, i.e. No. 5 of Fig. 2 and St. Mary's.",
        "Okafor et al. Lancet 2020.",
        "It was led by J. Okafor, Ph.D. | In 2020 it ended.",
        "approx. 40 patients were seen. | 12 died.",
        # closing marks stay with their sentence
        'She said: "It works." | He agreed.',
        "It works (see below.) | (Ask us.) | Then go.",
        "**It works.** | More follows.",
        # a footnote's number
        "better than placebo.1 | The rate rose.",
        # never an end
        "It rose; the rest fell: as planned.",
        "It rose ... and fell. | The end.",
        "the study.\nof which we know",
        "1. Safety held in all patients.",
        "Why so? | Because it works! | See here.",
    ],
)
def test_sentences_end_at_stops(marked):
    parts = marked.split(" | ")
    text = " ".join(parts)
    starts = [0]
    for part in parts[:-1]:
        starts.append(starts[-1] + len(part) + 1)
    assert sentence_starts(text) == starts


def test_every_block_starts_a_sentence():
    text = "Results\n\nThe rate rose\nto 12%\n\nSafety"
    blocks = (Block("heading", 0, 7), Block("paragraph", 9, 29), Block("heading", 31, 37))
    assert sentence_starts(text, blocks) == [0, 9, 31]


BROKEN = "Of these 41 patients, the\n\n7\n\nOverall response was 43.9%. More follows.\n"


def test_a_page_number_does_not_cut_a_sentence(nlp):
    place = BROKEN.index("7")
    document = Document(Source("a.txt", "0"), BROKEN, (Block("paragraph", 0, 74),), ((place, place + 1),))
    doc = Segmentation()(make_doc(nlp, document))
    assert doc._.document is document
    assert [sent.text.split()[0] for sent in doc.sents] == ["Of", "More"]


def test_a_stop_in_page_furniture_does_not_cut_a_sentence():
    text = "the rate was\n\nVelorin Corp. Page 2.\n\nHigh in all. Next"
    start, end = text.index("Velorin"), text.index("\n\nHigh")
    assert sentence_starts(text, furniture=((start, end),)) == [0, text.index("Next")]
    assert len(sentence_starts(text)) == 3


def test_a_sentence_after_furniture_starts_behind_it():
    text = "It ended.\n\n7\n\nNext came more."
    assert sentence_starts(text, furniture=((11, 12),)) == [0, 14]


def test_bare_string_gets_its_layout():
    nlp = spacy.blank("en")
    nlp.tokenizer = create_tokenizer()(nlp)
    nlp.add_pipe("topline_segmentation")
    doc = nlp("It rose.\n\n- One fell. Two rose.")
    assert doc._.document.text == doc.text
    assert [sent.text.strip() for sent in doc.sents] == ["It rose.", "- One fell.", "Two rose."]


@pytest.mark.parametrize("text", ["", " ", "\n\n"])
def test_empty_text_has_no_sentence_to_lose(nlp, text):
    doc = make_segmentation(nlp, "s")(make_doc(nlp, Document(Source("a.txt", "0"), text)))
    assert doc.text == text


def test_tokenizer_survives_disk(nlp, tmp_path):
    nlp.to_disk(tmp_path / "m")
    again = spacy.blank("en")
    again.tokenizer = create_tokenizer()(again)
    again.tokenizer.from_disk(tmp_path / "m" / "tokenizer")
    text = "n=54 (p<0.001)\n\n10mg/kg"
    assert [t.text for t in again.make_doc(text)] == [t.text for t in nlp.make_doc(text)]


def test_page_break_of_a_real_filing_is_bridged(nlp, shared):
    records = map(json.loads, (shared / "gold" / "gold.jsonl").read_text(encoding="utf-8").splitlines())
    text = next(record["text"] for record in records if record["id"] == "immunogen-8k-2008-12-12")
    nlp.add_pipe("topline_segmentation")
    doc = nlp(text)
    nlp.remove_pipe("topline_segmentation")
    before, after = text.index("76 patients, the"), text.index("Overall ORR was 43.4%")
    sentences = [sent for sent in doc.sents if sent.start_char <= before < sent.end_char]
    assert len(sentences) == 1
    assert sentences[0].end_char > after
