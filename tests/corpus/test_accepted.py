"""Every form there is, filled in honestly: accepted, once, and no further; only then is it spoilt (security.md c; п. 3.8).

A form that is refused as it stands refuses each of its fields: such a refusal proves nothing of the field. Each form is sent in a
transaction that is undone, so all of them meet the same academy.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoDbBlocker

from tests.academy import ROLES, Academy, opened
from tests.architecture.routes import routes
from tests.corpus import accepting
from tests.corpus.accepting import Probe, Sendable, posted, probed, sendables, undone, written
from tests.corpus.texts import CAMPAIGN, TEXTS, dealt
from tests.corpus.walks import Caged, Walks
from tests.journeys.every_form import acted, has_forms_of_its_own, shape, shown, unsent
from zachetka.access.models import Account
from zachetka.postgres.address import Place

pytestmark = [pytest.mark.clause("3.8"), pytest.mark.timeout(1800)]

UNPROVABLE = {
    "/accounts/security/app/": "код приложения: tests/journeys/test_second_factor.py",
    "/accounts/security/key/": "ответ ключа: tests/journeys/test_second_factor.py",
    "/orders/new/?cohort=#&kind=enrolment": "людей добавляет поиск: zachetka/learning/tests/test_order_journey.py",
    "/orders/new/?cohort=#&kind=admission": "в группе демо допускать некого: zachetka/learning/tests/test_orders.py",
}
"""Forms that no honest filling of ours opens, and where they are proved."""
ANEW_EACH_TIME = {
    "people:reveal": "каждый взгляд записан",
    "people:reveal_paper": "каждый взгляд записан",
    "people:reveal_basis": "каждый взгляд записан",
    "learning:record-book-birth-date": "каждый взгляд записан",
    "learning:sheet": "на вторую отправку показаны оценки группы: взгляд записан",
    "learning:mark-correct": "на вторую отправку показаны оценки группы: взгляд записан",
    "learning:sign-in": "каждый раз новый пароль",
    "account_renew_codes": "каждый раз новые коды, прежние кончаются",
    "account_change_password": "вторая отправка — с прежним паролем: неверная попытка записана",
    "learning:resit-cancel": "второго раза нет: отказ записан",
    "account_end_factor": "второго раза нет: отказ записан",
}
"""Addresses of which each sending leaves a trace of its own, and which."""
UNKEPT = ("A15", "A16", "A17", "A18", "A19", "A22")
"""Texts that are kept nowhere."""
NO_DAYS = ("B13", "B15", "B16", "B17", "B18", "B24")
UNKEPT_FIELDS = re.compile(r"^(password|current|new|again)$|__prefix__|-ORDER$")
"""Fields whose text is hashed as it is; of a row that scripts copy and nobody sends; a place in a list, which is only a number."""
SHARES = 6
"""Into how many shares the cases of a field are dealt: one of them in a run, all in `make corpus`."""


@pytest.fixture(scope="module")
def academy(database_server: Place, caged: Caged, django_db_blocker: DjangoDbBlocker) -> Iterator[Academy]:
    """The walked academy, as it was before the walks: the same records under the same numbers."""
    with opened(database_server, caged.template, django_db_blocker) as copy:
        yield copy


def pages(academy: Academy, walks: Walks) -> Iterator[tuple[str, str, str]]:
    """Yield every page with forms: those that links led each role to, then those that stand only after an act.

    In the campaign the links are followed anew, to more pages of one shape.
    """
    if CAMPAIGN:
        yield from shown(academy)
        return
    for login in ROLES:
        met = [one for one in walks(login).met if one.is_shown and one.text and has_forms_of_its_own(one.address)]
        yield from ((login, one.address, one.text) for one in met)
    own = reverse("account_security")  # whoever walked had no second session to end
    yield "learner", own, academy.visitor("learner").get(own).content.decode()
    yield from acted(academy)


@pytest.fixture(scope="module")
def walked(walks: Walks) -> Walks:
    """The walks, done before this module opens a database of its own."""
    if not CAMPAIGN:
        for login in ROLES:
            walks(login)
    return walks


@pytest.fixture(scope="module")
def probes(walked: Walks, academy: Academy) -> dict[str, Probe]:
    """Every form, sent once, twice, with the names of all columns, and spoilt: each shape as the first who is let through."""
    found, clients = dict[str, Probe](), {login: academy.visitor(login) for login in ROLES}
    head = Account.objects.get(login="head").pk
    for login, form in (
        (login, form) for login, address, content in pages(academy, walked) for form in sendables([(address, content)])
    ):
        kind = shape(form.target)
        if kind not in found or not found[kind].is_accepted:
            client = clients.setdefault(login, academy.visitor(login))
            probe = probed(client, login, form, head)
            if probe.is_accepted:
                probe = probe._replace(wrong=tuple(spoilt(client, form, len(found))))
            found[kind] = probe
    return found


def spoilt(client: Client, form: Sendable, place: int) -> Iterator[str]:
    """Put what cannot be kept into one field at a time; yield what was accepted, fell, or was refused and written."""
    fields = [field for field in sorted(form.typed | form.days) if not UNKEPT_FIELDS.search(field)]
    for number, field in enumerate(fields):
        cases = [*UNKEPT, *(NO_DAYS if field in form.days else ()), *(("A11",) if field in form.required else ())]
        for case in dealt(place + number, cases, SHARES):
            with undone(client):
                status = posted(client, form, {field: TEXTS[case]}).status_code
                left = {column.partition(".")[0] for column in written()} - {"ledger_event"}
            if not 400 <= status < 500 or left:
                yield f"{field} {case}: {status} {sorted(left)}"


def test_every_form_that_is_filled_in_honestly_is_accepted(probes: dict[str, Probe]) -> None:
    refused = {kind: probe.status for kind, probe in probes.items() if not probe.is_accepted}
    assert refused.keys() - UNPROVABLE.keys() == set(), refused
    assert len(probes) > 80


def test_what_cannot_be_kept_is_refused_in_every_field_of_a_form_that_is_otherwise_right(
    probes: dict[str, Probe],
) -> None:
    assert {kind: probe.wrong for kind, probe in probes.items() if probe.wrong} == {}
    assert sum(len(probe.form.typed | probe.form.days) for probe in probes.values() if probe.is_accepted) > 100


def test_every_address_to_which_something_is_sent_has_its_form(probes: dict[str, Probe]) -> None:
    sent = {probe.form.route for probe in probes.values()}
    assert not (missing := unsent(sent, routes())), missing
    assert unsent(sent - {"learning:award-new"}, routes()) == ["learning:award-new"], "the negative control"


def test_a_form_sent_twice_does_what_it_does_once(probes: dict[str, Probe]) -> None:
    """A double click, a page sent again by «Назад»: a refusal or the same answer, and no second row (security.md N1, F4)."""
    twice = {kind: probe.twice for kind, probe in probes.items() if probe.twice}
    assert {kind: tables for kind, tables in twice.items() if probes[kind].form.route not in ANEW_EACH_TIME} == {}


def test_no_column_of_any_record_is_written_by_its_name_e12(probes: dict[str, Probe]) -> None:
    assert {kind: probe.smuggled for kind, probe in probes.items() if probe.smuggled} == {}


def test_a_form_that_does_more_would_be_noticed(academy: Academy, monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: what writes a row each time it is sent, listens to a name it does not show, and takes anything."""
    from zachetka.access.models import Unit

    def listening(_client: Client, _form: Sendable, more: Mapping[str, str] | None = None) -> HttpResponse:
        Unit.objects.create(name=f"{(more or {}).get('position', 'отдел')} {Unit.objects.count()}")
        return HttpResponse()

    form = Sendable("/notices/", "/notices/read/", {}, typed=frozenset({"why"}))
    client = academy.visitor("methodist")
    monkeypatch.setattr(accepting, "posted", listening)
    probe = probed(client, "methodist", form, 1)
    assert (probe.status, probe.twice) == (200, ("access_unit",))
    assert "access_unit.name" in probe.smuggled
    assert not Unit.objects.filter(name__startswith="отдел").exists()
    theme = form._replace(target="/theme/", fields={"theme": "dark", "next": "/"})
    assert [line.partition(":")[0] for line in spoilt(client, theme, 0)] == [
        f"why {case}" for case in dealt(0, UNKEPT, SHARES)
    ], "a form that does not look at its field"
