"""The service's side of HTTP: from a request to a route's function, and from its answer to JSON."""

from __future__ import annotations

import asyncio
import json
import logging
import re
import uuid
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from jupyterhub.services.auth import HubAuth
from pydantic import ValidationError
from tornado import web

from joulebook_hub.errors import HubError
from joulebook_hub.models import Model
from joulebook_hub.service.deciding import Given, decide, fingerprint
from joulebook_hub.service.own import Own
from joulebook_hub.service.people import Door
from joulebook_hub.service.routes import Context, Feature, Parts, Person, Route, ServiceError
from joulebook_hub.throttle import SlidingWindow

__all__ = ["MOST_BYTES", "RATES", "Service", "application", "auth"]

RATES = {"requests": 100, "job_starts": 10}
"""How often one user may do what in a minute."""
MOST_BYTES = 1_048_576
_METHODS = frozenset(("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"))
_KEY = re.compile(r"[\x21-\x7e]{1,255}")
_WAITING_THREADS = 8
_TOO_MANY = {
    "requests": f"More than {RATES['requests']} requests in a minute. Wait a little.",
    "job_starts": f"More than {RATES['job_starts']} jobs started in a minute. Wait a little.",
}

log = logging.getLogger("joulebook_hub.service")
requests = logging.getLogger("joulebook_hub.requests")


@dataclass
class Service:
    """What the requests share.

    Parameters
    ----------
    parts : Parts
        Store, plans, variables.
    features : tuple of Feature
        What it can do.
    door : Door
        Knows whose tokens they are.
    """

    parts: Parts
    features: tuple[Feature, ...]
    door: Door
    opened: dict[str, Any] = field(default_factory=dict)
    windows: dict[str, SlidingWindow] = field(
        default_factory=lambda: {name: SlidingWindow(most, 60.0) for name, most in RATES.items()}
    )
    database: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "database"))
    waiting: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(_WAITING_THREADS, "waiting"))

    def open(self) -> None:
        """Open the store and the features."""
        log.info("store opened at %s", self.parts.store.engine.url.render_as_string(hide_password=True))
        self.opened = {found.name: found.open(self.parts) for found in self.features if found.open}
        for found in self.features:
            if found.measures:
                self.own.sources.append(partial(found.measures, self.context()))

    @property
    def own(self) -> Own:
        """What the service knows of itself."""
        own: Own = self.opened["service"]
        return own

    def context(self) -> Context:
        """What routes' functions get, before it is known who asks.

        Returns
        -------
        Context
            Of nobody.
        """
        return Context(self.parts.store, self.parts.plans, features=self.opened)

    async def decided(self, function: Callable[..., Any], *arguments: Any, waits: bool = False) -> Any:
        """Run a function in the thread of the database, or beside it.

        Parameters
        ----------
        function : callable
            The function.
        *arguments : object
            Its arguments.
        waits : bool
            True if it waits for a network.

        Returns
        -------
        object
            What it gives back.
        """
        pool = self.waiting if waits else self.database
        return await asyncio.get_running_loop().run_in_executor(pool, function, *arguments)

    def close(self) -> None:
        """End the threads and give back the database's connections."""
        self.waiting.shutdown()
        self.database.shutdown()
        self.parts.store.close()


class _Handler(web.RequestHandler):
    """All routes of one path."""

    service: Service
    routes: Mapping[str, Route]
    name = ""
    pattern = ""
    user = ""
    reason: str | None = None

    def initialize(self, service: Service, routes: Mapping[str, Route], pattern: str) -> None:
        self.service = service
        self.routes = routes
        self.pattern = pattern

    def set_default_headers(self) -> None:
        self.name = self.name or uuid.uuid4().hex
        self.set_header("Content-Type", "application/json")
        self.set_header("Cache-Control", "no-store")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
        self.set_header("X-Request-Id", self.name)

    def check_xsrf_cookie(self) -> None:
        """No cookie gives any right here, so there is nothing to forge."""

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        error = kwargs.get("exc_info", (None, None, None))[1]
        reason, message = "failed", "The service failed at this request. Its log has more under the request's name."
        if isinstance(error, HubError):
            reason, message = error.reason, error.user_message
        elif status_code < 500:
            reason, message = self._reason.lower().replace(" ", "_"), self._reason
        self.reason = reason
        if status_code == 405:
            self.set_header("Allow", ", ".join(self.routes))
        elif status_code == 429:
            self.set_header("Retry-After", "10")
        self.service.own.metrics.refused(reason)
        self.finish(json.dumps({"reason": reason, "message": message, "request": self.name}))

    def log_exception(self, typ: Any, value: Any, tb: Any) -> None:
        if not isinstance(value, HubError | web.HTTPError):
            log.error("request failed", exc_info=(typ, value, tb), extra={"request": self.name})

    def send_error(self, status_code: int = 500, **kwargs: Any) -> None:
        error = kwargs.get("exc_info", (None, None, None))[1]
        if isinstance(error, HubError):
            status_code = error.status if isinstance(error, ServiceError) else 400
        super().send_error(status_code, **kwargs)

    async def _answer(self, **_parts: str) -> None:
        route = self.routes.get(str(self.request.method))
        if route is None:
            raise web.HTTPError(405)
        header, forwarded = (self.request.headers.get(name, "") for name in ("Authorization", "X-Forwarded-For"))
        door, address = self.service.door, self.service.door.proxies.origin(str(self.request.remote_ip), forwarded)
        person = await door.let_in(route, header, address, self.service.decided)
        self.user = person.name
        self._count(route, person)
        body = self.request.body
        if len(body) > route.most_bytes:
            message = f"The body has {len(body)} bytes; at most {route.most_bytes} are allowed here."
            raise ServiceError(message, reason="too_large", status=413)
        asked = self._asked(route, self.path_kwargs)
        context = replace(self.service.context(), person=person, headers=self._other_headers(), raw=body)
        context = replace(context, ask_hub=door.asker(header))
        print_ = fingerprint(route.method, self.request.path, self.request.query, body)
        arguments = (route, context, asked, self._key(route), print_)
        self._send(await self.service.decided(decide, *arguments, waits=route.waits))

    def _count(self, route: Route, person: Person) -> None:
        if not person.name:
            return
        for name in route.limits:
            if not self.service.windows[name].allows(person.name):
                raise ServiceError(_TOO_MANY[name], reason="too_many_" + name, status=429)

    def _other_headers(self) -> dict[str, str]:
        hidden = {"authorization", "cookie"}
        return {name.lower(): value for name, value in self.request.headers.items() if name.lower() not in hidden}

    def _key(self, route: Route) -> str:
        key = self.request.headers.get("Idempotency-Key", "")
        if not key or route.method == "GET" or route.who == "anybody":
            return ""
        if not _KEY.fullmatch(key):
            message = "Idempotency-Key: use 1 to 255 characters of ASCII without spaces."
            raise ServiceError(message, reason="bad_key")
        return str(key)

    def _asked(self, route: Route, path: Mapping[str, Any]) -> dict[str, Any]:
        """The question's models; what does not fit them is told in one message."""
        asked: dict[str, Model] = {}
        try:
            if route.path is not None:
                asked["path"] = route.path.model_validate(dict(path))
            if route.query is not None:
                found = {name: values[-1].decode() for name, values in self.request.query_arguments.items()}
                asked["query"] = route.query.model_validate(found)
            if route.body is not None:
                asked["body"] = route.body.model_validate_json(self.request.body)
        except ValidationError as error:
            raise ServiceError(_faults(error), reason="bad_question") from None
        except UnicodeDecodeError as error:
            raise ServiceError("The address is not UTF-8.", reason="bad_question") from error
        return asked

    def _send(self, given: Given) -> None:
        status, content, media_type, filename = given
        self.set_status(status)
        if status == 204:
            self.clear_header("Content-Type")
            self.finish()
            return
        if media_type != "application/json":
            self.set_header("Content-Type", f"{media_type}; charset=utf-8")
        if filename:
            self.set_header("Content-Disposition", f'attachment; filename="{filename}"')
        self.finish(content)

    def told(self) -> None:
        """Count the request and write it into the log; of heartbeats and the like only those that went wrong."""
        seconds, status, method = self.request.request_time(), self.get_status(), str(self.request.method)
        known = method if method in _METHODS else "other"
        self.service.own.metrics.answered(known, self.pattern, status, seconds)
        route = self.routes.get(method)
        usual = status < 400 and (route is None or not route.limits or route.who == "anybody")
        values: dict[str, Any] = {
            "request": self.name,
            "user": self.user or None,
            "method": known,
            "route": self.pattern,
        }
        values |= {"status": status, "ms": round(1000 * seconds, 1), "reason": self.reason}
        requests.log(logging.DEBUG if usual else logging.INFO, "%s %s", known, self.pattern, extra=values)

    get = post = put = patch = delete = _answer


class _Nothing(_Handler):
    """What is at no route."""

    async def prepare(self) -> None:
        raise ServiceError("There is nothing at this address.", reason="not_found", status=404)


def _faults(error: ValidationError) -> str:
    faults = error.errors(include_url=False, include_context=False, include_input=False)
    told = "; ".join(f"{'.'.join(map(str, fault['loc'])) or 'the body'}: {fault['msg']}" for fault in faults[:5])
    return f"The question is wrong. {told[:500]}."


def application(service: Service, prefix: str) -> web.Application:
    """Put the routes together.

    Parameters
    ----------
    service : Service
        What the requests share.
    prefix : str
        Where the service stands, with a slash at its end.

    Returns
    -------
    Application
        Ready to listen.
    """
    by_pattern: dict[str, dict[str, Route]] = {}
    for feature in service.features:
        for route in feature.routes:
            by_pattern.setdefault(route.pattern, {})[route.method] = route
    handlers = [
        (re.escape(prefix) + _expression(pattern), _Handler, {"service": service, "routes": routes, "pattern": pattern})
        for pattern, routes in by_pattern.items()
    ]
    return web.Application(
        handlers,
        default_handler_class=_Nothing,
        default_handler_args={"service": service, "routes": {}, "pattern": "nothing"},
        log_function=_Handler.told,
    )


def _expression(pattern: str) -> str:
    pieces = re.split(r"\{(\w+)\}", pattern)
    return "".join(f"(?P<{piece}>[^/]{{1,300}})" if odd % 2 else re.escape(piece) for odd, piece in enumerate(pieces))


def auth(environment: Mapping[str, str]) -> HubAuth:
    """The hub as the service's variables name it.

    Parameters
    ----------
    environment : mapping of str to str
        With JUPYTERHUB_API_URL and JUPYTERHUB_API_TOKEN.

    Returns
    -------
    HubAuth
        Where it answers, and which scopes let in.
    """
    return HubAuth(
        api_url=environment["JUPYTERHUB_API_URL"],
        api_token=environment["JUPYTERHUB_API_TOKEN"],
        access_scopes={"access:services!service=joulebook", "access:services"},
    )
