"""Products, prices and coupons."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from joulebook_hub.stripe_sim import forms, shapes
from joulebook_hub.stripe_sim.books import Books
from joulebook_hub.stripe_sim.faults import ParameterError

__all__ = [
    "create_coupon",
    "create_price",
    "create_product",
    "delete_coupon",
    "merged",
    "update_coupon",
    "update_price",
    "update_product",
]

Params = dict[str, Any]


def merged(old: dict[str, str] | None, given: Any) -> dict[str, str]:
    """Metadata after an update: empty values remove a key, an empty text removes all.

    Parameters
    ----------
    old : dict or None
        As it was.
    given : object
        The parameter.

    Returns
    -------
    dict
        As it is.

    Raises
    ------
    ParameterError
        If it is no set of short texts.
    """
    if given is None:
        return dict(old or {})
    if given == "":
        return {}
    if not isinstance(given, dict) or any(not isinstance(value, str) or len(value) > 500 for value in given.values()):
        raise ParameterError("metadata", "Invalid metadata: keys with texts of at most 500 characters.")
    return {key: value for key, value in ({**(old or {}), **given}).items() if value != ""}


def create_product(books: Books, params: Params) -> dict[str, Any]:
    """Make a product.

    Parameters
    ----------
    books : Books
        The transaction.
    params : dict
        The parameters.

    Returns
    -------
    dict
        The object.

    Raises
    ------
    ParameterError
        If a parameter is wrong.
    """
    name = forms.text(params, "name", most=250)
    if not name:
        raise ParameterError("name", "Missing required param: name.", "parameter_missing")
    identity = forms.text(params, "id", most=80) or books.fresh("prod")
    if books.find(identity):
        raise ParameterError("id", f"Product already exists: {identity}", "resource_already_exists")
    now = books.now()
    made = shapes.product(identity, now, name=name, metadata=merged(None, params.get("metadata")))
    made |= {key: forms.text(params, key) for key in ("description", "tax_code", "unit_label")}
    made["active"] = forms.boolean(params, "active", True)
    books.put(made)
    books.tell("product.created", made, at=now)
    return made


def update_product(books: Books, params: Params, identity: str) -> dict[str, Any]:
    """Change a product.

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
    made = books.live("product", identity)
    now = books.now()
    for key in ("name", "description", "tax_code", "unit_label"):
        if key in params:
            made[key] = forms.text(params, key)
    made["active"] = forms.boolean(params, "active", made["active"])
    made["metadata"] = merged(made["metadata"], params.get("metadata"))
    made["updated"] = now
    books.put(made)
    books.tell("product.updated", made, at=now)
    return made


def _recurring(books: Books, given: Any) -> dict[str, Any] | None:
    if given is None:
        return None
    if not isinstance(given, dict):
        raise ParameterError("recurring", "Invalid object")
    interval = forms.one_of(given, "interval", ("month", "year"), "")
    usage = forms.one_of(given, "usage_type", ("licensed", "metered"), "licensed")
    meter = forms.text(given, "meter")
    if (usage == "metered") != (meter is not None):
        raise ParameterError(
            "recurring[meter]", "Metered prices are backed by a meter, and only these.", "parameter_missing"
        )
    if meter:
        books.get("billing.meter", meter, "recurring[meter]")
    count = forms.integer(given, "interval_count", 1, least=1, most=36)
    return {
        "interval": interval,
        "interval_count": count,
        "meter": meter,
        "trial_period_days": None,
        "usage_type": usage,
    }


def create_price(books: Books, params: Params) -> dict[str, Any]:
    """Make a price.

    Parameters
    ----------
    books, params : Books, dict
        The transaction and the parameters.

    Returns
    -------
    dict
        The object.

    Raises
    ------
    ParameterError
        If a parameter is wrong, or the lookup key is taken and is not to be transferred.
    """
    product = books.live("product", str(params.get("product", "")), "product")
    currency = forms.one_of(params, "currency", ("usd",), "")
    whole, fine = forms.integer(params, "unit_amount"), forms.decimal_text(params, "unit_amount_decimal")
    if (whole is None) == (fine is None):
        raise ParameterError("unit_amount", "Give one of unit_amount and unit_amount_decimal.", "parameter_missing")
    key = forms.text(params, "lookup_key", most=200)
    taken = books.all("price", lookup_key=key) if key else []
    if taken and not forms.boolean(params, "transfer_lookup_key"):
        message = f"A price (`{taken[0]['id']}`) already uses that lookup key."
        raise ParameterError("lookup_key", message, "resource_already_exists")
    for other in taken:
        books.put({**other, "lookup_key": None})
    now = books.now()
    made = shapes.price(
        books.fresh("price"),
        now,
        product=product["id"],
        currency=currency,
        unit_amount_decimal=str(whole) if fine is None else format(Decimal(fine).normalize(), "f"),
        lookup_key=key,
        recurring=_recurring(books, params.get("recurring")),
        nickname=forms.text(params, "nickname"),
        metadata=merged(None, params.get("metadata")),
        tax_behavior=forms.one_of(params, "tax_behavior", ("exclusive", "inclusive", "unspecified"), "unspecified"),
    )
    books.put(made)
    books.tell("price.created", made, at=now)
    return made


def update_price(books: Books, params: Params, identity: str) -> dict[str, Any]:
    """Change what can be changed of a price: whether it is offered, its words, its lookup key.

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
    made = books.get("price", identity)
    made["active"] = forms.boolean(params, "active", made["active"])
    made["metadata"] = merged(made["metadata"], params.get("metadata"))
    for key in ("nickname", "lookup_key"):
        if key in params:
            made[key] = forms.text(params, key)
    books.put(made)
    books.tell("price.updated", made, at=books.now())
    return made


def create_coupon(books: Books, params: Params) -> dict[str, Any]:
    """Make a coupon.

    Parameters
    ----------
    books, params : Books, dict
        The transaction and the parameters.

    Returns
    -------
    dict
        The object.

    Raises
    ------
    ParameterError
        If a parameter is wrong.
    """
    identity = forms.text(params, "id", most=80) or books.fresh("co")[3:11].upper()
    if books.find(identity):
        raise ParameterError("id", f"Coupon already exists: {identity}", "resource_already_exists")
    percent, amount = forms.decimal_text(params, "percent_off"), forms.integer(params, "amount_off", least=1)
    if (percent is None) == (amount is None) or (percent is not None and not 0 < Decimal(percent) <= 100):
        raise ParameterError("percent_off", "Give one of percent_off (above 0, at most 100) and amount_off.")
    duration = forms.one_of(params, "duration", ("forever", "once", "repeating"), "once")
    months = forms.integer(params, "duration_in_months", least=1, most=120)
    if (duration == "repeating") != (months is not None):
        raise ParameterError("duration_in_months", "duration_in_months goes with duration repeating.")
    now = books.now()
    made = {
        "id": identity,
        "object": "coupon",
        "amount_off": amount,
        "created": now,
        "duration": duration,
        "currency": "usd" if amount else None,
        "duration_in_months": months,
        "livemode": False,
        "max_redemptions": forms.integer(params, "max_redemptions", least=1),
        "redeem_by": None,
        "metadata": merged(None, params.get("metadata")),
        "name": forms.text(params, "name", most=40),
        "percent_off": None if percent is None else float(percent),
        "times_redeemed": 0,
        "valid": True,
    }
    books.put(made)
    books.tell("coupon.created", made, at=now)
    return made


def update_coupon(books: Books, params: Params, identity: str) -> dict[str, Any]:
    """Change a coupon's words.

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
    made = books.live("coupon", identity)
    made["metadata"] = merged(made["metadata"], params.get("metadata"))
    if "name" in params:
        made["name"] = forms.text(params, "name", most=40)
    books.put(made)
    books.tell("coupon.updated", made, at=books.now())
    return made


def delete_coupon(books: Books, _params: Params, identity: str) -> dict[str, Any]:
    """Delete a coupon; discounts that came from it stay.

    Parameters
    ----------
    books : Books
        The transaction.
    identity : str
        Which.

    Returns
    -------
    dict
        What is left of it.
    """
    made = books.live("coupon", identity)
    books.remove(identity)
    books.tell("coupon.deleted", {**made, "valid": False}, at=books.now())
    return {"id": identity, "object": "coupon", "deleted": True}
