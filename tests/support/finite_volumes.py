"""The linearised porous-electrode equations solved by brute force: finite volumes in one sparse complex system.

Written from the equations of the Doyle–Fuller–Newman model, with nothing of the library's own solution in it: the salt
balance counts cations (migration t+ i_e/F, only the reaction makes any), particles have a radial mesh or, where that
mesh would have to be very fine, the textbook tanh form.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.sparse import csc_matrix, diags
from scipy.sparse.linalg import spsolve

FARADAY = 96485.33212331001


def sphere_by_shells(squared: complex, shells: int) -> complex:
    """Surface value over inward flux of a unit sphere with D = 1 at i ω = ``squared``, by graded shells."""
    faces = np.concatenate([[0.0], np.cumsum(0.02 ** (np.arange(shells) / shells))])
    faces /= faces[-1]
    volumes = np.diff(faces**3) / 3.0
    centres = 0.5 * (faces[1:] + faces[:-1])
    conductance = faces[1:-1] ** 2 / np.diff(centres)
    main = squared * volumes + np.concatenate([[0.0], conductance]) + np.concatenate([conductance, [0.0]])
    source = np.zeros(shells, dtype=complex)
    source[-1] = 1.0
    values = spsolve(csc_matrix(diags([-conductance, main, -conductance], [-1, 0, 1])), source)
    return complex(values[-1] + 0.5 * (1.0 - faces[-2]))


def surface_admittances(surface: Any, omega: complex) -> tuple[complex, complex]:
    """Reaction and whole admittance of particles, by the textbook form of the sphere."""
    z = np.sqrt(omega * surface.time)
    sphere = np.tanh(z) / (z - np.tanh(z))
    reaction = surface.area / (surface.transfer + surface.film + surface.diffusion * sphere)
    return reaction, reaction + omega * surface.area * surface.double_layer


def impedance_by_volumes(cell: Any, frequency: float, per_layer: int) -> complex:
    """Impedance of a linearised cell, full or against a foil; error of second order in the mesh width, Ω."""
    omega = 2j * np.pi * frequency
    porous = isinstance(cell.negative, tuple)
    layers = [*(cell.negative if porous else ()), cell.separator, *reversed(cell.positive)]
    rows: list[dict[str, complex]] = []
    for layer in layers:
        solid = getattr(layer, "solid", 0.0)
        reaction = whole = 0.0 + 0.0j
        for surface in getattr(layer, "surfaces", ()):
            one, both = surface_admittances(surface, omega)
            reaction, whole = reaction + one, whole + both
        row = {
            "width": layer.thickness / per_layer,
            "solid": solid,
            "liquid": layer.liquid,
            "diffusivity": layer.diffusivity,
            "porosity": layer.porosity,
            "reaction": reaction,
            "whole": whole,
        }
        rows += [row] * per_layer
    n = len(rows)
    entries: list[tuple[int, int, complex]] = []
    right = np.zeros(3 * n, dtype=complex)

    def add(row: int, column: int, value: complex) -> None:
        entries.append((row, column, value))

    def face(name: str, k: int) -> complex:
        one, other = rows[k], rows[k + 1]
        if not one[name] or not other[name]:
            return 0.0
        return 2.0 / (one["width"] / one[name] + other["width"] / other[name])

    # unknowns of a volume: salt 3k, liquid potential 3k + 1, solid potential 3k + 2
    for k, row in enumerate(rows):
        width, t_plus = row["width"], cell.transference
        add(3 * k, 3 * k, omega * row["porosity"] * width)
        add(3 * k, 3 * k + 2, -row["reaction"] * width / FARADAY)
        add(3 * k, 3 * k + 1, row["reaction"] * width / FARADAY)
        add(3 * k + 1, 3 * k + 2, -row["whole"] * width)
        add(3 * k + 1, 3 * k + 1, row["whole"] * width)
        add(3 * k + 2, 3 * k + 2, row["whole"] * width if row["solid"] else 1.0)
        if row["solid"]:
            add(3 * k + 2, 3 * k + 1, -row["whole"] * width)
        for other in (k - 1, k + 1):
            if not 0 <= other < n:
                continue
            f = min(k, other)
            diffusion, liquid, solid = face("diffusivity", f), face("liquid", f), face("solid", f)
            add(3 * k, 3 * k, diffusion)
            add(3 * k, 3 * other, -diffusion)
            # current in the liquid, counted from the volume to its neighbour
            for row_number, factor in ((3 * k + 1, 1.0), (3 * k, t_plus / FARADAY)):
                add(row_number, 3 * k + 1, factor * liquid)
                add(row_number, 3 * other + 1, -factor * liquid)
                add(row_number, 3 * k, -factor * liquid * cell.junction)
                add(row_number, 3 * other, factor * liquid * cell.junction)
            add(3 * k + 2, 3 * k + 2, solid)
            add(3 * k + 2, 3 * other + 2, -solid)
    right[3 * n - 1] = -1.0
    if porous:
        right[2] = 1.0
    else:
        reaction = 1.0 / cell.negative.transfer
        whole = reaction + omega * cell.negative.double_layer
        right[0] = reaction / whole / FARADAY
    # potentials are known up to a constant: fix the liquid potential of the first volume
    entries = [entry for entry in entries if entry[0] != 1]
    add(1, 1, 1.0)
    index = np.array([entry[:2] for entry in entries]).T
    matrix = csc_matrix((np.array([entry[2] for entry in entries]), index), shape=(3 * n, 3 * n))
    found = spsolve(matrix, right)
    half = 0.5 * rows[0]["width"]
    if porous:
        first = found[2] + half / rows[0]["solid"]
    else:
        salt_rise = half * (reaction / whole - cell.transference) / FARADAY / rows[0]["diffusivity"]
        first = found[1] + half / rows[0]["liquid"] + cell.junction * salt_rise + 1.0 / whole
    last = found[3 * n - 1] - 0.5 * rows[-1]["width"] / rows[-1]["solid"]
    return complex((first - last) / cell.area + cell.contact)
