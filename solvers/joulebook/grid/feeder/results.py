"""What an unbalanced power flow gives back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from joulebook.core.provenance import Provenance, Stats, package_versions
from joulebook.core.results import Result, Status, Variable
from joulebook.grid.feeder.loops import BRANCHES, CONDUCTORS

if TYPE_CHECKING:
    import pandas

    from joulebook.grid.feeder.layout import LoadArrays, StateArrays
    from joulebook.grid.feeder.plan import FeederPlan

__all__ = ["CITATIONS", "UnbalancedResult", "record_of", "result_of", "tap_positions"]

CITATIONS = ("Dugan2011", "Kersting2012", "Deri1981")
_DEGREES = 180 / np.pi


@dataclass(frozen=True, repr=False)
class UnbalancedResult(Result):
    """A solved feeder.

    Over ``node``: ``voltage_pu``, ``voltage`` and ``angle``, ``base`` and ``distance`` from the source. Over
    ``conductor``, one for every conductor at every terminal of every element: ``current``, ``current_angle`` and the
    ``active_power`` and ``reactive_power`` that flow in. Over ``element``: ``loss`` and ``reactive_loss``. Over
    ``load``, one for every phase: ``load_voltage``, ``load_active_power``, ``load_reactive_power``. Over ``regulator``
    and ``capacitor``: ``tap``, ``tap_position`` and ``share_on``.
    """

    main_dimension: ClassVar[str] = "node"
    main_variables: ClassVar[tuple[str, ...]] = ("voltage_pu",)
    start_state: Any = None
    """Voltages, taps and steps in the order of the solver; None after loading from a file."""

    @property
    def voltage_pu(self) -> pandas.Series[float]:
        """Magnitudes, per unit, by node."""
        return self._series("node", "voltage_pu")

    @property
    def angle_deg(self) -> pandas.Series[float]:
        """Angles, degrees, by node."""
        return self._series("node", "angle")

    @property
    def voltages(self) -> pandas.Series[Any]:
        """Complex voltages to earth, V, by node."""
        import pandas

        phasor = self["voltage"] * np.exp(1j * self["angle"] / _DEGREES)
        return pandas.Series(phasor, index=pandas.Index(self["node"].tolist(), name="node"), name="voltage_V")

    @property
    def losses(self) -> float:
        """Active power that lines, transformers and reactors turn into heat, W."""
        return float(self.facts["losses_W"])

    @property
    def reactive_losses(self) -> float:
        """Reactive power that lines, transformers, reactors and capacitors draw, var."""
        return float(self.facts["reactive_losses_var"])

    @property
    def source_power(self) -> complex:
        """Power that the sources deliver, VA."""
        return complex(self.facts["source_active_W"], self.facts["source_reactive_var"])

    @property
    def iterations(self) -> int:
        """Solutions of the linear equations."""
        return self.stats.iterations

    @property
    def taps(self) -> dict[str, int]:
        """Position of every regulated tap, in steps from the middle, by control."""
        return dict(zip(self["regulator"].tolist(), self["tap_position"].astype(int).tolist(), strict=True))

    @property
    def capacitor_states(self) -> dict[str, float]:
        """Share of the steps in service, by capacitor."""
        return dict(zip(self["capacitor"].tolist(), self["share_on"].tolist(), strict=True))

    @property
    def branches(self) -> pandas.DataFrame:
        """Currents and powers of every conductor at every terminal of every element."""
        import pandas

        parts = [label.split("/") for label in self["conductor"].tolist()]
        return pandas.DataFrame(
            {
                "element": ["/".join(part[:-2]) for part in parts],
                "terminal": [int(part[-2]) for part in parts],
                "node": [part[-1] for part in parts],
                "current_A": self["current"],
                "current_angle_deg": self["current_angle"],
                "p_kW": self["active_power"] / 1e3,
                "q_kvar": self["reactive_power"] / 1e3,
            }
        )

    @property
    def elements(self) -> pandas.DataFrame:
        """Losses of every line, transformer, reactor and capacitor."""
        import pandas

        return pandas.DataFrame(
            {"loss_W": self["loss"], "reactive_loss_var": self["reactive_loss"]},
            index=pandas.Index(self["element"].tolist(), name="element"),
        )

    @property
    def loads(self) -> pandas.DataFrame:
        """Voltage and power of every phase of every load and generator."""
        import pandas

        return pandas.DataFrame(
            {
                "voltage_V": self["load_voltage"],
                "p_kW": self["load_active_power"] / 1e3,
                "q_kvar": self["load_reactive_power"] / 1e3,
            },
            index=pandas.Index(self["load"].tolist(), name="load"),
        )

    def summary(self) -> dict[str, str]:
        """Say in a few lines what this is.

        Returns
        -------
        dict of str to str
            Heading to text, for screens.
        """
        told = super().summary()
        size = self["voltage_pu"]
        fed = np.flatnonzero(size > 0)
        low, high = (fed[place] for place in (size[fed].argmin(), size[fed].argmax()))
        power = self.source_power / 1e3
        return {
            **{name: told[name] for name in ("Study", "Design", "Status")},
            "Source": f"{power.real:.1f} kW, {power.imag:.1f} kvar",
            "Losses": f"{self.losses / 1e3:.2f} kW",
            "Lowest": f"{size[low]:.4f} per unit at {self['node'][low]}",
            "Highest": f"{size[high]:.4f} per unit at {self['node'][high]}",
            "Taps": ", ".join(f"{name} {tap}" for name, tap in self.taps.items()) or "none",
            **{name: told[name] for name in ("Variables", "Work")},
        }

    def plot(self, *names: str) -> Any:
        """Draw the voltage profile: voltage of every phase over the distance from the source.

        Parameters
        ----------
        *names : str
            Variables over the nodes instead, each over the number of the node.

        Returns
        -------
        holoviews.Overlay or holoviews.Layout
            Shown by a notebook.

        Raises
        ------
        MissingExtraError
            If HoloViews is not installed.
        """
        if names:
            return super().plot(*names)
        from joulebook.grid.feeder.profile_plot import profile

        return profile(self)

    def _series(self, dimension: str, name: str) -> Any:
        import pandas

        return pandas.Series(self[name], index=pandas.Index(self[dimension].tolist(), name=dimension), name=name)


def record_of(plan: FeederPlan, study: str, options: dict[str, Any]) -> Provenance:
    """Note what a study started from; the document of a plan is kept, for a large feeder takes long to write out.

    Parameters
    ----------
    plan : FeederPlan
        The feeder.
    study : str
        The verb.
    options : dict
        All options.

    Returns
    -------
    Provenance
        Stamped with the time and the versions.
    """
    return Provenance(
        study=study,
        design=plan.feeder_document,
        digest=plan.digest,
        options=options,
        versions=dict(package_versions()),
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        citations=CITATIONS,
    )


def tap_positions(plan: FeederPlan, taps: NDArray[np.float64]) -> NDArray[np.float64]:
    """Taps in steps from the middle of their range.

    Parameters
    ----------
    plan : FeederPlan
        The feeder.
    taps : ndarray, shape (..., taps)
        All taps; the first is 1.

    Returns
    -------
    ndarray, shape (..., regulators)
        Whole numbers where the range is symmetric about a step.
    """
    numbers, choices = plan.regulators.numbers, plan.regulators.choices
    step = np.where(numbers[:, 2] > 0, numbers[:, 2], 1.0)
    middle = (numbers[:, 0] + numbers[:, 1]) / 2
    out: NDArray[np.float64] = np.rint((taps[..., choices[:, 0]] - middle) / step)
    return out


def result_of(
    plan: FeederPlan,
    loads: LoadArrays,
    state: StateArrays,
    status: Status,
    stats: Stats,
    options: dict[str, Any],
) -> UnbalancedResult:
    """Make a result of a solved state.

    Parameters
    ----------
    plan, loads, state : arrays
        The feeder and its solution.
    status : Status
        How it ended.
    stats : Stats
        Of the work.
    options : dict
        Of the study.

    Returns
    -------
    UnbalancedResult
        With everything in the order of the design.
    """
    labels = plan.labels
    count = len(labels.conductors)
    currents = np.empty(count, np.complex128)
    CONDUCTORS.cpu(plan.network, state, currents)
    powers = np.empty((len(labels.loads), 2), np.complex128)
    BRANCHES.cpu(loads, state.voltage, powers)
    at = state.voltage[plan.network.conductor_node]
    flows = at * currents.conj()
    sources = plan.network.sources
    injected = state.voltage[:-1] * plan.network.source_current[:-1].conj()
    delivered = complex(injected.sum() - flows[:sources].sum())
    drawn = complex(powers[:, 1].sum())
    lost = np.bincount(labels.element_of, flows.real, len(labels.elements))
    lost_reactive = np.bincount(labels.element_of, flows.imag, len(labels.elements))
    outside = len(plan.sources)
    total = complex(lost[outside:].sum(), lost_reactive[outside:].sum())
    voltage = state.voltage[plan.place[:-1]]
    size = np.abs(voltage)
    facts = {
        "losses_W": total.real,
        "reactive_losses_var": total.imag,
        "source_active_W": delivered.real,
        "source_reactive_var": delivered.imag,
        "load_active_W": drawn.real,
        "load_reactive_var": drawn.imag,
        "control_rounds": int(state.counts[2]),
        "factorisations": int(state.counts[1]),
    }
    variables = {
        "node": Variable(("node",), labels.nodes, "", "Node"),
        "voltage_pu": Variable(("node",), size / plan.base, "1", "Voltage"),
        "voltage": Variable(("node",), size, "V", "Voltage"),
        "angle": Variable(("node",), np.angle(voltage) * _DEGREES, "deg", "Angle"),
        "base": Variable(("node",), plan.base, "V", "Voltage base"),
        "distance": Variable(("node",), plan.distance[plan.bus_of_node], "m", "Distance"),
        "conductor": Variable(("conductor",), labels.conductors[sources:], "", "Conductor"),
        "current": Variable(("conductor",), np.abs(currents[sources:]), "A", "Current"),
        "current_angle": Variable(("conductor",), np.angle(currents[sources:]) * _DEGREES, "deg", "Angle"),
        "active_power": Variable(("conductor",), flows.real[sources:], "W", "Active power"),
        "reactive_power": Variable(("conductor",), flows.imag[sources:], "var", "Reactive power"),
        "element": Variable(("element",), labels.elements[outside:], "", "Element"),
        "loss": Variable(("element",), lost[outside:], "W", "Loss"),
        "reactive_loss": Variable(("element",), lost_reactive[outside:], "var", "Reactive loss"),
        "load": Variable(("load",), labels.loads, "", "Load"),
        "load_voltage": Variable(("load",), _across(loads, state), "V", "Voltage"),
        "load_active_power": Variable(("load",), powers[:, 1].real, "W", "Active power"),
        "load_reactive_power": Variable(("load",), powers[:, 1].imag, "var", "Reactive power"),
        **_controls(plan, state),
    }
    return UnbalancedResult(
        variables,
        status,
        stats,
        record_of(plan, "grid.unbalanced_power_flow", options),
        facts,
        (state.voltage, state.taps, state.banks),
    )


def _across(loads: LoadArrays, state: StateArrays) -> NDArray[np.float64]:
    return np.abs(state.voltage[loads.node1] - state.voltage[loads.node2])


def _controls(plan: FeederPlan, state: StateArrays) -> dict[str, Variable]:
    choices = plan.regulators.choices
    return {
        "regulator": Variable(("regulator",), plan.regulator_names, "", "Regulator"),
        "tap": Variable(("regulator",), state.taps[choices[:, 0]], "1", "Tap"),
        "tap_position": Variable(("regulator",), tap_positions(plan, state.taps), "1", "Tap position"),
        "capacitor": Variable(("capacitor",), plan.capacitor_names, "", "Capacitor"),
        "share_on": Variable(("capacitor",), state.banks[1:].copy(), "1", "Share in service"),
    }
