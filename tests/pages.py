"""Pages as a test opens and reads them."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from django.test import Client

from zachetka.access.models import Account
from zachetka.access.tests.make import make_account
from zachetka.core.russian import plain


def signed_in(account: Account) -> Client:
    client = Client()
    client.force_login(account)
    return client


def by(role: str, **given: Any) -> Client:
    """Return a browser in which somebody of `role` has signed in."""
    return signed_in(make_account(role, **given))


def text_of(answer: Any) -> str:
    """Return the page with its tags, as it was before it was typeset."""
    return plain(unescape(answer.content.decode()))


def words_of(answer: Any) -> str:
    """Return what the page says, without tags, words one space apart."""
    return re.sub(r"\s+", " ", plain(unescape(re.sub(r"<[^>]+>", " ", answer.content.decode()))))
