import re

import pytest

from topline.mentions import schedules

MARKED = [
    "10 mg <S>once daily</S> or 5 mg <S>twice a day</S>",
    "infused <S>every 3 weeks</S>, then <S>every other week</S>",
    "20 mg <S>twice daily (BID)</S> in adults",
    "100 mg <S>BID</S> or 2 mg/kg <S>Q3W</S>",
    "a <S>weekly</S> tablet, <S>three times per week</S>",
    "<S>once every 21 days</S>",
    "a <S>single oral dose</S> and a <S>single dose</S>",
    "given <S>on days 1 and 8 of each 21-day cycle</S>",
    "200 mg daily".replace("daily", "<S>daily</S>") + " <S>for 12 weeks</S>",
    "two injections <S>four weeks apart</S>",
    "treated <S>for up to four applications</S>",
    "an <S>eight-week treatment period</S>",
    # counter-examples
    "activities of daily living and daily life",
    "monthly migraine days fell",
    "patients were followed for 12 weeks",
    "shares traded for 12 weeks",
    "a bid for the company; Q3 results",
    "everyday life, single patients, once again",
    "the response was sustained for 12 weeks",
]


@pytest.mark.parametrize("marked", MARKED)
def test_match(marked):
    text = re.sub(r"</?S>", "", marked)
    assert marked.count("<S>") == marked.count("</S>")
    expected = re.findall(r"<S>(.*?)</S>", marked)
    assert [text[mention.start : mention.end] for mention in schedules.match(text)] == expected
