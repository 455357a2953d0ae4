"""Tables: as exact as promised, smooth, and straight beyond their ends."""

from __future__ import annotations

import numpy as np
import pytest

from joulebook.numerics.tables import slope_in_table, tabulate, value_and_slope, value_in_table


def law(x: np.ndarray) -> np.ndarray:
    return 1.9793 * np.exp(-39.3631 * x) - 0.0909 * np.tanh(29.8538 * (x - 0.1234))


@pytest.fixture(scope="module")
def table() -> np.ndarray:
    return tabulate([law, np.sin], 0.0, 1.0, tolerance=[1e-8, 1e-8])


def test_error_is_within_the_tolerance(table: np.ndarray) -> None:
    width = 1.0 / (table.shape[0] - 1)
    for x in np.random.default_rng(0).uniform(0, 1, 500):
        assert value_in_table(table, 0, 0.0, width, x) == pytest.approx(law(x), abs=2e-8)
        assert value_in_table(table, 2, 0.0, width, x) == pytest.approx(np.sin(x), abs=2e-8)


def test_slope_is_the_derivative_of_the_value(table: np.ndarray) -> None:
    width = 1.0 / (table.shape[0] - 1)
    for x in (-0.3, 1e-4, 0.1234, 0.5003, 0.99999, 1.7):
        d = 1e-7
        rise = value_in_table(table, 0, 0.0, width, x + d) - value_in_table(table, 0, 0.0, width, x - d)
        assert slope_in_table(table, 0, 0.0, width, x) == pytest.approx(rise / (2 * d), rel=1e-4, abs=1e-6)


def test_end_tangents_go_on(table: np.ndarray) -> None:
    width = 1.0 / (table.shape[0] - 1)
    for x, end in ((-0.5, 0.0), (1.5, 1.0)):
        straight = value_in_table(table, 0, 0.0, width, end) + slope_in_table(table, 0, 0.0, width, end) * (x - end)
        assert value_in_table(table, 0, 0.0, width, x) == pytest.approx(straight)


def test_a_harder_law_gets_a_finer_grid() -> None:
    soft = tabulate([np.sin], 0.0, 1.0, tolerance=[1e-9])
    hard = tabulate([lambda x: np.tanh(200 * (x - 0.5))], 0.0, 1.0, tolerance=[1e-9])
    assert hard.shape[0] > soft.shape[0]


def test_value_and_slope_at_once() -> None:
    table = tabulate([np.sin, np.cos], 0.0, 2.0, tolerance=[1e-9, 1e-9])
    width = 2.0 / (table.shape[0] - 1)
    for x in (-0.3, 0.0, 0.12345, 1.0, 1.999, 2.0, 2.7):
        for column in (0, 2):
            value, slope = value_and_slope(table, column, 0.0, width, x)
            assert value == pytest.approx(value_in_table(table, column, 0.0, width, x), abs=1e-14)
            assert slope == pytest.approx(slope_in_table(table, column, 0.0, width, x), abs=1e-12)
