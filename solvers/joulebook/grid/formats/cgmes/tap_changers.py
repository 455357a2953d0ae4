"""Tap changers of a CGMES set: what ratio and phase shift a winding has at its present step.

With ``d = step - neutral step``:

* ratio, linear: ``t = 1 + d s``, ``s`` the voltage step per unit;
* phase, linear: ``alpha = d a``, ``a`` the angle step;
* phase, symmetrical: ``alpha = 2 atan(d s / 2)``, ``t = 1``;
* phase, asymmetrical with winding connection angle ``theta``: ``t e^(j alpha) = 1 + d s e^(j theta)``;
* tables give ratio and angle of every step, and by how many percent r, x, g and b of the winding differ there.

The voltage at the terminal of the winding is ``t e^(j alpha)`` times that inside the transformer: so the states of the
public test sets have it, to the rounding of their voltages.

References
----------
ENTSO-E, *Phase Shift Transformers Modelling*, version 1.0.0 (2014), sections 3 to 6; IEC 61970-301, classes
``TapChanger`` and below.
"""

from __future__ import annotations

import cmath
import math
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from joulebook.grid.formats.cgmes.nodes import Nodes, kilo
from joulebook.grid.formats.cgmes.objects import Model, Objects
from joulebook.grid.formats.rows import NetworkRows

__all__ = ["Tap", "read_taps"]

_PHASE = (
    "PhaseTapChangerLinear",
    "PhaseTapChangerSymmetrical",
    "PhaseTapChangerAsymmetrical",
    "PhaseTapChangerTabular",
    "PhaseTapChangerNonLinear",
)


@dataclass
class Tap:
    """What the tap changers of one winding do.

    Parameters
    ----------
    ratio : float
        Of the terminal's voltage over that inside.
    angle : float, rad
        By which the terminal's voltage leads that inside.
    scale : dict of str to float
        Factors of ``r``, ``x``, ``g`` and ``b`` of the winding at this step.
    reactance : tuple of float or None, ohm
        Of the whole transformer at this step and at the last one, seen from this winding, where the changer gives it.
    steps : dict of str to object or None
        Fields of :class:`joulebook.grid.elements.TapChanger`, where all steps are equal.
    """

    ratio: float = 1.0
    angle: float = 0.0
    scale: dict[str, float] | None = None
    reactance: tuple[float, float] | None = None
    steps: dict[str, Any] | None = None

    def and_then(self, other: Tap, rows: NetworkRows) -> Tap:
        """Join with a second changer at the same winding.

        Parameters
        ----------
        other : Tap
            The other one.
        rows : NetworkRows
            Takes the note.

        Returns
        -------
        Tap
            Both together; without steps.
        """
        if self.steps or other.steps:
            rows.note("windings with two tap changers: the present steps are taken, the others left out")
        scale = {key: (self.scale or {}).get(key, 1.0) * (other.scale or {}).get(key, 1.0) for key in "rxgb"}
        reactance = self.reactance if self.reactance is not None else other.reactance
        return Tap(self.ratio * other.ratio, self.angle + other.angle, scale, reactance)


def read_taps(model: Model, rows: NetworkRows, nodes: Nodes) -> dict[str, Tap]:
    """Work out the tap changers of all windings.

    Parameters
    ----------
    model : Model
        The objects.
    rows : NetworkRows
        Takes notes.
    nodes : Nodes
        Where controlled voltages are.

    Returns
    -------
    dict of str to Tap
        By transformer end.
    """
    steps = _solved_steps(model)
    controls = _controls(model, nodes)
    out: dict[str, Tap] = {}
    for name in ("RatioTapChanger", *_PHASE):
        objects = model.of(name)
        if not len(objects):
            continue
        ends = objects.reference(
            "RatioTapChanger.TransformerEnd" if name == "RatioTapChanger" else "PhaseTapChanger.TransformerEnd"
        )
        for row, (changer, tap) in enumerate(_changers(model, objects, steps, controls, rows)):
            if not ends[row]:
                raise objects.fault(row, "belongs to no transformer end")
            if changer in out:
                rows.note(f"tap changer {changer} stands twice")
            out[ends[row]] = out[ends[row]].and_then(tap, rows) if ends[row] in out else tap
    return out


def _solved_steps(model: Model) -> dict[str, float]:
    state = model.of("SvTapStep")
    positions = state.number("SvTapStep.position").tolist()
    return dict(zip(state.reference("SvTapStep.TapChanger"), positions, strict=True))


def _controls(model: Model, nodes: Nodes) -> dict[str, dict[str, Any]]:
    """What each control holds, as fields of a tap changer."""
    found = model.of("TapChangerControl")
    modes = found.choice("RegulatingControl.mode")
    enabled = found.flag("RegulatingControl.enabled", False)
    targets = found.number("RegulatingControl.targetValue").tolist()
    bands = found.number("RegulatingControl.targetDeadband").tolist()
    units = found.choice("RegulatingControl.targetValueUnitMultiplier")
    places = found.reference("RegulatingControl.Terminal")
    out: dict[str, dict[str, Any]] = {}
    for row, item in enumerate(found.rows):
        terminal = nodes.terminals.get(places[row])
        if modes[row] == "voltage" and terminal and terminal.bus in nodes.nominal and targets[row] > 0:
            per_unit = kilo(units[row]) / nodes.nominal[terminal.bus]
            out[item] = {
                "controls": "voltage" if enabled[row] else "nothing",
                "controlled_bus": terminal.bus,
                "target": targets[row] * per_unit,
                "deadband": bands[row] * per_unit if bands[row] > 0 else None,
            }
    return out


def _changers(
    model: Model, objects: Objects, solved: dict[str, float], controls: dict[str, dict[str, Any]], rows: NetworkRows
) -> list[tuple[str, Tap]]:
    """All changers of one class."""
    columns = {
        key: objects.number(f"TapChanger.{key}").tolist()
        for key in ("step", "normalStep", "lowStep", "highStep", "neutralStep")
    }
    enabled = objects.flag("TapChanger.controlEnabled", False)
    control = objects.reference("TapChanger.TapChangerControl")
    tables = _tables(model, objects)
    law = _law(objects)
    out: list[tuple[str, Tap]] = []
    moved = 0
    for row, item in enumerate(objects.rows):
        neutral = _first(columns["neutralStep"][row], 0.0)
        step = _first(solved.get(item, math.nan), columns["step"][row], columns["normalStep"][row], neutral)
        moved += item in solved and columns["step"][row] == columns["step"][row] and columns["step"][row] != step
        if row in tables:
            point = tables[row].get(round(step))
            if point is not None:
                out.append((item, point))
                continue
            rows.note(f"{objects.name} {item}: step {step:g} is not in its table; the table is left out")
        tap = law(row, step - neutral)
        if tap.steps is not None:
            low, high = columns["lowStep"][row], columns["highStep"][row]
            if step != round(step) or not low <= step <= high:
                tap.steps = None
            else:
                tap.steps |= {"position": round(step), "minimum": round(low), "maximum": round(high)}
                tap.steps |= {"neutral": round(neutral)}
                held = controls.get(control[row])
                if held:
                    tap.steps |= held if enabled[row] else held | {"controls": "nothing"}
        out.append((item, tap))
    if moved:
        rows.note(f"{moved} {objects.name}: the step of the state (SV) is taken, not that of the hypothesis (SSH)")
    return out


def _first(*values: float) -> float:
    return next(value for value in values if value == value)


def _law(objects: Objects) -> Any:
    """The function from row and steps off neutral to the tap, for changers without tables."""
    kind = objects.name.removeprefix("PhaseTapChanger")
    if kind == "RatioTapChanger":
        percent = objects.number("RatioTapChanger.stepVoltageIncrement", 0.0).tolist()

        def ratio(row: int, off: float) -> Tap:
            step = percent[row] / 100
            return Tap(1 + off * step, steps={"voltage_step": step})

        return ratio
    if kind == "Linear":
        degrees = objects.number("PhaseTapChangerLinear.stepPhaseShiftIncrement", 0.0).tolist()

        def linear(row: int, off: float) -> Tap:
            step = math.radians(degrees[row])
            return Tap(1.0, off * step, steps={"voltage_step": 0.0, "angle_step": step})

        return linear
    if kind == "Tabular":
        return lambda row, off: Tap()
    percent = objects.number("PhaseTapChangerNonLinear.voltageStepIncrement", 0.0).tolist()
    theta = objects.number("PhaseTapChangerAsymmetrical.windingConnectionAngle", 90.0).tolist()
    reactance = _reactance(objects)

    def non_linear(row: int, off: float) -> Tap:
        step = percent[row] / 100
        if kind == "Asymmetrical":
            turned = 1 + off * step * cmath.exp(1j * math.radians(theta[row]))
            tap = Tap(abs(turned), cmath.phase(turned))
        else:
            tap = Tap(1.0, 2 * math.atan(off * step / 2))
        tap.reactance = reactance(row, abs(tap.angle), step, math.radians(theta[row]))
        return tap

    return non_linear


def _reactance(objects: Objects) -> Any:
    """Series reactance over the angle, between its values at the neutral and at the last step."""
    low = objects.number("PhaseTapChangerNonLinear.xMin").tolist()
    high = objects.number("PhaseTapChangerNonLinear.xMax").tolist()
    highest = objects.number("TapChanger.highStep", 0.0).tolist()
    neutral = objects.number("TapChanger.neutralStep", 0.0).tolist()
    asymmetrical = objects.name.endswith("Asymmetrical")

    def at(row: int, angle: float, step: float, theta: float) -> tuple[float, float] | None:
        if not 0 < low[row] <= high[row]:
            return None
        off = abs(highest[row] - neutral[row]) * step
        if asymmetrical:
            largest = abs(cmath.phase(1 + off * cmath.exp(1j * theta)))
        else:
            largest = 2 * math.atan(off / 2)
        if not 0 < largest < math.pi / 2:
            return low[row], high[row]
        if asymmetrical:
            weight = math.tan(angle) / math.tan(largest)
            weight *= math.sin(theta) - math.tan(largest) * math.cos(theta)
            weight /= math.sin(theta) - math.tan(angle) * math.cos(theta)
        else:
            weight = math.sin(angle / 2) / math.sin(largest / 2)
        return low[row] + (high[row] - low[row]) * weight**2, high[row]

    return at


def _tables(model: Model, objects: Objects) -> dict[int, dict[int, Tap]]:
    """Points of the tables of changers that have one, by row and step."""
    if objects.name == "RatioTapChanger":
        kind, property_name = "RatioTapChangerTable", "RatioTapChanger.RatioTapChangerTable"
    else:
        kind, property_name = "PhaseTapChangerTable", "PhaseTapChangerTabular.PhaseTapChangerTable"
    if not objects.has(property_name):
        return {}
    points = model.of(f"{kind}Point")
    factors = {key: points.number(f"TapChangerTablePoint.{key}", 0.0).tolist() for key in "rxgb"}
    ratios = points.number("TapChangerTablePoint.ratio", 1.0).tolist()
    angles = points.number("PhaseTapChangerTablePoint.angle", 0.0).tolist()
    steps = points.number("TapChangerTablePoint.step", 0.0).tolist()
    table: dict[str, dict[int, Tap]] = defaultdict(dict)
    for row, owner in enumerate(points.reference(f"{kind}Point.{kind}")):
        scale = {key: 1 + column[row] / 100 for key, column in factors.items()}
        table[owner][round(steps[row])] = Tap(ratios[row], math.radians(angles[row]), scale)
    return {row: table[name] for row, name in enumerate(objects.reference(property_name)) if table.get(name)}
