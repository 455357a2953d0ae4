"""Figures of a cell: balance, capacity, mass, and what they do when the design changes."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.integrate import quad

from joulebook.battery import Cell, balance, figures
from joulebook.battery.balance import open_circuit_voltage
from joulebook.core.errors import InputError


@pytest.fixture
def cell() -> Cell:
    return Cell.named("Chen2020")


def test_balance_meets_both_cutoffs_and_keeps_the_lithium(cell: Cell) -> None:
    ends = balance(cell)
    full = open_circuit_voltage(cell, ends.negative_full, ends.positive_full)
    empty = open_circuit_voltage(cell, ends.negative_empty, ends.positive_empty)
    assert full == pytest.approx(4.2, abs=1e-9)
    assert empty == pytest.approx(2.5, abs=1e-9)
    inventory = 29866.0 / 33133.0 * ends.negative_capacity + 17038.0 / 63104.0 * ends.positive_capacity
    for x, y in ((ends.negative_full, ends.positive_full), (ends.negative_empty, ends.positive_empty)):
        assert x * ends.negative_capacity + y * ends.positive_capacity == pytest.approx(inventory, rel=1e-12)


def test_the_note_on_the_initial_state_is_true(cell: Cell) -> None:
    voltage = open_circuit_voltage(cell, 29866.0 / 33133.0, 17038.0 / 63104.0)
    for side in ("negative", "positive"):
        assert (
            f"at rest {voltage:.3f} V, below the upper cut-off"
            in cell.sources[f"initial_state.{side}_concentration"].note
        )
    assert voltage < cell.upper_cutoff


def test_capacity_is_near_the_nominal_one(cell: Cell) -> None:
    """The publication's cell is rated 5 A h; at open circuit a little more is there."""
    assert 5.0 < figures(cell).capacity < 5.3


def test_energy_is_the_integral_of_the_voltage(cell: Cell) -> None:
    ends = balance(cell)

    def voltage(share: float) -> float:
        x = ends.negative_full + share * (ends.negative_empty - ends.negative_full)
        y = ends.positive_full + share * (ends.positive_empty - ends.positive_full)
        return open_circuit_voltage(cell, x, y)

    exact, _ = quad(voltage, 0.0, 1.0, limit=400, epsabs=1e-10)
    assert figures(cell).energy == pytest.approx(exact * ends.capacity, rel=2e-5)


def test_mass_by_hand(cell: Cell) -> None:
    """Each term from the document's own numbers."""
    masses = figures(cell).mass_breakdown
    area = 0.065 * 1.58
    assert masses["negative coating"] == pytest.approx(1657 * 85.2e-6 * area)
    assert masses["negative collector"] == pytest.approx(8960 * 12e-6 * area / 2)
    pores = (0.25 * 85.2e-6 + 0.47 * 12e-6 + 0.335 * 75.6e-6) * area
    assert masses["electrolyte"] == pytest.approx(1200 * pores)
    assert "case" not in masses
    assert figures(cell).mass == pytest.approx(sum(masses.values()))


def test_case_mass_counts_once_it_is_given(cell: Cell) -> None:
    bare = figures(cell)
    cased = figures(cell.replace({"format.case_mass": 0.013}))
    assert any("mass of the case" in text for text in bare.warnings)
    assert cased.warnings == ()
    assert cased.mass == pytest.approx(bare.mass + 0.013)
    assert cased.specific_energy < bare.specific_energy


def test_volume_of_each_format(cell: Cell) -> None:
    assert figures(cell).volume == pytest.approx(math.pi / 4 * 0.021**2 * 0.07)
    document = cell.to_document()
    document["format"] = {"shape": "pouch", "width": 0.1, "height": 0.2, "depth": 0.005}
    assert figures(Cell.from_document(document)).volume == pytest.approx(1e-4)


def test_n_p_ratio_follows_the_thicknesses_and_warns(cell: Cell) -> None:
    base = figures(cell).n_p_ratio
    assert base == pytest.approx(1.131, abs=1e-3)
    thin = figures(cell.replace({"negative.thickness": 0.8 * 85.2e-6}))
    thick = figures(cell.replace({"negative.thickness": 1.3 * 85.2e-6}))
    assert thin.n_p_ratio == pytest.approx(0.8 * base)
    assert thick.n_p_ratio == pytest.approx(1.3 * base)
    assert any("plate" in text for text in thin.warnings)
    assert any("idle" in text for text in thick.warnings)


def test_an_electrode_that_is_full_ends_the_window(cell: Cell) -> None:
    """More lithium than the positive electrode takes: its potential drops at y = 1 before the cell is at 2.5 V."""
    thick = cell.replace({"negative.thickness": 1.3 * 85.2e-6})
    ends = balance(thick)
    assert ends.positive_empty == pytest.approx(1.0, abs=2e-6)
    assert ends.capacity < ends.positive_capacity
    assert any("positive electrode is full" in text for text in figures(thick).warnings)
    starved = figures(cell.replace({"upper_cutoff": 4.8, "negative.thickness": 0.6 * 85.2e-6}))
    assert any("lithium plates" in text for text in starved.warnings)


def test_twice_the_area_doubles_capacity_and_mass(cell: Cell) -> None:
    one, two = figures(cell), figures(cell.replace({"electrodes_in_parallel": 2}))
    assert two.capacity == pytest.approx(2 * one.capacity)
    assert two.mass == pytest.approx(2 * one.mass)
    assert two.n_p_ratio == pytest.approx(one.n_p_ratio)


def test_soc_is_linear_in_charge(cell: Cell) -> None:
    ends = balance(cell)
    assert ends.stoichiometries(1.0) == pytest.approx((ends.negative_full, ends.positive_full))
    assert ends.stoichiometries(0.0) == pytest.approx((ends.negative_empty, ends.positive_empty))
    half = ends.stoichiometries(0.5)
    assert half == pytest.approx(np.mean([ends.stoichiometries(0.0), ends.stoichiometries(1.0)], axis=0))
    for soc in (-0.1, 1.1, math.nan):
        with pytest.raises(InputError, match="at least 0 and at most 1"):
            ends.stoichiometries(soc)


def test_cutoffs_out_of_reach_are_explained(cell: Cell) -> None:
    with pytest.raises(InputError, match=r"lower_cutoff = 5\.9 V: the open-circuit voltage of these electrodes spans"):
        balance(cell.replace({"upper_cutoff": 6.0, "lower_cutoff": 5.9}))
    with pytest.raises(InputError, match=r"upper_cutoff = 0\.2 V"):
        balance(cell.replace({"upper_cutoff": 0.2, "lower_cutoff": 0.1}))
    with pytest.raises(InputError, match=r"initial_state\.negative_concentration"):
        balance(cell.replace({"initial_state.negative_concentration": 40000.0}))
