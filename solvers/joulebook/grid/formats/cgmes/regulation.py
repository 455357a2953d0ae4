"""Voltage set points of a CGMES set: which control holds the voltage of which bus, and at what."""

from __future__ import annotations

from dataclasses import dataclass

from joulebook.grid.formats.cgmes.nodes import Nodes, kilo
from joulebook.grid.formats.cgmes.objects import Model, Objects

__all__ = ["SetPoint", "holding", "read_set_points"]


@dataclass(frozen=True, slots=True)
class SetPoint:
    """A voltage that is held.

    Parameters
    ----------
    bus : str
        Where.
    voltage : float
        Per unit.
    deadband : float
        Full width, per unit; 0 where the file gives none.
    """

    bus: str
    voltage: float
    deadband: float


def read_set_points(model: Model, nodes: Nodes) -> dict[str, SetPoint]:
    """Find the voltage set points that are switched on.

    Parameters
    ----------
    model : Model
        The objects.
    nodes : Nodes
        Nominal voltages.

    Returns
    -------
    dict of str to SetPoint
        By regulating control.
    """
    found = model.of("RegulatingControl")
    modes = found.choice("RegulatingControl.mode")
    enabled = found.flag("RegulatingControl.enabled", False)
    targets = found.number("RegulatingControl.targetValue").tolist()
    bands = found.number("RegulatingControl.targetDeadband", 0.0).tolist()
    units = found.choice("RegulatingControl.targetValueUnitMultiplier")
    out: dict[str, SetPoint] = {}
    for row, (item, place) in enumerate(zip(found.rows, found.reference("RegulatingControl.Terminal"), strict=True)):
        terminal = nodes.terminals.get(place)
        if modes[row] == "voltage" and enabled[row] and terminal and targets[row] > 0:
            volts = nodes.nominal.get(terminal.bus)
            if volts:
                factor = kilo(units[row]) / volts
                out[item] = SetPoint(terminal.bus, targets[row] * factor, bands[row] * factor)
    return out


def holding(objects: Objects, points: dict[str, SetPoint]) -> list[SetPoint | None]:
    """Give the set point that each object takes part in.

    Parameters
    ----------
    objects : Objects
        Of one class of regulating equipment.
    points : dict of str to SetPoint
        By control.

    Returns
    -------
    list of SetPoint or None
        None where the object does not regulate voltage now.
    """
    enabled = objects.flag("RegulatingCondEq.controlEnabled", False)
    controls = objects.reference("RegulatingCondEq.RegulatingControl")
    return [points.get(control) if is_on else None for control, is_on in zip(controls, enabled, strict=True)]
