"""What a feature hands to the service: routes with their models, who may ask, and plain functions that answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from joulebook_hub.errors import HubError
from joulebook_hub.models import Fault, Model, PageQuery
from joulebook_hub.plans import Plans
from joulebook_hub.store import Store

__all__ = [
    "Answer",
    "Context",
    "Every",
    "Fault",
    "Feature",
    "Measure",
    "Model",
    "PageQuery",
    "Parts",
    "Person",
    "Route",
    "ServiceError",
    "Text",
]

Who = Literal["user", "admin", "metrics", "anybody"]


class ServiceError(HubError):
    """A request that is refused; nothing that its transaction did is kept.

    Parameters
    ----------
    user_message : str
        What is wrong, what is allowed and what to try.
    reason : str
        A short label.
    status : int
        HTTP's status: 402 for what a plan does not allow, 404, 409, ...
    """

    def __init__(self, user_message: str, *, reason: str, status: int = 400) -> None:
        super().__init__(user_message, reason=reason)
        self.status = status


@dataclass(frozen=True)
class Person:
    """Who asks.

    Parameters
    ----------
    name : str
        The user's name; empty where anybody may ask.
    groups : tuple of str
        The user's groups, as far as the token may tell them.
    admin : bool
        True if the token carries the power over users; that of an administrator's server does not.
    """

    name: str = ""
    groups: tuple[str, ...] = ()
    admin: bool = False


@dataclass(frozen=True)
class Parts:
    """What the service has when a feature starts.

    Parameters
    ----------
    store : Store
        The store.
    plans : Plans
        The plans.
    environment : mapping of str to str
        The service's variables.
    """

    store: Store
    plans: Plans
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)


def _nobody(path: str, **query: object) -> Any:
    raise ServiceError("Nobody asks the hub here.", reason="no_token", status=401)


@dataclass(frozen=True)
class Context:
    """What a route's function gets first.

    Parameters
    ----------
    store : Store
        The store.
    plans : Plans
        The plans.
    person : Person
        Who asks.
    features : mapping
        What each feature's ``open`` made, by the feature's name.
    headers : mapping of str to str
        Of the request, by lower-case name, without the token.
    raw : bytes
        The request's body as it came, for signatures.
    ask_hub : callable
        Gets JSON from the hub's API with the token of who asks, so with that token's power and no other:
        ``ask_hub("users", offset=0, limit=100)``. For routes with ``waits=True``.
    """

    store: Store
    plans: Plans
    person: Person = field(default_factory=Person)
    features: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    raw: bytes = field(default=b"", repr=False)
    ask_hub: Callable[..., Any] = field(default=_nobody, repr=False)


@dataclass(frozen=True)
class Answer:
    """An answer with a status other than 200; below 400 or not, what was decided is kept.

    Parameters
    ----------
    status : int
        HTTP's status.
    content : Model, optional
        What it says.
    """

    status: int
    content: Model | None = None


@dataclass(frozen=True)
class Text:
    """An answer that is not JSON.

    Parameters
    ----------
    content : str
        The text.
    media_type : str
        Such as ``text/csv``.
    filename : str
        Name under which a browser keeps it; empty to show it.
    """

    content: str
    media_type: str
    filename: str = ""


@dataclass(frozen=True)
class Route:
    """One method of one path.

    The function gets the context and, by keyword, ``path``, ``query`` and ``body``, as far as the route has a model for
    it; it gives back a `Model` (status 200), an `Answer`, a `Text` or None (204), or raises `ServiceError`.

    Parameters
    ----------
    method : str
        ``GET``, ``POST``, ``PUT``, ``PATCH`` or ``DELETE``.
    pattern : str
        The path below the service's address; ``{name}`` is a part of it that ``path`` has a field for.
    summary : str
        What it does, one line, for the description.
    function : callable
        Answers; runs in the thread of the database.
    answers : mapping of int to type or str or None
        Model of each status that the function gives, a media type for text, None for no content.
    path, query, body : type of Model, optional
        Models of the question.
    who : str
        ``"user"`` (any user's token that may come here), ``"admin"``, ``"metrics"`` (a token with ``read:metrics``) or
        ``"anybody"`` (the function itself looks at a signature).
    limits : tuple of str
        Which rates it counts for: ``"requests"``, ``"job_starts"``.
    waits : bool
        True if the function waits for a network: it runs beside the database's thread and may hold no transaction
        while it waits.
    most_bytes : int
        Largest body.
    secret : bool
        True if the answer holds a secret: it is kept nowhere, so an idempotency key has no effect, and the function
        must be fit to be asked twice.
    """

    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
    pattern: str
    summary: str
    function: Callable[..., Model | Answer | Text | None]
    answers: Mapping[int, type[Model] | str | None]
    path: type[Model] | None = None
    query: type[Model] | None = None
    body: type[Model] | None = None
    who: Who = "user"
    limits: tuple[str, ...] = ("requests",)
    waits: bool = False
    most_bytes: int = 16_384
    secret: bool = False


@dataclass(frozen=True)
class Measure:
    """A number for Prometheus, read from the store when it is asked for.

    Parameters
    ----------
    name : str
        ``joulebook_…``; ending in ``_total`` where it only grows.
    help : str
        What it counts, with the unit.
    samples : mapping of tuple of str to float
        Value by the values of the labels; ``{(): value}`` without labels.
    labels : tuple of str
        Names of the labels; few values each, never a person's name.
    """

    name: str
    help: str
    samples: Mapping[tuple[str, ...], float]
    labels: tuple[str, ...] = ()


@dataclass(frozen=True)
class Every:
    """Something that the service does again and again, in the thread of the database.

    Parameters
    ----------
    seconds : float
        Time from one end to the next begin.
    function : callable
        Takes what the feature's ``open`` made.
    """

    seconds: float
    function: Callable[[Any], None]


@dataclass(frozen=True)
class Feature:
    """One room of the service.

    Parameters
    ----------
    name : str
        The name of its package within ``joulebook_hub``.
    routes : tuple of Route
        What it answers.
    open : callable, optional
        Makes, from the service's `Parts`, what its functions find in ``context.features[name]``.
    every : tuple of Every
        What it does again and again.
    run : callable, optional
        A coroutine function that gets what ``open`` made, works as long as the service does, and is cancelled at its
        end.
    measures : callable, optional
        Gives, from a context of nobody, the feature's `Measure` list; runs in the thread of the database.
    variables : tuple of str
        Variables JOULEBOOK_… that the hub hands on to the service for it.
    """

    name: str
    routes: tuple[Route, ...] = ()
    open: Callable[[Parts], Any] | None = None
    every: tuple[Every, ...] = ()
    run: Callable[[Any], Awaitable[None]] | None = None
    measures: Callable[[Context], list[Measure]] | None = None
    variables: tuple[str, ...] = ()
