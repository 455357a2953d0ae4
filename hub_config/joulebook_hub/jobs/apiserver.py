"""Pods at Kubernetes' API server, asked from inside a pod with the rights of its service account.

Token and authority are files that the machine renews while the process lives; both are read for every question.
"""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx

from joulebook_hub.errors import HubError

__all__ = ["ACCOUNT", "ApiServer", "ApiServerError"]

ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")
"""Where a pod finds its service account."""
_PATIENCE = 5.0


class ApiServerError(Exception):
    """The API server did not do what it was asked to.

    Parameters
    ----------
    message : str
        What it said.
    status : int
        Status of its answer; 0 if there was none.
    """

    def __init__(self, message: str, status: int = 0) -> None:
        super().__init__(message)
        self.status = status


class ApiServer:
    """The pods of one namespace.

    Parameters
    ----------
    environment : mapping of str to str
        With the address of the API server, as every pod has it.
    account : Path
        Folder with ``token``, ``ca.crt`` and ``namespace``.

    Raises
    ------
    HubError
        If this is no pod with a service account.
    """

    def __init__(self, environment: Mapping[str, str], account: Path = ACCOUNT) -> None:
        host, port = (environment.get(f"KUBERNETES_SERVICE_{part}", "") for part in ("HOST", "PORT"))
        try:
            namespace = (account / "namespace").read_text(encoding="utf-8").strip()
        except OSError:
            namespace = ""
        if not host or not namespace:
            message = (
                "The worker of jobs in the kubernetes profile runs in a pod of the chart hub_config/kubernetes/service "
                "with a service account that may make pods. Switch it on there (worker.enabled)."
            )
            raise HubError(message, reason="bad_settings")
        name = f"[{host}]" if ":" in host else host
        self._pods = f"https://{name}:{port or 443}/api/v1/namespaces/{namespace}/pods"
        self._account = account

    def create(self, manifest: Mapping[str, Any]) -> None:
        """Make a pod.

        Parameters
        ----------
        manifest : mapping
            The pod.

        Raises
        ------
        ApiServerError
            If it is not made, or not known to be; status 409 if there is one of that name.
        """
        self._ask("POST", body=manifest)

    def pods(self, labels: Mapping[str, str]) -> list[dict[str, Any]]:
        """List pods, as they are right now.

        Parameters
        ----------
        labels : mapping of str to str
            Labels that they have.

        Returns
        -------
        list of dict
            Their manifests and states.

        Raises
        ------
        ApiServerError
            If there is no answer that makes sense.
        """
        selector = ",".join(f"{name}={value}" for name, value in labels.items())
        items = self._ask("GET", query={"labelSelector": selector}).get("items")
        if not isinstance(items, list):
            raise ApiServerError("the answer is no list of pods")
        return [item for item in items if isinstance(item, dict)]

    def delete(self, name: str, grace: int) -> None:
        """Ask for the end of a pod.

        Parameters
        ----------
        name : str
            Its name.
        grace : int
            s from the request to stop to the kill.

        Raises
        ------
        ApiServerError
            If it is not taken; not where the pod is gone.
        """
        try:
            self._ask("DELETE", f"/{name}", body={"gracePeriodSeconds": grace})
        except ApiServerError as error:
            if error.status != 404:
                raise

    def _ask(
        self,
        method: str,
        path: str = "",
        *,
        query: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        try:
            token = (self._account / "token").read_text(encoding="ascii").strip()
            headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
            trusted = ssl.create_default_context(cadata=(self._account / "ca.crt").read_text(encoding="ascii"))
            with httpx.Client(verify=trusted, trust_env=False, timeout=_PATIENCE) as client:
                answer = client.request(method, self._pods + path, params=query, json=body, headers=headers)
            said = answer.json()
        except (OSError, httpx.HTTPError, ValueError) as error:  # also an authority or an answer that makes no sense
            raise ApiServerError(f"{type(error).__name__}: {error}") from error
        said = said if isinstance(said, dict) else {}
        if not answer.is_success:
            raise ApiServerError(f"{answer.status_code}: {str(said.get('message', ''))[:300]}", answer.status_code)
        return said
