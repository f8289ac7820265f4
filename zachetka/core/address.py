"""Whose request it is, when proxies stand between: the first address from the right that is none of our proxies' (ASVS 4.1.3).

X-Forwarded-For is written from left to right, and anybody may send one that is already filled in. Each of our proxies
adds on the right the address it was called from; what stands left of the first stranger is that stranger's own story.
"""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Network = IPv4Network | IPv6Network
LONGEST_LINE = 2_000
"""Characters of a header that are looked at, from the right; a longer one is the sender's own story."""


def networks(text: str) -> tuple[Network, ...]:
    """Return the networks of «10.0.0.0/8, 2001:db8::/32», none for an empty line; a lone address is a network of one.

    Raises:
        ValueError: one of them is not a network; better not to start than to believe a wrong one.
    """
    return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())


def client_address(peer: str, forwarded: str, trusted: Sequence[Network]) -> str:
    """Return the address of whoever asks.

    Args:
        peer: the other end of the connection; may be empty on a socket without addresses.
        forwarded: X-Forwarded-For, all its lines joined by commas.
        trusted: networks of our own proxies.
    """
    address = _address(peer)
    if address is None or not _is_ours(address, trusted):
        return peer
    for part in reversed(forwarded[-LONGEST_LINE:].split(",")):
        before = _address(part.strip())
        if before is None:  # nobody we trust writes such: what our proxy saw is all there is
            break
        address = before
        if not _is_ours(address, trusted):
            break
    return str(address)


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        found = ip_address(text)
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return mapped or found


def _is_ours(address: IPv4Address | IPv6Address, trusted: Sequence[Network]) -> bool:
    return any(address in network for network in trusted)
