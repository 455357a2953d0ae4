from __future__ import annotations

import itertools

import numpy as np
import pytest

from joulebook.core.errors import InputError
from joulebook.grid.protection import (
    DefiniteStage,
    Fuse,
    InverseStage,
    MiniatureBreaker,
    Relay,
    Scheme,
    TripUnit,
)
from joulebook.grid.protection.gates import GG_GATES, gg_curves
from joulebook.grid.protection.points import current_on_points, time_on_points


def relay(**more):
    settings = {
        "name": "R",
        "voltage": 11e3,
        "ct": {"primary": 400.0, "secondary": 5.0},
        "stages": (InverseStage(pickup=5.0, multiplier=0.4), DefiniteStage(pickup=50.0, delay=0.1)),
        "settings_in": "secondary",
    }
    return Relay(**{**settings, **more})


def test_earliest_stage_operates_and_settings_are_secondary():
    r = relay()
    assert r.least_current == 400.0
    time = r.operating_time([399.0, 800.0, 3999.0, 4001.0])
    expected = [0.4 * 0.14 / (m**0.02 - 1) for m in (2.0, 3999 / 400)]
    np.testing.assert_allclose(time, [np.inf, *expected, 0.1], rtol=1e-12)


def test_stages_that_look_the_other_way_stay_still():
    r = relay(stages=(InverseStage(pickup=5.0, direction="forward"), DefiniteStage(pickup=5.0, direction="reverse")))
    assert r.operating_time(4000.0) > 1.0
    assert r.operating_time(4000.0, direction="reverse") == 0.03


def test_band_has_the_larger_error():
    fast, slow = relay(time_error=0.05, fixed_error=0.04).band([800.0, 5000.0])
    nominal = relay().operating_time([800.0, 5000.0])
    np.testing.assert_allclose(slow - nominal, [0.05 * nominal[0], 0.04])
    np.testing.assert_allclose(nominal - fast, [0.05 * nominal[0], 0.04])


def test_current_for_a_time():
    r = relay()
    for current in (500.0, 1000.0, 3900.0):
        assert r.current_at(float(r.operating_time(current))) == pytest.approx(current, rel=1e-9)
    assert r.current_at(0.1) == 4000.0
    assert r.current_at(0.05) == np.inf


def test_handles_move_the_curve_under_the_pointer():
    r = relay()
    for handle in r.handles():
        if handle.path.endswith("pickup"):
            moved = r.dragged(handle.path, handle.current * 1.1, handle.time)
            assert moved.value_at(handle.path) == pytest.approx(r.value_at(handle.path) * 1.1, rel=1e-3)
    moved = r.dragged("stages.0.multiplier", 0.0, 0.9)
    assert moved.stages[0].time(10.0) == pytest.approx(0.9, rel=1e-3)
    assert r.dragged("stages.0.multiplier", 0.0, 1e3).stages[0].multiplier == 1.1
    with pytest.raises(InputError, match="no such handle"):
        r.dragged("stages.7.pickup", 1.0, 1.0)


@pytest.mark.parametrize(
    ("stage", "message"),
    [
        ({"pickup": 1.0, "curve": "IEC X"}, "no such characteristic"),
        ({"pickup": 1.0, "curve": "user"}, "needed with curve"),
        ({"pickup": -1.0}, "more than 0"),
        ({"pickup": 1.0, "multiplier_range": (1.0, 0.1)}, "must rise"),
        ({"pickup": 1.0, "constants": {"k": 1.0, "alpha": 1.0}}, 'must be "user"'),
    ],
)
def test_bad_stages_are_named(stage, message):
    with pytest.raises(InputError, match=message):
        InverseStage(**stage)


def test_negative_currents_and_words_are_refused():
    with pytest.raises(InputError, match="at least 0 A"):
        relay().operating_time([100.0, -1.0])
    with pytest.raises(InputError, match="must be numbers"):
        relay().operating_time("many")


def test_points_are_straight_on_logarithmic_paper():
    points = ((100.0, 10.0), (200.0, 1.0), (1000.0, 0.01))
    current = np.geomspace(100.0, 5000.0, 300)
    np.testing.assert_allclose(current_on_points(points, time_on_points(points, current)), current, rtol=1e-9)
    assert time_on_points(points, 99.0) == np.inf
    assert time_on_points(points, 2000.0) == pytest.approx(0.01 / 4)


def test_gates_are_selective_at_one_to_one_point_six():
    """The largest current at 0.1 s of a rating is the smallest of the rating two steps up, in every row."""
    ratings = list(GG_GATES)
    for low, high in zip(ratings, ratings[2:], strict=False):
        assert GG_GATES[low][3] == GG_GATES[high][2]
        assert 1.5 <= high / low <= 1.62
    for rating in ratings:
        least10, most5, least01, most01 = GG_GATES[rating]
        assert rating * 1.25 < least10 < most5 < most01
        assert least10 < least01 < most01
        gg_curves(rating)


def test_points_of_a_real_fuse_lie_in_the_gates():
    """Average curves that pandapower took from a maker's paper: at 0.1 s within 5 % of the gates, as read off paper."""
    for rating, current in ((125.0, 2000.0), (100.0, (1250.0 * 2700.0) ** 0.5)):
        low, high = GG_GATES[rating][2:]
        assert 0.95 * low < current < 1.3 * high


def test_fuse_checks():
    with pytest.raises(InputError, match="faster than melting"):
        Fuse(
            name="F", voltage=400.0, rated_current=10.0, melting=((20.0, 10.0), (100.0, 0.1)),
            clearing=((20.0, 1.0), (100.0, 0.01)),
        )  # fmt: skip
    with pytest.raises(InputError, match="must be more than the current before"):
        Fuse(name="F", voltage=400.0, rated_current=10.0, melting=((20.0, 10.0), (20.0, 0.1)))
    with pytest.raises(InputError, match="no gates"):
        Fuse.gg("F", 17.0, voltage=400.0)
    average = Fuse(
        name="F", voltage=400.0, rated_current=10.0, melting=((20.0, 10.0), (100.0, 0.1)), current_tolerance=0.1
    )
    fast, slow = average.band([50.0])
    assert fast < average.operating_time([50.0]) < slow
    assert average.band([18.5])[0] < np.inf
    assert average.band([18.5])[1] == np.inf


@pytest.mark.parametrize(("characteristic", "low", "high"), [("B", 3, 5), ("C", 5, 10), ("D", 10, 20)])
@pytest.mark.parametrize("rated", [16.0, 63.0, 100.0])
def test_miniature_breakers_pass_the_tests_of_their_standard(characteristic, low, high, rated):
    breaker = MiniatureBreaker(name="Q", voltage=400.0, rated_current=rated, characteristic=characteristic)
    hours = 3600.0 if rated <= 63 else 7200.0
    fast, slow = breaker.band(rated * np.array([1.13, 1.45, 2.55, low, high]))
    assert fast[0] >= hours * (1 - 1e-9)  # must not trip within the conventional time
    assert slow[1] <= hours * (1 + 1e-9)
    assert fast[2] == pytest.approx(1.0)
    assert slow[2] == pytest.approx(60.0 if rated <= 32 else 120.0)
    assert fast[3] >= 0.1
    assert slow[4] <= 0.1
    assert np.all(fast <= slow)


def test_trip_unit_parts():
    unit = TripUnit(
        name="Q", voltage=400.0, rated_current=1000.0, long_pickup=0.8, long_time=12.0, short_pickup=5.0,
        short_time=0.2, short_constant_energy=True, instantaneous=11.0, ground_pickup=0.2,
    )  # fmt: skip
    assert unit.operating_time(4000.0 / 5 * 6 * 0.999) == pytest.approx(0.2 * (8000.0 / (4800 * 0.999)) ** 2)
    assert unit.operating_time(3000.0) == pytest.approx(12.0 * (4800.0 / 3000.0) ** 2)
    assert unit.operating_time(9000.0) == 0.2
    assert unit.operating_time(12e3) == 0.05
    assert unit.operating_time(800.0) == np.inf
    assert unit.ground_fault_time([100.0, 300.0]).tolist() == [np.inf, 0.3]
    current = np.geomspace(500.0, 50e3, 500)
    fast, slow = unit.band(current)
    nominal = unit.operating_time(current)
    assert np.all(fast <= nominal)
    assert np.all(nominal <= slow)
    for handle in unit.handles():
        moved = unit.dragged(handle.path, handle.current * 1.05, handle.time * 1.05)
        assert moved.value_at(handle.path) == pytest.approx(unit.value_at(handle.path) * 1.05, rel=2e-3)
    with pytest.raises(InputError, match="short_pickup"):
        TripUnit(name="Q", voltage=400.0, rated_current=1.0, short_pickup=1.2)


def test_schemes_travel_through_files(tmp_path):
    for name in Scheme.names():
        scheme = Scheme.named(name)
        assert Scheme.load(scheme.save(tmp_path / "x.protection.json")) == scheme


def test_faulty_schemes_name_every_fault():
    document = Scheme.named("radial feeder 11 kV").to_document()
    document["pairs"][0]["backup"] = "R9"
    document["protects"][0]["limit"] = "T9"
    document["devices"][1]["name"] = "F3"
    with pytest.raises(InputError) as caught:
        Scheme.from_document(document)
    text = str(caught.value)
    assert all(word in text for word in ("R9", "T9", "devices.1.name"))


def test_devices_are_told_apart_in_messages():
    document = Scheme.named("radial feeder 11 kV").to_document()
    document["devices"][0]["rated_current"] = -1.0
    with pytest.raises(InputError, match=r"devices\.0\.rated_current = -1"):
        Scheme.from_document(document)
    assert len(list(itertools.chain(*(d.handles() for d in Scheme.named("radial feeder 11 kV").devices)))) == 6
