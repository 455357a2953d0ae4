"""Pages that a person sees: Checkout, the portal, an invoice, and the control page. They work without JavaScript."""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime
from typing import Any

from tornado import web

from joulebook_hub.stripe_sim import checkout, clocks, customers, invoices, subscriptions, webhooks
from joulebook_hub.stripe_sim.books import Books, Shelf
from joulebook_hub.stripe_sim.faults import RequestError
from joulebook_hub.stripe_sim.money import units_amount
from joulebook_hub.stripe_sim.periods import period_after

__all__ = ["PAGES", "control_token", "dollars"]

_PORTAL_SECONDS = 3600
_CARDS = tuple((name, last4, does) for name, (last4, does) in customers.TEST_CARDS.items())
_STEPS = {"1 day": 86400, "8 days": 8 * 86400}
_SWITCHES = {"duplicate": ("off", "on"), "reorder": ("off", "on"), "delay": ("0", "2", "5", "30")}


def dollars(cents: int) -> str:
    """Write an amount.

    Parameters
    ----------
    cents : int
        The amount.

    Returns
    -------
    str
        In dollars.

    Examples
    --------
    >>> dollars(14900), dollars(-4967), dollars(123456)
    ('$149.00', '−$49.67', '$1,234.56')
    """
    return f"{'−' if cents < 0 else ''}${abs(cents) // 100:,}.{abs(cents) % 100:02d}"


def control_token(key: str) -> str:
    """What the address of the control page needs.

    Parameters
    ----------
    key : str
        The installation's key.

    Returns
    -------
    str
        Known to who knows the key.
    """
    return hmac.new(key.encode(), b"control page", hashlib.sha256).hexdigest()[:32]


def _day(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%-d %B %Y")


def _moment(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M:%S")


class _Page(web.RequestHandler):
    """What the pages share."""

    shelf: Shelf
    key: str
    base: str

    def initialize(self, shelf: Shelf, key: str, base: str) -> None:
        self.shelf, self.key, self.base = shelf, key, base

    def set_default_headers(self) -> None:
        self.set_header("Cache-Control", "no-store")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Referrer-Policy", "no-referrer")
        policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'; base-uri 'none'"
        self.set_header("Content-Security-Policy", policy)

    def show(self, template: str, *, status: int = 200, message: str = "", **values: Any) -> None:
        self.set_status(status)
        self.render(template, message=message, dollars=dollars, day=_day, moment=_moment, base=self.base, **values)

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        error = kwargs.get("exc_info", (None, None, None))[1]
        fault = isinstance(error, RequestError)
        text = (
            str(error) if fault else "This page is not here (any more)." if status_code < 500 else "Something failed."
        )
        self.set_status(404 if fault else status_code)
        self.render("message.html", text=text, message="", base=self.base)


def _summary(books: Books, session: dict[str, Any]) -> dict[str, Any]:
    wish = checkout.wanted(books, session)
    customer = books.get("customer", session["customer"])
    rows: list[tuple[str, str, int | None]] = []
    monthly = 0
    for item in wish["items"]:
        price = books.get("price", item["price"])
        product = books.get("product", price["product"])
        if price["recurring"]["usage_type"] == "metered":
            rows.append((product["name"], product["description"] or "what is used, at the end of each month", None))
            continue
        quantity = int(item.get("quantity", 1))
        amount = units_amount(price, quantity)
        monthly += amount
        rows.append((f"{quantity} × {product['name']}" if quantity > 1 else product["name"], "each month", amount))
    coupons = [books.find(one["coupon"]) or {} for one in wish["discounts"] or []]
    now = books.now(customer["test_clock"])
    due, off, tax = checkout.due_now(books, session)
    trial = now + wish["trial_days"] * 86400 if wish["trial_days"] else None
    return {
        "rows": rows,
        "monthly": monthly,
        "due": due,
        "off": off,
        "tax": tax,
        "trial_end": trial,
        "coupons": [coupon.get("name") or coupon.get("id") for coupon in coupons],
        "customer": customer,
        "next": trial or period_after(now, now)[1],
    }


class StartPage(_Page):
    """What stands at the simulator's own address."""

    def get(self) -> None:
        """Say what this is."""
        self.show("message.html", text="This is Joulebook's simulator of Stripe. Pages of it open from Joulebook.")


class CheckoutPage(_Page):
    """Choose a card and subscribe."""

    def _show(self, identity: str, message: str = "", status: int = 200) -> None:
        with self.shelf.open() as books:
            session = books.get("checkout.session", identity)
            if session["status"] != "open":
                self.show("message.html", text="This page has been used. Go back to Joulebook.", status=410)
                return
            summary = _summary(books, session)
        self.show("checkout.html", session=session, cards=_CARDS, message=message, status=status, **summary)

    def get(self, identity: str) -> None:
        """Show it.

        Parameters
        ----------
        identity : str
            The session.
        """
        self._show(identity)

    def post(self, identity: str) -> None:
        """Pay and subscribe, and go back to where the session came from.

        Parameters
        ----------
        identity : str
            The session.
        """
        try:
            with self.shelf.open() as books:
                session = checkout.complete(books, identity, self.get_body_argument("card", ""))
        except RequestError as fault:
            self._show(
                identity, message=f"{fault} Choose another card." if fault.status == 402 else str(fault), status=402
            )
            return
        self.redirect(session["success_url"].replace("{CHECKOUT_SESSION_ID}", session["id"]), status=303)


class PortalPage(_Page):
    """A customer's own page: subscription, card, invoices."""

    def _session(self, books: Books, identity: str) -> dict[str, Any]:
        session = books.get("billing_portal.session", identity)
        if session["created"] + _PORTAL_SECONDS < books.now():
            raise RequestError("This page has expired. Go back to Joulebook and open it again.")
        return session

    def _show(self, identity: str, message: str = "", status: int = 200) -> None:
        with self.shelf.open() as books:
            session = self._session(books, identity)
            customer = books.live("customer", session["customer"])
            found = books.all("subscription", customer=customer["id"])
            shown = []
            for one in found:
                names = [
                    f"{item['quantity']} × {books.get('product', item['price']['product'])['name']}"
                    for item in one["items"]["data"]
                    if "quantity" in item
                ]
                card = customers.card_of(books, one, customer)
                end = min(item["current_period_end"] for item in one["items"]["data"])
                shown.append({**one, "what": ", ".join(names), "card": card, "end": end})
            features = books.get("billing_portal.configuration", session["configuration"])["features"]
            self.show(
                "portal.html",
                session=session,
                customer=customer,
                subscriptions=shown,
                features=features,
                invoices=books.all("invoice", customer=customer["id"]),
                cards=_CARDS,
                message=message,
                status=status,
            )

    def get(self, identity: str) -> None:
        """Show it.

        Parameters
        ----------
        identity : str
            The session.
        """
        self._show(identity)

    def post(self, identity: str) -> None:
        """Cancel, go on, change the card, or pay an open invoice.

        Parameters
        ----------
        identity : str
            The session.
        """
        message = ""
        try:
            with self.shelf.open() as books:
                message = self._act(books, self._session(books, identity))
        except RequestError as fault:
            self._show(identity, message=str(fault), status=402)
            return
        if message:
            self._show(identity, message=message, status=402)
            return
        self.redirect(f"{self.base}/portal/{identity}", status=303)

    def _act(self, books: Books, session: dict[str, Any]) -> str:
        """Do what was asked for; gives words for a card that did not pay."""
        action, target = self.get_body_argument("action", ""), self.get_body_argument("target", "")
        features = books.get("billing_portal.configuration", session["configuration"])["features"]
        customer = books.live("customer", session["customer"])
        if action == "card" and features["payment_method_update"]["enabled"]:
            card = customers.new_card(books, self.get_body_argument("card", ""), customer)
            customers.update_customer(
                books, {"invoice_settings": {"default_payment_method": card["id"]}}, customer["id"]
            )
            for one in books.all("subscription", customer=customer["id"]):
                if one["status"] not in subscriptions.ENDED:
                    subscriptions.update_subscription(books, {"default_payment_method": card["id"]}, one["id"])
            return ""
        if action == "pay":
            mine = books.get("invoice", target)
            if mine["customer"] == customer["id"]:
                try:
                    invoices.pay_invoice(books, {}, target)
                except RequestError as fault:
                    if not fault.keeps:
                        raise
                    return str(fault)
            return ""
        mine = books.get("subscription", target)
        if mine["customer"] != customer["id"] or not features["subscription_cancel"]["enabled"]:
            raise RequestError("This is not possible here.")
        if action in {"cancel", "resume"}:
            asked = "true" if action == "cancel" else "false"
            subscriptions.update_subscription(books, {"cancel_at_period_end": asked}, target)
        return ""


class InvoicePage(_Page):
    """One invoice."""

    def get(self, identity: str, number: str) -> None:
        """Show it.

        Parameters
        ----------
        identity : str
            A portal session of its customer.
        number : str
            The invoice.

        Raises
        ------
        HTTPError
            404 for another.
        """
        with self.shelf.open() as books:
            session = books.get("billing_portal.session", identity)
            invoice = books.get("invoice", number)
            if invoice["customer"] != session["customer"]:
                raise web.HTTPError(404)
            refunds = sum(charge["amount_refunded"] for charge in _charges(books, invoice))
        self.show("invoice.html", invoice=invoice, session=session, refunds=refunds)


def _charges(books: Books, invoice: dict[str, Any]) -> list[dict[str, Any]]:
    intents = [link["payment"]["payment_intent"] for link in books.all("invoice_payment", invoice=invoice["id"])]
    return [
        charge for charge in books.all("charge", customer=invoice["customer"]) if charge["payment_intent"] in intents
    ]


class ControlPage(_Page):
    """Clocks, subscriptions, faults on purpose and deliveries, for who runs the installation."""

    def _check(self, token: str) -> None:
        if not hmac.compare_digest(token.encode(), control_token(self.key).encode()):
            raise web.HTTPError(404)

    def get(self, token: str) -> None:
        """Show it.

        Parameters
        ----------
        token : str
            From `control_token`.
        """
        self._check(token)
        with self.shelf.open() as books:
            people = {one["id"]: one for one in books.all("customer")}
            rows = []
            for one in books.all("subscription"):
                names = [books.get("product", item["price"]["product"])["name"] for item in one["items"]["data"]]
                end = min(item["current_period_end"] for item in one["items"]["data"])
                owner = people.get(one["customer"], {})
                rows.append({**one, "who": owner.get("name") or one["customer"], "what": names[0], "end": end})
            self.show(
                "control.html",
                token=token,
                clocks=books.all("test_helpers.test_clock"),
                subscriptions=rows,
                switches=_SWITCHES,
                set=books.switches(),
                deliveries=webhooks.recent(books),
                steps=[*_STEPS, "1 month"],
            )

    def post(self, token: str) -> None:
        """Advance a clock, set a switch, or send an event again.

        Parameters
        ----------
        token : str
            From `control_token`.
        """
        self._check(token)
        action = self.get_body_argument("action", "")
        with self.shelf.open() as books:
            if action == "advance":
                clock = books.get("test_helpers.test_clock", self.get_body_argument("clock", ""))
                now, step = int(clock["frozen_time"]), self.get_body_argument("step", "")
                target = now + _STEPS[step] if step in _STEPS else period_after(now, now)[1]
                clocks.advance_clock(books, {"frozen_time": str(target)}, clock["id"])
            elif action == "switch":
                for name, allowed in _SWITCHES.items():
                    value = self.get_body_argument(name, allowed[0])
                    books.switch(name, value if value in allowed else allowed[0])
            elif action == "resend":
                webhooks.resend(books, self.get_body_argument("event", ""))
        self.redirect(f"{self.base}/control/{token}", status=303)


PAGES: tuple[tuple[str, type[_Page]], ...] = (
    (r"/?", StartPage),
    (r"/pay/([A-Za-z0-9_]{1,64})", CheckoutPage),
    (r"/portal/([A-Za-z0-9_]{1,64})", PortalPage),
    (r"/portal/([A-Za-z0-9_]{1,64})/invoices/([A-Za-z0-9_]{1,64})", InvoicePage),
    (r"/control/([0-9a-f]{32})", ControlPage),
)
"""Addresses of the pages, below the service's own."""
