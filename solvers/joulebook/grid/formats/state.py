"""A network against the voltages that its file says the other program had solved.

The power flow keeps taps and shunts where the state has them, so that what is compared is the same operating point: how
much the voltages differ is how well the network was understood.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from joulebook.core.errors import InputError, Issue, UnknownFormatError
from joulebook.grid.elements import TapChanger
from joulebook.grid.formats.imported import ImportedNetwork
from joulebook.grid.power_flow_study import power_flow

if TYPE_CHECKING:
    import pandas

    from joulebook.grid.network import Network
    from joulebook.grid.power_flow_result import PowerFlowResult

__all__ = ["StateComparison", "compare_with_state", "import_network", "solved_voltages"]

Source = str | Path | bytes | Sequence[str | Path]


@dataclass(frozen=True)
class StateComparison:
    """Solved voltages beside those of the file.

    Parameters
    ----------
    buses : pandas.DataFrame
        By bus: ``file_voltage_pu``, ``voltage_pu``, ``voltage_difference_pu``, ``file_angle_deg``, ``angle_deg``,
        ``angle_difference_deg``; the largest voltage difference first. Angles are compared from the median on, since
        programs choose their zero.
    result : PowerFlowResult
        The power flow.
    """

    buses: pandas.DataFrame
    result: PowerFlowResult

    @property
    def largest_voltage_difference(self) -> float:
        """Per unit."""
        return float(self.buses["voltage_difference_pu"].abs().max())

    @property
    def median_voltage_difference(self) -> float:
        """Per unit."""
        return float(self.buses["voltage_difference_pu"].abs().median())

    @property
    def largest_angle_difference(self) -> float:
        """In degrees."""
        return float(self.buses["angle_difference_deg"].abs().max())

    def __repr__(self) -> str:
        return (
            f"<{len(self.buses)} buses: voltage differs by at most {self.largest_voltage_difference:.2g} pu "
            f"(median {self.median_voltage_difference:.2g}), angle by at most {self.largest_angle_difference:.2g}°>"
        )


def import_network(source: Source) -> ImportedNetwork:
    """Read a network with its notes and the state that its file holds.

    Parameters
    ----------
    source : str, Path, bytes or sequence of paths
        A CGMES set, a PSS/E, IEEE or UCTE case, or a pandapower document.

    Returns
    -------
    ImportedNetwork
        The network, what could not be carried over, and the solved voltages of the file.

    Raises
    ------
    UnknownFormatError
        If the content is none of these.
    DataFormatError
        If the file is damaged.
    InputError
        With every fault of the values.
    """
    from joulebook.grid.interchange.formats import head_of, name_of, recognised

    found = recognised(head_of(source), name_of(source))
    if found is None:
        raise UnknownFormatError("no reader knows this content", file=name_of(source))
    return found.imported(source)


def compare_with_state(
    source: ImportedNetwork | Source, *, tolerance: float = 1e-8, reactive_limits: bool = False
) -> StateComparison:
    """Solve a network and compare the voltages with those of its file.

    Parameters
    ----------
    source : ImportedNetwork, or str, Path or sequence of paths
        What :func:`import_network` has read, or the files.
    tolerance : float, per unit
        Of the power flow.
    reactive_limits : bool
        Whether generators let their voltage go at the limits of their reactive power.

    Returns
    -------
    StateComparison
        Per bus, and the largest differences.

    Raises
    ------
    InputError
        If the file holds no solved state.
    DivergedError
        If the power flow finds no solution.

    Examples
    --------
    >>> from joulebook.grid import Network
    >>> from joulebook.grid.formats.registry import save_cgmes
    >>> content, notes = save_cgmes(Network.named("case14"))
    >>> compare_with_state(import_network(content)).largest_voltage_difference < 1e-8
    True
    """
    imported = source if isinstance(source, ImportedNetwork) else import_network(source)
    state = imported.state
    if state is None or not len(state):
        raise InputError(Issue("state", None, "the file holds no solved voltages", "CGMES has them in the SV profile"))
    import pandas

    network = _with_steps_held(imported.network)
    result = power_flow(network, start="case", tolerance=tolerance, reactive_limits=reactive_limits)
    rows = network.buses.positions(state.buses)
    found = result.buses
    magnitude, angle = found["voltage_pu"].to_numpy()[rows], found["angle_deg"].to_numpy()[rows]
    file_angle = np.degrees(state.angle)
    apart = angle - file_angle
    apart = (apart + 180.0) % 360.0 - 180.0
    apart = apart - np.nanmedian(apart)
    table = pandas.DataFrame(
        {
            "name": network.buses.name[rows],
            "file_voltage_pu": state.voltage,
            "voltage_pu": magnitude,
            "voltage_difference_pu": magnitude - state.voltage,
            "file_angle_deg": file_angle,
            "angle_deg": angle,
            "angle_difference_deg": apart,
        },
        index=pandas.Index(state.buses, name="bus"),
    )
    order = table["voltage_difference_pu"].abs().sort_values(ascending=False, kind="stable").index
    return StateComparison(table.loc[order], result)


def solved_voltages(network: Network) -> dict[str, complex]:
    """Solve a network without moving taps and shunts.

    Parameters
    ----------
    network : Network
        The network.

    Returns
    -------
    dict of str to complex, per unit
        Voltages by bus; 0 where a bus is dead.

    Raises
    ------
    DivergedError
        If there is no solution.
    """
    found = power_flow(_with_steps_held(network)).buses
    voltage = found["voltage_pu"].to_numpy() * np.exp(1j * np.radians(found["angle_deg"].to_numpy()))
    return dict(zip(network.buses, np.nan_to_num(voltage).tolist(), strict=True))


def _with_steps_held(network: Network) -> Network:
    """The same network, whose tap changers and shunts control nothing."""
    changes = {}
    for name in ("transformers", "three_winding_transformers"):
        table = getattr(network, name)
        held = [_held(changer) for changer in table.tap_changer]
        changes[name] = table.with_columns({"tap_changer": held})
    off = np.zeros(len(network.shunts), bool)
    changes["shunts"] = network.shunts.with_columns({"controls_voltage": off})
    return type(network).model_construct(**{**dict(network), **changes})


def _held(changer: TapChanger | None) -> TapChanger | None:
    if changer is None or changer.controls == "nothing":
        return changer
    return changer.model_copy(update={"controls": "nothing"})
