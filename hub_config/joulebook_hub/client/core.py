"""The client's connection: requests, keys, repetition, pages, errors."""

from __future__ import annotations

import os
import time
import uuid
from collections.abc import Callable, Collection, Iterator, Mapping
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx
from pydantic import BaseModel, ValidationError

from joulebook_hub.client.errors import NotAllowedError, RefusedError, UnreachableError
from joulebook_hub.errors import HubError

__all__ = ["Connection"]

_Found = TypeVar("_Found", bound=BaseModel)
_AGAIN = {429, 502, 503, 504}
_TIMES = 5
_LONGEST_PAUSE = 30.0


class Connection:
    """Sends requests to the service.

    Parameters
    ----------
    address : str
        Of the service, such as ``https://lab.example.org/services/joulebook/``.
    token : str
        A token of the hub with the scope ``access:services!service=joulebook``.
    timeout : float
        Time for one answer, s.
    pause : callable
        Waits between two tries, s.
    transport : BaseTransport, optional
        Of httpx, in place of the network's.
    """

    def __init__(
        self,
        address: str,
        token: str,
        *,
        timeout: float = 30.0,
        pause: Callable[[float], None] = time.sleep,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._pause = pause
        self._http = httpx.Client(
            base_url=address if address.endswith("/") else address + "/",
            headers={"Authorization": f"token {token}", "Accept": "application/json"},
            timeout=timeout,
            transport=transport,
            trust_env=not address.startswith("http://127.0.0.1"),
        )

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """Connect from a server of the hub, with the server's own token.

        Parameters
        ----------
        environment : mapping of str to str
            With JOULEBOOK_SERVICE and JUPYTERHUB_API_TOKEN.

        Returns
        -------
        Connection
            Ready.

        Raises
        ------
        HubError
            Outside a server of a hub.
        """
        address, token = environment.get("JOULEBOOK_SERVICE"), environment.get("JUPYTERHUB_API_TOKEN")
        if not address or not token:
            message = (
                "This is no server of a Joulebook hub: JOULEBOOK_SERVICE or JUPYTERHUB_API_TOKEN is not set. "
                "Give the address of the service and a token instead."
            )
            raise HubError(message, reason="no_hub")
        return cls(address, token)

    def close(self) -> None:
        """Close the connection."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def ask(
        self,
        method: str,
        path: str,
        answers: Mapping[int, type[_Found]],
        *,
        query: Mapping[str, Any] | None = None,
        body: BaseModel | None = None,
    ) -> _Found:
        """Send a request and read its answer.

        Parameters
        ----------
        method, path : str
            Which route; the path is relative to the service.
        answers : mapping of int to type
            Model by status; every other status is an error.
        query : mapping, optional
            The query; None in it is left out.
        body : BaseModel, optional
            The body.

        Returns
        -------
        BaseModel
            The answer.

        Raises
        ------
        UnreachableError
            If the answer is not the service's.
        """
        answer = self._sent(method, path, query, body)
        _refuse_unless(answer, answers)
        try:
            return answers[answer.status_code].model_validate_json(answer.content)
        except ValidationError as error:
            message = (
                f"The answer to {method} {path} is not what this version of Joulebook expects. Is the hub of another "
                f"version, or does {self._http.base_url} belong to something else?"
            )
            raise UnreachableError(message, reason="strange_answer") from error

    def tell(self, method: str, path: str, *, body: BaseModel | None = None) -> None:
        """Send a request that is answered with nothing.

        Parameters
        ----------
        method, path : str
            Which route.
        body : BaseModel, optional
            The body.
        """
        _refuse_unless(self._sent(method, path, None, body), {204})

    def text(self, path: str, *, query: Mapping[str, Any] | None = None) -> str:
        """Get what is not JSON, such as a table.

        Parameters
        ----------
        path : str
            Which route.
        query : mapping, optional
            The query.

        Returns
        -------
        str
            The text.
        """
        answer = self._sent("GET", path, query, None)
        _refuse_unless(answer, {200})
        return answer.text

    def pages(
        self, path: str, model: type[_Found], *, most: int = 200, query: Mapping[str, Any] | None = None
    ) -> Iterator[_Found]:
        """Get a long list, page by page, as it is used up.

        Parameters
        ----------
        path : str
            Which route.
        model : type
            Of a page, with ``next``.
        most : int
            Entries of one page.
        query : mapping, optional
            What else is asked.

        Yields
        ------
        BaseModel
            The pages.
        """
        after: int | None = None
        while True:
            page = self.ask("GET", path, {200: model}, query={**(query or {}), "after": after, "most": most})
            yield page
            after = getattr(page, "next", None)
            if after is None:
                return

    def _sent(self, method: str, path: str, query: Mapping[str, Any] | None, body: BaseModel | None) -> httpx.Response:
        """Send; again after a lost answer or a busy service, always under the same key."""
        headers = {} if method == "GET" else {"Idempotency-Key": uuid.uuid4().hex}
        content = None if body is None else body.model_dump_json(exclude_unset=True).encode()
        if content is not None:
            headers["Content-Type"] = "application/json"
        params = {name: value for name, value in (query or {}).items() if value is not None}
        request = self._http.build_request(method, path, params=params, content=content, headers=headers)
        for tried in range(1, _TIMES + 1):
            pause = min(0.25 * 2.0**tried, _LONGEST_PAUSE)
            try:
                answer = self._http.send(request)
            except httpx.TransportError as error:
                if tried == _TIMES:
                    message = f"{self._http.base_url} does not answer ({error}). Is the hub running?"
                    raise UnreachableError(message, reason="no_answer") from error
            else:
                busy = answer.status_code in _AGAIN or _reason(answer) == "still_worked_on"
                if not busy or tried == _TIMES:
                    return answer
                pause = max(pause, min(_seconds(answer), _LONGEST_PAUSE))
            self._pause(pause)
        raise UnreachableError("No answer.", reason="no_answer")  # not reached: the last try returns or raises


def _seconds(answer: httpx.Response) -> float:
    given = answer.headers.get("Retry-After", "")
    return float(given) if given.isdigit() and len(given) < 6 else 0.0


def _reason(answer: httpx.Response) -> str:
    if answer.status_code != 409:
        return ""
    try:
        return str(answer.json().get("reason", ""))
    except (ValueError, AttributeError):
        return ""


def _refuse_unless(answer: httpx.Response, good: Collection[int]) -> None:
    if answer.status_code in good:
        return
    try:
        told = answer.json()
        message, reason, request = str(told["message"]), str(told["reason"]), str(told.get("request", ""))
    except (ValueError, KeyError, TypeError, AttributeError):
        message = f"{answer.request.url} answered {answer.status_code}, and not as the hub's service does."
        raise UnreachableError(message, reason="strange_answer") from None
    kind = NotAllowedError if answer.status_code == 402 else RefusedError
    raise kind(message, reason=reason, status=answer.status_code, request=request)
