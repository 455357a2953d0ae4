"""The page of one's plan: what one has and why, choosing, seats, payment, invoices."""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar
from urllib.parse import urlencode

from jupyterhub.handlers.base import BaseHandler
from tornado import web

from joulebook_hub.billing import facts, invoices, records
from joulebook_hub.billing.charges import dollars
from joulebook_hub.billing.desk import Desk, Order
from joulebook_hub.billing.offers import change_now, offers, price_of, titles
from joulebook_hub.billing.subjects import Payer, payers
from joulebook_hub.errors import HubError
from joulebook_hub.plans import Plans
from joulebook_hub.quota import entitlement
from joulebook_hub.store import Store

__all__ = ["ROUTES", "BillingHandler", "day", "moment"]

_SESSION = re.compile(r"cs_[A-Za-z0-9_]{1,200}")
_QUANTITY = re.compile(r"[0-9]{1,5}")
_MARK = re.compile(r"[0-9a-f]{32}")
_STRIPE_PAGES = "https://checkout.stripe.com https://billing.stripe.com"
Found = TypeVar("Found")


def day(at: float) -> str:
    """Write a day for a person.

    Parameters
    ----------
    at : float
        Seconds since 1970.

    Returns
    -------
    str
        The day, UTC.

    Examples
    --------
    >>> day(0.0)
    '1 January 1970'
    """
    when = datetime.fromtimestamp(at, UTC)
    return f"{when.day} {when:%B %Y}"


def moment(at: float) -> str:
    """Write an instant for a person.

    Parameters
    ----------
    at : float
        Seconds since 1970.

    Returns
    -------
    str
        Day and time, UTC.
    """
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M}"


class BillingHandler(BaseHandler):  # type: ignore[misc]
    """What the pages about money share: the desk, and waiting for Stripe beside the hub's own work."""

    @property
    def desk(self) -> Desk | None:
        """Subscriptions; None where the hub does not bill."""
        found: Desk | None = self.settings["joulebook_billing"]
        return found

    @property
    def billing_desk(self) -> Desk:
        """Subscriptions.

        Raises
        ------
        HTTPError
            404 where the hub does not bill.
        """
        if self.desk is None:
            raise web.HTTPError(404)
        return self.desk

    @property
    def store(self) -> Store:
        """The store."""
        store: Store = self.settings["joulebook_store"]
        return store

    @property
    def plans(self) -> Plans:
        """The plans."""
        plans: Plans = self.settings["joulebook_plans"]
        return plans

    async def beside(self, function: Callable[..., Found], *arguments: Any, **named: Any) -> Found:
        """Run a function that waits for Stripe, in a thread.

        Parameters
        ----------
        function : callable
            The function.
        *arguments, **named : object
            For it.

        Returns
        -------
        object
            What it gives back.
        """
        return await asyncio.to_thread(function, *arguments, **named)

    def own_address(self, **query: str) -> str:
        """Absolute address of the page of one's plan.

        Parameters
        ----------
        **query : str
            Its query.

        Returns
        -------
        str
            The address.
        """
        public = str(self.settings.get("joulebook_public_url") or f"{self.request.protocol}://{self.request.host}")
        return f"{public}{self.hub.base_url}billing" + (f"?{urlencode(query)}" if query else "")

    async def show(self, template: str, *, message: str = "", done: str = "", **values: Any) -> None:
        """Render a page, with a fault (status 400) or a confirmation on it.

        Parameters
        ----------
        template : str
            The template.
        message : str
            What went wrong.
        done : str
            What was done.
        **values : object
            Variables of the template.
        """
        if message:
            self.set_status(400)
        policy = str(self.settings["headers"]["Content-Security-Policy"])
        pages = "" if self.desk is None else self.settings["joulebook_simulator_pages"] or _STRIPE_PAGES
        self.set_header("Content-Security-Policy", policy.replace("form-action 'self'", f"form-action 'self' {pages}"))
        self.set_header("Cache-Control", "no-store")
        words = {"dollars": dollars, "day": day, "moment": moment}
        self.finish(await self.render_template(template, message=message, done=done, **words, **values))


class PlanPage(BillingHandler):
    """What one has, and what one can choose."""

    def _payer(self, given: str) -> tuple[Payer, list[Payer]]:
        with self.store.read() as transaction:
            known = payers(transaction, str(self.current_user.name))
        found = next((each for each in known if each.subject == given), None) if given else known[0]
        if found is None:
            raise web.HTTPError(404, "There is no such person or organisation that you pay for.")
        return found, known

    async def _page(self, payer: Payer, known: list[Payer], *, message: str = "", done: str = "") -> None:
        user, desk, subject = self.current_user, self.desk, payer.subject
        groups = [str(group.name) for group in user.groups]
        with self.store.read() as transaction:
            has = entitlement(transaction, self.plans, user.name, groups)
            fact = facts.fact(transaction, subject, self.plans)
            customer = records.customer_of(transaction, subject)
            most, _since = records.agreement(transaction, subject)
            spent = facts.metered_cost(transaction, subject, self.plans)
        subscription = desk.present(subject) if desk else None
        listed = []
        if desk and customer:
            try:
                listed = await self.beside(invoices.invoices, desk, subject)
            except HubError as error:
                message = message or error.user_message
        trial = self.plans.charges.trial_days > 0 and not (customer and customer.trial_used)
        present = has.plan if payer.own else fact.standing.plan if fact else None
        hour = self.plans.charges.overage_cents
        await self.show(
            "billing.html",
            message=message,
            done=done,
            payer=payer,
            payers=known,
            has=has,
            fact=fact,
            subscription=subscription,
            invoices=listed,
            billed=desk is not None,
            spent=spent,
            most=most,
            offers=offers(self.plans, present, subscription, billed=desk is not None, trial=trial, own=payer.own),
            hour=hour if desk and subscription and present and present.limits["overage"] else 0,
            coupons=desk is not None and bool(self.plans.charges.coupons) and subscription is None,
            names=titles(),
            once=secrets.token_hex(16),
            simulated=bool(self.settings["joulebook_simulator_pages"]),
        )

    @web.authenticated
    async def get(self) -> None:
        """Show it; who comes back from paying reads what was bought."""
        payer, known = self._payer(self.get_query_argument("for", ""))
        session = self.get_query_argument("session", "")
        done = message = ""
        if self.desk and _SESSION.fullmatch(session):
            try:
                found = await self.beside(self.desk.returned, session, payer.subject)
                who = "You have" if payer.own else f"{payer.title} has"
                done = f"Thank you. {who} {found.plan.title} now." if found else ""
            except HubError as error:
                message = error.user_message
        await self._page(payer, known, message=message, done=done)

    @web.authenticated
    async def post(self) -> None:
        """Choose, change, cancel, go on, agree to metered use, or go to cards and invoices."""
        payer, known = self._payer(self.get_body_argument("for", ""))
        action = self.get_body_argument("action", "")
        try:
            if action == "choose":
                await self._choose(payer)
                return
            if action == "portal":
                address = await self.beside(
                    invoices.portal, self.billing_desk, payer.subject, self.own_address(**{"for": payer.subject})
                )
                self.redirect(address, status=303)
                return
            done = await self._act(action, payer)
        except HubError as error:
            self.log.info("billing: %s", error.log_message)
            await self._page(payer, known, message=error.user_message)
            return
        await self._page(payer, known, done=done)

    def _order(self, payer: Payer) -> Order:
        plan = self.get_body_argument("plan", "")
        quantity = self.get_body_argument(f"seats-{plan}", "1").strip()
        if not _QUANTITY.fullmatch(quantity):
            raise HubError(f"Number = {quantity[:20]!r}: use a whole number.", reason="bad_quantity")
        once = self.get_body_argument("once", "")
        coupon = self.get_body_argument("coupon", "").strip().upper()
        return Order(payer.subject, plan, int(quantity), coupon, once if _MARK.fullmatch(once) else "")

    async def _choose(self, payer: Payer) -> None:
        """To the page on which one pays; or, where a subscription is changed, first say what that means."""
        desk, order = self.billing_desk, self._order(payer)
        plan = desk.plan_for_sale(order.plan)
        present = desk.present(payer.subject)
        if present is None:
            back = self.own_address(**{"for": payer.subject})
            url, _ = await self.beside(desk.order, order, name=payer.title, back=back)
            self.redirect(url, status=303)
            return
        names = [each.name for each in self.plans.tiers]
        now_ = self.store.clock()
        size = names.index(present.plan) if present.plan in names else -1
        larger = (names.index(plan.name), order.quantity) >= (size, present.quantity)
        old = self.plans.named(present.plan)
        await self.show(
            "billing_change.html",
            payer=payer,
            order=order,
            plan=plan,
            old=old,
            present=present,
            larger=larger,
            due=change_now(self.plans, present, order.plan, order.quantity, now_) if larger else 0,
            monthly=(price_of(plan) or 0) * order.quantity,
        )

    async def _act(self, action: str, payer: Payer) -> str:
        desk, subject = self.billing_desk, payer.subject
        if action == "change":
            order = self._order(payer)
            _, done = await self.beside(desk.order, order, name=payer.title, back=self.own_address())
            return done
        if action == "cancel":
            return await self.beside(desk.cancel, subject)
        if action == "resume":
            return await self.beside(desk.resume, subject)
        if action == "agree":
            typed = self.get_body_argument("most", "0").strip()
            if not _QUANTITY.fullmatch(typed):
                raise HubError(f"Dollars = {typed[:20]!r}: use a whole number up to 99999.", reason="bad_amount")
            with self.store.begin() as transaction:
                records.agree(transaction, subject, int(typed) * 100, str(self.current_user.name))
            if int(typed):
                return f"GPU time beyond the plan is lent for at most ${int(typed)} a month."
            return "No GPU time beyond the plan is lent."
        raise HubError("This page does not know that. Load it again.", reason="no_such_action")


ROUTES: list[tuple[str, type]] = [(r"/billing", PlanPage)]
