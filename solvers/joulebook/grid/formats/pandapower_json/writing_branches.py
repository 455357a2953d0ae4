"""Lines, transformers and switches of a network in a pandapower document.

The pi equivalent of a transformer becomes pandapower's T equivalent where that exists: with ``z`` in series and ``ya``,
``yb`` at the sides, ``d = ya + yb + z ya yb``, ``z_a = z yb / d``, ``z_b = z ya / d``, and ``d`` as the magnetising
branch. It must be inductive, and neither side without impedance; otherwise the shunts go to the buses.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from joulebook.grid.formats.pandapower_json.writing_tables import Tables

if TYPE_CHECKING:
    from joulebook.grid.network import Network

__all__ = ["pi_to_t", "write_branches"]

_SWITCHES = {"breaker": "CB", "disconnector": "DS", "load_break": "LBS", "fuse": "CB"}
_AT = {"lines": "l", "transformers": "t", "three_winding_transformers": "t3"}
_KELVIN = 273.15
_TINY = 1e-9


def pi_to_t(z: complex, ya: complex, yb: complex) -> tuple[complex, complex, complex] | None:
    """Turn a pi equivalent into a T equivalent.

    Parameters
    ----------
    z : complex
        Series impedance.
    ya, yb : complex
        Admittances at the sides.

    Returns
    -------
    za, zb, ym : complex, or None
        Impedances of the sides and the admittance between them; None where there is none.
    """
    d = ya + yb + z * ya * yb
    if ya == 0 and yb == 0:
        return z / 2, z / 2, 0j
    if d == 0:
        return None
    return z * yb / d, z * ya / d, d


def write_branches(network: Network, tables: Tables) -> None:
    """Write lines, transformers and switches.

    Parameters
    ----------
    network : Network
        The network.
    tables : Tables
        The document.
    """
    _write_lines(network, tables)
    for item in network.transformers:
        _write_transformer(network, tables, item)
    for item in network.three_winding_transformers:
        _write_trio(network, tables, item)
    _write_switches(network, tables)


def _write_lines(network: Network, tables: Tables) -> None:
    lines, farad = network.lines, 2e-9 * math.pi * network.frequency
    for row, item in enumerate(lines):
        length = lines.length[row] / 1e3 if lines.length[row] > 0 else 1.0
        rated = lines.current_rating[row]
        tables.index["lines", item] = tables.add(
            "line",
            None,
            name=lines.name[row] or item,
            std_type=None,
            from_bus=tables.bus[lines.from_bus[row]],
            to_bus=tables.bus[lines.to_bus[row]],
            length_km=length,
            r_ohm_per_km=lines.resistance[row] / length,
            x_ohm_per_km=lines.reactance[row] / length,
            c_nf_per_km=lines.susceptance[row] / farad / length,
            g_us_per_km=lines.conductance[row] * 1e6 / length,
            max_i_ka=rated / 1e3 if rated > 0 else 1e4,
            df=1.0,
            parallel=1,
            type=None,
            in_service=bool(lines.in_service[row]),
            r0_ohm_per_km=lines.zero_resistance[row] / length,
            x0_ohm_per_km=lines.zero_reactance[row] / length,
            c0_nf_per_km=lines.zero_susceptance[row] / farad / length,
            endtemp_degree=lines.end_temperature[row] - _KELVIN,
        )
        if lines.short_time_rating[row] > 0 or lines.emergency_rating[row] > 0:
            tables.note("ratings of lines for hours and minutes")


def _write_transformer(network: Network, tables: Tables, item: str) -> None:
    """The side of the higher rated voltage is the high voltage side; the tap is at ``from``, whichever that is."""
    one = network.transformers[item]
    nominal = [network.buses[bus].nominal_voltage for bus in (one.from_bus, one.to_bus)]
    rated = [(one.from_rated_voltage or nominal[0]) * one.tap_ratio, one.to_rated_voltage or nominal[1]]
    swapped = rated[0] < rated[1]
    z = complex(one.resistance, one.reactance)
    shunts = [complex(one.from_conductance, one.from_susceptance), complex(one.to_conductance, one.to_susceptance)]
    tap, shift, ratio = _tap(tables, one.tap_changer, "lv" if swapped else "hv")
    rated[0] *= ratio
    ends = [tables.bus[one.from_bus], tables.bus[one.to_bus]]
    y_hv, y_lv = reversed(shunts) if swapped else shunts
    magnetising = _magnetising(z, y_hv, y_lv)
    if magnetising is None:
        tables.note("shunts of transformers that are no magnetising branch are written as shunts of the buses")
        turned = _present(one.tap_changer) ** 2
        volts = (rated[0] ** 2 * turned, rated[1] ** 2)
        for bus, nom, square, shunt in zip((one.from_bus, one.to_bus), nominal, volts, shunts, strict=True):
            if shunt:
                power = shunt * one.rated_power * nom**2 / square
                tables.add_shunt(f"{one.name or item} shunt", bus, power, one.in_service)
        magnetising = (z, 0j, 0.5, 0.5)
    series, ym, r_share, x_share = magnetising
    shift = math.degrees(one.phase_shift) + shift
    if ends[0] == ends[1]:
        return
    tables.index["transformers", item] = tables.add(
        "trafo",
        None,
        name=one.name or item,
        std_type=None,
        hv_bus=ends[1] if swapped else ends[0],
        lv_bus=ends[0] if swapped else ends[1],
        sn_mva=one.rated_power / 1e6,
        vn_hv_kv=max(rated) / 1e3,
        vn_lv_kv=min(rated) / 1e3,
        vk_percent=math.copysign(abs(series), series.imag) * 100,
        vkr_percent=series.real * 100,
        pfe_kw=ym.real * one.rated_power / 1e3,
        i0_percent=abs(ym) * 100,
        shift_degree=-shift if swapped else shift,
        parallel=1,
        df=(one.rating or one.rated_power) / one.rated_power,
        in_service=one.in_service,
        leakage_resistance_ratio_hv=r_share,
        leakage_reactance_ratio_hv=x_share,
        vector_group=one.vector_group or None,
        tap_dependency_table=False,
        **_zero(one),
        **tap,
    )
    if one.short_time_rating or one.emergency_rating:
        tables.note("ratings of transformers for hours and minutes")


def _magnetising(z: complex, y_hv: complex, y_lv: complex) -> tuple[complex, complex, float, float] | None:
    """Series impedance, magnetising branch and shares of the high voltage side; None where pandapower has no such."""
    found = pi_to_t(z, y_hv, y_lv)
    if found is None:
        return None
    za, zb, ym = found
    series = za + zb
    if ym == 0:
        return z, 0j, 0.5, 0.5
    if za == 0 or zb == 0 or ym.imag > 0 or ym.real < 0 or abs(ym.imag) < _TINY * abs(ym):
        return None
    shares = []
    for part, whole in ((za.real, series.real), (za.imag, series.imag)):
        if whole == 0 and abs(part) > 1e-15:
            return None
        shares.append(part / whole if whole else 0.5)
    return series, ym, shares[0], shares[1]


def _zero(one: Any) -> dict[str, float]:
    if one.zero_reactance is None or one.zero_resistance is None:
        return {}
    z = math.hypot(one.zero_resistance, one.zero_reactance)
    out = {"vk0_percent": z * 100, "vkr0_percent": one.zero_resistance * 100}
    if one.zero_magnetising_reactance and z > 0:
        out |= {"mag0_percent": one.zero_magnetising_reactance / z, "mag0_rx": 0.0, "si0_hv_partial": 0.9}
    return out


def _present(changer: Any) -> float:
    """Factor of the ratio at the present step."""
    return 1.0 if changer is None else 1 + (changer.position - changer.neutral) * changer.voltage_step


def _tap(tables: Tables, changer: Any, side: str) -> tuple[dict[str, Any], float, float]:
    """Columns of the tap changer; what of its present angle, in degrees, and ratio they do not hold."""
    if changer is None:
        return {"tap_side": None}, 0.0, 1.0
    off = changer.position - changer.neutral
    if changer.voltage_step and changer.angle_step:
        tables.note("tap changers that turn and change the ratio stay at their present step")
        return {"tap_side": None}, math.degrees(off * changer.angle_step), _present(changer)
    columns: dict[str, Any] = {
        "tap_side": side,
        "tap_neutral": changer.neutral,
        "tap_min": changer.minimum,
        "tap_max": changer.maximum,
        "tap_pos": changer.position,
        "tap_step_percent": changer.voltage_step * 100 if not changer.angle_step else None,
        "tap_step_degree": math.degrees(changer.angle_step) if changer.angle_step else None,
        "tap_changer_type": "Ideal" if changer.angle_step else "Ratio",
    }
    if changer.controls != "nothing":
        tables.note("controls of tap changers")
    return columns, 0.0, 1.0


def _write_trio(network: Network, tables: Tables, item: str) -> None:
    """Legs to pairs; a magnetising branch becomes a shunt of the first bus."""
    one = network.three_winding_transformers[item]
    legs, volts, powers, buses = [], [], [], []
    for number in (1, 2, 3):
        bus = getattr(one, f"bus_{number}")
        buses.append(bus)
        legs.append(complex(getattr(one, f"resistance_{number}"), getattr(one, f"reactance_{number}")))
        rated = getattr(one, f"rated_voltage_{number}") or network.buses[bus].nominal_voltage
        volts.append(rated * getattr(one, f"tap_ratio_{number}"))
        powers.append(getattr(one, f"rated_power_{number}") or one.rated_power_1)
    tap, shift, ratio = _tap(tables, one.tap_changer, "hv")
    volts[0] *= ratio
    lead = math.degrees(one.phase_shift_1) + shift
    pairs = {}
    for name, first, second in (("hv", 0, 1), ("mv", 1, 2), ("lv", 0, 2)):
        z = (legs[first] + legs[second]) * min(powers[first], powers[second]) / one.rated_power_1
        if z.imag < 0:
            tables.note(f"three-winding transformer {item}: a pair of windings has a negative reactance, which no "
                        "document can hold; its magnitude is written")  # fmt: skip
        pairs |= {f"vk_{name}_percent": abs(z) * 100, f"vkr_{name}_percent": z.real * 100}
    ym = complex(one.conductance, one.susceptance)
    if ym:
        tables.note("magnetising branches of three-winding transformers are written as shunts of the first bus")
        nominal = network.buses[one.bus_1].nominal_voltage
        square = (volts[0] * _present(one.tap_changer if ratio == 1 else None)) ** 2
        tables.add_shunt(f"{one.name or item} shunt", one.bus_1, ym * one.rated_power_1 * nominal**2 / square,
                         one.in_service)  # fmt: skip
    tables.index["three_winding_transformers", item] = tables.add(
        "trafo3w",
        None,
        name=one.name or item,
        std_type=None,
        **{f"{side}_bus": tables.bus[bus] for side, bus in zip(("hv", "mv", "lv"), buses, strict=True)},
        **{f"sn_{side}_mva": power / 1e6 for side, power in zip(("hv", "mv", "lv"), powers, strict=True)},
        **{f"vn_{side}_kv": value / 1e3 for side, value in zip(("hv", "mv", "lv"), volts, strict=True)},
        **pairs,
        pfe_kw=0.0,
        i0_percent=0.0,
        shift_mv_degree=lead - math.degrees(one.phase_shift_2),
        shift_lv_degree=lead - math.degrees(one.phase_shift_3),
        tap_at_star_point=False,
        tap_dependency_table=False,
        in_service=one.in_service,
        vector_group=one.vector_group or None,
        **tap,
    )


def _write_switches(network: Network, tables: Tables) -> None:
    switches = network.switches
    for row, item in enumerate(switches):
        if switches.other_bus[row]:
            what, element = "b", tables.bus[switches.other_bus[row]]
        else:
            key = (switches.branch_kind[row], switches.branch[row])
            if key not in tables.index:
                continue
            what, element = _AT[key[0]], tables.index[key]
        tables.add(
            "switch",
            None,
            bus=tables.bus[switches.bus[row]],
            element=element,
            et=what,
            type=_SWITCHES[switches.kind[row]],
            closed=bool(switches.closed[row]),
            name=switches.name[row] or item,
            z_ohm=0.0,
            in_ka=switches.rated_current[row] / 1e3,
        )
        if any(switches.column(name)[row] > 0 for name in ("breaking_current", "making_current", "withstand_current")):
            tables.note("short-circuit ratings of switches")
