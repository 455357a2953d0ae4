"""HTTP of the simulated interface: keys, versions, idempotency, errors."""

from __future__ import annotations

import base64
import binascii
import json
import re
import secrets
from typing import Any

from tornado import web

from joulebook_hub.stripe_sim import API_VERSION, forms
from joulebook_hub.stripe_sim.books import Books, Shelf
from joulebook_hub.stripe_sim.faults import RequestError
from joulebook_hub.stripe_sim.operations import answer

__all__ = ["Api", "check_key"]

_LIVE = re.compile(r"(sk|pk|rk)_live_")
_VERSION = re.compile(r"\d{4}-\d{2}-\d{2}(\.[a-z]+)?")


def check_key(header: str, key: str) -> None:
    """Check who asks.

    Parameters
    ----------
    header : str
        The ``Authorization`` header.
    key : str
        The installation's key.

    Raises
    ------
    RequestError
        If the key is another one. A key of a live account is refused whatever it is: it does not belong here.
    """
    scheme, _, value = header.partition(" ")
    given = value.strip()
    if scheme.lower() == "basic":
        try:
            given = base64.b64decode(given, validate=True).decode().partition(":")[0]
        except (binascii.Error, UnicodeDecodeError):
            given = ""
    if _LIVE.match(given):
        message = "This is a simulator. It refuses keys of live accounts; take this one out of where it came from."
        raise RequestError(message, status=401, code="live_key_refused")
    if not given or not secrets.compare_digest(given.encode(), key.encode()):
        raise RequestError("Invalid API Key provided.", status=401)


class Api(web.RequestHandler):
    """Answers everything below ``/v1/``.

    Not a page: there are no cookies here, so there is nothing for another site to forge.
    """

    shelf: Shelf
    key: str
    base: str

    def initialize(self, shelf: Shelf, key: str, base: str) -> None:
        """Take the parts.

        Parameters
        ----------
        shelf : Shelf
            The books.
        key : str
            The installation's key.
        base : str
            Address of the hosted pages.
        """
        self.shelf, self.key, self.base = shelf, key, base

    def check_xsrf_cookie(self) -> None:
        """No cookie gives any right here."""

    def set_default_headers(self) -> None:
        """Say that it is JSON, and which request it was."""
        self.identity = "req_" + secrets.token_hex(7)
        self.set_header("Content-Type", "application/json")
        self.set_header("Cache-Control", "no-store")
        self.set_header("Request-Id", self.identity)

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Tell an error that nobody expected.

        Parameters
        ----------
        status_code : int
            HTTP status.
        **kwargs : object
            Tornado's.
        """
        message = "The simulator failed; its log has the reason." if status_code >= 500 else self._reason
        self.finish(json.dumps(RequestError(message, kind="api_error").body))

    def get(self, path: str) -> None:
        """Answer.

        Parameters
        ----------
        path : str
            Below ``/v1/``.
        """
        self._answer("GET", path, self.request.query)

    def post(self, path: str) -> None:
        """Answer.

        Parameters
        ----------
        path : str
            Below ``/v1/``.
        """
        self._answer("POST", path, self._form())

    def delete(self, path: str) -> None:
        """Answer.

        Parameters
        ----------
        path : str
            Below ``/v1/``.
        """
        self._answer("DELETE", path, "&".join(part for part in (self.request.query, self._form()) if part))

    def _form(self) -> str:
        return self.request.body.decode("utf-8", "replace")

    def _answer(self, method: str, path: str, sent: str) -> None:
        version = self.request.headers.get("Stripe-Version", API_VERSION)
        key = self.request.headers.get("Idempotency-Key") if method == "POST" else None
        try:
            check_key(self.request.headers.get("Authorization", ""), self.key)
            if not _VERSION.fullmatch(version):
                raise RequestError(f"Invalid Stripe API version: {version[:40]}")
            if key is not None and not 1 <= len(key) <= 255:
                raise RequestError("An idempotency key has from 1 to 255 characters.", kind="idempotency_error")
            status, body = self._once(method, path, sent, key)
        except RequestError as fault:
            status, body = fault.status, json.dumps(fault.body)
        self.set_header("Stripe-Version", version)
        if key is not None:
            self.set_header("Idempotency-Key", key)
        self.set_status(status)
        self.finish(body)

    def _once(self, method: str, path: str, sent: str, key: str | None) -> tuple[int, str]:
        params = forms.parse(sent)
        request = json.dumps([method, path, params], sort_keys=True)
        kept: RequestError | None = None
        with self.shelf.open() as books:
            books.request, books.key = self.identity, key
            if key is not None:
                before = books.reply(key, request)
                if before is not None:
                    self.set_header("Idempotent-Replayed", "true")
                    return before
            try:
                status, body = 200, json.dumps(self._acted(books, method, path, params))
            except RequestError as fault:
                if not fault.keeps:
                    raise
                kept = fault
                status, body = kept.status, json.dumps(kept.body)
            if key is not None:
                books.keep(key, request, status, body)
        return status, body

    def _acted(self, books: Books, method: str, path: str, params: dict[str, Any]) -> dict[str, Any]:
        return answer(books, method, path, params, base=self.base)
