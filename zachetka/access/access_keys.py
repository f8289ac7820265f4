"""Access keys: what a browser or a device signs for this address alone (WebAuthn; ASVS 6.5.7, 6.6.1).

The library of the makers of such keys checks origin, challenge and signature. Here stands what is ours: for which address,
that no attestation is asked, and that a copied key, whose counter goes back, opens nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from django.conf import settings
from fido2.server import Fido2Server
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    RegistrationResponse,
    UserVerificationRequirement,
)

from zachetka.access.models import SecondFactor
from zachetka.core.academy import academies

if TYPE_CHECKING:
    from zachetka.access.models import Account

LONGEST: Final = 20_000
"""Characters of an answer of the browser."""


class Unproven(Exception):
    """What the browser answered proves nothing: another address, another challenge, a wrong signature, nonsense."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question to the browser: what its script is told, and what the session keeps until the answer."""

    told: dict[str, Any]
    kept: dict[str, Any]


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key that has just been made: both in hexadecimal, as `SecondFactor` keeps them."""

    credential_id: str
    credential: str
    counter: int


def are_possible() -> bool:
    """True when people come to an address by name: keys are bound to names, never to an IP address."""
    host = urlsplit(settings.PUBLIC_URL).hostname or ""
    try:
        ip_address(host)
    except ValueError:
        return bool(host)
    return False


def ask_new(account: Account, known: Iterable[SecondFactor]) -> Asked:
    """Ask for a new key, and not for one of `known` again."""
    holder = PublicKeyCredentialUserEntity(
        name=account.login, id=f"account:{account.pk}".encode(), display_name=account.display_name or account.login
    )
    told, kept = _server().register_begin(
        holder, [_credential(key) for key in known], user_verification=UserVerificationRequirement.PREFERRED
    )
    return Asked(dict(told), kept)


def take_new(kept: Mapping[str, Any], answer: Mapping[str, Any]) -> NewKey:
    """Return the key that the browser has made.

    Raises:
        Unproven: it is no answer to what was asked.
    """
    try:
        made = _server().register_complete(kept, RegistrationResponse.from_dict(answer))
    except Exception as wrong:
        raise Unproven(str(wrong)) from wrong
    if made.credential_data is None:
        raise Unproven("no key in the answer")
    data = made.credential_data
    return NewKey(bytes(data.credential_id).hex(), bytes(data).hex(), made.counter)


def ask_proof(known: Iterable[SecondFactor]) -> Asked:
    """Ask for a signature by one of `known`."""
    told, kept = _server().authenticate_begin(
        [_credential(key) for key in known], user_verification=UserVerificationRequirement.PREFERRED
    )
    return Asked(dict(told), kept)


def proven_by(kept: Mapping[str, Any], answer: Mapping[str, Any], known: Iterable[SecondFactor]) -> tuple[str, int]:
    """Return the identifier of the key that signed, as `SecondFactor` keeps it, and its counter.

    Raises:
        Unproven: it is no answer to what was asked, or none of `known` signed it.
    """
    try:
        parsed = AuthenticationResponse.from_dict(answer)
        used = _server().authenticate_complete(kept, [_credential(key) for key in known], parsed)
        return bytes(used.credential_id).hex(), parsed.response.authenticator_data.counter
    except Exception as wrong:
        raise Unproven(str(wrong)) from wrong


def is_copied(key: SecondFactor, counter: int) -> bool:
    """True when a key has signed fewer times than it had said before: there are two of it. Zero means that it does not count."""
    return (counter > 0 or key.counter > 0) and counter <= key.counter


def _server() -> Fido2Server:
    address = urlsplit(settings.PUBLIC_URL)
    origin = f"{address.scheme}://{address.netloc}"
    academy = PublicKeyCredentialRpEntity(name=academies()[-1].short, id=address.hostname or "")
    return Fido2Server(academy, verify_origin=lambda given: given == origin)


def _credential(key: SecondFactor) -> AttestedCredentialData:
    return AttestedCredentialData(bytes.fromhex(key.credential))
