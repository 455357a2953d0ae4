"""Plans: what each tier may use, read from one file that an operator can replace.

A limit is one row of the file; `LIMITS` says what each means. Each is enforced at one place, and `test_rows.py` names
that place and a test that fails without it.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from joulebook_hub.billing.charges import Charges, cents
from joulebook_hub.errors import HubError

__all__ = [
    "BY_AGREEMENT",
    "GROUP_PREFIX",
    "LIMITS",
    "SET_BY_ADMINISTRATOR",
    "UNLIMITED",
    "Limit",
    "Plan",
    "Plans",
    "cell",
]

UNLIMITED = "unlimited"
SET_BY_ADMINISTRATOR = "set by administrator"
BY_AGREEMENT = "by agreement"
GROUP_PREFIX = "plan-"
_NAME = re.compile(r"[a-z][a-z0-9-]{0,30}")
_OWN_FILE = Path(__file__).resolve().parent / "plans.toml"
_MOST_PLANS = 50
_MOST_BYTES = 100_000


@dataclass(frozen=True)
class Limit:
    """One row of the plans' file.

    Parameters
    ----------
    title : str
        What it limits, with its unit.
    kind : str
        ``"amount"``, ``"size"`` (an amount above 0), ``"weight"`` (a number above 0), ``"price"`` or ``"switch"``.
    unit : str
        Unit of an amount, for a meter.
    """

    title: str
    kind: str
    unit: str = ""

    @property
    def rule(self) -> str:
        """What a value of it must be."""
        return _RULES[self.kind]

    def allows(self, value: Any) -> bool:
        """Tell whether a value can stand in the plans' file.

        Parameters
        ----------
        value : object
            The value.

        Returns
        -------
        bool
            True if it can.
        """
        return _is_allowed(self.kind, value)


LIMITS: dict[str, Limit] = {
    "price": Limit("price per month, US dollars", "price"),
    "seats": Limit("seats that the price covers", "price"),
    "gpu_hours": Limit("GPU-hours per month", "amount", unit="GPU-hours"),
    "gpu_hours_shared": Limit("GPU-hours shared by the seats", "switch"),
    "overage": Limit("metered use beyond the GPU-hours", "switch"),
    "jobs": Limit("hub jobs per month", "amount", unit="jobs"),
    "projects": Limit("projects", "amount", unit="projects"),
    "storage": Limit("storage", "amount", unit="GB"),
    "named_servers": Limit("named servers at a time", "amount", unit="named servers"),
    "memory": Limit("memory of a server", "size", unit="GB"),
    "cpus": Limit("processors of a server", "size", unit="processors"),
    "queue_weight": Limit("weight in the queues for GPUs and jobs", "weight"),
    "grid_buses": Limit("grid buses", "amount"),
    "board_components": Limit("board components", "amount"),
    "cryostat_components": Limit("cryostat components", "amount"),
    "quench": Limit("quench", "switch"),
    "vtk_export": Limit("VTK export", "switch"),
    "transient_runs": Limit("transient runs on the hub", "switch"),
    "api_tokens": Limit("API tokens", "switch"),
    "shared_libraries": Limit("shared libraries of own materials and components", "switch"),
    "co_editing": Limit("co-editing in hub projects", "switch"),
}
"""Every row that a plans' file must have."""

_AMOUNT_WORDS = (UNLIMITED, SET_BY_ADMINISTRATOR)
_WORDS = {"amount": _AMOUNT_WORDS, "size": _AMOUNT_WORDS, "weight": (), "price": (BY_AGREEMENT,), "switch": ()}
_RULES = {
    "amount": f'use a number of 0 or more, "{UNLIMITED}" or "{SET_BY_ADMINISTRATOR}"',
    "size": f'use a number above 0, "{UNLIMITED}" or "{SET_BY_ADMINISTRATOR}"',
    "weight": "use a number above 0 and at most 1000",
    "price": f'use a number of 0 or more in whole cents, or "{BY_AGREEMENT}"',
    "switch": "use true or false",
}


@dataclass(frozen=True)
class Plan:
    """One tier.

    Parameters
    ----------
    name : str
        Its key in the file.
    title : str
        What people read.
    limits : mapping
        Value of each limit, as the file has it.
    """

    name: str
    title: str
    limits: Mapping[str, Any]

    @property
    def group(self) -> str:
        """Name of the JupyterHub group whose members have this plan."""
        return GROUP_PREFIX + self.name

    def amount(self, limit: str) -> float:
        """Value of an amount or weight.

        Parameters
        ----------
        limit : str
            Key of the limit.

        Returns
        -------
        float
            Infinity where nothing limits it, also where an administrator has not set anything yet.
        """
        value = self.limits[limit]
        return math.inf if isinstance(value, str) else float(value)


@dataclass(frozen=True)
class Plans:
    """All tiers, in the order of the file, from the smallest to the largest.

    Parameters
    ----------
    tiers : tuple of Plan
        The plans.
    default : str
        Name of the plan of who is in no plan's group.
    charges : Charges
        Trial, GPU time beyond the plan, coupons.

    Examples
    --------
    >>> plans = Plans.read()
    >>> plans.of_groups(["cryo-lab", "plan-researcher"]).title
    'Researcher'
    >>> plans.of_groups([]).amount("gpu_hours")
    inf
    """

    tiers: tuple[Plan, ...]
    default: str
    charges: Charges = field(default_factory=Charges)

    @classmethod
    def read(cls, path: str | Path = "", *, default: str = "") -> Plans:
        """Read a plans' file.

        Parameters
        ----------
        path : str or Path
            The file; Joulebook's own when empty.
        default : str
            Name of the default plan, in place of the file's.

        Returns
        -------
        Plans
            Checked plans.

        Raises
        ------
        HubError
            If the file cannot be read, or anything in it is wrong; the message lists every fault.
        """
        chosen = Path(path) if path else _OWN_FILE
        try:
            with chosen.open("rb") as file:
                content = file.read(_MOST_BYTES + 1)
            if len(content) > _MOST_BYTES:
                message = f"The plans' file {chosen} is larger than {_MOST_BYTES} bytes. Name a plans' file."
                raise HubError(message, reason="bad_plans")
            document = tomllib.loads(content.decode("utf-8"))
        except OSError as error:
            message = f"The plans' file {chosen} cannot be read: {error.strerror}. Correct JOULEBOOK_PLANS."
            raise HubError(message, reason="bad_plans") from error
        except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
            message = f"The plans' file {chosen} is not TOML: {error}. Start from a copy of Joulebook's own."
            raise HubError(message, reason="bad_plans") from error
        if default:
            document["default"] = default
        faults = _faults(document)
        if faults:
            raise HubError(f"The plans' file {chosen} is wrong:\n  - " + "\n  - ".join(faults), reason="bad_plans")
        limits = document["limits"]
        tiers = tuple(
            Plan(name, title, {limit: limits[limit][name] for limit in LIMITS})
            for name, title in document["plans"].items()
        )
        return cls(tiers, document["default"], Charges.read(document.get("billing"))[0])

    def named(self, name: str) -> Plan | None:
        """Look up a plan.

        Parameters
        ----------
        name : str
            Its key.

        Returns
        -------
        Plan or None
            None if there is none of this name.
        """
        return next((plan for plan in self.tiers if plan.name == name), None)

    def of_groups(self, groups: list[str]) -> Plan:
        """Plan of a member of some groups: the largest that any of them gives, else the default.

        Parameters
        ----------
        groups : list of str
            Names of JupyterHub groups.

        Returns
        -------
        Plan
            The plan.
        """
        held = [plan for plan in self.tiers if plan.group in groups]
        return held[-1] if held else next(plan for plan in self.tiers if plan.name == self.default)

    def groups(self) -> dict[str, dict[str, Any]]:
        """What JupyterHub loads at its start: a group for each plan, with its limits but no prices.

        Returns
        -------
        dict
            For ``JupyterHub.load_groups``; members are left as they are.
        """
        shown = [limit for limit, row in LIMITS.items() if row.kind != "price"]
        return {
            plan.group: {"properties": {"title": plan.title, **{limit: plan.limits[limit] for limit in shown}}}
            for plan in self.tiers
        }


def _faults(document: dict[str, Any]) -> list[str]:
    found = []
    if document.get("schema_version") != 1:
        found.append(f"schema_version = {document.get('schema_version')!r}: this version of Joulebook reads 1.")
    found += [
        f"{key}: not a part of a plans' file. Remove it."
        for key in document.keys() - {"schema_version", "default", "plans", "limits", "billing"}
    ]
    plans = document.get("plans")
    if not isinstance(plans, dict) or not 1 <= len(plans) <= _MOST_PLANS:
        return [*found, f"plans: name from 1 to {_MOST_PLANS} plans, each with its title."]
    for name, title in plans.items():
        if not _NAME.fullmatch(name):
            found.append(f"plans.{name}: use a-z, 0-9 and -, at most 31 characters, a letter first.")
        if not isinstance(title, str) or not 1 <= len(title) <= 60:
            found.append(f"plans.{name} = {title!r}: use a title of 1 to 60 characters.")
    if document.get("default") not in plans:
        found.append(f"default = {document.get('default')!r}: use one of {', '.join(plans)}.")
    limits = document.get("limits")
    if not isinstance(limits, dict):
        return [*found, "limits: the table of limits is missing."]
    found += [f"limits.{key}: no such limit. Known: {', '.join(LIMITS)}." for key in limits.keys() - LIMITS.keys()]
    for key, limit in LIMITS.items():
        found += _row_faults(key, limit, limits.get(key), list(plans))
    return found + Charges.read(document.get("billing"))[1]


def _row_faults(key: str, limit: Limit, row: Any, plans: list[str]) -> list[str]:
    if not isinstance(row, dict):
        return [f"limits.{key}: give a value for each plan."]
    found = [f"limits.{key}.{name}: no such plan. Plans: {', '.join(plans)}." for name in row.keys() - set(plans)]
    for name in plans:
        if name not in row:
            found.append(f"limits.{key}.{name}: missing; {_RULES[limit.kind]}.")
        elif not _is_allowed(limit.kind, row[name]):
            found.append(f"limits.{key}.{name} = {row[name]!r}: {_RULES[limit.kind]}.")
    return found


def _is_allowed(kind: str, value: Any) -> bool:
    if isinstance(value, bool) or kind == "switch":
        return isinstance(value, bool) and kind == "switch"
    if isinstance(value, str):
        return value in _WORDS[kind]
    if not isinstance(value, int | float) or not 0 <= value <= 1e9:
        return False
    if kind == "price":
        return cents(value) is not None
    return kind not in {"weight", "size"} or (value > 0 and (kind == "size" or value <= 1000))


def cell(row: str, value: Any) -> str:
    r"""Write a value of the plans' file as people read it, in every table of plans.

    Parameters
    ----------
    row : str
        Row of the file.
    value : object
        The value.

    Returns
    -------
    str
        A few words.

    Examples
    --------
    >>> cell("quench", True), cell("quench", False), cell("price", 99), cell("price", 0), cell("storage", 1000)
    ('yes', '–', '$99', 'free', '1 TB')
    >>> cell("gpu_hours", "set by administrator"), cell("grid_buses", 5000), cell("storage", 2.5)
    ('set by administrator', '5\u202f000', '2.5 GB')
    """
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "yes" if value else "–"
    number = f"{value:,.10g}".replace(",", "\u202f")
    if row == "price":
        return "free" if value == 0 else f"${number}"
    if row in {"storage", "memory"}:
        return f"{value / 1000:g} TB" if value >= 1000 else f"{number} GB"
    return number
