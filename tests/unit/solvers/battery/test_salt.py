"""Salt of the single-particle model with electrolyte: the analytic steady state, derivatives, stability."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import brentq

from joulebook.battery import BatteryOptions, Cell, Model, Protocol, salt, simulate
from joulebook.battery import layout as at
from joulebook.battery.discretise import discretise
from joulebook.battery.follow import begin_row
from joulebook.battery.layout import Arena
from joulebook.battery.march import begin
from joulebook.battery.starts import starting_concentrations
from joulebook.battery.trial import attempt
from joulebook.numerics.tables import value_in_table

LONG = 1e12
"""A step at whose end the salt is at rest, s."""


def after(cell: Cell, sentence: str, nodes: tuple[int, int, int], length: float) -> Arena:
    """One step of first order from the state at rest."""
    options = BatteryOptions(
        negative_nodes=nodes[0], separator_nodes=nodes[1], positive_nodes=nodes[2], salt_tolerance=1e-6
    )
    arrays = discretise(cell, Model("SPMe"), options.resolution("SPMe"), starting_concentrations(cell))
    arena = begin(arrays, Protocol(sentence).compile(cell)).arena
    begin_row(arena)
    arena.run[at.ORDER], arena.run[at.POINTS] = 1.0, 1.0
    attempt(arena, length)  # its salt is solved before its particles, which such a step may empty
    return arena


def steady_salt(cell: Cell, arena: Arena, current: float) -> np.ndarray:
    """Salt at rest in the middle of the nodes: the integral of the diffusivity is a parabola in each layer."""
    width = arena.settings[at.SALTS_WIDTH]

    def diffusivity(amount: float) -> float:
        return value_in_table(arena.liquid, at.SALT_DIFFUSIVITY, 0.0, width, amount)

    layers = (cell.negative, cell.separator, cell.positive)
    transport = [layer.porosity**layer.bruggeman_electrolyte for layer in layers]
    flux = arena.settings[at.SALT_SHARE] * current / cell.area
    edges = np.cumsum([0.0, *(layer.thickness for layer in layers)])

    def risen(x: float) -> float:
        """Integral of the diffusivity from the salt at x = 0."""
        total = 0.0
        for k, thick in enumerate(np.diff(edges)):
            u = min(max(x - edges[k], 0.0), thick)
            inside = (u**2 / (2 * thick), u, u - u**2 / (2 * thick))[k]
            total -= flux * inside / transport[k]
        return total

    def profile(first: float, places: np.ndarray) -> np.ndarray:
        return np.array(
            [
                brentq(lambda c, x=x: quad(diffusivity, first, c, epsabs=1e-18)[0] - risen(x), 1.0, 4000.0, xtol=1e-9)
                for x in places
            ]
        )

    widths = arena.nodes[:, at.WIDTH]
    middles = np.cumsum(widths) - 0.5 * widths
    porosity = arena.nodes[:, at.POROSITY]
    given = cell.electrolyte.concentration * np.sum(porosity * widths)
    first = brentq(lambda c: np.sum(porosity * widths * profile(c, middles)) - given, 1000.0, 3000.0, xtol=1e-8)
    return profile(first, middles)


def test_a_small_current_gives_the_parabola_to_rounding() -> None:
    cell = Cell.named("Chen2020")
    arena = after(cell, "Discharge at C/1000 for 1 hour", (5, 2, 4), LONG)
    widths, porosity = arena.nodes[:, at.WIDTH], arena.nodes[:, at.POROSITY]
    coefficient = value_in_table(arena.liquid, at.SALT_DIFFUSIVITY, 0.0, arena.settings[at.SALTS_WIDTH], 1000.0)
    flux = arena.settings[at.SALT_SHARE] * cell.nominal_capacity / 1000 / cell.area
    layers = (cell.negative, cell.separator, cell.positive)
    edges = np.cumsum([0.0, *(layer.thickness for layer in layers)])
    steep = [flux / (coefficient * layer.porosity**layer.bruggeman_electrolyte) for layer in layers]
    expected = []
    for right, width in zip(np.cumsum(widths), widths, strict=True):
        left, total = right - width, 0.0
        for k, thick in enumerate(np.diff(edges)):
            u, v = (min(max(x - edges[k], 0.0), thick) for x in (left, right))
            cubes = (v**3 / (6 * thick), v**2 / 2, v**2 / 2 - v**3 / (6 * thick))[k]
            cubes -= (u**3 / (6 * thick), u**2 / 2, u**2 / 2 - u**3 / (6 * thick))[k]
            beyond = (thick / 2, thick, thick / 2)[k] * max(right - max(left, edges[k + 1]), 0.0)
            total -= steep[k] * (cubes + beyond)
        expected.append(total / width)
    miss = arena.work[:, at.SALT] - np.array(expected)
    miss -= np.sum(porosity * widths * miss) / np.sum(porosity * widths)
    spread = np.ptp(expected)
    assert spread == pytest.approx(1.2, rel=0.1)
    assert np.abs(miss).max() < 1e-3 * spread  # the diffusivity varies by a thousandth over the profile


def test_a_large_current_converges_to_the_exact_steady_state() -> None:
    cell = Cell.named("Chen2020")
    misses = []
    for nodes in ((6, 2, 5), (12, 4, 10), (24, 8, 20)):
        arena = after(cell, "Discharge at 1C for 1 hour", nodes, LONG)
        exact = steady_salt(cell, arena, cell.nominal_capacity)
        misses.append(float(np.abs(arena.work[:, at.SALT] - exact).max()) / np.ptp(exact))
    assert misses[0] < 0.01
    assert misses[1] < misses[0] / 3
    assert misses[2] < misses[1] / 3


@pytest.mark.parametrize("name", ["Chen2020", "ORegan2022"])
def test_the_change_with_the_current_is_the_derivative(name: str) -> None:
    cell = Cell.named(name)
    arena = after(cell, "Discharge at 1C for 1 hour", (6, 3, 5), 60.0)
    start, slope = arena.work[:, at.SALT].copy(), arena.work[:, salt.BY_CURRENT].copy()
    found = []
    for change in (-1e-3, 1e-3):
        arena.run[at.CURRENT] = cell.nominal_capacity + change
        arena.work[:, at.SALT] = start
        for _ in range(3):
            assert salt.solve_salt(arena.settings, arena.nodes, arena.liquid, arena.work, arena.run) == 0
        found.append(arena.work[:, at.SALT].copy())
    assert np.allclose((found[1] - found[0]) / 2e-3, slope, rtol=1e-5, atol=1e-7 * np.abs(slope).max())


def test_few_nodes_do_and_steps_are_those_of_the_particles() -> None:
    cell = Cell.named("Chen2020")
    quick = {"error_estimate": False}
    particles, coarse, fine = (
        simulate(cell, "Discharge at 2C until 2.5 V", model=model, options={**quick, **mesh})
        for model, mesh in (
            ("SPM", {}),
            ("SPMe", {"negative_nodes": 10, "separator_nodes": 3, "positive_nodes": 8}),
            ("SPMe", {"negative_nodes": 80, "separator_nodes": 12, "positive_nodes": 60}),
        )
    )
    times = np.linspace(10.0, 0.95 * float(coarse.time[-1]), 100)
    assert np.abs(coarse.at(times).voltage - fine.at(times).voltage).max() < 5e-4
    assert coarse.stats.steps < 1.25 * particles.stats.steps
