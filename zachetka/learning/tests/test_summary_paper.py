"""The summary sheet on paper: stated in the ledger, checked against it, checked by a stranger (п. 2.5, 3.3)."""

from __future__ import annotations

import re
from datetime import timedelta

import psycopg
import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from zachetka.access.models import Account
from zachetka.access.tests.make import make_account
from zachetka.core.clock import now
from zachetka.core.errors import Forbidden
from zachetka.core.hashing import commitment
from zachetka.learning.actions.record_books import RecordsDiffer
from zachetka.learning.actions.summaries import print_summary
from zachetka.learning.models import Cohort
from zachetka.learning.queries.summary import summary_of
from zachetka.learning.summary_paper import content_of
from zachetka.learning.tests.make import fill_sheet, make_cohort
from zachetka.learning.tokens import ALPHABET, event_named, event_token, new_check, normal_token
from zachetka.ledger.events import EventType
from zachetka.ledger.models import Event
from zachetka.ledger.sealer import seal
from zachetka.ledger.verification import verify
from zachetka.postgres.address import Place
from zachetka.rendering.press import NotPrinted, Pdf, press
from zachetka.rendering.tests import read

pytestmark = pytest.mark.clause("2.5")


@pytest.fixture
def cohort(fresh_database: Place, settings: Settings, tmp_path) -> Cohort:
    """A cohort with marks, sealed."""
    settings.DATA_DIR, settings.KEYS_DIR = tmp_path, tmp_path / "keys"
    made = make_cohort(learners=3)
    for sheet in made.sheets.select_related("teacher__person", "module").order_by("module__ordinal"):
        fill_sheet(sheet, "зач" if sheet.module.scale.code == "pass_fail" else "4")
    seal(now())
    return Cohort.objects.select_related("program_version__program").get(pk=made.pk)


def head() -> Account:
    return make_account("head")


def printed(cohort: Cohort, actor: Account | None = None) -> Pdf:
    at = now()
    return print_summary(cohort, actor=actor or head(), at=at, seen_at=at)


def token_on(pdf: Pdf) -> str:
    found = re.search(r"/verify/([0-9A-Z]{26})", read.text(pdf.content))
    assert found
    return found[1]


def test_the_paper_says_everything_and_is_stated_before_it_is_set(cohort: Cohort):
    pdf = printed(cohort)
    text = read.text(pdf.content)
    event = Event.objects.get(type=EventType.SUMMARY_STATED)
    for words in (
        "СВОДНАЯ ВЕДОМОСТЬ УСПЕВАЕМОСТИ ГРУППЫ",
        cohort.code,
        f"№ {event.pk}",
        "Всего слушателей: 3 (три)",
        "Успеваемость — 100 %",
        bytes(event.commitment or b"").hex(),
        "страница 1 из",
    ):
        assert read.seen(words) in text, words
    taken = Event.objects.get(type=EventType.LIST_EXPORTED)
    assert taken.body["sha256"] == pdf.sha256
    assert taken.body["statement"] == event.pk
    assert taken.pk > event.pk


@pytest.mark.clause("3.3")
def test_the_statement_commits_to_every_mark_on_the_sheet(cohort: Cohort):
    printed(cohort)
    event = Event.objects.select_related("opening").get(type=EventType.SUMMARY_STATED)
    content = content_of(summary_of(cohort, at=event.at))
    salt = bytes(event.opening.salt)
    assert commitment(content, salt) == bytes(event.commitment or b"")
    content["lines"][0][4][0][1] = "отлично"  # type: ignore[index]
    assert commitment(content, salt) != bytes(event.commitment or b"")
    seal(now())
    assert verify(models=[Cohort]).ok


@pytest.mark.clause("3.3")
def test_a_sheet_with_a_mark_changed_past_the_system_is_not_printed(cohort: Cohort, fresh_database: Place):
    with psycopg.connect(fresh_database.administrator(), autocommit=True) as administrator:
        administrator.execute("SET session_replication_role = replica")
        administrator.execute("ALTER TABLE learning_mark DISABLE TRIGGER append_only_row")
        administrator.execute(
            "UPDATE learning_mark SET grade_id = (SELECT g.id FROM programs_grade g JOIN programs_grade was "
            "ON was.version_id = g.version_id WHERE was.id = learning_mark.grade_id AND g.ordinal = 1) "
            "WHERE id = (SELECT min(id) FROM learning_mark)"
        )
        administrator.execute("ALTER TABLE learning_mark ENABLE ALWAYS TRIGGER append_only_row")
    with pytest.raises(RecordsDiffer):
        printed(cohort)
    assert not Event.objects.filter(type__in=[EventType.SUMMARY_STATED, EventType.LIST_EXPORTED]).exists()


@pytest.mark.clause("3.8")
def test_whoever_may_not_read_the_sheet_prints_nothing(cohort: Cohort):
    with pytest.raises(Forbidden):
        printed(cohort, make_account("registrar"))
    assert not Event.objects.filter(type=EventType.SUMMARY_STATED).exists()


@pytest.mark.clause("3.8")
def test_a_stranger_checks_the_paper_and_learns_nobody_s_name_or_mark(cohort: Cohort, client: Client):
    token = token_on(printed(cohort))
    waiting = client.get(f"/verify/{token}")
    assert "подпись журнала ещё не готова" in waiting.content.decode()
    seal(now())
    answer = client.get(f"/verify/{token.lower()}")
    page = answer.content.decode().replace("\u00a0", " ")
    event = Event.objects.get(type=EventType.SUMMARY_STATED)
    assert answer.status_code == 200
    assert "Сводная ведомость подтверждена" in page
    assert cohort.code in page
    assert bytes(event.commitment or b"").hex()[:16] in page
    summary = summary_of(cohort, at=now())
    assert not [line.name for line in summary.lines if line.name.split()[0] in page]
    assert str(summary.average) not in page


@pytest.mark.clause("3.8")
def test_a_token_of_another_check_or_of_another_event_is_the_same_miss(cohort: Cohort, client: Client):
    token = token_on(printed(cohort))
    seal(now())
    off_by_one = token[:-1] + ALPHABET[(ALPHABET.index(token[-1]) + 1) % 32]
    other = event_token(Event.objects.exclude(type=EventType.SUMMARY_STATED).latest("pk").pk, token[12:])
    answers = [client.get(f"/verify/{miss}") for miss in (off_by_one, other, event_token(2**59, new_check()), "Z" * 26)]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1


@pytest.mark.clause("3.3")
def test_a_statement_that_was_changed_past_the_system_is_not_confirmed(
    cohort: Cohort, client: Client, fresh_database: Place
):
    token = token_on(printed(cohort))
    seal(now())
    with psycopg.connect(fresh_database.administrator(), autocommit=True) as administrator:
        administrator.execute("ALTER TABLE ledger_event DISABLE TRIGGER ALL")
        administrator.execute(
            "UPDATE ledger_event SET body = body || '{\"learners\": 4}' WHERE type = %s",
            [EventType.SUMMARY_STATED.value],
        )
    page = client.get(f"/verify/{token}").content.decode()
    assert "Сводная ведомость не подтверждена" in page
    assert cohort.code not in page


def test_a_token_names_its_event_and_keeps_seventy_bits_of_its_own():
    check = new_check()
    token = event_token(48_113, check)
    assert normal_token(token) == token
    assert event_named(token) == (48_113, check)
    assert len({new_check() for _ in range(1000)}) == 1000
    assert len(check) == 14


def test_a_statement_whose_paper_was_not_set_harms_nobody(cohort: Cohort, monkeypatch: pytest.MonkeyPatch):
    def slow(*_: object) -> Pdf:
        raise NotPrinted("2.5", "Не успели.")

    monkeypatch.setattr(press, "render", slow)
    with pytest.raises(NotPrinted):
        printed(cohort)
    assert not Event.objects.filter(type=EventType.LIST_EXPORTED).exists()
    seal(now() + timedelta(seconds=1))
    assert verify(models=[Cohort]).ok
