"""What the compiled loops of a feeder work on: groups of arrays that the caller owns, and the numbers of their columns.

Nodes are numbered in the order of elimination. Arrays over nodes have one more place than there are nodes: that of
earth, whose voltage stays 0.
"""

from __future__ import annotations

from typing import Any, NamedTuple

__all__ = [
    "COMPLETE",
    "LOAD_MODELS",
    "NOT_CONVERGED",
    "ROUNDS_SPENT",
    "SINGULAR",
    "CapacitorArrays",
    "LoadArrays",
    "NetworkArrays",
    "RegulatorArrays",
    "StateArrays",
]

COMPLETE = 0
"""Solved, and no control wants to act."""
NOT_CONVERGED = 1
"""The fixed-point iteration does not come to rest."""
ROUNDS_SPENT = 2
"""Solved, but controls still want to act after as many rounds as were allowed."""
SINGULAR = 3
"""A pivot of the admittance matrix is zero."""

LOAD_MODELS = (
    "constant power",
    "constant impedance",
    "motor",
    "exponential",
    "constant current",
    "fixed reactive power",
    "fixed reactance",
    "zip",
)
"""Place in this list is the number of the model."""
POWER, IMPEDANCE, MOTOR, EXPONENTIAL, CURRENT, FIXED_POWER, FIXED_REACTANCE, ZIP = range(8)

VOLTAGE_BASE, LOW, NORMAL, HIGH, ACTIVE_EXPONENT, REACTIVE_EXPONENT, NOMINAL_P, NOMINAL_Q, SHARES = range(9)
"""Columns of ``LoadArrays.numbers``; the shares are the last seven. Voltages are V or per unit of the base."""
LOAD_NUMBERS = SHARES + 7

(
    TAP_LOW,
    TAP_HIGH,
    TAP_STEP,
    COIL_VOLTAGE,
    SET_VOLTAGE,
    HALF_BAND,
    VOLTAGE_RATIO,
    CURRENT_RATING,
    DROP_R,
    DROP_X,
    DELAY,
    STEP_DELAY,
    LIMIT,
) = range(13)
"""Columns of ``RegulatorArrays.numbers``."""
REGULATOR_NUMBERS = LIMIT + 1
TAP, PHASE, DIRECTION, MOST_STEPS = range(4)
"""Columns of ``RegulatorArrays.choices``: tap that moves, phase that is measured (-1: none but the highest, -2: the
lowest), 1 or -1 for a tap on the other winding, most steps in one action."""

(
    ON,
    OFF,
    CAP_VOLTAGE_RATIO,
    CAP_CURRENT_RATIO,
    DELAY_ON,
    DELAY_OFF,
    DEAD_TIME,
    LOWEST_VOLTAGE,
    HIGHEST_VOLTAGE,
    CAP_KVAR,
) = range(10)
"""Columns of ``CapacitorArrays.numbers``."""
CAPACITOR_NUMBERS = CAP_KVAR + 1
BANK, QUANTITY, CAP_PHASE, OVERRIDE, STEPS, LINE_TO_LINE = range(6)
"""Columns of ``CapacitorArrays.choices``."""
BY_CURRENT, BY_VOLTAGE, BY_REACTIVE_POWER, BY_POWER_FACTOR, BY_TIME = range(5)


class NetworkArrays(NamedTuple):
    """Admittances. A stamp says: the current of a conductor has a part of this admittance times that node's voltage.

    Its value is divided by two taps and multiplied by the share of a capacitor's steps; tap 0 and bank 0 are always 1.
    """

    stamp_start: Any
    """By conductor: first of its stamps, (conductors + 1,) int32."""
    stamp_node: Any
    stamp_value: Any
    stamp_tap1: Any
    stamp_tap2: Any
    stamp_bank: Any
    conductor_node: Any
    """Node at which a conductor ends; the last one is earth."""
    varying: Any
    """Stamps that taps and steps change."""
    varying_place: Any
    """Their places in the matrix."""
    fixed_values: Any
    """Of the matrix without them, loads at their rating included."""
    column_start: Any
    rows: Any
    row_start: Any
    row_columns: Any
    factor_start: Any
    factor_rows: Any
    source_current: Any
    """Injected by the sources, (nodes + 1,) complex."""
    base: Any
    """Voltage base of each node, V, (nodes + 1,); 1 for earth."""
    sources: int
    """Conductors of the sources, which come first."""


class LoadArrays(NamedTuple):
    """Loads and generators as branches between two nodes; generators draw negative power."""

    node1: Any
    node2: Any
    model: Any
    numbers: Any
    power: Any
    """Active and reactive power at rated voltage now, (branches, 2), W and var."""


class RegulatorArrays(NamedTuple):
    """Controls of taps."""

    numbers: Any
    choices: Any
    start: Any
    """First of the measured pairs of nodes of each control."""
    node1: Any
    node2: Any
    conductor: Any
    """Whose current is measured, by pair; -1 for none."""


class CapacitorArrays(NamedTuple):
    """Controls of capacitors."""

    numbers: Any
    choices: Any
    start: Any
    """First of the measured conductors of each control."""
    conductor: Any


class StateArrays(NamedTuple):
    """What changes while a feeder is solved."""

    voltage: Any
    right: Any
    older: Any
    """Voltages that the iteration before gave."""
    difference: Any
    """Change that it made."""
    values: Any
    lower: Any
    inverse: Any
    work: Any
    taps: Any
    """Tap 0 stays 1."""
    banks: Any
    """Share of the steps in service; bank 0 stays 1."""
    regulator_due: Any
    """Time of the next action, s; infinite for none."""
    regulator_change: Any
    """Wanted change of the tap."""
    capacitor_due: Any
    capacitor_change: Any
    """1 to switch on, -1 to switch off, 0 for neither."""
    opened_at: Any
    """Time at which a bank was last switched off, s."""
    counts: Any
    """Iterations, factorisations, rounds of control, actions of taps, actions of banks, (5,) int64."""
    error: Any
    """Largest change of a voltage in the last iteration, per unit, (1,)."""
