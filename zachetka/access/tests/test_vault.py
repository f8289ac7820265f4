"""What is read back is encrypted at rest, for one holder, under a key that the database does not have (п. 3.8)."""

from __future__ import annotations

import pytest
from pytest_django import Settings

from zachetka.access import vault

pytestmark = pytest.mark.clause("3.8")

SECRET = "JBSWY3DPEHPK3PXP"


def test_what_is_kept_says_nothing_and_is_another_each_time() -> None:
    one, other = (vault.encrypt(SECRET, holder="account:1") for _ in range(2))
    assert one != other
    assert SECRET not in one
    assert vault.decrypt(one, holder="account:1") == vault.decrypt(other, holder="account:1") == SECRET


def test_moved_to_another_holder_it_does_not_open() -> None:
    kept = vault.encrypt(SECRET, holder="account:1")
    with pytest.raises(vault.Unreadable):
        vault.decrypt(kept, holder="account:2")


@pytest.mark.parametrize("kept", ["", "AAAA", "не то", "A" * 200])
def test_nonsense_does_not_open(kept: str) -> None:
    with pytest.raises(vault.Unreadable):
        vault.decrypt(kept, holder="account:1")


def test_another_key_opens_nothing_and_a_process_without_one_says_so(settings: Settings) -> None:
    kept = vault.encrypt(SECRET, holder="account:1")
    settings.FACTORS_KEY = "another"
    with pytest.raises(vault.Unreadable):
        vault.decrypt(kept, holder="account:1")
    settings.FACTORS_KEY = ""
    with pytest.raises(RuntimeError, match="duty"):
        vault.encrypt(SECRET, holder="account:1")


def test_a_new_secret_of_sessions_leaves_second_factors_as_they_are(settings: Settings) -> None:
    kept = vault.encrypt(SECRET, holder="account:1")
    settings.SECRET_KEY = "changed since it was seen by somebody"
    assert vault.decrypt(kept, holder="account:1") == SECRET
