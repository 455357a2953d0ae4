"""Standard parts: entries that follow from the tables of standards by a rule, with nothing added.

Each rule makes rows of a table; ``tools/generate.py`` writes them into ``data/standard_parts``, and the tests find
stale ones. Combinations are those of preferred values that a maker may offer; a row says which tables its values are
from.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator
from typing import Any, Final

from joulebook.grid.protection.curves import CURVES
from joulebook.grid.protection.gates import GG_GATES, gg_curves
from joulebook.grid.protection.low_voltage import MAGNETIC

__all__ = ["COLUMNS", "RULES"]

Row = dict[str, Any]
COLUMNS: Final = ("name", "origin", "source", "sources", "keywords")
_STANDARD: Final = "standard part"

R10: Final = (1.0, 1.25, 1.6, 2.0, 2.5, 3.15, 4.0, 5.0, 6.3, 8.0)
LEAST_IMPEDANCE: Final = ((630e3, 0.04), (1250e3, 0.05), (2500e3, 0.06), (6300e3, 0.07), (25e6, 0.08), (40e6, 0.10),
                          (63e6, 0.11), (100e6, 0.125))  # fmt: skip
"""IEC 60076-5:2006, Table 1: up to this rated power, VA, at least this impedance."""
LARGEST_LOSSES: Final = (
    (25e3, 900, 70, 600, 63), (50e3, 1100, 90, 750, 81), (100e3, 1750, 145, 1250, 130), (160e3, 2350, 210, 1750, 189),
    (250e3, 3250, 300, 2350, 270), (315e3, 3900, 360, 2800, 324), (400e3, 4600, 430, 3250, 387),
    (500e3, 5500, 510, 3900, 459), (630e3, 6500, 600, 4600, 540), (800e3, 8400, 650, 6000, 585),
    (1000e3, 10500, 770, 7600, 693), (1250e3, 11000, 950, 9500, 855), (1600e3, 14000, 1200, 12000, 1080),
    (2000e3, 18000, 1450, 15000, 1305), (2500e3, 22000, 1750, 18500, 1575), (3150e3, 27500, 2200, 23000, 1980),
)  # fmt: skip
"""Regulation (EU) No 548/2014, Table I.1: rated power, VA; load and no-load loss of tier 1 and of tier 2, W."""
RESISTANCE_AT_20: Final = {
    1.5: (12.1, None), 2.5: (7.41, None), 4: (4.61, None), 6: (3.08, None), 10: (1.83, 3.08), 16: (1.15, 1.91),
    25: (0.727, 1.20), 35: (0.524, 0.868), 50: (0.387, 0.641), 70: (0.268, 0.443), 95: (0.193, 0.320),
    120: (0.153, 0.253), 150: (0.124, 0.206), 185: (0.0991, 0.164), 240: (0.0754, 0.125),
}  # fmt: skip
"""IEC 60228:2004, Table 2: cross-section, mm²; copper and aluminium, Ω/km."""
CURRENTS: Final = {
    ("copper", "PVC"): (18.5, 25, 34, 43, 60, 80, 101, 126, 153, 196, 238, 276, 318, 362, 424),
    ("copper", "XLPE"): (23, 31, 42, 54, 75, 100, 127, 158, 192, 246, 298, 346, 395, 450, 538),
    ("aluminium", "PVC"): (46, 61, 78, 96, 117, 150, 183, 212, 245, 280, 330),
    ("aluminium", "XLPE"): (58, 77, 97, 120, 146, 187, 227, 263, 304, 347, 409),
}
"""IEC 60364-5-52:2009, Table C.52.1, method E, three loaded conductors, A."""
INSULATION: Final = {"PVC": (343.15, 433.15), "XLPE": (363.15, 523.15)}
"""IEC 60364-4-43:2008, Table 43A: temperature in service and in a short circuit, K."""


def _number(value: float) -> str:
    return repr(float(f"{value:.10g}"))


def _row(name: str, source: str, keywords: str = "", sources: dict[str, str] | None = None, **values: Any) -> Row:
    listed = "; ".join(f"{field}={key}" for field, key in (sources or {}).items())
    shown = {field: _number(value) if isinstance(value, int | float) else value for field, value in values.items()}
    return {"name": name, "origin": _STANDARD, "source": source, "sources": listed, "keywords": keywords, **shown}


def transformers() -> Iterator[Row]:
    """Distribution transformers with the largest losses that are allowed, and power transformers of series R10.

    Yields
    ------
    dict
        A row for each.
    """
    for tier, (power, *losses), voltage in itertools.product((1, 2), LARGEST_LOSSES, (10e3, 20e3)):
        load, no_load = losses[2 * (tier - 1) : 2 * tier]
        yield _row(
            f"{power / 1e3:g} kVA {voltage / 1e3:g}/0.4 kV, EU tier {tier}",
            f"eu-548-2014-tier-{tier}",
            "distribution transformer liquid-immersed",
            {"impedance": "iec-60076-5", "high_voltage": "iec-60038", "low_voltage": "iec-60038"},
            rated_power=power,
            high_voltage=voltage,
            low_voltage=400.0,
            impedance=_least_impedance(power),
            resistance=load / power,
            load_loss=float(load),
            no_load_loss=float(no_load),
            frequency=50.0,
        )
    powers = [decade * step for decade in (1e6, 10e6) for step in R10]
    for high, low, least, most in ((33e3, 11e3, 4e6, 25e6), (110e3, 10e3, 10e6, 63e6), (110e3, 20e3, 10e6, 63e6)):
        for power in (value for value in powers if least <= value <= most):
            yield _row(
                f"{power / 1e6:g} MVA {high / 1e3:g}/{low / 1e3:g} kV, least impedance",
                "iec-60076-1",
                "power transformer",
                {"impedance": "iec-60076-5", "high_voltage": "iec-60038", "low_voltage": "iec-60038"},
                rated_power=power,
                high_voltage=high,
                low_voltage=low,
                impedance=_least_impedance(power),
            )


def _least_impedance(power: float) -> float:
    return next(impedance for most, impedance in LEAST_IMPEDANCE if power <= most)


def cables() -> Iterator[Row]:
    """Low-voltage cables with copper and aluminium, PVC and XLPE.

    Yields
    ------
    dict
        A row for each.
    """
    for (material, insulation), currents in CURRENTS.items():
        column = 0 if material == "copper" else 1
        sizes = [size for size, values in RESISTANCE_AT_20.items() if values[column] is not None]
        for size, current in zip(sizes, currents, strict=True):
            service, highest = INSULATION[insulation]
            yield _row(
                f"{size:g} mm² {'Cu' if column == 0 else 'Al'} {insulation}",
                "iec-60228",
                f"low voltage cable {material} multicore 0.6/1 kV",
                {
                    "reactance": "iec-60364-5-52-reactance",
                    "rated_current": "iec-60364-5-52-current",
                    "operating_temperature": "iec-60364-4-43",
                    "short_circuit_temperature": "iec-60364-4-43",
                },
                rated_voltage=1000.0,
                rated_current=float(current),
                resistance=RESISTANCE_AT_20[size][column] / 1e3,  # type: ignore[operator]
                reactance=0.08e-3,
                cross_section=size * 1e-6,
                conductor_material=material,
                insulation=insulation,
                operating_temperature=service,
                short_circuit_temperature=highest,
                resistance_temperature=293.15,
                frequency=50.0,
            )


def relays() -> Iterator[Row]:
    """Overcurrent relays: each characteristic for both rated currents, and definite time.

    Yields
    ------
    dict
        A row for each.
    """
    origin = {"IEC SI": "iec-60255-151", "IEC VI": "iec-60255-151", "IEC EI": "iec-60255-151",
              "IEEE MI": "ieee-c37-112", "IEEE VI": "ieee-c37-112", "IEEE EI": "ieee-c37-112"}  # fmt: skip
    for rated in (1.0, 5.0):
        for curve in CURVES.values():
            yield _row(
                f"51 {curve.name}, {rated:g} A",
                origin.get(curve.name, "relay-makers"),
                f"overcurrent relay inverse {curve.title}",
                {"rated_current": "iec-60255-1"},
                rated_current=rated,
                curve=curve.name,
                k=curve.k,
                alpha=curve.alpha,
                c=curve.c,
                multiplier_lowest=curve.lowest,
                multiplier_highest=curve.highest,
            )
        yield _row(
            f"50/51 definite time, {rated:g} A", "iec-60255-151", "overcurrent relay definite instantaneous",
            {"rated_current": "iec-60255-1"}, rated_current=rated, curve="definite",
        )  # fmt: skip


def fuses() -> Iterator[Row]:
    """Fuse-links gG with the fastest and slowest curves that their gates allow.

    Yields
    ------
    dict
        A row for each rating.
    """
    for rated in GG_GATES:
        fastest, slowest = gg_curves(rated)
        yield _row(
            f"gG {rated:g} A",
            "iec-60269-1",
            "low voltage fuse-link NH gates",
            rated_current=rated,
            rated_voltage=400.0,
            curve="minimum and total",
            melting="; ".join(f"{current:g} {time:g}" for current, time in fastest),
            clearing="; ".join(f"{current:g} {time:g}" for current, time in slowest),
        )


def breakers() -> Iterator[Row]:
    """Circuit-breakers: miniature, low-voltage and high-voltage ones of preferred ratings.

    Yields
    ------
    dict
        A row for each.
    """
    currents = (6.0, 8.0, 10.0, 13.0, 16.0, 20.0, 25.0, 32.0, 40.0, 50.0, 63.0, 80.0, 100.0, 125.0)
    for letter, capacity, rated in itertools.product(MAGNETIC, (6e3, 10e3), currents):
        yield _row(
            f"MCB {letter}{rated:g}, {capacity / 1e3:g} kA",
            "iec-60898-1",
            "miniature circuit-breaker",
            rated_voltage=400.0,
            rated_current=rated,
            breaking_current=capacity,
            characteristic=letter,
        )
    for decade, step in itertools.product((100.0, 1000.0), R10):
        rated = decade * step
        if 160.0 <= rated <= 6300.0:
            yield _row(
                f"LV circuit-breaker {rated:g} A", "iec-60059", "moulded case air circuit-breaker ACB MCCB",
                {"rated_voltage": "iec-60038"}, rated_voltage=400.0, rated_current=rated,
            )  # fmt: skip
    medium = itertools.product((3.6, 7.2, 12.0, 17.5, 24.0, 36.0), (16.0, 25.0, 31.5, 40.0), (630.0, 1250.0, 2500.0))
    high = itertools.product((72.5, 100.0, 123.0, 145.0, 170.0, 245.0, 300.0, 362.0, 420.0), (31.5, 40.0, 50.0),
                             (2000.0, 3150.0))  # fmt: skip
    for kilovolts, kiloamperes, rated in itertools.chain(medium, high):
        yield _row(
            f"{kilovolts:g} kV {rated:g} A {kiloamperes:g} kA",
            "iec-62271-1",
            "high voltage circuit-breaker",
            {"breaking_current": "iec-62271-100", "making_current": "iec-62271-100"},
            rated_voltage=kilovolts * 1e3,
            rated_current=rated,
            breaking_current=kiloamperes * 1e3,
            making_current=2.5 * kiloamperes * 1e3,
            short_time_current=kiloamperes * 1e3,
            short_time=1.0,
            frequency=50.0,
        )


def capacitors() -> Iterator[Row]:
    """Capacitor units of standard ratings.

    Yields
    ------
    dict
        A row for each; the capacitance follows from power, voltage and frequency.
    """
    voltages = (2400, 2770, 4160, 4800, 6640, 7200, 7620, 7960, 8320, 9540, 9960, 11400, 12470, 13280, 13800, 14400)
    for voltage, kilovars in itertools.product(voltages, (50, 100, 150, 200, 300, 400)):
        yield _row(
            f"{kilovars} kvar {voltage} V, 60 Hz",
            "ieee-18",
            "shunt capacitor unit single-phase",
            rated_power=kilovars * 1e3,
            rated_voltage=float(voltage),
            capacitance=kilovars * 1e3 / (2 * math.pi * 60.0 * voltage**2),
            frequency=60.0,
        )


RULES: Final[dict[str, Callable[[], Iterator[Row]]]] = {
    "breakers": breakers,
    "cables": cables,
    "capacitors": capacitors,
    "fuses": fuses,
    "relays": relays,
    "transformers": transformers,
}
"""Makers of the tables of standard parts, by file name."""
