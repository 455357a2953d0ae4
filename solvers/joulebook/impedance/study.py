"""The public verb: the spectrum of an equivalent circuit."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from joulebook.core.errors import InputError, Issue, TopologyError
from joulebook.core.provenance import Provenance, Stats
from joulebook.core.results import Status, Variable
from joulebook.impedance.circuit import Circuit
from joulebook.impedance.results import SpectrumResult

__all__ = ["spectrum"]

_CITED = {
    "CPE": "Brug1984",
    "Wo": "Ho1980",
    "G": "BoukampBouwmeester2003",
    "Zarc": "Cole1941",
    "HN": "Havriliak1967",
    "TLMQ": "Bisquert2000",
}
LOWEST, HIGHEST = 1e-12, 1e15
"""Hz, of frequencies that are taken."""


def spectrum(circuit: Circuit, frequencies: ArrayLike | None = None, *, sensitivities: bool = False) -> SpectrumResult:
    """Compute the impedance of an equivalent circuit over frequency.

    Parameters
    ----------
    circuit : Circuit
        The design.
    frequencies : array_like, shape (n_frequencies,), Hz, optional
        1e-12 to 1e15, in any order; 10 mHz to 100 kHz, twenty a decade, where left out.
    sensitivities : bool
        Whether to give the sensitivity to each value as well: the derivative of the impedance times the value.

    Returns
    -------
    SpectrumResult
        ``real``, ``imaginary``, ``magnitude`` and ``phase`` over ``frequency``; and ``sensitivity_real`` and
        ``sensitivity_imaginary`` over ``parameter`` and ``frequency``.

    Raises
    ------
    InputError
        If a frequency is not allowed.
    TopologyError
        If the circuit has no elements.

    References
    ----------
    Of each element's formula: :mod:`joulebook.impedance.formulas`.

    Examples
    --------
    >>> from joulebook.impedance import Circuit, spectrum
    >>> circuit = Circuit.from_code("R0-p(R1,C1)", {"R0": 10.0, "R1": 100.0, "C1": 1e-5})
    >>> print(spectrum(circuit, [159.15494309189535]).impedance.round(6))
    [60.-50.j]
    """
    points = _frequencies(frequencies)
    if not circuit.elements:
        raise TopologyError(Issue("code", circuit.code, "the circuit has no elements: its ends are joined by a wire"))
    evaluator = circuit.evaluator
    started = time.perf_counter()
    variables = {"frequency": Variable(("frequency",), points, "Hz", "Frequency")}
    if sensitivities:
        whole, slopes = evaluator.derivatives(points, circuit.values)
        scaled = slopes * circuit.values[:, None]
        dims = ("parameter", "frequency")
        names = np.array(circuit.parameters)
        variables["parameter"] = Variable(("parameter",), names, "1", "Value of the circuit")
        variables["sensitivity_real"] = Variable(dims, scaled.real.copy(), "ohm", "Sensitivity, real part")
        variables["sensitivity_imaginary"] = Variable(dims, scaled.imag.copy(), "ohm", "Sensitivity, imaginary part")
    else:
        whole = evaluator.impedance(points, circuit.values)
    seconds = time.perf_counter() - started
    along = ("frequency",)
    variables["real"] = Variable(along, whole.real.copy(), "ohm", "Real part")
    variables["imaginary"] = Variable(along, whole.imag.copy(), "ohm", "Imaginary part")
    variables["magnitude"] = Variable(along, np.abs(whole), "ohm", "Magnitude")
    variables["phase"] = Variable(along, np.angle(whole), "rad", "Phase")
    options: dict[str, Any] = {"frequencies": points.tolist(), "sensitivities": sensitivities}
    kinds = {element.kind for element in circuit.elements.values()}
    cited = tuple(key for kind, key in _CITED.items() if kind in kinds)
    return SpectrumResult(
        variables=variables,
        status=Status.SOLVED,
        stats=Stats(steps=points.size, seconds=seconds, device="cpu"),
        provenance=Provenance.record("impedance.spectrum", circuit, options, cited),
        facts={"code": circuit.code},
    )


def _frequencies(given: ArrayLike | None) -> NDArray[np.float64]:
    if given is None:
        return np.logspace(5.0, -2.0, 141)
    try:
        points = np.atleast_1d(np.array(given, float))
    except (TypeError, ValueError):
        raise InputError(Issue("frequencies", given, "must be numbers, in Hz")) from None
    if points.ndim != 1 or points.size == 0:
        raise InputError(Issue("frequencies", f"shape {points.shape}", "must be a list of one or more numbers, in Hz"))
    wrong = ~((points >= LOWEST) & (points <= HIGHEST))
    if wrong.any():
        k = int(np.argmax(wrong))
        rule = f"must be at least {LOWEST:g} and at most {HIGHEST:g} Hz"
        hint = "Leave out frequency 0: the impedance there is a limit" if points[k] == 0 else ""
        raise InputError(Issue(f"frequencies[{k}]", float(points[k]), rule, hint, "Hz"))
    return points
