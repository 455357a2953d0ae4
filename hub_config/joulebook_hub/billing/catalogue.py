"""Products, prices, coupons, meter, portal and webhook at Stripe, made and kept from the plans' file.

Prices are found by their lookup keys. A price cannot be changed, so another amount makes a new price, which takes
the key over, and archives the old one; who subscribed to the old one keeps it until the subscription changes. One
hub has a Stripe account to itself.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from joulebook_hub.billing.account import Account, write_secret
from joulebook_hub.billing.charges import cents
from joulebook_hub.billing.overage import unit_price
from joulebook_hub.plans import Plan, Plans

if TYPE_CHECKING:
    from stripe import StripeClient

__all__ = ["EVENTS", "METER_EVENT", "Catalogue", "Wanted", "fingerprint", "for_sale", "synchronise", "wanted"]

METER_EVENT = "joulebook_gpu_seconds"
_GPU_PRODUCT, _GPU_KEY = "joulebook-gpu-time", "joulebook-gpu-second"
EVENTS = (
    "checkout.session.completed",
    "customer.subscription.created",
    "customer.subscription.updated",
    "customer.subscription.deleted",
    "customer.deleted",
    "invoice.paid",
    "invoice.payment_failed",
    "invoice.voided",
    "charge.refunded",
    "subscription_schedule.updated",
    "subscription_schedule.released",
    "test_helpers.test_clock.ready",
)
"""Events that the webhook asks for."""
_FEATURES: dict[str, dict[str, Any]] = {
    "customer_update": {"enabled": False},
    "invoice_history": {"enabled": True},
    "payment_method_update": {"enabled": True},
    "subscription_cancel": {"enabled": True, "mode": "at_period_end"},
    "subscription_update": {"enabled": False},
}


@dataclass(frozen=True)
class Wanted:
    """A product with its price.

    Parameters
    ----------
    product, name, description : str
        Identity, title and words.
    plan : str
        Name of the plan; empty for GPU time.
    key : str
        Lookup key of the price.
    amount : str
        Cents, as a decimal number.
    """

    product: str
    name: str
    description: str
    plan: str
    key: str
    amount: str


@dataclass(frozen=True)
class Catalogue:
    """What things are called at Stripe.

    Parameters
    ----------
    prices : mapping of str to str
        Price of each plan that is sold.
    metered : str
        Price of a GPU-second; empty where none is sold.
    meter : str
        The meter.
    portal : str
        Configuration of the portal.
    fingerprint : str
        Of the plans' file that it was made from.
    """

    prices: Mapping[str, str] = field(default_factory=dict)
    metered: str = ""
    meter: str = ""
    portal: str = ""
    fingerprint: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Values by name.

        Returns
        -------
        dict
            For JSON.
        """
        return asdict(self)


def for_sale(plans: Plans) -> list[Plan]:
    """Plans with a price above 0.

    Parameters
    ----------
    plans : Plans
        The plans.

    Returns
    -------
    list of Plan
        In the order of the file.
    """
    return [plan for plan in plans.tiers if not isinstance(plan.limits["price"], str) and plan.limits["price"] > 0]


def wanted(plans: Plans) -> list[Wanted]:
    """Products and prices that the plans' file asks for.

    Parameters
    ----------
    plans : Plans
        The plans.

    Returns
    -------
    list of Wanted
        Plans first, then GPU time.
    """
    made = []
    for plan in for_sale(plans):
        seats = plan.limits["seats"]
        words = f"{seats} seats, per month" if isinstance(seats, int) and seats > 1 else "per month"
        amount = str(cents(plan.limits["price"]))
        made.append(
            Wanted(
                f"joulebook-{plan.name}", f"Joulebook {plan.title}", words, plan.name, f"joulebook-{plan.name}", amount
            )
        )
    hour = plans.charges.overage_cents
    if hour:
        words = f"beyond the plan, if you agree to it: ${hour / 100:.2f} for an hour"
        made.append(Wanted(_GPU_PRODUCT, "GPU time (seconds)", words, "", _GPU_KEY, unit_price(hour)))
    return made


def fingerprint(plans: Plans, account: Account) -> str:
    """Digest of everything that the catalogue is made from.

    Parameters
    ----------
    plans : Plans
        The plans.
    account : Account
        Where it is.

    Returns
    -------
    str
        32 hexadecimal digits.
    """
    parts = [[asdict(one) for one in wanted(plans)], [asdict(one) for one in plans.charges.coupons]]
    key = hashlib.sha256(account.api_key.encode()).hexdigest()
    text = json.dumps([parts, _FEATURES, list(EVENTS), account.mode, key], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


@dataclass
class _Sync:
    """One run: what to do and what was done."""

    client: StripeClient
    repair: bool
    told: list[str] = field(default_factory=list)

    @property
    def v1(self) -> Any:
        return self.client.v1

    def does(self, words: str) -> bool:
        self.told.append(words)
        return self.repair

    def retrieve(self, service: Any, identity: str) -> Any:
        import stripe

        try:
            found = service.retrieve(identity).to_dict()
        except stripe.InvalidRequestError as error:
            if error.code != "resource_missing":
                raise
            return None
        return None if found.get("deleted") else found

    def product(self, one: Wanted) -> None:
        found = self.retrieve(self.v1.products, one.product)
        metadata = {"joulebook": "plan" if one.plan else "gpu", "plan": one.plan}
        fields = {"name": one.name, "description": one.description, "active": True}
        if found is None:
            if self.does(f"product {one.name} is missing"):
                self.v1.products.create({**fields, "id": one.product, "metadata": metadata})
        elif any(found[key] != value for key, value in fields.items()) and self.does(f"product {one.name} differs"):
            self.v1.products.update(one.product, fields)

    def price(self, one: Wanted, meter: str) -> str:
        page = self.v1.prices.list({"lookup_keys": [one.key], "limit": 1}).data
        found: Any = page[0] if page else None
        right = bool(found) and found.active and Decimal(found.unit_amount_decimal or 0) == Decimal(one.amount)
        if right and (one.plan or (found.recurring and found.recurring.meter == meter)):
            return str(found.id)
        words = f"price of {one.name} is missing" if found is None else f"price of {one.name} has changed"
        if not self.does(words):
            return str(found.id) if found is not None else ""
        recurring: dict[str, Any] = {"interval": "month"}
        if not one.plan:
            recurring |= {"usage_type": "metered", "meter": meter}
        fields = {
            "product": one.product,
            "currency": "usd",
            "unit_amount_decimal": one.amount,
            "lookup_key": one.key,
            "transfer_lookup_key": True,
            "recurring": recurring,
            "tax_behavior": "exclusive",
            "metadata": {"plan": one.plan},
        }
        before = found.id if found is not None else "none"
        made = self.v1.prices.create(fields, {"idempotency_key": _key("price", one.key, one.amount, meter, before)})
        if found is not None:
            self.v1.prices.update(found.id, {"active": False})
        return str(made.id)

    def archive(self, plans: Plans) -> None:
        kept = {one.product for one in wanted(plans)}
        for product in self.v1.products.list({"active": True, "limit": 100}).auto_paging_iter():
            ours = product.to_dict()["metadata"].get("joulebook") in {"plan", "gpu"}
            if ours and product.id not in kept and self.does(f"product {product.name} is not sold any more"):
                for price in self.v1.prices.list({"product": product.id, "active": True}).auto_paging_iter():
                    self.v1.prices.update(price.id, {"active": False})
                self.v1.products.update(product.id, {"active": False})

    def meter(self) -> str:
        for meter in self.v1.billing.meters.list({"status": "active", "limit": 100}).auto_paging_iter():
            if meter.event_name == METER_EVENT:
                return str(meter.id)
        if not self.does("the meter is missing"):
            return ""
        fields = {
            "display_name": "GPU-seconds",
            "event_name": METER_EVENT,
            "default_aggregation": {"formula": "sum"},
            "customer_mapping": {"type": "by_id", "event_payload_key": "stripe_customer_id"},
            "value_settings": {"event_payload_key": "value"},
        }
        return str(self.v1.billing.meters.create(fields).id)

    def coupons(self, plans: Plans) -> None:
        for coupon in plans.charges.coupons:
            duration = (
                {"duration": "repeating", "duration_in_months": coupon.months}
                if coupon.months
                else {"duration": "forever"}
            )
            fields = {"percent_off": coupon.percent_off, "name": coupon.title, **duration}
            found = self.retrieve(self.v1.coupons, coupon.code)
            if found is not None and all(found.get(key) == value for key, value in fields.items()):
                continue
            if found is None and self.does(f"coupon {coupon.code} is missing"):
                self.v1.coupons.create({**fields, "id": coupon.code, "metadata": {"joulebook": "coupon"}})
            elif found is not None and self.does(f"coupon {coupon.code} differs"):
                self.v1.coupons.delete(coupon.code)
                self.v1.coupons.create({**fields, "id": coupon.code, "metadata": {"joulebook": "coupon"}})
        known = {coupon.code for coupon in plans.charges.coupons}
        for one in self.v1.coupons.list({"limit": 100}).auto_paging_iter():
            ours = (one.to_dict().get("metadata") or {}).get("joulebook") == "coupon"
            if ours and one.id not in known and self.does(f"coupon {one.id} is not offered any more"):
                self.v1.coupons.delete(one.id)

    def portal(self) -> str:
        for one in self.v1.billing_portal.configurations.list({"active": True, "limit": 100}).auto_paging_iter():
            body = one.to_dict()
            if (body.get("metadata") or {}).get("joulebook") != "portal":
                continue
            on = {name: dict(body["features"])[name]["enabled"] for name in _FEATURES}
            if on != {name: feature["enabled"] for name, feature in _FEATURES.items()} and self.does(
                "the portal differs"
            ):
                self.v1.billing_portal.configurations.update(one.id, {"features": _FEATURES})
            return str(one.id)
        if not self.does("the portal's configuration is missing"):
            return ""
        fields = {"features": _FEATURES, "metadata": {"joulebook": "portal"}}
        return str(self.v1.billing_portal.configurations.create(fields).id)

    def webhook(self, url: str, secret_file: Path) -> None:
        ends = self.v1.webhook_endpoints.list({"limit": 100}).data
        mine = [end for end in ends if (end.to_dict().get("metadata") or {}).get("joulebook") == "webhook"]
        right = mine and mine[0].url == url and set(mine[0].enabled_events) == set(EVENTS)
        if len(mine) == 1 and right and secret_file.is_file():
            return
        if self.does("the webhook is missing or differs"):
            for end in mine:
                self.v1.webhook_endpoints.delete(end.id)
            made = self.v1.webhook_endpoints.create(
                {"url": url, "enabled_events": list(EVENTS), "metadata": {"joulebook": "webhook"}}
            )
            write_secret(secret_file, str(made.secret))


def _key(*parts: str) -> str:
    return "joulebook-" + hashlib.sha256("\n".join(parts).encode()).hexdigest()[:40]


def synchronise(
    client: StripeClient, plans: Plans, account: Account, *, webhook: str = "", repair: bool = True
) -> tuple[Catalogue, list[str]]:
    """Make Stripe's catalogue what the plans' file says; a second run changes nothing.

    Parameters
    ----------
    client : StripeClient
        Of stripe-python.
    plans : Plans
        The plans.
    account : Account
        Where it is.
    webhook : str
        Address to which events are to be sent; only the simulator is told by the hub.
    repair : bool
        False to compare only.

    Returns
    -------
    Catalogue
        What things are called.
    list of str
        What was different.
    """
    run = _Sync(client, repair)
    meter = run.meter() if plans.charges.overage_cents else ""
    prices, metered = {}, ""
    for one in wanted(plans):
        run.product(one)
        price = run.price(one, meter)
        if one.plan:
            prices[one.plan] = price
        else:
            metered = price
    run.archive(plans)
    run.coupons(plans)
    portal = run.portal()
    if webhook and account.mode == "simulator" and account.secret_file:
        run.webhook(webhook, account.secret_file)
    return Catalogue(prices, metered, meter, portal, fingerprint(plans, account)), run.told
