"""Ratings of branches: current, apparent and active power limits of a CGMES set."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence

from joulebook.grid.formats.cgmes.nodes import Nodes, Terminal
from joulebook.grid.formats.cgmes.objects import Model

__all__ = ["CurrentLimits"]

_HOURS = 1800.0
"""s: a limit that may last longer than this is for hours, a shorter one for minutes."""
_CURRENT = {"lasting": "current_rating", "hours": "short_time_rating", "minutes": "emergency_rating"}
_POWER = {"lasting": "rating", "hours": "short_time_rating", "minutes": "emergency_rating"}


class CurrentLimits:
    """The smallest limit of each duration, by terminal or equipment, in A at the terminal.

    Parameters
    ----------
    model : Model
        The objects.
    nodes : Nodes
        Nominal voltages, which turn power limits into currents.
    """

    def __init__(self, model: Model, nodes: Nodes) -> None:
        self._amperes: dict[tuple[str, str], float] = defaultdict(lambda: math.inf)
        self._nodes = nodes
        sets = model.of("OperationalLimitSet")
        at_terminal = sets.reference("OperationalLimitSet.Terminal")
        at_equipment = sets.reference("OperationalLimitSet.Equipment")
        place = {
            item: terminal or equipment
            for item, terminal, equipment in zip(sets.rows, at_terminal, at_equipment, strict=True)
        }
        durations = self._durations(model)
        for name, per_volt in (("CurrentLimit", False), ("ApparentPowerLimit", True)):
            limits = model.of(name)
            values = limits.number(f"{name}.value")
            normal = limits.number(f"{name}.normalValue")
            for value, usual, where, kind in zip(
                values.tolist(),
                normal.tolist(),
                limits.reference("OperationalLimit.OperationalLimitSet"),
                limits.reference("OperationalLimit.OperationalLimitType"),
                strict=True,
            ):
                target = place.get(where, "")
                duration = durations.get(kind, "")
                amount = usual if value != value else value
                if target and duration and amount > 0:
                    self._keep(target, duration, amount, per_volt)

    def _keep(self, target: str, duration: str, amount: float, is_power: bool) -> None:
        if is_power:
            volts = self._nodes.voltage(target) or next(
                (self._nodes.nominal[end.bus] for end in self._nodes.equipment.get(target, []) if end.bus), None
            )
            if not volts:
                return
            amount = amount * 1e6 / (math.sqrt(3) * volts)
        key = target, duration
        self._amperes[key] = min(self._amperes[key], amount)

    @staticmethod
    def _durations(model: Model) -> dict[str, str]:
        """What each type of limit says about time: lasting, for hours, for minutes; nothing for others."""
        types = model.of("OperationalLimitType")
        kinds = types.choice("OperationalLimitType.kind" if types.has("OperationalLimitType.kind") else "")
        if types.has("OperationalLimitType.limitType"):
            kinds = types.choice("OperationalLimitType.limitType")
        directions = types.choice("OperationalLimitType.direction")
        endless = types.flag("OperationalLimitType.isInfiniteDuration", False)
        lasts = types.number("OperationalLimitType.acceptableDuration")
        out: dict[str, str] = {}
        for item, kind, direction, forever, seconds in zip(
            types.rows, kinds, directions, endless, lasts.tolist(), strict=True
        ):
            if direction == "low":
                continue
            if kind == "patl" or (not kind and forever):
                out[item] = "lasting"
            elif kind in {"tatl", "tct", ""}:
                out[item] = "hours" if seconds >= _HOURS else "minutes"
        return out

    def of_branch(self, equipment: str, ends: Sequence[Terminal]) -> dict[str, float]:
        """Give the current ratings of a line.

        Parameters
        ----------
        equipment : str
            Its identifier.
        ends : sequence of Terminal
            Its terminals.

        Returns
        -------
        dict of str to float, A
            The smallest of both ends, by field.
        """
        out: dict[str, float] = {}
        for duration, field in _CURRENT.items():
            found = min(
                (
                    self._amperes[key]
                    for key in ((end, duration) for end in self._places(equipment, ends))
                    if key in self._amperes
                ),
                default=math.inf,
            )
            if found < math.inf:
                out[field] = found
        return out

    def of_transformer(self, equipment: str, ends: Sequence[tuple[Terminal, float]]) -> dict[str, float]:
        """Give the power ratings of a transformer.

        Parameters
        ----------
        equipment : str
            Its identifier.
        ends : sequence of tuple of Terminal and float, V
            Its terminals, with the rated voltages of the windings.

        Returns
        -------
        dict of str to float, VA
            The smallest of the windings, by field.
        """
        out: dict[str, float] = {}
        for duration, field in _POWER.items():
            found = [
                math.sqrt(3) * volts * self._amperes[key]
                for end, volts in ends
                if (key := (end.identifier, duration)) in self._amperes
            ]
            if (equipment, duration) in self._amperes:
                found.append(math.sqrt(3) * ends[0][1] * self._amperes[equipment, duration])
            if found:
                out[field] = min(found)
        return out

    @staticmethod
    def _places(equipment: str, ends: Sequence[Terminal]) -> list[str]:
        return [equipment, *(end.identifier for end in ends)]
