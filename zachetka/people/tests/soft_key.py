"""An access key in software: what a browser with a virtual authenticator would answer, for tests without a browser."""

from __future__ import annotations

import hashlib
import json
import secrets
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData

UP = AuthenticatorData.FLAG.UP


class SoftKey:
    """A key for one address. `counter` is what it says of itself; a test may turn it back."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.id = secrets.token_bytes(32)
        self.counter = 1
        self._private = ec.generate_private_key(ec.SECP256R1())

    def made(self, told: dict[str, Any]) -> dict[str, Any]:
        """Answer a question to make a key."""
        public = ES256.from_cryptography_key(self._private.public_key())
        data = AttestedCredentialData.create(b"\0" * 16, self.id, public)
        whole = AuthenticatorData.create(self._rp(told), UP | AuthenticatorData.FLAG.AT, self.counter, data)
        attested = AttestationObject.create("none", whole, {})
        return self._answer({"attestationObject": websafe_encode(attested)}, self._client("webauthn.create", told))

    def signed(self, told: dict[str, Any]) -> dict[str, Any]:
        """Answer a question for a signature."""
        self.counter += 1
        whole = AuthenticatorData.create(self._rp(told), UP, self.counter)
        client = self._client("webauthn.get", told)
        signature = self._private.sign(whole + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        parts = {"authenticatorData": websafe_encode(whole), "signature": websafe_encode(signature)}
        return self._answer(parts, client)

    def _rp(self, told: dict[str, Any]) -> bytes:
        public = told["publicKey"]
        return hashlib.sha256((public.get("rpId") or public["rp"]["id"]).encode()).digest()

    def _client(self, kind: str, told: dict[str, Any]) -> bytes:
        given = {"type": kind, "challenge": told["publicKey"]["challenge"], "origin": self.origin}
        return json.dumps(given).encode()

    def _answer(self, parts: dict[str, str], client: bytes) -> dict[str, Any]:
        name = websafe_encode(self.id)
        return {
            "id": name,
            "rawId": name,
            "type": "public-key",
            "response": {"clientDataJSON": websafe_encode(client), **parts},
        }
