"""Subscriptions: the catalogue, Checkout, changes, webhooks, metered GPU time, and comparison with Stripe.

What Stripe says about a subscription is kept as a `Subscription` (its newest state, whatever the order in which
news of it came), and the plan of a person or an organisation is a pure function of these states and the time
(`joulebook_hub.billing.rules`). Money is in whole cents.

`joulebook_hub.billing.facts` is what the other rooms ask; ``stripe`` is imported only where the hub talks to it, so
that a hub without billing runs without it.
"""
