"""What people do with their subscription: choose, change, cancel, pay; each action is safe to repeat.

An action asks Stripe, which decides, and then looks at the subscription as it is now (`Desk.refresh`). The store is
never held while Stripe is waited for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from joulebook_hub.billing import catalogue, records
from joulebook_hub.billing.account import Account
from joulebook_hub.billing.catalogue import Catalogue
from joulebook_hub.billing.handover import hand_on
from joulebook_hub.billing.rules import ALIVE, Standing, Subscription, best, read_subscription, standing
from joulebook_hub.billing.talk import talking
from joulebook_hub.errors import HubError
from joulebook_hub.plans import Plan, Plans
from joulebook_hub.store import Store

if TYPE_CHECKING:
    from stripe import StripeClient

__all__ = ["Desk", "Order"]

_MOST_SEATS = 10_000


@dataclass(frozen=True)
class Order:
    """What somebody chooses.

    Parameters
    ----------
    subject : str
        For whom: ``person/ada`` or ``organisation/acme``.
    plan : str
        Name of the plan.
    quantity : int
        How many times its price.
    coupon : str
        Code of a reduction; empty without one.
    once : str
        A mark of the form that was sent, so that sending it twice acts once.
    """

    subject: str
    plan: str
    quantity: int = 1
    coupon: str = ""
    once: str = ""


@dataclass
class Desk:
    """Subscriptions of this hub at one account.

    Parameters
    ----------
    store : Store
        The store.
    plans : Plans
        The plans.
    account : Account
        The account.
    webhook : str
        Address of this hub's webhook, for the simulator.
    """

    store: Store
    plans: Plans
    account: Account
    webhook: str = ""
    _client: Any = field(default=None, repr=False)

    @property
    def client(self) -> StripeClient:
        """The client, made when it is first needed."""
        if self._client is None:
            self._client = self.account.client()
        made: StripeClient = self._client
        return made

    @property
    def v1(self) -> Any:
        """Stripe's services."""
        return self.client.v1

    def catalogue(self) -> Catalogue:
        """What things are called at Stripe; brought up to date when the plans' file has changed.

        Returns
        -------
        Catalogue
            The names.
        """
        with self.store.read() as transaction:
            known = records.note(transaction, "catalogue")
        if known and known["fingerprint"] == catalogue.fingerprint(self.plans, self.account):
            return Catalogue(**known)
        return self.synchronise()[0]

    def synchronise(self, *, repair: bool = True) -> tuple[Catalogue, list[str]]:
        """Make Stripe's catalogue what the plans' file says.

        Parameters
        ----------
        repair : bool
            False to compare only.

        Returns
        -------
        Catalogue
            What things are called.
        list of str
            What was different.
        """
        with talking():
            made, told = catalogue.synchronise(
                self.client, self.plans, self.account, webhook=self.webhook, repair=repair
            )
        if repair:
            with self.store.begin() as transaction:
                records.set_note(transaction, "catalogue", made.as_dict())
                records.set_note(transaction, "synchronised", {"at": transaction.now, "told": told})
        return made, told

    def customer(self, subject: str, *, name: str, email: str = "") -> str:
        """Who pays for a subject; made at Stripe when nobody does yet.

        Parameters
        ----------
        subject : str
            For whom.
        name, email : str
            What stands on invoices.

        Returns
        -------
        str
            Stripe's identity.
        """
        with self.store.begin() as transaction:
            known, mark = records.customer_of(transaction, subject), records.hub_mark(transaction)
            now = int(transaction.now)
        if known is not None:
            return known.customer
        fields: dict[str, Any] = {"name": name, "metadata": {"subject": subject, "hub": mark}}
        if email:
            fields["email"] = email
        with talking():
            if self.account.test_clocks:
                clock = self.v1.test_helpers.test_clocks.create({"frozen_time": now, "name": name})
                fields["test_clock"] = clock.id
            options = (
                {"idempotency_key": f"joulebook-{mark}-customer-{subject}"} if not self.account.test_clocks else {}
            )
            made = str(self.v1.customers.create(fields, options).id)
        with self.store.begin() as transaction:
            records.save_customer(transaction, subject, made)
            kept = records.customer_of(transaction, subject)
        return kept.customer if kept else made

    def plan_for_sale(self, name: str) -> Plan:
        """Look up a plan that is sold.

        Parameters
        ----------
        name : str
            Its name.

        Returns
        -------
        Plan
            The plan.

        Raises
        ------
        HubError
            If it is not sold.
        """
        plan = next((each for each in catalogue.for_sale(self.plans) if each.name == name), None)
        if plan is None:
            raise HubError("This plan is not sold. Look at the list again.", reason="no_such_plan")
        return plan

    def _checked(self, order: Order) -> Plan:
        plan = self.plan_for_sale(order.plan)
        shared = bool(plan.limits["gpu_hours_shared"])
        if shared != order.subject.startswith("organisation/"):
            message = (
                "This plan is for organisations. Choose yours first." if shared else "This plan is for one person."
            )
            raise HubError(message, reason="wrong_payer")
        most = _MOST_SEATS if shared else 1
        if not 1 <= order.quantity <= most:
            raise HubError(f"Quantity = {order.quantity}: use a number from 1 to {most}.", reason="bad_quantity")
        if order.coupon and self.plans.charges.coupon(order.coupon) is None:
            raise HubError(f"There is no code {order.coupon[:20]!r}. Correct it or leave it out.", reason="no_coupon")
        return plan

    def order(self, order: Order, *, name: str, email: str = "", back: str) -> tuple[str, str]:
        """Choose a plan: a page to pay on where there is no subscription, otherwise a change of it.

        Parameters
        ----------
        order : Order
            What is chosen.
        name, email : str
            What stands on invoices.
        back : str
            Address of the hub's page of plans.

        Returns
        -------
        tuple of str
            Address to go to, empty when it is done; and what was done, in words.
        """
        self._checked(order)
        present = self.present(order.subject)
        if present is not None:
            return "", self.change(order, present)
        return self._checkout(order, name=name, email=email, back=back), ""

    def present(self, subject: str) -> Subscription | None:
        """The subscription that goes on, whether or not it still gives its plan.

        Parameters
        ----------
        subject : str
            Whose.

        Returns
        -------
        Subscription or None
            None without one.
        """
        with self.store.read() as transaction:
            known = records.of_subject(transaction, subject)
            found = best(known, self.plans, transaction.now)
        return found or next((each for each in known if each.status in ALIVE), None)

    def _checkout(self, order: Order, *, name: str, email: str, back: str) -> str:
        customer = self.customer(order.subject, name=name, email=email)
        names = self.catalogue()
        with self.store.read() as transaction:
            known = records.customer_of(transaction, order.subject)
        mark = {"subject": order.subject}
        data: dict[str, Any] = {"metadata": mark}
        if self.plans.charges.trial_days and known is not None and not known.trial_used:
            data["trial_period_days"] = self.plans.charges.trial_days
        items: list[dict[str, Any]] = [{"price": names.prices[order.plan], "quantity": order.quantity}]
        if names.metered and self.plan_for_sale(order.plan).limits["overage"]:
            items.append({"price": names.metered})
        joint = "&" if "?" in back else "?"
        fields: dict[str, Any] = {
            "mode": "subscription",
            "customer": customer,
            "line_items": items,
            "subscription_data": data,
            "success_url": f"{back}{joint}session={{CHECKOUT_SESSION_ID}}",
            "cancel_url": back,
            "client_reference_id": order.subject,
            "metadata": mark,
        }
        coupon = self.plans.charges.coupon(order.coupon)
        if coupon is not None:
            fields["discounts"] = [{"coupon": coupon.code}]
        if self.account.tax:
            fields["automatic_tax"] = {"enabled": True}
        with talking():
            for other in self.v1.checkout.sessions.list({"customer": customer, "status": "open"}).auto_paging_iter():
                self.v1.checkout.sessions.expire(other.id)
            made = self.v1.checkout.sessions.create(fields, _once(order, "checkout"))
        return str(made.url)

    def returned(self, session: str, subject: str) -> Standing | None:
        """Somebody comes back from the page on which one pays; the news may not have come yet.

        Parameters
        ----------
        session : str
            Identity that the page handed on.
        subject : str
            Who comes back.

        Returns
        -------
        Standing or None
            What the subject has now; None if nothing was bought, or somebody else bought it.
        """
        with talking():
            found = self.v1.checkout.sessions.retrieve(session).to_dict()
        if found.get("client_reference_id") != subject or not found.get("subscription"):
            return None
        self.refresh(str(found["subscription"]))
        return self.standing(subject)

    def standing(self, subject: str) -> Standing | None:
        """What a subject's subscription gives now.

        Parameters
        ----------
        subject : str
            Whose.

        Returns
        -------
        Standing or None
            None without one.
        """
        with self.store.read() as transaction:
            return standing(records.of_subject(transaction, subject), self.plans, transaction.now)

    def refresh(self, identity: str) -> bool:
        """Ask Stripe for a subscription and keep what it says.

        Parameters
        ----------
        identity : str
            Stripe's.

        Returns
        -------
        bool
            True if something has changed.
        """
        found = self.look(identity)
        if found is None:
            return False
        with self.store.begin() as transaction:
            records.save_customer(transaction, found.subject, found.customer)
            if found.status != "incomplete":
                records.use_trial(transaction, found.subject)
            changed = records.keep(transaction, found)
            hand_on(self.store, self.plans, found.subject)
            return changed

    def look(self, identity: str) -> Subscription | None:
        """Ask Stripe for a subscription.

        Parameters
        ----------
        identity : str
            Stripe's.

        Returns
        -------
        Subscription or None
            None if it is none of this hub's.
        """
        seen = self.store.clock()
        with talking():
            body = self.v1.subscriptions.retrieve(identity, {"expand": ["schedule"]}).to_dict()
            return self.read(body, seen)

    def read(self, body: Mapping[str, Any], seen: float) -> Subscription | None:
        """Read Stripe's object, and what else must be asked for.

        Parameters
        ----------
        body : mapping
            A subscription with its schedule.
        seen : float
            When it was asked for.

        Returns
        -------
        Subscription or None
            None if it is none of this hub's.
        """
        customer = str(body["customer"])
        with self.store.read() as transaction:
            subject = records.subject_of(transaction, customer)
        subject = subject or self._adopted(customer)
        if not subject:
            return None
        unpaid, clock = None, body.get("test_clock")
        if body["status"] == "past_due":
            due = self.v1.invoices.list({"subscription": body["id"], "status": "open", "limit": 100})
            unpaid = min((int(one.created) for one in due.auto_paging_iter()), default=None)
        time = int(self.v1.test_helpers.test_clocks.retrieve(clock).frozen_time) if clock else None
        return read_subscription(body, subject=subject, seen=seen, unpaid_since=unpaid, clock_time=time)

    def _adopted(self, customer: str) -> str:
        """Subject of a customer that this hub made, when the store has lost it."""
        found = self.v1.customers.retrieve(customer).to_dict()
        marks = found.get("metadata") or {}
        with self.store.begin() as transaction:
            mine = marks.get("hub") == records.hub_mark(transaction)
        return str(marks.get("subject", "")) if mine else ""

    def change(self, order: Order, present: Subscription) -> str:
        """Change a subscription: what costs more at once, what costs less at the end of the period.

        Parameters
        ----------
        order : Order
            What it is to become.
        present : Subscription
            What it is.

        Returns
        -------
        str
            What was done, in words.

        Raises
        ------
        HubError
            If it is that already.
        """
        plan = self._checked(order)
        if (order.plan, order.quantity) == (present.plan, present.quantity) and not (present.ends or present.next_plan):
            raise HubError(f"You have {plan.title} already.", reason="same_plan")
        self._go_on(present, order)
        names = [each.name for each in self.plans.tiers]
        size = names.index(present.plan) if present.plan in names else -1
        more = (names.index(order.plan), order.quantity) >= (size, present.quantity)
        with talking():
            self._at_once(order, present) if more else self._at_the_end(order, present)
        self.refresh(present.identity)
        if (order.plan, order.quantity) == (present.plan, present.quantity):
            return f"{plan.title} goes on."
        if more:
            return f"You have {plan.title} now. The difference for the rest of the period was charged."
        return f"{plan.title} begins at the end of the period; until then everything stays as it is."

    def _go_on(self, present: Subscription, order: Order | None) -> None:
        """Take back an end or a change that was planned."""
        once = "" if order is None else order.once
        with talking():
            if present.schedule:
                self.v1.subscription_schedules.release(present.schedule)
            if present.ends:
                options = {"idempotency_key": f"joulebook-{once}-go-on"} if once else {}
                self.v1.subscriptions.update(present.identity, {"cancel_at_period_end": False}, options)

    def _items(self, present: Subscription) -> tuple[str, str]:
        """Identities of the item with the plan's price and of the metered one."""
        items = self.v1.subscriptions.retrieve(present.identity).to_dict()["items"]["data"]
        plan = next(item["id"] for item in items if item["price"]["metadata"].get("plan"))
        metered = (item["id"] for item in items if item["price"]["recurring"]["usage_type"] == "metered")
        return str(plan), str(next(metered, ""))

    def _at_once(self, order: Order, present: Subscription) -> None:
        names = self.catalogue()
        item, metered = self._items(present)
        items: list[dict[str, Any]] = [{"id": item, "price": names.prices[order.plan], "quantity": order.quantity}]
        if names.metered and not metered and self.plan_for_sale(order.plan).limits["overage"]:
            items.append({"price": names.metered})
        fields = {"items": items, "proration_behavior": "always_invoice", "payment_behavior": "error_if_incomplete"}
        self.v1.subscriptions.update(present.identity, fields, _once(order, "change"))

    def _at_the_end(self, order: Order, present: Subscription) -> None:
        names = self.catalogue()
        schedule = self.v1.subscription_schedules.create({"from_subscription": present.identity}).to_dict()
        phase = schedule["phases"][0]
        kept = [_phase_item(item) for item in phase["items"]]
        metered = (
            [{"price": names.metered}] if names.metered and self.plan_for_sale(order.plan).limits["overage"] else []
        )
        then = [{"price": names.prices[order.plan], "quantity": order.quantity}, *metered]
        phases = [
            {"items": kept, "start_date": phase["start_date"], "end_date": phase["end_date"]},
            {
                "items": then,
                "duration": {"interval": "month"},
                "proration_behavior": "none",
                "metadata": {"plan": order.plan},
            },
        ]
        self.v1.subscription_schedules.update(schedule["id"], {"phases": phases, "end_behavior": "release"})

    def cancel(self, subject: str) -> str:
        """Let a subscription end at the end of what is paid.

        Parameters
        ----------
        subject : str
            Whose.

        Returns
        -------
        str
            What was done, in words.
        """
        present = self._present(subject)
        with talking():
            if present.schedule:
                self.v1.subscription_schedules.release(present.schedule)
            self.v1.subscriptions.update(present.identity, {"cancel_at_period_end": True})
        self.refresh(present.identity)
        return "The subscription ends with the period that is paid. Until then everything stays as it is."

    def resume(self, subject: str) -> str:
        """Take back a cancellation or a planned change.

        Parameters
        ----------
        subject : str
            Whose.

        Returns
        -------
        str
            What was done, in words.
        """
        present = self._present(subject)
        self._go_on(present, None)
        self.refresh(present.identity)
        return "The subscription goes on."

    def _present(self, subject: str) -> Subscription:
        present = self.present(subject)
        if present is None:
            raise HubError("There is no subscription.", reason="no_subscription")
        return present


def _once(order: Order, what: str) -> dict[str, str]:
    return {"idempotency_key": f"joulebook-{what}-{order.once}"} if order.once else {}


def _phase_item(item: Mapping[str, Any]) -> dict[str, Any]:
    made = {"price": item["price"]}
    return {**made, "quantity": item["quantity"]} if item.get("quantity") is not None else made
