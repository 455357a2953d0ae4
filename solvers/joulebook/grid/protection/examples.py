"""Schemes that come with Joulebook: a radial feeder, and two published test systems of automatic setting."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

__all__ = ["EXAMPLES"]

_EIGHT_RATIOS = (240, 240, 160, 240, 240, 240, 160, 240, 160, 240, 240, 240, 240, 160)
_EIGHT_NEAR = (3232, 5924, 3556, 3783, 2401, 6109, 5223, 6093, 2484, 3883, 3707, 5899, 2991, 5199)
_EIGHT_BACKUP = (996, 3556, 2244, 2401, 1197, 3232, 1890, 2991, 1165, 2484, 2344, 3707, 987, 1874)
_EIGHT_PAIRS = (
    (1, 6), (2, 1), (2, 7), (3, 2), (4, 3), (5, 4), (6, 5), (6, 14), (7, 5), (7, 13),
    (8, 7), (8, 9), (9, 10), (10, 11), (11, 12), (12, 13), (12, 14), (13, 8), (14, 1), (14, 9),
)  # fmt: skip
_THREE_RATIOS = (60, 40, 40, 60, 40, 80)
_THREE_PAIRS = ((1, 5), (2, 4), (3, 1), (4, 6), (5, 3), (6, 2))
_THREE_NEAR = (1978.9, 1525.7, 1683.9, 1815.4, 1499.66, 1766.3)
_THREE_BACKUP = (175.0, 545.0, 617.22, 466.17, 384.0, 145.34)
_THREE_NEAR_AFTER = (2075.0, 1621.7, 1779.6, 1911.5, 1588.5, 1855.4)
_THREE_BACKUP_AFTER = (400.7, 700.64, 760.17, 622.65, 558.13, 380.7)


def _relay(name: str, ratio: float, plug: float, choices: Sequence[float]) -> dict[str, Any]:
    stage = {
        "kind": "inverse",
        "pickup": plug,
        "curve": "IEC SI",
        "multiplier": 1.0,
        "flat_above": 1e6,
        "direction": "forward",
        "multiplier_range": [0.1, 1.1],
        "pickup_choices": list(choices),
    }
    return {
        "type": "relay",
        "name": name,
        "voltage": 150e3,
        "ct": {"primary": ratio * 5.0, "secondary": 5.0},
        "settings_in": "secondary",
        "stages": [stage],
        "breaker_time": 0.0,
        "overshoot_time": 0.0,
    }


def _document(name: str, devices: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    return {"kind": "joulebook.protection", "schema_version": 1, "name": name, "devices": devices, **more}


def eight_bus() -> dict[str, Any]:
    """Give the 8-bus system with 14 directional relays.

    Returns
    -------
    dict
        Document of a scheme: near-end faults, plug settings of 0.5 to 2.5, interval 0.3 s.

    References
    ----------
    Braga and Saraiva 1996, 8th Mediterranean Electrotechnical Conference (data); Amraee 2012, IEEE Trans. Power
    Deliv. 27, 1415, doi:10.1109/TPWRD.2012.2190107 (choices of settings and optimum).
    """
    choices = (0.5, 0.6, 0.8, 1.0, 1.5, 2.0, 2.5)
    devices = [_relay(f"R{k + 1}", ratio, 2.5, choices) for k, ratio in enumerate(_EIGHT_RATIOS)]
    pairs = [
        {
            "primary": f"R{first}",
            "backup": f"R{second}",
            "primary_current": [_EIGHT_NEAR[first - 1]],
            "backup_current": [_EIGHT_BACKUP[second - 1]],
            "joined": False,
        }
        for first, second in _EIGHT_PAIRS
    ]
    return _document("8 buses, 14 directional relays (Amraee 2012)", devices, pairs=pairs, safety_margin=0.3)


def three_bus() -> dict[str, Any]:
    """Give the 3-bus system with 6 directional relays.

    Returns
    -------
    dict
        Document of a scheme: near-end faults before and after the far end has opened, interval 0.2 s.

    References
    ----------
    Urdaneta, Nadira and Perez Jimenez 1988, IEEE Trans. Power Delivery 3, 903, doi:10.1109/61.193867; Amraee 2012,
    doi:10.1109/TPWRD.2012.2190107.
    """
    choices = (1.5, 2.0, 2.5, 3.0, 3.5, 4.0, 4.5, 5.0)
    devices = [_relay(f"R{k + 1}", ratio, 1.5, choices) for k, ratio in enumerate(_THREE_RATIOS)]
    pairs = [
        {
            "primary": f"R{first}",
            "backup": f"R{second}",
            "primary_current": [_THREE_NEAR[first - 1], _THREE_NEAR_AFTER[first - 1]],
            "backup_current": [_THREE_BACKUP[first - 1], _THREE_BACKUP_AFTER[first - 1]],
            "joined": False,
        }
        for first, second in _THREE_PAIRS
    ]
    return _document("3 buses, 6 directional relays (Urdaneta 1988)", devices, pairs=pairs, safety_margin=0.2)


def radial_feeder() -> dict[str, Any]:
    """Give a radial feeder: a transformer's fuse-protected low-voltage side behind two relays in series.

    Returns
    -------
    dict
        Document of a scheme.
    """
    fuse = {
        "type": "fuse",
        "name": "F3",
        "voltage": 11e3,
        "rated_current": 63.0,
        "melting": [[189.0, 10.0], [300.0, 0.368], [393.0, 0.1], [700.0, 0.0195], [961.0, 0.01]],
        "clearing": [[378.0, 10.0], [500.0, 1.82], [934.0, 0.1], [1500.0, 0.0269], [2366.0, 0.01]],
    }
    common = {"type": "relay", "voltage": 11e3, "time_error": 0.05, "fixed_error": 0.03}
    feeder = {
        **common,
        "name": "R2",
        "ct": {"primary": 200.0, "secondary": 1.0},
        "stages": [
            {"kind": "inverse", "pickup": 250.0, "curve": "IEC VI", "multiplier": 0.3},
            {"kind": "definite", "pickup": 3500.0, "delay": 0.05},
        ],
    }
    incomer = {
        **common,
        "name": "R1",
        "ct": {"primary": 400.0, "secondary": 1.0},
        "stages": [{"kind": "inverse", "pickup": 400.0, "curve": "IEC VI", "multiplier": 0.4}],
    }
    limits = [
        {"type": "transformer", "name": "T3", "voltage": 11e3, "rated_power": 0.63e6, "impedance": 0.06},
        {"type": "conductor", "name": "C2", "voltage": 11e3, "cross_section": 95e-6, "material": "aluminium",
         "initial_temperature": 363.15, "final_temperature": 523.15},
    ]  # fmt: skip
    pairs = [
        {"primary": "F3", "backup": "R2", "primary_current": [550.0, 2200.0], "backup_current": [550.0, 2200.0]},
        {"primary": "R2", "backup": "R1", "primary_current": [1800.0, 6000.0], "backup_current": [1800.0, 6000.0]},
    ]
    protects = [
        {"device": "F3", "limit": "T3", "least_current": 400.0, "highest_current": 550.0},
        {"device": "R2", "limit": "C2", "least_current": 3900.0, "highest_current": 6000.0},
    ]
    faults = [
        {"label": "End of feeder", "current": 1800.0, "voltage": 11e3},
        {"label": "Substation", "current": 6000.0, "voltage": 11e3},
    ]
    more = {"limits": limits, "pairs": pairs, "protects": protects, "faults": faults, "safety_margin": 0.1}
    return _document("Radial feeder, 11 kV", [fuse, feeder, incomer], **more)


EXAMPLES: Final[dict[str, Callable[[], dict[str, Any]]]] = {
    "radial feeder 11 kV": radial_feeder,
    "8-bus Amraee": eight_bus,
    "3-bus Urdaneta": three_bus,
}
"""Makers of documents by name."""
