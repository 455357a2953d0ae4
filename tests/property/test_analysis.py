"""Whatever a person hands to a fit, it is read, or refused with what is wrong; and what must hold for all numbers."""

from __future__ import annotations

import math
import string

import numpy as np
import pandas
from hypothesis import given, settings
from hypothesis import strategies as st

from joulebook.battery import Cell
from joulebook.battery.analysis.fit_parameters import read_parameters
from joulebook.battery.analysis.headings import find_columns
from joulebook.battery.analysis.identifiability import information
from joulebook.battery.analysis.measured import read_spectrum, read_time_series
from joulebook.battery.analysis.measured_protocol import knots, noise_of
from joulebook.battery.analysis.sobol import estimate_indices, saltelli_points
from joulebook.core.errors import JoulebookError

CELL = Cell.named("Chen2020")
numbers = st.one_of(
    st.floats(),
    st.integers(-(10**20), 10**20),
    st.booleans(),
    st.none(),
    st.text(max_size=8),
    st.complex_numbers(),
    st.sampled_from(["01:02:03", "1e999", "-", "1,5"]),
)
columns = st.one_of(st.lists(numbers, max_size=6), numbers, st.lists(st.lists(st.floats(), max_size=2), max_size=3))
words = st.one_of(
    st.text(max_size=20),
    st.sampled_from(["Test Time / s", "Current (A)", "Voltage [mV]", "t", "I", "Ewe/V", "Seconds", "f", "Re(Z)/Ohm"]),
)


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(words, columns, max_size=5), st.booleans(), st.booleans())
def test_any_mapping_is_read_or_refused(data, charge_positive, current_needed) -> None:
    try:
        found = read_time_series(data, charge_positive=charge_positive, current_needed=current_needed)
    except JoulebookError as error:
        assert str(error)
        return
    assert found.time[0] == 0.0 and np.all(np.diff(found.time) > 0.0)
    assert np.isfinite(found.time).all() and np.isfinite(found.voltage).all()


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.tuples(*[st.floats(-1e6, 1e6)] * 3), min_size=2, max_size=30),
    st.sampled_from(["s", "min", "h"]),
    st.sampled_from(["A", "mA"]),
)
def test_any_table_is_read_or_refused(rows, time_unit, current_unit) -> None:
    headings = [f"Time / {time_unit}", f"Current / {current_unit}", "Voltage / V"]
    table = pandas.DataFrame(rows, columns=headings)
    try:
        found = read_time_series(table)
    except JoulebookError as error:
        assert error.args
        return
    assert found.current is not None and found.current.size == found.time.size


@settings(max_examples=200, deadline=None)
@given(numbers, st.dictionaries(words, columns, max_size=4))
def test_any_spectrum_is_read_or_refused(soc, data) -> None:
    try:
        found = read_spectrum(soc, data)
    except JoulebookError:
        return
    assert np.all(found.frequency > 0.0) and 0.0 <= found.soc <= 1.0


@settings(max_examples=300, deadline=None)
@given(st.lists(st.text(string.printable, max_size=25), max_size=6, unique=True))
def test_any_headings(headings) -> None:
    found, _ = find_columns(headings, ("time", "current", "voltage"))
    assert all(item.heading in headings and item.factor > 0.0 for item in found.values())


@settings(max_examples=200, deadline=None)
@given(
    st.dictionaries(
        st.one_of(st.sampled_from(["contact_resistance", "negative.diffusivity", "initial_soc"]), st.text(max_size=12)),
        st.one_of(
            numbers,
            st.tuples(numbers, numbers),
            st.dictionaries(st.sampled_from(["min", "max", "value", "vary", "scale", "expr"]), numbers, max_size=5),
        ),
        max_size=3,
    )
)
def test_any_parameters_are_read_or_refused(parameters) -> None:
    try:
        found = read_parameters(CELL, parameters)
    except JoulebookError:
        return
    for item in found:
        assert item.low <= item.start <= item.high and math.isfinite(item.half_range)
        if item.vary:
            back = item.from_scale(item.to_scale(item.start))
            assert math.isclose(back, item.start, rel_tol=1e-9, abs_tol=1e-300)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.floats(-100, 100), min_size=2, max_size=60), st.integers(0, 2**32 - 1))
def test_a_thinned_line_stays_near(values, seed) -> None:
    line = np.array(values)
    time = np.cumsum(np.random.default_rng(seed).uniform(0.1, 10.0, line.size))
    chosen = knots(time, line)
    off = np.abs(np.interp(time, time[chosen], line[chosen]) - line).max()
    assert off <= max(1e-3 * np.abs(line).max(), 5.0 * noise_of(line)) + 1e-12


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(-5, 5).filter(lambda c: abs(c) > 0.1), min_size=1, max_size=5), st.integers(0, 1000))
def test_a_sum_has_indices_by_its_coefficients(coefficients, seed) -> None:
    """Of a sum of independent terms, both indices are the share of each term in the variance."""
    limits = {f"x{k}": (0.0, 1.0) for k in range(len(coefficients))}
    points = saltelli_points(limits, 1024, seed)
    found = estimate_indices((points @ np.array(coefficients))[None], seed)
    share = np.square(coefficients) / np.sum(np.square(coefficients))
    np.testing.assert_allclose(found["first_order"][0], share, atol=0.05)
    np.testing.assert_allclose(found["total_order"][0], share, atol=0.05)
    assert np.all(found["first_order_low"] <= found["first_order_high"])


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 4), st.integers(0, 10**6), st.floats(1e-3, 1e3))
def test_information_is_the_inverse_covariance(count, seed, factor) -> None:
    rng = np.random.default_rng(seed)
    paths = ["negative.porosity", "positive.porosity", "separator.porosity", "contact_resistance"][:count]
    parameters = read_parameters(CELL, {path: (0.1, 0.1 + float(rng.uniform(0.1, 0.5))) for path in paths})
    jacobian = rng.normal(size=(30, len(parameters)))
    found = information(jacobian, parameters, factor)
    np.testing.assert_allclose(
        found.covariance, np.linalg.inv(jacobian.T @ jacobian) * factor**2, rtol=1e-6, atol=1e-12
    )
    assert np.all(np.abs(found.correlation) <= 1.0)
    errors = [item.standard_error for item in found.directions]
    assert errors == sorted(errors)
