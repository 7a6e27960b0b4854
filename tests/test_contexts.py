"""Numbers set aside by what their sentence says: `[REASON 90%]` marks one, `[90%]` one that stays a measurement."""

import re
from itertools import pairwise

import pytest
from conftest import ROOT
from marked import pipeline

from topline.filings import text_document
from topline.gold import load_gold
from topline.mentions import contexts, quantities
from topline.segmentation import make_doc

TAG = re.compile(r"\[(?:([a-z_]+) )?([^\]]+)\]")

ASIDE = [
    # assumptions and powering
    "The trial has [assumption 90%] power to detect a difference of [assumption 0.6 points] in pain.",
    "It is powered at [assumption 80%], assuming a response rate of [assumption 35%] with velotinib.",
    "The sample size calculation used a dropout rate of [assumption 15%].",
    "The hypothesis was tested with a non-inferiority margin of [assumption 10%].",
    # planned sizes
    "Zelnor expects to enroll [planned 650] patients in each of two Phase 3 trials.",
    "A Phase 2 trial will randomize up to [planned 48] adults for [planned 12 weeks].",
    "A total of [planned 99] subjects will be enrolled at 16 sites.",
    "HOLLIN-9 has reached [planned 85%] of its target enrollment.",
    # what is expected
    "The company expects to report data from the first [forward_looking 20] patients next year.",
    "Prevalence is expected to rise from [forward_looking 5%] to [forward_looking 12%].",
    # animals and cells
    "In mouse models of pancreatic cancer, ZLN-1 shrank tumors by [animal 83%] in [animal 7] of [animal 10] animals.",
    "ZLN-1 reduced scarring by [animal 55%] in rats, and is now in the clinic with [8] healthy adults.",
    "It inhibited its target with an IC50 of [in_vitro 2.1 nM] and spared [in_vitro 60] other kinases.",
    # how common a disease is
    "Gaucher disease is believed to affect about [prevalence 1] in [prevalence 60,000] people.",
    "COPD affects [prevalence 24 million] Americans, [prevalence half] of whom are undiagnosed.",
    "About [prevalence 230,000] women in the United States will be diagnosed, [prevalence 20%] of them young.",
    "Sarcoma accounts for [prevalence 3%] of all cancers.",
    "Some [prevalence 40%] of Americans are obese.",
    # a historical rate, a label, money, a notice
    "That compares with a historical control rate of [historical 12%].",
    "The prescribing information of Oldrug cites nausea in [label 44%] of those treated.",
    "Ostrander will pay royalties from [money 12%] to [money 18%] of net sales.",
    "Operating expenses fell by [money 22%] from the previous year; earnings beat estimates by [money 9.1%].",
    "A replay of the webcast will be available for [forward_looking 90 days].",
    "The conference call takes [boilerplate 60 minutes].",
    "This release holds forward-looking statements. Some [boilerplate 30%] of trials fail.",
]
KEPT = [
    # what a therapy "has historically produced" was seen in its trials; an earlier study beside a plan
    "Chemotherapy has historically produced response rates of [10% to 15%] in this setting.",
    "Zelnor plans to file on the strength of an earlier study of [36] volunteers, where pain fell [57%].",
    # people in a sentence about money
    "Earnings rose after [45%] of patients responded, with earnings up [10%].",
    # what was observed beside a plan, in one sentence
    "The trial aims to enroll [planned 90] patients and builds on data showing an [86%] benefit rate.",
    "The trial, designed to evaluate ZLN-1 in [planned 60] patients, met its goal with a response rate of [45%].",
    "ZLN-1, designed to test a new idea, gave relief to [45%].",
    "Of the [54] patients who were expected to relapse, [12] did.",
    "As expected, pain fell by [31%] in the [40] patients enrolled.",
    "All patients will continue: [38%] of them responded.",
    # power and assumption in other senses
    "Muscle power improved by [12%].",
    "Velotinib may explain the rate ([28%]) of people who left, which cost the study statistical power.",
    # people beside animals
    "[45%] of patients responded, as monkeys had in earlier work.",
    "CAR T-cells persisted in [7] of [10] patients.",
    # events and answers in a trial, not in a country
    "Nausea, affecting [12%] of patients, was mild.",
    "There were [three] new cases of hepatitis.",
    "Grade 1 events accounted for [80%] of all cases of rash.",
    "[One in five] adults responded, [30%] of target tumors shrank.",
    "Efficacy was [95%] in 30,000 adults.",
    "In the United States cohort of the study, [1,240] patients had a mean age of [61 years].",
    # a historical control that is reported as a result
    "Survival of historical controls was [6.2 months] (n=[44], p=0.02).",
    "In this open-label trial, [44%] had nausea.",
    # words of trade about people
    "The [45%] reduction in pain warrants a larger trial.",
    "On the conference call, Zelnor said that [45%] of patients responded.",
    "Looking forward, [30%] of them went on.",
]


def judged(marked):
    """Return the numbers that are marked, with the reason or none, and what becomes of them."""
    text, expected, last = "", {}, 0
    for tag in TAG.finditer(marked):
        text += marked[last : tag.start()]
        expected[len(text)] = tag[1]
        text, last = text + tag[2], tag.end()
    text += marked[last:]
    numbers = quantities.match(text)
    starts = [0, *(found.end() for found in re.finditer(r"\. (?=[A-Z])", text)), len(text)]
    sentences = list(pairwise(starts))
    found = contexts.set_aside(text, text_document(text).blocks, sentences, numbers)
    assert [(m.start, m.end, m.quantity) for m in found] == [(m.start, m.end, m.quantity) for m in numbers]
    reasons = {m.start: m.code if m.label == "SET_ASIDE" else None for m in found}
    return expected, {at: reasons.get(at, "no number") for at in expected}


@pytest.mark.parametrize("marked", [*ASIDE, *KEPT])
def test_numbers_by_their_context(marked):
    expected, found = judged(marked)
    assert expected
    assert found == expected


def test_every_reason_has_a_row():
    shown = {tag[1] for marked in ASIDE for tag in TAG.finditer(marked) if tag[1]}
    assert {rule.reason for rule in contexts.RULES} | {"boilerplate"} == shown


def test_a_planned_dose_stays_a_dose():
    text = "The trial will evaluate 20 mg in 60 patients."
    found = contexts.set_aside(text, (), [(0, len(text))], quantities.match(text))
    assert [(text[m.start : m.end], m.label) for m in found] == [("20 mg", "DOSE"), ("60", "SET_ASIDE")]


def test_a_warning_ends_with_its_paragraph():
    text = "These are forward-looking statements.\nSome 30% fail.\n\nRelief came in 41%."
    sentences = [(0, 38), (38, 55), (55, len(text))]
    found = contexts.set_aside(text, text_document(text).blocks, sentences, quantities.match(text))
    assert [m.code for m in found] == ["boilerplate", None]


# Results all the same, beside another product's label, a dish and animals.
SET_ASIDE = [
    ("cauldwick-10k-2022", "31%"),
    ("osterbrook-10k-2001", "49%"),
    ("osterbrook-10k-2001", "38%"),
    ("quillmarch-10k-2023", "17.6%"),
    ("quillonex-abstract-2024", "12.8 mo"),
    ("ullathorne-20f-2018", "10.2 hours"),
]


def test_no_other_gold_value_and_no_gold_size_is_set_aside(shared):
    seen, lost = 0, []
    for name, folder in (("samples", "texts"), ("filings", "texts"), ("press", "unannotated")):
        for record in load_gold(ROOT / "annotations" / f"{name}.jsonl", shared / "gold" / folder):
            document = text_document(record.text or "")
            doc = pipeline().get_pipe("topline_segmentation")(make_doc(pipeline(), document))
            sentences = [(sent.start_char, sent.end_char) for sent in doc.sents]
            numbers = quantities.match(document.text)
            found = contexts.set_aside(document.text, document.blocks, sentences, numbers)
            aside = [new for new, old in zip(found, numbers, strict=True) if new.label != old.label]
            cited = [record.by_id()[at] for result in record.results for at in (result.value, result.n_at) if at]
            seen += len(aside)
            within = (m for m in aside if any(m.start < c.end and c.start < m.end for c in cited))
            lost += [(record.id, document.text[m.start : m.end]) for m in within]
    assert lost == SET_ASIDE
    assert seen > 150


@pytest.mark.parametrize(
    "cue", ["mice ", "plans to start ", "1 in 60,000 ", "2 million people a ", "power to detect 9% "]
)
def test_a_sentence_of_cues_alone_is_judged_in_time(cue):
    text = (cue * 4000)[: 20 * contexts.LONGEST]
    sentences = [(at, at + contexts.LONGEST) for at in range(0, len(text), contexts.LONGEST)]
    numbers = quantities.match(text)
    ranges = [len(list(contexts._reaches(text, *sentence))) for sentence in sentences]
    assert max(ranges) <= contexts.CUES * len(contexts.RULES)
    assert len(contexts.set_aside(text, (), sentences, numbers)) == len(numbers)
