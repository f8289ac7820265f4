"""The academy's Ed25519 key: a file the database never sees, and what it signs (п. 3.3).

A checkpoint is signed as text, so that a person can copy it from paper. It follows the tlog-checkpoint form of
C2SP: origin, number of leaves, root in Base64, then our line with the moment; every line ends with a line feed.
"""

import base64
import hashlib
import os
import secrets
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from zachetka.core.canonical import plain

KEY_FILE: Final = "ledger-ed25519.pem"
NEXT_KEY_FILE: Final = "ledger-ed25519.next.pem"


class KeyTrouble(Exception):
    """The key file cannot be used; the text is a Russian sentence for the person at the console."""


@dataclass(frozen=True, slots=True)
class Signer:
    """A private key in memory."""

    private: Ed25519PrivateKey

    @classmethod
    def kept(cls, folder: Path, *, file: str = KEY_FILE) -> Self:
        """Read the key from `folder`; make it there if there is none yet.

        Raises:
            KeyTrouble: the file is readable by others, or is not an Ed25519 key.
        """
        path = folder / file
        if not path.exists():
            _keep(Ed25519PrivateKey.generate(), path)
        if path.stat().st_mode & 0o077:
            raise KeyTrouble(f"Файл ключа {path} доступен другим пользователям. Выполните: chmod 600 {path}")
        try:
            private = load_pem_private_key(path.read_bytes(), password=None)
        except ValueError as wrong:
            raise KeyTrouble(f"Файл {path} не содержит ключа подписи.") from wrong
        if not isinstance(private, Ed25519PrivateKey):
            raise KeyTrouble(f"Ключ в {path} не Ed25519.")
        return cls(private)

    @property
    def public(self) -> bytes:
        """The public key, 32 bytes."""
        return self.private.public_key().public_bytes_raw()

    @property
    def key_id(self) -> str:
        """The fingerprint that is printed on paper."""
        return key_id(self.public)

    def sign(self, text: bytes) -> bytes:
        """Return the signature, 64 bytes."""
        return self.private.sign(text)


def _keep(private: Ed25519PrivateKey, path: Path) -> None:
    """Write the key where no half of it can ever be read; the first of two writers wins."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(pem)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        return
    finally:
        draft.unlink()


def key_id(public: bytes) -> str:
    """Return the fingerprint of a public key: SHA-256 of its 32 bytes, lower-case hexadecimal."""
    return hashlib.sha256(public).hexdigest()


def origin_of(first_key_id: str) -> str:
    """Return the name of a ledger: it holds the fingerprint of the first key, so another ledger cannot bear it."""
    return f"zachetka/{first_key_id[:32]}"


def checkpoint_text(origin: str, tree_size: int, root: bytes, at: datetime) -> bytes:
    """Return what is signed for a checkpoint."""
    lines = (origin, str(tree_size), base64.b64encode(root).decode(), f"at {plain(at)}")
    return "".join(f"{line}\n" for line in lines).encode()


def endorsement_text(origin: str, public: bytes, valid_from: datetime) -> bytes:
    """Return what the previous key signs to hand over to the next one."""
    lines = ("zachetka next key", origin, base64.b64encode(public).decode(), f"from {plain(valid_from)}")
    return "".join(f"{line}\n" for line in lines).encode()


def is_signed(public: bytes, signature: bytes, text: bytes) -> bool:
    """True when `signature` of `text` was made by the owner of `public`."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, text)
    except (InvalidSignature, ValueError):
        return False
    return True
