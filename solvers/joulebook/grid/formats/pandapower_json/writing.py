"""Networks as pandapower JSON documents, which ``pandapower.from_json`` opens.

What pandapower has no element for is written as elements that do the same in a power flow: shunts of transformers that
are no magnetising branch become shunts of the buses, links that do not hold both voltages become loads, machines of
given power static generators.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from joulebook.grid.formats.pandapower_json.writing_branches import write_branches
from joulebook.grid.formats.pandapower_json.writing_tables import Tables

if TYPE_CHECKING:
    from joulebook.grid.network import Network

__all__ = ["pandapower_document"]

_VERSION = "3.2.0"
"""Of the format: pandapower adds the tables that are not given."""
_TYPES = {"photovoltaic": "PV", "wind": "WP"}


def pandapower_document(network: Network) -> tuple[bytes, tuple[str, ...]]:
    """Write a network.

    Parameters
    ----------
    network : Network
        The network.

    Returns
    -------
    content : bytes
        Of the file.
    notes : tuple of str
        What of the network the document does not hold.
    """
    tables = Tables(network)
    _write_buses(network, tables)
    write_branches(network, tables)
    _write_sources(network, tables)
    _write_converters(network, tables)
    _write_loads(network, tables)
    _write_links(network, tables)
    if network.diagram.placements or network.diagram.labels:
        tables.note("the diagram")
    inner: dict[str, Any] = {
        "version": _VERSION,
        "format_version": _VERSION,
        "name": network.name,
        "f_hz": network.frequency,
        "sn_mva": network.base_power / 1e6,
        "converged": False,
        "OPF_converged": False,
        "user_pf_options": {},
        **tables.documents(),
    }
    document = {"_module": "pandapower.auxiliary", "_class": "pandapowerNet", "_object": inner}
    text = json.dumps(document, ensure_ascii=False, allow_nan=False, indent=1)
    return (text + "\n").encode(), tables.note_lines()


def _write_buses(network: Network, tables: Tables) -> None:
    buses = network.buses
    for row, bus in enumerate(buses):
        tables.add(
            "bus",
            tables.bus[bus],
            name=buses.name[row] or bus,
            vn_kv=buses.nominal_voltage[row] / 1e3,
            type="b",
            zone=buses.zone[row] or buses.area[row] or None,
            in_service=bool(buses.in_service[row]),
            min_vm_pu=buses.minimum_voltage[row],
            max_vm_pu=buses.maximum_voltage[row],
        )
        tables.add(  # for runpp(init="results")
            "res_bus",
            tables.bus[bus],
            vm_pu=buses.start_voltage[row],
            va_degree=math.degrees(buses.start_angle[row]),
            p_mw=None,
            q_mvar=None,
        )


def _write_sources(network: Network, tables: Tables) -> None:
    for item in network.external_grids:
        one = network.external_grids[item]
        tables.add(
            "ext_grid",
            None,
            name=one.name or item,
            bus=tables.bus[one.bus],
            vm_pu=one.voltage,
            va_degree=math.degrees(one.angle),
            slack_weight=1.0,
            in_service=one.in_service,
            controllable=True,
            s_sc_max_mva=_mega(one.maximum_fault_power),
            s_sc_min_mva=_mega(one.minimum_fault_power),
            rx_max=one.maximum_rx,
            rx_min=one.minimum_rx,
            x0x_max=one.zero_over_positive,
            r0x0_max=one.zero_rx,
        )
    for item in network.generators:
        one = network.generators[item]
        if one.controlled_bus not in {"", one.bus}:
            tables.note("remote buses whose voltage generators hold: they hold their own")
        if not (one.holds_voltage or one.reference):
            _static(tables, item, one, "")
            continue
        common = _limits(one)
        index = tables.add(
            "gen",
            None,
            name=one.name or item,
            bus=tables.bus[one.bus],
            p_mw=one.active_power / 1e6,
            vm_pu=one.voltage,
            sn_mva=_mega(one.rated_power),
            scaling=1.0,
            slack=one.reference,
            controllable=True,
            slack_weight=1.0 if one.participation is None else one.participation,
            in_service=one.in_service,
            min_p_mw=_mega(one.minimum_power),
            max_p_mw=_mega(one.maximum_power),
            vn_kv=None if one.rated_voltage is None else one.rated_voltage / 1e3,
            cos_phi=one.rated_power_factor,
            xdss_pu=one.subtransient_reactance,
            **common,
        )
        _write_cost(tables, one, index)
        if one.capability:
            tables.note("capability curves of generators")


def _write_cost(tables: Tables, one: Any, index: int) -> None:
    if one.cost is None:
        return
    coefficients = [*one.cost.coefficients, 0.0, 0.0, 0.0]
    if one.cost.kind != "polynomial" or any(coefficients[3:]):
        tables.note("costs that are no polynomials of second degree")
        return
    names = ("cp0_eur", "cp1_eur_per_mw", "cp2_eur_per_mw2")
    tables.add("poly_cost", None, element=index, et="gen", **dict(zip(names, coefficients[:3], strict=True)),
               cq0_eur=0.0, cq1_eur_per_mvar=0.0, cq2_eur_per_mvar2=0.0)  # fmt: skip


def _mega(value: float | None) -> float | None:
    return None if value is None else value / 1e6


def _limits(one: Any) -> dict[str, float | None]:
    return {"min_q_mvar": _mega(one.minimum_reactive), "max_q_mvar": _mega(one.maximum_reactive)}


def _static(tables: Tables, item: str, one: Any, kind: str) -> None:
    tables.add(
        "sgen",
        None,
        name=one.name or item,
        bus=tables.bus[one.bus],
        p_mw=one.active_power / 1e6,
        q_mvar=one.reactive_power / 1e6,
        sn_mva=_mega(one.rated_power),
        scaling=1.0,
        controllable=False,
        in_service=one.in_service,
        type=kind or "",
        current_source=True,
        k=getattr(one, "fault_current_ratio", None),
        **_limits(one),
    )


def _write_converters(network: Network, tables: Tables) -> None:
    for item in network.converters:
        one = network.converters[item]
        if one.holds_voltage:
            tables.add("gen", None, name=one.name or item, bus=tables.bus[one.bus], p_mw=one.active_power / 1e6,
                       vm_pu=one.voltage, sn_mva=_mega(one.rated_power), scaling=1.0, slack=False, controllable=True,
                       slack_weight=0.0, in_service=one.in_service, **_limits(one))  # fmt: skip
        else:
            _static(tables, item, one, _TYPES.get(one.kind, ""))
    for item in network.motors:
        one = network.motors[item]
        if one.units > 1:
            tables.note("numbers of units behind a motor")
        volts = one.rated_voltage or network.buses[one.bus].nominal_voltage
        tables.add(
            "motor",
            None,
            name=one.name or item,
            bus=tables.bus[one.bus],
            pn_mech_mw=one.rated_power / 1e6,
            loading_percent=one.loading * 100,
            cos_phi=one.power_factor,
            cos_phi_n=one.power_factor,
            efficiency_percent=one.efficiency * 100,
            efficiency_n_percent=one.efficiency * 100,
            lrc_pu=one.locked_rotor_ratio,
            vn_kv=volts / 1e3,
            scaling=1.0,
            in_service=one.in_service,
            rx=one.rx,
        )


def _write_loads(network: Network, tables: Tables) -> None:
    for item in network.loads:
        one = network.loads[item]
        add_load(tables, one.name or item, one.bus, (one.active_power, one.reactive_power), one.in_service,
                 (one.impedance_share, one.current_share))  # fmt: skip
    for item in network.shunts:
        one = network.shunts[item]
        volts = network.buses[one.bus].nominal_voltage
        if one.controls_voltage:
            tables.note("controls of shunts")
        power = complex(one.conductance, one.susceptance) * volts**2
        tables.add_shunt(one.name or item, one.bus, power, one.in_service,
                         one.steps, max(one.maximum_steps, one.steps))  # fmt: skip


def add_load(
    tables: Tables,
    name: str,
    bus: str,
    power: Sequence[float],
    in_service: bool,
    shares: Sequence[float] = (0.0, 0.0),
) -> None:
    """Add a load.

    Parameters
    ----------
    tables : Tables
        The document.
    name : str
        Of the load.
    bus : str
        Of the network.
    power : sequence of float, W and var
        Active and reactive, drawn.
    in_service : bool
        Whether.
    shares : sequence of float
        Of constant impedance and constant current.
    """
    impedance, current = (share * 100 for share in shares)
    tables.add(
        "load",
        None,
        name=name,
        bus=tables.bus[bus],
        p_mw=power[0] / 1e6,
        q_mvar=power[1] / 1e6,
        const_z_p_percent=impedance,
        const_i_p_percent=current,
        const_z_q_percent=impedance,
        const_i_q_percent=current,
        sn_mva=None,
        scaling=1.0,
        in_service=in_service,
        type="wye",
    )


def _write_links(network: Network, tables: Tables) -> None:
    for item in network.hvdc_lines:
        one = network.hvdc_lines[item]
        if one.from_holds_voltage and one.to_holds_voltage:
            tables.add(
                "dcline",
                None,
                name=one.name or item,
                from_bus=tables.bus[one.from_bus],
                to_bus=tables.bus[one.to_bus],
                p_mw=one.active_power / 1e6,
                loss_percent=one.loss_share * 100,
                loss_mw=one.constant_loss / 1e6,
                vm_from_pu=one.from_voltage,
                vm_to_pu=one.to_voltage,
                max_p_mw=_mega(one.maximum_power),
                min_q_from_mvar=_mega(one.from_minimum_reactive),
                min_q_to_mvar=_mega(one.to_minimum_reactive),
                max_q_from_mvar=_mega(one.from_maximum_reactive),
                max_q_to_mvar=_mega(one.to_maximum_reactive),
                in_service=one.in_service,
            )
            continue
        tables.note("direct-current links that do not hold both voltages are written as loads and generators")
        given = one.active_power - one.constant_loss - one.loss_share * abs(one.active_power)
        for side, drawn in (("from", one.active_power), ("to", -given)):
            bus, name = getattr(one, f"{side}_bus"), f"{one.name or item} {side}"
            if getattr(one, f"{side}_holds_voltage"):
                tables.add("gen", None, name=name, bus=tables.bus[bus], p_mw=-drawn / 1e6,
                           vm_pu=getattr(one, f"{side}_voltage"), scaling=1.0, slack=False, controllable=True,
                           slack_weight=0.0, in_service=one.in_service)  # fmt: skip
            else:
                add_load(tables, name, bus, (drawn, -getattr(one, f"{side}_reactive_power")), one.in_service)
