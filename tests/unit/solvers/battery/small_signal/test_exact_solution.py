"""The exact solution of the linearised model against brute force, and its formulas at their limits."""

from __future__ import annotations

import dataclasses
import itertools

import finite_volumes
import numpy as np
import pytest

from joulebook.battery import Cell
from joulebook.battery.small_signal.diffusion import slab, slab_derivatives, sphere
from joulebook.battery.small_signal.linear import Coating, Foil, LinearCell, Pores, Surface
from joulebook.battery.small_signal.linearise import linearise, rest_at
from joulebook.battery.small_signal.porous import PorousLayer, electrode_response
from joulebook.battery.small_signal.spectra import spectra

CELL = Cell.named("Chen2020")
FREQUENCIES = np.array([1e-4, 1e-2, 0.3, 10.0, 300.0, 1e4])


def linear(cell: Cell = CELL, soc: float = 0.5) -> LinearCell:
    return linearise(cell, rest_at(cell, soc), 298.15, 0.2)


def layered() -> LinearCell:
    """Three unlike layers, two materials, films and a contact: everything at once."""
    graphite = Surface(3.8e5, 0.031, 0.001, 0.02, 1040.0, 0.2)
    silicon = Surface(6.0e4, 0.11, 0.002, 0.3, 400.0, 0.15)
    negative = (
        Coating(30e-6, 0.22, 0.09, 2.2e-11, 120.0, (graphite, silicon)),
        Coating(25e-6, 0.30, 0.15, 4.0e-11, 60.0, (graphite,)),
        Coating(20e-6, 0.40, 0.23, 6.5e-11, 3.0, (dataclasses.replace(graphite, area=2.5e5), silicon)),
    )
    positive = (
        Coating(40e-6, 0.28, 0.13, 3.5e-11, 0.2, (Surface(3.8e5, 0.008, 0.0, 0.05, 6800.0, 0.2),)),
        Coating(35e-6, 0.36, 0.19, 5.5e-11, 0.15, (Surface(4.4e5, 0.009, 0.0, 0.05, 5000.0, 0.3),)),
    )
    return LinearCell(negative, Pores(12e-6, 0.47, 0.306, 9e-11), positive, 0.2594, 3.8e-5, 0.1, 0.0007)


def against_lithium() -> LinearCell:
    """The positive side of that cell against lithium metal."""
    return dataclasses.replace(layered(), negative=Foil(0.0042, 0.3))


@pytest.mark.parametrize("cell", [linear(), layered(), against_lithium()], ids=["LG M50", "layered", "against lithium"])
def test_finite_volumes_converge_to_the_exact_solution(cell: LinearCell) -> None:
    # at the foil the salt's boundary layer is thinner than a volume above some 10 Hz
    frequencies = FREQUENCIES[:4] if isinstance(cell.negative, Foil) else FREQUENCIES
    exact = spectra(cell, frequencies).whole
    misses = []
    for volumes in (40, 80, 160):
        found = np.array([finite_volumes.impedance_by_volumes(cell, f, volumes) for f in frequencies])
        misses.append(np.max(np.abs(found - exact) / np.abs(exact)))
    orders = [np.log2(coarse / fine) for coarse, fine in itertools.pairwise(misses)]
    assert orders == pytest.approx([2.0, 2.0], abs=0.1)
    assert misses[-1] < 5e-4


def test_extrapolated_finite_volumes_agree_to_a_millionth() -> None:
    cell = layered()
    exact = spectra(cell, FREQUENCIES[2:4]).whole
    coarse, fine = (
        np.array([finite_volumes.impedance_by_volumes(cell, f, n) for f in FREQUENCIES[2:4]]) for n in (80, 160)
    )
    assert (4 * fine - coarse) / 3 == pytest.approx(exact, rel=1e-6)


@pytest.mark.parametrize("model", ["DFN", "SPMe", "SPM"])
def test_equal_layers_are_one_layer(model: str) -> None:
    split = CELL.replace(
        {
            "negative.layers": [{"share": 0.3}, {"share": 0.45}, {"share": 0.25}],
            "positive.layers": [{"share": 0.6}, {"share": 0.4}],
        }
    )
    whole, parts = spectra(linear(), FREQUENCIES, model), spectra(linear(split), FREQUENCIES, model)
    for name in ("negative", "separator", "positive"):
        assert getattr(parts, name) == pytest.approx(getattr(whole, name), rel=1e-10), name


def test_sphere_against_graded_shells() -> None:
    for squared in (1e-3j, 0.3j, 3j, 40j, 500j):
        found = sphere(np.array([squared]))[0]
        coarse, fine = (finite_volumes.sphere_by_shells(squared, n) for n in (200, 400))
        assert (4 * fine - coarse) / 3 == pytest.approx(found, rel=2e-4)


def test_sphere_at_its_limits_and_across_the_switch() -> None:
    low, high = np.array([1e-14j]), np.array([1e14j])
    assert sphere(low) * low == pytest.approx(np.array([3.0]), rel=1e-13)
    assert (sphere(low) - 3.0 / low).real == pytest.approx(np.array([0.2]), rel=2e-2)
    assert sphere(high) * np.sqrt(high) == pytest.approx(np.array([1.0]), rel=1e-6)
    for angle in (0.0, 0.7, np.pi / 2):
        edge = np.exp(1j * angle)
        below, above = sphere(np.array([edge * (1 - 1e-13), edge * (1 + 1e-13)]))
        assert below == pytest.approx(above, rel=1e-12)
    assert np.isfinite(sphere(np.logspace(-30, 30, 61) * 1j)).all()


def test_slab_functions_and_their_derivatives() -> None:
    squared = np.array([2e3 + 5e8j, 1e10j, 3e-4j + 1e-5])
    length, step = 80e-6, 1e-6
    root = np.sqrt(squared)
    near, far = slab(squared, length)
    assert near == pytest.approx(1.0 / (root * np.tanh(root * length)), rel=1e-9)
    assert far == pytest.approx(1.0 / (root * np.sinh(root * length)), rel=1e-9)
    for which in (0, 1):
        difference = slab(squared * (1 + step), length)[which] - slab(squared * (1 - step), length)[which]
        derivative = slab_derivatives(squared, length)[which]
        assert difference / (2 * step * squared) == pytest.approx(derivative, rel=1e-8)
    assert np.isfinite(np.array(slab(np.logspace(-12, 25, 38) * 1j, length))).all()


def test_two_equal_eigenvalues_are_no_obstacle() -> None:
    """Where reaction and salt relax alike, the formula for distinct eigenvalues would divide zero by zero."""
    store = 1j * 0.3 / 4e-11

    def response(ratio: float) -> complex:
        resistivity = 1 / 5.0 + 1 / 0.2
        layer = PorousLayer(80e-6, 5.0, 0.2, 4e-11, 0.3, np.array([ratio * store / resistivity]), np.array([0j]))
        found = electrode_response(np.array([1j]), [layer], 0.0)
        return complex(found.potential[0])

    assert response(1.0) == pytest.approx(response(1.0 + 1e-4), rel=2e-4)
    assert response(1.0) == pytest.approx(0.5 * (response(1.0 + 1e-3) + response(1.0 - 1e-3)), rel=1e-5)


def test_parts_sum_to_the_whole() -> None:
    cell = layered()
    found = spectra(cell, FREQUENCIES)
    assert found.negative + found.separator + found.positive + 0.0007 == pytest.approx(found.whole, rel=1e-15)


def test_ohmic_resistance_is_the_limit_of_high_frequency() -> None:
    for cell in (linear(), layered()):
        assert spectra(cell, np.array([1e14])).whole[0] == pytest.approx(cell.ohmic_resistance, rel=1e-5)


def test_single_particles_are_randles_circuits() -> None:
    cell = linear()
    omega = 2j * np.pi * FREQUENCIES
    expected = np.zeros_like(omega)
    for (layer,) in (cell.negative, cell.positive):
        (surface,) = layer.surfaces
        z = np.sqrt(omega * surface.time)
        warburg = surface.diffusion * np.tanh(z) / (z - np.tanh(z))
        branch = 1.0 / (surface.transfer + warburg) + omega * surface.double_layer
        expected += 1.0 / (branch * surface.area * layer.thickness * cell.area)
    assert spectra(cell, FREQUENCIES, "SPM").whole == pytest.approx(expected, rel=1e-11)
