"""Headers on every answer, errors and static files included (security.md a.3, ASVS 3.4). CSP itself is django-csp's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

ALWAYS: Final = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "same-origin",
}
"""Header → value; a view may set a stricter one first (the public check says `no-referrer`)."""


class SecurityHeaders:
    """Puts `ALWAYS` on each answer and forbids to keep what a page showed (п. 3.8).

    Stands first in MIDDLEWARE, so that refusals and faults of everything below carry the headers too. Pages are not stored by
    browser or proxy: after sign-out «Назад» shows nothing. Static files are public and keep their own terms.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        seconds = settings.SECURE_HSTS_SECONDS
        self.headers = dict(ALWAYS)
        if seconds:
            self.headers["Strict-Transport-Security"] = f"max-age={seconds}; includeSubDomains; preload"

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, then dress the answer."""
        answer = self.get_response(request)
        for name, value in self.headers.items():
            answer.headers.setdefault(name, value)
        if not request.path.startswith(settings.STATIC_URL):
            answer.headers["Cache-Control"] = "no-store"
        return answer
