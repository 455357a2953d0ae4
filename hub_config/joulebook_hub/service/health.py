"""Routes of the service itself: whether it lives, and whether it can work."""

from __future__ import annotations

from joulebook_hub.service.routes import Context, Feature, Model, Route

__all__ = ["FEATURE"]


class Live(Model):
    """The process answers."""

    live: bool


class Ready(Model):
    """The store answers, too."""

    ready: bool


def live(context: Context) -> Live:
    """Answer.

    Parameters
    ----------
    context : Context
        Of anybody.

    Returns
    -------
    Live
        Always.
    """
    return Live(live=True)


def ready(context: Context) -> Ready:
    """Ask the store something.

    Parameters
    ----------
    context : Context
        Of anybody.

    Returns
    -------
    Ready
        Or the error of the store.
    """
    with context.store.read() as transaction:
        transaction.mark("latest", 0.0)
    return Ready(ready=True)


FEATURE = Feature(
    "service",
    (
        Route("GET", "health/live", "Whether the service runs", live, {200: Live}, who="anybody", waits=True),
        Route("GET", "health/ready", "Whether the service can work", ready, {200: Ready}, who="anybody"),
    ),
)
