"""The public check: one answer for every miss, nothing personal beyond initials (п. 2.5, 3.8; corpus K)."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from django.test import Client

from zachetka.learning.actions.record_books import token_of
from zachetka.learning.models import VerificationToken
from zachetka.learning.tests.make import NOON, make_enrolment
from zachetka.learning.tokens import ALPHABET, LENGTH, new_token, normal_token

pytestmark = [pytest.mark.django_db, pytest.mark.clause("3.8")]


@pytest.fixture
def token() -> VerificationToken:
    """The token of a learner's book."""
    return token_of(make_enrolment(), actor=None, at=NOON)


@pytest.mark.clause("2.5")
def test_the_check_names_the_book_the_programme_and_initials_only(client: Client, token: VerificationToken):
    answer = client.get(f"/verify/{token.token}")
    page, person = answer.content.decode(), token.enrolment.learner.person
    assert answer.status_code == 200
    assert person.last_name in page
    assert str(token.enrolment) in page
    assert person.first_name not in page
    assert person.birth_date is not None
    assert str(person.birth_date.year) not in page
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "noindex" in answer.headers["X-Robots-Tag"]
    assert "no-store" in answer.headers["Cache-Control"]


def test_lower_case_hyphens_and_lookalike_letters_mean_the_same(client: Client, token: VerificationToken):
    typed = token.token.lower().replace("0", "o").replace("1", "l")
    assert client.get(f"/verify/{typed[:13]}-{typed[13:]}").status_code == 200


def test_what_a_copy_from_a_document_brings_along_is_not_a_miss(client: Client, token: VerificationToken):
    broken = "\u200b".join(token.token)
    for typed in (
        broken,
        f"\u2060{token.token}\ufeff",
        f"{token.token[:9]}\n{token.token[9:]}",
        f"{token.token}\u00ad",
    ):
        assert client.get(f"/verify/{quote(typed)}").status_code == 200, typed
    for hyphen in "‐‑–":
        assert normal_token(f"{token.token[:9]}{hyphen}{token.token[9:]}") == token.token


def test_every_miss_is_the_same_answer(client: Client, token: VerificationToken):
    off_by_one = token.token[:-1] + ALPHABET[(ALPHABET.index(token.token[-1]) + 1) % len(ALPHABET)]
    answers = [
        client.get(f"/verify/{miss}")
        for miss in (off_by_one, new_token(), "1", "короче", "'; DROP TABLE--", "A" * 5000)
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert "не полагайтесь на бумагу" in answers[0].content.decode().replace("\u00a0", " ")
    assert len({answer.content for answer in answers}) == 1
    assert len({tuple(sorted(answer.headers.items())) for answer in answers}) == 1


def test_head_json_and_format_tell_nothing_more(client: Client, token: VerificationToken):
    page = client.get(f"/verify/{token.token}")
    assert client.head(f"/verify/{token.token}").content == b""
    assert (
        client.get(f"/verify/{token.token}?format=json", headers={"Accept": "application/json"}).content == page.content
    )


def test_the_eleventh_check_of_a_minute_waits_whatever_address_it_claims(client: Client, token: VerificationToken):
    answers = [
        client.get(f"/verify/{token.token}", headers={"X-Forwarded-For": f"10.0.0.{number}"}) for number in range(11)
    ]
    assert [answer.status_code for answer in answers] == [200] * 10 + [429]
    assert int(answers[-1].headers["Retry-After"]) <= 60


def test_a_book_has_one_token_however_often_it_is_printed(token: VerificationToken):
    assert token_of(token.enrolment, actor=None, at=NOON) == token


def test_a_token_is_a_hundred_and_thirty_random_bits_and_reads_back():
    made = {new_token() for _ in range(1000)}
    assert len(made) == 1000
    assert all(len(one) == LENGTH and normal_token(one) == one for one in made)


def test_the_verifier_is_handed_to_anybody(client: Client):
    answer = client.get("/verify/verify_bundle.py")
    assert answer.status_code == 200
    assert b"def main" in answer.content
