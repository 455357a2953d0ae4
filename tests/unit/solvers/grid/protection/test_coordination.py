from __future__ import annotations

import numpy as np
import pytest

from joulebook.core.errors import InfeasibleError, InputError
from joulebook.core.results import Result
from joulebook.grid.protection import (
    BreakerDuty,
    BreakerRating,
    ConductorLimit,
    DefiniteStage,
    Fuse,
    InverseStage,
    MotorStart,
    Pair,
    Protects,
    Relay,
    Scheme,
    breaker_duty,
    check_coordination,
    optimal_settings,
)


def relay(name, pickup, multiplier, *, curve="IEC SI", extra=(), **more):
    stage = InverseStage(pickup=pickup, curve=curve, multiplier=multiplier, flat_above=1e6)
    settings = {"breaker_time": 0.06, "overshoot_time": 0.03, **more}
    return Relay(name=name, voltage=11e3, ct={"primary": pickup}, stages=(stage, *extra), **settings)


def scheme(*devices, pairs, **more):
    return Scheme(name="test", devices=devices, pairs=pairs, **more)


def test_margin_is_the_difference_of_times_less_its_parts():
    first, second = relay("P", 100.0, 0.1), relay("B", 200.0, 0.2)
    pair = Pair(primary="P", backup="B", primary_current=(1000.0, 3000.0), backup_current=(900.0, 2500.0))
    found = check_coordination(scheme(first, second, pairs=(pair,), safety_margin=0.1), points=50)
    current = found["primary_current"][0]
    expected = second.operating_time(found["backup_current"][0]) - first.operating_time(current) - 0.19
    np.testing.assert_allclose(found["margin"][0], expected, rtol=1e-12)
    row = found.to_dataframe().iloc[0]
    assert row["breaker_s"] + row["overshoot_s"] + row["safety_s"] == pytest.approx(0.19)
    assert current[0] == 1000.0
    assert current[-1] == 3000.0
    assert {900.0, 2500.0} <= set(found["backup_current"][0].tolist())


def test_a_conflict_between_the_ends_is_found():
    """Selective at both ends, not in the middle: the primary device is slow just below its instantaneous setting."""
    first = relay("P", 100.0, 0.5, extra=(DefiniteStage(pickup=2000.0, delay=0.05),))
    second = relay("B", 150.0, 0.06, curve="IEC LTI")
    pair = Pair(primary="P", backup="B", primary_current=(500.0, 4000.0), backup_current=(500.0, 4000.0))
    ends = pair.model_copy(update={"joined": False})
    assert check_coordination(scheme(first, second, pairs=(ends,))).selective
    found = check_coordination(scheme(first, second, pairs=(pair,)), points=2)
    assert not found.selective
    assert found["worst_current"][0] == pytest.approx(2000.0, rel=1e-5)
    assert "B is" in found.reasons[0]
    assert "2000 A" in found.reasons[0]


def test_blind_backups_and_sleeping_primaries_are_told_apart():
    blind = Pair(primary="P", backup="B", primary_current=(1000.0,), backup_current=(150.0,))
    found = check_coordination(scheme(relay("P", 100.0, 0.1), relay("B", 200.0, 0.2), pairs=(blind,)))
    assert found.selective
    assert "no backup" in found.facts["pairs"][0]["reason"]
    sleeping = Pair(primary="P", backup="B", primary_current=(90.0, 1000.0), backup_current=(300.0, 500.0))
    found = check_coordination(scheme(relay("P", 100.0, 0.1), relay("B", 200.0, 0.9), pairs=(sleeping,)))
    assert "does not operate" in found.reasons[0]


def test_fuses_need_no_breaker_and_bands_count():
    fuse = Fuse.gg("F", 63.0, voltage=400.0)
    big = Fuse.gg("G", 100.0, voltage=400.0)
    at = Pair(primary="F", backup="G", primary_current=(820.0,), backup_current=(820.0,), joined=False)
    found = check_coordination(scheme(fuse, big, pairs=(at,), safety_margin=0.0))
    row = found.facts["pairs"][0]
    assert row["breaker_s"] == 0.0
    assert row["margin_s"] == pytest.approx(0.0, abs=1e-9)  # the gates are selective at 1 : 1.6, just so


def test_limits_and_starts_are_kept():
    start = MotorStart(name="M", voltage=400.0, rated_current=150.0)
    quick = Fuse.gg("F", 160.0, voltage=400.0)
    item = Protects(device="F", limit="M", least_current=151.0, highest_current=1400.0)
    document = Scheme(name="m", devices=(quick,), limits=(start,), protects=(item,))
    assert "while it starts" in check_coordination(document).reasons[0]
    slow = Fuse.gg("F", 400.0, voltage=400.0)
    calm = check_coordination(Scheme(name="m", devices=(slow,), limits=(start,), protects=(item,)))
    assert calm.selective
    assert calm.limits_table()["ok"].all()


def test_devices_that_sleep_or_have_nothing_to_save_say_so():
    cable = ConductorLimit(name="C", voltage=11e3, cross_section=95e-6)
    fuse = relay("P", 9000.0, 0.1)

    def sentence(least, highest):
        item = Protects(device="P", limit="C", least_current=least, highest_current=highest)
        document = Scheme(name="c", devices=(fuse,), limits=(cable,), protects=(item,))
        (row,) = check_coordination(document).facts["protects"]
        return row["ok"], row["reason"]

    ok, reason = sentence(6000.0, 8000.0)
    assert not ok
    assert "does not operate" in reason
    ok, reason = sentence(100.0, 200.0)
    assert ok
    assert "nothing to compare" in reason


def test_results_travel_through_files(tmp_path):
    found = check_coordination(Scheme.named("radial feeder 11 kV"))
    assert found.selective
    again = Result.load(found.save(tmp_path / "c.run.nc"))
    assert again.scheme() == found.scheme()
    np.testing.assert_array_equal(again["margin"], found["margin"])
    assert again.to_dataframe().equals(found.to_dataframe())
    settings = optimal_settings(Scheme.named("3-bus Urdaneta"), choose_pickups=False)
    again = Result.load(settings.save(tmp_path / "s.run.nc"))
    assert again.scheme() == settings.scheme()
    assert len(again.to_dataframe()) == 6


def test_settings_with_errors_keep_the_band():
    devices = tuple(
        relay(name, pickup, 1.0, time_error=0.075, fixed_error=0.03)
        for name, pickup in (("A", 400.0), ("B", 200.0), ("C", 100.0))
    )
    pairs = (
        Pair(primary="C", backup="B", primary_current=(600.0, 3000.0), backup_current=(600.0, 3000.0)),
        Pair(primary="B", backup="A", primary_current=(900.0, 4500.0), backup_current=(900.0, 4500.0)),
    )
    found = optimal_settings(scheme(*devices, pairs=pairs), times="band")
    assert found.facts["selective"]
    assert np.min(found["worst_margin"]) == pytest.approx(0.0, abs=1e-6)


def test_faults_between_the_given_ones_are_kept_too():
    """The worst fault is where the backup's curve goes flat: neither given nor among few points."""
    quick = Relay(
        name="P", voltage=11e3, ct={"primary": 1.0}, breaker_time=0.0, overshoot_time=0.0,
        stages=(InverseStage(pickup=80.0, curve="IEC LTI"),),
    )  # fmt: skip
    stage = InverseStage(pickup=100.0, curve="IEC EI", multiplier_range=(0.05, 20.0), pickup_choices=(130.0,))
    slow = quick.model_copy(update={"name": "B", "stages": (stage,)})
    pair = Pair(primary="P", backup="B", primary_current=(400.0, 6000.0), backup_current=(400.0, 6000.0))
    found = optimal_settings(scheme(quick, slow, pairs=(pair,)), points=2)
    assert found.facts["selective"]
    assert found["worst_margin"][0] == pytest.approx(0.0, abs=1e-6)
    assert found["worst_current"][0] == pytest.approx(20 * 130.0, rel=1e-4)


def test_multipliers_can_have_steps():
    document = Scheme.named("8-bus Amraee")
    free = optimal_settings(document)
    found = optimal_settings(document, multiplier_step=0.01)
    steps = found["multiplier"] / 0.01
    np.testing.assert_allclose(steps, np.round(steps), atol=1e-9)
    assert found.facts["selective"]
    assert free.objective <= found.objective <= 1.1 * free.objective
    for wrong in (0.0, -1.0, 11.0):
        with pytest.raises(InputError, match="multiplier_step"):
            optimal_settings(document, multiplier_step=wrong)


def test_pickups_are_better_chosen_than_fixed():
    document = Scheme.named("3-bus Urdaneta")
    fixed = optimal_settings(document, choose_pickups=False).objective
    assert optimal_settings(document).objective < fixed


def test_contradicting_pairs_are_named():
    """A loop whose intervals cannot all be kept: around it the sum of margins is negative whatever the multipliers."""
    devices = [relay(name, 100.0, 0.5) for name in "PQR"]
    free = relay("Z", 50.0, 0.5)
    loop = [
        Pair(primary=a, backup=b, primary_current=(1000.0,), backup_current=(1000.0,), joined=False)
        for a, b in (("P", "Q"), ("Q", "R"), ("R", "P"))
    ]
    harmless = Pair(primary="Z", backup="P", primary_current=(2000.0,), backup_current=(300.0,), joined=False)
    with pytest.raises(InfeasibleError) as caught:
        optimal_settings(scheme(*devices, free, pairs=(*loop, harmless)))
    assert caught.value.partial["conflicting_pairs"] == ["P – Q", "Q – R", "R – P"]
    assert sum(caught.value.partial["shortfall_s"].values()) == pytest.approx(3 * 0.19, rel=1e-6)
    assert "P – Q" in str(caught.value)


def test_bad_requests_are_named():
    document = Scheme.named("radial feeder 11 kV")
    with pytest.raises(InputError, match="times"):
        check_coordination(document, times="average")
    with pytest.raises(InputError, match="points"):
        check_coordination(document, points=1)
    with pytest.raises(InputError, match="no pairs"):
        check_coordination(document.model_copy(update={"pairs": (), "protects": ()}))
    with pytest.raises(InputError, match="no pairs"):
        optimal_settings(document.model_copy(update={"pairs": ()}))
    with pytest.raises(InputError, match="as many values"):
        Pair(primary="P", backup="B", primary_current=(1.0,), backup_current=(1.0, 2.0))
    asleep = Pair(primary="P", backup="B", primary_current=(90.0,), backup_current=(900.0,))
    with pytest.raises(InputError, match="does not see every fault"):
        optimal_settings(scheme(relay("P", 100.0, 0.1), relay("B", 200.0, 0.2), pairs=(asleep,)))


def test_breaker_duty():
    rating = BreakerRating(voltage=12e3, breaking_current=25e3, short_time=3.0, rated_current=1250.0)
    common = {"rating": rating, "voltage": 12e3}
    good = BreakerDuty(
        name="Q1", breaking_current=24e3, peak_current=62.5e3, thermal_current=25e3, fault_duration=3.0,
        normal_current=1000.0, **common,
    )  # fmt: skip
    bad = BreakerDuty(
        name="Q2", breaking_current=26e3, peak_current=60e3, thermal_current=20e3, fault_duration=6.0,
        dc_share=0.5, opening_time=0.045, **common,
    )  # fmt: skip
    found = breaker_duty([good, bad])
    assert not found.passed
    assert breaker_duty([good]).passed
    np.testing.assert_allclose(found["making_loading"], [1.0, 60 / 62.5])
    np.testing.assert_allclose(found["thermal_loading"], [1.0, 20 / 25 * 2**0.5])
    np.testing.assert_allclose(found["dc_loading"][1], 0.5 * np.e)
    assert len(found.reasons) == 3
    assert list(found.to_dataframe()["breaker"]) == ["Q1", "Q2"]
    assert breaker_duty([good], frequency=60.0)["making_loading"][0] == pytest.approx(62.5 / 65)
    for wrong, word in (([], "at least one"), ([good, good], "names must differ")):
        with pytest.raises(InputError, match=word):
            breaker_duty(wrong)
    with pytest.raises(InputError, match="50 or 60"):
        breaker_duty([good], frequency=16.7)
