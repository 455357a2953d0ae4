"""A simulator of the part of Stripe that Joulebook uses, for laptops and tests: no real payment, ever.

The unmodified stripe-python client talks to it by its base address. Facts about Stripe's interface are from its public
reference and from stripe-python's types (API version `API_VERSION`); tests hold every object against those types.

| module | what |
|---|---|
| `books` | objects, replies to idempotent requests, deliveries: one SQLite file, one transaction per request |
| `shapes` | whole objects as Stripe sends them |
| `periods`, `money` | months, proration, discounts, tax: integer cents, no database |
| `catalogue`, `customers`, `meters`, `subscriptions`, `schedules`, `invoices`, `payments` | rules |
| `checkout`, `portal`, `endpoints` | sessions of the hosted pages, webhook endpoints |
| `clocks` | test clocks, and everything that happens by itself as time passes |
| `operations`, `api` | the routes and their HTTP |
| `webhooks` | signatures, delivery, retry, faults on purpose |
| `pages` | Checkout, Portal and the control page |
| `service` | the process |

Not simulated: invoices that stay drafts for an hour (they are final at once), real taxes (a flat 20 % where automatic
tax is on), prorations that wait for the next invoice, disputes, several currencies, Connect, and whatever is not in
`operations`.
"""

API_VERSION = "2026-10-28.endive"

__all__ = ["API_VERSION"]
