"""Customers and their cards. A card is one of a few test cards that say by themselves how they behave."""

from __future__ import annotations

from typing import Any

from joulebook_hub.stripe_sim import forms, shapes
from joulebook_hub.stripe_sim.books import Books
from joulebook_hub.stripe_sim.catalogue import merged
from joulebook_hub.stripe_sim.faults import DeclinedError, ParameterError

__all__ = [
    "TEST_CARDS",
    "attach",
    "card_of",
    "create_customer",
    "delete_customer",
    "detach",
    "new_card",
    "pays",
    "update_customer",
]

Params = dict[str, Any]

TEST_CARDS = {
    "pm_card_visa": ("4242", "pays"),
    "pm_card_chargeCustomerFail": ("0341", "is accepted, and declined at every charge"),
    "pm_card_chargeDeclined": ("0002", "is declined at once"),
}
"""Test cards by Stripe's names for them: last digits, and what they do."""


def create_customer(books: Books, params: Params) -> dict[str, Any]:
    """Make a customer.

    Parameters
    ----------
    books, params : Books, dict
        The transaction and the parameters.

    Returns
    -------
    dict
        The object.
    """
    clock = forms.text(params, "test_clock")
    now = books.now(clock)
    made = shapes.customer(books.fresh("cus"), now, metadata=merged(None, params.get("metadata")), test_clock=clock)
    made |= {key: forms.text(params, key, most=512) for key in ("email", "name", "description", "phone")}
    made["address"] = _address(params.get("address"))
    books.put(made)
    books.tell("customer.created", made, at=now)
    given = forms.text(params, "payment_method")
    if given:
        card = attach(books, {"customer": made["id"]}, given)
        made["invoice_settings"]["default_payment_method"] = card["id"]
        books.put(made)
    return made


def _address(given: Any) -> dict[str, Any] | None:
    if given is None:
        return None
    keys = ("city", "country", "line1", "line2", "postal_code", "state")
    if not isinstance(given, dict) or given.keys() - set(keys):
        raise ParameterError("address", f"Invalid address: give {', '.join(keys)}.")
    return {key: forms.text(given, key, most=200) for key in keys}


def update_customer(books: Books, params: Params, identity: str) -> dict[str, Any]:
    """Change a customer.

    Parameters
    ----------
    books, params : Books, dict
        The transaction and the parameters.
    identity : str
        Whose.

    Returns
    -------
    dict
        The object.

    Raises
    ------
    ParameterError
        If a parameter is wrong.
    """
    made = books.live("customer", identity)
    for key in ("email", "name", "description", "phone"):
        if key in params:
            made[key] = forms.text(params, key, most=512)
    if "address" in params:
        made["address"] = _address(params["address"])
    made["metadata"] = merged(made["metadata"], params.get("metadata"))
    settings = params.get("invoice_settings")
    if isinstance(settings, dict) and "default_payment_method" in settings:
        card = books.get("payment_method", str(settings["default_payment_method"]), "default_payment_method")
        if card["customer"] != identity:
            raise ParameterError("invoice_settings[default_payment_method]", "The card is not this customer's.")
        made["invoice_settings"]["default_payment_method"] = card["id"]
    books.put(made)
    books.tell("customer.updated", made, at=books.now(made["test_clock"]))
    return made


def delete_customer(books: Books, _params: Params, identity: str) -> dict[str, Any]:
    """Delete a customer; its subscriptions end.

    Parameters
    ----------
    books : Books
        The transaction.
    identity : str
        Whose.

    Returns
    -------
    dict
        What is left.
    """
    from joulebook_hub.stripe_sim.subscriptions import end_now

    made = books.live("customer", identity)
    for subscription in books.all("subscription", customer=identity):
        if subscription["status"] not in {"canceled", "incomplete_expired"}:
            end_now(books, subscription, "cancellation_requested")
    left = {"id": identity, "object": "customer", "deleted": True}
    books.put(left)
    books.tell("customer.deleted", made, at=books.now(made["test_clock"]))
    return left


def new_card(books: Books, name: str, customer: dict[str, Any] | None) -> dict[str, Any]:
    """Make a card of one of the test cards.

    Parameters
    ----------
    books : Books
        The transaction.
    name : str
        One of `TEST_CARDS`.
    customer : dict or None
        Whose it is.

    Returns
    -------
    dict
        A payment method.

    Raises
    ------
    ParameterError
        If there is no such test card, or it is declined at once.
    DeclinedError
        If the card is declined.
    """
    if name not in TEST_CARDS:
        raise ParameterError("payment_method", f"No such PaymentMethod: '{name[:40]}'", "resource_missing")
    if name == "pm_card_chargeDeclined" and customer:
        raise DeclinedError()
    now = books.now(customer["test_clock"] if customer else None)
    last4 = TEST_CARDS[name][0]
    return books.put(
        shapes.payment_method(books.fresh("pm"), now, last4=last4, customer_id=customer["id"] if customer else None)
    )


def attach(books: Books, params: Params, identity: str) -> dict[str, Any]:
    """Give a card to a customer.

    Parameters
    ----------
    books, params : Books, dict
        The transaction and the parameters.
    identity : str
        A payment method, or one of `TEST_CARDS`.

    Returns
    -------
    dict
        The payment method.
    """
    customer = books.live("customer", str(params.get("customer", "")), "customer")
    if identity in TEST_CARDS:
        card = new_card(books, identity, customer)
    else:
        card = books.put({**books.get("payment_method", identity), "customer": customer["id"]})
    books.tell("payment_method.attached", card, at=books.now(customer["test_clock"]))
    return card


def detach(books: Books, _params: Params, identity: str) -> dict[str, Any]:
    """Take a card from its customer.

    Parameters
    ----------
    books : Books
        The transaction.
    identity : str
        The payment method.

    Returns
    -------
    dict
        The payment method.
    """
    card = books.get("payment_method", identity)
    for customer in books.all("customer", customer=card["customer"]):
        if customer["invoice_settings"]["default_payment_method"] == identity:
            customer["invoice_settings"]["default_payment_method"] = None
            books.put(customer)
    books.put({**card, "customer": None})
    books.tell("payment_method.detached", {**card, "customer": None}, at=books.now())
    return {**card, "customer": None}


def card_of(books: Books, subscription: dict[str, Any] | None, customer: dict[str, Any]) -> dict[str, Any] | None:
    """The card that pays.

    Parameters
    ----------
    books : Books
        The transaction.
    subscription : dict or None
        With its own card, perhaps.
    customer : dict
        With a usual one, perhaps.

    Returns
    -------
    dict or None
        A payment method.
    """
    usual = customer["invoice_settings"]["default_payment_method"]
    identity = (subscription or {}).get("default_payment_method") or usual
    return books.get("payment_method", identity) if identity else None


def pays(card: dict[str, Any] | None) -> bool:
    """Tell whether a charge of a card succeeds.

    Parameters
    ----------
    card : dict or None
        The payment method.

    Returns
    -------
    bool
        False without one.
    """
    return card is not None and card["card"]["last4"] == TEST_CARDS["pm_card_visa"][0]
