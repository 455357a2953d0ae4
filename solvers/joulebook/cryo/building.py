"""From the document of a cryostat to the arrays of a network.

What a component carries, with ``ΔΦ = Φ(T_from) − Φ(T_to)``:

- solids: ``N A / L · Δ ∫ k dT``; a coaxial cable is three solids side by side;
- wires with a current: a row of cells with the same law between them, each giving off ``I² ρ(T) Δx / A``. The
  resistivity of copper is its own; of other metals it follows from the conductivity by Wiedemann and Franz, ``ρ = L0
  T / k``;
- radiation: ``σ A ε ΔT⁴`` with ``1/ε = 1/ε1 + 1/ε2 − 1 + N (2/ε_s − 1)`` for ``N`` floating shields;
- a blanket (Keller, Cunnington and Glassford 1974, as it stands in open code, with N and not N + 1 below)::

      q = [8.95e-8 n^2.56 (Th² − Tc²)/2 + 5.39e-10 ε (Th^4.67 − Tc^4.67) + 1.46e4 p (Th^0.52 − Tc^0.52)] / N

  with ``n`` in layers per cm, ``p`` in torr, ``q`` in W/m²;
- residual gas (Corruccini 1959): ``α (γ + 1)/(γ − 1) √(R / 8π M T_gauge) p A ΔT``.

Limits: surfaces are parallel planes of equal area; emissivities do not depend on temperature; a blanket's fit holds
for double-aluminized Mylar with silk or Dacron net and real ones are worse, by how they are mounted; gas is in free
molecular flow (mean free path above the gap).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from joulebook.core.errors import Issue, TopologyError
from joulebook.cryo.components import (
    COPPER,
    GASES,
    AnyComponent,
    Blanket,
    Coax,
    Conductor,
    Gas,
    Load,
    Radiation,
    Wires,
)
from joulebook.cryo.cryostat import Cryostat
from joulebook.cryo.network import Network
from joulebook.cryo.potentials import Potentials, property_table
from joulebook.materials.copper import LORENZ, copper_conductivity, copper_resistivity
from joulebook.materials.cryogenic import CryogenicLaw, conductivity
from joulebook.materials.integrals import grid, integral_table

__all__ = ["STEFAN_BOLTZMANN", "Building", "blanket_coefficients", "effective_emissivity", "law_of"]

Float = NDArray[np.float64]

STEFAN_BOLTZMANN = 5.670374419e-8
"""W/(m² K⁴), CODATA 2018."""
GAS_CONSTANT = 8.31446261815324
"""J/(mol K), exact in the SI of 2019."""
_TORR = 101325.0 / 760.0
_ROOM = 293.0
"""K, start of stages without a cooler and without a neighbour that is held."""


def law_of(material: str, rrr: float) -> CryogenicLaw:
    """Find the conductivity of a component's material.

    Parameters
    ----------
    material : str
        ``"copper"`` or a name of the library.
    rrr : float
        Residual resistance ratio of ``"copper"``.

    Returns
    -------
    CryogenicLaw
        W/(m K) over temperature.
    """
    return copper_conductivity(rrr) if material == COPPER else conductivity(material)


def effective_emissivity(part: Radiation) -> float:
    """Give the emissivity of two surfaces with floating shields in between.

    Parameters
    ----------
    part : Radiation
        The surfaces.

    Returns
    -------
    float
        ``1 / (1/ε1 + 1/ε2 − 1 + N (2/ε_s − 1))``.
    """
    shields = part.shields * (2.0 / part.shield_emissivity - 1.0)
    return 1.0 / (1.0 / part.from_emissivity + 1.0 / part.to_emissivity - 1.0 + shields)


def blanket_coefficients(part: Blanket) -> dict[float, float]:
    """Give the fit of a blanket as a sum of powers of temperature.

    Parameters
    ----------
    part : Blanket
        The blanket.

    Returns
    -------
    dict of float to float
        Exponent to coefficient, W/K^exponent: solid, radiation, gas.

    References
    ----------
    Keller, Cunnington and Glassford 1974, NASA CR-134477.
    """
    share = part.area / part.layers
    return {
        2.0: share * 0.5 * 8.95e-8 * (part.density / 100.0) ** 2.56,
        4.67: share * 5.39e-10 * part.emissivity,
        0.52: share * 1.46e4 * part.pressure / _TORR,
    }


@dataclass
class _Table:
    """Functions of temperature by key, each made once."""

    keys: dict[tuple[object, ...], int] = field(default_factory=dict)
    tables: list[tuple[Float, Float]] = field(default_factory=list)

    def add(self, key: tuple[object, ...], make: Callable[[], tuple[Float, Float]]) -> int:
        if key not in self.keys:
            self.keys[key] = len(self.tables)
            self.tables.append(make())
        return self.keys[key]


class Building:
    """A network with what its parts mean.

    Parameters
    ----------
    cryostat : Cryostat
        The design.
    cells : int
        Along a wire with a current.

    Raises
    ------
    TopologyError
        If a stage has no path to one that is held or cooled.
    """

    def __init__(self, cryostat: Cryostat, cells: int) -> None:
        self.cryostat, self.cells = cryostat, cells
        self.stages = list(cryostat.stages)
        self.index = {name: k for k, name in enumerate(self.stages)}
        self.nodes = len(self.stages)
        self.potentials, self.sources = _Table(), _Table()
        self.links: list[tuple[int, int, int, int, float]] = []
        """Component, first and second node, potential, coefficient."""
        self.heated: list[tuple[int, int, int, float]] = []
        """Component, node, table, coefficient."""
        self.power: list[tuple[int, int, float]] = []
        """Component, node, W."""
        self.laws: list[tuple[str, CryogenicLaw]] = []
        """Component and law: where a range may be left."""
        self.burning: list[str] = []
        """Wires whose Joule heat grows faster with temperature than conduction: ``J² ρ' L² > π² k`` at 293 K."""
        self.derived: set[str] = set()
        """Metals whose resistivity follows from their conductivity."""
        for number, (name, part) in enumerate(cryostat.components.items()):
            self._add(number, name, part)
        self.takers = tuple(
            cooler.capacity_map(tuple(self.index[stage] for stage in cooler.stages))
            for cooler in cryostat.coolers.values()
        )
        self._check_paths()

    def _add(self, number: int, name: str, part: AnyComponent) -> None:
        if isinstance(part, Load):
            self.power.append((number, self.index[part.stage], part.power))
            return
        ends = (self.index[part.from_stage], self.index[part.to_stage])
        if isinstance(part, Conductor):
            law = self._law(name, part.material, part.rrr)
            which = self._conduction(part.material, part.rrr, law)
            coefficient = part.count * part.area / part.length
            if isinstance(part, Wires) and part.current:
                self._current(number, ends, part, which, law)
            else:
                self.links.append((number, *ends, which, coefficient))
        elif isinstance(part, Coax):
            self._coax(number, name, ends, part)
        elif isinstance(part, Radiation):
            factor = STEFAN_BOLTZMANN * part.area * effective_emissivity(part)
            self.links.append((number, *ends, self._power_law(4.0), factor))
        elif isinstance(part, Blanket):
            for exponent, factor in blanket_coefficients(part).items():
                if factor:
                    self.links.append((number, *ends, self._power_law(exponent), factor))
        elif isinstance(part, Gas):
            self.links.append((number, *ends, self._power_law(1.0), _gas_coefficient(part)))

    def _law(self, name: str, material: str, rrr: float) -> CryogenicLaw:
        law = law_of(material, rrr)
        self.laws.append((name, law))
        return law

    def _conduction(self, material: str, rrr: float, law: CryogenicLaw) -> int:
        key = ("conduction", material, rrr if material == COPPER else None)
        return self.potentials.add(key, lambda: integral_table(law.function, (law.low, law.high)))

    def _power_law(self, exponent: float) -> int:
        nodes = grid()
        return self.potentials.add(("power", exponent), lambda: (nodes**exponent, exponent * nodes ** (exponent - 1.0)))

    def _coax(self, number: int, name: str, ends: tuple[int, int], part: Coax) -> None:
        inner, dielectric, outer = (
            math.pi / 4.0 * width**2 for width in (part.inner_diameter, part.dielectric_diameter, part.outer_diameter)
        )
        layers = (
            (part.inner_material, inner),
            (part.dielectric_material, dielectric - inner),
            (part.outer_material, outer - dielectric),
        )
        for material, area in layers:
            law = self._law(name, material, part.rrr)
            which = self._conduction(material, part.rrr, law)
            self.links.append((number, *ends, which, part.count * area / part.length))

    def _current(self, number: int, ends: tuple[int, int], part: Wires, which: int, law: CryogenicLaw) -> None:
        """Cells along a wire, half a cell from each end to the first and last one."""
        step = part.length / self.cells
        coefficient = part.count * part.area / step
        chain = [ends[0], *range(self.nodes, self.nodes + self.cells), ends[1]]
        self.nodes += self.cells
        for k, (first, second) in enumerate(itertools.pairwise(chain)):
            factor = 2.0 if k in {0, self.cells} else 1.0
            self.links.append((number, first, second, which, factor * coefficient))
        if part.material == COPPER:
            rrr = part.rrr
            table = self.sources.add(
                ("copper", rrr), lambda: property_table(lambda t: copper_resistivity(np.maximum(t, 1e-3), rrr))
            )
        else:
            self.derived.add(part.material)
            table = self.sources.add(
                ("derived", part.material), lambda: property_table(lambda t: LORENZ * t / law.function(t))
            )
        _, slope = Potentials([self.sources.tables[table]]).evaluate(np.zeros(1, np.int64), np.array([_ROOM]))
        growth = float(slope[0]) * (part.current / part.area * part.length / math.pi) ** 2
        if growth > float(law(_ROOM)):
            self.burning.append(f"the wires {list(self.cryostat.components)[number]!r}")
        heat = part.count * part.current**2 * step / part.area
        self.heated += [(number, node, table, heat) for node in chain[1:-1]]

    def name_of(self, node: int) -> str:
        """Say what a node is.

        Parameters
        ----------
        node : int
            Of the network.

        Returns
        -------
        str
            A stage, or a wire between stages.
        """
        if node < len(self.stages):
            return self.stages[node]
        number = next(number for number, at, *_ in self.heated if at == node)
        return f"the wires {list(self.cryostat.components)[number]!r}"

    def is_held(self, node: int) -> bool:
        """Tell whether a node is a stage that is held at its temperature.

        Parameters
        ----------
        node : int
            Of the network.

        Returns
        -------
        bool
            True if it is.
        """
        return node < len(self.stages) and self.cryostat.stages[self.stages[node]].temperature is not None

    def _check_paths(self) -> None:
        n = self.nodes
        first, second = (np.array([link[k] for link in self.links], np.int64) for k in (1, 2))
        joined = [(taker.nodes[0], node) for taker in self.takers for node in taker.nodes[1:]]
        first = np.concatenate([first, np.array([a for a, _ in joined], np.int64)])
        second = np.concatenate([second, np.array([b for _, b in joined], np.int64)])
        _, group = connected_components(
            coo_matrix((np.ones(first.size), (first, second)), shape=(n, n)), directed=False
        )
        anchored = {
            int(group[k]) for k, stage in enumerate(self.cryostat.stages.values()) if stage.temperature is not None
        }
        anchored |= {int(group[node]) for taker in self.takers for node in taker.nodes}
        lost = [name for k, name in enumerate(self.stages) if int(group[k]) not in anchored]
        if lost:
            hint = "Join it to another stage, hold it at a temperature, or cool it"
            raise TopologyError(
                [Issue(f"stages.{name}", None, "has no path to a stage that is held or cooled", hint) for name in lost],
                self.cryostat.name,
            )

    def network(self) -> Network:
        """Give the arrays.

        Returns
        -------
        Network
            Stages first, in their order, then the cells of wires.
        """
        held = np.zeros(self.nodes, bool)
        temperature = np.full(self.nodes, _ROOM)
        stages = list(self.cryostat.stages.values())
        known = [stage.temperature for stage in stages if stage.temperature is not None]
        for taker in self.takers:
            start = np.clip(taker.evaluate(taker.start())[0], 0.01, 390.0)
            temperature[taker.nodes] = start
            known += start.tolist()
        middle = float(np.exp(np.mean(np.log(known)))) if known else _ROOM
        cooled = {int(node) for taker in self.takers for node in taker.nodes}
        for k in range(self.nodes):
            stage = stages[k] if k < len(stages) else None
            if stage is not None and stage.temperature is not None:
                held[k], temperature[k] = True, stage.temperature
            elif k not in cooled:
                temperature[k] = middle
        power = np.zeros(self.nodes)
        for _, node, watts in self.power:
            power[node] += watts
        number = [np.array([row[k] for row in self.links], np.int64) for k in range(4)]
        source = [np.array([row[k] for row in self.heated], np.int64) for k in range(3)]
        return Network(
            temperature=temperature,
            held=held,
            first=number[1],
            second=number[2],
            which=number[3],
            coefficient=np.array([row[4] for row in self.links], float),
            potentials=Potentials(self.potentials.tables),
            power=power,
            source_node=source[1],
            source_which=source[2],
            source_coefficient=np.array([row[3] for row in self.heated], float),
            source_tables=Potentials(self.sources.tables),
            takers=self.takers,
        )


def _gas_coefficient(part: Gas) -> float:
    mass, ratio = GASES[part.gas]
    speed = math.sqrt(GAS_CONSTANT / (8.0 * math.pi * mass * part.gauge_temperature))
    return part.accommodation * (ratio + 1.0) / (ratio - 1.0) * speed * part.pressure * part.area
