r"""Transfer functions of diffusion: into a sphere, and across a slab, at a complex frequency.

A quantity that diffuses with diffusivity D obeys, at the angular frequency ω, the Helmholtz equation with
:math:`\lambda^2 = i\omega/D`. In a sphere of radius R its value at the surface over the flux into the sphere is
:math:`R / (D\,(z \coth z - 1))` with :math:`z = \lambda R`. In a slab of length L the values at the two ends follow
from the slopes there by :math:`\coth(\lambda L)/\lambda` and :math:`1/(\lambda \sinh \lambda L)`.

Written with decaying exponentials only, so that nothing overflows however high the frequency, and without the
cancellation that the textbook forms suffer at low frequency.

References
----------
Song and Bazant 2013, doi:10.1149/2.023301jes (diffusion impedance of particles).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["slab", "slab_derivatives", "sphere"]

Complex = NDArray[np.complex128]
_FRACTION_DEPTH = 9
"""Levels of the continued fraction; at \\|z\\| = 1 the tenth changes nothing."""


def sphere(squared: Complex) -> Complex:
    r"""Surface value of a diffusing sphere over the flux into it, :math:`1/(z \coth z - 1)`.

    Parameters
    ----------
    squared : ndarray, any shape
        :math:`z^2 = i\omega R^2/D`; its real part must not be negative.

    Returns
    -------
    ndarray, shape of squared
        To be multiplied by R/D; about :math:`3/z^2` at low frequency and :math:`1/z` at high.

    Notes
    -----
    Up to \|z\| = 1 Lambert's continued fraction :math:`z\coth z = 1 + z^2/(3 + z^2/(5 + …))` is summed: it has no
    difference of nearly equal numbers.

    Examples
    --------
    >>> sphere(np.array([100j])).round(4)
    array([0.0699-0.0814j])
    """
    z = np.sqrt(squared)
    decay = np.exp(-2.0 * z)
    with np.errstate(divide="ignore", invalid="ignore"):
        plain = (1.0 - decay) / (z * (1.0 + decay) - (1.0 - decay))
    low = np.abs(squared) <= 1.0
    if not low.any():
        return np.asarray(plain)
    fraction = np.full_like(squared, 2.0 * _FRACTION_DEPTH + 3.0)
    for level in range(_FRACTION_DEPTH, 0, -1):
        fraction = (2.0 * level + 1.0) + np.where(low, squared, 0.0) / fraction
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(low, fraction / squared, plain)


def slab(squared: Complex, length: float) -> tuple[Complex, Complex]:
    r"""Values at the ends of a slab over the slopes there.

    Parameters
    ----------
    squared : ndarray, any shape, 1/m²
        :math:`\lambda^2`, not zero.
    length : float, m
        Of the slab.

    Returns
    -------
    near, far : ndarray, shape of squared, m
        :math:`\coth(\lambda L)/\lambda` for the slope at the same end, :math:`1/(\lambda\sinh\lambda L)` for the
        one at the other.
    """
    root = np.sqrt(squared)
    decay = np.exp(-length * root)
    gap = -np.expm1(-2.0 * length * root) * root
    return (1.0 + decay * decay) / gap, 2.0 * decay / gap


def slab_derivatives(squared: Complex, length: float) -> tuple[Complex, Complex]:
    r"""Derivatives of :func:`slab` by :math:`\lambda^2`.

    Parameters
    ----------
    squared : ndarray, any shape, 1/m²
        :math:`\lambda^2`, not zero.
    length : float, m
        Of the slab.

    Returns
    -------
    near, far : ndarray, shape of squared, m³
        Derivatives of the two values.
    """
    near, far = slab(squared, length)
    return -(length * far * far + near / squared) / 2.0, -(length * near * far + far / squared) / 2.0
