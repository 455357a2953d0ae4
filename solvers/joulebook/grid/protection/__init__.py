"""Protection: relays, fuses, trip units, what equipment withstands, coordination and settings."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from joulebook.grid.protection.coordination import check_coordination
    from joulebook.grid.protection.curves import (
        CURVES,
        InverseCurve,
        inverse_curve,
        inverse_multiple,
        inverse_time,
        reset_time,
    )
    from joulebook.grid.protection.devices import Device, Handle
    from joulebook.grid.protection.disc import DiscMotion, disc_motion
    from joulebook.grid.protection.duty import BreakerDuty, BreakerRating, breaker_duty
    from joulebook.grid.protection.from_network import pairs_from_network
    from joulebook.grid.protection.fuses import Fuse
    from joulebook.grid.protection.low_voltage import MiniatureBreaker, TripUnit
    from joulebook.grid.protection.relays import CurrentTransformer, CurveConstants, DefiniteStage, InverseStage, Relay
    from joulebook.grid.protection.results import CoordinationResult, DutyResult, SettingsResult
    from joulebook.grid.protection.scheme import FaultMark, Pair, Protects, Scheme
    from joulebook.grid.protection.settings import optimal_settings
    from joulebook.grid.protection.traces import TimeCurrent, time_current
    from joulebook.grid.protection.withstands import (
        ConductorLimit,
        MotorLimit,
        MotorStart,
        TransformerLimit,
        adiabatic_k,
    )

_HOMES = {
    "BreakerDuty": "duty",
    "BreakerRating": "duty",
    "CURVES": "curves",
    "ConductorLimit": "withstands",
    "CoordinationResult": "results",
    "CurrentTransformer": "relays",
    "CurveConstants": "relays",
    "DefiniteStage": "relays",
    "Device": "devices",
    "DiscMotion": "disc",
    "DutyResult": "results",
    "FaultMark": "scheme",
    "Fuse": "fuses",
    "Handle": "devices",
    "InverseCurve": "curves",
    "InverseStage": "relays",
    "MiniatureBreaker": "low_voltage",
    "MotorLimit": "withstands",
    "MotorStart": "withstands",
    "Pair": "scheme",
    "Protects": "scheme",
    "Relay": "relays",
    "Scheme": "scheme",
    "SettingsResult": "results",
    "TimeCurrent": "traces",
    "TransformerLimit": "withstands",
    "TripUnit": "low_voltage",
    "adiabatic_k": "withstands",
    "breaker_duty": "duty",
    "check_coordination": "coordination",
    "disc_motion": "disc",
    "inverse_curve": "curves",
    "inverse_multiple": "curves",
    "inverse_time": "curves",
    "optimal_settings": "settings",
    "pairs_from_network": "from_network",
    "reset_time": "curves",
    "time_current": "traces",
}

__all__ = [
    "CURVES",
    "BreakerDuty",
    "BreakerRating",
    "ConductorLimit",
    "CoordinationResult",
    "CurrentTransformer",
    "CurveConstants",
    "DefiniteStage",
    "Device",
    "DiscMotion",
    "DutyResult",
    "FaultMark",
    "Fuse",
    "Handle",
    "InverseCurve",
    "InverseStage",
    "MiniatureBreaker",
    "MotorLimit",
    "MotorStart",
    "Pair",
    "Protects",
    "Relay",
    "Scheme",
    "SettingsResult",
    "TimeCurrent",
    "TransformerLimit",
    "TripUnit",
    "adiabatic_k",
    "breaker_duty",
    "check_coordination",
    "disc_motion",
    "inverse_curve",
    "inverse_multiple",
    "inverse_time",
    "optimal_settings",
    "pairs_from_network",
    "reset_time",
    "time_current",
]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(importlib.import_module(f"joulebook.grid.protection.{_HOMES[name]}"), name)
    raise AttributeError(f"module 'joulebook.grid.protection' has no attribute {name!r}; it has {', '.join(__all__)}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
