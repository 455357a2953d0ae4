"""Quota: what a person may use and why, what was used, and the gates that decide.

For other features, all within a transaction of the store, so that a gate and what it lets through are one:

- `entitlement` says which plan and which amounts a person has and where they come from. A feature that gives plans
  (billing, organisations) has a module ``joulebook_hub.<feature>.grants`` with a function `Grants`; nothing else.
- `take_unit` takes a project, a job or a named server if the plan allows it, `give_back_unit` gives it back; two
  requests never both take the last one.
- A `Decision` that is not allowed says what is used up, how much, and what to do; ``decision.or_refuse()`` answers the
  request with HTTP's status 402.

The rules are in `entitlements` and `decisions`, without input or output.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from joulebook_hub.quota.decisions import Decision, NotAllowed, Offer, decide, decide_switch
    from joulebook_hub.quota.entitlements import Entitlement, Grant
    from joulebook_hub.quota.people import Grants, entitlement, groups_of, remember_groups
    from joulebook_hub.quota.units import give_back_unit, take_unit, units_used

_HOMES = {
    "Decision": "decisions",
    "Entitlement": "entitlements",
    "Grant": "entitlements",
    "Grants": "people",
    "NotAllowed": "decisions",
    "Offer": "decisions",
    "decide": "decisions",
    "decide_switch": "decisions",
    "entitlement": "people",
    "give_back_unit": "units",
    "groups_of": "people",
    "remember_groups": "people",
    "take_unit": "units",
    "units_used": "units",
}

__all__ = [
    "Decision",
    "Entitlement",
    "Grant",
    "Grants",
    "NotAllowed",
    "Offer",
    "decide",
    "decide_switch",
    "entitlement",
    "give_back_unit",
    "groups_of",
    "remember_groups",
    "take_unit",
    "units_used",
]


def __getattr__(name: str) -> Any:
    """Load what is asked for; the models of the service's client need none of it."""
    if name in _HOMES:
        return getattr(importlib.import_module(f"joulebook_hub.quota.{_HOMES[name]}"), name)
    raise AttributeError(f"module 'joulebook_hub.quota' has no attribute {name!r}")
