"""Errors as Stripe sends them."""

from __future__ import annotations

from typing import Any

__all__ = ["DeclinedError", "NotFoundError", "ParameterError", "RequestError"]


class RequestError(Exception):
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

    Attributes
    ----------
    keeps : bool
        True if what happened before it stays, such as a noted attempt to charge a card.
    """

    def __init__(self, message: str, *, kind: str = "invalid_request_error", status: int = 400, **details: Any) -> None:
        super().__init__(message)
        self.status = status
        self.keeps = False
        given = {key: value for key, value in details.items() if value is not None}
        self.body: dict[str, Any] = {"error": {"message": message, "type": kind, **given}}


class ParameterError(RequestError):
    """One parameter is wrong.

    Parameters
    ----------
    param : str
        Its name.
    message : str
        What is wrong.
    code : str
        Stripe's code.
    """

    def __init__(self, param: str, message: str, code: str = "parameter_invalid_empty") -> None:
        super().__init__(message, code=code, param=param)


class NotFoundError(RequestError):
    """An object is not there: status 404 for the object of the address itself, 400 for one named in a parameter.

    Parameters
    ----------
    kind : str
        What was looked for.
    identity : str
        Its identity as it was sent.
    param : str
        The parameter that named it.
    """

    def __init__(self, kind: str, identity: str, param: str = "id") -> None:
        status = 404 if param == "id" else 400
        super().__init__(f"No such {kind}: '{identity[:80]}'", status=status, code="resource_missing", param=param)


class DeclinedError(RequestError):
    """A card does not pay.

    Parameters
    ----------
    keeps : bool
        True if the attempt stays noted.
    """

    def __init__(self, *, keeps: bool = False) -> None:
        message = "Your card was declined."
        super().__init__(message, kind="card_error", status=402, code="card_declined", decline_code="generic_decline")
        self.keeps = keeps
