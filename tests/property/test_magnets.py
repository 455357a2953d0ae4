"""Random quenches: energy, scaling, monotony, orders; any document is a winding or has faults."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from joulebook.core.errors import DataFormatError, InputError
from joulebook.core.results import Status
from joulebook.magnets import Winding, quench

busy = settings(deadline=None, max_examples=10, suppress_health_check=[HealthCheck.too_slow])
FAST = {"shells": 20, "accuracy": 1e-7}
SOLENOID = Winding.named("Laboratory solenoid, NbTi")


@busy
@given(
    st.floats(0.3, 0.9), st.floats(0.2, 5.0), st.floats(0.0, 4.0), st.floats(0.0, 0.1), st.floats(0.0, 0.03),
    st.floats(20.0, 300.0), st.booleans(),
)  # fmt: skip
def test_stored_energy_is_in_dump_and_winding(share, inductance, dump, delay, ratio, rrr, insulated):
    winding = SOLENOID.replace(
        {
            "current": 600.0 * share,
            "inductance": inductance,
            "dump_resistance": dump,
            "detection_delay": delay,
            "transverse_ratio": ratio,
            "conductor.rrr": rrr,
            "conductor.insulation_heats": insulated,
        }
    )
    run = quench(winding, **FAST)
    assert run.facts["energy_missed"] < 1e-6
    assert 4.2 <= run.hot_spot <= 1000.0 * (1 + 1e-6) and np.all(np.isfinite(run["voltage_normal"]))


@busy
@given(st.integers(2, 40))
def test_a_cable_of_many_strands_is_as_one(strands):
    """As many times the current through as many strands, with inductance and dump as many times smaller."""
    one = SOLENOID.replace({"transverse_ratio": 0.0})
    many = one.replace(
        {
            "conductor.strands": strands,
            "current": one.current * strands,
            "inductance": one.inductance / strands,
            "dump_resistance": one.dump_resistance / strands,
        }
    )
    runs = [quench(winding, **FAST) for winding in (one, many)]
    assert runs[1].hot_spot == pytest.approx(runs[0].hot_spot, rel=1e-5)
    assert runs[1].peak_voltage == pytest.approx(runs[0].peak_voltage, rel=1e-4)
    assert runs[1].miits == pytest.approx(strands**2 * runs[0].miits, rel=1e-5)


@busy
@given(st.floats(0.0, 0.05), st.floats(1.1, 4.0))
def test_who_waits_longer_burns_hotter(delay, factor):
    first, second = (quench(SOLENOID.replace({"detection_delay": d}), **FAST) for d in (delay, 0.01 + delay * factor))
    if first.status is Status.SOLVED:
        assert second.hot_spot > first.hot_spot - 0.01


def test_the_error_falls_with_the_square_of_the_shells():
    hot = [quench(SOLENOID, shells=n, accuracy=1e-9).hot_spot for n in (20, 40, 80, 160)]
    gaps = np.abs(np.diff(hot))
    assert gaps[-1] < gaps[0] / 8.0, gaps


def test_the_error_falls_with_the_accuracy():
    best = quench(SOLENOID, shells=40, accuracy=1e-11)
    errors = [abs(quench(SOLENOID, shells=40, accuracy=a).hot_spot - best.hot_spot) for a in (1e-4, 1e-6, 1e-8)]
    assert errors[2] < 1e-4 and errors[2] <= errors[1] <= errors[0] + 1e-6, errors


@settings(busy, max_examples=150)
@given(st.data())
def test_any_document_is_a_winding_or_has_faults(data):
    whole = SOLENOID.to_document()
    junk = st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8), st.just({}), st.just([])
    )
    place = whole
    while isinstance(place, dict) and place:
        key = data.draw(st.sampled_from(sorted(place)))
        if data.draw(st.booleans()) or not isinstance(place[key], dict):
            place[key] = data.draw(junk)
            break
        place = place[key]
    try:
        found = Winding.from_document(json.loads(json.dumps(whole)))
    except (InputError, DataFormatError) as error:
        assert len(str(error)) > 10
        return
    assert Winding.from_document(found.to_document()) == found


@settings(busy, max_examples=60)
@given(st.binary(max_size=300))
def test_any_file_is_read_or_refused(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("fuzz") / "any.winding.json"
    path.write_bytes(content)
    with pytest.raises((InputError, DataFormatError)):
        Winding.load(path)
