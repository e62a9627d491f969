"""Addresses outside our own network: a URL from a stranger is called only at an address that was vetted."""

import asyncio
import ipaddress
import socket
from urllib.parse import SplitResult, urlsplit

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address

# IANA special-purpose blocks that `is_global` of some Python releases lets through, or that carry an IPv4 address
_REFUSED = tuple(
    ipaddress.ip_network(block)
    for block in (
        "192.0.0.0/24",  # IETF protocol assignments
        "192.88.99.0/24",  # 6to4 relays
        "64:ff9b::/96",  # NAT64: leads to any IPv4 address
        "64:ff9b:1::/48",  # NAT64, local
        "2001::/23",  # IETF protocol assignments, Teredo among them
        "2002::/16",  # 6to4
        "3fff::/20",  # documentation
        "5f00::/16",  # segment routing
        "::/96",  # IPv4-compatible
        "fec0::/10",  # site-local
    )
)
_NOT_PUBLIC = "The host does not lead to a public address."


class DestinationRefused(Exception):
    """The destination is not a public HTTPS address; the text is safe to show."""


async def vet_destination(url: str, *, allow_private: bool) -> tuple[str, str]:
    """Return the URL with its host replaced by the vetted address, and the original host with its port.

    Connecting to the vetted address prevents DNS rebinding. Raises `DestinationRefused`, with the same words for a
    name that is unknown and one that leads inside: a stranger learns nothing of our network.
    """
    parts = _split(url)
    if allow_private:
        return url, parts.netloc
    if parts.scheme != "https":
        raise DestinationRefused("The URL must be https.")
    port = parts.port or 443
    address = await _public_address(parts.hostname or "", port)
    literal = f"[{address}]" if address.version == 6 else str(address)
    return parts._replace(netloc=f"{literal}:{port}").geturl(), parts.netloc


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        name, port = parts.hostname, parts.port
    except ValueError:
        raise DestinationRefused("The URL has no valid host or port.") from None
    if not name or port == 0 or "@" in parts.netloc or parts.scheme not in ("http", "https"):
        raise DestinationRefused("The URL must be https, without credentials.")
    return parts


async def _public_address(name: str, port: int) -> _Address:
    """Return the address of a name or literal; raise `DestinationRefused` unless all its addresses are public."""
    try:
        addresses = [ipaddress.ip_address(name)]
    except ValueError:
        addresses = await _resolved(name, port)
    if not addresses or not all(is_public(address) for address in addresses):
        raise DestinationRefused(_NOT_PUBLIC)
    return addresses[0]


async def _resolved(name: str, port: int) -> list[_Address]:
    try:
        found = await asyncio.get_running_loop().getaddrinfo(name, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise DestinationRefused(_NOT_PUBLIC) from None
    return [ipaddress.ip_address(entry[4][0]) for entry in found]


def is_public(address: _Address) -> bool:
    """Return whether an address is reachable for everybody, and does not wrap one that is not."""
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    inside = any(address in block for block in _REFUSED if block.version == address.version)
    return address.is_global and not address.is_multicast and not inside
