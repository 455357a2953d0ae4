"""The optional second factor: time-based one-time codes (TOTP, RFC 6238) with a QR picture drawn here."""

from __future__ import annotations

import time

import pyotp
import segno

__all__ = ["matching_step", "new_secret", "picture", "uri"]

STEP = 30


def new_secret() -> str:
    """Make a secret for an authenticator application.

    Returns
    -------
    str
        160 bits in base 32.
    """
    return pyotp.random_base32()


def matching_step(secret: str, code: str, *, now: float | None = None) -> int | None:
    """Find the 30 s step that a code belongs to; the step before and the step after are accepted (RFC 6238 §5.2).

    Parameters
    ----------
    secret : str
        The account's secret.
    code : str
        What was typed; spaces are ignored.
    now : float, optional
        The time, s since 1970.

    Returns
    -------
    int or None
        The step, or None for a wrong code.

    References
    ----------
    RFC 6238, Appendix B.

    Examples
    --------
    >>> secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    >>> matching_step(secret, "081 804", now=1111111109.0)
    37037036
    >>> matching_step(secret, "000000", now=1111111109.0) is None
    True
    """
    typed = "".join(code.split())
    if not (typed.isascii() and typed.isdigit() and len(typed) == 6):
        return None
    codes = pyotp.TOTP(secret, interval=STEP)
    current = int((time.time() if now is None else now) // STEP)
    found = None
    for step in (current - 1, current, current + 1):
        if pyotp.utils.strings_equal(codes.at(step * STEP), typed):
            found = step
    return found


def uri(secret: str, name: str) -> str:
    """Address that an authenticator application reads from the QR picture.

    Parameters
    ----------
    secret : str
        The account's secret.
    name : str
        The account's name.

    Returns
    -------
    str
        An ``otpauth://`` address.
    """
    return pyotp.TOTP(secret, interval=STEP).provisioning_uri(name=name, issuer_name="Joulebook")


def picture(secret: str, name: str) -> str:
    """QR picture of `uri` as inline SVG; nothing is fetched.

    Parameters
    ----------
    secret : str
        The account's secret.
    name : str
        The account's name.

    Returns
    -------
    str
        An ``<svg>`` element, black on white in either theme, because cameras expect it.
    """
    code = segno.make(uri(secret, name), error="m")
    drawn: str = code.svg_inline(scale=4, border=3, dark="#000", light="#fff", title="QR code of the secret")
    return drawn
