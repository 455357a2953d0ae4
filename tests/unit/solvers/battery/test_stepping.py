"""The loop itself: plain Python and machine code alike, every held quantity, exact ends, taken up again."""

from __future__ import annotations

import numpy as np
import pytest

from joulebook.battery import Cell
from joulebook.battery import layout as at
from joulebook.battery.discretise import discretise, rings
from joulebook.battery.march import March, begin, prepare_step
from joulebook.battery.options import BatteryOptions
from joulebook.battery.protocol import parse
from joulebook.battery.stepping import integrate

CELL = Cell.named("Chen2020")
COARSE = BatteryOptions(
    negative_nodes=4, separator_nodes=2, positive_nodes=4, shells=5, voltage_tolerance=4e-3, salt_tolerance=20.0
)


def prepared(sentence: str, model: int, options: BatteryOptions = COARSE) -> March:
    arrays = discretise(CELL, model, options.resolution(), (29866.0, 17038.0))
    return begin(arrays, options.resolution(), prepare_step(arrays, parse(sentence, CELL)))


@pytest.mark.parametrize("model", [at.DFN, at.SPM])
@pytest.mark.parametrize("sentence", ["Discharge at 2C until 3.2 V", "Discharge at 15 W for 5 minutes"])
def test_plain_python_and_machine_code_agree(model: int, sentence: str) -> None:
    compiled, plain = prepared(sentence, model), prepared(sentence, model)
    status = compiled.advance()
    a = plain.arrays
    arrays = (a.settings, a.nodes, a.shells, a.ocp, a.electrolyte)
    rings_ = (plain.past, plain.concentration, plain.work, plain.run, plain.trace, plain.profiles)
    assert integrate(*arrays, *rings_) == status > 0
    assert plain.rows == compiled.rows
    assert np.allclose(plain.trace[: plain.rows], compiled.trace[: plain.rows], rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("model", [at.DFN, at.SPM])
@pytest.mark.parametrize(
    ("control", "target", "held"),
    [
        (at.HOLD_VOLTAGE, 4.0, lambda voltage, current: voltage),
        (at.HOLD_RESISTANCE, 0.8, lambda voltage, current: voltage / current),
        (at.HOLD_POWER, 12.0, lambda voltage, current: voltage * current),
    ],
)
def test_whatever_is_held_is_held(model: int, control: int, target: float, held: object) -> None:
    march = prepared("Discharge at 1C for 5 minutes", model, BatteryOptions())
    settings = march.arrays.settings
    settings[at.CONTROL], settings[at.TARGET], settings[at.EVENT_VOLTAGE] = control, target, 2.0
    settings[at.NEWTON_TOLERANCE] = 1e-10
    assert march.advance() == at.REACHED_TIME
    voltage, current = march.trace[: march.rows, 1:3].T
    assert held(voltage, current) == pytest.approx(target, rel=1e-6)  # type: ignore[operator]
    if control == at.HOLD_VOLTAGE:
        assert np.all(np.diff(current[2:]) < 0)


def test_a_march_is_taken_up_where_it_stopped() -> None:
    whole, parts = (prepared("Discharge at 1C until 2.5 V", at.DFN) for _ in range(2))
    assert whole.advance() == at.REACHED_VOLTAGE
    parts.arrays.settings[at.STEPS] = 7
    stops = 0
    while parts.advance() == at.RUNNING:
        stops += 1
    assert stops > 3
    assert np.array_equal(whole.trace[: whole.rows], parts.trace[: parts.rows])


def test_a_full_trace_is_reported_and_nothing_is_lost() -> None:
    whole, short = (prepared("Discharge at 1C until 2.5 V", at.SPM) for _ in range(2))
    whole.advance()
    short.trace = short.trace[:10].copy()
    assert short.advance() == at.TRACE_FULL
    while short.advance() == at.TRACE_FULL:
        short.make_room()
    assert np.array_equal(whole.trace[: whole.rows], short.trace[: short.rows])


@pytest.mark.parametrize("level", [4.0, 3.6, 3.0, 2.5])
def test_ends_are_met_to_a_microvolt(level: float) -> None:
    march = prepared(f"Discharge at 1C until {level} V", at.DFN)
    assert march.advance() == at.REACHED_VOLTAGE
    assert march.run[at.VOLTAGE] == pytest.approx(level, abs=1e-6)


def test_the_start_is_consistent_and_costs_no_charge() -> None:
    march = prepared("Discharge at 1C until 2.5 V", at.DFN)
    march.arrays.settings[at.STEPS] = 1
    march.advance()
    assert march.trace[0, 0] == march.trace[0, 3] == 0.0
    assert march.trace[0, 2] == 5.0
    assert march.profiles.shape[0] == 0
    assert 3.9 < march.trace[0, 1] < 4.2


def test_first_guesses_are_potentials_at_rest() -> None:
    arrays = prepared("Rest for 1 s", at.DFN).arrays
    past, concentration, _, run = rings(arrays, 0.0)
    assert past[0, -1, 2] - past[0, 0, 2] == pytest.approx(4.18, abs=0.05)
    assert concentration[0, :, 0] == pytest.approx(29866.0)
    assert run[at.CURRENT] == 0.0
