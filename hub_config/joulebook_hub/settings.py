"""What an operator sets: environment variables that begin with JOULEBOOK_, read once, all faults told at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from joulebook_hub.errors import HubError
from joulebook_hub.places import StateFolder

__all__ = ["PROFILES", "PROVIDERS", "HubSettings", "is_loopback"]

PROFILES = ("local", "docker", "kubernetes", "systemd")
PROVIDERS = ("password", "github", "google", "orcid")
SIGN_UP = ("approval", "open", "closed")
TLS = ("own", "upstream")
PROXIES = ("node", "traefik")


def is_loopback(host: str) -> bool:
    """Tell whether an address is reached from this machine only.

    Parameters
    ----------
    host : str
        A name or an IP address.

    Returns
    -------
    bool
        True for ``localhost``, ``127.0.0.0/8`` and ``::1``.

    Examples
    --------
    >>> [is_loopback(host) for host in ("127.0.0.1", "localhost", "::1", "0.0.0.0", "", "192.0.2.1")]
    [True, True, True, False, False, False]
    """
    if host == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


@dataclass(frozen=True)
class HubSettings:
    """Every setting of the hub; docs/howto/run-the-hub.md lists them with their variables.

    Parameters
    ----------
    folder : StateFolder
        The state folder (JOULEBOOK_HOME).
    profile : str
        How servers are started (JOULEBOOK_PROFILE): local, docker, kubernetes, systemd.
    host : str
        Address to listen on (JOULEBOOK_HOST).
    port : int
        Port of the proxy, where people go (JOULEBOOK_PORT).
    hub_port, proxy_api_port : int
        Ports between hub and proxy; `joulebook hub up` chooses free ones.
    service_port : int
        Port of the hub's service; chosen likewise.
    simulator_port : int
        Port of the simulator of Stripe, where it is used; chosen likewise.
    store_url : str
        Database of hub and service (JOULEBOOK_STORE_URL); a SQLite file of the folder when left out.
    proxy : str
        node (configurable-http-proxy) or traefik (JOULEBOOK_PROXY).
    sign_in : str
        password, github, google or orcid (JOULEBOOK_SIGN_IN).
    sign_up : str
        approval, open or closed (JOULEBOOK_SIGN_UP).
    admins : tuple of str
        Administrators where sign-in is a provider's (JOULEBOOK_ADMINS).
    allowed_users, allowed_groups : tuple of str
        Who may enter by a provider (JOULEBOOK_ALLOWED_USERS; JOULEBOOK_ALLOWED_GROUPS: GitHub organisations or
        Google domains).
    public_url : str
        Address that people type (JOULEBOOK_PUBLIC_URL); production profiles need ``https://``.
    tls : str
        own (JOULEBOOK_TLS_KEY, JOULEBOOK_TLS_CERT) or upstream (something in front ends TLS).
    idle_minutes : int
        Minutes after which an idle server is stopped (JOULEBOOK_IDLE_MINUTES); 0 never.
    attempts_per_minute, sign_ups_per_hour : int
        Sign-ins per minute and sign-ups per hour from one network address (JOULEBOOK_ATTEMPTS_PER_MINUTE,
        JOULEBOOK_SIGN_UPS_PER_HOUR); raise them where many people come from one address.
    gpu_places : int
        Kernels that may have the same GPU at the same time, each with its share of the memory (JOULEBOOK_GPU_PLACES);
        MIG slices are never shared.
    named_servers : int
        Further servers that any one user may have, whatever the plan says (JOULEBOOK_NAMED_SERVERS).
    first_id : int
        Added to the numbers of people and projects to make the numeric users and groups of the production profiles
        (JOULEBOOK_FIRST_ID); nothing else of the machine may use what lies behind it.
    environment : mapping
        The variables themselves, for what one profile or provider reads alone.
    """

    folder: StateFolder
    profile: str = "local"
    host: str = "127.0.0.1"
    port: int = 8000
    hub_port: int = 8081
    proxy_api_port: int = 8001
    service_port: int = 8082
    simulator_port: int = 8083
    store_url: str = field(default="", repr=False)
    proxy: str = "node"
    sign_in: str = "password"
    sign_up: str = "approval"
    admins: tuple[str, ...] = ()
    allowed_users: tuple[str, ...] = ()
    allowed_groups: tuple[str, ...] = ()
    public_url: str = ""
    tls: str = "own"
    tls_key: str = ""
    tls_cert: str = ""
    idle_minutes: int = 120
    attempts_per_minute: int = 60
    sign_ups_per_hour: int = 10
    gpu_places: int = 1
    named_servers: int = 10
    first_id: int = 400_000
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> HubSettings:
        """Read the variables.

        Parameters
        ----------
        environment : mapping of str to str
            Usually ``os.environ``.

        Returns
        -------
        HubSettings
            Checked settings.

        Raises
        ------
        HubError
            If any variable is wrong, or the profile refuses the combination; the message lists every fault.
        """
        reader = _Reader(environment)
        settings = cls(
            folder=StateFolder.from_environment(environment),
            profile=reader.choice("JOULEBOOK_PROFILE", PROFILES, "local"),
            host=environment.get("JOULEBOOK_HOST", "127.0.0.1"),
            port=reader.integer("JOULEBOOK_PORT", 8000, 1, 65535),
            hub_port=reader.integer("JOULEBOOK_HUB_PORT", 8081, 1, 65535),
            proxy_api_port=reader.integer("JOULEBOOK_PROXY_API_PORT", 8001, 1, 65535),
            service_port=reader.integer("JOULEBOOK_SERVICE_PORT", 8082, 1, 65535),
            simulator_port=reader.integer("JOULEBOOK_SIMULATOR_PORT", 8083, 1, 65535),
            store_url=environment.get("JOULEBOOK_STORE_URL", "")
            or f"sqlite:///{StateFolder.from_environment(environment).ledger}",
            proxy=reader.choice("JOULEBOOK_PROXY", PROXIES, "node"),
            sign_in=reader.choice("JOULEBOOK_SIGN_IN", PROVIDERS, "password"),
            sign_up=reader.choice("JOULEBOOK_SIGN_UP", SIGN_UP, "approval"),
            admins=reader.names("JOULEBOOK_ADMINS"),
            allowed_users=reader.names("JOULEBOOK_ALLOWED_USERS"),
            allowed_groups=reader.names("JOULEBOOK_ALLOWED_GROUPS"),
            public_url=environment.get("JOULEBOOK_PUBLIC_URL", "").rstrip("/"),
            tls=reader.choice("JOULEBOOK_TLS", TLS, "own"),
            tls_key=environment.get("JOULEBOOK_TLS_KEY", ""),
            tls_cert=environment.get("JOULEBOOK_TLS_CERT", ""),
            idle_minutes=reader.integer("JOULEBOOK_IDLE_MINUTES", 120, 0, 100_000),
            attempts_per_minute=reader.integer("JOULEBOOK_ATTEMPTS_PER_MINUTE", 60, 1, 100_000),
            sign_ups_per_hour=reader.integer("JOULEBOOK_SIGN_UPS_PER_HOUR", 10, 1, 100_000),
            gpu_places=reader.integer("JOULEBOOK_GPU_PLACES", 1, 1, 16),
            named_servers=reader.integer("JOULEBOOK_NAMED_SERVERS", 10, 0, 100),
            first_id=reader.integer("JOULEBOOK_FIRST_ID", 400_000, 2_000, 2_000_000_000),
            environment=environment,
        )
        faults = reader.faults + settings.refusals()
        if faults:
            raise HubError("The hub does not start:\n  - " + "\n  - ".join(faults), reason="bad_settings")
        return settings

    def refusals(self) -> list[str]:
        """Say why the profile refuses these settings.

        Returns
        -------
        list of str
            One sentence per refusal; empty when all is well.
        """
        return self._local_refusals() if self.profile == "local" else self._production_refusals()

    def _local_refusals(self) -> list[str]:
        found = []
        if not is_loopback(self.host):
            found.append(
                f"JOULEBOOK_HOST = {self.host!r}: the local profile gives every user the same rights on this machine, "
                "so it listens on 127.0.0.1 only. Leave the variable out, or choose JOULEBOOK_PROFILE=docker, "
                "kubernetes or systemd."
            )
        if self.public_url and not is_loopback(urlsplit(self.public_url).hostname or ""):
            found.append(
                f"JOULEBOOK_PUBLIC_URL = {self.public_url!r}: the local profile is for this machine only. "
                "Choose JOULEBOOK_PROFILE=docker, kubernetes or systemd to serve others."
            )
        return found

    def _production_refusals(self) -> list[str]:
        found = []
        url = urlsplit(self.public_url)
        if url.scheme != "https" or not url.hostname or is_loopback(url.hostname) or url.path:
            found.append(
                f"JOULEBOOK_PUBLIC_URL = {self.public_url!r}: the {self.profile} profile needs the https address that "
                "people type, without a path, such as https://lab.example.org; each user gets a subdomain of it."
            )
        if self.proxy == "traefik" and self.tls == "own":
            found.append(
                "JOULEBOOK_PROXY = 'traefik': let something in front end TLS (JOULEBOOK_TLS=upstream), such as another "
                "Traefik or nginx."
            )
        if self.profile != "kubernetes" and self.tls == "own":
            for variable, value in (("JOULEBOOK_TLS_KEY", self.tls_key), ("JOULEBOOK_TLS_CERT", self.tls_cert)):
                if not value or not Path(value).is_file():
                    found.append(
                        f"{variable} = {value!r}: name the file with the TLS key or certificate, or set "
                        "JOULEBOOK_TLS=upstream if something in front of the hub ends TLS."
                    )
        if self.profile == "kubernetes" and not self.store_url.startswith("postgresql"):
            found.append(
                "JOULEBOOK_STORE_URL: hub and service run in pods of their own and share their store, which is a "
                "PostgreSQL database then: postgresql://user:password@host/database."
            )
        if self.sign_in == "password" and self.sign_up == "open":
            found.append(
                "JOULEBOOK_SIGN_UP = 'open': a hub that others can reach does not let everybody in. "
                "Use approval or closed."
            )
        return found


class _Reader:
    """Reads variables and collects faults."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self.faults: list[str] = []

    def choice(self, variable: str, allowed: tuple[str, ...], otherwise: str) -> str:
        given = self._environment.get(variable, otherwise).strip().lower()
        if given not in allowed:
            self.faults.append(f"{variable} = {given!r}: use one of {', '.join(allowed)}.")
            return otherwise
        return given

    def integer(self, variable: str, otherwise: int, least: int, most: int) -> int:
        given = self._environment.get(variable, str(otherwise)).strip()
        if not given.isascii() or not given.isdigit() or not least <= int(given) <= most:
            self.faults.append(f"{variable} = {given!r}: use a whole number from {least} to {most}.")
            return otherwise
        return int(given)

    def names(self, variable: str) -> tuple[str, ...]:
        return tuple(name.strip() for name in self._environment.get(variable, "").split(",") if name.strip())
