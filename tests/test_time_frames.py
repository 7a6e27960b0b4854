import re

import pytest

from topline.mentions import time_frames

MARKED = [
    "fell <T>at week 24</T> and <T>by Day 84</T>",
    "alive <T>12 months after randomization</T>",
    "declined <T>from baseline to week 52</T>",
    "a gain <T>after 12 weeks</T> held <T>through 24 weeks</T>",
    "a fall <T>over 24 weeks of follow-up</T>",
    "died <T>within 90 days</T>; recovered <T>at 90 days</T>",
    "<T>At the end of the study</T>, 40% responded",
    "10 strokes <T>during the follow-up period</T>",
    "<T>at baseline</T>, <T>prior to enrollment</T> and <T>at one year</T>",
    "<T>At the start of the study</T>",
    "peaked <T>24 hours post-dose</T>",
    "<T>after a median of 3.2 years of follow-up</T>",
    "<T>at weeks 4</T>, <T>8</T> and <T>12</T>",
    "<T>at weeks 4</T> and 12 patients",
    "<T>through Cycle 7 Day 1</T>",
    "<T>as of the data cut-off date</T>",
    "responses 5.1 months <T>after a minimum follow-up of 28 months</T>",
    "<T>five-year</T> overall survival and <T>8-week</T> interim results",
    "scarring <T>just seven days post-procedure</T>",
    "rose <T>within the first week</T> and <T>on the final day of treatment</T>",
    "31.8 <T>before treatment</T>, and <T>following vaccination</T> higher",
    "data <T>through April 2024</T>",
    "from a <T>baseline</T> of 8.0",
    # counter-examples
    "a 5.8-month progression-free survival and a 17-month overall survival",
    "a five-year plan and a 12-week course",
    "better after treatment with velotinib",
    "in the first group and the last patient",
    "baseline characteristics and the baseline of the study",
    "aged over 65 years and over 60 years of age",
    "median survival was 12 months",
    "at 40 sites, by 30% and within the company",
    "10 mg for 12 weeks",
    "a week later they met",
    "at the end of the fiscal quarter",
]


@pytest.mark.parametrize("marked", MARKED)
def test_match(marked):
    text = re.sub(r"</?T>", "", marked)
    assert marked.count("<T>") == marked.count("</T>")
    expected = re.findall(r"<T>(.*?)</T>", marked)
    assert [text[mention.start : mention.end] for mention in time_frames.match(text)] == expected
