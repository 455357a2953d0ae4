"""Failures of the service to Sentry: only where JOULEBOOK_SENTRY_DSN is set, and without anything of the request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from joulebook_hub.errors import HubError
from joulebook_hub.service.logs import JsonFormatter, secrets_of

__all__ = ["start"]

_DROPPED = ("request", "user", "extra", "breadcrumbs", "server_name", "modules")
_OF_A_FRAME = ("vars", "pre_context", "post_context")


def start(environment: Mapping[str, str]) -> bool:
    """Report failures to Sentry, if a DSN is set.

    Parameters
    ----------
    environment : mapping of str to str
        With JOULEBOOK_SENTRY_DSN, or without.

    Returns
    -------
    bool
        True if failures are reported.

    Raises
    ------
    HubError
        If a DSN is set and the package is missing.
    """
    address = environment.get("JOULEBOOK_SENTRY_DSN", "")
    if not address:
        return False
    try:
        import sentry_sdk
    except ImportError as error:
        message = "JOULEBOOK_SENTRY_DSN is set, but sentry-sdk is not installed. Run: pip install 'joulebook[sentry]'"
        raise HubError(message, reason="no_sentry") from error
    sentry_sdk.init(
        dsn=address,
        send_default_pii=False,
        include_local_variables=False,
        max_breadcrumbs=0,
        traces_sample_rate=0.0,
        before_send=scrubber(environment),
    )
    return True


def scrubber(environment: Mapping[str, str]) -> Any:
    """Make what Sentry calls with each event before it is sent.

    Parameters
    ----------
    environment : mapping of str to str
        Its secrets are taken out.

    Returns
    -------
    callable
        From event and hint to the event that is sent.
    """
    hide = JsonFormatter(secrets_of(environment)).hide

    def clean(value: Any) -> Any:
        if isinstance(value, str):
            return hide(value)
        if isinstance(value, dict):
            return {key: clean(inner) for key, inner in value.items() if key not in _OF_A_FRAME}
        return [clean(inner) for inner in value] if isinstance(value, list) else value

    def before_send(event: dict[str, Any], _hint: dict[str, Any]) -> dict[str, Any]:
        return {key: clean(value) for key, value in event.items() if key not in _DROPPED}

    return before_send
