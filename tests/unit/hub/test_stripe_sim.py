"""The simulator of Stripe, asked by stripe-python's own client and by a browser without JavaScript."""

from __future__ import annotations

import base64
import re
from datetime import UTC, datetime

import pytest
import requests
import stripe
from hypothesis import given
from hypothesis import strategies as st
from simulated_stripe import KEY, NOON, receiver, running_simulator

from joulebook_hub.stripe_sim import forms, money, periods
from joulebook_hub.stripe_sim.faults import RequestError
from joulebook_hub.stripe_sim.pages import control_token

DAY = 86400


@pytest.fixture
def simulator(tmp_path):
    with running_simulator(tmp_path) as running:
        yield running


@pytest.fixture
def v1(simulator):
    return simulator.client().v1


def price_of(v1, name="Researcher", cents=14900):
    product = v1.products.create({"name": name})
    fields = {"product": product.id, "currency": "usd", "unit_amount": cents, "recurring": {"interval": "month"}}
    return v1.prices.create(fields)


def customer_of(v1, card="pm_card_visa", at=NOON):
    clock = v1.test_helpers.test_clocks.create({"frozen_time": at})
    customer = v1.customers.create({"name": "Ada", "test_clock": clock.id})
    if card:
        method = v1.payment_methods.attach(card, {"customer": customer.id})
        v1.customers.update(customer.id, {"invoice_settings": {"default_payment_method": method.id}})
    return customer, clock


def advance(v1, clock, to):
    answer = v1.test_helpers.test_clocks.advance(clock.id, {"frozen_time": to})
    assert answer.status == "advancing"
    assert v1.test_helpers.test_clocks.retrieve(clock.id).status == "ready"


def invoices(v1, customer):
    return [(i.billing_reason, i.status, i.total) for i in reversed(v1.invoices.list({"customer": customer.id}).data)]


def period_end(subscription):
    return subscription["items"].data[0].current_period_end


@pytest.mark.parametrize("kind", ["sk", "pk", "rk"])
def test_live_keys_are_refused(simulator, kind):
    with pytest.raises(stripe.AuthenticationError, match="refuses keys of live accounts"):
        simulator.client(f"{kind}_live_51abc").v1.customers.list()


def test_other_keys_are_refused(simulator):
    with pytest.raises(stripe.AuthenticationError, match="Invalid API Key"):
        simulator.client("sk_test_another").v1.customers.list()
    basic = {"Authorization": "Basic " + base64.b64encode(f"{KEY}:".encode()).decode()}
    assert requests.get(simulator.url + "/v1/customers", headers=basic, timeout=20).status_code == 200
    broken = {"Authorization": "Basic ???"}
    assert requests.get(simulator.url + "/v1/customers", headers=broken, timeout=20).status_code == 401
    assert requests.get(simulator.url + "/v1/customers", timeout=20).status_code == 401


def test_an_idempotency_key_acts_once(simulator, v1):
    key = {"idempotency_key": "make-ada"}
    first = v1.customers.create({"name": "Ada"}, key)
    again = v1.customers.create({"name": "Ada"}, key)
    assert first.id == again.id and len(v1.customers.list().data) == 1
    assert again.last_response.headers["Idempotent-Replayed"] == "true"
    with pytest.raises(stripe.IdempotencyError, match="same parameters"):
        v1.customers.create({"name": "Bob"}, key)
    simulator.wall.at += DAY + 1
    assert v1.customers.create({"name": "Bob"}, key).id != first.id, "a key is forgotten after a day"


def test_errors_are_the_clients_own(v1):
    with pytest.raises(stripe.InvalidRequestError, match="No such customer") as missing:
        v1.customers.retrieve("cus_nobody")
    assert missing.value.http_status == 404 and missing.value.code == "resource_missing"
    with pytest.raises(stripe.InvalidRequestError, match="unknown parameter") as unknown:
        v1.customers.create({"shoe_size": "44"})
    assert unknown.value.param == "shoe_size"
    customer, _ = customer_of(v1)
    with pytest.raises(stripe.CardError) as declined:
        v1.payment_methods.attach("pm_card_chargeDeclined", {"customer": customer.id})
    assert declined.value.code == "card_declined"
    with pytest.raises(stripe.InvalidRequestError, match="cannot be expanded"):
        v1.customers.retrieve(customer.id, {"expand": ["shoes"]})


def test_lists_come_in_pages_the_newest_first(v1):
    made = [v1.customers.create({"name": f"c{number}"}).id for number in range(7)]
    page = v1.customers.list({"limit": 3})
    assert [one.id for one in page.data] == made[:3:-1] and page.has_more
    rest = v1.customers.list({"limit": 10, "starting_after": page.data[-1].id})
    assert [one.id for one in rest.data] == made[3::-1] and not rest.has_more
    back = v1.customers.list({"limit": 2, "ending_before": made[3]})
    assert [one.id for one in back.data] == [made[5], made[4]] and back.has_more
    assert [one.id for one in v1.customers.list({"limit": 2}).auto_paging_iter()] == made[::-1]
    with pytest.raises(stripe.InvalidRequestError):
        v1.customers.list({"limit": 101})


def test_a_changed_price_hands_its_lookup_key_on(v1):
    old = v1.prices.create({"product": v1.products.create({"name": "P"}).id, "currency": "usd", "unit_amount": 100,
                            "recurring": {"interval": "month"}, "lookup_key": "p"})  # fmt: skip
    fields = {"product": old.product, "currency": "usd", "unit_amount": 200, "recurring": {"interval": "month"}}
    with pytest.raises(stripe.InvalidRequestError, match="already uses"):
        v1.prices.create({**fields, "lookup_key": "p"})
    new = v1.prices.create({**fields, "lookup_key": "p", "transfer_lookup_key": True})
    assert [one.id for one in v1.prices.list({"lookup_keys": ["p"]}).data] == [new.id]
    assert v1.prices.retrieve(old.id).lookup_key is None


def test_months_come_and_are_paid(v1):
    customer, clock = customer_of(v1, at=int(datetime(2026, 1, 31, tzinfo=UTC).timestamp()))
    subscription = v1.subscriptions.create({"customer": customer.id, "items": [{"price": price_of(v1).id}]})
    assert subscription.status == "active"
    advance(v1, clock, int(datetime(2026, 4, 15, tzinfo=UTC).timestamp()))
    assert invoices(v1, customer) == [
        ("subscription_create", "paid", 14900),
        *[("subscription_cycle", "paid", 14900)] * 2,
    ]
    end = datetime.fromtimestamp(period_end(v1.subscriptions.retrieve(subscription.id)), UTC)
    assert (end.month, end.day) == (4, 30)


def test_an_upgrade_is_charged_for_the_rest_of_the_period(v1):
    customer, clock = customer_of(v1)
    small, large = price_of(v1), price_of(v1, "Advanced", 29900)
    subscription = v1.subscriptions.create({"customer": customer.id, "items": [{"price": small.id}]})
    begin, end = NOON, period_end(subscription)
    advance(v1, clock, begin + (end - begin) // 3)
    item = {"id": subscription["items"].data[0].id, "price": large.id}
    changed = v1.subscriptions.update(
        subscription.id,
        {"items": [item], "proration_behavior": "always_invoice", "payment_behavior": "error_if_incomplete"},
    )
    assert period_end(changed) == end
    upgrade = v1.invoices.retrieve(changed.latest_invoice, {"expand": ["payments"]})
    assert [line.amount for line in upgrade.lines.data] == [-9933, 19933] and upgrade.total == 10000
    assert upgrade.payments.data[0].amount_paid == 10000
    bad = v1.payment_methods.attach("pm_card_chargeCustomerFail", {"customer": customer.id})
    v1.subscriptions.update(subscription.id, {"default_payment_method": bad.id})
    team = price_of(v1, "Team", 49900)
    with pytest.raises(stripe.CardError):
        v1.subscriptions.update(
            subscription.id,
            {"items": [{**item, "price": team.id}], "proration_behavior": "always_invoice",
             "payment_behavior": "error_if_incomplete"},
        )  # fmt: skip
    assert v1.subscriptions.retrieve(subscription.id)["items"].data[0].price.id == large.id
    assert len(invoices(v1, customer)) == 2, "a refused change leaves nothing behind"


def test_a_downgrade_waits_for_the_end_of_the_period(v1):
    customer, clock = customer_of(v1)
    small, large = price_of(v1), price_of(v1, "Advanced", 29900)
    subscription = v1.subscriptions.create({"customer": customer.id, "items": [{"price": large.id}]})
    schedule = v1.subscription_schedules.create({"from_subscription": subscription.id})
    phase = schedule.phases[0]
    fields = {"phases": [
        {"items": [{"price": large.id, "quantity": 1}], "start_date": phase.start_date, "end_date": phase.end_date},
        {"items": [{"price": small.id, "quantity": 1}], "duration": {"interval": "month"}},
    ]}  # fmt: skip
    v1.subscription_schedules.update(schedule.id, fields)
    with pytest.raises(stripe.InvalidRequestError, match="managed by the subscription schedule"):
        v1.subscriptions.update(subscription.id, {"cancel_at_period_end": True})
    advance(v1, clock, phase.end_date - 1)
    assert v1.subscriptions.retrieve(subscription.id)["items"].data[0].price.id == large.id
    advance(v1, clock, phase.end_date + 1)
    after = v1.subscriptions.retrieve(subscription.id)
    assert after["items"].data[0].price.id == small.id and after.schedule == schedule.id
    assert invoices(v1, customer)[-1] == ("subscription_cycle", "paid", 14900)
    advance(v1, clock, period_end(after) + 1)
    assert v1.subscriptions.retrieve(subscription.id).schedule is None
    assert v1.subscription_schedules.retrieve(schedule.id).status == "released"


def test_a_failed_renewal_is_retried_and_ends_after_seven_days(v1):
    customer, clock = customer_of(v1)
    subscription = v1.subscriptions.create({"customer": customer.id, "items": [{"price": price_of(v1).id}]})
    good = v1.customers.retrieve(customer.id).invoice_settings.default_payment_method
    bad = v1.payment_methods.attach("pm_card_chargeCustomerFail", {"customer": customer.id})
    v1.subscriptions.update(subscription.id, {"default_payment_method": bad.id})
    end = period_end(subscription)
    advance(v1, clock, end + 2 * DAY)
    assert v1.subscriptions.retrieve(subscription.id).status == "past_due"
    (open_one,) = v1.invoices.list({"customer": customer.id, "status": "open"}).data
    assert open_one.attempt_count == 2 and open_one.next_payment_attempt == end + 3 * DAY
    v1.subscriptions.update(subscription.id, {"default_payment_method": good})
    advance(v1, clock, end + 4 * DAY)
    assert v1.subscriptions.retrieve(subscription.id).status == "active"
    v1.subscriptions.update(subscription.id, {"default_payment_method": bad.id})
    again = period_end(v1.subscriptions.retrieve(subscription.id))
    advance(v1, clock, again + 7 * DAY + 1)
    ended = v1.subscriptions.retrieve(subscription.id)
    assert (ended.status, ended.cancellation_details.reason) == ("canceled", "payment_failed")
    assert ended.ended_at == again + 7 * DAY


def test_what_was_used_is_billed_to_the_cent_and_once(v1):
    meter = v1.billing.meters.create(
        {"display_name": "GPU-seconds", "event_name": "gpu", "default_aggregation": {"formula": "sum"}}
    )
    metered = v1.prices.create(
        {
            "product": v1.products.create({"name": "GPU"}).id,
            "currency": "usd",
            "unit_amount_decimal": "0.083333333333",
            "recurring": {"interval": "month", "usage_type": "metered", "meter": meter.id},
        }
    )
    customer, clock = customer_of(v1)
    items = [{"price": price_of(v1).id}, {"price": metered.id}]
    subscription = v1.subscriptions.create({"customer": customer.id, "items": items})
    payload = {"stripe_customer_id": customer.id, "value": "5400"}
    v1.billing.meter_events.create({"event_name": "gpu", "identifier": "line-1", "payload": payload})
    with pytest.raises(stripe.InvalidRequestError, match="already exists with identifier"):
        v1.billing.meter_events.create({"event_name": "gpu", "identifier": "line-1", "payload": payload})
    for at in (NOON - 36 * DAY, NOON + 600):
        with pytest.raises(stripe.InvalidRequestError):
            v1.billing.meter_events.create({"event_name": "gpu", "payload": payload, "timestamp": at})
    span = {"customer": customer.id, "start_time": NOON - 60 - NOON % 60, "end_time": NOON + 600 - NOON % 60}
    (summary,) = v1.billing.meters.event_summaries.list(meter.id, span).data
    assert summary.aggregated_value == 5400
    v1.subscriptions.update(subscription.id, {"cancel_at_period_end": True})
    advance(v1, clock, period_end(subscription))
    assert invoices(v1, customer)[-1] == ("subscription_cycle", "paid", 450)
    assert v1.subscriptions.retrieve(subscription.id).status == "canceled"


def test_a_coupon_a_trial_a_tax_and_a_refund(v1):
    v1.coupons.create({"id": "CAMPUS20", "percent_off": 20, "duration": "once"})
    customer, clock = customer_of(v1)
    subscription = v1.subscriptions.create(
        {
            "customer": customer.id,
            "items": [{"price": price_of(v1).id}],
            "trial_period_days": 14,
            "discounts": [{"coupon": "CAMPUS20"}],
            "automatic_tax": {"enabled": True},
        }
    )
    assert subscription.status == "trialing" and invoices(v1, customer) == [("subscription_create", "paid", 0)]
    advance(v1, clock, NOON + 14 * DAY + 1)
    assert invoices(v1, customer)[-1] == ("subscription_cycle", "paid", 14304), "149.00 - 20 % + 20 % tax"
    paid = v1.invoices.list({"customer": customer.id}).data[0]
    intent = v1.invoice_payments.list({"invoice": paid.id}).data[0].payment.payment_intent
    assert v1.refunds.create({"payment_intent": intent, "amount": 4304}).status == "succeeded"
    assert v1.refunds.create({"payment_intent": intent}).amount == 10000
    with pytest.raises(stripe.InvalidRequestError, match="already been refunded"):
        v1.refunds.create({"payment_intent": intent})


def test_events_are_signed_tried_again_doubled_and_delayed(simulator, v1):
    taken, answers = [], [500, 200]

    def take(body, signature):
        event = stripe.Webhook.construct_event(body, signature, secret, tolerance=None)
        taken.append(event.id)
        return answers.pop(0) if answers else 200

    with receiver(take) as url:
        end = v1.webhook_endpoints.create({"url": url, "enabled_events": ["customer.created"]})
        secret = end.secret
        assert "secret" not in v1.webhook_endpoints.retrieve(end.id)
        v1.customers.create({"name": "Ada"})
        assert simulator.deliver() == 1 and simulator.deliver() == 0
        simulator.wall.at += 1.1
        assert simulator.deliver() == 1 and len(set(taken)) == 1 and len(taken) == 2, "once more after a fault"
        simulator.wall.at += 600
        assert simulator.deliver() == 0
        with simulator.shelf.open() as books:
            books.switch("duplicate", "on")
            books.switch("delay", "5")
        v1.customers.create({"name": "Bob"})
        assert simulator.deliver() == 0
        simulator.wall.at += 5
        assert simulator.deliver() == 2 and taken[2] == taken[3]
    with pytest.raises(stripe.InvalidRequestError, match="this machine only"):
        v1.webhook_endpoints.create({"url": "http://192.0.2.1/hook", "enabled_events": ["*"]})


def checkout(v1, customer, **more):
    return v1.checkout.sessions.create(
        {
            "mode": "subscription",
            "customer": customer.id,
            "line_items": [{"price": price_of(v1).id, "quantity": 1}],
            "success_url": "http://127.0.0.1:1/done?session={CHECKOUT_SESSION_ID}",
            "cancel_url": "http://127.0.0.1:1/",
            **more,
        }
    )


def form_of(browser, url):
    page = browser.get(url, timeout=20)
    assert page.status_code == 200 and "Simulator — no real payment" in page.text and "<script" not in page.text
    hidden = re.search(r'name="_xsrf" value="([^"]+)"', page.text)
    return page.text, {"_xsrf": hidden.group(1)} if hidden else {}


def test_checkout_page(v1):
    customer, _ = customer_of(v1, card=None)
    session = checkout(v1, customer, subscription_data={"metadata": {"plan": "researcher"}})
    browser = requests.Session()
    text, form = form_of(browser, session.url)
    assert "$149.00" in text and "Researcher" in text
    assert browser.post(session.url, data={"card": "pm_card_visa"}, timeout=20).status_code == 403, "no XSRF token"
    declined = browser.post(session.url, data={**form, "card": "pm_card_chargeCustomerFail"}, timeout=20)
    assert declined.status_code == 402 and "declined" in declined.text
    assert v1.subscriptions.list({"customer": customer.id, "status": "all"}).data == []
    done = browser.post(session.url, data={**form, "card": "pm_card_visa"}, timeout=20, allow_redirects=False)
    assert done.status_code == 303 and done.headers["Location"] == f"http://127.0.0.1:1/done?session={session.id}"
    after = v1.checkout.sessions.retrieve(session.id, {"expand": ["subscription"]})
    assert (after.status, after.payment_status, after.subscription.status) == ("complete", "paid", "active")
    assert after.subscription.metadata["plan"] == "researcher"
    assert browser.get(session.url, timeout=20).status_code == 410
    assert browser.get(session.url + "x", timeout=20).status_code == 404


def test_portal_page(v1):
    customer, _ = customer_of(v1)
    v1.subscriptions.create({"customer": customer.id, "items": [{"price": price_of(v1).id}]})
    features = {name: {"enabled": True} for name in ("invoice_history", "payment_method_update", "subscription_cancel")}
    configuration = v1.billing_portal.configurations.create({"features": features})
    session = v1.billing_portal.sessions.create({"customer": customer.id, "configuration": configuration.id})
    browser = requests.Session()
    text, form = form_of(browser, session.url)
    (subscription,) = v1.subscriptions.list({"customer": customer.id}).data
    cancel = {**form, "action": "cancel", "target": subscription.id}
    assert "Ends on" in browser.post(session.url, data=cancel, timeout=20).text
    assert v1.subscriptions.retrieve(subscription.id).cancel_at_period_end
    browser.post(session.url, data={**form, "action": "card", "card": "pm_card_chargeCustomerFail"}, timeout=20)
    method = v1.subscriptions.retrieve(subscription.id).default_payment_method
    assert v1.payment_methods.retrieve(method).card.last4 == "0341"
    invoice = re.search(r"/invoices/in_\w+", text).group(0)
    assert "$149.00" in form_of(browser, session.url + invoice)[0]
    other, _ = customer_of(v1)
    foreign = v1.subscriptions.create({"customer": other.id, "items": [{"price": price_of(v1).id}]})
    browser.post(session.url, data={**form, "action": "cancel", "target": foreign.id}, timeout=20)
    assert not v1.subscriptions.retrieve(foreign.id).cancel_at_period_end
    theirs = v1.invoices.list({"customer": other.id}).data[0].id
    assert browser.get(f"{session.url}/invoices/{theirs}", timeout=20).status_code == 404


def test_control_page(simulator, v1):
    customer, clock = customer_of(v1)
    v1.subscriptions.create({"customer": customer.id, "items": [{"price": price_of(v1).id}]})
    address = f"{simulator.url}/control/{control_token(KEY)}"
    browser = requests.Session()
    _, form = form_of(browser, address)
    step = {**form, "action": "advance", "clock": clock.id, "step": "1 month"}
    assert browser.post(address, data=step, timeout=20).status_code == 200
    assert v1.test_helpers.test_clocks.retrieve(clock.id).frozen_time == NOON + 31 * DAY
    browser.post(address, data={**form, "action": "switch", "duplicate": "on", "delay": "9"}, timeout=20)
    with simulator.shelf.open() as books:
        assert books.switches() == {"duplicate": "on", "reorder": "off", "delay": "0"}
    assert browser.get(f"{simulator.url}/control/{'0' * 32}", timeout=20).status_code == 404


@given(
    st.text(max_size=200)
    | st.from_regex(r"[a-z]{1,3}(\[[a-z0-9]{0,2}\]){0,9}=[a-z]{0,3}(&[a-z](\[\])?=1){0,3}", fullmatch=True)
)
def test_forms_are_read_or_refused(body):
    try:
        assert isinstance(forms.parse(body), dict)
    except RequestError as fault:
        assert fault.status == 400


@given(st.integers(0, 10**7), st.integers(0, 10**6), st.integers(1, 10**6))
def test_parts_of_a_price(amount, seconds, whole):
    part = money.part(amount, min(seconds, whole), whole)
    assert 0 <= part <= amount and money.part(-amount, min(seconds, whole), whole) == -part
    rest = money.part(amount, whole - min(seconds, whole), whole)
    assert abs(part + rest - amount) <= 1


@given(st.integers(0, 10**9), st.integers(0, 400 * DAY), st.sampled_from(["month", "year"]))
def test_periods_follow_each_other_without_a_gap(anchor, later, interval):
    begin, end = periods.period_of(anchor, anchor + later, interval)
    assert begin <= anchor + later < end
    assert periods.period_after(anchor, end, interval)[0] == end
