"""How long a session may stand idle and how long it may last, shorter for staff (ASVS 7.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from datetime import timedelta

    from zachetka.access.models import Account


def terms_of(account: Account) -> tuple[timedelta, timedelta]:
    """Return the idle and the absolute term of a session of `account`."""
    idle, absolute = settings.SESSION_TERMS["staff" if account.is_staff_member else "learner"]
    return idle, absolute
