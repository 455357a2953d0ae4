"""Passwords: rules in plain words, argon2id hashes, one-time passwords.

The rules follow NIST SP 800-63B §3.1.1.2: length counts, composition does not, and known-bad ones are refused.
"""

from __future__ import annotations

import secrets

import argon2

__all__ = ["PasswordHashes", "faults", "one_time_password"]

SHORTEST = 10
LONGEST = 256
# Fragments that the most common long passwords are made of.
_COMMON = (
    "password", "passwort", "qwertyuiop", "1q2w3e4r", "letmein", "iloveyou", "welcome", "administrator",
    "0123456789", "1234567890", "9876543210", "abcdefghij", "changeme", "joulebook", "jupyter",
)  # fmt: skip
# No 0/o, 1/l/i: a one-time password is read from one screen and typed into another.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


def faults(password: str, name: str) -> list[str]:
    """Say what is wrong with a new password.

    Parameters
    ----------
    password : str
        The password.
    name : str
        The account's name.

    Returns
    -------
    list of str
        One sentence per fault; empty when the password will do.

    Examples
    --------
    >>> faults("coil gun marmalade", "ada")
    []
    >>> faults("short", "ada")
    ['The password has 5 characters. Use at least 10; three or four words make a good one.']
    """
    found = []
    if len(password) < SHORTEST:
        found.append(
            f"The password has {len(password)} characters. Use at least {SHORTEST}; "
            "three or four words make a good one."
        )
    if len(password) > LONGEST:
        found.append(f"The password has {len(password)} characters. Use at most {LONGEST}.")
    plain = password.casefold()
    if len(name) > 2 and name.casefold() in plain and len(plain) - len(name) < SHORTEST:
        found.append("The password is your name with a little added. Choose something that does not contain it.")
    if password and len(set(plain)) < 5:
        found.append("The password repeats the same few characters. Use at least 5 different ones.")
    common = next((word for word in _COMMON if word in plain and len(plain) - len(word) < 6), None)
    if common:
        found.append(f"The password is built on “{common}”, which is tried first by anyone who guesses.")
    return found


def one_time_password() -> str:
    """Make a password for one sign-in, easy to read and type.

    Returns
    -------
    str
        Four groups of four letters and digits, 79 bits.

    Examples
    --------
    >>> len(one_time_password())
    19
    """
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))


class PasswordHashes:
    """Argon2id with RFC 9106's second recommended option (64 MiB, 3 passes, 4 lanes).

    Parameters
    ----------
    memory : int
        Memory of one hash, KiB.
    passes : int
        Passes over that memory.
    """

    def __init__(self, memory: int = 65536, passes: int = 3) -> None:
        self._hasher = argon2.PasswordHasher(time_cost=passes, memory_cost=memory, parallelism=4)
        self._decoy = self._hasher.hash(secrets.token_hex(16))

    def make(self, password: str) -> str:
        """Hash a password with a salt of its own.

        Parameters
        ----------
        password : str
            The password.

        Returns
        -------
        str
            The encoded hash, parameters included.
        """
        return self._hasher.hash(password)

    def matches(self, encoded: str | None, password: str) -> bool:
        """Compare; an unknown account costs as much time as a known one.

        Parameters
        ----------
        encoded : str or None
            The stored hash; None when there is no such account.
        password : str
            What was typed.

        Returns
        -------
        bool
            True only for the right password of an existing account.
        """
        try:
            right: bool = self._hasher.verify(encoded or self._decoy, password[: 4 * LONGEST])
        except (argon2.exceptions.VerificationError, argon2.exceptions.InvalidHashError):
            return False
        return right and encoded is not None

    def is_outdated(self, encoded: str) -> bool:
        """Tell whether a hash was made with weaker parameters than today's.

        Parameters
        ----------
        encoded : str
            The stored hash.

        Returns
        -------
        bool
            True if it should be made again at the next sign-in.
        """
        return bool(self._hasher.check_needs_rehash(encoded))
