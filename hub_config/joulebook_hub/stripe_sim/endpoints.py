"""Webhook endpoints. This simulator sends to this machine only."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from joulebook_hub.settings import is_loopback
from joulebook_hub.stripe_sim import API_VERSION, forms
from joulebook_hub.stripe_sim.books import Books
from joulebook_hub.stripe_sim.catalogue import merged
from joulebook_hub.stripe_sim.faults import ParameterError

__all__ = ["create_endpoint", "delete_endpoint", "update_endpoint"]

Params = dict[str, Any]


def _url(params: Params) -> str:
    url = forms.text(params, "url", most=2000) or ""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not is_loopback(parts.hostname or ""):
        raise ParameterError("url", "This simulator sends events to this machine only.", "url_invalid")
    return url


def _events(params: Params) -> list[str]:
    given = params.get("enabled_events")
    if not isinstance(given, list) or not given or not all(isinstance(name, str) and name for name in given):
        raise ParameterError("enabled_events", "Missing required param: enabled_events.", "parameter_missing")
    return given


def create_endpoint(books: Books, params: Params) -> dict[str, Any]:
    """Make an endpoint; the answer holds its secret, this once.

    Parameters
    ----------
    books, params : Books, dict
        The transaction and the parameters.

    Returns
    -------
    dict
        The object.
    """
    made = {
        "id": books.fresh("we"),
        "object": "webhook_endpoint",
        "api_version": API_VERSION,
        "application": None,
        "created": books.now(),
        "description": forms.text(params, "description"),
        "livemode": False,
        "enabled_events": _events(params),
        "metadata": merged(None, params.get("metadata")),
        "secret": books.fresh("whsec"),
        "status": "enabled",
        "url": _url(params),
    }
    return books.put(made)


def update_endpoint(books: Books, params: Params, identity: str) -> dict[str, Any]:
    """Change an endpoint.

    Parameters
    ----------
    books, params : Books, dict
        The transaction and the parameters.
    identity : str
        Which.

    Returns
    -------
    dict
        The object, without its secret.
    """
    made = books.get("webhook_endpoint", identity)
    if "url" in params:
        made["url"] = _url(params)
    if "enabled_events" in params:
        made["enabled_events"] = _events(params)
    if "description" in params:
        made["description"] = forms.text(params, "description")
    made["metadata"] = merged(made["metadata"], params.get("metadata"))
    off = forms.boolean(params, "disabled", made["status"] == "disabled")
    made["status"] = "disabled" if off else "enabled"
    books.put(made)
    return {key: value for key, value in made.items() if key != "secret"}


def delete_endpoint(books: Books, _params: Params, identity: str) -> dict[str, Any]:
    """Delete an endpoint.

    Parameters
    ----------
    books : Books
        The transaction.
    identity : str
        Which.

    Returns
    -------
    dict
        What is left.
    """
    books.get("webhook_endpoint", identity)
    books.remove(identity)
    return {"id": identity, "object": "webhook_endpoint", "deleted": True}
