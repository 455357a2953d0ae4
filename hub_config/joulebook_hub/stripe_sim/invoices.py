"""Invoices: lines, discounts, tax, credit, payment and what follows a payment that fails."""

from __future__ import annotations

from typing import Any

from joulebook_hub.stripe_sim import money, shapes
from joulebook_hub.stripe_sim.books import Books
from joulebook_hub.stripe_sim.customers import card_of
from joulebook_hub.stripe_sim.faults import DeclinedError, RequestError
from joulebook_hub.stripe_sim.payments import charge_for

__all__ = ["RETRY_AFTER", "collect", "line_for", "make", "pay_invoice", "void_invoice"]

Params = dict[str, Any]
RETRY_AFTER = (86400, 3 * 86400, 5 * 86400, 7 * 86400)
"""When a failed payment is tried again, s after the first failure; the last of these also ends the subscription."""


def line_for(
    books: Books, item: dict[str, Any], amount: int, period: tuple[int, int], *, what: str, proration: bool = False
) -> dict[str, Any]:
    """A line for an item of a subscription.

    Parameters
    ----------
    books : Books
        The transaction.
    item : dict
        The subscription item.
    amount : int
        Cents.
    period : tuple of int
        What is paid for.
    what : str
        The line's words.
    proration : bool
        True for a part of a period.

    Returns
    -------
    dict
        The line.
    """
    price = item["price"]
    details = {
        "invoice_item": None,
        "proration": proration,
        "proration_details": {"credited_items": None},
        "subscription": item["subscription"],
        "subscription_item": item["id"],
    }
    return shapes.line(
        books.fresh("il"),
        amount=amount,
        description=what,
        period={"start": period[0], "end": period[1]},
        parent={"type": "subscription_item_details", "subscription_item_details": details},
        pricing={
            "type": "price_details",
            "unit_amount_decimal": price["unit_amount_decimal"],
            "price_details": {"price": price["id"], "product": price["product"]},
        },
        quantity=item.get("quantity", 1),
        discountable=amount > 0,
        subscription=item["subscription"],
    )


def _discounted(books: Books, subscription: dict[str, Any], lines: list[dict[str, Any]], at: int) -> dict[str, int]:
    """Take the subscription's discounts from the lines; gives cents by discount, and lets used ones end."""
    totals: dict[str, int] = {}
    for identity in list(subscription["discounts"]):
        discount = books.get("discount", identity)
        if discount["end"] is not None and discount["end"] <= at:
            subscription["discounts"].remove(identity)
            continue
        coupon = discount["source"]["coupon"]
        left = coupon["amount_off"]
        taken = 0
        for line in lines:
            before = line["amount"] - sum(part["amount"] for part in line["discount_amounts"])
            off = money.discount_of(before, coupon if left is None else {"percent_off": None, "amount_off": left})
            left = None if left is None else left - off
            if off:
                line["discount_amounts"].append({"amount": off, "discount": identity})
                line["discounts"].append(identity)
            taken += off
        if taken:
            totals[identity] = taken
        if coupon["duration"] == "once" and taken:
            subscription["discounts"].remove(identity)
    return totals


def make(
    books: Books,
    customer: dict[str, Any],
    subscription: dict[str, Any],
    lines: list[dict[str, Any]],
    *,
    reason: str,
    at: int,
    period: tuple[int, int],
) -> dict[str, Any]:
    """Make an invoice and finalise it; credit that the customer has is used first.

    Parameters
    ----------
    books : Books
        The transaction.
    customer, subscription : dict
        Whose, and for what.
    lines : list of dict
        From `line_for`.
    reason : str
        Stripe's ``billing_reason``.
    at : int
        Now, in the customer's time.
    period : tuple of int
        ``period_start`` and ``period_end``.

    Returns
    -------
    dict
        An open invoice, or a paid one if nothing is due.
    """
    subtotal = sum(line["amount"] for line in lines)
    discounts = _discounted(books, subscription, lines, at)
    net = subtotal - sum(discounts.values())
    taxed = bool(subscription["automatic_tax"]["enabled"])
    tax = money.tax_of(net) if taxed and net > 0 else 0
    total = net + tax
    balance = int(customer["balance"])
    due = max(0, total + balance)
    after = min(0, total + balance)
    number = f"{customer['invoice_prefix']}-{customer['next_invoice_sequence']:04d}"
    identity = books.fresh("in")
    for line in lines:
        line["invoice"] = identity
    made = shapes.invoice(
        identity,
        at,
        customer=customer["id"],
        customer_email=customer["email"],
        customer_name=customer["name"],
        subtotal=subtotal,
        subtotal_excluding_tax=subtotal,
        total=total,
        total_excluding_tax=net,
        amount_due=due,
        amount_remaining=due,
        starting_balance=balance,
        ending_balance=after,
        billing_reason=reason,
        number=number,
        status="open",
        test_clock=customer["test_clock"],
        period_start=period[0],
        period_end=period[1],
        effective_at=at,
        discounts=list(discounts),
        lines=shapes.listed(lines, f"/v1/invoices/{identity}/lines"),
        total_discount_amounts=[{"amount": amount, "discount": name} for name, amount in discounts.items()],
        total_taxes=_taxes(tax, net) if taxed else [],
        parent={
            "type": "subscription_details",
            "quote_details": None,
            "subscription_details": {"metadata": subscription["metadata"], "subscription": subscription["id"]},
        },
    )
    made["automatic_tax"] |= {"enabled": taxed, "status": "complete" if taxed else None}
    made["status_transitions"]["finalized_at"] = at
    customer |= {"balance": after, "next_invoice_sequence": customer["next_invoice_sequence"] + 1}
    books.put({**customer, "currency": "usd"})
    books.put(made)
    books.tell("invoice.created", made, at=at)
    books.tell("invoice.finalized", made, at=at)
    subscription["latest_invoice"] = identity
    return _paid(books, made, at) if due == 0 else made


def _taxes(tax: int, net: int) -> list[dict[str, Any]]:
    return [
        {
            "amount": tax,
            "tax_behavior": "exclusive",
            "tax_rate_details": None,
            "taxable_amount": net,
            "taxability_reason": "standard_rated",
            "type": "tax_rate_details",
        }
    ]


def _paid(books: Books, invoice: dict[str, Any], at: int) -> dict[str, Any]:
    invoice |= {"status": "paid", "amount_paid": invoice["amount_due"], "amount_remaining": 0, "attempted": True}
    invoice |= {"next_payment_attempt": None, "auto_advance": False}
    invoice["status_transitions"]["paid_at"] = at
    books.put(invoice)
    books.tell("invoice.paid", invoice, at=at)
    books.tell("invoice.payment_succeeded", invoice, at=at)
    return invoice


def collect(books: Books, invoice: dict[str, Any], card: dict[str, Any] | None, at: int, *, again: bool = True) -> bool:
    """Try to get an invoice paid.

    Parameters
    ----------
    books : Books
        The transaction.
    invoice : dict
        An invoice; changed in place.
    card : dict or None
        The payment method.
    at : int
        Now, in the customer's time.
    again : bool
        True to plan further attempts when it fails.

    Returns
    -------
    bool
        True if it is paid.
    """
    if invoice["status"] == "paid":
        return True
    invoice |= {"attempt_count": invoice["attempt_count"] + 1, "attempted": True}
    if charge_for(books, invoice, card, at):
        _paid(books, invoice, at)
        return True
    first = int(invoice["status_transitions"]["finalized_at"])
    later = [first + wait for wait in RETRY_AFTER if first + wait > at]
    invoice["next_payment_attempt"] = later[0] if later and again else None
    books.put(invoice)
    books.tell("invoice.payment_failed", invoice, at=at)
    return False


def _open(books: Books, identity: str, what: str) -> dict[str, Any]:
    invoice = books.get("invoice", identity)
    if invoice["status"] not in {"open", "uncollectible"}:
        raise RequestError(f"Invoice is {invoice['status']} and cannot be {what}.", code="invoice_not_open")
    return invoice


def pay_invoice(books: Books, params: Params, identity: str) -> dict[str, Any]:
    """Pay an open invoice now.

    Parameters
    ----------
    books, params : Books, dict
        The transaction and the parameters.
    identity : str
        The invoice.

    Returns
    -------
    dict
        The invoice.

    Raises
    ------
    DeclinedError
        If it is not open, or the card is declined.
    """
    from joulebook_hub.stripe_sim.subscriptions import after_payment

    invoice = _open(books, identity, "paid")
    customer = books.live("customer", invoice["customer"])
    subscription = books.get("subscription", invoice["parent"]["subscription_details"]["subscription"])
    at = books.now(customer["test_clock"])
    if "payment_method" in params:
        card: dict[str, Any] | None = books.get("payment_method", str(params["payment_method"]), "payment_method")
    else:
        card = card_of(books, subscription, customer)
    paid = collect(books, invoice, card, at)
    after_payment(books, subscription, paid, at)
    if not paid:
        raise DeclinedError(keeps=True)
    return invoice


def void_invoice(books: Books, _params: Params, identity: str) -> dict[str, Any]:
    """Void an open invoice.

    Parameters
    ----------
    books : Books
        The transaction.
    identity : str
        The invoice.

    Returns
    -------
    dict
        The invoice.
    """
    invoice = _open(books, identity, "voided")
    at = books.now(invoice["test_clock"])
    invoice |= {"status": "void", "next_payment_attempt": None, "amount_remaining": invoice["amount_due"]}
    invoice["status_transitions"]["voided_at"] = at
    books.put(invoice)
    books.tell("invoice.voided", invoice, at=at)
    return invoice
