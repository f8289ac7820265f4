"""Codes of half a minute as RFC 6238 computes them, and codes for paper (п. 3.8; corpus D12–D14; ASVS 6.5)."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from zachetka.access import one_time_codes as codes

pytestmark = pytest.mark.clause("3.8")

RFC = base64.b32encode(b"12345678901234567890").decode()
AT = datetime(2026, 11, 23, 9, 0, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("second", "code"),
    [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (2000000000, "279037"), (20000000000, "353130")],
)
def test_codes_are_those_of_the_standard(second: int, code: str) -> None:
    assert codes.code_at(RFC, second // codes.STEP) == code


@pytest.mark.parametrize(("steps", "comes_in"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_code_of_two_windows_away_opens_nothing_d13(steps: int, comes_in: bool) -> None:  # noqa: FBT001 - a case
    present = codes.step_of(AT)
    typed = codes.code_at(RFC, present + steps)
    found = codes.matching_step(RFC, typed, at=AT, after=0)
    assert found == (present + steps if comes_in else None)


def test_what_came_in_once_and_all_before_it_does_not_come_in_again_d12() -> None:
    present = codes.step_of(AT)
    for step in (present - 1, present):
        assert codes.matching_step(RFC, codes.code_at(RFC, step), at=AT, after=present) is None
    assert codes.matching_step(RFC, codes.code_at(RFC, present + 1), at=AT, after=present) == present + 1


@pytest.mark.parametrize("typed", ["", "0", "28708", "2870820", "２８７０８２", "код", "\x00" * 6])
def test_what_is_no_code_opens_nothing(typed: str) -> None:
    assert codes.matching_step(RFC, typed, at=datetime.fromtimestamp(59, UTC), after=0) is None


def test_an_application_is_told_secret_login_and_academy() -> None:
    secret = codes.new_secret()
    assert len(base64.b32decode(secret)) == codes.SECRET_BYTES
    told = urlsplit(codes.address(secret, login="belova", issuer="Зачётка"))
    assert (told.scheme, told.netloc) == ("otpauth", "totp")
    assert parse_qs(told.query) == {"secret": [secret], "issuer": ["Зачётка"]}
    assert told.path.endswith(":belova") or told.path.endswith("%3Abelova")


def test_recovery_codes_are_many_different_and_long() -> None:
    made = [code for _ in range(100) for code in codes.new_recovery_codes()]
    assert len(set(made)) == len(made) == 100 * codes.QUANTITY
    groups, length = codes.GROUPS
    assert {len(code) for code in made} == {groups * (length + 1) - 1}
    assert len(codes.ALPHABET) ** (groups * length) > 2**112, "ASVS 6.5.2: less would need a slow hash"


def test_a_recovery_code_is_one_however_it_is_typed() -> None:
    (code, *_) = codes.new_recovery_codes()
    for written in (code, f" {code} ", code.upper(), code.replace("-", " "), code.replace("-", "–")):
        assert codes.digest_of(written) == codes.digest_of(code.replace("-", ""))
    assert codes.digest_of(code[:-1]) != codes.digest_of(code)
