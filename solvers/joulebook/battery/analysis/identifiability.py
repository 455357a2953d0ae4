"""What the data fix, and what they do not: the Fisher information of a fit, seen along its own directions.

With *J* the derivatives of the residuals (each over its noise) by the parameters, every parameter scaled so that its
range is -1 … 1, the Fisher information is ``F = JᵀJ``, and ``F⁻¹`` the covariance of the parameters at the optimum.
Its eigenvectors are combinations of parameters that the data fix independently of one another, each with the standard
error ``1/√λ``. A combination whose standard error reaches 1/√3, that of a number known to lie in -1 … 1 and no more, is
one that the data do not fix: they say nothing that the limits have not said already. Derivatives from differences are
good for about three digits: a combination whose ``√λ`` is below 1/2000 of the largest counts as fixed only if its
standard error is less than a twentieth.

Where the residuals are larger than the stated noise, all standard errors are larger by the same factor.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from joulebook.battery.analysis.fit_parameters import FitParameter

__all__ = ["UNFIXED", "Direction", "Information", "information"]

Array = NDArray[np.float64]
UNFIXED: Final = 1.0 / math.sqrt(3.0)
"""Standard error of a scaled combination from which on the data do not fix it."""
_RESOLVED = 5e-4
_SURE = 0.05
_TINY = 1e-15
_SHARE = 0.2
"""Smallest part of a combination that is named, as a share of the largest."""


@dataclass(frozen=True)
class Direction:
    """A combination of parameters that the data fix independently of the others.

    Parameters
    ----------
    eigenvalue : float
        Of the scaled Fisher information.
    standard_error : float
        Of the combination, the range of each parameter being -1 to 1; infinite where nothing is known.
    parts : dict of str to float
        Path to the component of the unit vector.
    fixed : bool
        Whether the data say more about it than the limits.
    text : str
        What moves together.
    """

    eigenvalue: float
    standard_error: float
    parts: dict[str, float]
    fixed: bool
    text: str


@dataclass(frozen=True)
class Information:
    """What a fit knows about its parameters.

    Parameters
    ----------
    covariance : ndarray, shape (n, n)
        On the scales of the search.
    correlation : ndarray, shape (n, n)
        Of the parameters.
    directions : tuple of Direction
        The best known first.
    """

    covariance: Array
    correlation: Array
    directions: tuple[Direction, ...]

    @property
    def standard_errors(self) -> Array:
        """On the scales of the search; shape (n,)."""
        return np.asarray(np.sqrt(np.diag(self.covariance)))


def information(jacobian: Array, parameters: tuple[FitParameter, ...], factor: float) -> Information:
    """Say what the data fix.

    Parameters
    ----------
    jacobian : ndarray, shape (n_residuals, n)
        Of the residuals, on the scales of the search.
    parameters : tuple of FitParameter
        All that vary.
    factor : float
        By how much residuals exceed the stated noise; multiplies all standard errors.

    Returns
    -------
    Information
        Covariance, correlation and directions.
    """
    halves = np.array([item.half_range for item in parameters])
    _, singular, rows = np.linalg.svd(jacobian * halves, full_matrices=False)
    singular = np.maximum(singular, _TINY * max(float(singular[0]), _TINY))
    spread = rows.T / singular
    scaled = spread @ spread.T * factor**2
    covariance = scaled * np.outer(halves, halves)
    errors = np.sqrt(np.diag(covariance))
    correlation = np.clip(covariance / np.outer(errors, errors), -1.0, 1.0)
    directions = []
    for value, row in zip(singular, rows, strict=True):
        error = factor / float(value)
        row = row * (np.sign(row[np.argmax(np.abs(row))]) or 1.0)
        parts = {item.path: float(part) for item, part in zip(parameters, row, strict=True)}
        fixed = error < (UNFIXED if value > _RESOLVED * singular[0] else _SURE)
        text = _together(parameters, row, min(error, 1.0))
        directions.append(Direction(float(value) ** 2, error, parts, fixed, text))
    return Information(covariance, correlation, tuple(directions))


def _together(parameters: tuple[FitParameter, ...], row: Array, length: float) -> str:
    """What moving along a combination by a length does to each value."""
    said = []
    for item, part in zip(parameters, row, strict=True):
        if abs(part) < _SHARE * float(np.abs(row).max()):
            continue
        move = float(part) * length * item.half_range
        said.append(f"{item.path} {_factor(math.exp(move))}" if item.log else f"{item.path} {move:+.2g}")
    return " with ".join(said)


def _factor(factor: float) -> str:
    """A factor near one as a percentage."""
    return f"{100.0 * (factor - 1.0):+.2g} %" if 0.8 < factor < 1.25 else f"× {factor:.2g}"
