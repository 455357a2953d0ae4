"""Answers to administrators."""

from __future__ import annotations

from pydantic import Field

from joulebook_hub.models import Model

__all__ = ["Audit", "AuditEntry", "Member", "People"]


class AuditEntry(Model):
    """Something that an administrator did, or that was done in an administrator's place."""

    line: int
    at: float = Field(description="When, s since 1970.")
    actor: str
    action: str
    subject: str
    reason: str


class Audit(Model):
    """A page of the audit log."""

    lines: list[AuditEntry]
    next: int | None = Field(description="The ``after`` of the next page; null at the end.")


class Member(Model):
    """A user of the hub."""

    name: str
    groups: list[str]
    plan: str = Field(description="Name of the plan.")
    gpu_used: float = Field(description="GPU time used this month, s.")
    gpu_allowed: float | None = Field(description="GPU time allowed this month, s; null where nothing limits it.")


class People(Model):
    """A page of the hub's users."""

    people: list[Member]
    next: int | None = Field(description="The ``after`` of the next page; null at the end.")
