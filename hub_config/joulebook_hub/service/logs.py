"""The service's log: one JSON object per line, with the request's name and without secrets."""

from __future__ import annotations

import json
import logging
import re
import sys
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

__all__ = ["JsonFormatter", "secrets_of", "start"]

_HIDDEN = "•••"
_SECRET_NAMES = re.compile(r"TOKEN|SECRET|PASSWORD|KEY|DSN")
_LOOKS_SECRET = re.compile(
    r"((?:token|bearer|basic)\s+)[A-Za-z0-9._~+/=-]{8,}"  # an Authorization header
    r"|(://[^\s:/@]*:)[^\s@]+(?=@)"  # the password of an address
    r"|\b((?:sk|rk|whsec|pk)_)[A-Za-z0-9_]{8,}",  # a key of Stripe
    re.IGNORECASE,
)
_OWN_FIELDS = ("request", "user", "method", "route", "status", "ms", "reason", "feature", "job")


class JsonFormatter(logging.Formatter):
    """Makes a line of JSON from each record.

    Parameters
    ----------
    secrets : iterable of str
        What must not appear, whatever is logged.

    Examples
    --------
    >>> record = logging.makeLogRecord({"msg": "asked with token 0123456789abcdef", "levelname": "INFO"})
    >>> json.loads(JsonFormatter().format(record))["message"]
    'asked with token •••'
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        super().__init__()
        self._secrets = sorted({secret for secret in secrets if len(secret) >= 6}, key=len, reverse=True)

    def format(self, record: logging.LogRecord) -> str:
        """Write a record.

        Parameters
        ----------
        record : LogRecord
            The record.

        Returns
        -------
        str
            One line.
        """
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": self.hide(record.getMessage()),
        }
        for name in _OWN_FIELDS:
            value = getattr(record, name, None)
            if value is not None:
                line[name] = self.hide(value) if isinstance(value, str) else value
        if record.exc_info:
            line["error"] = self.hide(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False)

    def hide(self, text: str) -> str:
        """Take secrets out of a text.

        Parameters
        ----------
        text : str
            The text.

        Returns
        -------
        str
            With dots in their place.
        """
        for secret in self._secrets:
            text = text.replace(secret, _HIDDEN)
        return _LOOKS_SECRET.sub(lambda found: next((g for g in found.groups() if g), "") + _HIDDEN, text)


def secrets_of(environment: Mapping[str, str]) -> set[str]:
    """Values of variables that must not be told.

    Parameters
    ----------
    environment : mapping of str to str
        The process's variables.

    Returns
    -------
    set of str
        Tokens, keys, and the password of the store.
    """
    found = {value for name, value in environment.items() if _SECRET_NAMES.search(name) and value}
    try:
        password = make_url(environment.get("JOULEBOOK_STORE_URL", "")).password
    except ArgumentError:
        password = None
    return found | ({str(password)} if password else set())


def start(environment: Mapping[str, str]) -> None:
    """Write everything that is logged in this process as JSON to standard error.

    Parameters
    ----------
    environment : mapping of str to str
        The process's variables; their secrets are hidden.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter(secrets_of(environment)))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    logging.captureWarnings(True)
    logging.getLogger("httpx").setLevel(logging.WARNING)
    logging.getLogger("alembic").setLevel(logging.WARNING)
