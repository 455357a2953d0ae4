"""Errors that the hub raises on purpose: one sentence for a person, one word for a counter, one line for the log."""

from __future__ import annotations

__all__ = ["HubError"]


class HubError(Exception):
    """Something that the hub refuses or cannot do.

    Parameters
    ----------
    user_message : str
        What is wrong, what is allowed and what to try, for the person who reads it.
    reason : str
        A short label for metrics and tests, such as ``"port_taken"``.
    log_message : str
        What belongs in the log only; the user message when left out.

    Examples
    --------
    >>> error = HubError("Port 8000 is taken. Set JOULEBOOK_PORT to another one.", reason="port_taken")
    >>> error.reason, str(error)
    ('port_taken', 'Port 8000 is taken. Set JOULEBOOK_PORT to another one.')
    """

    def __init__(self, user_message: str, *, reason: str, log_message: str = "") -> None:
        super().__init__(user_message)
        self.user_message = user_message
        self.reason = reason
        self.log_message = log_message or user_message
