"""Subscriptions of the hub, with the simulator of Stripe behind stripe-python's own client."""

from __future__ import annotations

import dataclasses
import hashlib
import hmac
import json
import math
import os
import random
import re
import subprocess
import sys
import time

import pytest
import requests
import stripe
from simulated_stripe import KEY, NOON, receiver, running_simulator
from sqlalchemy import insert, select
from sqlalchemy.exc import DBAPIError

from joulebook_hub.billing import catalogue, facts, handover, invoices, metering, records, tables, webhooks
from joulebook_hub.billing.account import Account
from joulebook_hub.billing.charges import Charges
from joulebook_hub.billing.desk import Desk, Order
from joulebook_hub.billing.grants import grants
from joulebook_hub.billing.reconcile import reconcile
from joulebook_hub.billing.subjects import payers
from joulebook_hub.billing.talk import StripeFailed
from joulebook_hub.errors import HubError
from joulebook_hub.lending.tables import usage
from joulebook_hub.organisations.book import Book
from joulebook_hub.organisations.reading import find, given_plans
from joulebook_hub.plans import Plans
from joulebook_hub.quota import entitlement
from joulebook_hub.service.features import load_tables
from joulebook_hub.store import Store

DAY = 86400
ADA = "person/ada"
BACK = "http://127.0.0.1:1/hub/plans"
HOOK = "http://127.0.0.1:9/services/joulebook/billing/webhook"
load_tables()


@pytest.fixture(scope="module")
def simulator(tmp_path_factory):
    with running_simulator(tmp_path_factory.mktemp("books")) as running:
        yield running


@pytest.fixture
def desk(simulator, tmp_path):
    made = make_desk(simulator, f"sqlite:///{tmp_path / 'store.sqlite'}", tmp_path)
    yield made
    made.store.close()


def make_desk(simulator, url, folder):
    key = folder / "key"
    key.write_text(KEY, encoding="ascii")
    account = Account("simulator", key, folder / "secret", url=simulator.url, test_clocks=True)
    return Desk(Store(url, wall=lambda: float(NOON)), Plans.read(default="explorer"), account, HOOK)


def buy(desk, subject=ADA, plan="researcher", quantity=1, coupon="", card="pm_card_visa"):
    """Choose a plan and pay on the hosted page, as a browser does."""
    order = Order(subject, plan, quantity, coupon)
    url, told = desk.order(order, name=subject, email="ada@example.org", back=BACK)
    assert told == ""
    browser = requests.Session()
    page = browser.get(url, timeout=20).text
    token = re.search(r'name="_xsrf" value="([^"]+)"', page).group(1)
    done = browser.post(url, data={"_xsrf": token, "card": card}, timeout=20, allow_redirects=False)
    if done.status_code != 303:
        return page, None
    session = done.headers["Location"].partition("session=")[2]
    return page, desk.returned(session, subject)


def use_trial(desk, subject=ADA):
    desk.customer(subject, name=subject)
    with desk.store.begin() as transaction:
        records.use_trial(transaction, subject)


def advance(desk, subject=ADA, *, to=None, by=0):
    known = desk.present(subject) or next(one for one in stored(desk) if one.subject == subject)
    now = desk.v1.test_helpers.test_clocks.retrieve(known.clock).frozen_time
    desk.v1.test_helpers.test_clocks.advance(known.clock, {"frozen_time": to or now + by})
    desk.refresh(known.identity)


def stored(desk):
    with desk.store.read() as transaction:
        return records.all_subscriptions(transaction)


def plan_of(desk, subject=ADA):
    found = desk.standing(subject)
    return found.plan.name if found else "explorer"


def test_the_catalogue_is_made_once_and_follows_the_file(desk):
    made, told = desk.synchronise()
    assert set(made.prices) == {"academic", "researcher", "advanced", "team", "utility"}
    assert desk.synchronise() == (made, []), "a second run changes nothing"
    cents = {name: desk.v1.prices.retrieve(price).unit_amount for name, price in made.prices.items()}
    assert cents == {"academic": 9900, "researcher": 14900, "advanced": 29900, "team": 49900, "utility": 39900}
    secret = desk.account.webhook_secret
    assert secret.startswith("whsec_") and desk.account.secret_file.stat().st_mode & 0o77 == 0

    tiers = [
        dataclasses.replace(plan, limits={**plan.limits, "price": 159}) if plan.name == "researcher" else plan
        for plan in desk.plans.tiers
        if plan.name != "academic"
    ]
    desk.plans = dataclasses.replace(desk.plans, tiers=tuple(tiers))
    compared, told = desk.synchronise(repair=False)
    assert told == ["price of Joulebook Researcher has changed", "product Joulebook Academic is not sold any more"]
    assert compared.prices["researcher"] == made.prices["researcher"], "comparing changes nothing"
    changed = desk.catalogue()
    assert changed.prices["researcher"] != made.prices["researcher"]
    assert desk.v1.prices.retrieve(changed.prices["researcher"]).unit_amount == 15900
    assert not desk.v1.prices.retrieve(made.prices["researcher"]).active
    assert not desk.v1.products.retrieve("joulebook-academic").active
    desk.plans = Plans.read(default="explorer")
    again = desk.catalogue()
    assert desk.v1.prices.retrieve(again.prices["researcher"]).unit_amount == 14900
    assert desk.account.webhook_secret == secret


def test_a_person_buys_uses_the_trial_once_and_cancels(desk):
    page, bought = buy(desk, coupon="campus20")
    assert "The trial is free until" in page and "20 % off" in page and "$0.00" in page
    assert (bought.plan.name, bought.seats) == ("researcher", 1) and "free trial until 2026-10-15" in bought.why
    advance(desk, by=15 * DAY)
    assert "paid until 2026-11-15" in desk.standing(ADA).why
    (paid, trial) = invoices.invoices(desk, ADA)
    assert (paid.total, paid.status, trial.total) == (11920, "paid", 0)
    desk.cancel(ADA)
    found = desk.standing(ADA)
    assert found.plan.name == "researcher" and "ends on 2026-11-15" in found.notice
    assert desk.resume(ADA) == "The subscription goes on." and desk.standing(ADA).notice == ""
    desk.cancel(ADA)
    end = desk.present(ADA).period_end
    advance(desk, to=end - 1)
    assert plan_of(desk) == "researcher"
    advance(desk, to=end + 1)
    assert plan_of(desk) == "explorer" and desk.present(ADA) is None
    page, again = buy(desk)
    assert "The trial" not in page and "$149.00" in page and again.plan.name == "researcher"


def test_a_declined_card_buys_nothing(desk):
    _, bought = buy(desk, card="pm_card_chargeDeclined")
    assert bought is None and plan_of(desk) == "explorer" and stored(desk) == []


def test_upgrades_act_at_once_and_downgrades_at_the_end(desk):
    use_trial(desk)
    buy(desk)
    end = desk.present(ADA).period_end
    advance(desk, by=10 * DAY)
    _, told = desk.order(Order(ADA, "advanced", once="form-1"), name="ada", back=BACK)
    assert "Advanced now" in told and plan_of(desk) == "advanced" and desk.present(ADA).period_end == end
    assert invoices.invoices(desk, ADA)[0].total == round(15000 * 21 / 31)
    with pytest.raises(HubError, match="already"):
        desk.order(Order(ADA, "advanced"), name="ada", back=BACK)
    _, told = desk.order(Order(ADA, "academic"), name="ada", back=BACK)
    assert "end of the period" in told and plan_of(desk) == "advanced"
    assert "changes to Academic" in desk.standing(ADA).notice
    desk.cancel(ADA)
    assert desk.present(ADA).ends and not desk.present(ADA).next_plan
    _, told = desk.order(Order(ADA, "advanced"), name="ada", back=BACK)
    assert told == "Advanced goes on." and desk.standing(ADA).notice == ""
    desk.order(Order(ADA, "academic"), name="ada", back=BACK)
    advance(desk, to=end + 1)
    assert plan_of(desk) == "academic" and invoices.invoices(desk, ADA)[0].total == 9900
    desk.order(Order(ADA, "researcher"), name="ada", back=BACK)
    assert plan_of(desk) == "researcher", "a change is possible while the schedule of the last one still goes on"


def test_seats(desk):
    acme = "organisation/acme"
    use_trial(desk, acme)
    _, bought = buy(desk, acme, "team", 2)
    assert bought.seats == 10
    desk.order(Order(acme, "team", 3), name="acme", back=BACK)
    assert desk.standing(acme).seats == 15
    desk.order(Order(acme, "team", 1), name="acme", back=BACK)
    assert desk.standing(acme).seats == 15
    advance(desk, acme, to=desk.present(acme).period_end + 1)
    assert desk.standing(acme).seats == 5
    for wrong in (Order(ADA, "researcher", 2), Order(acme, "team", 0), Order(acme, "gold"), Order(ADA, "team", 1, "X")):
        with pytest.raises(HubError):
            desk.order(wrong, name="x", back=BACK)


def test_an_organisation_hands_its_plan_on(desk):
    book = Book(desk.store, desk.plans)
    acme = "organisation/" + book.found("Acme", "ada").name

    def has(user="ada"):
        with desk.store.read() as transaction:
            return entitlement(transaction, desk.plans, user, [])

    assert has().plan.name == "explorer"
    with desk.store.read() as transaction:
        assert [(each.subject, each.own) for each in payers(transaction, "ada")] == [(ADA, True), (acme, False)]
        assert [each.subject for each in payers(transaction, "bob")] == ["person/bob"]
    buy(desk, acme, "team", 2)
    advance(desk, acme, by=15 * DAY)
    found = has()
    assert (found.plan.name, found.pool, found.metered) == ("team", acme, False)
    with desk.store.begin() as transaction:
        given = given_plans(transaction, find(transaction, "acme").number)
        assert [(each.source, each.plan, each.seats) for each in given] == [("subscription", "team", 10)]
        records.agree(transaction, acme, 5000, "ada")
    assert has().metered
    desk.cancel(acme)
    advance(desk, acme, to=desk.present(acme).period_end + 1)
    assert has().plan.name == "explorer" and not handover.hand_on_all(desk.store, desk.plans)


def test_a_failed_payment_has_seven_days_and_paying_heals_it(desk):
    use_trial(desk)
    buy(desk)
    first = desk.present(ADA)
    bad = desk.v1.payment_methods.attach("pm_card_chargeCustomerFail", {"customer": first.customer})
    good = desk.v1.subscriptions.retrieve(first.identity).default_payment_method
    desk.v1.subscriptions.update(first.identity, {"default_payment_method": bad.id})
    with pytest.raises(StripeFailed, match="declined"):
        desk.order(Order(ADA, "advanced"), name="ada", back=BACK)
    assert plan_of(desk) == "researcher"
    advance(desk, to=first.period_end + 2 * DAY)
    found = desk.standing(ADA)
    assert found.plan.name == "researcher" and "payment failed" in found.notice and "2026-11-08" in found.notice
    assert not facts_of(desk).metered
    desk.v1.subscriptions.update(first.identity, {"default_payment_method": good})
    advance(desk, by=2 * DAY)
    assert desk.standing(ADA).notice == ""
    desk.v1.subscriptions.update(first.identity, {"default_payment_method": bad.id})
    second = desk.present(ADA)
    advance(desk, to=second.period_end + 7 * DAY - 60)
    assert plan_of(desk) == "researcher"
    advance(desk, by=120)
    assert plan_of(desk) == "explorer"


def facts_of(desk, subject=ADA):
    with desk.store.read() as transaction:
        return facts.fact(transaction, subject, desk.plans)


def write_use(desk, *seconds, user="ada", first=1):
    with desk.store.begin() as transaction:
        for number, spent in enumerate(seconds, first):
            transaction.execute(
                insert(usage).values(
                    line=number, loan=number, part=1, user=user, kernel="k", card="c", plan="researcher",
                    day="2026-10-01", at=transaction.now, seconds=spent, metered=spent, reason="given back",
                )
            )  # fmt: skip


def test_gpu_time_beyond_the_plan_is_billed_once_and_to_the_second(desk):
    use_trial(desk)
    buy(desk)
    assert not facts_of(desk).metered, "nobody agreed"
    with desk.store.begin() as transaction:
        records.agree(transaction, ADA, 1000, "ada")
    assert facts_of(desk).metered
    write_use(desk, 500.4, 1000.2, 1000.6)
    assert metering.report(desk) == 3 and metering.report(desk) == 0
    known = desk.present(ADA)
    minute = known.clock_time - known.clock_time % 60
    span = {"customer": known.customer, "start_time": minute, "end_time": minute + 60}
    (summary,) = desk.v1.billing.meters.event_summaries.list(desk.catalogue().meter, span).data
    assert summary.aggregated_value == math.floor(500.4 + 1000.2 + 1000.6)
    with desk.store.begin() as transaction:
        assert facts.metered_cost(transaction, ADA, desk.plans) == 208
        with pytest.raises(DBAPIError, match="only be added to"):
            transaction.execute(tables.billed.delete())
    write_use(desk, 3 * 3600.0, first=4)
    metering.report(desk)
    assert not facts_of(desk).metered, "the agreed ten dollars are reached"
    with desk.store.read() as transaction:
        (given,) = grants(transaction, desk.plans, "ada", [])
    assert (given.plan, given.metered) == ("researcher", False)
    desk.cancel(ADA)
    end = desk.present(ADA).period_end
    advance(desk, to=end + 1)
    assert invoices.invoices(desk, ADA)[0].total == 1108


def test_a_report_whose_answer_was_lost_is_not_counted_twice(desk):
    use_trial(desk)
    buy(desk)
    with desk.store.begin() as transaction:
        records.agree(transaction, ADA, 100_000, "ada")
    write_use(desk, 3600.0)
    with desk.store.begin() as transaction:
        metering.decide(transaction, desk.plans)
        (due,) = metering.unreported(transaction)
        name = metering.identifier(records.hub_mark(transaction), due.line)
    payload = {"stripe_customer_id": due.customer, "value": str(due.units)}
    fields = {"event_name": catalogue.METER_EVENT, "identifier": name, "payload": payload}
    desk.v1.billing.meter_events.create(fields)
    assert metering.report(desk) == 1
    assert [str(one) for one in reconcile(desk, repair=False)] == []
    desk.v1.billing.meter_events.create({**fields, "identifier": "somebody else's"})
    (told,) = reconcile(desk, repair=True)
    assert "3600 s reported, at Stripe 7200 s" in str(told) and not told.repaired


def test_a_refund_leaves_the_use_and_is_noted(desk):
    use_trial(desk)
    buy(desk)
    write_use(desk, 100.0)
    (paid,) = invoices.invoices(desk, ADA)
    assert "49.00" in invoices.refund(desk, paid.identity, 4900, reason="goodwill", actor="root")
    with pytest.raises(HubError, match=r"At most 100\.00"):
        invoices.refund(desk, paid.identity, 14900, reason="all", actor="root")
    assert invoices.invoices(desk, ADA)[0].given_back == 4900
    with desk.store.read() as transaction:
        line = transaction.audit()[0]
        assert (line.actor, line.subject, line.reason) == ("root", ADA, "goodwill") and "49.00" in line.action
        assert transaction.scalar(select(usage.c.seconds)) == 100.0
    assert plan_of(desk) == "researcher"


def signed(secret, event, at=None):
    body = json.dumps(event).encode()
    at = int(time.time()) if at is None else at
    return body, f"t={at},v1={hmac.new(secret.encode(), f'{at}.'.encode() + body, hashlib.sha256).hexdigest()}"


EVENT = {
    "id": "evt_1",
    "object": "event",
    "type": "invoice.paid",
    "created": 1,
    "livemode": False,
    "data": {"object": {}},
}


def test_only_stripe_is_believed_and_only_now():
    secret = "whsec_x"
    body, header = signed(secret, EVENT)
    assert webhooks.verified(body, header, secret)["id"] == "evt_1"
    now = int(time.time())
    for wrong_body, wrong_header, wrong_secret in (
        (body + b" ", header, secret),
        (body, header, "whsec_y"),
        (body, header, ""),
        (body, "", secret),
        (body, "t=1,v1=0", secret),
        (body, header.replace("v1", "v0"), secret),
        *((body, signed(secret, EVENT, now + off)[1], secret) for off in (-301, 301)),
        (*signed(secret, {**EVENT, "pad": "x" * webhooks.MOST_BYTES}), secret),
        (*signed(secret, []), secret),
        (*signed(secret, {**EVENT, "id": 3}), secret),
        (*signed(secret, {**EVENT, "data": None}), secret),
    ):
        with pytest.raises(webhooks.RejectedError):
            webhooks.verified(wrong_body, wrong_header, wrong_secret)


def collected(simulator, desk, act):
    """Events that Stripe would send for what happens in a function, one by one."""
    before = {event.id for event in desk.v1.events.list({"limit": 100}).auto_paging_iter()}
    act()
    found = desk.v1.events.list({"limit": 100}).auto_paging_iter()
    new = [event.id for event in found if event.id not in before]
    raw = simulator.client()
    return [json.loads(json.dumps(raw.raw_request("get", f"/v1/events/{name}").data)) for name in reversed(new)]


def test_any_order_of_events_doubled_or_lost_gives_the_same_plan(simulator, desk):
    """Several lives, told to the hub shuffled, doubled and in parts; what is lost is found by comparison."""
    use_trial(desk)
    order = random.Random(5)
    seen = set()

    def life():
        buy(desk)
        identity = desk.present(ADA).identity
        item = desk.v1.subscriptions.retrieve(identity).to_dict()["items"]["data"][0]["id"]
        prices, choices = desk.catalogue().prices, ["academic", "advanced", "researcher"]
        fields = {"items": [{"id": item, "price": prices[order.choice(choices)]}], "proration_behavior": "none"}
        desk.v1.subscriptions.update(identity, fields)
        if order.random() < 0.5:
            desk.v1.subscriptions.update(identity, {"cancel_at_period_end": True})
        clock = desk.present(ADA).clock
        now = desk.v1.test_helpers.test_clocks.retrieve(clock).frozen_time
        desk.v1.test_helpers.test_clocks.advance(clock, {"frozen_time": now + order.choice([5, 20, 40]) * DAY})
        if order.random() < 0.5:
            desk.v1.subscriptions.cancel(identity)

    for _ in range(3):
        events = collected(simulator, desk, life)
        told = [event for event in events * 2 if order.random() < 0.5]
        order.shuffle(told)
        for event in told:
            taken = webhooks.take(desk, event)
            assert (taken == "taken before") == (event["id"] in seen)
            seen.add(event["id"])
        reconcile(desk, repair=True)
        theirs = {
            one.id: one
            for one in desk.v1.subscriptions.list({"customer": stored(desk)[0].customer, "status": "all"}).data
        }
        for mine in stored(desk):
            assert mine.status == theirs[mine.identity].status
            assert mine.plan == theirs[mine.identity].to_dict()["items"]["data"][0]["price"]["metadata"]["plan"]
        assert reconcile(desk, repair=False) == []
        present = desk.present(ADA)
        if present is not None:
            desk.v1.subscriptions.cancel(present.identity)
            desk.refresh(present.identity)


def test_all_events_in_any_order_without_comparison(simulator, desk):
    def life():
        buy(desk)
        desk.order(Order(ADA, "advanced"), name="ada", back=BACK)
        desk.cancel(ADA)

    events = collected(simulator, desk, life)
    wanted = stored(desk)
    random.Random(1).shuffle(events)
    with desk.store.begin() as transaction:
        transaction.execute(tables.subscriptions.delete())
    for event in events:
        webhooks.take(desk, event)
    assert [one.same(other) for one, other in zip(stored(desk), wanted, strict=True)] == [True]


def test_lost_books_are_found_again(desk):
    buy(desk)
    with desk.store.begin() as transaction:
        transaction.execute(tables.subscriptions.delete())
        transaction.execute(tables.customers.delete())
    assert plan_of(desk) == "explorer"
    (told,) = reconcile(desk, repair=False)
    assert "here nothing, at Stripe researcher" in str(told) and plan_of(desk) == "explorer"
    reconcile(desk, repair=True)
    assert plan_of(desk) == "researcher" and reconcile(desk, repair=True) == []


def test_customers_of_another_hub_are_left_alone(simulator, desk, tmp_path):
    (tmp_path / "other").mkdir()
    other = make_desk(simulator, f"sqlite:///{tmp_path / 'other.sqlite'}", tmp_path / "other")
    buy(other, "person/eve")
    theirs = other.present("person/eve").identity
    assert desk.look(theirs) is None and reconcile(desk, repair=True) is not None
    assert "person/eve" not in {one.subject for one in stored(desk)}
    other.store.close()


def test_an_account_that_does_not_answer(desk):
    desk.account = dataclasses.replace(desk.account, url="http://127.0.0.1:9")
    desk._client = desk.account.client()
    desk._client = stripe.StripeClient(KEY, base_addresses={"api": "http://127.0.0.1:9"}, max_network_retries=0)
    with pytest.raises(StripeFailed, match="does not answer"):
        desk.order(Order(ADA, "researcher"), name="ada", back=BACK)


def test_events_come_through_the_signed_webhook(simulator, desk):
    outcomes = []

    def take(body, signature):
        event = webhooks.verified(body, signature, desk.account.webhook_secret, wall=simulator.wall)
        outcomes.append(webhooks.take(desk, event))
        return 200

    with receiver(take) as url:
        desk.webhook = url
        desk.synchronise()
        buy(desk)
        while simulator.deliver():
            continue
    assert outcomes and all("sub_" in outcome or "no subscription" in outcome for outcome in outcomes)
    with desk.store.read() as transaction:
        assert len(records.events(transaction, 100)) == len(outcomes)


def test_the_store_of_billing_on_both_databases(simulator, store_url, tmp_path):
    desk = make_desk(simulator, store_url, tmp_path)
    try:
        buy(desk)
        with desk.store.begin() as transaction:
            records.agree(transaction, ADA, 500, "ada")
            records.agree(transaction, ADA, 700, "ada")
            since = records.agreement(transaction, ADA)
            assert since[0] == 700
            records.agree(transaction, ADA, 0, "ada")
            assert records.agreement(transaction, ADA) == (0, 0.0)
        assert webhooks.take(desk, EVENT) == "about no subscription"
        assert webhooks.take(desk, EVENT) == "taken before"
        write_use(desk, 100.0)
        assert metering.report(desk) == 1 and reconcile(desk, repair=True) == []
        for table in (tables.agreements, tables.billed, tables.reports):
            with pytest.raises(DBAPIError, match="only be added to"), desk.store.begin() as transaction:
                transaction.execute(table.delete())
    finally:
        desk.store.close()


def test_a_hub_that_does_not_bill_needs_no_stripe(tmp_path):
    program = """
import sys
sys.modules["stripe"] = None
from traitlets.config import Config
from joulebook_hub.billing.account import Account, mode_of
from joulebook_hub.billing.configuration import add_pages, configure
from joulebook_hub.billing.routes import open_desk
from joulebook_hub.plans import Plans
from joulebook_hub.service.features import features
from joulebook_hub.service.routes import Parts
from joulebook_hub.settings import HubSettings
from joulebook_hub.store import Store
import os
settings = HubSettings.from_environment(dict(os.environ))
c = Config()
assert configure(c, settings) is settings
c.JupyterHub.template_vars = {}
c.JupyterHub.tornado_settings = {}
store = Store(settings.store_url)
assert add_pages(c, settings, store, Plans.read()).plans_page == ""
assert open_desk(Parts(store, Plans.read(), dict(os.environ))) is None
assert [feature.name for feature in features()]
assert mode_of({"JOULEBOOK_BILLING": "off"}) == "off"
"""
    variables = {**os.environ, "JOULEBOOK_HOME": str(tmp_path), "JOULEBOOK_BILLING": "off"}
    done = subprocess.run([sys.executable, "-c", program], env=variables, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("variables", "reason"),
    [
        ({"JOULEBOOK_BILLING": "paypal"}, "use one of"),
        ({"JOULEBOOK_BILLING": "simulator", "JOULEBOOK_PROFILE": "docker"}, "local profile"),
        ({"JOULEBOOK_BILLING": "stripe"}, "needs a secret or restricted key"),
        ({"JOULEBOOK_BILLING": "stripe", "JOULEBOOK_STRIPE_KEY": "pk_test_1"}, "needs a secret or restricted key"),
        ({"JOULEBOOK_BILLING": "stripe", "JOULEBOOK_STRIPE_KEY": "sk_test_1"}, "webhook's secret"),
        (
            {"JOULEBOOK_BILLING": "stripe", "JOULEBOOK_STRIPE_KEY": "sk_live_1", "JOULEBOOK_STRIPE_URL": "http://x"},
            "sent to Stripe only",
        ),
        (
            {"JOULEBOOK_BILLING": "stripe", "JOULEBOOK_STRIPE_KEY": "rk_live_1", "JOULEBOOK_STRIPE_TEST_CLOCKS": "on"},
            "real time",
        ),
        ({"JOULEBOOK_BILLING": "simulator", "JOULEBOOK_STRIPE_TAX": "yes"}, "use on or off"),
    ],
)
def test_settings_that_are_refused(variables, reason, tmp_path):
    with pytest.raises(HubError, match=reason):
        Account.from_environment(variables, tmp_path)


def test_an_accounts_words_have_no_secret(tmp_path):
    (tmp_path / "key").write_text("sk_test_abc\n", encoding="ascii")
    variables = {"JOULEBOOK_BILLING": "stripe", "JOULEBOOK_STRIPE_KEY_FILE": str(tmp_path / "key")}
    account = Account.from_environment({**variables, "JOULEBOOK_STRIPE_WEBHOOK_SECRET": "whsec_x"})
    assert account.api_key == "sk_test_abc" and account.webhook_secret == "whsec_x"
    assert "sk_test" not in repr(account) and "whsec" not in repr(account)
    assert Account.from_environment({"JOULEBOOK_BILLING": "off"}) is None
    assert Account.from_environment({"JOULEBOOK_PROFILE": "docker"}) is None


@pytest.mark.parametrize(
    "table",
    [
        [],
        {"trial_days": -1},
        {"trial_days": True},
        {"overage_per_gpu_hour": 0.001},
        {"overage_per_gpu_hour": "3"},
        {"coupons": {"lower": {"title": "x", "percent_off": 5}}},
        {"coupons": {"GOOD": {"title": "x", "percent_off": 0}}},
        {"coupons": {"GOOD": {"title": "x", "percent_off": 5, "months": 1.5}}},
        {"coupons": {"GOOD": {"title": "", "percent_off": 5}}},
        {"coupons": {"GOOD": 5}},
        {"price": 3},
    ],
)
def test_charges_that_are_wrong(table):
    assert Charges.read(table)[1]
