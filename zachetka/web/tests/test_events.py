"""The journal: whom it names to whom, pages that do not count, a proof anybody can recompute (п. 2.1, 3.3, 3.8)."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import sha256
from pathlib import Path
from time import sleep

import pytest
from django.db import transaction
from pytest_django import DjangoAssertNumQueries, Settings

from tests.pages import signed_in, text_of
from zachetka.access.tests.make import make_account
from zachetka.core.clock import now
from zachetka.core.russian import grouped, plain
from zachetka.jobs.models import Job
from zachetka.jobs.work import WORKERS, Progress
from zachetka.learning.actions.looks import Section, look_at_marks
from zachetka.learning.tests.make import make_cohort, make_enrolment
from zachetka.ledger.actions import record_event, record_look
from zachetka.ledger.events import EventType
from zachetka.ledger.models import Event
from zachetka.ledger.sealer import seal
from zachetka.ledger.verification import verify
from zachetka.people.actions import reveal_field
from zachetka.people.models import Person
from zachetka.people.tests.make import make_person
from zachetka.postgres.address import Place
from zachetka.web.events import reading, words

pytestmark = pytest.mark.usefixtures("collected_statics")
AT = datetime(2026, 9, 7, 9, 0, tzinfo=UTC)


@pytest.fixture
def sealing(fresh_database: Place, settings: Settings, tmp_path: Path) -> None:
    """A database of its own, with keys and kept checkpoints in the test's own folder."""
    settings.DATA_DIR = tmp_path
    settings.KEYS_DIR = tmp_path / "keys"


def seal_everything() -> None:
    """Seal until nothing waits: a transaction of a neighbouring test may hold the horizon back for a moment."""
    for _ in range(600):
        seal(AT)
        if not reading.unsealed():
            return
        sleep(0.05)
    pytest.fail("something holds the sealer back for half a minute")


def looked_at() -> Person:
    person = make_person(last_name="Ковалёв", first_name="Иван", patronymic="Петрович", email="k@example.ru")
    methodist = make_account("methodist", name="Белова Ольга Сергеевна", login="belova")
    reveal_field(person, "email", actor=methodist, at=AT)
    return person


@pytest.mark.clause("3.8")
@pytest.mark.django_db
def test_a_person_is_named_only_to_whom_the_policy_names_people() -> None:
    person = looked_at()
    inspector = text_of(signed_in(make_account("inspector")).get("/events/"))
    assert "Белова Ольга Сергеевна" in inspector
    assert "Ковалёв И. П." in inspector
    assert "почта" in inspector
    security = text_of(signed_in(make_account("security")).get("/events/"))
    assert "Ковалёв" not in security
    assert f"человек {str(person.uid)[:8]}" in security
    assert "k@example.ru" not in inspector + security


@pytest.mark.clause("3.8")
@pytest.mark.django_db
def test_a_learner_with_an_account_is_a_login_to_whoever_people_are_closed_to_on_the_page_and_in_the_file() -> None:
    person = looked_at()
    learner = make_account("learner", person_uid=person.uid, name="Ковалёв Иван Петрович", login="kovalev-learns")
    record_look(EventType.PERSON_READ, person, actor=learner, at=AT, clause="3.8")
    for role, names in (("inspector", True), ("security", False)):
        client = signed_in(make_account(role))
        page, file = client.get("/events/"), client.get("/events/export/", {"file": "csv"})
        event = client.get(f"/events/{Event.objects.filter(actor=learner).latest('pk').pk}/")
        for answer in (page, file, event):
            assert answer.status_code == 200
            assert ("Ковалёв" in text_of(answer)) is names, (role, answer)
        assert ("kovalev-learns" in text_of(page)) is not names


@pytest.mark.clause("3.8")
@pytest.mark.django_db
@pytest.mark.parametrize("role", ["teacher", "methodist", "registrar", "head", "admin", "chair"])
def test_the_journal_is_not_for_other_roles(role: str) -> None:
    looked_at()
    client, event = signed_in(make_account(role)), Event.objects.latest("pk")
    for where in ("/events/", f"/events/{event.pk}/", f"/events/{event.pk}/proof/", "/ledger/"):
        assert client.get(where).status_code == 403
    assert client.post("/ledger/check/").status_code == 403


@pytest.mark.clause("3.8")
@pytest.mark.django_db
def test_where_nobody_looked_it_is_said_of_looks_and_not_of_records() -> None:
    person = make_person()
    own = signed_in(make_account("learner", person_uid=person.uid))
    looks = own.get(f"/people/{person.uid}/events/")
    assert "Никто не смотрел" in text_of(looks)
    assert looks.context["navigation"]["section"] == "Кто смотрел"
    assert "Никто не смотрел" not in text_of(own.get(f"/people/{person.uid}/events/?show=records"))


@pytest.mark.clause("3.8")
@pytest.mark.django_db
def test_whoever_looked_at_the_group_looked_at_each_of_it_and_at_nobody_else() -> None:
    one, other = (make_enrolment(make_cohort()) for _ in range(2))
    teacher = make_account("teacher", name="Котов Андрей Львович")
    look_at_marks(one.cohort, Section.SHEET, reader=teacher, at=now())
    pages = []
    for uid in (one.human_uid, other.human_uid):
        own = signed_in(make_account("learner", person_uid=uid))
        pages.append(text_of(own.get(f"/people/{uid}/events/")))
        assert "Котов" not in text_of(own.get(f"/people/{uid}/events/?show=records"))
    event = Event.objects.get(type=EventType.COHORT_MARKS_READ)
    assert ["Котов А. Л." in page or "Котов Андрей Львович" in page for page in pages] == [True, False]
    assert "Никто не смотрел" in pages[1]
    assert f"/events/{event.pk}/" not in pages[0], "the event is of the group: it is told and not opened"
    inspector = text_of(signed_in(make_account("inspector")).get(f"/people/{one.human_uid}/events/"))
    assert f"/events/{event.pk}/" in inspector


@pytest.mark.clause("3.8")
@pytest.mark.django_db
def test_looks_of_one_day_that_say_the_same_are_one_line_and_each_keeps_its_record() -> None:
    one = make_enrolment()
    teacher, methodist = make_account("teacher"), make_account("methodist")
    for reader, section, days in (
        (teacher, Section.GRID, 0),
        (teacher, Section.GRID, 1),
        (teacher, Section.GRID, 1),
        (teacher, Section.GRID, 1),
        (methodist, Section.GRID, 1),
        (teacher, Section.DEBTS, 1),
    ):
        look_at_marks(one.cohort, section, reader=reader, at=now() - timedelta(days=2 - days))
    own = signed_in(make_account("learner", person_uid=one.human_uid))
    page = own.get(f"/people/{one.human_uid}/events/")
    newest, oldest = page.context["feed"].days
    assert [(line.event.actor, line.detail.split(" · ")[0], len(line.again)) for line in newest.lines] == [
        (teacher, "задолженности", 0),
        (methodist, "ведомость группы", 0),
        (teacher, "ведомость группы", 2),
    ]
    assert [len(line.again) for line in oldest.lines] == [0], "another day is another line"
    assert "Ещё 2 раза" in plain(text_of(page))
    first = Event.objects.filter(type=EventType.COHORT_MARKS_READ).order_by("pk")[1]
    assert plain(f"запись № {grouped(first.pk)}") in plain(text_of(page)), "each of them is still a record of its own"
    journal = signed_in(make_account("inspector")).get("/events/", {"kind": "cohort_marks.read"})
    assert [len(day.lines) for day in journal.context["feed"].days] == [5, 1], "the journal itself tells each"


@pytest.mark.clause("3.8")
@pytest.mark.django_db
def test_ones_own_look_is_no_look_of_another_and_stands_among_the_records() -> None:
    person = looked_at()
    account = make_account("learner", person_uid=person.uid, name="Ковалёв Иван Петрович")
    own = signed_in(account)
    where = f"/people/{person.uid}/events/"
    before = [text_of(own.get(where)).count("Раскрыты"), text_of(own.get(f"{where}?show=records")).count("Раскрыты")]
    reveal_field(person, "email", actor=account, at=AT)
    after = [text_of(own.get(where)).count("Раскрыты"), text_of(own.get(f"{where}?show=records")).count("Раскрыты")]
    assert (before, after) == ([1, 0], [1, 1])


@pytest.mark.clause("3.8")
@pytest.mark.django_db
def test_a_learner_reads_who_looked_at_them_and_nobody_else() -> None:
    person, stranger = looked_at(), make_person()
    own = signed_in(make_account("learner", person_uid=person.uid))
    assert own.get("/events/")["Location"] == f"/people/{person.uid}/events/"
    page = text_of(own.get(f"/people/{person.uid}/events/"))
    assert "Белова Ольга Сергеевна" in page
    assert "Раскрыты персональные данные" in page
    assert "Зарегистрирован обучающийся" in text_of(own.get(f"/people/{person.uid}/events/?show=records"))
    assert own.get(f"/people/{stranger.uid}/events/").status_code == 404
    foreign = Event.objects.filter(subject_uid=stranger.uid).latest("pk")
    assert own.get(f"/events/{foreign.pk}/").status_code == 404
    assert own.get(f"/events/{foreign.pk}/proof/").status_code == 404


@pytest.mark.clause("3.8")
@pytest.mark.django_db
def test_the_journal_is_narrowed_by_kind_hands_person_record_and_day() -> None:
    person = looked_at()
    client = signed_in(make_account("inspector"))

    def found(**asked: str) -> set[str]:
        days = client.get("/events/", asked).context["feed"].days
        return {line.event.type for day in days for line in day.lines}

    assert found(kind="personal_data.revealed") == {"personal_data.revealed"}
    assert found(actor="belova") == {"personal_data.revealed"}
    assert found(actor="nobody") == set()
    assert "learner.registered" in found(person=str(person.uid))
    assert found(record=f"people.learner:{person.learner.pk}") == {"learner.registered"}
    assert "personal_data.revealed" in found(since="2026-09-07", until="2026-09-07")
    assert found(until="2026-08-31") == set()


@pytest.mark.clause("3.8")
@pytest.mark.django_db
@pytest.mark.parametrize(
    "asked",
    ["kind=x", "person=x", "record=x", "record=people.person:1%27--", "before=x", "before=0", "before=99999999999999999999",
     "actor__password=x", "ordering=snils"],
)  # fmt: skip
def test_an_address_the_journal_does_not_know_is_refused(asked: str) -> None:
    client = signed_in(make_account("inspector"))
    assert client.get(f"/events/?{asked}").status_code == 400


@pytest.mark.clause("2.4")
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("since=31.02.2026", "Начиная с дня: Такого дня нет: запишите ДД.ММ.ГГГГ, например 24.11.2026."),
        ("until=03/04/2026", "По день включительно: Не понять, что впереди, день или месяц"),
        ("until=01.09.26", "По день включительно: Год двумя цифрами: запишите четырьмя, 2026."),
        ("since=0001-01-01", "Начиная с дня: Дата должна быть между 01.01.1990"),
    ],
)
def test_a_slip_in_a_day_of_the_journal_is_told_in_words_and_stays_to_be_mended(asked: str, said: str) -> None:
    person = looked_at()
    answer = signed_in(make_account("inspector")).get(f"/events/?{asked}&kind=personal_data.revealed")
    shown = text_of(answer)
    assert answer.status_code == 422
    assert said in shown
    assert f'value="{asked.partition("=")[2]}" aria-invalid="true"' in answer.content.decode()
    assert answer.context["feed"].days == []
    mine = signed_in(make_account("learner", person_uid=person.uid))
    assert mine.get(f"/people/{person.uid}/events/?{asked}").status_code == 400, "no field there"


@pytest.mark.clause("2.4")
@pytest.mark.django_db
def test_a_page_of_the_journal_costs_the_same_and_leads_to_the_next(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    client = signed_in(make_account("inspector"))
    looked_at()
    with django_assert_max_num_queries(8) as few:
        client.get("/events/")
    for _ in range(30):
        make_person()
    with django_assert_max_num_queries(8) as many:
        first = client.get("/events/").context["feed"]
    assert len(few) == len(many)
    shown = [line.event.pk for day in first.days for line in day.lines]
    second = client.get(f"/events/{first.older}").context["feed"]
    rest = [line.event.pk for day in second.days for line in day.lines]
    assert len(shown) == 50
    assert shown + rest == sorted(shown + rest, reverse=True)
    assert min(shown) - 1 == max(rest)


@pytest.mark.clause("2.1")
def test_every_kind_of_event_is_said_and_drawn() -> None:
    from zachetka.web.icons import icon

    for kind in EventType:
        assert words.sentence(kind.value)[0].isupper()
        assert icon(words.icon(kind.value))
    assert words.sentence("of.another.version") == "of.another.version"


@pytest.mark.clause("3.3")
def test_the_proof_of_an_event_recomputes_the_signed_root(sealing: None) -> None:
    person = looked_at()
    client = signed_in(make_account("security"))
    event = Event.objects.filter(subject_uid=person.uid).earliest("pk")
    assert client.get(f"/events/{event.pk}/proof/").status_code == 409, "not sealed yet"
    seal_everything()
    told = json.loads(client.get(f"/events/{event.pk}/proof/").content)
    node, index, size = bytes.fromhex(told["leaf"]), told["index"], told["checkpoint"]["tree_size"]
    assert rooted(node, index, size, [bytes.fromhex(each) for each in told["path"]]).hex() == told["checkpoint"]["root"]
    assert (
        rooted(node, index ^ 1, size, [bytes.fromhex(each) for each in told["path"]]).hex()
        != told["checkpoint"]["root"]
    )
    assert "Запись закреплена" in text_of(client.get(f"/events/{event.pk}/"))
    assert "Ковалёв" not in json.dumps(told, ensure_ascii=False)


def rooted(node: bytes, index: int, size: int, path: list[bytes]) -> bytes:
    """RFC 6962, 2.1.1 as RFC 9162, 2.1.3.2 checks it."""
    last = size - 1
    for other in path:
        if index % 2 or index == last:
            node = sha256(b"\x01" + other + node).digest()
            while index % 2 == 0 and index:
                index, last = index >> 1, last >> 1
        else:
            node = sha256(b"\x01" + node + other).digest()
        index, last = index >> 1, last >> 1
    return node


@pytest.mark.clause("3.3")
def test_the_whole_ledger_is_checked_in_the_background_and_the_outcome_is_an_event(
    sealing: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("zachetka.web.work.verify", partial(verify, models=[]))  # accounts of tests have no events
    looked_at()
    seal_everything()
    account = make_account("security")
    client = signed_in(account)
    assert "ещё не проверяли" in text_of(client.get("/ledger/"))
    first = client.post("/ledger/check/")
    assert client.post("/ledger/check/")["Location"] == first["Location"], "a second click is the same check"
    job = Job.objects.get(kind="ledger-check")
    result = WORKERS["ledger-check"](Progress(job))
    assert result.outcome.startswith("Журнал цел")
    assert Event.objects.get(type=EventType.LEDGER_CHECKED).body["ok"] is True
    assert "Журнал цел, проверен сегодня" in text_of(client.get("/ledger/"))
    assert "Журнал цел" in text_of(client.get("/"))


@pytest.mark.clause("3.3")
@pytest.mark.django_db
def test_a_check_that_found_something_is_shown_in_red() -> None:
    with transaction.atomic():
        record_event(
            EventType.LEDGER_CHECKED, None, actor=None, at=AT, clause="3.3",
            ok=False, events=10, rows=5, found=2, first_type="learning.mark", first_id="7",
        )  # fmt: skip
    page = text_of(signed_in(make_account("security")).get("/ledger/"))
    assert "Найдено расхождений: 2" in page
    assert "скажите руководителю и тому, кто обслуживает сервер" in page
    assert "администратора безопасности" not in page, "that is who reads it"
    assert "закрепление журнала, отдельный процесс" in page
    assert "zachetka key" in page
    assert "оценка, запись 7" in page
