"""SHA-256 of bytes and of values: the only hash the system uses for evidence (п. 3.3)."""

import hashlib
import secrets
from collections.abc import Iterator, Mapping
from typing import Final

from zachetka.core.canonical import Plain, plain, quoted, written

DIGEST_SIZE: Final = 32
"""Length of a digest and of a salt, bytes."""


def sha256(*parts: bytes) -> bytes:
    """Return the 32-byte SHA-256 of the parts, one after another."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part)
    return digest.digest()


def new_salt() -> bytes:
    """Return 32 unpredictable bytes: without them a commitment to a СНИЛС falls to trying all of them."""
    return secrets.token_bytes(DIGEST_SIZE)


def commitment(fields: object, salt: bytes) -> bytes:
    """Return the salted commitment SHA-256(canonical({"fields", "salt"})).

    It proves `fields` to whoever is shown fields and salt, and says nothing to anybody else; once the salt is
    destroyed it says nothing to anybody at all (152-ФЗ ст. 21).

    Raises:
        ValueError: the salt is not 32 bytes, or `fields` has no canonical form.
        TypeError: `fields` has no canonical form.
    """
    return commitment_to_plain(plain(fields), salt)


def commitment_to_plain(fields: Plain, salt: bytes) -> bytes:
    """Return the commitment to fields that are in canonical form already, as `commitment`."""
    if len(salt) != DIGEST_SIZE:
        raise ValueError(f"a salt has {DIGEST_SIZE} bytes, not {len(salt)}")
    return sha256(written({"fields": fields, "salt": salt.hex()}))


def field_digests(fields: Mapping[str, Plain], salt: bytes) -> dict[str, tuple[bytes, bytes]]:
    """Return, by field in the order of names, its own salt and digest: SHA-256(salt of the field ‖ canonical(value)).

    The salts of fields are drawn from that of the row, 32 bytes each of SHAKE-256: whoever is shown one of them can
    check its value and learns nothing of the others.

    Raises:
        ValueError: the salt is not 32 bytes.
    """
    return {name: (own, hashed.digest()) for name, own, hashed in _hashed(fields, salt)}


def _hashed(fields: Mapping[str, Plain], salt: bytes) -> Iterator[tuple[str, bytes, "hashlib._Hash"]]:
    if len(salt) != DIGEST_SIZE:
        raise ValueError(f"a salt has {DIGEST_SIZE} bytes, not {len(salt)}")
    drawn, place = hashlib.shake_256(salt).digest(DIGEST_SIZE * len(fields)), 0
    for name in sorted(fields):
        own = drawn[place : place + DIGEST_SIZE]
        yield name, own, hashlib.sha256(own + written(fields[name]))
        place += DIGEST_SIZE


def row_commitment(fields: Mapping[str, Plain], salt: bytes) -> bytes:
    """Return the commitment to a row: SHA-256(canonical({"fields": {name: digest}})), digests as `field_digests`.

    Any field can be opened alone (docs/decisions/0014). `fields` are in canonical form already, their names ASCII.

    Raises:
        ValueError: as `field_digests`.
    """
    digests = [f'{quoted(name)}:"{hashed.hexdigest()}"' for name, _salt, hashed in _hashed(fields, salt)]
    return hashlib.sha256(f'{{"fields":{{{",".join(digests)}}}}}'.encode()).digest()
