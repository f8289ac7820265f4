"""Group K of the bad-input corpus on every page without sign-in: nobody learns who or what exists by trying (п. 2.5, 3.8).

Every miss is the same bytes and takes the same time; tries are counted by whoever really asks, whatever a header says.
"""

from __future__ import annotations

import re
from datetime import datetime
from functools import partial
from itertools import product
from typing import Any, Final

import pytest
from django.test import Client
from pytest_django import Settings

from tests.academy import Academy
from tests.architecture.routes import PUBLIC, routes
from tests.corpus.crawl import addresses, unhurried
from tests.corpus.texts import CAMPAIGN
from tests.timing import slower_by, work
from zachetka.access.models import Account
from zachetka.access.tests.make import make_account
from zachetka.core.address import networks
from zachetka.core.clock import now
from zachetka.learning.actions import record_books
from zachetka.learning.models import Enrolment, VerificationToken
from zachetka.learning.queries import public_check
from zachetka.learning.tokens import event_token, new_check, new_token
from zachetka.learning.views import verification
from zachetka.ledger.models import Event

pytestmark = [pytest.mark.clause("3.8"), pytest.mark.timeout(1800)]

HELD: Final = {
    "healthz": "silent", "readyz": "silent", "account_logout": "silent", "web:theme": "silent", "learning:verifier": "silent", "help:common": "silent",
    "account_login": "login", "learning:verify": "token", "account_change_password": "door", "account_second_step": "door",
    "account_security": "door", "account_add_app": "door", "account_add_key": "door", "account_end_factor": "door",
    "account_oidc_link": "door", "account_oidc_end": "door", "account_oidc": "service", "account_oidc_back": "service",
    "account_renew_codes": "door", "account_end_session": "door", "account_end_sessions": "door",
}  # fmt: skip
"""Public address → what a stranger may try there: nothing; a login; the door alone; a token; another service's door."""
SILENT: Final = sorted(name for name, kind in HELD.items() if kind == "silent")
DOORS: Final = sorted(name for name, kind in HELD.items() if kind == "door")
VARYING: Final = re.compile(r'(nonce|value)="[A-Za-z0-9+/=_-]{20,}"|csrf-token[^>]*')
ECHO: Final = re.compile(rb'value="[^"]*"')
"""What was typed comes back in its field: it tells nobody anything new."""
HEADERS: Final = ("Content-Type", "Content-Length", "Cache-Control", "Referrer-Policy", "X-Robots-Tag", "Vary", "Allow")
TRIES: Final = 2000 if CAMPAIGN else 100
LEAK: Final = 0.003
"""Seconds that a planted leak takes."""
LOGINS: Final = 200 if CAMPAIGN else 30
TOLD_APART: Final = 0.03 if CAMPAIGN else 0.06
"""By what share an act may be slower than another that is said to take as long: so many tries on such a machine tell no less apart."""
WRONG: Final = "совсем-не-тот-пароль"


@pytest.fixture
def stranger(academy: Academy) -> Client:
    unhurried()
    return Client(raise_request_exception=False)


@pytest.fixture(scope="module")
def token(academy: Academy) -> str:
    """A code that is printed on a paper."""
    known = VerificationToken.objects.first()
    return known.token if known else record_books.token_of(Enrolment.objects.all()[0], actor=None, at=now()).token


def told(answer: Any) -> tuple[int, bytes, tuple[Any, ...]]:
    """All that an answer tells: status, bytes without what is random in every page, headers."""
    body = VARYING.sub("", answer.content.decode("utf-8", "replace")).encode()
    headers = tuple(answer.headers.get(name) for name in HEADERS if name != "Content-Length")
    return answer.status_code, body, headers


def one_off(token: str) -> list[str]:
    """Codes that differ from a real one by a sign: the first, the middle, the last."""
    return [
        token[:place] + ("2" if token[place] != "2" else "3") + token[place + 1 :]
        for place in (0, len(token) // 2, len(token) - 1)
    ]


# --- Which pages ------------------------------------------------------------------------------------------------------


def test_every_page_without_sign_in_is_on_the_table() -> None:
    assert set(PUBLIC) == set(HELD), "say what a stranger may try there, and add its test"


@pytest.mark.parametrize("name", SILENT)
def test_a_page_that_tells_nothing_tells_everybody_the_same(academy: Academy, stranger: Client, name: str) -> None:
    route = next(one for one in routes() if one.name == name)
    address = f"/{route.pattern}"
    plain = told(stranger.get(address))
    for question in ("?login=head", "?q=Соколова", "?next=//evil.example", "?format=json", "?id=1"):
        assert told(stranger.get(address + question)) == plain, question


@pytest.mark.parametrize(
    "path", ["/people/", "/people/1/", "/record-books/1/", "/record-books/999999/", "/sheets/1/", "/x/"]
)
def test_a_closed_page_does_not_say_whether_what_it_names_exists(stranger: Client, path: str) -> None:
    kinds = {stranger.get(other).status_code for other in (path, path.replace("1", "999999"))}
    assert kinds in ({302}, {404})


# --- The public check -------------------------------------------------------------------------------------------------


def test_every_miss_is_the_same_bytes_k1_k2_k3_k8_k10(stranger: Client, token: str) -> None:
    number = Enrolment.objects.exclude(number=None)[0].number
    misses = [*one_off(token), new_token(), new_token(), "0" * 26, str(number), "1", "2", "ЗК-26-0001", token[:-1], token + "0",
              "Соколова", "x" * 300]  # fmt: skip
    answers = set()
    for miss in misses:
        unhurried()
        answers.add(told(stranger.get(f"/verify/{miss}")))
    assert len(answers) == 1
    ((status, body, _),) = answers
    assert status == 404
    assert "академия не выдавала" in body.decode().replace("\xa0", " ")
    assert token not in body.decode()


def test_a_code_of_a_summary_sheet_misses_as_every_other_does_k8(stranger: Client) -> None:
    """Such a code names an event: neither a wrong check, nor an event of another kind, nor none at all looks otherwise."""
    event = Event.objects.latest("pk").pk
    misses = [event_token(number, new_check()) for number in (0, 1, event, event + 1, 2**59)] + [new_token()]
    answers = set()
    for miss in misses:
        unhurried()
        answers.add(told(stranger.get(f"/verify/{miss}")))
    assert len(answers) == 1


BENT: Final = (
    "/verify/{}/", "/verify//{}", "//verify/{}", "/verify/{}//", "/verify/./{}", "/x/../verify/{}", "/%2e/verify/{}", "/verify%2f{}",
    "/Verify/{}", "/VERIFY/{}", "/verify/{};a=b", "/verify/{}%00", "/verify/{}%20", "/verify/%09{}", "/verify/{}?token=1", "/verify/{}.json",
    "/verify/{}%2ejson", "/verify/{}%0d%0aX:1", "/verify/{}#x", "/verify?token={}", "/verify/?{}", "/verify/x{}", "/verify/" + "A" * 20_000 + "{}",
)  # fmt: skip
"""Addresses that a server might take for the right one."""


@pytest.mark.parametrize("bent", BENT, ids=range(len(BENT)))
def test_no_twin_of_an_address_tells_a_code_from_none_k8_k9_k14(stranger: Client, token: str, bent: str) -> None:
    page = told(stranger.get(f"/verify/{token}"))
    for method in ("GET", "HEAD", "OPTIONS", "TRACE", "POST"):
        unhurried()
        theirs, nobodys = (
            told(
                stranger.generic(method, bent.format(code), headers={"x-original-url": "/people/", "host": "localhost"})
            )
            for code in (token, new_token())
        )
        known = method in {"GET", "HEAD"} and theirs[0] == 200
        assert theirs[:2] == (page if method == "GET" else (200, b""))[:2] if known else theirs == nobodys, (
            method,
            theirs,
        )


@pytest.mark.parametrize("method", ["HEAD", "GET"])
def test_no_method_and_no_spelling_gives_more_checks_k11(stranger: Client, token: str, method: str) -> None:
    limit, spellings = record_books.BY_ADDRESS.tries, (token, token.lower(), f"{token} ", new_token(), "x", token[:-1])
    statuses = [
        stranger.generic(method, f"/verify/{spellings[place % len(spellings)]}?n={place}").status_code
        for place in range(limit + 2)
    ]
    assert statuses[limit:] == [429, 429]
    assert stranger.get(f"/verify/{token}").status_code == 429, "the right one waits as well"


def test_a_code_is_known_in_any_case_and_with_letters_for_figures_k9(stranger: Client, token: str) -> None:
    for spelling in (token, token.lower(), token.replace("0", "O"), token.replace("1", "I"), token.replace("1", "l")):
        unhurried()
        assert stranger.get(f"/verify/{spelling}").status_code == 200, spelling


def test_ten_thousand_numbers_in_a_row_open_nothing_k1(stranger: Client) -> None:
    for number in range(10_000 if CAMPAIGN else 300):
        if number % 5 == 0:
            unhurried()
        assert stranger.get(f"/verify/{number}").status_code == 404, number


def test_no_other_form_of_the_answer_has_more_in_it_k14(stranger: Client, token: str) -> None:
    page = told(stranger.get(f"/verify/{token}"))
    for question, headers in (("?format=json", {}), ("", {"accept": "application/json"}), ("", {"hx-request": "true"})):
        unhurried()
        assert told(stranger.get(f"/verify/{token}{question}", headers=headers))[:2] == page[:2], (question, headers)
    assert stranger.head(f"/verify/{token}").content == b""
    for method in ("POST", "PUT", "DELETE", "OPTIONS"):
        assert stranger.generic(method, f"/verify/{token}", b"x=1").status_code == 405, method


def test_a_code_stays_out_of_search_engines_and_referrers_k15(stranger: Client, token: str) -> None:
    for code in (token, new_token()):
        answer = stranger.get(f"/verify/{code}")
        assert "noindex" in answer.headers["X-Robots-Tag"]
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert "no-store" in answer.headers["Cache-Control"]


def slower_than_a_miss(stranger: Client, code: str) -> float:
    """Return by what share the answer about `code` takes longer than about one of which nothing is right."""
    first, second = (lambda: stranger.get(f"/verify/{code}")), (lambda: stranger.get(f"/verify/{new_token()}"))
    return slower_by(first, second, pairs=TRIES, before=unhurried)


def test_a_code_that_is_off_by_one_takes_as_long_as_any_other_k3(stranger: Client, token: str) -> None:
    near = one_off(token)[-1]
    assert abs(slower_than_a_miss(stranger, near)) <= TOLD_APART


def test_a_code_of_which_almost_all_is_right_would_be_noticed_by_its_time(
    stranger: Client, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: a planted leak, some milliseconds for a code that begins as a real one does."""
    honest = public_check.checked

    def leaking(typed: str, at: datetime) -> Any:
        if typed[:20] == token[:20]:
            work(LEAK)
        return honest(typed, at)

    monkeypatch.setattr(verification, "checked", leaking)
    assert slower_than_a_miss(stranger, one_off(token)[-1]) > TOLD_APART


@pytest.mark.parametrize("forwarded", ["", "10.0.0.{}", "{}.1.1.1, 10.0.0.{}"])
def test_checks_are_counted_by_whoever_asks_whatever_the_header_says_k11_k13(stranger: Client, forwarded: str) -> None:
    limit = record_books.BY_ADDRESS.tries
    statuses = [
        stranger.get(f"/verify/{new_token()}", headers={"x-forwarded-for": forwarded.format(place, place)}).status_code
        for place in range(limit + 1)
    ]
    assert statuses == [404] * limit + [429]


def test_a_hundred_addresses_share_one_limit_k12(stranger: Client, settings: Settings) -> None:
    settings.TRUSTED_PROXIES = networks("127.0.0.1")  # each visitor is known by the proxy's own line
    statuses = {
        stranger.get(
            f"/verify/{new_token()}", headers={"x-forwarded-for": f"10.{place // 250}.0.{place % 250}"}
        ).status_code
        for place in range(record_books.BY_ALL.tries + 1)
    }
    assert statuses == {404, 429}


# --- The door ---------------------------------------------------------------------------------------------------------


def knock(client: Client, login: str, password: str = WRONG, **headers: str) -> Any:
    return client.post("/accounts/login/", {"login": login, "password": password}, headers=headers)


def test_every_login_that_does_not_open_gets_the_same_bytes(academy: Academy, stranger: Client) -> None:
    make_account("chair", login="closed-one")
    Account.objects.filter(login="closed-one").update(is_active=False, closed_at=now())
    answers = {}
    for login in ("head", "admin", "nobody", "closed-one", "learner", "HEAD", "1", "x" * 30):
        unhurried()
        status, body, headers = told(knock(stranger, login))
        answers[login] = (status, ECHO.sub(b"", body), headers)
    assert [login for login, answer in answers.items() if answer != answers["head"]] == []
    assert answers["head"][0] == 200


def test_a_login_that_exists_takes_as_long_as_one_that_does_not(stranger: Client) -> None:
    first, second = (partial(knock, stranger, login) for login in ("head", "nobody"))
    assert abs(slower_by(first, second, pairs=LOGINS, before=unhurried)) <= TOLD_APART


@pytest.mark.parametrize("header", ["x-forwarded-for", "x-real-ip", "forwarded", "client-ip", "x-client-ip"])
def test_no_header_gives_a_guesser_more_tries(stranger: Client, header: str) -> None:
    statuses = [knock(stranger, "head", **{header: f"10.0.0.{place}"}).status_code for place in range(6)]
    assert statuses == [200] * 5 + [429]


@pytest.mark.parametrize("name", DOORS)
def test_a_page_of_ones_own_leads_a_stranger_to_the_door_whoever_they_say_they_are(stranger: Client, name: str) -> None:
    route = next(one for one in routes() if one.name == name)
    met = set()
    for address, question in product(addresses(route), ("", "?login=head", "?user=1", "?next=//evil.example")):
        for answer in (
            stranger.get(address + question),
            stranger.post(address + question, {"user": "1", "login": "head"}),
        ):
            if answer.status_code != 405:
                assert answer.status_code == 302, address
                met.add(answer.headers["Location"].partition("?")[0])
    assert met == {"/accounts/login/"}


@pytest.mark.parametrize("name", sorted(name for name, kind in HELD.items() if kind == "service"))
def test_the_way_to_a_sign_in_service_says_nothing_of_anybody(stranger: Client, name: str) -> None:
    route = next(one for one in routes() if one.name == name)
    for address in addresses(route):
        plain = stranger.get(address)
        assert plain.status_code < 500
        for question in ("?login=head", "?login=nobody", "?state=x&code=y", "?next=//evil.example"):
            unhurried()
            answer = stranger.get(address + question)
            assert answer.status_code < 500, question
            assert "evil.example" not in answer.headers.get("Location", "").partition("next=")[0], question
        assert told(stranger.get(address + "?login=head"))[:2] == told(stranger.get(address + "?login=nobody"))[:2]


@pytest.mark.parametrize("absent", ["/accounts/password/reset/", "/accounts/signup/", "/accounts/email/", "/admin/"])
def test_there_is_no_page_that_would_say_whose_address_is_known(stranger: Client, absent: str) -> None:
    assert stranger.get(absent).status_code == 404


# --- The controls -----------------------------------------------------------------------------------------------------


def test_a_difference_of_a_byte_or_of_milliseconds_would_be_noticed(stranger: Client, token: str) -> None:
    assert told(stranger.get(f"/verify/{token}")) != told(stranger.get(f"/verify/{new_token()}"))

    def slower() -> None:
        work(LEAK)
        stranger.get("/healthz")

    assert slower_by(slower, lambda: stranger.get("/healthz"), pairs=100) > TOLD_APART
