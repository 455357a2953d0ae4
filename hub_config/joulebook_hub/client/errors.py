"""What can go wrong between the client and the service."""

from __future__ import annotations

from joulebook_hub.errors import HubError

__all__ = ["NotAllowedError", "RefusedError", "UnreachableError"]


class RefusedError(HubError):
    """The service refused or failed.

    Parameters
    ----------
    user_message : str
        The service's own words.
    reason : str
        Its short label.
    status : int
        HTTP's status.
    request : str
        Name of the request in the service's log.
    """

    def __init__(self, user_message: str, *, reason: str, status: int, request: str = "") -> None:
        super().__init__(user_message, reason=reason)
        self.status = status
        self.request = request


class NotAllowedError(RefusedError):
    """The plan does not allow it; the message says what is used up and what to do."""


class UnreachableError(HubError):
    """Nobody answers, or what answers is not the service."""
