"""May somebody have one more of something: the answer, and what it says. Rules with no input or output."""

from __future__ import annotations

import math
from dataclasses import dataclass

from joulebook_hub.plans import LIMITS
from joulebook_hub.quota.entitlements import Entitlement
from joulebook_hub.service.routes import ServiceError

__all__ = ["RED", "YELLOW", "Decision", "NotAllowed", "Offer", "colour", "decide", "decide_switch", "tidy"]

YELLOW, RED = 0.80, 0.95
"""Shares at which a meter changes its colour and a notice comes."""

_WAYS_OUT = {
    "jobs": "New jobs come with the next month (UTC)",
    "projects": "Delete a project that nobody needs any more",
    "named_servers": "Stop a named server that you do not need",
    "storage": "Delete large files: the page Usage lists the largest ones",
    "gpu_hours": "New hours come with the next month (UTC); the kernel “Joulebook (CPU)” needs none",
}
_NOUNS = {"storage": "GB of storage", "jobs": "hub jobs of this month"}


@dataclass(frozen=True)
class Offer:
    """Where a person gets more.

    Parameters
    ----------
    plans_page : str
        Address of the page on which plans are bought; empty where none are.
    """

    plans_page: str = ""

    @property
    def sentence(self) -> str:
        """What to do, as the end of a message."""
        if self.plans_page:
            return f"or choose a larger plan: {self.plans_page}"
        return "or ask an administrator of this hub for more"


@dataclass(frozen=True)
class Decision:
    """An answer.

    Parameters
    ----------
    row : str
        The row of the plans' file that decides.
    allowed : bool
        The answer.
    used, most : float
        How much is used and allowed, in the row's unit; for a switch 0 and 0 or 1.
    message : str
        Empty when allowed; otherwise what is used up, how much, and what to do.
    """

    row: str
    allowed: bool
    used: float
    most: float
    message: str = ""

    def or_refuse(self) -> Decision:
        """Raise unless allowed.

        Returns
        -------
        Decision
            Itself.

        Raises
        ------
        NotAllowed
            With the message, for an answer with HTTP's status 402.
        """
        if not self.allowed:
            raise NotAllowed(self)
        return self


class NotAllowed(ServiceError):  # noqa: N818 - it is an answer, not a fault
    """A plan does not allow it; HTTP's status is 402.

    Parameters
    ----------
    decision : Decision
        The answer.
    """

    def __init__(self, decision: Decision) -> None:
        super().__init__(decision.message, reason=self.reason_of(decision.row), status=402)
        self.decision = decision

    @staticmethod
    def reason_of(row: str) -> str:
        """Label of a row's refusals.

        Parameters
        ----------
        row : str
            Row of the plans' file.

        Returns
        -------
        str
            The same wherever it is refused.
        """
        return f"quota_{row}"


def decide(
    entitlement: Entitlement, row: str, used: float, *, wanted: float = 1.0, offer: Offer | None = None
) -> Decision:
    """Decide about an amount.

    Parameters
    ----------
    entitlement : Entitlement
        Whose.
    row : str
        Row of the plans' file.
    used : float
        What is used already, in the row's unit.
    wanted : float
        How much more is wanted.
    offer : Offer, optional
        Where to get more.

    Returns
    -------
    Decision
        Allowed while used and wanted together are within the limit.

    Examples
    --------
    >>> from joulebook_hub.plans import Plans
    >>> from joulebook_hub.quota.entitlements import entitle
    >>> ada = entitle("ada", [], Plans.read(default="explorer"))
    >>> decide(ada, "projects", 1).allowed
    True
    >>> print(decide(ada, "projects", 2).message)
    2 of 2 projects are used (plan Explorer). Delete a project that nobody needs any more, or ask an administrator of this hub for more.
    """  # noqa: E501 - the message is one line
    most = entitlement.amount(row)
    if used + wanted <= most:
        return Decision(row, True, used, most)
    noun = _NOUNS.get(row, LIMITS[row].unit or row)
    end = (offer or Offer()).sentence
    source = entitlement.rows[row].why
    if most == 0:
        message = f"The limit of {noun} is 0 ({source}). {end[3:].capitalize()}."
        return Decision(row, False, used, most, message)
    way_out = _WAYS_OUT.get(row)
    what_to_do = f"{way_out}, {end}" if way_out else end[3:].capitalize()
    return Decision(row, False, used, most, f"{tidy(used)} of {tidy(most)} {noun} are used ({source}). {what_to_do}.")


def decide_switch(entitlement: Entitlement, row: str, *, offer: Offer | None = None) -> Decision:
    """Decide about a switch.

    Parameters
    ----------
    entitlement : Entitlement
        Whose.
    row : str
        Row of the plans' file.
    offer : Offer, optional
        Where to get more.

    Returns
    -------
    Decision
        Allowed if it is on.
    """
    if entitlement.has(row):
        return Decision(row, True, 0.0, 1.0)
    title = LIMITS[row].title
    end = (offer or Offer()).sentence[3:].capitalize()
    message = f"{title[0].upper()}{title[1:]} are not part of what you have ({entitlement.rows[row].why}). {end}."
    return Decision(row, False, 0.0, 0.0, message)


def colour(share: float) -> str:
    """Colour of a meter.

    Parameters
    ----------
    share : float
        Used over allowed.

    Returns
    -------
    str
        ``"green"`` below 80 %, ``"red"`` above 95 %, ``"yellow"`` between.

    Examples
    --------
    >>> [colour(share) for share in (0.0, 0.79, 0.8, 0.95, 0.96)]
    ['green', 'green', 'yellow', 'yellow', 'red']
    """
    return "green" if share < YELLOW else "yellow" if share <= RED else "red"


def tidy(value: float) -> str:
    r"""Write an amount for a person.

    Parameters
    ----------
    value : float
        The amount.

    Returns
    -------
    str
        Two decimals at most, and three digits of what is below 1.

    Examples
    --------
    >>> tidy(2.0), tidy(0.04213), tidy(1234.5), tidy(math.inf)
    ('2', '0.0421', '1\u202f234.5', 'unlimited')
    """
    if math.isinf(value):
        return "unlimited"
    if 0 < value < 1:
        return f"{value:.3g}"
    return f"{value:,.2f}".rstrip("0").rstrip(".").replace(",", "\u202f")
