"""CGMES 2.4.15 and 3.0 sets as networks.

The profiles: equipment (EQ, in 3.0 also SC and OP), steady state hypothesis (SSH), topology (TP), state variables
(SV), boundary (EQ_BD, TP_BD). Ratios, steps and sections are those of the state where it has them, so that the network
is the one the state belongs to; :func:`joulebook.grid.compare_with_state` tells how well the two agree.

References
----------
IEC 61970-301 and -452 (equipment), -456 (solved state), -552 (CIM/XML); IEC TS 61970-600-1 and -2 (CGMES 2.4.15);
IEC 61970-600-1:2021 and -2:2021 (CGMES 3.0).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from joulebook.core.errors import DataFormatError
from joulebook.grid.formats.cgmes.archive import Source
from joulebook.grid.formats.cgmes.branches import SWITCHES, add_branches, add_switches
from joulebook.grid.formats.cgmes.consumers import add_consumers
from joulebook.grid.formats.cgmes.direct_current import add_links
from joulebook.grid.formats.cgmes.limits import CurrentLimits
from joulebook.grid.formats.cgmes.nodes import Nodes, add_buses, read_nodes
from joulebook.grid.formats.cgmes.objects import Model
from joulebook.grid.formats.cgmes.parsing import read_model
from joulebook.grid.formats.cgmes.regulation import read_set_points
from joulebook.grid.formats.cgmes.sources import add_sources, choose_reference
from joulebook.grid.formats.cgmes.tap_changers import read_taps
from joulebook.grid.formats.cgmes.transformers import add_transformers
from joulebook.grid.formats.imported import FileState, ImportedNetwork
from joulebook.grid.formats.rows import NetworkRows

__all__ = ["read_cgmes"]

_LEFT_OUT = {
    "Cut": "cuts and clamps of lines",
    "Clamp": "cuts and clamps of lines",
    "MutualCoupling": "mutual couplings of lines",
    "GroundingImpedance": "earthing impedances",
    "PetersenCoil": "earthing impedances",
    "ControlArea": "control areas and tie flows",
    "SvInjection": "mismatches of the state (SvInjection)",
    "ActivePowerLimit": "active power limits",
    "VoltageLimit": "voltage limits of single terminals",
    "FrequencyConverter": "frequency converters",
    "ExternalNetworkInjectionSchedule": "schedules",
    "RegulationSchedule": "schedules",
    "ConformLoadSchedule": "schedules",
    "NonConformLoadSchedule": "schedules",
    "TapSchedule": "schedules",
    "SwitchSchedule": "schedules",
    "Analog": "measurements",
    "Discrete": "measurements",
    "Accumulator": "measurements",
    "StringMeasurement": "measurements",
}


def read_cgmes(sources: Source | Sequence[Source]) -> ImportedNetwork:
    """Read a CGMES set.

    Parameters
    ----------
    sources : str, Path, bytes or sequence of them
        Zips, folders and XML files that belong together, the boundary set with them; or what stands in one.

    Returns
    -------
    ImportedNetwork
        The network with its notes, and the state of the SV profile.

    Raises
    ------
    DataFormatError
        If files are damaged or too large, or profiles or the boundary set are missing; it names the objects.
    InputError
        With every value that cannot be.
    """
    model = read_model(sources)
    if not model.version:
        raise DataFormatError("holds no object of CIM: is this a CGMES set?", file=", ".join(model.files[:3]))
    name = _name(sources)
    rows = NetworkRows(name)
    nodes = read_nodes(model, rows)
    _check_profiles(model, rows, name)
    state = _state(model, nodes)
    points = read_set_points(model, nodes)
    limits = CurrentLimits(model, nodes)
    add_branches(model, rows, nodes, limits)
    add_transformers(model, rows, nodes, limits, read_taps(model, rows, nodes))
    priority = add_sources(model, rows, nodes, points)
    add_consumers(model, rows, nodes, points)
    add_links(model, rows, nodes)
    add_switches(model, rows, nodes)
    per_unit = {node: value / nodes.nominal[node] for node, (value, _) in state.items() if value > 0}
    choose_reference(rows, priority, _angle_bus(model), per_unit)
    for grid in rows.rows["external_grids"].values():
        grid["angle"] = state.get(grid["bus"], (0.0, 0.0))[1]
    add_buses(model, rows, nodes, state)
    for kind, what in _LEFT_OUT.items():
        if len(model.of(kind)):
            rows.note(f"{what} are left out ({len(model.of(kind))} {kind})")
    network = rows.network(name)
    buses = tuple(item for item, (volts, _) in state.items() if volts > 0)
    solved = FileState(
        buses,
        np.array([state[item][0] / nodes.nominal[item] for item in buses]),
        np.array([state[item][1] for item in buses]),
    )
    return ImportedNetwork(network, rows.note_lines(), solved if buses else None, f"CGMES {model.version}")


def _name(sources: Source | Sequence[Source]) -> str:
    first = sources if isinstance(sources, str | Path | bytes) else next(iter(sources), "network")
    return "CGMES set" if isinstance(first, bytes) else Path(first).stem or "network"


def _check_profiles(model: Model, rows: NetworkRows, name: str) -> None:
    if not any(model.of(kind).has(name) for kind, name in _HYPOTHESIS):
        raise DataFormatError(
            "holds no powers and no switch positions: the steady state hypothesis (SSH) is missing. Give all profile "
            "files of the set",
            file=name,
        )
    if not len(model.of("SvVoltage")):
        rows.note("no state (SV): every study starts from flat voltages")


_HYPOTHESIS = [
    ("Terminal", "ACDCTerminal.connected"),
    ("EnergyConsumer", "EnergyConsumer.p"),
    ("ConformLoad", "EnergyConsumer.p"),
    ("NonConformLoad", "EnergyConsumer.p"),
    ("SynchronousMachine", "RotatingMachine.p"),
    *((kind, "Switch.open") for kind in SWITCHES),
]


def _state(model: Model, nodes: Nodes) -> dict[str, tuple[float, float]]:
    """Voltage in V and angle in rad by bus."""
    found = model.of("SvVoltage")
    volts = (found.number("SvVoltage.v") * 1e3).tolist()
    angles = found.number("SvVoltage.angle", 0.0).tolist()
    out: dict[str, tuple[float, float]] = {}
    for row, node in enumerate(found.reference("SvVoltage.TopologicalNode")):
        if node in nodes.nominal and volts[row] == volts[row]:
            out[node] = volts[row], math.radians(angles[row])
    return out


def _angle_bus(model: Model) -> str:
    islands = model.of("TopologicalIsland")
    return next(iter(islands.reference("TopologicalIsland.AngleRefTopologicalNode")), "")
