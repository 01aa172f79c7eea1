"""The rule of three: what may have gone unseen where everything came out alike."""

from __future__ import annotations

import math
from itertools import product

import pytest

from verbalized_sampling.evaluation.unseen import most_unseen


@pytest.mark.parametrize("times", [1, 3, 10, 300])
def test_of_one_number_it_is_the_share_that_is_missed_once_in_twenty(times):
    share = most_unseen([(1.0, times)])
    assert (1 - share) ** times == pytest.approx(0.05)
    assert share < 3 / times


def test_of_several_it_is_the_worst_that_is_missed_together_once_in_twenty():
    rooms = [(1.0, 4), (0.3, 2), (0.02, 9)]
    grid = [i / 200 for i in range(200)]
    possible = (
        sum(room * s for (room, _), s in zip(rooms, (*shares, 0.0), strict=True))
        for shares in product(grid, grid)
        if math.prod((1 - s) ** times for (_, times), s in zip(rooms, shares, strict=False)) >= 0.05
    )
    assert most_unseen(rooms) == pytest.approx(max(possible), abs=0.005)


def test_without_numbers_nothing_is_unseen_and_without_an_end_everything():
    assert most_unseen([]) == most_unseen([(0.0, 5)]) == 0
    assert most_unseen([(1.0, 5), (math.inf, 50)]) == math.inf
