"""Loads and generators as branches between two nodes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from joulebook.grid.feeder.layout import (
    ACTIVE_EXPONENT,
    HIGH,
    LOAD_MODELS,
    LOAD_NUMBERS,
    LOW,
    NOMINAL_P,
    NOMINAL_Q,
    NORMAL,
    REACTIVE_EXPONENT,
    SHARES,
    VOLTAGE_BASE,
)
from joulebook.grid.feeder.primitives import phase_voltage

if TYPE_CHECKING:
    from joulebook.grid.feeder.design import Feeder
    from joulebook.grid.feeder.nodes import NodeTable

__all__ = ["Branches", "load_branches"]

GENERATOR_LOW = 0.0
"""Impedance voltage of generators: there is none, they follow their band down to nothing."""


@dataclass(frozen=True)
class Branches:
    """One row for every phase of every load and generator; nodes in the order of the design, -1 for earth."""

    names: tuple[str, ...]
    phase: NDArray[np.int64]
    node1: NDArray[np.int64]
    node2: NDArray[np.int64]
    model: NDArray[np.int32]
    numbers: NDArray[np.float64]
    share: NDArray[np.float64]
    """Of the element's power that the branch has, with the sign of its direction."""
    fixed: NDArray[np.bool_]
    daily: tuple[str, ...]
    yearly: tuple[str, ...]


def load_branches(feeder: Feeder, nodes: NodeTable) -> Branches:
    """Take all loads and generators apart.

    Parameters
    ----------
    feeder : Feeder
        The design.
    nodes : NodeTable
        Numbers the nodes.

    Returns
    -------
    Branches
        Loads first.
    """
    collected: list[tuple[Any, ...]] = []
    rows: list[list[float]] = []
    for table, kind, sign in ((feeder.loads, "load", 1.0), (feeder.generators, "generator", -1.0)):
        columns = {name: table.column(name).tolist() for name in table.record.model_fields}
        for k, name in enumerate(table.ids):
            record = {field: values[k] for field, values in columns.items()}
            for phase, one, other in _ends(record, nodes):
                collected.append((f"{kind}.{name}", phase, one, other, record, sign / record["phases"]))
                rows.append(_numbers(record, kind, sign))
    records = [item[4] for item in collected]
    return Branches(
        names=tuple(item[0] for item in collected),
        phase=np.array([item[1] for item in collected], np.int64),
        node1=np.array([item[2] for item in collected], np.int64),
        node2=np.array([item[3] for item in collected], np.int64),
        model=np.array([LOAD_MODELS.index(record["model"]) for record in records], np.int32),
        numbers=np.array(rows, np.float64).reshape(-1, LOAD_NUMBERS),
        share=np.array([item[5] for item in collected], np.float64),
        fixed=np.array(
            [record.get("fixed", False) or item[0][0] == "g" for record, item in zip(records, collected, strict=True)],
            np.bool_,
        ),
        daily=tuple(record["daily"] for record in records),
        yearly=tuple(record["yearly"] for record in records),
    )


def _ends(record: dict[str, Any], nodes: NodeTable) -> list[tuple[int, int, int]]:
    """Phase and two nodes of every branch."""
    n = record["phases"]
    if record["connection"] == "wye":
        numbers = nodes.number(record["bus"], n, n + 1)
        return [(k + 1, numbers[k], numbers[n]) for k in range(n)]
    conductors = n if n > 2 else n + 1
    numbers = nodes.number(record["bus"], n, conductors)
    return [(k + 1, numbers[k], numbers[(k + 1) % conductors]) for k in range(n)]


def _numbers(record: dict[str, Any], kind: str, sign: float) -> list[float]:
    out = [0.0] * LOAD_NUMBERS
    n = record["phases"]
    out[VOLTAGE_BASE] = phase_voltage(record["voltage"], n, record["connection"])
    out[LOW] = record["impedance_voltage"] if kind == "load" else GENERATOR_LOW
    out[NORMAL], out[HIGH] = record["lowest_voltage"], record["highest_voltage"]
    out[NOMINAL_P] = sign * record["active_power"] / n
    out[NOMINAL_Q] = sign * record["reactive_power"] / n
    out[ACTIVE_EXPONENT] = record.get("active_exponent", 0.0)
    out[REACTIVE_EXPONENT] = record.get("reactive_exponent", 0.0)
    for k, share in enumerate(record.get("shares") or ()):
        out[SHARES + k] = share
    return out
