"""The sign-in service of the academy, by OpenID Connect: code flow with PKCE, one token address, nothing else (ASVS 10).

The token comes from the service itself over TLS, by the one way out (`exchange.outbound`), so its signature says no more than
the certificate has said (OpenID Connect Core, 3.1.3.7, 6); what it says is checked: by whom, for whom, when, in answer to what.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import stat
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from hmac import compare_digest
from typing import Any, Final, Self
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.urls import reverse

from zachetka.core.errors import RuleViolation
from zachetka.exchange.outbound import origin_of, post

CLAUSE: Final = "3.8"
TERM: Final = timedelta(minutes=10)
"""How long somebody may be away at the service."""
DRIFT: Final = 60
"""Seconds by which its clock may differ from ours."""
LONGEST: Final = 255
FAILED: Final = "Внешний вход не состоялся. Повторите или войдите по паролю."


@dataclass(frozen=True, slots=True)
class Errand:
    """What somebody was sent to the service for; kept in the session until they are back, once."""

    state: str
    nonce: str
    verifier: str
    intent: str
    account: int
    begun: float

    @classmethod
    def begin(cls, intent: str, account: int, at: datetime) -> Self:
        """Return a new errand, with three secrets that nobody can guess."""
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        return cls(state, nonce, verifier, intent, account, at.timestamp())

    def told(self) -> dict[str, Any]:
        """Return it as a session keeps it."""
        return asdict(self)


def is_named() -> bool:
    """True when the operator named a service."""
    return bool(settings.OIDC_ISSUER)


def name() -> str:
    """Return how pages call the service: its host."""
    return urlsplit(settings.OIDC_ISSUER).hostname or settings.OIDC_ISSUER


def way_to(errand: Errand) -> str:
    """Return the address to which somebody is sent."""
    challenge = hashlib.sha256(errand.verifier.encode()).digest()
    asked = {
        "response_type": "code",
        "scope": "openid",
        "client_id": settings.OIDC_CLIENT,
        "redirect_uri": _back(),
        "state": errand.state,
        "nonce": errand.nonce,
        "code_challenge": base64.urlsafe_b64encode(challenge).rstrip(b"=").decode(),
        "code_challenge_method": "S256",
    }
    return f"{settings.OIDC_AUTHORIZE}?{urlencode(asked)}"


def subject_of(errand: Errand, *, state: str, code: str, at: datetime) -> str:
    """Exchange the code that somebody came back with; return who they are for the service.

    Raises:
        RuleViolation: it is no answer to the errand, it came too late, or the service says something else than it should.
    """
    late = at.timestamp() - errand.begun > TERM.total_seconds()
    if late or not code or not compare_digest(state.encode(), errand.state.encode()):
        raise RuleViolation(CLAUSE, FAILED)
    place = origin_of(settings.OIDC_TOKEN)
    if place.scheme != "https":
        raise RuleViolation(
            CLAUSE, "Адрес ZACHETKA_OIDC_TOKEN должен начинаться с https://: обратитесь к администратору."
        )
    given = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": _back(),
        "client_id": settings.OIDC_CLIENT,
        "client_secret": _secret(),
        "code_verifier": errand.verifier,
    }
    answer = post(place._replace(folder=""), place.folder, given, settings.EXCHANGE_NETWORKS)
    if answer.status != 200:
        raise RuleViolation(CLAUSE, FAILED)
    return _subject(_claims(answer.body), errand, at)


def _claims(body: bytes) -> dict[str, Any]:
    try:
        told = json.loads(body)["id_token"].split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(told + "=" * (-len(told) % 4)))
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError):
        claims = None
    if not isinstance(claims, dict):
        raise RuleViolation(CLAUSE, FAILED)
    return claims


def _subject(claims: dict[str, Any], errand: Errand, at: datetime) -> str:
    audience = claims.get("aud")
    meant = audience if isinstance(audience, list) else [audience]
    until, subject, seconds = claims.get("exp"), claims.get("sub"), at.timestamp()
    holds = (
        claims.get("iss") == settings.OIDC_ISSUER
        and settings.OIDC_CLIENT in meant
        and (len(meant) == 1 or claims.get("azp") == settings.OIDC_CLIENT)
        and isinstance(until, int | float)
        and not isinstance(until, bool)
        and until > seconds - DRIFT
        and compare_digest(str(claims.get("nonce")).encode(errors="replace"), errand.nonce.encode())
    )
    if not holds or not isinstance(subject, str) or not 0 < len(subject) <= LONGEST or not subject.isprintable():
        raise RuleViolation(CLAUSE, FAILED)
    return subject


def _back() -> str:
    return f"{settings.PUBLIC_URL}{reverse('account_oidc_back')}"


def _secret() -> str:
    path = settings.OIDC_SECRET_FILE
    try:
        if path is None or path.stat().st_mode & stat.S_IROTH:
            raise RuleViolation(
                CLAUSE, "Секрет внешнего входа не указан или его читает кто угодно: обратитесь к администратору."
            )
        secret: str = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise RuleViolation(CLAUSE, "Секрет внешнего входа не читается: обратитесь к администратору.") from error
    return secret
