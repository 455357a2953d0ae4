"""The routes: method, address, parameters that are known there, and what answers.

Lists are the newest first and are paged by ``limit``, ``starting_after`` and ``ending_before``. A parameter that a
route does not know is refused, so that nothing is ignored in silence.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from joulebook_hub.stripe_sim import (
    catalogue,
    checkout,
    clocks,
    customers,
    endpoints,
    forms,
    invoices,
    meters,
    payments,
    portal,
    schedules,
    shapes,
    subscriptions,
)
from joulebook_hub.stripe_sim.books import Books
from joulebook_hub.stripe_sim.faults import ParameterError, RequestError

__all__ = ["LISTS", "ROUTES", "Route", "answer", "expanded"]

Params = dict[str, Any]
_PAGING = ("limit", "starting_after", "ending_before", "expand")
_DEEPEST = 4


@dataclass(frozen=True)
class Route:
    """One route.

    Parameters
    ----------
    method : str
        GET, POST or DELETE.
    path : str
        Below ``/v1/``, with ``{id}`` for an identity.
    known : tuple of str
        Parameters besides ``expand``.
    act : callable
        Takes the books, the parameters and the identity, if the path has one.
    pages : bool
        True if it needs the address of the hosted pages.
    """

    method: str
    path: str
    known: tuple[str, ...]
    act: Callable[..., dict[str, Any]]
    pages: bool = False

    def match(self, method: str, path: str) -> tuple[str, ...] | None:
        """Tell whether a request is meant.

        Parameters
        ----------
        method, path : str
            Of the request.

        Returns
        -------
        tuple of str or None
            The identities in the path.
        """
        if method != self.method:
            return None
        pattern = re.escape(self.path).replace(r"\{id\}", "([^/]{1,255})")
        found = re.fullmatch(pattern, path)
        return found.groups() if found else None


@dataclass(frozen=True)
class Listing:
    """A list of all objects of a kind.

    Parameters
    ----------
    path : str
        Below ``/v1/``.
    kind : str
        Their ``object``.
    filters : tuple of str
        Parameters that must equal a value of the object.
    """

    path: str
    kind: str
    filters: tuple[str, ...] = ()


LISTS = (
    Listing("customers", "customer", ("email", "test_clock")),
    Listing("products", "product", ("active",)),
    Listing("prices", "price", ("active", "product", "lookup_keys")),
    Listing("coupons", "coupon"),
    Listing("payment_methods", "payment_method", ("customer",)),
    Listing("subscriptions", "subscription", ("customer", "status", "test_clock")),
    Listing("subscription_schedules", "subscription_schedule", ("customer",)),
    Listing("invoices", "invoice", ("customer", "status", "subscription")),
    Listing("invoice_payments", "invoice_payment", ("invoice", "status")),
    Listing("payment_intents", "payment_intent", ("customer",)),
    Listing("charges", "charge", ("customer", "payment_intent")),
    Listing("refunds", "refund", ("charge", "payment_intent")),
    Listing("events", "event", ("type", "created")),
    Listing("webhook_endpoints", "webhook_endpoint"),
    Listing("billing/meters", "billing.meter", ("status",)),
    Listing("billing_portal/configurations", "billing_portal.configuration", ("active", "is_default")),
    Listing("checkout/sessions", "checkout.session", ("customer", "status", "subscription")),
    Listing("test_helpers/test_clocks", "test_helpers.test_clock"),
)


def _value(one: dict[str, Any], name: str) -> Any:
    if name == "subscription" and one["object"] == "invoice":
        return one["parent"]["subscription_details"]["subscription"]
    return one.get(name)


def _fits(one: dict[str, Any], name: str, wanted: Any) -> bool:
    if name == "lookup_keys":
        return one["lookup_key"] in (wanted if isinstance(wanted, list) else [wanted])
    if name == "created" and isinstance(wanted, dict):
        limits = {edge: forms.integer(wanted, edge) for edge in ("gt", "gte", "lt", "lte")}
        at = one["created"]
        low = max(limits["gte"] or 0, (limits["gt"] or -1) + 1)
        high = min(limits["lte"] or 10**12, (limits["lt"] or 10**12) - 1)
        return bool(low <= at <= high)
    if name == "status" and one["object"] == "subscription" and wanted in {"all", "ended"}:
        return wanted == "all" or one["status"] in subscriptions.ENDED
    value = _value(one, name)
    return bool(value == (wanted == "true") if isinstance(value, bool) else value == wanted)


def _list(listing: Listing) -> Callable[[Books, Params], dict[str, Any]]:
    def act(books: Books, params: Params) -> dict[str, Any]:
        limit = forms.integer(params, "limit", 10, least=1, most=100) or 10
        wanted = {name: params[name] for name in listing.filters if name in params}
        if listing.kind == "subscription" and "status" not in wanted:
            found = [one for one in books.all(listing.kind) if one["status"] not in subscriptions.ENDED]
        else:
            found = books.all(listing.kind)
        found = [one for one in found if all(_fits(one, name, value) for name, value in wanted.items())]
        names = [one["id"] for one in found]
        after, before = forms.text(params, "starting_after"), forms.text(params, "ending_before")
        for name in (after, before):
            if name is not None and name not in names:
                raise ParameterError("starting_after", f"No such {listing.kind}: '{name[:80]}'", "resource_missing")
        if before is not None:
            ahead = found[: names.index(before)]
            page, more = ahead[-limit:], len(ahead) > limit
        else:
            rest = found[names.index(after) + 1 :] if after is not None else found
            page, more = rest[:limit], len(rest) > limit
        return shapes.listed([shown(one) for one in page], f"/v1/{listing.path}", more=more)

    return act


def shown(one: dict[str, Any]) -> dict[str, Any]:
    """An object as everybody may see it: a webhook's secret is told only once, when it is made.

    Parameters
    ----------
    one : dict
        The object.

    Returns
    -------
    dict
        Without what is secret.
    """
    hidden = one["object"] == "webhook_endpoint"
    return {key: value for key, value in one.items() if key != "secret"} if hidden else one


def _get(kind: str) -> Callable[..., dict[str, Any]]:
    def act(books: Books, _params: Params, identity: str) -> dict[str, Any]:
        return shown(books.get(kind, identity))

    return act


def _items(books: Books, params: Params) -> dict[str, Any]:
    subscription = books.get("subscription", str(params.get("subscription", "")), "subscription")
    return dict(subscription["items"])


def _item(books: Books, _params: Params, identity: str) -> dict[str, Any]:
    for subscription in books.all("subscription"):
        for item in subscription["items"]["data"]:
            if item["id"] == identity:
                return dict(item)
    raise RequestError(f"No such subscription_item: '{identity[:80]}'", status=404, code="resource_missing", param="id")


_CUSTOMER = ("address", "description", "email", "metadata", "name", "phone")
_ROUTES = (
    ("POST", "customers", (*_CUSTOMER, "payment_method", "test_clock"), customers.create_customer),
    ("POST", "customers/{id}", (*_CUSTOMER, "invoice_settings"), customers.update_customer),
    ("DELETE", "customers/{id}", (), customers.delete_customer),
    ("POST", "payment_methods/{id}/attach", ("customer",), customers.attach),
    ("POST", "payment_methods/{id}/detach", (), customers.detach),
    (
        "POST",
        "products",
        ("id", "name", "description", "active", "metadata", "tax_code", "unit_label"),
        catalogue.create_product,
    ),
    (
        "POST",
        "products/{id}",
        ("name", "description", "active", "metadata", "tax_code", "unit_label"),
        catalogue.update_product,
    ),
    (
        "POST",
        "prices",
        (
            *("product", "currency", "unit_amount", "unit_amount_decimal", "recurring", "lookup_key", "nickname"),
            *("transfer_lookup_key", "metadata", "tax_behavior"),
        ),
        catalogue.create_price,
    ),
    ("POST", "prices/{id}", ("active", "metadata", "nickname", "lookup_key"), catalogue.update_price),
    (
        "POST",
        "coupons",
        (
            *("id", "name", "percent_off", "amount_off", "currency", "duration", "duration_in_months"),
            *("max_redemptions", "metadata"),
        ),
        catalogue.create_coupon,
    ),
    ("POST", "coupons/{id}", ("name", "metadata"), catalogue.update_coupon),
    ("DELETE", "coupons/{id}", (), catalogue.delete_coupon),
    (
        "POST",
        "subscriptions",
        (
            *("customer", "items", "trial_period_days", "trial_end", "default_payment_method", "discounts"),
            *("metadata", "automatic_tax", "payment_behavior"),
        ),
        subscriptions.create_subscription,
    ),
    (
        "POST",
        "subscriptions/{id}",
        (
            *("cancel_at_period_end", "metadata", "default_payment_method", "discounts", "automatic_tax"),
            *("trial_end", "items", "proration_behavior", "payment_behavior"),
        ),
        subscriptions.update_subscription,
    ),
    ("DELETE", "subscriptions/{id}", ("invoice_now", "prorate"), subscriptions.cancel_subscription),
    ("GET", "subscription_items", ("subscription", *_PAGING), _items),
    ("GET", "subscription_items/{id}", (), _item),
    (
        "POST",
        "subscription_items/{id}",
        ("price", "quantity", "proration_behavior", "payment_behavior"),
        subscriptions.update_item,
    ),
    ("POST", "subscription_schedules", ("from_subscription",), schedules.create_schedule),
    ("POST", "subscription_schedules/{id}", ("phases", "end_behavior"), schedules.update_schedule),
    ("POST", "subscription_schedules/{id}/release", (), schedules.release_schedule),
    ("POST", "invoices/{id}/pay", ("payment_method",), invoices.pay_invoice),
    ("POST", "invoices/{id}/void", (), invoices.void_invoice),
    ("POST", "refunds", ("charge", "payment_intent", "amount", "reason", "metadata"), payments.create_refund),
    (
        "POST",
        "billing/meters",
        ("display_name", "event_name", "default_aggregation", "customer_mapping", "value_settings"),
        meters.create_meter,
    ),
    ("POST", "billing/meters/{id}", ("display_name",), meters.update_meter),
    ("POST", "billing/meter_events", ("event_name", "payload", "identifier", "timestamp"), meters.create_event),
    (
        "GET",
        "billing/meters/{id}/event_summaries",
        ("customer", "start_time", "end_time", *_PAGING),
        meters.summaries,
    ),
    ("POST", "test_helpers/test_clocks", ("frozen_time", "name"), clocks.create_clock),
    ("POST", "test_helpers/test_clocks/{id}/advance", ("frozen_time",), clocks.advance_clock),
    ("DELETE", "test_helpers/test_clocks/{id}", (), clocks.delete_clock),
    (
        "POST",
        "webhook_endpoints",
        ("url", "enabled_events", "description", "metadata", "api_version"),
        endpoints.create_endpoint,
    ),
    (
        "POST",
        "webhook_endpoints/{id}",
        ("url", "enabled_events", "description", "metadata", "disabled"),
        endpoints.update_endpoint,
    ),
    ("DELETE", "webhook_endpoints/{id}", (), endpoints.delete_endpoint),
    (
        "POST",
        "billing_portal/configurations",
        ("business_profile", "features", "default_return_url", "metadata", "name"),
        portal.create_configuration,
    ),
    (
        "POST",
        "billing_portal/configurations/{id}",
        ("features", "metadata", "active"),
        portal.update_configuration,
    ),
    ("POST", "checkout/sessions/{id}/expire", (), checkout.expire_session),
)
_CHECKOUT = (
    *("mode", "customer", "success_url", "cancel_url", "line_items", "discounts", "subscription_data"),
    *("client_reference_id", "metadata", "automatic_tax"),
)

ROUTES: tuple[Route, ...] = (
    *(Route(*parts) for parts in _ROUTES),
    Route("POST", "checkout/sessions", _CHECKOUT, checkout.create_session, pages=True),
    Route(
        "POST",
        "billing_portal/sessions",
        ("customer", "configuration", "return_url"),
        portal.create_session,
        pages=True,
    ),
    *(Route("GET", listing.path, (*listing.filters, *_PAGING), _list(listing)) for listing in LISTS),
    *(Route("GET", listing.path + "/{id}", (), _get(listing.kind)) for listing in LISTS),
)
"""Every route."""


def answer(books: Books, method: str, path: str, params: Params, *, base: str) -> dict[str, Any]:
    """Answer a request.

    Parameters
    ----------
    books : Books
        The transaction.
    method, path : str
        The request, below ``/v1/``.
    params : dict
        Its parameters.
    base : str
        Address of the hosted pages.

    Returns
    -------
    dict
        The object.

    Raises
    ------
    RequestError
        If there is no such route, or what it raises.
    ParameterError
        If a parameter is wrong.
    """
    for route in ROUTES:
        identities = route.match(method, path)
        if identities is None:
            continue
        for name in params:
            if name not in route.known and name != "expand":
                raise ParameterError(name, f"Received unknown parameter: {name[:80]}", "parameter_unknown")
        given = {key: value for key, value in params.items() if key != "expand"}
        made = route.act(books, given, *identities, **({"base": base} if route.pages else {}))
        wishes = params.get("expand") or []
        for wish in wishes if isinstance(wishes, list) else [wishes]:
            made = expanded(books, made, str(wish).split("."))
        return made
    raise RequestError(f"Unrecognized request URL ({method}: /v1/{path[:80]}).", status=404)


def expanded(books: Books, node: Any, steps: list[str]) -> Any:
    """Put objects where their identities stand.

    Parameters
    ----------
    books : Books
        The transaction.
    node : object
        Where to begin.
    steps : list of str
        The way, such as ``["latest_invoice", "payments"]``.

    Returns
    -------
    object
        A copy with the objects.

    Raises
    ------
    ParameterError
        If the way leads nowhere.
    """
    if len(steps) > _DEEPEST:
        raise ParameterError(
            "expand", "You cannot expand more than 4 levels of a property.", "parameter_invalid_string_blank"
        )
    if not steps:
        return node
    if isinstance(node, list):
        return [expanded(books, one, steps) for one in node]
    if not isinstance(node, dict):
        return node
    name, rest = steps[0], steps[1:]
    value = node.get(name)
    if name == "payments" and node.get("object") == "invoice":
        value = shapes.listed(books.all("invoice_payment", invoice=node["id"]), "/v1/invoice_payments")
    elif name not in node:
        raise ParameterError(
            "expand", f"This property cannot be expanded ({name[:40]}).", "parameter_invalid_string_blank"
        )
    if isinstance(value, str):
        found = books.find(value)
        value = shown(found) if found else value
    elif isinstance(value, list) and all(isinstance(one, str) for one in value):
        value = [books.find(one) or one for one in value]
    return {**node, name: expanded(books, value, rest)}
