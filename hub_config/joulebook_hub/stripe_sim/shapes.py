"""Whole objects as Stripe sends them: every key that stripe-python's classes always have, and those that we use."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

__all__ = [
    "checkout_session",
    "customer",
    "invoice",
    "line",
    "listed",
    "payment_method",
    "plan_of",
    "price",
    "product",
    "schedule",
    "subscription",
    "subscription_item",
]

_SELF = {"type": "self"}


def listed(data: list[Any], url: str, *, more: bool = False) -> dict[str, Any]:
    """A list object.

    Parameters
    ----------
    data : list
        Its page.
    url : str
        Where the list is.
    more : bool
        True if there are further pages.

    Returns
    -------
    dict
        The object.
    """
    return {"object": "list", "data": data, "has_more": more, "url": url}


def customer(identity: str, at: int, **given: Any) -> dict[str, Any]:
    """A customer.

    Parameters
    ----------
    identity : str
        Its identity.
    at : int
        When it was made.
    **given : object
        Values in place of the usual ones.

    Returns
    -------
    dict
        The object.
    """
    return {
        "id": identity,
        "object": "customer",
        "address": None,
        "balance": 0,
        "created": at,
        "currency": None,
        "default_source": None,
        "delinquent": False,
        "description": None,
        "email": None,
        "livemode": False,
        "invoice_prefix": identity[-8:].upper(),
        "metadata": {},
        "name": None,
        "phone": None,
        "shipping": None,
        "next_invoice_sequence": 1,
        "preferred_locales": [],
        "tax_exempt": "none",
        "test_clock": None,
        "invoice_settings": {"custom_fields": None, "default_payment_method": None, "footer": None},
        **given,
    }


def product(identity: str, at: int, **given: Any) -> dict[str, Any]:
    """A product; see `customer`.

    Parameters
    ----------
    identity : str
        Its identity.
    at : int
        When it was made.
    **given : object
        Values in place of the usual ones.

    Returns
    -------
    dict
        The object.
    """
    return {
        "id": identity,
        "object": "product",
        "active": True,
        "created": at,
        "default_price": None,
        "description": None,
        "images": [],
        "livemode": False,
        "marketing_features": [],
        "metadata": {},
        "package_dimensions": None,
        "shippable": None,
        "statement_descriptor": None,
        "tax_code": None,
        "type": "service",
        "unit_label": None,
        "updated": at,
        "url": None,
        **given,
    }


def price(identity: str, at: int, **given: Any) -> dict[str, Any]:
    """A price; see `customer`.

    Parameters
    ----------
    identity : str
        Its identity.
    at : int
        When it was made.
    **given : object
        Values in place of the usual ones; ``unit_amount_decimal`` as text.

    Returns
    -------
    dict
        The object.
    """
    made = {
        "id": identity,
        "object": "price",
        "active": True,
        "billing_scheme": "per_unit",
        "created": at,
        "custom_unit_amount": None,
        "livemode": False,
        "lookup_key": None,
        "metadata": {},
        "nickname": None,
        "recurring": None,
        "tax_behavior": "unspecified",
        "tiers_mode": None,
        "transform_quantity": None,
        **given,
    }
    amount = Decimal(made["unit_amount_decimal"])
    made["unit_amount"] = int(amount) if amount == amount.to_integral_value() else None
    made["type"] = "recurring" if made["recurring"] else "one_time"
    return made


def plan_of(one: dict[str, Any]) -> dict[str, Any]:
    """The older view of a recurring price, which subscription items still carry.

    Parameters
    ----------
    one : dict
        The price.

    Returns
    -------
    dict
        A plan object.
    """
    recurring = one["recurring"]
    same = ("id", "active", "billing_scheme", "created", "currency", "livemode", "metadata", "nickname", "product")
    return {
        **{key: one[key] for key in same},
        "object": "plan",
        "amount": one["unit_amount"],
        "amount_decimal": one["unit_amount_decimal"],
        **{key: recurring[key] for key in ("interval", "interval_count", "meter", "usage_type")},
        "tiers_mode": None,
        "transform_usage": None,
        "trial_period_days": None,
    }


def payment_method(identity: str, at: int, *, last4: str, customer_id: str | None) -> dict[str, Any]:
    """A card.

    Parameters
    ----------
    identity : str
        Its identity.
    at : int
        When it was made.
    last4 : str
        Last digits of the test card's number.
    customer_id : str or None
        Whose it is.

    Returns
    -------
    dict
        The object.
    """
    card = {
        "brand": "visa",
        "country": "US",
        "display_brand": "visa",
        "exp_month": 12,
        "exp_year": 2034,
        "fingerprint": f"sim{last4}",
        "funding": "credit",
        "generated_from": None,
        "last4": last4,
        "wallet": None,
        "checks": {"address_line1_check": None, "address_postal_code_check": None, "cvc_check": "pass"},
        "networks": {"available": ["visa"], "preferred": None},
        "three_d_secure_usage": {"supported": True},
        "regulated_status": "unregulated",
    }
    return {
        "id": identity,
        "object": "payment_method",
        "allow_redisplay": "unspecified",
        "card": card,
        "created": at,
        "customer": customer_id,
        "livemode": False,
        "metadata": {},
        "type": "card",
        "billing_details": {"address": None, "email": None, "name": None, "phone": None, "tax_id": None},
    }


def subscription_item(
    identity: str, at: int, *, subscription_id: str, of: dict[str, Any], quantity: int | None, period: tuple[int, int]
) -> dict[str, Any]:
    """An item of a subscription.

    Parameters
    ----------
    identity : str
        Its identity.
    at : int
        When it was made.
    subscription_id : str
        What it belongs to.
    of : dict
        Its price.
    quantity : int or None
        How many; None for a metered price.
    period : tuple of int
        The present period.

    Returns
    -------
    dict
        The object.
    """
    made: dict[str, Any] = {
        "id": identity,
        "object": "subscription_item",
        "billing_thresholds": None,
        "created": at,
        "discounts": [],
        "current_period_start": period[0],
        "current_period_end": period[1],
        "metadata": {},
        "plan": plan_of(of),
        "price": of,
        "subscription": subscription_id,
        "tax_rates": [],
    }
    return made if quantity is None else {**made, "quantity": quantity}


def subscription(identity: str, at: int, **given: Any) -> dict[str, Any]:
    """A subscription; see `customer`.

    Parameters
    ----------
    identity : str
        Its identity.
    at : int
        When it was made.
    **given : object
        Values in place of the usual ones.

    Returns
    -------
    dict
        The object.
    """
    none = (
        "application", "application_fee_percent", "billing_cycle_anchor_config", "billing_thresholds", "cancel_at",
        "canceled_at", "days_until_due", "default_source", "description", "ended_at", "latest_invoice",
        "next_pending_invoice_item_invoice", "on_behalf_of", "pause_collection", "pending_invoice_item_interval",
        "pending_setup_intent", "pending_update", "schedule", "test_clock", "transfer_data", "trial_end",
        "trial_start", "default_payment_method",
    )  # fmt: skip
    return {
        "id": identity,
        "object": "subscription",
        **dict.fromkeys(none),
        "automatic_tax": {"disabled_reason": None, "enabled": False, "liability": None},
        "billing_cycle_anchor": at,
        "billing_mode": {"flexible": None, "type": "classic"},
        "billing_schedules": [],
        "created": at,
        "cancel_at_period_end": False,
        "collection_method": "charge_automatically",
        "default_tax_rates": [],
        "cancellation_details": {"comment": None, "feedback": None, "reason": None},
        "invoice_settings": {"account_tax_ids": None, "issuer": _SELF},
        "payment_settings": {
            "payment_method_options": None,
            "payment_method_types": None,
            "save_default_payment_method": "off",
        },
        "trial_settings": {"end_behavior": {"missing_payment_method": "create_invoice"}},
        "currency": "usd",
        "discounts": [],
        "livemode": False,
        "metadata": {},
        "start_date": at,
        **given,
    }


def line(identity: str, **given: Any) -> dict[str, Any]:
    """A line of an invoice; see `customer`.

    Parameters
    ----------
    identity : str
        Its identity.
    **given : object
        ``amount`` and the like.

    Returns
    -------
    dict
        The object.
    """
    made = {
        "id": identity,
        "object": "line_item",
        "currency": "usd",
        "description": None,
        "discount_amounts": [],
        "discountable": True,
        "discounts": [],
        "livemode": False,
        "metadata": {},
        "pretax_credit_amounts": [],
        "quantity": 1,
        "taxes": [],
        **given,
    }
    return {**made, "subtotal": made["amount"]}


def invoice(identity: str, at: int, **given: Any) -> dict[str, Any]:
    """An invoice; see `customer`.

    Parameters
    ----------
    identity : str
        Its identity.
    at : int
        When it was made.
    **given : object
        Values in place of the usual ones.

    Returns
    -------
    dict
        The object.
    """
    none = (
        "account_country", "account_name", "account_tax_ids", "application", "automatically_finalizes_at",
        "custom_fields", "customer_address", "customer_email", "customer_name", "customer_phone", "customer_shipping",
        "default_payment_method", "default_source", "description", "due_date", "effective_at", "ending_balance",
        "footer", "from_invoice", "hosted_invoice_url", "invoice_pdf", "last_finalization_error", "latest_revision",
        "next_payment_attempt", "number", "on_behalf_of", "receipt_number", "rendering", "shipping_cost",
        "shipping_details", "statement_descriptor", "test_clock", "webhooks_delivered_at",
    )  # fmt: skip
    return {
        "id": identity,
        "object": "invoice",
        **dict.fromkeys(none),
        "amount_overpaid": 0,
        "amount_paid": 0,
        "amount_shipping": 0,
        "attempt_count": 0,
        "attempted": False,
        "auto_advance": True,
        "collection_method": "charge_automatically",
        "created": at,
        "currency": "usd",
        "automatic_tax": {
            "disabled_reason": None,
            "enabled": False,
            "liability": None,
            "provider": None,
            "status": None,
        },
        "customer_tax_exempt": "none",
        "customer_tax_ids": [],
        "default_tax_rates": [],
        "discounts": [],
        "issuer": _SELF,
        "livemode": False,
        "metadata": {},
        "post_payment_credit_notes_amount": 0,
        "payment_settings": {"default_mandate": None, "payment_method_options": None, "payment_method_types": None},
        "pre_payment_credit_notes_amount": 0,
        "starting_balance": 0,
        "status": "draft",
        "status_transitions": {
            "finalized_at": None,
            "marked_uncollectible_at": None,
            "paid_at": None,
            "voided_at": None,
        },
        "total_discount_amounts": [],
        "total_pretax_credit_amounts": [],
        "total_taxes": [],
        **given,
    }


def checkout_session(identity: str, at: int, **given: Any) -> dict[str, Any]:
    """A Checkout session; see `customer`.

    Parameters
    ----------
    identity : str
        Its identity.
    at : int
        When it was made.
    **given : object
        Values in place of the usual ones.

    Returns
    -------
    dict
        The object.
    """
    none = (
        "after_expiration", "allow_promotion_codes", "billing_address_collection", "client_reference_id",
        "client_secret", "collected_information", "consent", "consent_collection", "currency_conversion",
        "customer_creation", "customer_details", "customer_email", "invoice", "invoice_creation", "locale",
        "payment_intent", "payment_link", "payment_method_configuration_details", "permissions", "recovered_from",
        "saved_payment_method_options", "setup_intent", "shipping_address_collection", "shipping_cost",
        "submit_type", "subscription", "cancel_url",
    )  # fmt: skip
    return {
        "id": identity,
        "object": "checkout.session",
        **dict.fromkeys(none),
        "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
        "created": at,
        "currency": "usd",
        "custom_fields": [],
        "discounts": [],
        "expires_at": at + 86400,
        "custom_text": {
            "after_submit": None,
            "shipping_address": None,
            "submit": None,
            "terms_of_service_acceptance": None,
        },
        "livemode": False,
        "metadata": {},
        "mode": "subscription",
        "payment_method_collection": "always",
        "payment_method_options": {},
        "payment_method_types": ["card"],
        "payment_status": "unpaid",
        "phone_number_collection": {"enabled": False},
        "shipping_options": [],
        "status": "open",
        "tax_id_collection": {"enabled": False, "required": "never"},
        "ui_mode": "hosted_page",
        **given,
    }


def schedule(identity: str, at: int, **given: Any) -> dict[str, Any]:
    """A subscription schedule; see `customer`.

    Parameters
    ----------
    identity : str
        Its identity.
    at : int
        When it was made.
    **given : object
        Values in place of the usual ones.

    Returns
    -------
    dict
        The object.
    """
    return {
        "id": identity,
        "object": "subscription_schedule",
        "application": None,
        "canceled_at": None,
        "billing_mode": {"flexible": None, "type": "classic"},
        "completed_at": None,
        "created": at,
        "default_settings": {
            "application_fee_percent": None,
            "billing_cycle_anchor": "automatic",
            "billing_thresholds": None,
            "collection_method": "charge_automatically",
            "default_payment_method": None,
            "description": None,
            "invoice_settings": {"account_tax_ids": None, "days_until_due": None, "issuer": _SELF},
            "on_behalf_of": None,
            "transfer_data": None,
        },
        "end_behavior": "release",
        "livemode": False,
        "metadata": {},
        "pause_schedules": [],
        "released_at": None,
        "released_subscription": None,
        "status": "active",
        "test_clock": None,
        **given,
    }
