"""Which Stripe the hub talks to, with which keys, and the client for it."""

from __future__ import annotations

import logging
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from joulebook_hub.errors import HubError
from joulebook_hub.quota.decisions import Offer

if TYPE_CHECKING:
    from stripe import StripeClient

__all__ = ["MODES", "VARIABLES", "Account", "mode_of", "offer_of", "own_file"]

MODES = ("off", "simulator", "stripe")
STRIPE_URL = "https://api.stripe.com"
_TEST = ("sk_test_", "rk_test_")
_KEYS = (*_TEST, "sk_live_", "rk_live_")
_RETRIES = 2
VARIABLES = (
    "JOULEBOOK_BILLING",
    "JOULEBOOK_PROFILE",
    "JOULEBOOK_STRIPE_KEY",
    "JOULEBOOK_STRIPE_KEY_FILE",
    "JOULEBOOK_STRIPE_WEBHOOK_SECRET",
    "JOULEBOOK_STRIPE_WEBHOOK_SECRET_FILE",
    "JOULEBOOK_STRIPE_URL",
    "JOULEBOOK_STRIPE_TAX",
    "JOULEBOOK_STRIPE_TEST_CLOCKS",
)
"""Variables that the service gets from the hub for this."""


def mode_of(environment: Mapping[str, str]) -> str:
    """Tell how the hub bills.

    Parameters
    ----------
    environment : mapping of str to str
        Variables.

    Returns
    -------
    str
        ``"off"``, ``"simulator"`` or ``"stripe"``; unless told otherwise the local profile uses the simulator, where
        stripe-python is installed.

    Raises
    ------
    HubError
        If JOULEBOOK_BILLING is something else, or the simulator is wanted where people really pay.
    """
    local = environment.get("JOULEBOOK_PROFILE", "local").strip().lower() in {"", "local"}
    usual = "simulator" if local and find_spec("stripe") else "off"
    given = environment.get("JOULEBOOK_BILLING", "").strip().lower() or usual
    if given not in MODES:
        message = f"JOULEBOOK_BILLING = {given[:40]!r}: use one of {', '.join(MODES)}."
        raise HubError(message, reason="bad_settings")
    if given == "simulator" and not local:
        message = "JOULEBOOK_BILLING = 'simulator': nothing is paid there. It belongs to the local profile."
        raise HubError(message, reason="bad_settings")
    return given


def offer_of(environment: Mapping[str, str]) -> Offer:
    """Say where people of this hub get more than they have.

    Parameters
    ----------
    environment : mapping of str to str
        Variables.

    Returns
    -------
    Offer
        The page of plans where the hub bills, else an administrator.
    """
    return Offer() if mode_of(environment) == "off" else Offer("/hub/billing")


def own_file(path: Path, make: bool = True) -> str:
    """Read a secret that this installation made for itself, or make it.

    Parameters
    ----------
    path : Path
        The file, readable by its owner only.
    make : bool
        False to read only.

    Returns
    -------
    str
        The secret; empty where it is not there and is not made.
    """
    try:
        return path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        if not make:
            return ""
    fresh = f"sk_test_simulator_{secrets.token_hex(24)}"
    write_secret(path, fresh)
    return fresh


def write_secret(path: Path, secret: str) -> None:
    """Write a file that only its owner can read, in one step.

    Parameters
    ----------
    path : Path
        The file.
    secret : str
        What it holds.
    """
    new = path.with_suffix(".new")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secret + "\n")
    new.replace(path)


@dataclass(frozen=True)
class Account:
    """One account of Stripe, or the simulator.

    Parameters
    ----------
    mode : str
        ``"simulator"`` or ``"stripe"``.
    key_file, secret_file : Path or None
        Files with the key and with the secret of the webhook.
    key, secret : str
        The same by value, where there is no file.
    url : str
        Address of the interface.
    tax : bool
        True to let Stripe compute and add tax.
    test_clocks : bool
        True to put each new customer on a test clock of its own.
    """

    mode: str
    key_file: Path | None = None
    secret_file: Path | None = None
    key: str = ""
    secret: str = ""
    url: str = STRIPE_URL
    tax: bool = False
    test_clocks: bool = False

    def __repr__(self) -> str:
        """Without secrets."""
        return f"Account({self.mode!r}, url={self.url!r})"

    @classmethod
    def from_environment(cls, environment: Mapping[str, str], folder: Path | None = None) -> Account | None:
        """Read the variables.

        Parameters
        ----------
        environment : mapping of str to str
            Variables; docs/howto/billing.md lists them.
        folder : Path, optional
            The hub's folder, where the simulator's secrets are; from JOULEBOOK_HOME without it.

        Returns
        -------
        Account or None
            None where billing is off.

        Raises
        ------
        HubError
            If a variable is wrong or one is missing.
        """
        mode = mode_of(environment)
        if mode == "off":
            return None
        home = folder or Path(environment.get("JOULEBOOK_HOME", ".joulebook"))
        if mode == "simulator":
            key, secret = home / "stripe_simulator.key", home / "stripe_webhook.secret"
            return cls(
                mode,
                key,
                secret,
                url=environment.get("JOULEBOOK_STRIPE_URL", ""),
                tax=_tax(environment),
                test_clocks=True,
            )
        made = cls(
            mode,
            _path(environment, "JOULEBOOK_STRIPE_KEY_FILE"),
            _path(environment, "JOULEBOOK_STRIPE_WEBHOOK_SECRET_FILE"),
            key=environment.get("JOULEBOOK_STRIPE_KEY", "").strip(),
            secret=environment.get("JOULEBOOK_STRIPE_WEBHOOK_SECRET", "").strip(),
            url=environment.get("JOULEBOOK_STRIPE_URL", "").rstrip("/") or STRIPE_URL,
            tax=_tax(environment),
            test_clocks=_switch(environment, "JOULEBOOK_STRIPE_TEST_CLOCKS"),
        )
        made.check()
        return made

    def check(self) -> None:
        """Refuse keys that cannot be right.

        Raises
        ------
        HubError
            If a key is missing, is not one of Stripe's, or would be sent elsewhere.
        """
        key = self.api_key
        if not key.startswith(_KEYS):
            message = (
                "JOULEBOOK_BILLING = 'stripe' needs a secret or restricted key: name a file with it in "
                "JOULEBOOK_STRIPE_KEY_FILE. It begins with sk_ or rk_."
            )
            raise HubError(message, reason="bad_stripe_key")
        if not key.startswith(_TEST) and (self.url != STRIPE_URL or self.test_clocks):
            message = "A key of a live account is sent to Stripe only, and lives in real time. Correct the settings."
            raise HubError(message, reason="bad_stripe_key")
        if not self.webhook_secret.startswith("whsec_"):
            message = (
                "JOULEBOOK_BILLING = 'stripe' needs the webhook's secret: name a file with it in "
                "JOULEBOOK_STRIPE_WEBHOOK_SECRET_FILE. It begins with whsec_."
            )
            raise HubError(message, reason="bad_webhook_secret")

    @property
    def api_key(self) -> str:
        """The key."""
        return _read(self.key_file) if self.key_file else self.key

    @property
    def webhook_secret(self) -> str:
        """The secret with which webhooks are signed; empty as long as there is none."""
        return _read(self.secret_file) if self.secret_file else self.secret

    def client(self) -> StripeClient:
        """Make a client.

        Returns
        -------
        StripeClient
            Of stripe-python.

        Raises
        ------
        HubError
            If stripe-python is not installed.
        """
        try:
            import stripe
        except ImportError as error:
            message = (
                "Billing needs the package stripe. Install Joulebook with its hub extra, or set JOULEBOOK_BILLING=off."
            )
            raise HubError(message, reason="no_stripe") from error
        logging.getLogger("stripe").setLevel(logging.WARNING)
        addresses: Any = {"api": self.url}
        return stripe.StripeClient(self.api_key, base_addresses=addresses, max_network_retries=_RETRIES)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except OSError:
        return ""


def _path(environment: Mapping[str, str], variable: str) -> Path | None:
    given = environment.get(variable, "").strip()
    return Path(given) if given else None


def _switch(environment: Mapping[str, str], variable: str) -> bool:
    given = environment.get(variable, "off").strip().lower() or "off"
    if given not in {"on", "off"}:
        raise HubError(f"{variable} = {given[:40]!r}: use on or off.", reason="bad_settings")
    return given == "on"


def _tax(environment: Mapping[str, str]) -> bool:
    return _switch(environment, "JOULEBOOK_STRIPE_TAX")
