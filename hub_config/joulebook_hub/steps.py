"""The steps of a sign-in, and what passes between the authenticator and its pages."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from joulebook_hub.accounts import Account

__all__ = ["Outcome", "Proof", "Step"]


class Step(Enum):
    """What a sign-in needs next."""

    DONE = "done"
    CODE = "code"
    NEW_PASSWORD = "new_password"
    REFUSED = "refused"


@dataclass(frozen=True)
class Outcome:
    """Result of one step of a sign-in.

    Parameters
    ----------
    step : Step
        What comes next.
    message : str
        For the person, when refused.
    account : Account, optional
        Whose sign-in it is, once the password was right.
    """

    step: Step
    message: str = ""
    account: Account | None = None


@dataclass(frozen=True)
class Proof:
    """That every step of a sign-in was passed; made by our handlers, and no form field can be one.

    Parameters
    ----------
    name : str
        The account's name.
    """

    name: str
