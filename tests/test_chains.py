"""Values of a sentence decided together: what stands between two of them says which links they share."""

import numpy as np
import pytest
from marked import at, read_marked, said
from test_decoding import decided

from topline.relations import chains
from topline.relations.chains import BETWEEN, NAMES, Options, best_path, between, transitions
from topline.relations.model import Ensemble, Logistic, Model


def context(word, endpoint=False, group=False):
    return BETWEEN.index(word) * 4 + 2 * endpoint + group


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("<PERCENT>45%</PERCENT> versus <PERCENT>22%</PERCENT>", context("contrast")),
        ("<PERCENT>45%</PERCENT> on <DRUG>velotinib</DRUG> and <PERCENT>22%</PERCENT>", context("and", group=True)),
        ("<PERCENT>45%</PERCENT>, <ENDPOINT>nausea</ENDPOINT> <PERCENT>22%</PERCENT>", context("comma", endpoint=True)),
        ("<PERCENT>45%</PERCENT>; <PERCENT>22%</PERCENT>", context("semicolon")),
        ("<PERCENT>45%</PERCENT> (<PERCENT>22%</PERCENT>)", context("other")),
        # "and" inside a word is none
        ("<PERCENT>45%</PERCENT> in Andalusia <PERCENT>22%</PERCENT>", context("other")),
        # another sentence, and too far away
        ("It was <PERCENT>45%</PERCENT>. Then it was <PERCENT>22%</PERCENT>", None),
        ("<PERCENT>45%</PERCENT>" + " of them" * 13 + " <PERCENT>22%</PERCENT>", None),
    ],
)
def test_what_stands_between_two_values(sentence, expected):
    view = read_marked(sentence)
    assert between(view, at(view, "45%"), at(view, "22%")) == expected


def options(*scored):
    shares, endpoints, groups = zip(*scored, strict=True)
    return Options(np.log(shares), np.array(endpoints), np.array(groups))


ONE_ENDPOINT = np.log([[[0.02, 0.01], [0.95, 0.02]]])  # (contexts, same endpoint, same group)


@pytest.mark.parametrize(
    ("following", "expected"),
    [
        (((0.6, 2, 7), (0.4, 1, 7)), [0, 1]),  # the endpoint before, though another is a little more probable
        (((0.9, 2, 7), (0.1, 1, 7)), [0, 0]),  # what is much more probable stays
        (((0.5, 1, 5), (0.5, 1, 7)), [0, 1]),  # of two groups the other
    ],
)
def test_neighbours_agree_where_their_own_scores_leave_it_open(following, expected):
    assert best_path([options((1.0, 1, 5)), options(*following)], [0], ONE_ENDPOINT) == expected


def test_values_without_a_context_are_decided_by_themselves():
    following = options((0.6, 2, 7), (0.4, 1, 7))
    assert best_path([options((1.0, 1, 5)), following], [None], ONE_ENDPOINT) == [0, 0]


def test_the_best_path_is_the_best_of_all_paths():
    random = np.random.default_rng(0)
    for _ in range(50):
        links = [Options(np.log(random.random(3)), random.integers(0, 2, 3), random.integers(0, 2, 3)) for _ in "abcd"]
        learned = np.log(random.random((2, 2, 2)))
        contexts = [0, None, 1]

        def worth(path, links=links, learned=learned, contexts=contexts):
            total = sum(each.score[k] for each, k in zip(links, path, strict=True))
            for i, known in enumerate(contexts):
                one, two, j, k = links[i], links[i + 1], path[i], path[i + 1]
                if known is not None:
                    same = int(one.endpoint[j] == two.endpoint[k]), int(one.group[j] == two.group[k])
                    total += chains.WEIGHT * learned[known][same]
            return total

        found = best_path(links, contexts, learned)
        assert worth(found) == pytest.approx(max(worth(path) for path in np.ndindex(3, 3, 3, 3)))


VERSUS = (
    "<ENDPOINT>Pain relief</ENDPOINT> came to <PERCENT>45.0%</PERCENT> with less <PHRASE>fatigue</PHRASE> on"
    " <DRUG>velotinib</DRUG> versus <PERCENT>21.7%</PERCENT> on <DRUG>placebo</DRUG>."
)
SCORES = {
    ("45.0%", "Pain relief"): 0.9,
    ("45.0%", "fatigue"): 0.1,
    ("21.7%", "Pain relief"): 0.40,
    ("21.7%", "fatigue"): 0.45,
}
GROUPS = {("45.0%", "velotinib"): 0.9, ("21.7%", "placebo"): 0.9}


@pytest.mark.parametrize(("without", "expected"), [((), "Pain relief"), (("chained",), "fatigue")])
def test_decoding_along_a_chain(without, expected):
    view = read_marked(VERSUS)
    learned = np.tile(ONE_ENDPOINT[0], (len(BETWEEN) * 4, 1, 1))
    found = decided(view, {"45.0%": 0.9, "21.7%": 0.9}, SCORES, GROUPS, without=without, chain=learned)
    assert [said(view, d.endpoint) for d in found] == ["Pain relief", expected]
    assert [said(view, d.cohort) for d in found] == ["velotinib", "placebo"]


def test_a_model_without_chains_has_no_transitions():
    learned = Ensemble((Logistic(np.zeros(80), np.ones(80), np.arange(80.0), 0.0),), (1.0,))
    model = Model({"chain": learned}, {"chain": NAMES})
    found = transitions(model)
    assert found is not None
    assert found.shape == (20, 2, 2)
    assert NAMES[7] == "contrast, group between: same endpoint, same group"
    assert found[1, 1, 1] == 7
    assert transitions(Model({}, {})) is None
    assert transitions(None) is None
