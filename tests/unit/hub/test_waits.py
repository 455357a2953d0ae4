"""The estimate of a wait: limits by hand, order, and a queue that was played through."""

from __future__ import annotations

import heapq
import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from joulebook_hub.lending.waits import FEWEST, expected_wait, rest_of

LENGTHS = st.lists(st.floats(1.0, 1e5), min_size=FEWEST, max_size=30)
RUNNING = st.lists(st.tuples(st.floats(0.0, 1e5), st.floats(0.0, 1e5) | st.just(math.inf)), min_size=1, max_size=8)


def test_leases_of_one_length_end_when_they_must():
    recent = [600.0] * 5
    assert expected_wait(1, [(200.0, math.inf)], recent) == 400.0
    assert expected_wait(3, [(200.0, math.inf)], recent) == 400.0 + 2 * 600.0
    assert expected_wait(2, [(200.0, math.inf), (500.0, math.inf)], recent) == 400.0
    assert expected_wait(1, [(200.0, 50.0)], recent) == 50.0, "no longer than its maximum"


def test_nothing_is_said_where_nothing_is_known():
    assert expected_wait(1, [(5.0, math.inf)], [60.0] * (FEWEST - 1)) is None
    assert expected_wait(1, [], [60.0] * FEWEST) is None
    assert expected_wait(1, [], [60.0] * FEWEST, free=1) == 0.0


def test_one_that_is_older_than_all_goes_on_as_long_as_it_has_run():
    assert rest_of(1000.0, [10.0, 20.0]) == 1000.0 and rest_of(0.0, []) == 0.0


@given(LENGTHS, RUNNING, st.integers(1, 20))
def test_who_stands_behind_never_waits_less(recent, running, position):
    here, behind = (expected_wait(place, running, recent) for place in (position, position + 1))
    assert 0.0 <= here <= behind
    assert expected_wait(position, [*running, (0.0, math.inf)], recent) <= here, "another card shortens no wait"


@pytest.mark.parametrize("places", [1, 4])
def test_it_agrees_with_a_queue_played_through_at_random(places):
    """Exponential lengths, 30 claims ahead of nobody: mean of 400 plays within 15 % (four standard errors)."""
    dice = random.Random(5)
    recent = [dice.expovariate(1 / 600.0) for _ in range(2000)]
    running = [(300.0, math.inf)] * places
    for position in (1, 8):
        waits = []
        for _ in range(400):
            ends = [dice.expovariate(1 / 600.0) for _ in range(places)]  # without memory: the rest is like the whole
            heapq.heapify(ends)
            for _ in range(position - 1):
                heapq.heapreplace(ends, ends[0] + dice.expovariate(1 / 600.0))
            waits.append(ends[0])
        played = sum(waits) / len(waits)
        estimate = expected_wait(position, running, recent)
        # with several places the first to end is earlier than the mean of each: the estimate is an upper bound there
        assert played * 0.85 <= estimate <= (played * 1.15 if places == 1 else played + 600.0), (played, estimate)
