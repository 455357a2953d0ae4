"""What the service answers about billing."""

from __future__ import annotations

from pydantic import Field

from joulebook_hub.models import Model

__all__ = ["SubscriptionAnswer", "Taken"]


class Taken(Model):
    """What became of an event."""

    outcome: str = Field(description="In words, for Stripe's list of deliveries.")


class SubscriptionAnswer(Model):
    """One's own subscription."""

    plan: str = Field(description="Name of the plan; empty without a subscription that gives one.")
    title: str = Field(default="", description="Its title.")
    seats: int = Field(default=0, description="For how many people.")
    why: str = Field(default="", description="Where it comes from.")
    notice: str = Field(default="", description="What should be known or done.")
    metered: bool = Field(default=False, description="Whether GPU time beyond the plan is lent and billed.")
