"""Checkout sessions: what is to be subscribed, and what follows when the page is filled in."""

from __future__ import annotations

from typing import Any

from joulebook_hub.stripe_sim import forms, money, shapes
from joulebook_hub.stripe_sim.books import Books
from joulebook_hub.stripe_sim.catalogue import merged
from joulebook_hub.stripe_sim.customers import new_card
from joulebook_hub.stripe_sim.faults import ParameterError, RequestError
from joulebook_hub.stripe_sim.subscriptions import start

__all__ = ["complete", "create_session", "due_now", "expire_session", "wanted"]

Params = dict[str, Any]
_MOST_URL = 2000


def create_session(books: Books, params: Params, *, base: str) -> dict[str, Any]:
    """Make a session that subscribes an existing customer.

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
        If a parameter is wrong.
    """
    forms.one_of(params, "mode", ("subscription",), "")
    customer = books.live("customer", str(params.get("customer", "")), "customer")
    success = forms.text(params, "success_url", most=_MOST_URL)
    if not success:
        raise ParameterError("success_url", "Missing required param: success_url.", "parameter_missing")
    items = [{key: one[key] for key in ("price", "quantity") if key in one} for one in params.get("line_items") or []]
    if not items:
        raise ParameterError("line_items", "Missing required param: line_items.", "parameter_missing")
    total = 0
    for item in items:
        price = books.get("price", str(item.get("price", "")), "line_items[0][price]")
        if not price["active"] or price["recurring"] is None:
            raise ParameterError(
                "line_items[0][price]", f"The price `{price['id']}` cannot be subscribed to.", "price_inactive"
            )
        if price["recurring"]["usage_type"] == "licensed":
            total += money.units_amount(price, forms.integer(item, "quantity", 1, least=1) or 1)
    for one in params.get("discounts") or []:
        books.live("coupon", str(one.get("coupon", "")), "discounts[0][coupon]")
    data = dict(params.get("subscription_data") or {})
    days = forms.integer(data, "trial_period_days", least=1, most=730)
    identity = books.fresh("cs_test")
    now = books.now()
    made = shapes.checkout_session(
        identity,
        now,
        customer=customer["id"],
        success_url=success,
        cancel_url=forms.text(params, "cancel_url", most=_MOST_URL),
        client_reference_id=forms.text(params, "client_reference_id", most=200),
        metadata=merged(None, params.get("metadata")),
        url=f"{base}/pay/{identity}",
        amount_subtotal=0 if days else total,
    )
    made["automatic_tax"]["enabled"] = forms.boolean(dict(params.get("automatic_tax") or {}), "enabled")
    wish = {
        "id": f"wish_{identity}",
        "object": "simulator.wish",
        "items": items,
        "trial_days": days,
        "discounts": params.get("discounts"),
        "metadata": data.get("metadata"),
        "customer": customer["id"],
    }
    books.put(wish)
    due, off, tax = due_now(books, made)
    made["amount_total"] = due
    made["total_details"] = {"amount_discount": off, "amount_shipping": 0, "amount_tax": tax}
    return books.put(made)


def wanted(books: Books, session: dict[str, Any]) -> dict[str, Any]:
    """What a session is to subscribe.

    Parameters
    ----------
    books : Books
        The transaction.
    session : dict
        The session.

    Returns
    -------
    dict
        ``items``, ``trial_days``, ``discounts``, ``metadata``.
    """
    return books.get("simulator.wish", f"wish_{session['id']}")


def due_now(books: Books, session: dict[str, Any]) -> tuple[int, int, int]:
    """What is charged at once.

    Parameters
    ----------
    books : Books
        The transaction.
    session : dict
        The session.

    Returns
    -------
    tuple of int
        The charge, the discount in it and the tax in it, cents.
    """
    subtotal, off = int(session["amount_subtotal"]), 0
    for one in wanted(books, session)["discounts"] or []:
        coupon = books.find(one["coupon"])
        off += money.discount_of(subtotal - off, coupon) if coupon else 0
    tax = money.tax_of(subtotal - off) if session["automatic_tax"]["enabled"] else 0
    return subtotal - off + tax, off, tax


def expire_session(books: Books, _params: Params, identity: str) -> dict[str, Any]:
    """Close an open session.

    Parameters
    ----------
    books : Books
        The transaction.
    identity : str
        Which.

    Returns
    -------
    dict
        The object.

    Raises
    ------
    RequestError
        If it is not open.
    """
    made = books.get("checkout.session", identity)
    if made["status"] != "open":
        raise RequestError(f'Only sessions with a status in ["open"] can be expired; this one is {made["status"]}.')
    made |= {"status": "expired", "url": None}
    books.put(made)
    books.tell("checkout.session.expired", made, at=books.now())
    return made


def complete(books: Books, identity: str, card_name: str) -> dict[str, Any]:
    """Pay and subscribe, as the page does.

    Parameters
    ----------
    books : Books
        The transaction.
    identity : str
        The session.
    card_name : str
        One of `customers.TEST_CARDS`.

    Returns
    -------
    dict
        The session.

    Raises
    ------
    RequestError
        If the session is not open, or the card does not pay.
    """
    session = books.get("checkout.session", identity)
    if session["status"] != "open" or session["expires_at"] <= books.now():
        raise RequestError("This page has been used or has expired.", code="session_not_open")
    customer = books.live("customer", session["customer"])
    wish = wanted(books, session)
    card = new_card(books, card_name, customer)
    at = books.now(customer["test_clock"])
    subscription = start(
        books,
        customer,
        wish["items"],
        trial_end=at + wish["trial_days"] * 86400 if wish["trial_days"] else None,
        card=card["id"],
        discounts=wish["discounts"],
        metadata=wish["metadata"],
        taxed=session["automatic_tax"]["enabled"],
        behaviour="error_if_incomplete",
    )
    session |= {"status": "complete", "subscription": subscription["id"], "invoice": subscription["latest_invoice"]}
    session |= {"payment_status": "paid" if session["amount_total"] else "no_payment_required", "url": None}
    books.put(session)
    books.tell("checkout.session.completed", session, at=at)
    return session
