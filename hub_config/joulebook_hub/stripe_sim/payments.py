"""Charges of cards for invoices, and refunds."""

from __future__ import annotations

from typing import Any

from joulebook_hub.stripe_sim import forms
from joulebook_hub.stripe_sim.books import Books
from joulebook_hub.stripe_sim.catalogue import merged
from joulebook_hub.stripe_sim.customers import pays
from joulebook_hub.stripe_sim.faults import ParameterError, RequestError

__all__ = ["charge_for", "create_refund", "intent_for"]

Params = dict[str, Any]


def intent_for(books: Books, invoice: dict[str, Any], at: int) -> dict[str, Any]:
    """The payment intent of an invoice, made when there is none yet.

    Parameters
    ----------
    books : Books
        The transaction.
    invoice : dict
        An open invoice.
    at : int
        Now, in the customer's time.

    Returns
    -------
    dict
        The payment intent.
    """
    for link in books.all("invoice_payment", invoice=invoice["id"]):
        return books.get("payment_intent", link["payment"]["payment_intent"])
    identity = books.fresh("pi")
    none = (
        "application", "application_fee_amount", "automatic_payment_methods", "canceled_at", "cancellation_reason",
        "last_payment_error", "latest_charge", "next_action", "on_behalf_of", "payment_method", "processing",
        "payment_method_configuration_details", "receipt_email", "review", "setup_future_usage", "shipping", "source",
        "statement_descriptor", "statement_descriptor_suffix", "transfer_data", "transfer_group",
    )  # fmt: skip
    intent = {
        "id": identity,
        "object": "payment_intent",
        **dict.fromkeys(none),
        "amount": invoice["amount_due"],
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": 0,
        "capture_method": "automatic",
        "client_secret": f"{identity}_secret_sim",
        "created": at,
        "confirmation_method": "automatic",
        "currency": "usd",
        "customer": invoice["customer"],
        "livemode": False,
        "description": "Subscription",
        "metadata": {},
        "payment_method_options": {},
        "payment_method_types": ["card"],
        "status": "requires_payment_method",
    }
    books.put(intent)
    link = {
        "id": books.fresh("inpay"),
        "object": "invoice_payment",
        "amount_paid": None,
        "amount_requested": invoice["amount_due"],
        "created": at,
        "currency": "usd",
        "invoice": invoice["id"],
        "is_default": True,
        "livemode": False,
        "status": "open",
        "payment": {"payment_intent": identity, "type": "payment_intent"},
        "status_transitions": {"canceled_at": None, "paid_at": None},
    }
    books.put(link)
    books.tell("payment_intent.created", intent, at=at)
    return intent


def charge_for(books: Books, invoice: dict[str, Any], card: dict[str, Any] | None, at: int) -> bool:
    """Charge a card for an invoice.

    Parameters
    ----------
    books : Books
        The transaction.
    invoice : dict
        An open invoice with something due.
    card : dict or None
        The payment method.
    at : int
        Now, in the customer's time.

    Returns
    -------
    bool
        True if it paid.
    """
    intent = intent_for(books, invoice, at)
    paid = pays(card)
    if card is not None:
        charge = _charge(books, invoice, intent, card, at, paid)
        intent["latest_charge"], intent["payment_method"] = charge["id"], card["id"]
        books.put(charge)
        books.tell("charge.succeeded" if paid else "charge.failed", charge, at=at)
    if paid:
        intent |= {"status": "succeeded", "amount_received": intent["amount"], "last_payment_error": None}
        for link in books.all("invoice_payment", invoice=invoice["id"]):
            link["status_transitions"]["paid_at"] = at
            books.put({**link, "status": "paid", "amount_paid": invoice["amount_due"]})
    else:
        code = {"code": "card_declined", "decline_code": "generic_decline", "message": "Your card was declined."}
        none = {"code": "missing", "message": "There is no card to charge."}
        intent["last_payment_error"] = {"type": "card_error", **(code if card else none)}
        intent["status"] = "requires_payment_method"
    books.put(intent)
    books.tell(f"payment_intent.{'succeeded' if paid else 'payment_failed'}", intent, at=at)
    return paid


def _charge(
    books: Books, invoice: dict[str, Any], intent: dict[str, Any], card: dict[str, Any], at: int, paid: bool
) -> dict[str, Any]:
    amount = invoice["amount_due"]
    none = (
        "application", "application_fee", "application_fee_amount", "balance_transaction", "description",
        "failure_balance_transaction", "on_behalf_of", "receipt_email", "receipt_number", "receipt_url", "review",
        "shipping", "source_transfer", "statement_descriptor", "statement_descriptor_suffix", "transfer_data",
        "transfer_group",
    )  # fmt: skip
    outcome = {"network_status": "approved_by_network", "risk_level": "normal", "type": "authorized"}
    refused = {"network_status": "declined_by_network", "reason": "generic_decline", "type": "issuer_declined"}
    return {
        "id": books.fresh("ch"),
        "object": "charge",
        **dict.fromkeys(none),
        "amount": amount,
        "amount_captured": amount if paid else 0,
        "amount_refunded": 0,
        "captured": paid,
        "created": at,
        "billing_details": card["billing_details"],
        "currency": "usd",
        "customer": invoice["customer"],
        "disputed": False,
        "failure_code": None if paid else "card_declined",
        "fraud_details": {},
        "failure_message": None if paid else "Your card was declined.",
        "livemode": False,
        "metadata": {},
        "outcome": outcome if paid else refused,
        "paid": paid,
        "payment_intent": intent["id"],
        "payment_method": card["id"],
        "refunded": False,
        "status": "succeeded" if paid else "failed",
    }


def create_refund(books: Books, params: Params) -> dict[str, Any]:
    """Give money back.

    Parameters
    ----------
    books, params : Books, dict
        The transaction and the parameters.

    Returns
    -------
    dict
        The refund.

    Raises
    ------
    RequestError
        If nothing was paid, or more is asked for than is left.
    ParameterError
        If a parameter is wrong.
    """
    if "payment_intent" in params:
        intent = books.get("payment_intent", str(params["payment_intent"]), "payment_intent")
        identity = intent["latest_charge"] or ""
    else:
        identity = str(params.get("charge", ""))
    charge = books.get("charge", identity, "charge")
    left = charge["amount_captured"] - charge["amount_refunded"]
    if left <= 0:
        raise RequestError(f"Charge {identity} has already been refunded.", code="charge_already_refunded")
    amount = forms.integer(params, "amount", left, least=1) or left
    if amount > left:
        raise ParameterError(
            "amount", f"Refund amount is greater than unrefunded amount on charge ({left})", "amount_too_large"
        )
    customer = books.find(charge["customer"]) or {}
    at = books.now(customer.get("test_clock"))
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount_captured"]
    books.put(charge)
    reasons = ("duplicate", "fraudulent", "requested_by_customer")
    refund = {
        "id": books.fresh("re"),
        "object": "refund",
        "amount": amount,
        "balance_transaction": None,
        "charge": charge["id"],
        "created": at,
        "currency": "usd",
        "payment_intent": charge["payment_intent"],
        "metadata": merged(None, params.get("metadata")),
        "receipt_number": None,
        "status": "succeeded",
        "reason": forms.one_of(params, "reason", reasons, "requested_by_customer") if "reason" in params else None,
        "source_transfer_reversal": None,
        "transfer_reversal": None,
    }
    books.put(refund)
    books.tell("refund.created", refund, at=at)
    books.tell("charge.refunded", charge, at=at)
    return refund
