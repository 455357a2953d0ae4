"""Errors as Stripe sends them."""

from __future__ import annotations

from typing import Any

__all__ = ["Fault", "declined", "missing", "wrong"]


class Fault(Exception):
    """An error object and its HTTP status.

    Parameters
    ----------
    message : str
        For a developer.
    kind : str
        Stripe's ``type``.
    status : int
        HTTP status.
    **details : object
        ``code``, ``param``, ``decline_code`` and the like; what is None is left out.
    """

    def __init__(self, message: str, *, kind: str = "invalid_request_error", status: int = 400, **details: Any) -> None:
        super().__init__(message)
        self.status = status
        given = {key: value for key, value in details.items() if value is not None}
        self.body: dict[str, Any] = {"error": {"message": message, "type": kind, **given}}


def wrong(param: str, message: str, code: str = "parameter_invalid_empty") -> Fault:
    """Fault of one parameter.

    Parameters
    ----------
    param : str
        Its name.
    message : str
        What is wrong.
    code : str
        Stripe's code.

    Returns
    -------
    Fault
        To raise.
    """
    return Fault(message, code=code, param=param)


def missing(kind: str, identity: str, param: str = "id") -> Fault:
    """Fault of an object that is not there.

    Parameters
    ----------
    kind : str
        What was looked for.
    identity : str
        Its identity as it was sent.
    param : str
        The parameter that named it.

    Returns
    -------
    Fault
        With status 404 for the object of the address itself, 400 for one named in a parameter.
    """
    status = 404 if param == "id" else 400
    return Fault(f"No such {kind}: '{identity[:80]}'", status=status, code="resource_missing", param=param)


def declined(decline_code: str = "generic_decline") -> Fault:
    """Fault of a card that does not pay.

    Parameters
    ----------
    decline_code : str
        Reason of the bank.

    Returns
    -------
    Fault
        With status 402.
    """
    message = "Your card was declined."
    return Fault(message, kind="card_error", status=402, code="card_declined", decline_code=decline_code)
