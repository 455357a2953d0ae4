"""Talking to Stripe: its errors become sentences for a person."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from joulebook_hub.errors import HubError

__all__ = ["StripeFailed", "talking"]


class StripeFailed(HubError):  # noqa: N818 - it is an answer to a person
    """Stripe refused something or did not answer; nothing was changed here."""


@contextmanager
def talking() -> Iterator[None]:
    """Turn stripe-python's errors into the hub's.

    Yields
    ------
    None
        While Stripe is talked to.

    Raises
    ------
    StripeFailed
        If a card does not pay, Stripe does not answer, or it refuses.
    """
    import stripe

    try:
        yield
    except stripe.CardError as error:
        message = "The card was declined, and nothing was changed. Choose another card and try again."
        raise StripeFailed(message, reason="card_declined", log_message=str(error)) from error
    except stripe.APIConnectionError as error:
        message = "The payment service does not answer. Nothing was changed; try again in some minutes."
        raise StripeFailed(message, reason="stripe_unreachable", log_message=str(error)) from error
    except stripe.AuthenticationError as error:
        message = "The payment service does not accept this hub's key. Tell an administrator."
        raise StripeFailed(message, reason="stripe_key", log_message=str(error)) from error
    except stripe.StripeError as error:
        message = "The payment service refused this. Nothing was changed; reload the page and try again."
        raise StripeFailed(message, reason="stripe_refused", log_message=str(error)) from error
