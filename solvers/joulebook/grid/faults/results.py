"""What a short-circuit study gives back."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from joulebook.core.errors import InputError, Issue
from joulebook.core.provenance import Provenance, Stats
from joulebook.core.results import Result, Status, Variable, column_name

if TYPE_CHECKING:
    import pandas

    from joulebook.grid.faults.options import FaultOptions
    from joulebook.grid.network import Network

__all__ = ["FaultArrays", "Partial", "ShortCircuitResult"]

Reals = NDArray[np.float64]
Complexes = NDArray[np.complex128]
CITATIONS = ("IEC60909-0", "Takahashi1973")


@dataclass(frozen=True)
class FaultArrays:
    """Numbers at the places of faults.

    Parameters
    ----------
    rows : ndarray of int, shape (p,)
        Places among all.
    labels : tuple of str
        Names.
    nominal : ndarray, shape (p,), V
        Nominal voltage.
    c : ndarray, shape (p,)
        Driving voltage, per unit of the nominal one.
    z1, z2, z0 : ndarray of complex, shape (p,), ohm
        Seen from the place; NaN where infinite.
    sequences : ndarray of complex, shape (3, p), kA
        Zero, positive and negative sequence into the fault, without converters.
    ikss, earth, ip, ib, ik, ith : ndarray, shape (p,), kA
        Initial, to earth, peak, breaking, steady-state, thermal equivalent.
    kappa, m, n : ndarray, shape (p,)
        Factors.
    """

    rows: NDArray[np.int32]
    labels: tuple[str, ...]
    nominal: Reals
    c: Reals
    z1: Complexes
    z2: Complexes
    z0: Complexes
    sequences: Complexes
    ikss: Reals
    earth: Reals
    ip: Reals
    ib: Reals
    ik: Reals
    ith: Reals
    kappa: Reals
    m: Reals
    n: Reals


@dataclass(frozen=True)
class Partial:
    """Partial currents of named faults.

    Parameters
    ----------
    branch_labels, source_labels : tuple of str
        ``"lines/L1/from"``, ``"generators/G1"``.
    branch : ndarray of complex, shape (p, t, 3), kA
        Phases a, b, c, out of the bus into the branch.
    source : ndarray of complex, shape (p, s, 3), kA
        Out of the source.
    """

    branch_labels: tuple[str, ...]
    source_labels: tuple[str, ...]
    branch: Complexes
    source: Complexes


_Solution = "tuple[Network, FaultOptions, FaultArrays, Partial | None, tuple[str, ...]]"
_COLUMNS = (
    ("ikss", "kA", "Initial symmetrical current"),
    ("ip", "kA", "Peak current"),
    ("ib", "kA", "Breaking current"),
    ("ik", "kA", "Steady-state current"),
    ("ith", "kA", "Thermal equivalent current"),
    ("skss", "MVA", "Initial power"),
    ("earth", "kA", "Current to earth"),
    ("r", "ohm", "Resistance"),
    ("x", "ohm", "Reactance"),
    ("r2", "ohm", "Resistance of the negative sequence"),
    ("x2", "ohm", "Reactance of the negative sequence"),
    ("r0", "ohm", "Resistance of the zero sequence"),
    ("x0", "ohm", "Reactance of the zero sequence"),
    ("kappa", "1", "Peak factor"),
    ("m", "1", "Heat of the direct current"),
    ("n", "1", "Heat of the alternating current"),
    ("c", "1", "Driving voltage"),
    ("nominal_voltage", "kV", "Nominal voltage"),
)


class ShortCircuitResult(Result):
    """Short-circuit currents by bus, and what feeds them.

    ``buses`` has one row for each place; ``branches`` and ``feeds`` hold partial currents by phase where places were
    named. Breaking and steady-state currents of unbalanced faults equal the initial ones (without motors in the
    steady state).
    """

    main_dimension: ClassVar[str] = "bus"
    main_variables: ClassVar[tuple[str, ...]] = ("ikss", "ip")

    def __init__(
        self,
        variables: Mapping[str, Variable] | None = None,
        status: Status = Status.SOLVED,
        stats: Stats | None = None,
        provenance: Provenance | None = None,
        facts: Mapping[str, Any] | None = None,
        *,
        solution: Any = None,
    ) -> None:
        own = self.__dict__
        own["status"], own["stats"], own["solution"] = status, stats or Stats(), solution
        for name, value in (("variables", variables), ("provenance", provenance), ("facts", facts)):
            if value is not None:
                own[name] = value

    @functools.cached_property
    def variables(self) -> Mapping[str, Variable]:  # type: ignore[override]
        """The arrays, by name."""
        _, options, arrays, partial, _ = self.solution
        made = {"bus": Variable(("bus",), np.array(arrays.labels, dtype=object), "", "Place of the fault")}
        for name, values in _bus_values(options, arrays).items():
            unit, label = next((unit, label) for column, unit, label in _COLUMNS if column == name)
            made[name] = Variable(("bus",), values, unit, label)
        made["sequence"] = Variable(("sequence",), np.array([0, 1, 2]), "", "Sequence")
        for name, part, unit in _sizes(arrays.sequences.T):
            made[f"sequence_{name}"] = Variable(("bus", "sequence"), part, unit, f"{name.capitalize()} of the sequence")
        if partial is not None:
            made["phase"] = Variable(("phase",), np.array(["a", "b", "c"], dtype=object), "", "Phase")
            for kind, labels, values in (
                ("branch_end", partial.branch_labels, partial.branch),
                ("source", partial.source_labels, partial.source),
            ):
                made[kind] = Variable((kind,), np.array(labels, dtype=object), "", kind.replace("_", " ").capitalize())
                for name, part, unit in _sizes(values):
                    label = f"{name.capitalize()} from the {kind.replace('_', ' ')}"
                    made[f"{kind}_{name}"] = Variable(("bus", kind, "phase"), part, unit, label)
        return made

    @functools.cached_property
    def provenance(self) -> Provenance:  # type: ignore[override]
        """What it was made from."""
        network, options, *_ = self.solution
        return Provenance.record("grid.short_circuit", network, options.to_dict(), CITATIONS)

    @functools.cached_property
    def facts(self) -> Mapping[str, Any]:  # type: ignore[override]
        """Kind of fault, case, largest current and what was assumed."""
        _, options, arrays, _, notes = self.solution
        found: dict[str, Any] = {"fault": options.fault, "case": options.case, "notes": list(notes)}
        if np.isfinite(arrays.ikss).any():
            most = int(np.nanargmax(arrays.ikss))
            found["largest_current"] = f"{arrays.ikss[most]:.4g} kA at {arrays.labels[most]}"
        return found

    @functools.cached_property
    def network(self) -> Network:
        """The design that was studied."""
        if self.solution is not None:
            return self.solution[0]
        from joulebook.grid.network import Network

        return Network.from_document(self.provenance.design)

    @functools.cached_property
    def buses(self) -> pandas.DataFrame:
        """By place: ``ikss_kA``, ``ip_kA``, ``ik_kA``, ``ith_kA``, impedances, factors; ``ib_kA`` if asked for."""
        import pandas

        found = {
            column_name(name, unit): self[name]
            for name, unit, _ in _COLUMNS
            if name in self.variables and name != "bus"
        }
        return pandas.DataFrame(found, index=pandas.Index(self["bus"], name="bus"))

    @functools.cached_property
    def branches(self) -> pandas.DataFrame:
        """By fault and end of a branch: currents into the branch by phase, and three times the zero sequence."""
        return self._partial_table("branch_end", ("kind", "branch", "end"))

    @functools.cached_property
    def feeds(self) -> pandas.DataFrame:
        """By fault and source: currents out of the source by phase, and three times the zero sequence."""
        return self._partial_table("source", ("kind", "source"))

    def _partial_table(self, dimension: str, names: tuple[str, ...]) -> pandas.DataFrame:
        import pandas

        if dimension not in self.variables:
            hint = 'Name the places: short_circuit(network, buses=["1"])'
            raise InputError(Issue("buses", None, "partial currents are computed for named places only", hint))
        size, angle = self[f"{dimension}_current"], self[f"{dimension}_angle"]
        places, labels = self["bus"], self[dimension]
        keys = [_parts(str(label), len(names)) for label in labels]
        index = pandas.MultiIndex.from_tuples(
            [(place, *key) for place in places for key in keys], names=("bus", *names)
        )
        flat, turned = size.reshape(-1, 3), np.radians(angle.reshape(-1, 3))
        columns = {f"{phase}_kA": flat[:, k] for k, phase in enumerate("abc")}
        columns |= {f"{phase}_deg": angle.reshape(-1, 3)[:, k] for k, phase in enumerate("abc")}
        columns["earth_kA"] = np.abs((flat * np.exp(1j * turned)).sum(axis=1))
        return pandas.DataFrame(columns, index=index)

    @functools.cached_property
    def duty(self) -> pandas.DataFrame:
        """Every switch with a rating against the fault at its bus (:mod:`joulebook.grid.faults.duty`)."""
        from joulebook.grid.faults.duty import duty_table

        return duty_table(self)

    def plot(self, *names: str) -> Any:
        """Draw currents of the buses as bars.

        Parameters
        ----------
        *names : str
            Which; the initial and the peak current if none are given.

        Returns
        -------
        holoviews.Layout or holoviews.Bars
            Shown by a notebook; the fifty largest where there are more.
        """
        from joulebook.grid.faults.plots import plot_buses

        return plot_buses(self, names or self.main_variables)

    def drawing(self, bus: str) -> str:
        """Draw how the sequences are joined in a fault.

        Parameters
        ----------
        bus : str
            Place of the fault.

        Returns
        -------
        str
            SVG: a box for each sequence with its impedance, the fault impedance, currents.
        """
        from joulebook.grid.faults.drawing import sequence_drawing

        return sequence_drawing(self, bus)


def _bus_values(options: FaultOptions, arrays: FaultArrays) -> dict[str, Reals]:
    found = {name: getattr(arrays, name) for name in ("ikss", "ip", "ik", "ith", "kappa", "m", "n", "c")}
    found["r"], found["x"] = arrays.z1.real, arrays.z1.imag
    found["nominal_voltage"] = arrays.nominal * 1e-3
    if options.breaker_time is not None:
        found["ib"] = arrays.ib
    if options.fault == "3ph":
        found["skss"] = np.sqrt(3.0) * arrays.nominal * 1e-3 * arrays.ikss
    elif arrays.z2 is not arrays.z1:
        found["r2"], found["x2"] = arrays.z2.real, arrays.z2.imag
    if options.to_earth:
        found["earth"] = arrays.earth
        found["r0"], found["x0"] = arrays.z0.real, arrays.z0.imag
    return found


def _sizes(values: Complexes) -> tuple[tuple[str, Reals, str], ...]:
    """Size and angle; where nothing flows the angle is 0."""
    size = np.abs(values)
    small = size < 1e-9 * np.nanmax(size, initial=1e-300)
    return ("current", np.where(small, 0.0, size), "kA"), (
        "angle",
        np.where(small, 0.0, np.degrees(np.angle(values))),
        "°",
    )


def _parts(label: str, count: int) -> tuple[str, ...]:
    """Table, identifier and end; identifiers may hold slashes."""
    first, _, rest = label.partition("/")
    if count == 2:
        return first, rest
    name, _, end = rest.rpartition("/")
    return first, name, end
