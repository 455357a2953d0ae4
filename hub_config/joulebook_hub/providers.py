"""Sign-in by a provider: GitHub, Google or ORCID, all by configuration."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from joulebook_hub.errors import HubError
from joulebook_hub.settings import HubSettings

__all__ = ["configure_sign_in"]

_ORCID = "https://orcid.org"


def _client(settings: HubSettings) -> tuple[str, str, str]:
    environment = settings.environment
    identity = environment.get("JOULEBOOK_OAUTH_CLIENT_ID", "")
    secret_file = environment.get("JOULEBOOK_OAUTH_CLIENT_SECRET_FILE", "")
    address = settings.public_url or f"http://127.0.0.1:{settings.port}"
    faults = []
    if not identity:
        faults.append("JOULEBOOK_OAUTH_CLIENT_ID is empty: give the client id that the provider issued.")
    if not secret_file or not Path(secret_file).is_file():
        faults.append(
            f"JOULEBOOK_OAUTH_CLIENT_SECRET_FILE = {secret_file!r}: name a file that holds the client secret, readable "
            "by the hub only."
        )
    elif Path(secret_file).stat().st_mode & 0o007:
        faults.append(
            f"JOULEBOOK_OAUTH_CLIENT_SECRET_FILE = {secret_file!r} is open to everybody on the machine: `chmod 600` it."
        )
    if not settings.allowed_users and not settings.allowed_groups:
        faults.append(
            "Nobody could enter: name people in JOULEBOOK_ALLOWED_USERS, or GitHub organisations or Google domains in "
            "JOULEBOOK_ALLOWED_GROUPS."
        )
    if faults:
        raise HubError("The hub does not start:\n  - " + "\n  - ".join(faults), reason="bad_settings")
    secret = Path(secret_file).read_text(encoding="utf-8").strip()
    return identity, secret, f"{address}/hub/oauth_callback"


def configure_sign_in(c: Any, settings: HubSettings) -> None:
    """Choose and configure the authenticator.

    Parameters
    ----------
    c : traitlets.config.Config
        JupyterHub's configuration.
    settings : HubSettings
        The settings.

    Raises
    ------
    HubError
        If a provider's client is not described fully, or nobody could enter.
    """
    if settings.sign_in == "password":
        from joulebook_hub.authenticator import JoulebookAuthenticator

        address = settings.environment.get("JOULEBOOK_ACCOUNTS_URL") or f"sqlite:///{settings.folder.accounts}"
        c.JupyterHub.authenticator_class = JoulebookAuthenticator
        c.JoulebookAuthenticator.accounts_url = address
        c.JoulebookAuthenticator.sign_up = settings.sign_up
        c.JoulebookAuthenticator.attempts_per_minute = settings.attempts_per_minute
        c.JoulebookAuthenticator.sign_ups_per_hour = settings.sign_ups_per_hour
        return
    identity, secret, callback = _client(settings)
    c.OAuthenticator.client_id = identity
    c.OAuthenticator.client_secret = secret
    c.OAuthenticator.oauth_callback_url = callback
    c.OAuthenticator.allowed_users = set(settings.allowed_users)
    c.OAuthenticator.admin_users = set(settings.admins)
    {"github": _github, "google": _google, "orcid": _orcid}[settings.sign_in](c, settings)


def _github(c: Any, settings: HubSettings) -> None:
    c.JupyterHub.authenticator_class = "oauthenticator.github.GitHubOAuthenticator"
    c.GitHubOAuthenticator.allowed_organizations = set(settings.allowed_groups)
    if settings.allowed_groups:
        c.GitHubOAuthenticator.scope = ["read:org"]
    enterprise = settings.environment.get("JOULEBOOK_GITHUB_URL")
    if enterprise:
        c.GitHubOAuthenticator.github_url = enterprise.rstrip("/")


def _google(c: Any, settings: HubSettings) -> None:
    c.JupyterHub.authenticator_class = "oauthenticator.google.GoogleOAuthenticator"
    c.GoogleOAuthenticator.hosted_domain = list(settings.allowed_groups)
    if settings.allowed_groups:
        c.GoogleOAuthenticator.allow_all = True


def _orcid(c: Any, settings: HubSettings) -> None:
    """ORCID as an OpenID Connect provider; people are named by their iD, which is what ``sub`` holds."""
    if settings.allowed_groups:
        message = "JOULEBOOK_ALLOWED_GROUPS: ORCID knows no groups. Name ORCID iDs in JOULEBOOK_ALLOWED_USERS."
        raise HubError(message, reason="bad_settings")
    base = settings.environment.get("JOULEBOOK_ORCID_URL", _ORCID).rstrip("/")
    c.JupyterHub.authenticator_class = "oauthenticator.generic.GenericOAuthenticator"
    c.GenericOAuthenticator.login_service = "ORCID"
    c.GenericOAuthenticator.authorize_url = f"{base}/oauth/authorize"
    c.GenericOAuthenticator.token_url = f"{base}/oauth/token"
    c.GenericOAuthenticator.userdata_url = f"{base}/oauth/userinfo"
    c.GenericOAuthenticator.scope = ["openid"]
    c.GenericOAuthenticator.username_claim = "sub"
    c.OAuthenticator.allowed_users = {name.lower() for name in settings.allowed_users}
    c.OAuthenticator.admin_users = {name.lower() for name in settings.admins}
