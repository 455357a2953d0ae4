"""A Dask Gateway as the hub's worker speaks to it: its address and sign-in, and the few requests of its REST API.

The hub signs in as itself, with a token of JupyterHub's or a name and password, and neither reaches a job: a sweep gets
the certificate of its own cluster and nothing else (see `clusters`).
"""

from __future__ import annotations

import json
import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import httpx

from joulebook_hub.errors import HubError

__all__ = ["GATEWAY", "VARIABLES", "Cluster", "Credentials", "Gateway", "GatewaySettings"]

GATEWAY = "gateway+"
"""What JOULEBOOK_DASK begins with when it names a gateway."""
VARIABLES = (
    *("JOULEBOOK_DASK_PROXY", "JOULEBOOK_DASK_SIGN_IN", "JOULEBOOK_DASK_USER"),
    *("JOULEBOOK_DASK_SECRET_FILE", "JOULEBOOK_DASK_OPTIONS"),
)
SIGN_IN = ("jupyterhub", "basic")
_ADDRESS = re.compile(r"gateway\+https?://[A-Za-z0-9.\-\[\]:]{1,200}(?:/[A-Za-z0-9._~\-/]{0,200})?")
_PROXY = re.compile(r"[A-Za-z0-9.\-\[\]]{1,200}:[0-9]{1,5}")
_PATIENCE = 10.0
_ALIVE = "PENDING,RUNNING,STOPPING"


@dataclass(frozen=True)
class GatewaySettings:
    """Where the gateway is, and how the hub signs in.

    Parameters
    ----------
    address : str
        Of its API, such as ``https://gateway.example.org``.
    proxy : str
        Host and port where sweeps reach their schedulers (JOULEBOOK_DASK_PROXY; those of the API when left out).
    sign_in : str
        ``"jupyterhub"`` or ``"basic"`` (JOULEBOOK_DASK_SIGN_IN).
    user : str
        Name for ``"basic"`` (JOULEBOOK_DASK_USER).
    secret_file : str
        File with the token or password (JOULEBOOK_DASK_SECRET_FILE); empty for the worker's own token of JupyterHub.
    options : mapping
        Options of clusters that the operator has fixed (JOULEBOOK_DASK_OPTIONS, a JSON object).
    """

    address: str
    proxy: str
    sign_in: str = "jupyterhub"
    user: str = "joulebook"
    secret_file: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> GatewaySettings | None:
        """Read the variables.

        Parameters
        ----------
        environment : mapping of str to str
            With JOULEBOOK_DASK and those of `VARIABLES`.

        Returns
        -------
        GatewaySettings or None
            None where JOULEBOOK_DASK names no gateway.

        Raises
        ------
        HubError
            If one is wrong.
        """
        given = environment.get("JOULEBOOK_DASK", "")
        if not given.startswith(GATEWAY):
            for name in VARIABLES:
                _check(not environment.get(name), name, environment.get(name, ""), _ONLY)
            return None
        _check(_ADDRESS.fullmatch(given) is not None, "JOULEBOOK_DASK", given, _HOW)
        address = given.removeprefix(GATEWAY).rstrip("/")
        try:
            parts = urlsplit(address)
            port = parts.port or {"http": 80, "https": 443}[parts.scheme]
        except ValueError as error:
            raise HubError(_fault("JOULEBOOK_DASK", given, _HOW), reason="bad_settings") from error
        host = parts.hostname or ""
        _check(bool(host), "JOULEBOOK_DASK", given, _HOW)
        own = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        proxy = environment.get("JOULEBOOK_DASK_PROXY", "").removeprefix("gateway://") or own
        good = _PROXY.fullmatch(proxy) is not None and 0 < int(proxy.rpartition(":")[2]) < 65536
        _check(good, "JOULEBOOK_DASK_PROXY", proxy, "use host and port of its proxy, such as gateway.example.org:8786")
        sign_in = environment.get("JOULEBOOK_DASK_SIGN_IN") or SIGN_IN[0]
        _check(sign_in in SIGN_IN, "JOULEBOOK_DASK_SIGN_IN", sign_in, f"use one of {', '.join(SIGN_IN)}")
        file = environment.get("JOULEBOOK_DASK_SECRET_FILE", "")
        _check(bool(file) or sign_in != "basic", "JOULEBOOK_DASK_SECRET_FILE", file, "name the file with the password")
        found = cls(
            address,
            proxy,
            sign_in,
            environment.get("JOULEBOOK_DASK_USER") or "joulebook",
            file,
            _options(environment.get("JOULEBOOK_DASK_OPTIONS", "")),
        )
        _check(
            bool(found.user.isascii() and ":" not in found.user), "JOULEBOOK_DASK_USER", found.user, "use a plain name"
        )
        if file:
            found.secret("")
        if find_spec("dask_gateway") is None:
            message = "JOULEBOOK_DASK names a Dask Gateway, whose client is missing: install joulebook[gateway]."
            raise HubError(message, reason="bad_settings")
        return found

    def secret(self, own: str) -> str:
        """Read the token or password.

        Parameters
        ----------
        own : str
            The worker's own token of JupyterHub.

        Returns
        -------
        str
            The first line of the file; the own token where no file is named.

        Raises
        ------
        HubError
            If the file cannot be used.
        """
        if not self.secret_file:
            return own
        path, name = Path(self.secret_file), "JOULEBOOK_DASK_SECRET_FILE"
        try:
            open_to_others = path.stat().st_mode & 0o077
            lines = path.read_text(encoding="utf-8").splitlines()
        except (OSError, ValueError) as error:
            message = _fault(name, self.secret_file, "name a file that the hub can read")
            raise HubError(message, reason="bad_settings") from error
        _check(not open_to_others, name, self.secret_file, "it is open to others on the machine, `chmod 600` it")
        line = lines[0].strip() if lines else ""
        _check(
            bool(line) and line.isprintable(), name, self.secret_file, "its first line must be the token or password"
        )
        return line


_HOW = "use gateway+https:// and the address of a Dask Gateway, such as gateway+https://gateway.example.org"
_ONLY = "it goes with a Dask Gateway only; set JOULEBOOK_DASK to gateway+https://…, or leave it out"


def _fault(name: str, value: str, allowed: str) -> str:
    return f"{name} = {value!r}: {allowed}."


def _check(good: bool, name: str, value: str, allowed: str) -> None:
    if not good:
        raise HubError(_fault(name, value, allowed), reason="bad_settings")


def _options(text: str) -> dict[str, Any]:
    if not text:
        return {}
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    good = isinstance(found, dict) and "joulebook" not in found and len(text) < 10_000
    _check(good, "JOULEBOOK_DASK_OPTIONS", text[:80], 'use a JSON object such as {"worker_cores": 2}')
    return dict(found or {})


@dataclass(frozen=True)
class Cluster:
    """A cluster that is not gone.

    Parameters
    ----------
    name : str
        Its name at the gateway.
    status : str
        ``"PENDING"``, ``"RUNNING"``, ``"STOPPING"``; also ``"STOPPED"``, ``"FAILED"`` where it was asked for by name.
    mark : str
        Its option ``joulebook``.
    """

    name: str
    status: str
    mark: str = ""


@dataclass(frozen=True)
class Credentials:
    """What lets a program into its cluster.

    Parameters
    ----------
    address : str
        Of the scheduler.
    certificate, key : str
        PEM.
    """

    address: str
    certificate: str = field(repr=False)
    key: str = field(repr=False)


class Gateway:
    """The gateway's API.

    Parameters
    ----------
    settings : GatewaySettings
        Where it is.
    token : str
        The worker's own token of JupyterHub, for where no file is named.
    """

    def __init__(self, settings: GatewaySettings, token: str = "") -> None:
        self.settings, self._token = settings, token
        self._http = httpx.Client(
            base_url=settings.address, timeout=_PATIENCE, verify=ssl.create_default_context(), trust_env=False
        )

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def offers(self) -> dict[str, dict[str, Any]]:
        """Ask which options clusters have.

        Returns
        -------
        dict
            ``default``, ``type`` and the like by name.
        """
        answer = self._ask("GET", "options")
        listed = answer.get("cluster_options")
        found = {}
        for one in listed if isinstance(listed, list) else []:
            spec = one.get("spec") if isinstance(one, dict) else None
            if isinstance(spec, dict):
                found[str(one.get("field"))] = {**spec, "default": one.get("default")}
        return found

    def clusters(self) -> list[Cluster]:
        """List the hub's clusters that are not gone.

        Returns
        -------
        list of Cluster
            Sorted by name.
        """
        answer = self._ask("GET", f"clusters/?status={_ALIVE}")
        return sorted((_cluster(one) for one in answer.values()), key=lambda one: one.name)

    def get(self, name: str) -> tuple[Cluster, Credentials | None]:
        """Ask for a cluster.

        Parameters
        ----------
        name : str
            Its name.

        Returns
        -------
        Cluster
            As it is now.
        Credentials or None
            None unless it runs.
        """
        answer = self._ask("GET", f"clusters/{quote(name, safe='')}", unknown={"name": name, "status": "STOPPED"})
        certificate, key = answer.get("tls_cert"), answer.get("tls_key")
        if not isinstance(certificate, str) or not isinstance(key, str):
            return _cluster(answer), None
        return _cluster(answer), Credentials(f"gateway://{self.settings.proxy}/{name}", certificate, key)

    def start(self, options: Mapping[str, Any]) -> str:
        """Start a cluster.

        Parameters
        ----------
        options : mapping
            Its options.

        Returns
        -------
        str
            Its name; it is pending.
        """
        return str(self._ask("POST", "clusters/", {"cluster_options": dict(options)}).get("name"))

    def scale(self, name: str, least: int, most: int) -> None:
        """Say how many workers a cluster has.

        Parameters
        ----------
        name : str
            Its name.
        least, most : int
            As many as the work asks for in between; exactly so many where both are the same.
        """
        where = f"clusters/{quote(name, safe='')}/"
        if least == most:
            self._ask("POST", where + "scale", {"count": most})
        else:
            self._ask("POST", where + "adapt", {"minimum": least, "maximum": most, "active": True})

    def stop(self, name: str) -> None:
        """Stop a cluster; it is still there for a while.

        Parameters
        ----------
        name : str
            Its name.
        """
        self._ask("DELETE", f"clusters/{quote(name, safe='')}")

    def _ask(
        self, method: str, path: str, content: Mapping[str, Any] | None = None, *, unknown: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        settings = self.settings
        secret = settings.secret(self._token)
        basic = httpx.BasicAuth(settings.user, secret) if settings.sign_in == "basic" else None
        headers = {} if basic else {"Authorization": f"jupyterhub {secret}"}
        try:
            answer = self._http.request(method, f"/api/v1/{path}", json=content, headers=headers, auth=basic)
        except httpx.HTTPError as error:
            raise self._silent(f"does not answer: {error}") from error
        if answer.status_code in {401, 403}:
            raise self._silent(f"does not let the hub in ({answer.status_code}). An administrator must look at it")
        if answer.status_code == 404 and unknown is not None:
            return unknown
        if answer.status_code in {409, 422}:
            raise HubError(f"The Dask Gateway refuses: {_said(answer)}", reason="cluster_refused")
        if answer.status_code >= 300:
            raise self._silent(f"does not answer as one does ({answer.status_code}): {_said(answer)}")
        try:
            found = answer.json() if answer.content else {}
        except ValueError:
            found = None
        if not isinstance(found, dict):
            raise self._silent("does not answer as one does")
        return found

    def _silent(self, what: str) -> HubError:
        return HubError(f"The Dask Gateway at {self.settings.address} {what}.", reason="no_cluster")


def _cluster(one: Any) -> Cluster:
    answer = one if isinstance(one, dict) else {}
    options = answer.get("options")
    mark = options.get("joulebook") if isinstance(options, dict) else ""
    return Cluster(str(answer.get("name", "")), str(answer.get("status", "")), str(mark or ""))


def _said(answer: httpx.Response) -> str:
    try:
        found = answer.json()
    except ValueError:
        found = None
    text = str(found.get("error", "")) if isinstance(found, dict) else ""
    return (text or answer.reason_phrase)[:300].rstrip(".") + "."
