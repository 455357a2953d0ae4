"""From which network address a request comes, where a proxy stands between."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

import psutil

from joulebook_hub.errors import HubError

__all__ = ["VARIABLE", "Proxies"]

VARIABLE = "JOULEBOOK_PROXY_ADDRESSES"
"""Addresses and networks of proxies, with commas between; this machine's own are always among them."""
_MOST_HOPS = 20
_Network = IPv4Network | IPv6Network


class Proxies:
    """Whose word about where a request comes from is believed.

    Parameters
    ----------
    networks : iterable
        Networks of proxies.
    """

    def __init__(self, networks: Iterable[_Network]) -> None:
        self._networks = tuple(networks)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Proxies:
        """Read JOULEBOOK_PROXY_ADDRESSES, and look which addresses are this machine's own.

        Parameters
        ----------
        environment : mapping of str to str
            The variables.

        Returns
        -------
        Proxies
            With 127.0.0.0/8, ::1 and this machine's addresses.

        Raises
        ------
        HubError
            If something there is no address and no network.
        """
        found: list[_Network] = [ip_network("127.0.0.0/8"), ip_network("::1")]
        for addresses in psutil.net_if_addrs().values():
            for each in addresses:
                own = _parsed(str(each.address).split("%", 1)[0])
                if own is not None:
                    found.append(ip_network(own))
        for given in filter(None, (part.strip() for part in environment.get(VARIABLE, "").split(","))):
            try:
                found.append(ip_network(given))
            except ValueError as error:
                message = (
                    f"{VARIABLE}: {given[:60]!r} is no address and no network; use such as 10.0.0.7 or 10.0.0.0/8."
                )
                raise HubError(message, reason="bad_settings") from error
        return cls(found)

    def _are(self, address: IPv4Address | IPv6Address) -> bool:
        return any(address in network for network in self._networks)

    def origin(self, peer: str, forwarded: str) -> str:
        """Tell where a request comes from.

        Parameters
        ----------
        peer : str
            The other end of the connection.
        forwarded : str
            The header ``X-Forwarded-For``: each proxy adds, at its end, from where it was asked.

        Returns
        -------
        str
            The last address in the chain that is no proxy's; the other end itself, if that is none.

        Examples
        --------
        >>> proxies = Proxies([ip_network("127.0.0.0/8")])
        >>> proxies.origin("127.0.0.1", "203.0.113.9, 198.51.100.7")
        '198.51.100.7'
        >>> proxies.origin("198.51.100.7", "203.0.113.9")  # no proxy: anybody can write this header
        '198.51.100.7'
        """
        here = _parsed(peer)
        if here is None:
            return peer
        for hop in reversed(forwarded.split(",")[-_MOST_HOPS:]):
            if not self._are(here):
                break
            before = _parsed(hop.strip())
            if before is None:
                break
            here = before
        return str(here)


def _parsed(text: str) -> IPv4Address | IPv6Address | None:
    try:
        found = ip_address(text)
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found
