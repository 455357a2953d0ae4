"""Routes of the service itself: whether it lives, whether it can work, its description, its metrics."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache

from joulebook_hub.models import Model
from joulebook_hub.service.description import describe
from joulebook_hub.service.features import features
from joulebook_hub.service.metrics import MEDIA_TYPE, Metrics
from joulebook_hub.service.routes import Context, Feature, Measure, Parts, Route, Text

__all__ = ["FEATURE", "Own", "all_features"]


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


class Own:
    """What the service knows of itself."""

    def __init__(self) -> None:
        self.metrics = Metrics()
        self.sources: list[Callable[[], list[Measure]]] = []


def _open(parts: Parts) -> Own:
    return Own()


def all_features() -> tuple[Feature, ...]:
    """The service itself and all its features.

    Returns
    -------
    tuple of Feature
        The service first.
    """
    return (FEATURE, *features())


@cache
def _text() -> str:
    return json.dumps(describe(all_features()), ensure_ascii=False)


def description(context: Context) -> Text:
    """Describe the service.

    Parameters
    ----------
    context : Context
        Of anybody.

    Returns
    -------
    Text
        An OpenAPI 3.1 document.
    """
    return Text(_text(), "application/json")


def metrics(context: Context) -> Text:
    """Write the service's numbers down.

    Parameters
    ----------
    context : Context
        Of whom may read metrics.

    Returns
    -------
    Text
        As Prometheus reads it.
    """
    own: Own = context.features["service"]
    return Text(own.metrics.page([measure for source in own.sources for measure in source()]), MEDIA_TYPE)


FEATURE = Feature(
    "service",
    (
        Route("GET", "health/live", "Whether the service runs", live, {200: Live}, who="anybody", waits=True),
        Route("GET", "health/ready", "Whether the service can work", ready, {200: Ready}, who="anybody"),
        Route(
            "GET", "openapi.json", "This description", description, {200: "application/json"}, who="anybody", waits=True
        ),
        Route("GET", "metrics", "Numbers for Prometheus", metrics, {200: "text/plain"}, who="metrics", limits=()),
    ),
    open=_open,
)
