"""The public verb: what happens when a superconducting winding quenches."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from joulebook.core.courtesy import need_in_plan
from joulebook.core.errors import InputError, Issue, OutOfRangeError
from joulebook.core.provenance import Provenance, Stats
from joulebook.core.results import Status, Variable
from joulebook.magnets.course import Circuit, Course, course, edges_of
from joulebook.magnets.propagation import sharing_temperatures, velocities
from joulebook.magnets.properties import HOTTEST, StrandTable, strand_table
from joulebook.magnets.results import QuenchResult
from joulebook.magnets.winding import Winding
from joulebook.materials.cryogenic import specific_heat
from joulebook.materials.superconductors import CriticalSurface, critical_surface

__all__ = ["quench"]

Float = NDArray[np.float64]
_CURRENTS = 129
_ROUGH_SHELLS = 40
_FILL = 4
"""Points of the result for each step of the integration."""
_MARGIN = 1.02
"""Beyond where the front came in the first run."""
_ENDS = {
    "current": "the current is gone",
    "hot": f"the hot spot reached {HOTTEST:g} K: the conductor does not survive",
    "time": "the time is over",
}


def quench(winding: Winding, *, shells: int = 120, accuracy: float = 1e-8, until: float = 3600.0) -> QuenchResult:
    """Follow a quench that begins in one point of a winding.

    Parameters
    ----------
    winding : Winding
        The design.
    shells : int
        Into which the way of the normal zone is divided, 10 to 2000; the error falls with their square.
    accuracy : float
        Local error of the integration, relative, 1e-12 to 1e-3.
    until : float, s
        When to stop at the latest, up to 1e6.

    Returns
    -------
    QuenchResult
        Current, hot spot, voltages and energies over time; the status says whether the quench was detected.
        ``facts["error"]`` is the change of the hot spot and of the largest voltage with half as many shells.

    Raises
    ------
    InputError
        If an option is not allowed, or a hub's plan is without the study.
    OutOfRangeError
        If the conductor is not superconducting at its operating point.

    References
    ----------
    Wilson 1983, Superconducting Magnets. Maddock and James 1968.

    Examples
    --------
    >>> from joulebook.magnets import Winding, quench
    >>> run = quench(Winding.named("Laboratory solenoid, NbTi"))
    >>> run.status.name, 60 < run.hot_spot < 200
    ('SOLVED', True)
    """
    need_in_plan("quench", "Quench", winding.name)
    _check(shells, accuracy, until)
    started = time.perf_counter()
    conductor, field = winding.conductor, winding.field
    surface = critical_surface(conductor.superconductor)
    areas = (conductor.area, conductor.area * (1.0 - conductor.copper_fraction))
    point = _point(winding, surface, areas)
    table = strand_table(conductor, field, winding.temperature)
    currents = np.linspace(0.0, winding.current, _CURRENTS)
    speeds = velocities(surface, table, field, conductor.strain, areas, currents)
    circuit = Circuit(
        current=winding.current,
        area=areas[0],
        volume=areas[0] * winding.length,
        inductance=winding.inductance,
        dump=winding.dump_resistance,
        threshold=winding.detection_voltage,
        delay=winding.detection_delay,
        growth=(1.0 - conductor.insulation_fraction) * winding.transverse_ratio**2,
    )
    found, half = _runs(circuit, table, currents, speeds, shells, accuracy, until)
    seconds = time.perf_counter() - started
    point |= {"velocity_m_s": float(speeds[-1])}
    return _result(
        winding, circuit, table, found, half, point, {"shells": shells, "accuracy": accuracy, "until": until}, seconds
    )


def _runs(
    circuit: Circuit, table: StrandTable, currents: Float, speeds: Float, shells: int, accuracy: float, until: float
) -> tuple[Course, Course]:
    """The course with all shells and with half of them, where the front comes."""

    def velocity(current: float) -> float:
        return float(np.interp(current, currents, speeds))

    rough = edges_of(circuit, np.inf, _ROUGH_SHELLS, rising=True)
    first = course(circuit, table, velocity, rough, until=until, accuracy=max(accuracy, 1e-5))
    reach = max(_MARGIN * float(first.front[-1]), 1e-6)
    given = {"until": until, "accuracy": accuracy}
    fine, half = (edges_of(circuit, reach, n, rising=False) for n in (shells, shells // 2))
    return course(circuit, table, velocity, fine, fill=_FILL, **given), course(circuit, table, velocity, half, **given)


def _check(shells: int, accuracy: float, until: float) -> None:
    issues = []
    if not isinstance(shells, int) or isinstance(shells, bool) or not 10 <= shells <= 2000:
        issues.append(Issue("shells", shells, "must be a whole number, 10 to 2000", "120 is usual"))
    for name, value, low, high, usual in (
        ("accuracy", accuracy, 1e-12, 1e-3, "1e-8"),
        ("until", until, 1e-6, 1e6, "3600"),
    ):
        if not isinstance(value, int | float) or isinstance(value, bool) or not low <= value <= high:
            issues.append(Issue(name, value, f"must be a number, {low:g} to {high:g}", f"{usual} is usual"))
    if issues:
        raise InputError(issues, "quench")


def _point(winding: Winding, surface: CriticalSurface, areas: tuple[float, float]) -> dict[str, float]:
    """The operating point on the critical surface."""
    field, strain, start = winding.field, winding.conductor.strain, winding.temperature
    critical = surface.critical_temperature(field, strain)
    most = float(surface.current_density(field, start, strain)) * areas[1]
    if most <= winding.current:
        raise OutOfRangeError(
            Issue(
                "current",
                winding.current,
                f"must be below the critical current, {most:.6g} A at {field:g} T and {start:g} K",
                "Lower current, field or temperature, or take more superconductor",
                "A",
            ),
            winding.name,
        )
    sharing = float(sharing_temperatures(surface, field, np.array([winding.current / areas[1]]), strain)[0])
    return {
        "critical_temperature_K": critical,
        "sharing_temperature_K": sharing,
        "critical_current_A": most,
        "temperature_margin_K": sharing - start,
    }


def _result(
    winding: Winding, circuit: Circuit, table: StrandTable, found: Course, half: Course, point: dict[str, float],
    options: dict[str, Any], seconds: float,
) -> QuenchResult:  # fmt: skip
    along = ("time",)
    dumping = found.time >= found.opened if np.isfinite(found.opened) else np.zeros(found.time.size, bool)
    hot = np.interp(found.action, table.action, table.temperature)
    variables = {
        "time": Variable(along, found.time, "s", "Time"),
        "current": Variable(along, found.current, "A", "Current"),
        "hot_spot": Variable(along, hot, "K", "Hot spot"),
        "voltage_dump": Variable(along, np.where(dumping, found.current * circuit.dump, 0.0), "V", "Dump"),
        "voltage_normal": Variable(along, found.current * found.resistance, "V", "Normal zone"),
        "resistance": Variable(along, found.resistance, "ohm", "Resistance of the normal zone"),
        "front": Variable(along, found.front, "m", "Front along the conductor"),
        "miits": Variable(along, found.action * circuit.area**2 * 1e-6, "MA² s", "Current squared over time"),
        "energy_dump": Variable(along, found.dumped, "J", "Energy in the dump"),
        "energy_winding": Variable(along, found.heated, "J", "Energy in the winding"),
    }
    seen = bool(np.isfinite(found.detected))
    status = Status.PARTIAL if found.end != "current" else Status.SOLVED if seen else Status.UNDETECTED
    if found.end == "time" and not seen:
        status = Status.UNDETECTED
    return QuenchResult(
        variables=variables,
        status=status,
        stats=Stats(steps=(found.time.size - 1) // _FILL, iterations=found.evaluations, seconds=seconds, device="cpu"),
        provenance=Provenance.record("magnets.quench", winding, options, _citations(winding)),
        facts=_facts(winding, circuit, table, found, half, variables) | point,
    )


def _facts(
    winding: Winding, circuit: Circuit, table: StrandTable, found: Course, half: Course, variables: dict[str, Variable]
) -> dict[str, Any]:
    stored = winding.stored_energy
    left = 0.5 * circuit.inductance * float(found.current[-1]) ** 2
    hottest = float(variables["hot_spot"].values[-1])
    coarse = float(np.interp(half.action[-1], table.action, table.temperature))
    peaks = [float(np.max(run.current * run.resistance)) for run in (found, half)]
    outside = [specific_heat("copper").outside(winding.temperature, hottest)]
    if winding.conductor.insulation_heats:
        outside.append(specific_heat("G-10").outside(winding.temperature, hottest))
    return {
        "end": _ENDS[found.end],
        "detected_s": found.detected if np.isfinite(found.detected) else None,
        "opened_s": found.opened if np.isfinite(found.opened) else None,
        "hot_spot_K": hottest,
        "miits_MA2s": float(variables["miits"].values[-1]),
        "peak_dump_voltage_V": float(np.max(variables["voltage_dump"].values)),
        "peak_normal_voltage_V": peaks[0],
        "stored_energy_J": stored,
        "energy_missed": abs(float(found.dumped[-1]) + found.enthalpy + left - stored) / stored,
        "error": {"hot_spot_K": abs(hottest - coarse), "peak_normal_voltage_V": abs(peaks[0] - peaks[1])},
        "outside": [said for said in outside if said],
    }


def _citations(winding: Winding) -> list[str]:
    surface = critical_surface(winding.conductor.superconductor)
    cited = [surface.source.ref, "Simon1992", "NISTCryogenics", "Wilson1983", "MaddockJames1968"]
    return cited + (["Verweij2006", "Elrod1982"] if surface.material == "NbTi" else ["PROCESS"])
