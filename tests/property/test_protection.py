"""Protection: what must hold for any settings."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from joulebook.core.errors import DataFormatError, InputError
from joulebook.grid.protection import (
    CURVES,
    Fuse,
    InverseStage,
    MiniatureBreaker,
    Pair,
    Relay,
    Scheme,
    TripUnit,
    check_coordination,
    disc_motion,
)

positive = st.floats(1e-2, 1e4)
curve_names = st.sampled_from(sorted(CURVES))


@settings(deadline=None)
@given(pickup=positive, curve=curve_names, multiplier=st.floats(0.05, 15.0), factor=st.floats(0.1, 10.0))
def test_times_depend_on_multiples_alone(pickup, curve, multiplier, factor):
    def relay(scale):
        stage = InverseStage(pickup=pickup * scale, curve=curve, multiplier=multiplier)
        return Relay(name="R", voltage=1e3, ct={"primary": 1.0}, stages=(stage,))

    current = pickup * np.geomspace(0.5, 50.0, 40)
    np.testing.assert_allclose(
        relay(factor).operating_time(current * factor), relay(1.0).operating_time(current), rtol=1e-6
    )


devices = st.one_of(
    st.builds(
        lambda i, c, m, e: Relay(
            name="D", voltage=400.0, ct={"primary": 1.0}, time_error=e,
            stages=(InverseStage(pickup=i, curve=c, multiplier=m),),
        ),
        st.floats(1.0, 1000.0), curve_names, st.floats(0.05, 10.0), st.floats(0.0, 0.3),
    ),
    st.builds(lambda r: Fuse.gg("D", r, voltage=400.0), st.sampled_from([16.0, 63.0, 250.0, 1250.0])),
    st.builds(
        lambda r, c: MiniatureBreaker(name="D", voltage=400.0, rated_current=r, characteristic=c),
        st.floats(1.0, 125.0), st.sampled_from("BCD"),
    ),
    st.builds(
        lambda r, p, s, e: TripUnit(
            name="D", voltage=400.0, rated_current=r, long_pickup=p, short_pickup=s, short_constant_energy=e,
            instantaneous=12.0,
        ),
        st.floats(100.0, 6300.0), st.floats(0.4, 1.0), st.floats(1.5, 10.0), st.booleans(),
    ),
)  # fmt: skip


@settings(deadline=None)
@given(device=devices)
def test_bands_hold_the_nominal_time_and_fall(device):
    current = np.geomspace(0.1, 1e6, 400)
    fast, slow = device.band(current)
    nominal = device.operating_time(current)
    assert np.all(fast <= nominal * (1 + 1e-12))
    assert np.all(nominal[np.isfinite(nominal)] <= slow[np.isfinite(nominal)] * (1 + 1e-9))
    for time in (fast, slow):
        known = time[np.isfinite(time)]
        assert np.all(np.diff(known) <= 1e-9 * known[:-1])
        assert np.all(np.isinf(time[current < device.least_current * 0.999]))


@settings(max_examples=30, deadline=None)
@given(levels=st.lists(st.floats(0.0, 30.0), min_size=2, max_size=8), multiplier=st.floats(0.5, 10.0))
def test_disc_stays_between_its_stops_and_more_current_is_never_slower(levels, multiplier):
    stage = InverseStage(pickup=100.0, curve="IEEE VI", multiplier=multiplier, reset="disc")
    relay = Relay(name="R", voltage=1e3, ct={"primary": 1.0}, stages=(stage,))
    time = np.arange(len(levels), dtype=float)
    found = disc_motion(relay, time, 100.0 * np.array(levels))
    more = disc_motion(relay, time, 110.0 * np.array(levels))
    assert np.all((found.travel >= 0.0) & (found.travel <= 1.0))
    assert more.operating_time <= found.operating_time * (1 + 1e-3)


@settings(max_examples=30, deadline=None)
@given(first=st.floats(200.0, 5e4), span=st.floats(1.01, 50.0), share=st.floats(0.1, 1.0))
def test_finer_points_never_find_a_better_worst_margin(first, span, share):
    scheme = Scheme.named("radial feeder 11 kV")
    pair = Pair(
        primary="R2", backup="R1", primary_current=(first, first * span),
        backup_current=(first * share, first * span * share),
    )  # fmt: skip
    document = scheme.model_copy(update={"pairs": (pair,), "protects": ()})
    coarse = check_coordination(document, points=20)["margin"]
    fine = check_coordination(document, points=400)["margin"]
    low = np.nanmin(coarse)
    assert np.nanmin(fine) <= low + 1e-9 or (np.isinf(low) and np.isinf(np.nanmin(fine)))
    if np.isfinite(low):
        assert np.nanmin(fine) >= low - 0.3 * (1 + abs(low))


json_values = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=True) | st.text(max_size=8) | st.integers(-9, 9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_any_document_is_read_or_refused_by_name(data):
    document = Scheme.named("radial feeder 11 kV").to_document()
    path = data.draw(st.sampled_from(["devices", "limits", "pairs", "protects", "faults", "name", "safety_margin"]))
    value = data.draw(json_values)
    if data.draw(st.booleans()) and isinstance(document[path], list):
        entry = data.draw(st.sampled_from(document[path]))
        entry[data.draw(st.sampled_from(sorted(entry)))] = value
    else:
        document[path] = value
    try:
        Scheme.from_document(document)
    except (InputError, DataFormatError) as error:
        assert str(error)


@settings(deadline=None)
@given(current=st.one_of(st.text(max_size=5), st.lists(st.text(max_size=3), max_size=3), st.floats(max_value=-1e-9)))
def test_currents_are_numbers_or_refused(current):
    relay = Scheme.named("radial feeder 11 kV").device("R1")
    try:
        times = relay.operating_time(current)
    except InputError as error:
        assert str(error)
        return
    assert times.shape == np.asarray(current, dtype=float).shape  # what passed is a number, such as the text "12"


def test_order_of_pairs_does_not_matter():
    scheme = Scheme.named("8-bus Amraee")
    turned = scheme.model_copy(update={"pairs": scheme.pairs[::-1]})
    one, other = check_coordination(scheme), check_coordination(turned)
    np.testing.assert_array_equal(one["worst_margin"], other["worst_margin"][::-1])
    assert one.selective == other.selective
    with pytest.raises(InputError):
        scheme.device("R99")
