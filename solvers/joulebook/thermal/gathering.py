"""Make the arrays of a result from a solved state."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from joulebook.core.results import Variable
from joulebook.thermal.packages import entering_from_packages
from joulebook.thermal.steady import State
from joulebook.thermal.surfaces import Surface

__all__ = ["facts_of", "heat_flux", "variables_of"]

Float = NDArray[np.float64]
_SIDES = ("left", "right", "front", "back")


def variables_of(state: State, ambient: float) -> dict[str, Variable]:
    """Give the arrays of a result.

    Parameters
    ----------
    state : State
        Solved.
    ambient : float, K
        Temperature of the air.

    Returns
    -------
    dict of str to Variable
        Coordinates, the table of components, faces, field.
    """
    mesh, items = state.mesh, state.items
    out = {"component": Variable(("component",), np.array([item.name for item in items], str), "", "Component")}
    packaged = np.array([item.package is not None for item in items], bool)

    def row(values: list[float], unit: str, label: str) -> Variable:
        return Variable(("component",), np.array(values, float), unit, label)

    out["power"] = row([item.component.power for item in items], "W", "Heat given off")
    out["junction"] = row([ambient + item.junction for item in items], "K", "Junction")
    case = np.where(packaged, [ambient + item.case for item in items], np.nan) if items else np.zeros(0)
    out["case"] = Variable(("component",), case, "K", "Case")
    out["board"] = row([ambient + item.board_rise for item in items], "K", "Board below, mean")
    out["board_hottest"] = row([ambient + item.hottest_rise for item in items], "K", "Board below, hottest")
    out["into_board"] = row([item.into_board for item in items], "W", "Heat into the board")
    out["from_case"] = row([item.component.power - item.into_board for item in items], "W", "Heat from the case")
    for name in "xyz":
        lines = getattr(mesh, name)
        out[name] = Variable((name,), 0.5 * (lines[1:] + lines[:-1]), "m", f"Middle of cells along {name}")
        out[f"{name}_line"] = Variable((f"{name}_line",), lines, "m", f"Lines across {name}")
    for name, values in zip("xyz", state.conductivities, strict=True):
        out[f"conductivity_{name}"] = Variable(("z",), values, "W/(m K)", f"Conductivity along {name}")
    for surface in state.surfaces:
        if surface.name not in _SIDES:
            label = f"Temperature of the {surface.name}"
            out[f"{surface.name}_temperature"] = Variable(("x", "y"), ambient + surface.rise, "K", label)
            label = f"Heat of components into the {surface.name}"
            out[f"{surface.name}_source"] = Variable(("x", "y"), _entering(state, surface), "W/m²", label)
    out["temperature"] = Variable(("x", "y", "z"), ambient + state.rises, "K", "Temperature")
    out["axis"] = Variable(("axis",), np.array(["x", "y", "z"]), "", "Axis")
    out["heat_flux"] = Variable(("x", "y", "z", "axis"), heat_flux(state), "W/m²", "Heat flux")
    return out


def facts_of(state: State, imbalance: float) -> dict[str, Any]:
    """Give the single values of a result.

    Parameters
    ----------
    state : State
        Solved.
    imbalance : float
        Of the heat, relative.

    Returns
    -------
    dict
        Where the heat leaves, W, and what the convection was.
    """
    faces = {item.name: item for item in state.surfaces}
    leaving = {name: faces[name].leaving() for name in ("top", "bottom")}
    leaving["sides"] = sum(faces[name].leaving() for name in _SIDES)
    leaving["cases"] = sum(item.from_case() for item in state.items)
    return {
        "power": state.power,
        "heat_leaving": leaving,
        "convection_top": faces["top"].law.note(faces["top"].mean),
        "convection_bottom": faces["bottom"].law.note(faces["bottom"].mean),
        "imbalance": imbalance,
    }


def heat_flux(state: State) -> Float:
    """Give the heat flux in the middle of each cell, the mean of those through its two faces along each axis.

    Parameters
    ----------
    state : State
        Solved.

    Returns
    -------
    ndarray, shape (n_x, n_y, n_z, 3), W/m²
        Along x, y and z.
    """
    mesh, rises = state.mesh, state.rises
    sizes = [np.diff(getattr(mesh, name)) for name in "xyz"]
    faces = {item.name: item for item in state.surfaces}
    ends = (("left", "right"), ("front", "back"), ("bottom", "top"))
    network = (state.network.x, state.network.y, state.network.z)
    out = np.empty((*mesh.shape, 3))
    for axis in range(3):
        first, second = (sizes[other] for other in range(3) if other != axis)
        area = first[:, None] * second[None, :]
        along, g = np.moveaxis(rises, axis, 0), np.moveaxis(network[axis], axis, 0)
        through = np.empty((along.shape[0] + 1, *area.shape))
        through[1:-1] = g[:-1] * (along[:-1] - along[1:]) / area
        for place, name, sign in ((0, ends[axis][0], -1.0), (-1, ends[axis][1], 1.0)):
            surface = faces[name]
            through[place] = sign * (surface.flux() - _entering(state, surface))
        out[..., axis] = np.moveaxis(0.5 * (through[1:] + through[:-1]), 0, axis)
    return out


def _entering(state: State, surface: Surface) -> Float:
    """Heat of components into a face, W/m²."""
    return np.asarray(surface.given + entering_from_packages(state.items, surface))
