"""Every object that the simulator sends, held against stripe-python's own typed classes and parameters."""

from __future__ import annotations

import importlib
import json
import re

import pytest
from simulated_stripe import NOON, running_simulator
from stripe_types import faults, fields, is_optional, object_faults, resource_class

from joulebook_hub.stripe_sim import API_VERSION
from joulebook_hub.stripe_sim.operations import LISTS, ROUTES


@pytest.fixture(scope="module")
def life(tmp_path_factory):
    """A simulator in which a customer's whole life has happened."""
    with running_simulator(tmp_path_factory.mktemp("books")) as simulator:
        live(simulator.client())
        yield simulator


def live(client):
    v1 = client.v1
    v1.webhook_endpoints.create({"url": "http://127.0.0.1:9/hook", "enabled_events": ["*"]})
    meter = v1.billing.meters.create(
        {"display_name": "GPU-seconds", "event_name": "gpu", "default_aggregation": {"formula": "sum"}}
    )
    plans = []
    for name, cents in (("Researcher", 14900), ("Advanced", 29900)):
        product = v1.products.create({"name": name, "metadata": {"plan": name.lower()}})
        v1.products.update(product.id, {"description": f"The plan {name}"})
        recurring = {"interval": "month"}
        price = {"product": product.id, "currency": "usd", "unit_amount": cents, "recurring": recurring}
        plans.append(v1.prices.create({**price, "lookup_key": name.lower()}))
    v1.prices.update(plans[0].id, {"nickname": "monthly"})
    metered = v1.prices.create(
        {
            "product": v1.products.create({"name": "GPU time"}).id,
            "currency": "usd",
            "unit_amount_decimal": "0.083333333333",
            "lookup_key": "gpu",
            "recurring": {"interval": "month", "usage_type": "metered", "meter": meter.id},
        }
    )
    v1.coupons.create({"id": "CAMPUS20", "percent_off": 20, "duration": "repeating", "duration_in_months": 2})
    v1.coupons.create({"id": "MINUS", "amount_off": 500, "currency": "usd", "duration": "once"})
    v1.coupons.update("MINUS", {"name": "Five dollars"})
    clock = v1.test_helpers.test_clocks.create({"frozen_time": NOON, "name": "ada"})
    ada = v1.customers.create(
        {"name": "Ada", "email": "ada@example.org", "test_clock": clock.id, "address": {"country": "DE"}}
    )
    card = v1.payment_methods.attach("pm_card_visa", {"customer": ada.id})
    v1.customers.update(ada.id, {"invoice_settings": {"default_payment_method": card.id}})
    subscription = v1.subscriptions.create(
        {
            "customer": ada.id,
            "items": [{"price": plans[0].id}, {"price": metered.id}],
            "discounts": [{"coupon": "CAMPUS20"}],
            "automatic_tax": {"enabled": True},
        }
    )
    item = subscription["items"].data[0]
    v1.billing.meter_events.create(
        {
            "event_name": "gpu",
            "identifier": "line-1",
            "timestamp": NOON,
            "payload": {"stripe_customer_id": ada.id, "value": "7200"},
        }
    )
    v1.subscriptions.update(
        subscription.id,
        {
            "items": [{"id": item.id, "price": plans[1].id}],
            "proration_behavior": "always_invoice",
            "payment_behavior": "error_if_incomplete",
        },
    )
    schedule = v1.subscription_schedules.create({"from_subscription": subscription.id})
    now = [{"price": plans[1].id, "quantity": 1}, {"price": metered.id}]
    end = schedule.phases[0].end_date
    v1.subscription_schedules.update(
        schedule.id,
        {
            "phases": [
                {"items": now, "start_date": schedule.phases[0].start_date, "end_date": end},
                {"items": [{"price": plans[0].id}, {"price": metered.id}], "duration": {"interval": "month"}},
            ]
        },
    )
    v1.test_helpers.test_clocks.advance(clock.id, {"frozen_time": end + 60})
    v1.subscription_schedules.release(schedule.id)
    configuration = v1.billing_portal.configurations.create(
        {"features": {"invoice_history": {"enabled": True}, "subscription_cancel": {"enabled": True}}}
    )
    v1.billing_portal.sessions.create({"customer": ada.id, "configuration": configuration.id})
    v1.checkout.sessions.create(
        {
            "mode": "subscription",
            "customer": ada.id,
            "success_url": "http://127.0.0.1/done",
            "line_items": [{"price": plans[0].id, "quantity": 1}],
            "discounts": [{"coupon": "MINUS"}],
        }
    )
    paid = v1.invoices.list({"customer": ada.id, "status": "paid"}).data[-1]
    intent = v1.invoice_payments.list({"invoice": paid.id}).data[0].payment.payment_intent
    v1.refunds.create({"payment_intent": intent, "amount": 100, "reason": "requested_by_customer"})
    bad = v1.payment_methods.attach("pm_card_chargeCustomerFail", {"customer": ada.id})
    v1.subscriptions.update(subscription.id, {"default_payment_method": bad.id})
    v1.test_helpers.test_clocks.advance(clock.id, {"frozen_time": end + 33 * 86400})
    assert v1.subscriptions.retrieve(subscription.id).status == "past_due"
    v1.test_helpers.test_clocks.advance(clock.id, {"frozen_time": end + 45 * 86400})
    assert v1.subscriptions.retrieve(subscription.id).status == "canceled"
    trial = v1.subscriptions.create(
        {"customer": ada.id, "items": [{"price": plans[0].id, "quantity": 2}], "trial_period_days": 14}
    )
    v1.subscriptions.update(trial.id, {"cancel_at_period_end": True, "metadata": {"why": "a test"}})
    v1.subscriptions.cancel(trial.id)


def test_the_version_is_that_of_the_types():
    import stripe

    assert stripe.api_version == API_VERSION


@pytest.mark.parametrize("listing", LISTS, ids=lambda listing: listing.kind)
def test_listed_objects_are_what_the_types_say(life, listing):
    client = life.client()
    options = {"status": "all"} if listing.kind == "subscription" else {}
    found = client.raw_request("get", f"/v1/{listing.path}", limit=100, **options)
    content = json.loads(json.dumps(found.data))
    assert content["data"], f"the life above has no {listing.kind}"
    told = [fault for one in content["data"] for fault in object_faults(one, resource_class(listing.kind), one["id"])]
    assert told == []


def events_of(life):
    client, found = life.client(), []
    while True:
        options = {"starting_after": found[-1]["id"]} if found else {}
        page = json.loads(json.dumps(client.raw_request("get", "/v1/events", limit=100, **options).data))
        found += page["data"]
        if not page["has_more"]:
            return found


def test_what_events_carry_is_what_the_types_say(life):
    told, kinds = [], set()
    for event in events_of(life):
        carried = event["data"]["object"]
        kinds.add(event["type"])
        told += object_faults(carried, resource_class(carried["object"]), event["type"])
        changed = event["data"].get("previous_attributes", {}).keys()
        told += [f"{event['type']}: {key}" for key in changed - fields(resource_class(carried["object"])).keys()]
    assert told == []
    assert {"customer.subscription.created", "customer.subscription.updated", "customer.subscription.deleted",
            "invoice.paid", "invoice.payment_failed", "charge.refunded", "subscription_schedule.released",
            "test_helpers.test_clock.ready"} <= kinds  # fmt: skip


def test_event_types_are_known_to_stripe(life):
    from typing import get_args

    known = get_args(fields(resource_class("event"))["type"])
    assert {event["type"] for event in events_of(life)} - set(known) == set()


def test_the_checker_finds_faults():
    customer = resource_class("customer")
    good = {"id": "cus_1", "object": "customer", "created": 1, "livemode": False}
    assert object_faults(good, customer, "c") == []
    assert object_faults({**good, "creatde": 1}, customer, "c")
    assert object_faults({**good, "created": "1"}, customer, "c")
    assert object_faults({key: good[key] for key in ("id", "object", "created")}, customer, "c")
    assert faults({"object": "list", "data": []}, fields(resource_class("invoice"))["lines"], "lines")
    assert is_optional(fields(customer)["email"]) and not is_optional(fields(customer)["created"])


_MODULES = {
    "customers": "customer", "products": "product", "prices": "price", "coupons": "coupon",
    "subscriptions": "subscription", "subscription_items": "subscription_item",
    "subscription_schedules": "subscription_schedule", "refunds": "refund", "invoices": "invoice",
    "webhook_endpoints": "webhook_endpoint", "invoice_payments": "invoice_payment", "charges": "charge",
    "payment_intents": "payment_intent", "payment_methods": "payment_method", "events": "event",
    "billing/meters": "billing/meter", "billing/meter_events": "billing/meter_event",
    "billing_portal/configurations": "billing_portal/configuration",
    "billing_portal/sessions": "billing_portal/session",
    "checkout/sessions": "checkout/session", "test_helpers/test_clocks": "test_helpers/test_clock",
}  # fmt: skip


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
def test_every_parameter_is_one_of_stripes(route):
    head, _, tail = route.path.partition("/{id}")
    folder, _, noun = _MODULES[head].rpartition("/")
    verb = tail.strip("/") or {
        ("GET", False): "list", ("GET", True): "retrieve", ("POST", False): "create", ("POST", True): "update",
        ("DELETE", True): "cancel" if head == "subscriptions" else "delete",
    }[(route.method, "{id}" in route.path)]  # fmt: skip
    verb, noun = ("list", "meter_event_summary") if verb == "event_summaries" else (verb, noun)
    verb = "void_invoice" if verb == "void" else verb
    words = f"{noun}_{verb}"
    where = ".".join(part for part in ("stripe.params", folder, f"_{words}_params") if part)
    module = importlib.import_module(where)
    name = "".join(word.capitalize() for word in re.split("_", words)) + "Params"
    known = set(getattr(module, name).__annotations__)
    assert set(route.known) - known == set()
