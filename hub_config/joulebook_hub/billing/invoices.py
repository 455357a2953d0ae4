"""Cards, invoices and money given back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from joulebook_hub.billing import records
from joulebook_hub.billing.desk import Desk
from joulebook_hub.billing.talk import talking
from joulebook_hub.errors import HubError

__all__ = ["Invoice", "invoices", "portal", "refund"]

_MOST_INVOICES = 24


@dataclass(frozen=True)
class Invoice:
    """An invoice, as it is shown.

    Parameters
    ----------
    identity, number, status : str
        Stripe's.
    made : int
        When, s since 1970.
    total, paid, given_back : int
        Cents.
    page, intent : str
        Address of its page at Stripe, and what paid it; empty without one.
    """

    identity: str
    number: str
    status: str
    made: int
    total: int
    paid: int
    given_back: int = 0
    page: str = ""
    intent: str = ""


def portal(desk: Desk, subject: str, back: str) -> str:
    """Open the page for cards and invoices.

    Parameters
    ----------
    desk : Desk
        The subscriptions.
    subject : str
        Whose.
    back : str
        Where it leads back to.

    Returns
    -------
    str
        Its address.

    Raises
    ------
    HubError
        If nothing was ever bought.
    """
    with desk.store.read() as transaction:
        known = records.customer_of(transaction, subject)
    if known is None:
        raise HubError("There are no invoices yet: nothing was bought.", reason="no_customer")
    fields = {"customer": known.customer, "configuration": desk.catalogue().portal, "return_url": back}
    with talking():
        return str(desk.v1.billing_portal.sessions.create(fields).url)


def invoices(desk: Desk, subject: str) -> list[Invoice]:
    """Invoices of a subject, the newest first.

    Parameters
    ----------
    desk : Desk
        The subscriptions.
    subject : str
        Whose.

    Returns
    -------
    list of Invoice
        At most 24.
    """
    with desk.store.read() as transaction:
        known = records.customer_of(transaction, subject)
    if known is None:
        return []
    with talking():
        page = desk.v1.invoices.list({"customer": known.customer, "limit": _MOST_INVOICES, "expand": ["data.payments"]})
        charges = {
            charge.payment_intent: int(charge.amount_refunded)
            for charge in desk.v1.charges.list({"customer": known.customer, "limit": 100}).data
            if charge.amount_refunded
        }
    return [_invoice(one.to_dict(), charges) for one in page.data]


def refund(desk: Desk, invoice: str, amount: int, *, reason: str, actor: str) -> str:
    """Give money back for an invoice; what was used stays used.

    Parameters
    ----------
    desk : Desk
        The subscriptions.
    invoice : str
        Stripe's identity.
    amount : int
        Cents.
    reason : str
        Why.
    actor : str
        Which administrator.

    Returns
    -------
    str
        What was done, in words.

    Raises
    ------
    HubError
        If it is not paid by this hub's people, or less is left of it.
    """
    with talking():
        body = desk.v1.invoices.retrieve(invoice, {"expand": ["payments"]}).to_dict()
    found = _invoice(body, {})
    with desk.store.read() as transaction:
        subject = records.subject_of(transaction, str(body["customer"]))
    if not subject or not found.intent or found.status != "paid":
        raise HubError("Only a paid invoice of this hub can be given back.", reason="not_paid")
    with talking():
        intent = desk.v1.payment_intents.retrieve(found.intent, {"expand": ["latest_charge"]}).to_dict()
        left = int(intent["latest_charge"]["amount_captured"]) - int(intent["latest_charge"]["amount_refunded"])
        if not 1 <= amount <= left:
            raise HubError(f"At most {left / 100:.2f} dollars are left of this invoice.", reason="bad_amount")
        key = f"joulebook-refund-{found.intent}-{left}-{amount}"
        fields = {"payment_intent": found.intent, "amount": amount, "reason": "requested_by_customer"}
        desk.v1.refunds.create({**fields, "metadata": {"actor": actor}}, {"idempotency_key": key})
    with desk.store.begin() as transaction:
        action = f"refund {amount / 100:.2f} of {found.number or found.identity}"
        transaction.note(actor=actor, action=action, subject=subject, reason=reason)
    return f"{amount / 100:.2f} dollars of {found.number} are given back."


def _invoice(body: Mapping[str, Any], given_back: Mapping[str, int]) -> Invoice:
    links = (body.get("payments") or {"data": []})["data"]
    intent = next(
        (str(link["payment"]["payment_intent"]) for link in links if link["payment"].get("payment_intent")), ""
    )
    return Invoice(
        identity=str(body["id"]),
        number=str(body["number"] or ""),
        status=str(body["status"]),
        made=int(body["created"]),
        total=int(body["total"]),
        paid=int(body["amount_paid"]),
        given_back=int(given_back.get(intent, 0)),
        page=str(body.get("hosted_invoice_url") or ""),
        intent=intent,
    )
