"""The administrators' page of billing: catalogue, comparison, subscriptions, refunds, last events."""

from __future__ import annotations

import re

from jupyterhub.scopes import needs_scope
from tornado import web

from joulebook_hub.billing import invoices, records
from joulebook_hub.billing.charges import cents
from joulebook_hub.billing.reconcile import reconcile
from joulebook_hub.errors import HubError
from joulebook_hub.handlers.billing import BillingHandler
from joulebook_hub.stripe_sim.pages import control_token

__all__ = ["ROUTES", "OperatorPage"]

_DOLLARS = re.compile(r"[0-9]{1,6}(\.[0-9]{1,2})?")
_SUBJECT = re.compile(r"(person|organisation)/.{1,200}")


class OperatorPage(BillingHandler):
    """Everything about money that an administrator looks after."""

    async def _page(self, *, of: str = "", message: str = "", done: str = "") -> None:
        desk = self.billing_desk
        with self.store.read() as transaction:
            synchronised, compared = records.note(transaction, "synchronised"), records.note(transaction, "compared")
            subscriptions, events = records.all_subscriptions(transaction), records.events(transaction)
        listed: list[invoices.Invoice] = []
        if _SUBJECT.fullmatch(of):
            try:
                listed = await self.beside(invoices.invoices, desk, of)
            except HubError as error:
                message = message or error.user_message
        key, pages = desk.account.api_key, str(self.settings["joulebook_simulator_pages"])
        simulated = desk.account.mode == "simulator"
        live = key.startswith(("sk_live_", "rk_live_"))
        words = "Live account of Stripe: real money." if live else "Test mode of Stripe: no real money."
        await self.show(
            "billing_operator.html",
            message=message,
            done=done,
            synchronised=synchronised,
            compared=compared,
            events=events,
            subscriptions=sorted(subscriptions, key=lambda one: (-one.seen, one.identity)),
            of=of,
            titles={plan.name: plan.title for plan in self.plans.tiers},
            invoices=listed,
            mode="A simulator of Stripe: nothing is paid." if simulated else words,
            controls=f"{pages}/control/{control_token(key)}" if simulated else "",
        )

    @web.authenticated
    @needs_scope("admin:users")  # type: ignore[untyped-decorator]
    async def get(self) -> None:
        """Show it."""
        await self._page(of=self.get_query_argument("of", ""))

    @web.authenticated
    @needs_scope("admin:users")  # type: ignore[untyped-decorator]
    async def post(self) -> None:
        """Compare, repair, or give money back."""
        action, of = self.get_body_argument("action", ""), self.get_body_argument("of", "")
        try:
            if action in {"compare", "repair"}:
                told = await self.beside(reconcile, self.billing_desk, repair=action == "repair")
                done = f"{len(told)} differences." if told else "No differences."
            elif action == "refund":
                done = await self._refund()
            else:
                raise HubError("This page does not know that. Load it again.", reason="no_such_action")
        except HubError as error:
            await self._page(of=of, message=error.user_message)
            return
        await self._page(of=of, done=done)

    async def _refund(self) -> str:
        typed = self.get_body_argument("amount", "").strip()
        amount = cents(float(typed)) if _DOLLARS.fullmatch(typed) else None
        reason = self.get_body_argument("reason", "").strip()
        if amount is None or amount <= 0:
            raise HubError(f"Dollars = {typed[:20]!r}: use an amount above 0, such as 49.50.", reason="bad_amount")
        if not 3 <= len(reason) <= 300:
            raise HubError("Reason: write 3 to 300 characters; they are kept.", reason="no_reason")
        invoice, actor = self.get_body_argument("invoice", "")[:100], str(self.current_user.name)
        return await self.beside(invoices.refund, self.billing_desk, invoice, amount, reason=reason, actor=actor)


ROUTES: list[tuple[str, type]] = [(r"/billing/operator", OperatorPage)]
