"""What the service's questions and answers are made from; the client knows the same models."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["Fault", "Model", "PageQuery"]


class Model(BaseModel):
    """What all questions and answers are made from: nothing unknown in them, no infinities, not changed once made."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class PageQuery(Model):
    """Which part of a long list is asked for; the answer's ``next`` is the ``after`` of the following page."""

    after: int = Field(default=0, ge=0, lt=10**15, description="Number of the last entry that is known already.")
    most: int = Field(default=100, ge=1, le=1000, description="Most entries in the answer.")


class Fault(Model):
    """What a refused or failed request is answered with."""

    reason: str = Field(description="A short label that stays the same.")
    message: str = Field(description="What is wrong, what is allowed and what to try, for a person.")
    request: str = Field(default="", description="Name of the request in the service's log.")
