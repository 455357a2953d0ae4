"""Questions and answers about quota."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from joulebook_hub.models import Model

__all__ = [
    "CostModel",
    "EstimateQuery",
    "Histories",
    "HistoryModel",
    "HistoryQuery",
    "MeterModel",
    "NewOverride",
    "OverrideModel",
    "Overrides",
    "PersonPath",
    "QuotaModel",
    "RowModel",
]

_DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
Value = bool | int | float | str | None


class MeterModel(Model):
    """What was used of one row."""

    row: str
    title: str
    unit: str
    used: float
    most: float | None = Field(description="What is allowed; null where nothing limits it.")
    share: float = Field(description="Used over allowed.")
    colour: Literal["green", "yellow", "red"]
    why: str = Field(description="Where the limit comes from.")
    note: str


class RowModel(Model):
    """What one row of the plan allows."""

    value: Value
    why: str


class QuotaModel(Model):
    """What a person may use, and what was used."""

    user: str
    plan: str
    title: str
    why: str = Field(description="Where the plan comes from.")
    pool: str = Field(description="Account that is charged for GPU time as well; empty for the own one alone.")
    metered: bool = Field(description="Whether GPU time beyond is lent and billed by the meter.")
    rows: dict[str, RowModel]
    meters: list[MeterModel]


class HistoryQuery(Model):
    """Which days."""

    since: str = Field(default="2000-01-01", pattern=_DAY, description="First day, UTC.")


class HistoryModel(Model):
    """What was used on one day for one project."""

    day: str
    project: str
    gpu_seconds: float
    grace_seconds: float
    metered_seconds: float
    jobs: int


class Histories(Model):
    """A person's history."""

    lines: list[HistoryModel]


class EstimateQuery(Model):
    """Which action."""

    project: str = Field(default="", max_length=255, description="What the GPU kernel is for.")


class CostModel(Model):
    """What the action may cost."""

    gpu_hours: float | None = Field(description="Median of what such kernels took; null without a past.")
    low: float | None
    high: float | None
    cases: int = Field(description="How many kernels that is.")
    project: str
    sentence: str
    left: float | None = Field(description="GPU-hours that are left this month; null where nothing limits them.")


class OverrideModel(Model):
    """What an administrator set."""

    line: int
    kind: Literal["person", "group"]
    subject: str
    row: str
    value: Value
    until: float | None = Field(description="When it ends, s since 1970; null never.")
    reason: str
    actor: str
    at: float


class Overrides(Model):
    """A page of what administrators set."""

    overrides: list[OverrideModel]
    next: int | None = None


class NewOverride(Model):
    """What shall be set."""

    kind: Literal["person", "group"]
    subject: str = Field(min_length=1, max_length=255)
    row: str = Field(max_length=64, description="A row of the plans' file, or plan.")
    value: Value = Field(description="As in the plans' file; null takes earlier ones back.")
    last_day: str | None = Field(default=None, pattern=_DAY, description="Last day, UTC; null for no end.")
    reason: str = Field(min_length=3, max_length=300)


class PersonPath(Model):
    """Which person."""

    name: str = Field(min_length=1, max_length=255, pattern=r"^[^/]+$")
