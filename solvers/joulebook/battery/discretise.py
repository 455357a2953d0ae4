"""From a cell to the arrays of the compiled loop: mesh across the stack, shells in the particles, start.

Across the stack the volumes of a layer are equal. In the particles the shells get thinner towards the surface in
a geometric row, for that is where concentrations change fast after a change of the current.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from joulebook import materials
from joulebook.battery import layout as at
from joulebook.battery.balance import FARADAY
from joulebook.battery.designs import Cell, Electrode
from joulebook.battery.laws import electrolyte_table, ocp_table
from joulebook.battery.options import Resolution
from joulebook.core.errors import InputError, Issue
from joulebook.materials.records import ActiveMaterial, ElectrolyteMaterial

__all__ = ["GAS_CONSTANT", "Arrays", "discretise", "radial_mesh", "rings"]

GAS_CONSTANT = 6.02214076e23 * 1.380649e-23
"""J/(mol K) (exact in the SI of 2019)."""
Array = NDArray[np.float64]


@dataclass
class Arrays:
    """What the compiled loop works on for one cell; see :mod:`joulebook.battery.layout`."""

    settings: Array
    nodes: Array
    shells: Array
    ocp: Array
    electrolyte: Array
    salt: float
    """Salt concentration at rest, mol/m³."""
    starts: tuple[float, float]
    """Lithium concentration of the negative and the positive particles at the start, mol/m³."""
    layers: tuple[int, int, int]
    """Nodes of negative electrode, separator, positive electrode."""
    separator_thickness: float
    """m."""


def discretise(cell: Cell, model: int, resolution: Resolution, starts: tuple[float, float]) -> Arrays:
    """Lay a cell out in arrays.

    Parameters
    ----------
    cell : Cell
        The design.
    model : int
        ``layout.DFN`` or ``layout.SPM``.
    resolution : Resolution
        Mesh and tolerances.
    starts : tuple of float, mol/m³
        Lithium concentration of the negative and the positive particles at the start.

    Returns
    -------
    Arrays
        Everything but the protocol step, which :mod:`joulebook.battery.simulation` sets.

    Raises
    ------
    InputError
        If a material is unknown or has unequal transfer coefficients.
    """
    sides = (cell.negative, cell.positive)
    actives = tuple(_active(side, name) for side, name in zip(sides, ("negative", "positive"), strict=True))
    salt = materials.electrolyte(cell.electrolyte.material)
    ocp, ocp_width = ocp_table(tuple(active.ocp for active in actives))
    liquid, liquid_width = electrolyte_table(salt.diffusivity, salt.conductivity)
    settings = _settings(cell, salt, resolution)
    settings[at.MODEL] = model
    settings[at.OCP_WIDTH] = ocp_width
    settings[at.ELECTROLYTE_WIDTH] = liquid_width
    layers = (resolution.negative_nodes, resolution.separator_nodes, resolution.positive_nodes)
    if model == at.SPM:
        layers = (1, 0, 1)
    nodes = np.zeros((sum(layers), at.N_NODE))
    shells = np.zeros((2, resolution.shells + 2, at.N_SHELL))
    nodes[:, at.OCP_COLUMN : at.GROUP + 1] = -1.0
    middle = slice(layers[0], layers[0] + layers[1])
    if layers[1]:
        nodes[middle, at.WIDTH] = cell.separator.thickness / layers[1]
        nodes[middle, at.POROSITY] = cell.separator.porosity
        nodes[middle, at.TRANSPORT] = cell.separator.porosity**cell.separator.bruggeman_electrolyte
    for group, (side, active) in enumerate(zip(sides, actives, strict=True)):
        place = slice(0, layers[0]) if group == 0 else slice(layers[0] + layers[1], None)
        first = 0 if group == 0 else layers[0]
        _fill_electrode(nodes[place], side, active, group, first)
        _fill_shells(shells[group], side, active, resolution, (first, first + layers[2 * group]))
    rest = cell.electrolyte.concentration
    return Arrays(settings, nodes, shells, ocp, liquid, rest, starts, layers, cell.separator.thickness)


def _active(side: Electrode, name: str) -> ActiveMaterial:
    active = materials.active(side.material)
    coefficient = active.charge_transfer_coefficient.value
    if coefficient != 0.5:
        raise InputError(
            Issue(
                f"{name}.material",
                side.material,
                f"has the transfer coefficient {coefficient:g}; the models take 0.5",
                "Choose a material whose rate law is symmetric",
            )
        )
    return active


def _settings(cell: Cell, salt: ElectrolyteMaterial, resolution: Resolution) -> Array:
    settings = np.zeros(at.N_SETTINGS)
    thermal = GAS_CONSTANT * cell.temperature / FARADAY
    share = 1.0 - salt.transference_number.value
    settings[at.AREA] = cell.area
    settings[at.RESISTANCE] = cell.contact_resistance
    settings[at.SALT_SHARE] = share / FARADAY
    settings[at.DIFFUSION_VOLTAGE] = 2.0 * thermal * share * salt.thermodynamic_factor.value
    settings[at.HALF_THERMAL] = 0.5 / thermal
    settings[at.VOLTAGE_TOLERANCE] = resolution.voltage_tolerance
    settings[at.SALT_TOLERANCE] = resolution.salt_tolerance
    settings[at.NEWTON_TOLERANCE] = NEWTON_SHARE * resolution.voltage_tolerance
    settings[at.HIGHEST_ORDER] = resolution.highest_order
    settings[at.LARGEST_STEP] = resolution.largest_step
    return settings


NEWTON_SHARE = 0.05
"""Error left by a Newton iteration over the error allowed in a time step."""


def _fill_electrode(nodes: Array, side: Electrode, active: ActiveMaterial, group: int, first: int) -> None:
    n = nodes.shape[0]
    nodes[:, at.WIDTH] = side.thickness / n
    nodes[:, at.POROSITY] = side.porosity
    nodes[:, at.TRANSPORT] = side.porosity**side.bruggeman_electrolyte
    nodes[:, at.SOLID] = side.conductivity * side.active_fraction**side.bruggeman_electrode
    nodes[:, at.SURFACE_DENSITY] = 3.0 * side.active_fraction / side.particle_radius
    nodes[:, at.MAXIMUM] = _own(side.maximum_concentration, active.maximum_concentration)
    nodes[:, at.RATE] = _own(side.rate_constant, active.rate_constant)
    nodes[:, at.OCP_COLUMN] = 2 * group
    nodes[:, at.PARTICLE] = np.arange(first, first + n)
    nodes[:, at.GROUP] = group


def _own(value: float | None, default: Any) -> float:
    return float(default.value) if value is None else value


def radial_mesh(shells: int, grading: float, radius: float) -> Array:
    """Faces of the shells, thinning geometrically towards the surface.

    Parameters
    ----------
    shells : int
        How many.
    grading : float
        Thickness of the outermost over that of the innermost.
    radius : float, m
        Of the particle.

    Returns
    -------
    ndarray, shape (shells + 1,), m
        From 0 to the radius.
    """
    thickness = grading ** (np.arange(shells) / (shells - 1))
    faces = np.concatenate([[0.0], np.cumsum(thickness)])
    return np.asarray(faces * (radius / faces[-1]))


def _fill_shells(
    shells: Array, side: Electrode, active: ActiveMaterial, resolution: Resolution, columns: tuple[int, int]
) -> None:
    n = resolution.shells
    radius = side.particle_radius
    diffusivity = _own(side.diffusivity, active.diffusivity)
    faces = radial_mesh(n, resolution.grading, radius)
    volumes = np.diff(faces**3) / 3.0
    squares = np.diff(faces**5) / (5.0 * volumes)
    exchange = 2.0 * diffusivity * faces[1:-1] ** 3 / np.diff(squares)
    shells[1:n, at.INNER] = exchange / volumes[1:]
    shells[: n - 1, at.OUTER] = exchange / volumes[:-1]
    shells[:n, at.VOLUME] = volumes
    near, far = radius**2 - squares[-1], radius**2 - squares[-2]
    spread = far * far - near * near
    surface = shells[n]
    surface[at.LAST_WEIGHT] = far * far / spread
    surface[at.BEFORE_WEIGHT] = -near * near / spread
    surface[at.FLUX_WEIGHT] = -near * far * (far - near) / spread / (2.0 * radius * FARADAY * diffusivity)
    surface[at.SOURCE] = -radius * radius / (FARADAY * volumes[-1])
    shells[n + 1, at.FIRST], shells[n + 1, at.STOP] = columns


def rings(arrays: Arrays, current: float) -> tuple[Array, Array, Array, Array]:
    """Make the arrays that change in time, at the start of a study.

    Parameters
    ----------
    arrays : Arrays
        The cell.
    current : float, A
        First guess.

    Returns
    -------
    past : ndarray, shape (n_ring, n_nodes, 4), mixed
        First guess of potentials and reactions in slot 0.
    concentration : ndarray, shape (n_ring, n_r, n_particles), mol/m³
        The start in slot 0.
    work : ndarray, shape (n_nodes, 39), mixed
        Workspace.
    run : ndarray, shape (n_run,), mixed
        Scalars and rings.
    """
    nodes = arrays.nodes
    n_negative, _, n_positive = arrays.layers
    place = (slice(0, n_negative), slice(nodes.shape[0] - n_positive, None))
    particles = (slice(0, n_negative), slice(n_negative, None))
    past = np.zeros((at.RING, nodes.shape[0], at.N_PAST))
    concentration = np.zeros((at.RING, arrays.shells.shape[1] - 2, n_negative + n_positive))
    guess = []
    for group in (0, 1):
        side = nodes[place[group]]
        x = arrays.starts[group] / side[0, at.MAXIMUM]
        grid = np.linspace(0.0, 1.0, arrays.ocp.shape[0])
        guess.append(float(np.interp(x, grid, arrays.ocp[:, 2 * group])))
        concentration[0, :, particles[group]] = arrays.starts[group]
        surface = side[:, at.SURFACE_DENSITY] @ side[:, at.WIDTH] * arrays.settings[at.AREA]
        past[0, place[group], 3] = (1 - 2 * group) * current / surface
    past[0, :, 0] = arrays.salt
    past[0, :, 1] = -guess[0]
    past[0, place[1], 2] = guess[1] - guess[0]
    run = np.zeros(at.N_RUN)
    run[at.CURRENT] = current
    return past, concentration, np.zeros((nodes.shape[0], at.N_WORK)), run
