"""From a cell to the arrays of the compiled loop."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from joulebook.battery import layout as at
from joulebook.battery.ageing_mechanics import diffusion_factor
from joulebook.battery.designs import Cell
from joulebook.battery.electrodes import Electrode, Layer
from joulebook.battery.equilibrium import FARADAY
from joulebook.battery.films import FilmStart, film_row, film_start
from joulebook.battery.half_cell import HalfCell
from joulebook.battery.laws import DEGREES, Stretch, electrolyte_tables, has_corners, law_table
from joulebook.battery.meshes import fill_shells, share_out
from joulebook.battery.models import Model
from joulebook.battery.options import Resolution
from joulebook.battery.starts import Start
from joulebook.core.errors import InputError, Issue
from joulebook.materials.records import ActiveMaterial

__all__ = ["GAS_CONSTANT", "Arrays", "discretise"]

GAS_CONSTANT = 6.02214076e23 * 1.380649e-23
"""J/(mol K) (exact in the SI of 2019)."""
Array = NDArray[np.float64]
NEWTON_SHARE = 0.05
"""Error left by a Newton iteration over the error allowed in a time step."""
COLDER, HOTTER = 30.0, 80.0
"""How far below and above the coldest and hottest temperature given a study may get, K."""


@dataclass
class Arrays:
    """What the compiled loop works on for one cell; see :mod:`joulebook.battery.layout`."""

    settings: Array
    nodes: Array
    sites: Array
    shells: Array
    laws: Array
    salts: Array
    films: Array
    states: Array
    """First row of the ring of states."""
    concentrations: Array
    """Of each site at the start, mol/m³."""
    salt: float
    """Salt concentration at rest, mol/m³."""
    layers: tuple[int, int, int]
    """Nodes of negative electrode, separator, positive electrode."""
    separator_thickness: float
    """m."""


@dataclass
class _Coat:
    """A layer of an electrode, with what it leaves out filled in."""

    side: int
    share: float
    thickness: float
    porosity: float
    conductivity: float
    bruggeman: float
    layer: Layer | None


def discretise(cell: Cell | HalfCell, model: Model, resolution: Resolution, start: Start) -> Arrays:
    """Lay a cell out in arrays.

    Parameters
    ----------
    cell : Cell or HalfCell
        The design.
    model : Model
        The physics.
    resolution : Resolution
        Mesh and tolerances.
    start : Start
        State at the start.

    Returns
    -------
    Arrays
        Everything but the protocol.

    Raises
    ------
    InputError
        If a material has unequal transfer coefficients.
    """
    sides: list[Electrode | None] = [None if isinstance(cell, HalfCell) else cell.negative, cell.positive]
    coats = [_coats(side, number) if side else [] for number, side in enumerate(sides)]
    actives = [_actives(cell, number, side) for number, side in enumerate(sides)]
    stretches = [_stretches(cell, model, number, side) for number, side in enumerate(sides)]
    flat = [stretch for side in stretches for stretch in side]
    laws, laws_width = law_table(
        tuple(material for side in actives for material in side),
        cell.temperature,
        tuple(flat),
    )
    settings = _settings(cell, model, resolution)
    settings[at.LAWS_WIDTH] = laws_width
    nodes, counts, layers = _nodes(cell, model, resolution, coats)
    films = np.stack([film_row(side, model) for side in sides])
    ages = films[:, at.FIRST_THICKNESS] > 0.0
    sites, shells, hosts = _sites(cell, model, resolution, coats, actives, counts, layers, ages)
    if any(stretch[0] != 0.0 for stretch in flat):
        for row in sites[sites[:, at.GROUP] >= 0]:
            if flat[int(row[at.LAW]) // at.N_LAW][0] != 0.0:
                shells[int(row[at.GROUP]), -1, at.VARIES] = 1.0
    _fill_hosts(nodes, model, layers, hosts)
    salts = _salts(cell, model, settings)
    states, concentrations = _states(sides, model, sites, films, start, actives)
    settings[at.SIDE_REACTIONS] = float(np.any(sites[:, at.FILM] >= 0))
    settings[at.HYSTERESIS] = float(np.any(sites[:, at.DECAY] > 0))
    settings[at.CORNERS] = float(any(has_corners(material.ocp) for side in actives for material in side))
    settings[at.DOUBLE_LAYER] = float(np.any(sites[:, at.CAPACITANCE] > 0))
    settings[at.PREPARES] = float(
        np.any(settings[[at.THERMAL, at.SIDE_REACTIONS, at.HYSTERESIS, at.DOUBLE_LAYER]] > 0)
        or isinstance(cell, HalfCell)
    )
    return Arrays(
        settings,
        nodes,
        sites,
        shells,
        laws,
        salts,
        films,
        states,
        concentrations,
        cell.electrolyte.concentration,
        layers,
        cell.separator.thickness,
    )


def _coats(side: Electrode, number: int) -> list[_Coat]:
    def coat(layer: Layer | None) -> _Coat:
        def own(name: str) -> float:
            value = getattr(layer, name) if layer is not None else None
            return float(getattr(side, name) if value is None else value)

        share = layer.share if layer is not None else 1.0
        solid = own("conductivity") * (1.0 - own("porosity")) ** side.bruggeman_electrode
        return _Coat(number, share, side.thickness * share, own("porosity"), solid, own("bruggeman_electrolyte"), layer)

    return [coat(layer) for layer in side.layers] if side.layers else [coat(None)]


def _actives(cell: Cell | HalfCell, number: int, side: Electrode | None) -> list[ActiveMaterial]:
    if side is None:
        return []
    name = ("negative", "positive")[number]
    found = []
    for phase in range(1 + len(side.additional_phases)):
        active = cell.active_material(name, phase)
        coefficient = active.charge_transfer_coefficient.value
        if coefficient != 0.5:
            raise InputError(
                Issue(
                    f"{name}.material",
                    active.name,
                    f"has the transfer coefficient {coefficient:g}; the models take 0.5",
                    "Choose a material whose rate law is symmetric",
                )
            )
        part: Any = side if phase == 0 else side.additional_phases[phase - 1]
        found.append(active if part.diffusivity is None else replace(active, diffusivity_law=None))
    return found


def _stretches(cell: Cell | HalfCell, model: Model, number: int, side: Electrode | None) -> list[Stretch]:
    """How stress speeds diffusion in each material of an electrode, where the model knows of stress."""
    if side is None:
        return []
    part = side.mechanics if model.sei_on_cracks or "stress" in model.loss_of_active_material else None
    found = []
    for phase in range(1 + len(side.additional_phases)):
        stretch = (0.0, 0.0)
        if part is not None and model.stress_diffusion:
            factor = diffusion_factor(part, cell.temperature)
            most = cell.maximum_concentration(("negative", "positive")[number], phase)
            stretch = (factor * most, part.reference_concentration / most)
        found.append(stretch)
    return found


def _settings(cell: Cell | HalfCell, model: Model, resolution: Resolution) -> Array:
    settings = np.zeros(at.N_SETTINGS)
    salt = cell.electrolyte_material()
    share = 1.0 - salt.transference_number.value
    settings[at.MODEL] = model.flag
    settings[at.AREA] = cell.area
    settings[at.RESISTANCE] = cell.contact_resistance
    settings[at.SALT_SHARE] = share / FARADAY
    settings[at.PER_FARADAY] = 1.0 / FARADAY if salt.transference_law is not None else 0.0
    settings[at.ACTIVITY] = share * salt.thermodynamic_factor.value
    if salt.transference_law is not None or salt.thermodynamic_factor_law is not None:
        settings[at.ACTIVITY] = -1.0
    settings[at.TEMPERATURE] = cell.temperature
    settings[at.HALF_THERMAL] = 0.5 * FARADAY / (GAS_CONSTANT * cell.temperature)
    settings[at.SALT_AT_REST] = cell.electrolyte.concentration
    if model.thermal == "lumped" and cell.thermal is not None:
        settings[at.THERMAL] = 1.0
        settings[at.HEAT_CAPACITY] = cell.thermal.heat_capacity
        settings[at.COOLING] = cell.thermal.cooling_conductance
        settings[at.AMBIENT] = cell.thermal.ambient_temperature
    settings[at.MIXES] = float(model.heat_of_mixing)
    settings[at.VOLTAGE_TOLERANCE] = resolution.voltage_tolerance
    settings[at.SALT_TOLERANCE] = resolution.salt_tolerance
    settings[at.NEWTON_TOLERANCE] = NEWTON_SHARE * resolution.voltage_tolerance
    settings[at.HIGHEST_ORDER] = resolution.highest_order
    settings[at.LARGEST_STEP] = resolution.largest_step
    settings[at.FIRST_STEP] = resolution.first_step
    settings[at.STEPS] = 1e18
    settings[at.HEATS] = 1.0
    return settings


def _salts(cell: Cell | HalfCell, model: Model, settings: Array) -> Array:
    span = (cell.temperature, 1)
    if model.thermal == "lumped" and cell.thermal is not None:
        given = (cell.temperature, cell.thermal.ambient_temperature)
        below = int(np.ceil((cell.temperature - max(min(given) - COLDER, 150.0)) / DEGREES))
        above = int(np.ceil((max(given) + HOTTER - cell.temperature) / DEGREES))
        span = (cell.temperature - DEGREES * below, below + above + 1)
    salts, settings[at.SALTS_WIDTH] = electrolyte_tables(cell.electrolyte_material(), span)
    settings[at.COLDEST], settings[at.DEGREES] = span[0], DEGREES
    return salts


def _nodes(
    cell: Cell | HalfCell, model: Model, resolution: Resolution, coats: list[list[_Coat]]
) -> tuple[Array, list[list[int]], tuple[int, int, int]]:
    wanted = (resolution.negative_nodes, resolution.positive_nodes)
    if model.flag == at.SPM:
        nodes = np.zeros((2, at.N_NODE))
        nodes[:, at.ELECTRODE] = (0.0, 1.0)
        for number in (0, 1):
            nodes[number, at.WIDTH] = sum(coat.thickness for coat in coats[number]) or cell.separator.thickness
            nodes[number, at.POROSITY], nodes[number, at.SOLID] = 1.0, 1.0
        return nodes, [[1], [1]], (1, 0, 1)
    counts = [share_out(wanted[side], [coat.share for coat in coats[side]]) if coats[side] else [] for side in (0, 1)]
    layers = (sum(counts[0]), resolution.separator_nodes, sum(counts[1]))
    nodes = np.zeros((sum(layers), at.N_NODE))
    nodes[:, at.ELECTRODE] = -1.0
    middle = nodes[layers[0] : layers[0] + layers[1]]
    middle[:, at.WIDTH] = cell.separator.thickness / layers[1]
    middle[:, at.POROSITY] = cell.separator.porosity
    middle[:, at.BRUGGEMAN] = cell.separator.bruggeman_electrolyte
    for side in (0, 1):
        first = 0 if side == 0 else layers[0] + layers[1]
        for coat, count in zip(coats[side], counts[side], strict=True):
            part = nodes[first : first + count]
            part[:, at.WIDTH] = coat.thickness / count
            part[:, at.POROSITY] = coat.porosity
            part[:, at.BRUGGEMAN] = coat.bruggeman
            part[:, at.SOLID] = coat.conductivity
            part[:, at.ELECTRODE] = side
            first += count
    return nodes, counts, layers


def _sites(
    cell: Cell | HalfCell,
    model: Model,
    resolution: Resolution,
    coats: list[list[_Coat]],
    actives: list[list[ActiveMaterial]],
    counts: list[list[int]],
    layers: tuple[int, int, int],
    ages: NDArray[np.bool_],
) -> tuple[Array, Array, list[tuple[int, int, int]]]:
    """Sites by electrode, material and place, their radial meshes, and (first, stop, stride) for each electrode."""
    rows: list[Array] = []
    planes: list[Array] = []
    hosts: list[tuple[int, int, int]] = []
    law, total = 0, 0
    for side in (0, 1):
        first_of_side = total
        electrode = (None if isinstance(cell, HalfCell) else cell.negative) if side == 0 else cell.positive
        if electrode is None:
            rows.append(_foil(cell, model, layers)[None])
            hosts.append((0, 1, 1))
            total += 1
            continue
        for phase, material in enumerate(actives[side]):
            host = 0 if side == 0 else layers[0] + layers[1]
            for coat, count in zip(
                coats[side], counts[side] if model.flag == at.DFN else [1] * len(coats[side]), strict=True
            ):
                row = _site(electrode, phase, coat, material, law, len(planes), model)
                row[at.FILM] = side if ages[side] else -1.0
                row[at.DEPTH] = coat.thickness / count
                plane = np.zeros((resolution.shells + 2, at.N_SHELL))
                fill_shells(plane, 3.0 * row[at.FRACTION] / row[at.SURFACE_DENSITY], resolution.grading)
                _fill_group(plane[-1], electrode, phase, coat, material)
                plane[-2, at.GROUP_TEMPERATURE] = _diffusivity_temperature(material)
                plane[-1, at.FIRST], plane[-1, at.STOP] = total, total + count
                planes.append(plane)
                block = np.tile(row, (count, 1))
                block[:, at.HOST] = host + np.arange(count) if model.flag == at.DFN else (0 if side == 0 else -1)
                rows.append(block)
                host += count
                total += count
            law += at.N_LAW
        stride = layers[2 * side] if model.flag == at.DFN else 1
        hosts.append((first_of_side, total, stride))
    return np.concatenate(rows), np.stack(planes), hosts


def _site(
    electrode: Electrode, phase: int, coat: _Coat, material: ActiveMaterial, law: int, group: int, model: Model
) -> Array:
    part: Any = electrode if phase == 0 else electrode.additional_phases[phase - 1]
    layer = coat.layer if phase == 0 else None
    fraction = _given(layer, "active_fraction", part.active_fraction)
    radius = _given(layer, "particle_radius", part.particle_radius)
    row = np.zeros(at.N_SITE)
    row[at.SURFACE_DENSITY] = 3.0 * fraction / radius
    row[at.FRACTION] = fraction
    row[at.MAXIMUM] = _own(part.maximum_concentration, material.maximum_concentration)
    row[at.RATE] = _given(layer, "rate_constant", _own(part.rate_constant, material.rate_constant))
    row[[at.SALT_POWER, at.FILLED_POWER, at.FREE_POWER]] = material.exchange_exponents
    row[at.SPECIAL] = float(material.exchange_exponents != (0.5, 0.5, 0.5) or material.rate_law is not None)
    if material.rate_activation is not None:
        row[at.RATE_ACTIVATION] = material.rate_activation.value / GAS_CONSTANT
    row[at.LAW] = law
    row[at.GROUP] = group
    row[at.SIDE] = coat.side
    row[at.REFERENCE_TEMPERATURE] = material.rate_constant.reference_temperature
    row[at.ENTROPIC] = float(material.entropic is not None)
    if model.hysteresis and material.ocp_lithiation is not None and material.hysteresis_decay is not None:
        row[at.DECAY] = material.hysteresis_decay.value
    if model.double_layer:
        row[at.CAPACITANCE] = electrode.double_layer_capacity
    return row


def _given(layer: Layer | None, name: str, own: float) -> float:
    value = getattr(layer, name) if layer is not None else None
    return float(own if value is None else value)


def _own(value: float | None, default: Any) -> float:
    return float(default.value) if value is None else value


def _fill_group(row: Array, electrode: Electrode, phase: int, coat: _Coat, material: ActiveMaterial) -> None:
    part: Any = electrode if phase == 0 else electrode.additional_phases[phase - 1]
    layer = coat.layer if phase == 0 else None
    value = layer.diffusivity if layer is not None and layer.diffusivity is not None else part.diffusivity
    law = material.diffusivity_law
    row[at.GROUP_DIFFUSIVITY] = _own(value, material.diffusivity)
    row[at.VARIES] = float(value is None and law is not None)
    activation = material.diffusivity_activation
    if law is not None and law.activation_energy is not None:
        activation = law.activation_energy
    if activation is not None and (law is None or law.thermal_function is None):
        row[at.GROUP_ACTIVATION] = activation.value / GAS_CONSTANT


def _diffusivity_temperature(material: ActiveMaterial) -> float:
    law = material.diffusivity_law
    return material.diffusivity.reference_temperature if law is None else law.reference_temperature


def _foil(cell: Cell | HalfCell, model: Model, layers: tuple[int, int, int]) -> Array:
    row = np.zeros(at.N_SITE)
    row[at.GROUP] = row[at.FILM] = -1.0
    row[at.REFERENCE_TEMPERATURE] = cell.temperature
    if isinstance(cell, HalfCell):
        row[at.RATE] = cell.counter.rate_constant
        row[at.SALT_POWER] = cell.counter.salt_exponent
        row[at.CAPACITANCE] = cell.counter.double_layer_capacity if model.double_layer else 0.0
    depth = cell.separator.thickness / layers[1] if model.flag == at.DFN else 1.0
    row[at.DEPTH] = depth
    row[at.SURFACE_DENSITY] = 1.0 / depth
    return row


def _fill_hosts(nodes: Array, model: Model, layers: tuple[int, int, int], hosts: list[tuple[int, int, int]]) -> None:
    nodes[:, at.STRIDE] = 1.0
    for side, (first, stop, stride) in enumerate(hosts):
        begin = 0 if side == 0 else layers[0] + layers[1]
        count = max(layers[2 * side], 1) if side == 0 else layers[2]
        place = nodes[begin : begin + count]
        if model.flag == at.DFN:
            place[:, at.FIRST_SITE] = first + np.arange(count)
            place[:, at.STRIDE] = stride
        else:
            place[:, at.FIRST_SITE] = first
        place[:, at.STOP_SITE] = stop


def _states(
    sides: list[Electrode | None],
    model: Model,
    sites: Array,
    films: Array,
    start: Start,
    actives: list[list[ActiveMaterial]],
) -> tuple[Array, Array]:
    ages = bool(np.any(sites[:, at.FILM] >= 0))
    states = np.zeros((sites.shape[0], at.N_STATE if ages else at.N_STATE_FRESH))
    concentrations = np.zeros(sites.shape[0])
    laws = [(side, phase) for side, materials in enumerate(actives) for phase in range(len(materials))]
    for law, (side, phase) in enumerate(laws):
        mine = np.flatnonzero((sites[:, at.LAW] == law * at.N_LAW) & (sites[:, at.GROUP] >= 0))
        name = ("negative", "positive")[side]
        concentrations[mine] = start.concentrations[name][phase]
        states[mine, at.TILT] = np.where(sites[mine, at.DECAY] > 0, start.tilts[name], 0.0)
        electrode = sides[side]
        for s in mine[sites[mine, at.FILM] >= 0]:
            if electrode is None:
                continue
            row = sites[s]
            begun: FilmStart = film_start(electrode, model, films[side], row[at.SURFACE_DENSITY])
            states[s, at.SEI], states[s, at.CRACK_SEI] = begun.film, begun.on_cracks
            states[s, at.PLATED], states[s, at.CRACK] = begun.plated, begun.crack
            states[s, at.ACTIVE] = row[at.FRACTION]
            states[s, at.HELD] = row[at.FRACTION] * concentrations[s]
            row[at.FIRST_SWELLING] = begun.swelling
    return states, concentrations
