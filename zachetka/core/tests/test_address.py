"""Whose request it is behind proxies (ASVS 4.1.3; corpus J9)."""

import pytest

from zachetka.core.address import client_address, networks

pytestmark = pytest.mark.clause("3.8")

OURS = networks("10.0.0.0/8, 2001:db8::/32")


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("10.0.0.2", "198.51.100.7", "198.51.100.7"),
        ("10.0.0.2", "198.51.100.7, 10.0.0.9", "198.51.100.7"),
        ("10.0.0.2", "1.2.3.4, 198.51.100.7, 10.0.0.9", "198.51.100.7"),
        ("::ffff:10.0.0.2", "198.51.100.7", "198.51.100.7"),
        ("2001:db8::1", "2a00:1450::5", "2a00:1450::5"),
        ("10.0.0.2", "", "10.0.0.2"),
        ("10.0.0.2", "10.0.0.5, 10.0.0.9", "10.0.0.5"),
        ("10.0.0.2", "198.51.100.7, nonsense", "10.0.0.2"),
        ("10.0.0.2", "1.2.3.4," * 5000 + "198.51.100.7", "198.51.100.7"),
        ("203.0.113.5", "198.51.100.7", "203.0.113.5"),
        ("203.0.113.5", "10.0.0.2", "203.0.113.5"),
        ("local", "198.51.100.7", "local"),
    ],
)
def test_the_first_stranger_from_the_right_asks(peer: str, forwarded: str, client: str) -> None:
    assert client_address(peer, forwarded, OURS) == client


@pytest.mark.parametrize("peer", ["10.0.0.2", "127.0.0.1", "203.0.113.5"])
def test_without_proxies_of_ours_the_header_moves_nothing(peer: str) -> None:
    assert client_address(peer, "198.51.100.7", networks("")) == peer


@pytest.mark.parametrize("text", ["10.0.0.1/8", "nowhere", "10.0.0.0/8; ::1"])
def test_a_network_that_is_none_is_refused_at_the_start(text: str) -> None:
    with pytest.raises(ValueError, match=r"network|host bits|address"):
        networks(text)
