"""The hub's service: ``python -m joulebook_hub.service``, started, and started again when it ends, by the hub."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from tornado.httpserver import HTTPServer

from joulebook_hub.billing.account import offer_of
from joulebook_hub.plans import Plans
from joulebook_hub.service import logs, sentry
from joulebook_hub.service.application import MOST_BYTES, Service, application, auth, log
from joulebook_hub.service.own import all_features
from joulebook_hub.service.people import Door
from joulebook_hub.service.routes import Every, Feature, Parts
from joulebook_hub.store import Store

__all__ = ["main", "serve"]


async def serve(environment: Mapping[str, str], stop: asyncio.Event) -> None:
    """Answer until it is told to stop; what was decided is in the store already.

    Parameters
    ----------
    environment : mapping of str to str
        What the hub hands to its service, and JOULEBOOK_STORE_URL, JOULEBOOK_PLANS, JOULEBOOK_DEFAULT_PLAN.
    stop : Event
        Set to end.
    """
    plans = Plans.read(environment.get("JOULEBOOK_PLANS", ""), default=environment.get("JOULEBOOK_DEFAULT_PLAN", ""))
    parts = Parts(Store(environment["JOULEBOOK_STORE_URL"]), plans, environment)
    service = Service(parts, all_features(), Door(auth(environment), parts, offer_of(environment)))
    await service.decided(service.open)
    routes = application(service, environment["JUPYTERHUB_SERVICE_PREFIX"])
    server = HTTPServer(routes, max_body_size=MOST_BYTES)
    address = urlsplit(environment["JUPYTERHUB_SERVICE_URL"])
    server.listen(address.port or 0, address=address.hostname or "127.0.0.1")
    tasks = [asyncio.create_task(work) for feature in service.features for work in _works(service, feature)]
    log.info("serving at %s", environment["JUPYTERHUB_SERVICE_PREFIX"])
    await stop.wait()
    server.stop()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await server.close_all_connections()
    service.close()


def _works(service: Service, feature: Feature) -> list[Any]:
    made = service.opened.get(feature.name)
    again = [_again(service, feature.name, every, made) for every in feature.every]
    return again if feature.run is None else [*again, _run(feature, made)]


async def _again(service: Service, name: str, every: Every, made: Any) -> None:
    while True:
        try:
            await service.decided(every.function, made)
        except Exception:
            log.exception("%s: %s failed", name, every.function.__name__)
        await asyncio.sleep(every.seconds)


async def _run(feature: Feature, made: Any) -> None:
    """Run a feature's work; when it fails it is started again, after a second at first, then after longer."""
    pause = 1.0
    while feature.run is not None:
        try:
            await feature.run(made)
        except Exception:
            log.exception("%s failed; it starts again in %g s", feature.name, pause)
        await asyncio.sleep(pause)
        pause = min(2.0 * pause, 60.0)


async def _until_signal() -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await serve(os.environ, stop)


def main() -> None:
    """Serve until a signal ends the process."""
    logs.start(os.environ)
    sentry.start(os.environ)
    with suppress(KeyboardInterrupt):
        asyncio.run(_until_signal())


if __name__ == "__main__":
    main()
