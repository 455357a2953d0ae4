"""Running a route's function, once for each idempotency key.

With a key, the answer is stored in the transaction that decides, so a request that is sent again after a lost answer
gets the first one, and nothing happens twice. A function that waits for a network cannot be one transaction: its key is
taken first, and a second request meanwhile is refused; a key whose service was killed is free again after a minute.
An answer that holds a secret is kept nowhere: its route works anew each time.
"""

from __future__ import annotations

import hashlib
from typing import Any

from sqlalchemy import delete, insert, select, update

from joulebook_hub.models import Model
from joulebook_hub.service.routes import Answer, Context, Route, ServiceError, Text
from joulebook_hub.store import Transaction
from joulebook_hub.store.tables import answers

__all__ = ["KEPT", "Given", "decide", "fingerprint"]

KEPT = 86_400.0
_ABANDONED = 60.0

Given = tuple[int, str, str, str]
"""Status, content, media type and name of the file."""


def fingerprint(method: str, path: str, query: str, body: bytes) -> str:
    """Digest of a request.

    Parameters
    ----------
    method, path, query : str
        Of the request.
    body : bytes
        Its body.

    Returns
    -------
    str
        The same for the same request only.
    """
    head = "\0".join((method, path, query)).encode()
    return hashlib.sha256(head + b"\0" + body).hexdigest()


def decide(route: Route, context: Context, asked: dict[str, Any], key: str, request: str) -> Given:
    """Answer a request.

    Parameters
    ----------
    route : Route
        What is asked for.
    context : Context
        Who asks, and what there is.
    asked : dict
        The models of the question by keyword.
    key : str
        The idempotency key; empty without one.
    request : str
        The request's `fingerprint`.

    Returns
    -------
    tuple
        Status, content, media type, name of the file.
    """
    if not key or route.secret:
        return _given(route.function(context, **asked))
    user = context.person.name
    if route.waits:
        with context.store.begin() as transaction:
            earlier = _earlier(transaction, user, key, request)
            if earlier:
                return earlier
        try:
            given = _given(route.function(context, **asked))
        except BaseException:
            with context.store.begin() as transaction:
                transaction.execute(delete(answers).where(answers.c.user == user, answers.c.key == key))
            raise
        with context.store.begin() as transaction:
            _keep(transaction, user, key, given)
        return given
    with context.store.begin() as transaction:
        earlier = _earlier(transaction, user, key, request)
        if earlier:
            return earlier
        given = _given(route.function(context, **asked))
        _keep(transaction, user, key, given)
        return given


def _given(found: Model | Answer | Text | None) -> Given:
    if isinstance(found, Text):
        return 200, found.content, found.media_type, found.filename
    answer = found if isinstance(found, Answer) else Answer(204) if found is None else Answer(200, found)
    content = "" if answer.content is None else answer.content.model_dump_json()
    return answer.status, content, "application/json", ""


def _earlier(transaction: Transaction, user: str, key: str, request: str) -> Given | None:
    """The answer that this key has had; otherwise the key is taken."""
    transaction.execute(delete(answers).where(answers.c.at < transaction.now - KEPT))
    found = transaction.execute(select(answers).where(answers.c.user == user, answers.c.key == key)).first()
    if found is None:
        taken = {"user": user, "key": key, "request": request, "at": transaction.now}
        transaction.execute(insert(answers).values(taken))
        return None
    if found.request != request:
        message = "This Idempotency-Key belongs to another request. Make a new key for each thing that shall happen."
        raise ServiceError(message, reason="key_of_another_request", status=409)
    if found.status is None:
        if transaction.now - found.at < _ABANDONED:
            message = "A request with this Idempotency-Key is being worked on. Ask again in some seconds."
            raise ServiceError(message, reason="still_worked_on", status=409)
        mine = update(answers).where(answers.c.user == user, answers.c.key == key)
        transaction.execute(mine.values(at=transaction.now))
        return None
    return int(found.status), str(found.content), "application/json", ""


def _keep(transaction: Transaction, user: str, key: str, given: Given) -> None:
    """Store the answer; a refusal is not kept, so that it can be asked again when things have changed."""
    mine = (answers.c.user == user, answers.c.key == key)
    if given[0] >= 400 or given[2] != "application/json":
        transaction.execute(delete(answers).where(*mine))
    else:
        transaction.execute(update(answers).where(*mine).values(status=given[0], content=given[1]))
