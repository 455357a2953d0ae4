"""The loop itself: plain Python and machine code alike, every held quantity, exact ends, taken up again."""

from __future__ import annotations

import numpy as np
import pytest

from joulebook.battery import BatteryOptions, Cell, HalfCell, Model, Protocol
from joulebook.battery import layout as at
from joulebook.battery.discretise import discretise
from joulebook.battery.follow import follow
from joulebook.battery.march import March, begin
from joulebook.battery.starts import starting_concentrations

CELL = Cell.named("Chen2020")
COARSE = BatteryOptions(
    negative_nodes=4, separator_nodes=2, positive_nodes=4, shells=5, voltage_tolerance=4e-3, salt_tolerance=20.0
)
MODELS = ("DFN", "SPMe", "SPM")
AGES = {"sei": "solvent-diffusion limited", "sei_on_cracks": True, "plating": "partially reversible"}
EVERYTHING = Model(**AGES, loss_of_active_material=("stress",))  # type: ignore[arg-type]


def prepared(
    protocol: object,
    model: Model | str = "DFN",
    options: BatteryOptions = COARSE,
    cell: Cell | HalfCell = CELL,
    initial_soc: float | None = None,
) -> March:
    physics = model if isinstance(model, Model) else Model(model)
    plan = protocol if isinstance(protocol, Protocol) else Protocol(protocol)
    resolution = options.resolution(physics.name)
    arrays = discretise(cell, physics, resolution, starting_concentrations(cell, initial_soc))
    return begin(arrays, plan.compile(cell))


LONG = ["Discharge at 2C until 3.2 V", "Rest for 5 minutes", "Charge at 15 W until 4.1 V", "Hold at 4.1 V until C/5"]


@pytest.mark.parametrize(
    ("cell", "model", "protocol"),
    [
        (CELL, Model("DFN"), LONG),
        (CELL, Model("SPMe"), LONG),
        (CELL, Model("SPM"), LONG),
        (Cell.named("OKane2022"), EVERYTHING, "Discharge at 1C for 2 minutes"),
        (Cell.named("Marquis2019"), Model(thermal="lumped"), "Discharge at 1C for 2 minutes"),
        (Cell.named("Chen2020_composite"), Model(), "Discharge at C/2 for 2 minutes"),
        (Cell.named("ORegan2022"), Model("SPMe"), "Discharge at C/2 for 2 minutes"),
        (HalfCell.named("Xu2019"), Model(), "Discharge at C/2 for 2 minutes"),
    ],
    ids=["DFN", "SPMe", "SPM", "ageing", "lumped", "two materials", "varying laws", "half cell"],
)
def test_plain_python_and_machine_code_agree(cell: Cell | HalfCell, model: Model, protocol: object) -> None:
    if cell.name.startswith("Marquis"):
        cell = cell.replace(
            {"thermal": {"heat_capacity": 50.0, "cooling_conductance": 0.05, "ambient_temperature": 298.15}}
        )
    compiled, plain = (prepared(protocol, model, cell=cell) for _ in range(2))
    status = compiled.advance()
    assert follow(plain.arena) == status == at.FINISHED
    assert plain.rows == compiled.rows
    within = 2e-5 if model.ages else 1e-8  # the consistent start, a step of 0.1 ns, rounds the rates of films
    assert np.allclose(plain.trace, compiled.trace, rtol=within, atol=within)
    assert np.allclose(plain.arena.marks, compiled.arena.marks, rtol=within, atol=within, equal_nan=True)


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize(
    ("sentence", "target", "held"),
    [
        ("Hold at 4 V for 5 minutes", 4.0, lambda voltage, current: voltage),
        ("Discharge at 0.8 ohm for 5 minutes", 0.8, lambda voltage, current: voltage / current),
        ("Discharge at 12 W for 5 minutes", 12.0, lambda voltage, current: voltage * current),
        ("Discharge at 3 A for 5 minutes", 3.0, lambda voltage, current: current),
    ],
)
def test_whatever_is_held_is_held(model: str, sentence: str, target: float, held: object) -> None:
    march = prepared(sentence, model, BatteryOptions())
    march.arrays.settings[at.NEWTON_TOLERANCE] = 1e-10
    assert march.advance() == at.FINISHED
    voltage, current = march.trace[:, [at.TRACE_VOLTAGE, at.TRACE_CURRENT]].T
    assert held(voltage, current) == pytest.approx(target, rel=1e-6)  # type: ignore[operator]
    if sentence.startswith("Hold"):
        assert np.all(np.diff(current[2:]) < 0)


def test_a_march_is_taken_up_where_it_stopped() -> None:
    whole, parts = (prepared("Discharge at 1C until 2.5 V") for _ in range(2))
    assert whole.advance() == at.FINISHED
    parts.arrays.settings[at.STEPS] = 7
    stops = 0
    while parts.advance() == at.RUNNING:
        stops += 1
    assert stops > 3
    assert np.array_equal(whole.trace, parts.trace)


def test_a_full_trace_is_reported_and_nothing_is_lost() -> None:
    whole, short = (prepared(LONG, "SPM") for _ in range(2))
    whole.advance()
    short.arena = short.arena._replace(trace=short.arena.trace[:10].copy())
    assert short.advance() == at.TRACE_FULL
    while short.advance() == at.TRACE_FULL:
        short.make_room()
    assert np.array_equal(whole.trace, short.trace)
    assert np.array_equal(whole.arena.marks, short.arena.marks, equal_nan=True)


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("level", [4.0, 3.6, 3.0, 2.5])
def test_voltages_are_met_to_a_microvolt(level: float, model: str) -> None:
    march = prepared(f"Discharge at 1C until {level} V", model)
    assert march.advance() == at.FINISHED
    assert march.arena.marks[0, at.MARK_EVENT] == at.EVENT_FELL
    assert march.arena.run[at.VOLTAGE] == pytest.approx(level, abs=1e-6)


@pytest.mark.parametrize(
    ("protocol", "event", "column", "value", "within"),
    [
        (["Charge at 1C until 4.1 V", "Hold at 4.1 V until C/7"], at.EVENT_CURRENT, at.TRACE_CURRENT, -5.0 / 7, 2e-6),
        ("Discharge at 1C until 1.5 Ah", at.EVENT_CHARGE, at.TRACE_CHARGE, 1.5, 1e-6),
        ("Discharge at 10 W until 1.5 Ah", at.EVENT_CHARGE, at.TRACE_CHARGE, 1.5, 1e-6),
    ],
    ids=["current", "charge", "charge at power"],
)
@pytest.mark.parametrize("model", MODELS)
def test_ends_other_than_voltages_are_met(
    protocol: object, event: int, column: int, value: float, within: float, model: str
) -> None:
    march = prepared(protocol, model, initial_soc=0.6)
    assert march.advance() == at.FINISHED
    assert march.arena.marks[-1, at.MARK_EVENT] == event
    assert march.trace[-1, column] == pytest.approx(value, abs=within)


def test_the_start_is_consistent_and_costs_no_charge() -> None:
    march = prepared("Discharge at 1C until 2.5 V")
    march.arrays.settings[at.STEPS] = 1
    march.advance()
    assert march.trace[0, at.TRACE_TIME] == march.trace[0, at.TRACE_CHARGE] == 0.0
    assert march.trace[0, at.TRACE_CURRENT] == 5.0
    assert march.arena.profiles.shape[0] == 0
    assert 3.9 < march.trace[0, at.TRACE_VOLTAGE] < 4.2


def test_first_guesses_are_potentials_at_rest() -> None:
    arena = prepared("Rest for 1 s").arena
    assert arena.past[0, -1, 2] - arena.past[0, 0, 2] == pytest.approx(4.18, abs=0.05)
    assert arena.concentration[0, :, 0] == pytest.approx(29866.0)
    assert arena.run[at.CURRENT] == 0.0
