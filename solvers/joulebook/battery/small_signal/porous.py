r"""The Doyle–Fuller–Newman model, linearised at rest and solved exactly.

At rest nothing varies across the stack, so the linearised equations of a layer have constant coefficients. With
:math:`u = \phi_s - \phi_e` and the salt concentration c as unknowns they read :math:`w'' = M w`,

.. math::

    M = \begin{pmatrix} A r + \theta B/D & -\theta\, i\omega\epsilon/D \\ -B/D & i\omega\epsilon/D \end{pmatrix},
    \qquad r = 1/\sigma + 1/\kappa,

with the admittance A of the particle surfaces per volume, the salt they give per unit of u, B, and the effective
transport coefficients of the layer. The solution is :math:`w = \coth(\sqrt M x) …`: matrix functions of a 2×2 matrix,
evaluated by their values at its two eigenvalues. There is no mesh and no discretisation error.

Each layer relates w at its ends to the flow through its ends, :math:`q = (i_e, D c')`; layers are joined one by one
from the collector to the separator, always in the form "w = P q + s", in which only decaying exponentials occur.
The current that enters at the collector is 1 A/m²; potentials are therefore specific impedances, Ω m².

References
----------
Meyers, Doyle, Darling and Newman 2000, J. Electrochem. Soc. 147, 2930 (porous electrode of insertion particles).
Sikha and White 2007, doi:10.1149/1.2372695 (analytical solution with salt diffusion).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from joulebook.battery.small_signal.diffusion import Complex, slab, slab_derivatives

__all__ = ["PorousLayer", "Response", "electrode_response", "separator_salt"]

_NEARLY_EQUAL = 1e-6
"""Eigenvalues closer than this, relatively, are treated as one; the error is the square of it."""


@dataclass(frozen=True)
class PorousLayer:
    """A layer of an electrode at one set of frequencies.

    Parameters
    ----------
    thickness : float, m
        Of the layer.
    solid : float, S/m
        Effective electronic conductivity.
    liquid : float, S/m
        Effective ionic conductivity.
    diffusivity : float, m²/s
        Effective diffusivity of the salt.
    porosity : float
        Volume fraction of electrolyte.
    admittance : ndarray, shape (n_frequencies,), S/m³
        Current that leaves the particles over the potential difference u.
    salt : ndarray, shape (n_frequencies,), mol/(m³ s V)
        Salt that appears in the pores over u.
    """

    thickness: float
    solid: float
    liquid: float
    diffusivity: float
    porosity: float
    admittance: Complex
    salt: Complex


@dataclass(frozen=True)
class Response:
    """What an electrode shows to the separator, per A/m² that enters at its collector.

    Parameters
    ----------
    salt, salt_slope : ndarray, shape (n_frequencies,), mol/m³ and s/m
        Salt concentration at the face to the separator: ``salt + salt_slope * g``, where g in mol/(m² s) is D c' at
        that face, counted away from the collector.
    potential, potential_slope : ndarray, shape (n_frequencies,), V and V m² s/mol
        Potential of the electrolyte at that face less that of the collector, likewise.
    """

    salt: Complex
    salt_slope: Complex
    potential: Complex
    potential_slope: Complex


def separator_salt(omega: Complex, thickness: float, diffusivity: float, porosity: float) -> tuple[Complex, Complex]:
    """Salt at the faces of a separator over the diffusion flows there.

    Parameters
    ----------
    omega : ndarray, shape (n_frequencies,), rad/s
        Angular frequency times the imaginary unit.
    thickness : float, m
        Of the separator.
    diffusivity : float, m²/s
        Effective diffusivity of the salt.
    porosity : float
        Volume fraction of electrolyte.

    Returns
    -------
    near, far : ndarray, shape (n_frequencies,), s/m
        Concentration per D c' at the same face and at the other.
    """
    near, far = slab(omega * (porosity / diffusivity), thickness)
    return near / diffusivity, far / diffusivity


def electrode_response(omega: Complex, layers: Sequence[PorousLayer], junction: float) -> Response:
    """Solve an electrode from its collector to the separator.

    Parameters
    ----------
    omega : ndarray, shape (n_frequencies,), rad/s
        Angular frequency times the imaginary unit.
    layers : sequence of PorousLayer
        From the collector on.
    junction : float, V m³/mol
        Liquid-junction potential per salt concentration, θ = 2 R T (1 - t+) X / (F c).

    Returns
    -------
    Response
        Salt and potential at the separator.
    """
    values, drop = _first(layers[0], _transfer(omega, layers[0], junction), junction)
    for layer in layers[1:]:
        values, drop = _join(layer, _transfer(omega, layer, junction), junction, values, drop)
    return Response(
        salt=values[1, 0] + values[1, 2],
        salt_slope=values[1, 1],
        potential=drop[0] + drop[2],
        potential_slope=drop[1],
    )


@dataclass(frozen=True)
class _Transfer:
    """Values (u, c) at the ends of a layer over the flow (i_e, D c') there: right = near q_right - far q_left + own."""

    near: Complex
    """Shape (2, 2, n_frequencies)."""
    far: Complex
    """Shape (2, 2, n_frequencies)."""
    own: Complex
    """Shape (2, n_frequencies): what the current of 1 A/m² adds at the right end, and takes at the left one."""


def _transfer(omega: Complex, layer: PorousLayer, junction: float) -> _Transfer:
    resistivity = 1.0 / layer.solid + 1.0 / layer.liquid
    react = layer.admittance * resistivity
    store = omega * (layer.porosity / layer.diffusivity)
    give = layer.salt / layer.diffusivity
    middle = 0.5 * (react + junction * give + store)
    product = react * store
    spread = np.sqrt(middle * middle - product)
    spread = np.where((middle * spread.conj()).real < 0.0, -spread, spread)
    larger = middle + spread
    smaller = product / larger
    ends = []
    for one, other, slope in zip(slab(larger, layer.thickness), slab(smaller, layer.thickness), (0, 1), strict=True):
        steepness = _divided_difference(one, other, larger, smaller, layer.thickness, slope)
        mean = 0.5 * (one + other)
        corner = (react + junction * give - middle) * steepness
        first = (mean + corner, -give * steepness)
        second = (-junction * store * steepness, mean - corner)
        ends.append((first, second))
    (near_u, near_c), (far_u, far_c) = ends

    def by_flow(by_u: tuple[Complex, Complex], by_c: tuple[Complex, Complex]) -> Complex:
        return np.array(
            [
                [resistivity * of_u, (of_c - junction * of_u) / layer.diffusivity]
                for of_u, of_c in zip(by_u, by_c, strict=True)
            ]
        )

    own = np.array([(far - near) / layer.solid for near, far in zip(near_u, far_u, strict=True)])
    return _Transfer(by_flow(near_u, near_c), by_flow(far_u, far_c), own)


def _divided_difference(
    one: Complex, other: Complex, larger: Complex, smaller: Complex, thickness: float, which: int
) -> Complex:
    """Slope between the values at the two eigenvalues; the derivative where they fall together."""
    gap = larger - smaller
    equal = np.abs(gap) <= _NEARLY_EQUAL * np.abs(larger)
    if not equal.any():
        return np.asarray((one - other) / gap)
    derivative = slab_derivatives(0.5 * (larger + smaller), thickness)[which]
    return np.where(equal, derivative, (one - other) / np.where(equal, 1.0, gap))


def _drop_across(layer: PorousLayer, left: Complex, right: Complex, junction: float) -> Complex:
    """Rise of the electrolyte's potential across a layer; the total current is 1 A/m²."""
    both = layer.solid + layer.liquid
    rise: Complex = (junction * layer.liquid * (right[1] - left[1]) - layer.solid * (right[0] - left[0])) / both
    rise[2] -= layer.thickness / both
    return rise


def _first(layer: PorousLayer, transfer: _Transfer, junction: float) -> tuple[Complex, Complex]:
    """Values at the right end of the layer on the collector, and the drop from it, over (i_e, D c', 1) there."""
    right = np.concatenate([transfer.near, transfer.own[:, None]], axis=1)
    left = np.concatenate([transfer.far, -transfer.own[:, None]], axis=1)
    return right, _drop_across(layer, left, right, junction) - left[0]


def _join(
    layer: PorousLayer, transfer: _Transfer, junction: float, values: Complex, drop: Complex
) -> tuple[Complex, Complex]:
    """Put a layer on what was solved up to its left end."""
    matrix = values[:, :2] + transfer.near
    source = np.concatenate([transfer.far, -(transfer.own + values[:, 2])[:, None]], axis=1)
    determinant = matrix[0, 0] * matrix[1, 1] - matrix[0, 1] * matrix[1, 0]
    flow = np.stack(
        [
            (matrix[1, 1] * source[0] - matrix[0, 1] * source[1]) / determinant,
            (matrix[0, 0] * source[1] - matrix[1, 0] * source[0]) / determinant,
        ]
    )
    left = _times(values[:, :2], flow)
    left[:, 2] += values[:, 2]
    right = np.concatenate([transfer.near, transfer.own[:, None]], axis=1) - _times(transfer.far, flow)
    before = drop[0] * flow[0] + drop[1] * flow[1]
    before[2] += drop[2]
    return right, before + _drop_across(layer, left, right, junction)


def _times(matrix: Complex, columns: Complex) -> Complex:
    """Product of 2×2 matrices and 2×3 ones, frequency by frequency."""
    return np.asarray(matrix[:, 0, None] * columns[0] + matrix[:, 1, None] * columns[1])
