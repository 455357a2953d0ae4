"""Electrodes of several materials and layers at rest: balance, states of charge, figures of what is known."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from joulebook.battery import Cell, HalfCell, balance, balance_half_cell, figures, initial_state_at
from joulebook.battery.balance import open_circuit_voltage
from joulebook.battery.equilibrium import FARADAY, electrode_at_rest
from joulebook.core.errors import InputError

CELL = Cell.named("Chen2020")
COMPOSITE = Cell.named("Chen2020_composite")


def split(cell: Cell) -> Cell:
    """The same cell, its graphite counted as two materials."""
    phase = {"material": cell.negative.material, "active_fraction": 0.25, "particle_radius": 1e-6}
    return cell.replace(
        {
            "negative.active_fraction": 0.5,
            "negative.additional_phases": [phase],
            "initial_state.negative_additional": [cell.initial_state.negative_concentration],
        }
    )


def test_a_material_counted_twice_changes_nothing() -> None:
    once, twice = balance(CELL), balance(split(CELL))
    assert twice.capacity == pytest.approx(once.capacity, rel=1e-9)
    for soc in (0.0, 0.37, 1.0):
        assert twice.stoichiometries(soc) == pytest.approx(once.stoichiometries(soc), rel=1e-8)
        (first, second), _ = twice.phase_stoichiometries(soc)
        assert first == pytest.approx(second, rel=1e-8)
    one, two = figures(CELL), figures(split(CELL))
    assert two.energy == pytest.approx(one.energy, rel=1e-6)
    assert two.n_p_ratio == pytest.approx(one.n_p_ratio, rel=1e-12)


def test_equal_layers_change_nothing() -> None:
    layered = CELL.replace({"negative.layers": [{"share": 0.3}, {"share": 0.7, "particle_radius": 1e-6}]})
    assert balance(layered).capacity == pytest.approx(balance(CELL).capacity, rel=1e-12)
    assert figures(layered).mass == pytest.approx(figures(CELL).mass, rel=1e-12)


def test_layers_weigh_by_their_shares() -> None:
    layers = [{"share": 0.5, "active_fraction": 0.7, "porosity": 0.3}, {"share": 0.5}]
    graded, mean = (
        CELL.replace({"negative.layers": layers}),
        CELL.replace({"negative.active_fraction": 0.725, "negative.porosity": 0.275}),
    )
    assert balance(graded).capacity == pytest.approx(balance(mean).capacity, rel=1e-12)
    assert figures(graded).mass_breakdown == pytest.approx(figures(mean).mass_breakdown, rel=1e-12)


@pytest.mark.parametrize("soc", [0.0, 0.05, 0.4, 0.8, 1.0])
def test_the_materials_of_an_electrode_share_one_potential_and_the_lithium(soc: float) -> None:
    ends = balance(COMPOSITE)
    negative, positive = ends.phase_stoichiometries(soc)
    potentials = [float(law(np.float64(x))) for law, x in zip(ends.negative_at_rest.potentials, negative, strict=True)]
    assert potentials[0] == pytest.approx(potentials[1], abs=1e-9)
    held = sum(q * x for q, x in zip(ends.negative_at_rest.capacities, negative, strict=True))
    held += sum(q * y for q, y in zip(ends.positive_at_rest.capacities, positive, strict=True))
    start = 27700.0 / 28700.0 * ends.negative_at_rest.capacities[0]
    start += 276610.0 / 278000.0 * ends.negative_at_rest.capacities[1]
    start += 17038.0 / 63104.0 * ends.positive_at_rest.capacities[0]
    assert held == pytest.approx(start, rel=1e-10)


def test_voltage_rises_with_charge() -> None:
    ends = balance(COMPOSITE)
    volts = [open_circuit_voltage(COMPOSITE, *ends.stoichiometries(soc)) for soc in np.linspace(0, 1, 21)]
    assert all(b > a for a, b in itertools.pairwise(volts))


def test_the_curve_is_the_potential() -> None:
    electrode = electrode_at_rest(COMPOSITE, "negative")
    fillings = np.linspace(0.01, 0.95, 7)
    assert electrode.curve(fillings) == pytest.approx([electrode.potential(float(q)) for q in fillings], abs=2e-3)
    low, high = electrode.range
    assert electrode.stoichiometries(0.0) == electrode.stoichiometries(low)
    assert electrode.stoichiometries(1.0) == electrode.stoichiometries(high)


def test_capacities_come_from_volume_and_concentration() -> None:
    graphite, silicon = electrode_at_rest(COMPOSITE, "negative").capacities
    volume = 85.2e-6 * 0.065 * 1.58
    assert graphite == pytest.approx(0.735 * volume * 28700.0 * FARADAY / 3600)
    assert silicon == pytest.approx(0.015 * volume * 278000.0 * FARADAY / 3600)


@pytest.mark.parametrize("name", Cell.names())
def test_a_state_of_charge_is_a_state(name: str) -> None:
    cell = Cell.named(name)
    ends = balance(cell)
    state = initial_state_at(cell, 0.6)
    moved = cell.replace({"initial_state": state})
    again = balance(moved)
    assert again.capacity == pytest.approx(ends.capacity, rel=1e-6)
    assert again.stoichiometries(0.6) == pytest.approx(ends.stoichiometries(0.6), rel=1e-6)
    x = state.negative_concentration / cell.maximum_concentration("negative")
    assert x == pytest.approx(ends.stoichiometries(0.6)[0], rel=1e-12)


@pytest.mark.parametrize("soc", [-0.01, 1.01, float("nan")])
def test_states_of_charge_outside_0_to_1_are_refused(soc: float) -> None:
    with pytest.raises(InputError, match="initial_soc"):
        initial_state_at(COMPOSITE, soc)


def test_overfull_phases_are_told_together() -> None:
    overfull = COMPOSITE.replace(
        {"initial_state.negative_additional": [3e5], "initial_state.positive_concentration": 7e4}
    )
    with pytest.raises(InputError) as caught:
        balance(overfull)
    assert [issue.path for issue in caught.value.issues] == [
        "initial_state.negative_additional.0",
        "initial_state.positive_concentration",
    ]


def test_half_cells_know_their_window() -> None:
    cell = HalfCell.named("Xu2019")
    ends = balance_half_cell(cell)
    assert 0 < ends.full < ends.empty < 1
    assert ends.capacity == pytest.approx((ends.empty - ends.full) * ends.at_rest.capacity)
    with pytest.raises(InputError, match="spans"):
        balance_half_cell(cell.replace({"lower_cutoff": 6.0, "upper_cutoff": 7.0}))
    with pytest.raises(InputError, match="maximum concentration"):
        balance_half_cell(cell.replace({"initial_state.positive_concentration": 1e5}))


def test_figures_name_what_they_do_not_know() -> None:
    known = figures(Cell.named("Prada2013"))
    assert known.volume is None and known.energy_density is None and known.specific_energy is None
    assert known.mass_breakdown == {}
    assert known.mass == 0.0
    text = " ".join(known.warnings)
    assert "Not weighed, because a density or a foil is not given: negative coating, positive coating" in text
    assert "The housing is not given" in text
    assert known.to_dict()["volume"] is None
    weighed = figures(CELL.replace({"negative.density": None}))
    assert "negative coating" not in weighed.mass_breakdown
    assert weighed.specific_energy is None
    assert weighed.energy_density == pytest.approx(figures(CELL).energy_density)
