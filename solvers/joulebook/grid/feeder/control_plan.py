"""Controls of a feeder as arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from joulebook.core.errors import InputError, Issue
from joulebook.grid.feeder import layout as at
from joulebook.grid.feeder.layout import CapacitorArrays, RegulatorArrays
from joulebook.grid.feeder.nodes import nodes_of
from joulebook.grid.feeder.primitives import coil_ends, coil_voltage

if TYPE_CHECKING:
    from joulebook.grid.feeder.design import Feeder
    from joulebook.grid.feeder.elements import RegulatorControl, Transformer
    from joulebook.grid.feeder.stamping import Stamps

__all__ = ["capacitor_arrays", "regulator_arrays"]

_QUANTITIES = {
    "current": at.BY_CURRENT,
    "voltage": at.BY_VOLTAGE,
    "reactive power": at.BY_REACTIVE_POWER,
    "power factor": at.BY_POWER_FACTOR,
    "time": at.BY_TIME,
}


def regulator_arrays(feeder: Feeder, stamps: Stamps, place: NDArray[np.int64]) -> RegulatorArrays:
    """Turn the controls of taps into arrays.

    Parameters
    ----------
    feeder : Feeder
        The design.
    stamps : Stamps
        Of its elements.
    place : ndarray of int64, shape (n + 1,)
        Of each node in the order of elimination.

    Returns
    -------
    RegulatorArrays
        In the order of the design.
    """
    index = {name: k for k, name in enumerate(stamps.elements)}
    taps = {key: k + 1 for k, key in enumerate(stamps.taps)}
    count = len(feeder.regulators)
    numbers = np.zeros((count, at.REGULATOR_NUMBERS))
    choices = np.zeros((count, 4), np.int64)
    start, pairs = [0], []
    for r, (name, control) in enumerate(feeder.regulators.items()):
        transformer = feeder.transformers[control.transformer]
        measured = control.winding - 1
        moved = (control.tap_winding or control.winding) - 1
        numbers[r] = _regulator_numbers(control, transformer, measured, moved)
        choices[r] = (
            taps[control.transformer, moved],
            control.phase if not control.bus else 1,
            1 if moved == measured else -1,
            control.steps_at_once,
        )
        element = index[f"transformer.{control.transformer}"]
        pairs += _measured(name, control, transformer, stamps, element)
        start.append(len(pairs))
    one, other, conductor = (np.array([pair[k] for pair in pairs], np.int64) for k in range(3))
    return RegulatorArrays(
        numbers=numbers,
        choices=choices,
        start=np.array(start, np.int32),
        node1=place[one].astype(np.int32),
        node2=place[other].astype(np.int32),
        conductor=conductor.astype(np.int32),
    )


def _regulator_numbers(control: RegulatorControl, transformer: Transformer, measured: int, moved: int) -> list[float]:
    winding = transformer.windings[moved]
    out = [0.0] * at.REGULATOR_NUMBERS
    out[at.TAP_LOW], out[at.TAP_HIGH] = winding.lowest_tap, winding.highest_tap
    out[at.TAP_STEP] = (winding.highest_tap - winding.lowest_tap) / winding.taps if winding.taps else 0.0
    out[at.COIL_VOLTAGE] = coil_voltage(transformer.windings[measured], transformer.phases)
    out[at.SET_VOLTAGE], out[at.HALF_BAND] = control.voltage, control.bandwidth / 2
    out[at.VOLTAGE_RATIO], out[at.CURRENT_RATING] = control.voltage_ratio, control.current_rating
    out[at.DROP_R], out[at.DROP_X] = control.drop_resistance, control.drop_reactance
    out[at.DELAY], out[at.STEP_DELAY], out[at.LIMIT] = control.delay, control.step_delay, control.voltage_limit
    return out


def _measured(
    name: str, control: RegulatorControl, transformer: Transformer, stamps: Stamps, element: int
) -> list[tuple[int, int, int]]:
    """Pairs of nodes whose voltage is measured, and the conductor whose current is."""
    if control.bus:
        bus, nodes = nodes_of(control.bus, 1, 1)
        node = stamps.nodes.find(bus, nodes[0])
        if node < 0:
            raise InputError(Issue(f"regulators.{name}.bus", control.bus, "no element is connected there"))
        return [(node, -1, -1)]
    measured = control.winding - 1
    first = stamps.first[element] + measured * (transformer.phases + 1)
    out = []
    for phase in range(transformer.phases):
        one, other = coil_ends(transformer, measured, phase)
        out.append((stamps.conductor_node[first + one], stamps.conductor_node[first + other], first + phase))
    return out


def capacitor_arrays(feeder: Feeder, stamps: Stamps) -> CapacitorArrays:
    """Turn the controls of capacitors into arrays.

    Parameters
    ----------
    feeder : Feeder
        The design.
    stamps : Stamps
        Of its elements.

    Returns
    -------
    CapacitorArrays
        In the order of the design.

    Raises
    ------
    InputError
        If a control measures a terminal that its element does not have.
    """
    index = {name: k for k, name in enumerate(stamps.elements)}
    banks = {name: k + 1 for k, name in enumerate(stamps.banks)}
    count = len(feeder.capacitor_controls)
    numbers = np.zeros((count, at.CAPACITOR_NUMBERS))
    choices = np.zeros((count, 6), np.int64)
    start, conductors = [0], []
    for c, (name, control) in enumerate(feeder.capacitor_controls.items()):
        bank = feeder.capacitors[control.capacitor]
        numbers[c] = _capacitor_numbers(control, bank)
        choices[c] = (
            banks[control.capacitor],
            _QUANTITIES[control.quantity],
            control.phase,
            control.voltage_override,
            bank.steps,
            bank.connection == "delta",
        )
        element = index[control.element]
        size, first = stamps.sizes[element], stamps.first[element]
        stop = stamps.first[element + 1] if element + 1 < len(stamps.first) else len(stamps.conductor_node)
        if control.terminal * size > stop - first:
            raise InputError(
                Issue(
                    f"capacitor_controls.{name}.terminal",
                    control.terminal,
                    f"{control.element} has {(stop - first) // size} terminals",
                )
            )
        begin = first + (control.terminal - 1) * size
        phases = size - 1 if control.element.startswith("transformer.") else size
        conductors += range(begin, begin + phases)
        start.append(len(conductors))
    return CapacitorArrays(
        numbers=numbers,
        choices=choices,
        start=np.array(start, np.int32),
        conductor=np.array(conductors, np.int32),
    )


def _capacitor_numbers(control: Any, bank: Any) -> list[float]:
    out = [0.0] * at.CAPACITOR_NUMBERS
    out[at.ON], out[at.OFF] = control.on, control.off
    out[at.CAP_VOLTAGE_RATIO], out[at.CAP_CURRENT_RATIO] = control.voltage_ratio, control.current_ratio
    out[at.DELAY_ON], out[at.DELAY_OFF] = control.delay, control.delay_off
    out[at.DEAD_TIME] = control.dead_time
    out[at.LOWEST_VOLTAGE], out[at.HIGHEST_VOLTAGE] = control.lowest_voltage, control.highest_voltage
    out[at.CAP_KVAR] = bank.reactive_power / 1e3
    return out
