"""Short circuits in phase coordinates, dense and slow: the oracle of the sequence method.

Every bus has three nodes, every transformer is a bank of three single-phase units wired as its vector group says, star
points are nodes of their own. Nothing here knows symmetrical components but the data of lines and sources, which are
given by sequence. Per unit; the current of a fault follows from the constraint at its phases.
"""

from __future__ import annotations

import numpy as np

TURN = np.exp(2j * np.pi / 3)
TO_PHASES = np.array([[1, 1, 1], [1, TURN**2, TURN], [1, TURN, TURN**2]])
LEAK = 1e-10
"""Admittance of every node to earth, so that what floats has a voltage."""


def three_phase(zero: complex, one: complex, two: complex | None = None) -> np.ndarray:
    """Admittance matrix in phases of what has these sequence admittances."""
    return TO_PHASES @ np.diag([zero, one, one if two is None else two]) @ np.linalg.inv(TO_PHASES)


class PhaseNetwork:
    """Admittances in phases, and currents of branches out of voltages."""

    def __init__(self, buses: int) -> None:
        self.size = 3 * buses
        self.parts: list[tuple[np.ndarray, np.ndarray]] = []
        self.ends: dict[str, tuple[np.ndarray, np.ndarray]] = {}

    def at(self, bus: int) -> np.ndarray:
        return np.arange(3 * bus, 3 * bus + 3)

    def node(self) -> int:
        self.size += 1
        return self.size - 1

    def add(self, nodes: np.ndarray, matrix: np.ndarray) -> None:
        self.parts.append((nodes, matrix))

    def source(self, name: str, bus: int, zero: complex, one: complex, two: complex | None = None) -> None:
        self.add(self.at(bus), matrix := three_phase(zero, one, two))
        self.ends[name] = self.at(bus), -matrix

    def line(self, name: str, first: int, second: int, zero: complex, one: complex) -> None:
        y = three_phase(zero, one)
        nodes = np.concatenate((self.at(first), self.at(second)))
        self.add(nodes, whole := np.block([[y, -y], [-y, y]]))
        self.ends[f"{name}/from"] = nodes, whole[:3]
        self.ends[f"{name}/to"] = nodes, whole[3:]

    def transformer(
        self,
        name: str,
        ends: tuple[int, int],
        y: complex,
        group: tuple[str, str],
        step: int,
        earth: tuple[complex, complex],
    ) -> None:
        """Three units; ``step`` moves the phases of the second winding's wires, ``earth`` is at the star points."""
        windings = []
        for bus, kind, shift, star_point in zip(ends, group, (0, step), earth, strict=True):
            wires = np.roll(self.at(bus), -shift)
            if kind == "d":
                windings.append([(wires[k], wires[(k + 1) % 3], np.sqrt(3)) for k in range(3)])
            else:
                star = self.node()
                if kind == "yn":
                    self.add(np.array([star]), np.array([[1 / star_point]]))
                windings.append([(wires[k], star, 1.0) for k in range(3)])
        shares: dict[str, list] = {"from": [], "to": []}
        for (a, b, size), (c, d, other) in zip(*windings, strict=True):
            turns = np.array([1 / size, -1 / size, -1 / other, 1 / other])
            nodes, matrix = np.array([a, b, c, d]), y * np.outer(turns, turns)
            self.add(nodes, matrix)
            shares["from"].append((nodes, matrix, (a, b)))
            shares["to"].append((nodes, matrix, (c, d)))
        for end, bus in zip(("from", "to"), ends, strict=True):
            everything = np.unique(np.concatenate([nodes for nodes, *_ in shares[end]]))
            rows = np.zeros((3, everything.size), complex)
            for nodes, matrix, _ in shares[end]:
                for k, wire in enumerate(self.at(bus)):
                    for row in np.flatnonzero(nodes == wire):
                        if (end == "from") == (row < 2):
                            np.add.at(rows[k], np.searchsorted(everything, nodes), matrix[row])
            self.ends[f"{name}/{end}"] = everything, rows

    def inverse(self) -> np.ndarray:
        whole = np.eye(self.size) * LEAK + 0j
        for nodes, matrix in self.parts:
            whole[np.ix_(nodes, nodes)] += matrix
        return np.linalg.inv(whole)


def solve(network: PhaseNetwork, bus: int, fault: str, voltage: float, zf: complex) -> tuple[np.ndarray, dict]:
    """Currents into the fault, and what every branch end and source carries, by phase."""
    z = network.inverse()
    at = network.at(bus)
    prefault = voltage * np.array([1, TURN**2, TURN])
    rows = {"3ph": [0, 1, 2], "1ph": [0], "2ph": [1, 2], "2ph-g": [1, 2]}[fault]
    own = z[np.ix_(at[rows], at[rows])]
    current = np.zeros(3, complex)
    if fault == "2ph":  # one current from b to c
        loop = own[0, 0] + own[1, 1] - own[0, 1] - own[1, 0] + zf
        current[1] = (prefault[1] - prefault[2]) / loop
        current[2] = -current[1]
    else:
        shared = {"3ph": zf * np.eye(3), "1ph": np.array([[zf]]), "2ph-g": np.full((2, 2), zf)}[fault]
        current[rows] = np.linalg.solve(own + shared, prefault[rows])
    change = -z[:, at] @ current
    return current, {name: matrix @ change[nodes] for name, (nodes, matrix) in network.ends.items()}
