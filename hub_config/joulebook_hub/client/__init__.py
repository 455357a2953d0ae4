"""Typed Python client of the hub's service.

Examples
--------
In a server of the hub, with the server's own token::

    from joulebook_hub.client import Client

    with Client.from_environment() as hub:
        print(hub.meter().used)
        for line in hub.usage():
            print(line.day, line.seconds)

A method per route, grouped by feature; answers are the models that the service itself makes them from. A changing
request gets an idempotency key, so it can be sent again after a lost answer and still happens once.
"""

from joulebook_hub.client.core import Connection
from joulebook_hub.client.errors import NotAllowedError, RefusedError, UnreachableError
from joulebook_hub.client.hub import Client

__all__ = ["Client", "Connection", "NotAllowedError", "RefusedError", "UnreachableError"]
