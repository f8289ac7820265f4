"""The canary crawl: no byte that the policy does not open reaches anybody, whatever they ask (п. 3.8; G28, G29)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pytest
from pytest_django import DjangoDbBlocker

from tests.academy import ROLES, Academy, opened
from tests.corpus.canaries import PLACES, Cage, caught, content_of, plain
from tests.corpus.walks import Caged, Walks, sealed_at_once
from zachetka.access.policy import MATRIX, Grant, Permission, Role, Scope
from zachetka.postgres.address import Place

pytestmark = [pytest.mark.clause("3.8"), pytest.mark.timeout(600)]

UNIT: Final = ("mine", "untaught")
NAMES: Final = {"name", "former name"}
LEARNING: Final = {"cohort", "correction reason", "order basis"}
OPENED: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    "learner": {},
    "teacher": dict.fromkeys(NAMES | LEARNING, ("mine",)),
    "methodist": dict.fromkeys(NAMES, PLACES) | dict.fromkeys(LEARNING, UNIT),
    "registrar": dict.fromkeys(NAMES | LEARNING, PLACES),
    "secretary": dict.fromkeys({"name"} | LEARNING, UNIT),
    "chair": dict.fromkeys({"name"} | LEARNING, UNIT),
    "archivist": dict.fromkeys({"name", "order basis", "cohort"}, PLACES),
    "inspector": dict.fromkeys(NAMES | LEARNING, PLACES),
    "head": dict.fromkeys(NAMES | LEARNING, PLACES),
    "privacy": dict.fromkeys(NAMES, PLACES),
    "admin": {},
    "security": {},
}
"""Written by hand from the job descriptions, not from the page of rights: whose pages may say what about whom."""

PARTICULARS: Final = {"birth date", "email", "phone"}
CLEAR: Final[dict[tuple[str, str], tuple[set[str], tuple[str, ...]]]] = {
    ("methodist", "/people/#/edit/"): (PARTICULARS | {"snils"}, PLACES),
    ("methodist", "/people/export/"): (PARTICULARS, PLACES),
    ("privacy", "/people/export/"): (PARTICULARS, PLACES),
    ("methodist", "/record-books/#/pdf/"): ({"birth date"}, UNIT),
    ("registrar", "/record-books/#/pdf/"): ({"birth date"}, PLACES),
}
"""Where a particular stands in the clear: the open form, the file of the list, the extract. Each leaves an event."""


@pytest.fixture(scope="module")
def academy(database_server: Place, caged: Caged, django_db_blocker: DjangoDbBlocker) -> Iterator[Academy]:
    """The academy of this module, with canaries."""
    with opened(database_server, caged.template, django_db_blocker) as copy, sealed_at_once():
        yield copy


@pytest.fixture(scope="module")
def cages(caged: Caged) -> list[Cage]:
    """Where the canaries are."""
    return caged.cages


def leaks(login: str, found: dict[tuple[str, str], set[str]]) -> list[tuple[str, str, str]]:
    """Return what `login` was shown and should not have been: place, kind, address."""
    return sorted(
        (place, kind, address)
        for (place, kind), where in found.items()
        for address in where
        if place not in OPENED[login].get(kind, ()) and not _is_clear(login, address, kind, place)
    )


def _is_clear(login: str, address: str, kind: str, place: str) -> bool:
    kinds, places = CLEAR.get((login, address), (set(), ()))
    return kind in kinds and place in places


@pytest.mark.parametrize("login", ROLES)
def test_nobody_is_shown_what_the_job_description_does_not_open(walks: Walks, login: str) -> None:
    found = walks(login).heard
    assert leaks(login, found) == []
    expected = {(place, kind) for kind, places in OPENED[login].items() for place in places}
    assert expected <= set(found), "the crawl no longer reaches what it used to see"


def test_a_learner_sees_their_own_particulars_and_nobody_sees_them_in_a_refusal(
    academy: Academy, cages: list[Cage]
) -> None:
    uid = cages[0].addresses["people/"][0]
    for login in ("learner", "secretary", "chair", "archivist", "admin", "security"):
        client = academy.visitor(login)
        for method in ("get", "head", "options", "post"):
            for address in (f"/people/{uid}/", f"/people/{uid}/reveal/snils/"):
                response = getattr(client, method)(address)
                assert response.status_code in {403, 404, 405}, (login, method, address)
                assert "чижик" not in plain(content_of(response.content, ""))


def test_only_a_recorded_reveal_shows_a_masked_field(academy: Academy, cages: list[Cage]) -> None:
    from zachetka.ledger.models import Event

    uid = cages[0].addresses["people/"][0]
    client = academy.visitor("methodist")
    assert "chizhik@" not in client.get(f"/people/{uid}/").content.decode()
    before = Event.objects.filter(type="personal_data.revealed").count()
    assert "chizhik@" in client.post(f"/people/{uid}/reveal/email/").content.decode()
    assert Event.objects.filter(type="personal_data.revealed").count() == before + 1
    assert client.get(f"/people/{uid}/reveal/email/").status_code == 405


@pytest.mark.parametrize("login", ["teacher", "inspector", "head", "archivist", "security"])
def test_a_search_does_not_answer_by_a_field_that_is_not_opened_e5(
    academy: Academy, cages: list[Cage], login: str
) -> None:
    hidden = {canary.kind: canary.words for canary in cages[0].canaries}
    client = academy.visitor(login)
    for word in (*hidden["snils"], hidden["snils"][0][:7], "chizhik@example.ru", hidden["phone"][0]):
        for address in ("/people/", "/search/", "/orders/people/", "/cohorts/", "/sheets/", "/orders/"):
            response = client.get(address, {"q": word})
            if response.status_code == 200:
                assert "чижик" not in plain(response.content.decode()), (address, word)
    methodist = academy.visitor("methodist")
    for word in hidden["snils"]:
        assert "чижик" in plain(methodist.get("/people/", {"q": word}).content.decode()), (
            "СНИЛС finds for whom it is open"
        )


def test_a_wider_right_lets_canaries_out_and_the_crawl_names_them(
    academy: Academy, cages: list[Cage], monkeypatch: pytest.MonkeyPatch
) -> None:
    wide = Grant(Scope.ALL, "никакая бумага")
    monkeypatch.setitem(MATRIX[Permission.COHORT_READ], Role.SECRETARY, wide)
    monkeypatch.setitem(MATRIX[Permission.PERSON_READ], Role.LEARNER, wide)
    for login, beginning, place, kind in (
        ("secretary", "/cohorts/", "foreign", "cohort"),
        ("learner", "/people/", "mine", "name"),
    ):
        found = leaks(login, caught(academy.visitor(login), cages, beginning, ROLES.index(login)))
        assert (place, kind) in {(row[0], row[1]) for row in found}
