"""The journal speaks Russian whatever happened to whatever record (п. 2.1, 2.4)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.academy import Academy
from zachetka.access.tests.make import make_account
from zachetka.core.provable import Provable, provable_models
from zachetka.learning.actions.looks import Section
from zachetka.learning.record_page import SECTIONS
from zachetka.learning.tests.make import make_enrolment
from zachetka.ledger.models import Event
from zachetka.people.subject.seen import OF_PEOPLE
from zachetka.web.events import words
from zachetka.web.events.own_names import own_names

pytestmark = pytest.mark.clause("2.1")

LATIN = re.compile(r"[a-z_]{3,}")
ROOT = Path(words.__file__).parents[2]
KNOWN_IN_LATIN = {"pdf", "xlsx", "csv"}


def foreign(said: str) -> set[str]:
    return set(LATIN.findall(said.lower())) - KNOWN_IN_LATIN


@pytest.mark.parametrize("model", provable_models(), ids=lambda model: model._meta.label_lower)
def test_every_kind_of_record_is_named_in_russian(model: type[Provable]) -> None:
    assert re.fullmatch(r"[а-яё ]+", model.noun)
    assert words.noun_of(model._meta.label_lower) == model.noun


def test_no_event_of_the_academy_shows_a_name_of_our_code(academy: Academy) -> None:
    events = Event.objects.exclude(object_type="").values_list("object_type", "object_id", "body").distinct()
    shown = {(words.record(kind, "1"), words.particulars(kind, body)) for kind, _, body in events}
    assert len(shown) > 20
    assert {said for pair in shown for said in pair if foreign(said)} == set()


def test_a_field_nobody_named_in_russian_would_be_seen() -> None:
    """Negative control."""
    assert foreign(words.particulars("learning.order", {"fields": ["request_key"]})) != set()
    assert foreign(words.record("learning.nothing", "1")) != set()


@pytest.mark.parametrize(
    ("kind", "fields", "said"),
    [
        ("learning.order", ["basis", "effective_on", "ground", "learners"], "основание, действует с, основание отчисления, состав"),
        ("learning.marksheet", ["due_on", "held_on", "teacher_id"], "заполнить до, дата контроля, преподаватель"),
        ("programs.programversion", ["hours", "title"], "объём, ч, наименование"),
        ("people.person", ["snils", "birth_date"], "СНИЛС, дата рождения"),
    ],
)  # fmt: skip
def test_what_was_changed_is_told_as_forms_call_it(kind: str, fields: list[str], said: str) -> None:
    assert words.particulars(kind, {"fields": fields}) == said


@pytest.mark.clause("3.8")
def test_the_journal_is_taken_away_as_narrowed_by_whoever_reads_it_and_by_nobody_else(academy: Academy) -> None:
    assert academy.visitor("teacher").get("/events/export/?file=xlsx").status_code == 403
    inspector = academy.visitor("inspector")
    answer = inspector.get("/events/export/?kind=order.approved&file=csv")
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("Запись №")
    assert len(lines) - 1 == Event.objects.filter(type="order.approved").count() > 3
    assert all("Утверждён приказ" in line for line in lines[1:])
    assert Event.objects.filter(type="list.exported").latest("pk").body == {
        "list": "events",
        "form": "csv",
        "rows": len(lines) - 1,
    }
    assert inspector.get("/events/export/?file=exe").status_code == 400


@pytest.mark.clause("3.8")
def test_of_every_look_it_is_said_which_part_was_looked_at() -> None:
    sources = [path.read_text("utf-8") for path in (ROOT / "learning").rglob("*.py") if "tests" not in path.parts]
    named = {name for source in sources for name in re.findall(r'\bsection="([a-z]+)"', source)}
    assert {"history", "excuses", "match"} <= named
    of_a_book = {"results", *filter(None, SECTIONS), *named}
    assert set(words.PARTS["learning.cohort"]) == {one.value for one in Section}
    assert set(words.PARTS["learning.enrolment"]) == of_a_book
    for kind, parts in words.PARTS.items():
        said = [words.particulars(kind, {"section": part}) for part in parts]
        assert len(set(said)) == len(said)
        assert [one for one in said if not re.fullmatch(r"[А-ЯЁа-яё «»]+", one)] == []
    assert words.particulars("people.person", {"section": "grid"}) == ""


def test_every_list_that_can_be_taken_away_is_named_in_the_journal():
    table = re.compile(r'\bTable(?:\[\w+\])?\(\s*name="([a-z_-]+)"')
    told = re.compile(r'\blist="([a-z_]+)"')
    sources = [path.read_text("utf-8") for path in ROOT.rglob("*.py") if "tests" not in path.parts]
    names = {name for source in sources for pattern in (table, told) for name in pattern.findall(source)}
    assert {"learners", "entries", "record_books"} <= names
    assert names - words.LISTS.keys() == set()


@pytest.mark.django_db
@pytest.mark.clause("2.1", "3.8")
def test_a_record_is_called_by_its_own_number_to_whoever_may_see_it_and_never_by_its_place():
    book = make_enrolment()
    sheet = book.cohort.sheets.order_by("module__ordinal")[0]
    events = list(Event.objects.filter(object_type__startswith="learning."))
    seen = own_names(events, make_account("inspector"))
    assert seen["learning.enrolment", str(book.pk)] == f"№ {book.number}"
    assert seen["learning.order", str(book.enrolment_order_id)] == f"№ {book.enrolment_order.number}"
    assert seen["learning.cohort", str(book.cohort_id)] == book.cohort.code
    assert seen["learning.marksheet", str(sheet.pk)] == f"{book.cohort.code}, {sheet.module.short_title}"
    assert own_names(events, make_account("security")) == {}
    assert words.record("learning.enrolment", "775", "№ ЗК-26-0145") == "зачётная книжка № ЗК-26-0145"
    assert words.record("learning.enrolment", "775") == "зачётная книжка, запись 775"


OF_NOBODY = {
    *("events", "cohorts", "orders", "programs", "sheets", "uploads", "matrix", "registers", "entries", "jobs"),
    *("upload", "refused", "summary", "record_books", "marks"),  # of one list or one group, which the event names
}


@pytest.mark.clause("3.8")
def test_of_every_list_it_is_said_whether_people_stand_in_it() -> None:
    assert set(words.LISTS) == OF_PEOPLE | OF_NOBODY
    assert not OF_PEOPLE & OF_NOBODY
