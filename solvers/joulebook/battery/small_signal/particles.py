r"""Single-particle models, linearised at rest.

Every particle of an electrode sees the same potential difference, so the admittances of all layers and materials add.
Without electrolyte that is all there is: charge transfer and diffusion in series, the double layer in parallel, an
extended Randles circuit for each electrode. With electrolyte the current leaves the particles in proportion to
their admittance; the drops in electrolyte and solid, and the junction potential of the salt that the reaction
displaces, follow from that current and are averaged with it as weight.

References
----------
Marquis et al. 2019, doi:10.1149/2.0341915jes (single-particle model with electrolyte).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from joulebook.battery.equilibrium import FARADAY
from joulebook.battery.small_signal.diffusion import Complex
from joulebook.battery.small_signal.linear import Coating, Foil, LinearCell
from joulebook.battery.small_signal.porous import PorousLayer, separator_salt

__all__ = ["particle_spectra", "salted_particle_spectra"]


def particle_spectra(cell: LinearCell, omega: Complex) -> tuple[Complex, Complex, Complex]:
    """Specific impedance without electrolyte.

    Parameters
    ----------
    cell : LinearCell
        The cell.
    omega : ndarray, shape (n_frequencies,), rad/s
        Angular frequency times the imaginary unit.

    Returns
    -------
    negative, separator, positive : ndarray, shape (n_frequencies,), Ω m²
        The separator has none.
    """
    sides = []
    for electrode in (cell.negative, cell.positive):
        if isinstance(electrode, Foil):
            sides.append(1.0 / electrode.admittances(omega)[1])
        else:
            sides.append(1.0 / _whole([layer.at(omega, cell.transference) for layer in electrode]))
    return sides[0], np.zeros_like(omega), sides[1]


def salted_particle_spectra(cell: LinearCell, omega: Complex) -> tuple[Complex, Complex, Complex]:
    """Specific impedance with electrolyte.

    Parameters
    ----------
    cell : LinearCell
        The cell.
    omega : ndarray, shape (n_frequencies,), rad/s
        Angular frequency times the imaginary unit.

    Returns
    -------
    negative, separator, positive : ndarray, shape (n_frequencies,), Ω m²
        The drops in electrolyte and solid, and the junction potential, counted where they arise.
    """
    film, theta = cell.separator, cell.junction
    between = _Salt(*separator_salt(omega, film.thickness, film.diffusivity, film.porosity))
    right = _even(omega, cell.positive, cell.transference, -1.0)
    entering = np.zeros_like(omega)
    inner: list[_Salt] = []
    if isinstance(cell.negative, Foil):
        reaction, whole = cell.negative.admittances(omega)
        entering = (cell.transference - reaction / whole) / FARADAY
        negative = 1.0 / whole
    else:
        left = _even(omega, cell.negative, cell.transference, 1.0)
        negative = left.impedance
        inner = left.salts
    chain = [*inner, between, *reversed(right.salts)]
    flows = _flows(chain, entering)
    count = len(inner)
    left_edge = between.left(flows[count], flows[count + 1])
    right_edge = between.right(flows[count], flows[count + 1])
    means = [salt.mean(flows[k], flows[k + 1]) for k, salt in enumerate(chain)]
    if count:
        negative = negative + theta * (_weighted(left.weights, means[:count]) - left_edge)
    positive = right.impedance + theta * (right_edge - _weighted(right.weights, means[:count:-1]))
    return negative, film.thickness / film.liquid - theta * (right_edge - left_edge), positive


@dataclass(frozen=True)
class _Salt:
    """Salt concentration in a layer over the flows D c' at its two ends."""

    near: Complex
    far: Complex
    own: Complex | float = 0.0
    """What the even reaction alone would give."""
    store: Complex | float = 1.0
    """i ω times the pore volume per area."""

    def left(self, left_flow: Complex, right_flow: Complex) -> Complex:
        return self.own - self.near * left_flow + self.far * right_flow

    def right(self, left_flow: Complex, right_flow: Complex) -> Complex:
        return self.own - self.far * left_flow + self.near * right_flow

    def mean(self, left_flow: Complex, right_flow: Complex) -> Complex:
        return self.own + (right_flow - left_flow) / self.store


@dataclass(frozen=True)
class _Even:
    """An electrode whose particles all see the same potential difference."""

    impedance: Complex
    """Without the junction potential, Ω m²."""
    weights: list[Complex]
    """Share of each layer in the current, from the collector on."""
    salts: list[_Salt]


def _even(omega: Complex, layers: Sequence[Coating], transference: float, sign: float) -> _Even:
    porous: list[PorousLayer] = [layer.at(omega, transference) for layer in layers]
    whole = _whole(porous)
    impedance = 1.0 / whole
    weights, salts = [], []
    passed = np.zeros_like(omega)
    for layer in porous:
        weight = layer.admittance * layer.thickness / whole
        before, passed = passed, passed + weight
        rest, left = 1.0 - before, 1.0 - passed
        liquid = (before * before + before * passed + passed * passed) / (3.0 * layer.liquid)
        solid = (rest * rest + rest * left + left * left) / (3.0 * layer.solid)
        impedance = impedance + layer.thickness * (liquid + solid)
        near, far = separator_salt(omega, layer.thickness, layer.diffusivity, layer.porosity)
        store = omega * layer.porosity
        salts.append(_Salt(near, far, sign * layer.salt / (whole * store), layer.thickness * store))
        weights.append(weight)
    return _Even(impedance, weights, salts)


def _flows(chain: Sequence[_Salt], entering: Complex) -> list[Complex]:
    """Flows D c' at the faces of all layers, from the left end of the stack to the right one, where nothing passes."""
    pivots: list[Complex] = []
    sides: list[Complex] = []
    for here, there in pairwise(chain):
        pivot = here.near + there.near
        side = there.own - here.own
        if pivots:
            pivot = pivot - here.far * here.far / pivots[-1]
            side = side + here.far * sides[-1] / pivots[-1]
        else:
            side = side + here.far * entering
        pivots.append(pivot)
        sides.append(side)
    flows = [np.zeros_like(entering)]
    for k in range(len(pivots) - 1, -1, -1):
        flows.append((sides[k] + chain[k + 1].far * flows[-1]) / pivots[k])
    return [entering, *reversed(flows)]


def _whole(layers: Sequence[PorousLayer]) -> Complex:
    """Admittance of all layers together, S/m²."""
    return np.asarray(sum(layer.admittance * layer.thickness for layer in layers))


def _weighted(weights: Sequence[Complex], means: Sequence[Complex]) -> Complex:
    return np.asarray(sum(weight * mean for weight, mean in zip(weights, means, strict=True)))
