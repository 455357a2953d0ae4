"""Truths of the impedance: limits, symmetry, scaling, causality, passivity; and requests under fire."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import finite_volumes
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from joulebook.battery import Cell, impedance, impedance_values, simulate
from joulebook.battery.balance import balance
from joulebook.battery.small_signal.linear import Coating, Foil, LinearCell, Pores, Surface
from joulebook.battery.small_signal.linearise import linearise, rest_at, steepness
from joulebook.battery.small_signal.spectra import MODELS, spectra
from joulebook.core.errors import InputError
from joulebook.materials.records import GAS_CONSTANT

CELL = Cell.named("Chen2020").replace({"negative.double_layer_capacity": 0.0, "positive.double_layer_capacity": 0.0})
FREQUENCIES = np.logspace(-5, 6, 12)


def log_uniform(low: float, high: float) -> st.SearchStrategy[float]:
    return st.floats(np.log(low), np.log(high)).map(lambda x: float(np.exp(x)))


def surfaces() -> st.SearchStrategy[Surface]:
    return st.builds(
        Surface,
        area=log_uniform(1e4, 1e7),
        transfer=log_uniform(1e-4, 10.0),
        film=st.one_of(st.just(0.0), log_uniform(1e-6, 1.0)),
        diffusion=st.one_of(st.just(0.0), log_uniform(1e-6, 10.0)),
        time=log_uniform(1e-2, 1e6),
        double_layer=st.one_of(st.just(0.0), log_uniform(1e-6, 10.0)),
    )


def coatings() -> st.SearchStrategy[Coating]:
    return st.builds(
        Coating,
        thickness=log_uniform(1e-6, 5e-4),
        porosity=st.floats(0.05, 0.9),
        liquid=log_uniform(1e-4, 10.0),
        diffusivity=log_uniform(1e-14, 1e-9),
        solid=log_uniform(1e-3, 1e5),
        surfaces=st.lists(surfaces(), min_size=1, max_size=3).map(tuple),
    )


def pores() -> st.SearchStrategy[Pores]:
    return st.builds(
        Pores,
        thickness=log_uniform(1e-6, 5e-4),
        porosity=st.floats(0.05, 0.9),
        liquid=log_uniform(1e-4, 10.0),
        diffusivity=log_uniform(1e-14, 1e-9),
    )


def cells() -> st.SearchStrategy[LinearCell]:
    electrode = st.lists(coatings(), min_size=1, max_size=4).map(tuple)
    foil = st.builds(Foil, transfer=log_uniform(1e-5, 1.0), double_layer=log_uniform(1e-6, 10.0))
    return st.builds(
        LinearCell,
        negative=st.one_of(electrode, foil),
        separator=pores(),
        positive=electrode,
        transference=st.floats(0.0, 0.6),
        junction=log_uniform(1e-7, 1e-3),
        area=log_uniform(1e-4, 10.0),
        contact=st.one_of(st.just(0.0), log_uniform(1e-5, 1.0)),
    )


@settings(max_examples=150, deadline=None)
@given(cells(), st.sampled_from(sorted(MODELS)))
def test_every_cell_has_a_finite_impedance(cell: LinearCell, model: str) -> None:
    found = spectra(cell, np.logspace(-7, 10, 18), model)
    for part in (found.negative, found.separator, found.positive):
        assert np.isfinite(part).all()
    assert found.whole.shape == (18,)


@settings(max_examples=60, deadline=None)
@given(cells())
def test_without_salt_displacement_a_cell_is_passive(cell: LinearCell) -> None:
    """With no junction potential only resistances and capacities are left: power is never given back over a cycle."""
    still = dataclasses.replace(cell, junction=1e-30)
    whole = spectra(still, FREQUENCIES).whole
    assert (whole.real > 0.0).all()
    assert (whole.imag < 1e-9 * np.abs(whole)).all()


def _drawn(random: np.random.Generator, low: float, high: float) -> float:
    return float(np.exp(random.uniform(np.log(low), np.log(high))))


def _resolved_cell(seed: int) -> LinearCell:
    """A random cell whose profiles a hundred volumes to a layer can follow."""
    random = np.random.default_rng(seed)

    def coating() -> Coating:
        grains = tuple(
            Surface(
                area=_drawn(random, 5e4, 5e5),
                transfer=_drawn(random, 3e-3, 1.0),
                film=_drawn(random, 1e-4, 1e-2),
                diffusion=_drawn(random, 1e-3, 1.0),
                time=_drawn(random, 10.0, 1e5),
                double_layer=_drawn(random, 1e-2, 0.5),
            )
            for _ in range(random.integers(1, 3))
        )
        return Coating(
            thickness=_drawn(random, 1e-5, 1e-4),
            porosity=random.uniform(0.2, 0.5),
            liquid=_drawn(random, 0.05, 1.0),
            diffusivity=_drawn(random, 1e-11, 3e-10),
            solid=_drawn(random, 0.1, 100.0),
            surfaces=grains,
        )

    def electrode() -> tuple[Coating, ...]:
        return tuple(coating() for _ in range(random.integers(1, 4)))

    return LinearCell(
        negative=electrode() if seed % 3 else Foil(_drawn(random, 1e-4, 1e-2), 0.2),
        separator=Pores(_drawn(random, 1e-5, 3e-5), 0.5, _drawn(random, 0.1, 1.0), _drawn(random, 3e-11, 3e-10)),
        positive=electrode(),
        transference=random.uniform(0.1, 0.5),
        junction=_drawn(random, 1e-5, 1e-4),
        area=0.1,
        contact=1e-3,
    )


@pytest.mark.parametrize("seed", range(12))
def test_finite_volumes_agree_on_random_cells(seed: int) -> None:
    cell = _resolved_cell(seed)
    for frequency in (2e-3, 0.2, 5.0):
        exact = spectra(cell, np.array([frequency])).whole[0]
        coarse, fine = (finite_volumes.impedance_by_volumes(cell, frequency, n) for n in (30, 60))
        assert abs((4 * fine - coarse) / 3 - exact) <= 0.1 * abs(fine - coarse) + 1e-7 * abs(exact)


@settings(max_examples=40, deadline=None)
@given(cells().filter(lambda cell: isinstance(cell.negative, tuple)), st.sampled_from(sorted(MODELS)))
def test_a_cell_turned_round_is_the_same(cell: LinearCell, model: str) -> None:
    turned = dataclasses.replace(cell, negative=cell.positive, positive=cell.negative)
    one, other = spectra(cell, FREQUENCIES, model), spectra(turned, FREQUENCIES, model)
    scale = np.abs(one.negative) + np.abs(one.separator) + np.abs(one.positive)
    assert (np.abs(one.negative - other.positive) <= 1e-9 * scale).all()
    assert (np.abs(one.separator - other.separator) <= 1e-9 * scale).all()


@pytest.mark.parametrize("model", sorted(MODELS))
def test_impedance_scales_with_one_over_area(model: str) -> None:
    double = CELL.replace({"electrode_height": 2 * CELL.electrode_height})
    expected = impedance_values(CELL, FREQUENCIES, model=model) / 2
    assert impedance_values(double, FREQUENCIES, model=model) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("model", sorted(MODELS))
def test_low_frequency_is_the_capacity_of_the_open_circuit_curves(model: str) -> None:
    ends = balance(CELL)
    x, y = ends.stoichiometries(0.4)
    slopes = [
        -steepness(lambda at, side=side: float(CELL.active_material(side).ocp.function(np, np.float64(at))), value)
        for side, value in (("negative", x), ("positive", y))
    ]
    elastance = slopes[0] / ends.negative_capacity / 3600 + slopes[1] / ends.positive_capacity / 3600
    frequency = 1e-7
    found = impedance_values(CELL, [frequency], soc=0.4, model=model, double_layer=0.0)[0]
    assert -found.imag * 2 * np.pi * frequency == pytest.approx(elastance, rel=1e-5)


def test_high_frequency_is_the_ohmic_resistance() -> None:
    found = impedance(CELL.replace({"contact_resistance": 0.004}), [1e13])
    assert found["real"][0] == pytest.approx(float(found["ohmic_resistance"]), rel=1e-5)
    assert abs(found["imaginary"][0]) < 1e-4 * found["real"][0]


@pytest.mark.parametrize("model", sorted(MODELS))
def test_real_and_imaginary_part_belong_together(model: str) -> None:
    """Kramers and Kronig: the imaginary part follows from the real one, but for the capacitive pole at zero."""
    cell = linearise(CELL, rest_at(CELL, 0.5), 298.15, 0.2)
    lowest = 1e-8
    elastance = -spectra(cell, np.array([lowest]), model).whole[0].imag * 2 * np.pi * lowest
    steps = (np.arange(-3000, 3000) + 0.5) * 0.01
    for frequency in (1e-3, 0.1, 3.0, 200.0):
        real = spectra(cell, frequency * np.exp(steps), model).whole.real
        here = spectra(cell, np.array([frequency]), model).whole[0]
        integral = np.sum((real - here.real) / np.sinh(steps)) * 0.01 / np.pi
        assert integral - elastance / (2 * np.pi * frequency) == pytest.approx(here.imag, abs=2e-4 * abs(here)), (
            frequency
        )


def _step_response(cell: LinearCell, model: str, time: float, terms: int = 12) -> float:
    """Voltage after a step of the current, over that step: Z(s)/s turned back by the series of Gaver and Stehfest."""
    half = terms // 2
    weights = [
        (-1) ** (k + half)
        * sum(
            j**half
            * math.factorial(2 * j)
            / math.prod(math.factorial(n) for n in (half - j, j, j - 1, k - j, 2 * j - k))
            for j in range((k + 1) // 2, min(k, half) + 1)
        )
        for k in range(1, terms + 1)
    ]
    s = np.arange(1, terms + 1) * np.log(2.0) / time
    impedances = sum(MODELS[model](cell, s.astype(complex))).real / cell.area + cell.contact
    return float(np.dot(weights, impedances / s) * np.log(2.0) / time)


@pytest.mark.parametrize("model", ["DFN", "SPM"])
def test_small_steps_of_the_current_are_those_of_the_engine(model: str) -> None:
    """The time-domain engine knows nothing of impedance: its answer to a small step is that turned back."""
    current, times = 0.05, [10.0, 60.0, 300.0]
    options = {"accuracy": "reference", "voltage_tolerance": 1e-8}
    runs = [
        simulate(
            CELL, f"{verb} at {current} A for 300 s", model=model, initial_soc=0.5, options=options, progress=False
        )
        for verb in ("Charge", "Discharge")
    ]
    found = (runs[0].at(times).voltage - runs[1].at(times).voltage) / (2 * current)
    cell = linearise(CELL, rest_at(CELL, 0.5), CELL.temperature, 0.0)
    assert found == pytest.approx([_step_response(cell, model, time) for time in times], rel=2e-4)


def test_single_particles_with_electrolyte_are_the_limit_of_fast_transport() -> None:
    """The faster the transport in electrolyte and solid, the closer the two models; the gap falls with its square."""
    cell = linearise(CELL, rest_at(CELL, 0.5), 298.15, 0.2)

    def faster(layer: Any, factor: float) -> Any:
        names = ("liquid", "diffusivity", "solid") if isinstance(layer, Coating) else ("liquid", "diffusivity")
        return dataclasses.replace(layer, **{name: factor * getattr(layer, name) for name in names})

    gaps = []
    frequencies = np.array([1e-3, 0.1])
    for factor in (10.0, 1e3, 1e4):
        assert isinstance(cell.negative, tuple)
        quick = dataclasses.replace(
            cell,
            negative=tuple(faster(layer, factor) for layer in cell.negative),
            separator=faster(cell.separator, factor),
            positive=tuple(faster(layer, factor) for layer in cell.positive),
        )
        full, single = spectra(quick, frequencies).whole, spectra(quick, frequencies, "SPMe").whole
        gaps.append(float(np.max(np.abs(full - single) / np.abs(full))))
    assert gaps[0] < 2e-4
    assert gaps[2] / gaps[1] == pytest.approx(0.01, rel=0.05)


@pytest.mark.parametrize("side", ["negative", "positive"])
def test_charge_transfer_follows_arrhenius_and_the_thermal_voltage(side: str) -> None:
    found = impedance(CELL, [1.0], temperature=[280.0, 308.0])[f"{side}_transfer_resistance"]
    energy = CELL.active_material(side).rate_activation
    slower = 1.0 if energy is None else np.exp(energy.value / GAS_CONSTANT * (1 / 308.0 - 1 / 280.0))
    assert found[1] / found[0] == pytest.approx(1.1 * slower, rel=1e-12)


@settings(max_examples=150, deadline=None)
@given(
    frequencies=st.one_of(
        st.none(),
        st.lists(st.one_of(st.floats(), st.integers(), st.none(), st.text(max_size=3)), max_size=5),
        st.floats(),
        st.text(max_size=4),
        st.dictionaries(st.text(max_size=2), st.floats(), max_size=2),
    ),
    soc=st.one_of(
        st.none(), st.floats(), st.lists(st.floats(-0.5, 1.5), max_size=3), st.text(max_size=3), st.booleans()
    ),
    temperature=st.one_of(st.none(), st.floats(), st.lists(st.floats(200, 400), max_size=3)),
    double_layer=st.one_of(st.floats(), st.none(), st.text(max_size=3)),
    model=st.one_of(st.sampled_from([*sorted(MODELS), "dfn", ""]), st.none(), st.integers()),
    initial_state=st.one_of(st.none(), st.dictionaries(st.text(max_size=5), st.floats(), max_size=2), st.floats()),
)
def test_requests_are_answered_or_refused_by_name(**asked: Any) -> None:
    try:
        found = impedance(CELL, asked.pop("frequencies"), **asked)
    except InputError as error:
        assert error.issues and all(issue.path for issue in error.issues)
    else:
        assert np.isfinite(found.impedance).all()
