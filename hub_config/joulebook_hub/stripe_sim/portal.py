"""Billing portal: its configuration, and sessions of it."""

from __future__ import annotations

from typing import Any

from joulebook_hub.stripe_sim import forms
from joulebook_hub.stripe_sim.books import Books
from joulebook_hub.stripe_sim.catalogue import merged
from joulebook_hub.stripe_sim.faults import ParameterError

__all__ = ["create_configuration", "create_session", "update_configuration"]

Params = dict[str, Any]


def _features(given: dict[str, Any], old: dict[str, Any] | None) -> dict[str, Any]:
    def on(name: str) -> bool:
        there = bool(old and old[name]["enabled"])
        return forms.boolean(dict(given.get(name) or {}), "enabled", there)

    cancel = dict(given.get("subscription_cancel") or {})
    mode = forms.one_of(cancel, "mode", ("at_period_end", "immediately"), "at_period_end")
    if on("subscription_update"):
        raise ParameterError("features[subscription_update]", "This simulator's portal does not change plans.")
    reasons = {"enabled": False, "options": ["other"]}
    return {
        "customer_update": {"allowed_updates": ["email", "name"], "enabled": on("customer_update")},
        "invoice_history": {"enabled": on("invoice_history")},
        "payment_method_update": {"enabled": on("payment_method_update"), "payment_method_configuration": None},
        "subscription_cancel": {
            "cancellation_reason": reasons,
            "enabled": on("subscription_cancel"),
            "mode": mode,
            "proration_behavior": "none",
        },
        "subscription_pause": {"duration": {"interval_options": [], "type": "indefinite"}, "enabled": False},
        "subscription_update": {
            "billing_cycle_anchor": None,
            "default_allowed_updates": [],
            "enabled": False,
            "products": [],
            "proration_behavior": "none",
            "schedule_at_period_end": {"conditions": []},
            "trial_update_behavior": "end_trial",
        },
    }


def create_configuration(books: Books, params: Params) -> dict[str, Any]:
    """Make a configuration.

    Parameters
    ----------
    books, params : Books, dict
        The transaction and the parameters.

    Returns
    -------
    dict
        The object.
    """
    now = books.now()
    profile = dict(params.get("business_profile") or {})
    made = {
        "id": books.fresh("bpc"),
        "object": "billing_portal.configuration",
        "active": True,
        "application": None,
        "business_profile": {
            key: forms.text(profile, key) for key in ("headline", "privacy_policy_url", "terms_of_service_url")
        },
        "created": now,
        "default_return_url": forms.text(params, "default_return_url", most=2000),
        "features": _features(dict(params.get("features") or {}), None),
        "is_default": False,
        "livemode": False,
        "login_page": {"enabled": False, "url": None},
        "metadata": merged(None, params.get("metadata")),
        "name": forms.text(params, "name", most=200),
        "updated": now,
    }
    books.put(made)
    books.tell("billing_portal.configuration.created", made, at=now)
    return made


def update_configuration(books: Books, params: Params, identity: str) -> dict[str, Any]:
    """Change a configuration.

    Parameters
    ----------
    books, params : Books, dict
        The transaction and the parameters.
    identity : str
        Which.

    Returns
    -------
    dict
        The object.
    """
    made = books.get("billing_portal.configuration", identity)
    if "features" in params:
        made["features"] = _features(dict(params["features"] or {}), made["features"])
    made["metadata"] = merged(made["metadata"], params.get("metadata"))
    made["active"] = forms.boolean(params, "active", made["active"])
    made["updated"] = books.now()
    books.put(made)
    books.tell("billing_portal.configuration.updated", made, at=made["updated"])
    return made


def create_session(books: Books, params: Params, *, base: str) -> dict[str, Any]:
    """Make a session for a customer.

    Parameters
    ----------
    books, params : Books, dict
        The transaction and the parameters.
    base : str
        Address of the simulator's pages.

    Returns
    -------
    dict
        The object.

    Raises
    ------
    ParameterError
        If the customer or the configuration is not there.
    """
    customer = books.live("customer", str(params.get("customer", "")), "customer")
    given = forms.text(params, "configuration")
    if given:
        configuration = books.get("billing_portal.configuration", given, "configuration")
    else:
        known = books.all("billing_portal.configuration", is_default=True)
        if not known:
            raise ParameterError(
                "configuration", "No configuration provided and no default one exists.", "parameter_missing"
            )
        configuration = known[0]
    identity = books.fresh("bps")
    now = books.now()
    made = {
        "id": identity,
        "object": "billing_portal.session",
        "configuration": configuration["id"],
        "created": now,
        "customer": customer["id"],
        "customer_account": None,
        "flow": None,
        "livemode": False,
        "locale": None,
        "on_behalf_of": None,
        "return_url": forms.text(params, "return_url", most=2000),
        "url": f"{base}/portal/{identity}",
    }
    books.put(made)
    books.tell("billing_portal.session.created", made, at=now)
    return made
