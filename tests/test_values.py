"""What the first scorer sees of a number: is it a result?"""

import numpy as np
import pytest
from marked import read_marked, said

from topline.relations.values import value_features


@pytest.mark.parametrize(
    ("sentence", "parts", "wholes"),
    [
        ("<COUNT>6</COUNT> of <COUNT>15</COUNT> patients had relief.", ["6"], ["15"]),
        ("<COUNT>6</COUNT> out of the <COHORT><COUNT>15</COUNT> patients</COHORT> had relief.", ["6"], ["15"]),
        ("Relief came to <COUNT>6</COUNT>/<NUMBER>15</NUMBER>.", ["6"], ["15"]),
        # two counts, neither out of the other
        ("<COUNT>6</COUNT> had relief of <COUNT>15</COUNT> patients.", [], []),
        ("<COUNT>6</COUNT> and <COUNT>15</COUNT> patients had relief.", [], []),
        # a share is out of nothing
        ("<PERCENT>6%</PERCENT> of <COUNT>15</COUNT> patients had relief.", [], []),
    ],
)
def test_a_count_and_what_it_is_out_of(sentence, parts, wholes):
    view = read_marked(sentence)
    values = np.flatnonzero(view.is_value)
    features = value_features(view, values)
    for name, expected in (("part_of_count", parts), ("whole_of_count", wholes)):
        assert [said(view, v) for v, held in zip(values.tolist(), features[name], strict=True) if held] == expected


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Pain improved (<P_VALUE>p=0.046</P_VALUE>).", ["p=0.046"]),
        (
            "Pain improved at week 4 (<P_VALUE>p=0.03</P_VALUE>) and 8 (<P_VALUE>p=0.01</P_VALUE>).",
            ["p=0.03", "p=0.01"],
        ),
        ("Pain improved in <PERCENT>45%</PERCENT> (<P_VALUE>p=0.046</P_VALUE>).", []),
        ("Pain improved (<P_VALUE>p=0.046</P_VALUE>). In <PERCENT>45%</PERCENT> it was gone.", ["p=0.046"]),
    ],
)
def test_a_p_value_without_another_number(sentence, expected):
    view = read_marked(sentence)
    values = np.flatnonzero(view.is_value)
    alone = value_features(view, values)["p_alone"]
    assert [said(view, value) for value in values[alone].tolist()] == expected
