"""Whoever sees people beside their marks leaves a trace, and the person is told of it (п. 3.8; 152-ФЗ ст. 14, 19)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from zachetka.access.models import Account, Unit
from zachetka.access.tests.make import make_account, make_unit
from zachetka.core.clock import legal_date
from zachetka.learning.actions.looks import Section, look_at_marks
from zachetka.learning.models import Cohort, Correction, Enrolment, MarkSheet
from zachetka.learning.tests.make import (
    ENROLLED,
    NOON,
    make_cohort,
    make_correction,
    make_enrolment,
    make_mark,
    make_order,
    teacher_of,
)
from zachetka.learning.tests.make_debts import Debtors
from zachetka.learning.tests.test_mark_uploads import file_of, upload
from zachetka.ledger.actions import record_event
from zachetka.ledger.events import EventType
from zachetka.ledger.models import Event
from zachetka.people.models import Person
from zachetka.people.subject.seen import lists_taken, looks
from zachetka.people.tests.make import make_learner, make_person
from zachetka.programs.tests.make import make_program_version

pytestmark = [pytest.mark.clause("3.8"), pytest.mark.usefixtures("collected_statics")]


def methodist_of(cohort: Cohort) -> Account:
    return make_account("methodist", unit=cohort.program_version.program.unit)


def sections() -> list[str]:
    found = Event.objects.filter(type=EventType.COHORT_MARKS_READ.value).order_by("pk")
    return [str(event.body["section"]) for event in found]


def test_every_page_that_names_people_beside_their_marks_says_who_saw_it(db: None, client: Client) -> None:
    mark = make_mark()
    cohort = mark.sheet.cohort
    methodist = methodist_of(cohort)
    client.force_login(methodist)
    pages = {
        "grid": f"/cohorts/{cohort.code}/sheet/",
        "sheet": f"/sheets/{mark.sheet_id}/",
        "summary": f"/cohorts/{cohort.pk}/summary/",
        "planned": f"/cohorts/{cohort.pk}/planned/",
        "debts": f"/cohorts/{cohort.pk}/debts/",
        "admission": f"/cohorts/{cohort.pk}/admission/",
    }
    for page in pages.values():
        assert client.get(page).status_code == 200, page
    assert sections() == list(pages)
    assert client.get("/cohorts/").status_code == 200
    assert sections() == list(pages), "a list of groups names nobody"


def test_a_look_at_the_marks_of_a_group_is_told_to_whoever_stands_in_it_and_to_nobody_else(
    db: None, client: Client
) -> None:
    mark, stranger = make_mark(), make_enrolment(make_cohort())
    client.force_login(methodist_of(mark.sheet.cohort))
    client.get(f"/cohorts/{mark.sheet.cohort_id}/summary/")
    kinds = [event.kind for event in looks(mark.enrolment.learner.person)]
    assert EventType.COHORT_MARKS_READ in kinds
    assert EventType.COHORT_MARKS_READ not in [event.kind for event in looks(stranger.learner.person)]


def test_the_page_of_a_correction_is_a_look_at_the_book_as_the_history_of_the_mark_is(db: None, client: Client) -> None:
    correction = make_correction()
    enrolment = correction.mark.enrolment
    client.force_login(methodist_of(correction.mark.sheet.cohort))
    for page in (f"/corrections/{correction.pk}/", f"/marks/{correction.mark_id}/history/"):
        before = Event.objects.filter(type=EventType.RECORD_BOOK_READ.value).count()
        assert client.get(page).status_code == 200
        read = Event.objects.filter(type=EventType.RECORD_BOOK_READ.value).order_by("-pk")
        assert read.count() == before + 1, page
        assert read[0].subject_uid == enrolment.learner.person.uid


@pytest.mark.parametrize("page", ["/people/?q={}", "/search/?q={}", "/search/?suggest=1&q={}"])
def test_a_number_that_leads_to_a_person_leaves_a_trace_and_a_name_does_not(
    db: None, client: Client, page: str
) -> None:
    person = make_person(snils="11223344595", last_name="Ковалёв")
    client.force_login(make_account("methodist"))

    def found() -> list[Event]:
        return list(Event.objects.filter(type=EventType.PERSON_FOUND.value))

    client.get(page.format("Ковалёв"))
    client.get(page.format("112-233"))
    client.get(page.format("112-233-445+96"))
    assert not found()
    assert "Ковалёв" in client.get(page.format("112-233-445+95")).content.decode()
    (event,) = found()
    assert (event.subject_uid, event.body["field"]) == (person.uid, "snils")
    assert event in set(looks(person))


def test_the_person_is_told_of_the_files_of_their_group_and_of_lists_of_everybody_only(db: None) -> None:
    mine, other = make_enrolment(make_cohort()), make_enrolment(make_cohort())
    actor = make_account("head")

    def take(subject: Cohort | None, name: str) -> int:
        return record_event(
            EventType.LIST_EXPORTED, subject, actor=actor, at=NOON, clause="3.8", list=name, form="xlsx"
        ).pk

    person = mine.learner.person
    Person.objects.filter(pk=person.pk).update(registered_at=NOON)
    told = {
        take(mine.cohort, "summary"),
        take(mine.cohort, "record_books"),
        take(None, "learners"),
        take(None, "awards"),
    }
    hidden = {take(other.cohort, "summary"), take(None, "programs"), take(None, "events")}
    found = set(lists_taken(person).values_list("pk", flat=True))
    assert told <= found
    assert not hidden & found
    assert Enrolment.objects.filter(learner=mine.learner).count() == 1


def test_the_group_the_resit_the_draft_and_the_closing_say_who_saw_whom_beside_their_marks(
    db: None, client: Client
) -> None:
    debtors = Debtors(learners=2)
    cohort, module = debtors.cohort, debtors.sheet.module_id
    client.force_login(debtors.methodist)
    pages = {
        "cohort": f"/cohorts/{cohort.pk}/",
        "resit": f"/cohorts/{cohort.pk}/resits/{module}/2/",
        "draft": f"/orders/new/?kind=withdrawal&cohort={cohort.pk}",
    }
    for page in pages.values():
        assert client.get(page).status_code == 200, page
    assert sections() == list(pages)
    empty = make_cohort()
    client.force_login(methodist_of(empty))
    assert client.get(f"/orders/new/?kind=enrolment&cohort={empty.pk}").status_code == 200
    assert sections() == list(pages), "a draft of enrolment tells of nobody's marks"
    (one, _) = debtors.people
    client.force_login(make_account("learner", person_uid=one.human_uid))
    assert client.get(pages["cohort"]).status_code == 200
    assert sections() == list(pages), "whoever sees themselves alone looks at nobody"


def test_closing_a_sheet_and_a_file_of_marks_are_looks_at_the_group(db: None, client: Client) -> None:
    sheet = make_mark().sheet
    client.force_login(teacher_of(sheet))
    assert client.get(f"/sheets/{sheet.pk}/close/").status_code == 200
    file = upload(sheet, file_of(sheet, ["5"]))
    assert client.get(f"/marks/files/{file.pk}/").status_code == 200
    assert sections() == ["closing", "file"]


def test_the_list_of_corrections_is_a_look_at_every_group_that_it_names_and_at_no_other(
    db: None, client: Client
) -> None:
    unit, costs = make_unit(), set()

    def correction_in(unit: Unit) -> Correction:
        cohort = make_cohort(make_program_version(scales=("five_point",), hours_each=72, unit=unit), learners=1)
        return make_correction(make_mark(sheet=MarkSheet.objects.get(cohort=cohort), closed=True))

    shown, hidden = [correction_in(unit) for _ in range(2)], correction_in(make_unit())
    client.force_login(make_account("methodist", unit=unit))
    client.get("/")
    client.get("/corrections/?q=нетникого")
    assert not sections(), "a page that names nobody is no look"
    for more in (0, 4):
        shown += [correction_in(unit) for _ in range(more)]
        with CaptureQueriesContext(connection) as asked:
            assert client.get("/corrections/").status_code == 200
        costs.add(len(asked))
    assert len(costs) == 1, "one statement for all of them"
    events = Event.objects.filter(type=EventType.COHORT_MARKS_READ.value)
    assert {event.body["section"] for event in events} == {"corrections"}
    assert {event.object_id for event in events} == {str(one.mark.sheet.cohort_id) for one in shown}
    for one in (*shown, hidden):
        person = one.mark.enrolment.learner.person
        seen = looks(person).filter(type=EventType.COHORT_MARKS_READ.value)
        assert seen.exists() == (one is not hidden)


def test_the_home_page_names_no_debtor_and_is_no_look(db: None, client: Client) -> None:
    debtors = Debtors(learners=1)
    (one,) = debtors.people
    client.force_login(debtors.methodist)
    home = client.get("/").content.decode().replace("\u00a0", " ")
    assert "Пересдача: 1 человек" in home
    assert one.learner.person.last_name not in home
    assert not sections()
    appointing = client.get(f"/cohorts/{debtors.cohort.pk}/resits/{debtors.sheet.module_id}/2/").content.decode()
    assert one.learner.person.last_name in appointing, "the negative control: where it is appointed they are named"
    assert sections() == ["resit"]


def test_the_home_page_says_whose_correction_waits_to_nobody_before_its_page_is_opened(
    db: None, client: Client
) -> None:
    correction = make_correction()
    person, sheet = correction.mark.enrolment.learner.person, correction.mark.sheet
    client.force_login(methodist_of(sheet.cohort))
    home = client.get("/").content.decode().replace("\u00a0", " ")
    assert f"Исправление оценки: «{sheet.module.title}»" in home
    assert f"предлагает {correction.proposed_by.display_name}" in home
    assert person.last_name not in home
    assert not looks(person).exists()
    assert person.last_name in client.get(f"/corrections/{correction.pk}/").content.decode()
    assert looks(person).count() == 1, "the negative control: its page names them, and is a look"


def test_nobody_is_told_of_looks_and_files_of_a_group_from_before_they_came_into_it(db: None) -> None:
    cohort, came = make_cohort(learners=1), NOON
    first, learner = Enrolment.objects.get(cohort=cohort), make_learner()
    Person.objects.filter(pk__in=[first.learner.person_id, learner.person_id]).update(registered_at=ENROLLED)
    make_order(cohort, [learner], at=came, effective_on=legal_date(came))
    reader, told = methodist_of(cohort), {}
    for at in (came - timedelta(minutes=1), came + timedelta(minutes=1)):
        look_at_marks(cohort, Section.GRID, reader=reader, at=at)
        record_event(
            EventType.LIST_EXPORTED, cohort, actor=reader, at=at, clause="3.8", list="summary", form="xlsx"
        )  # fmt: skip
    for one in (first.learner, learner):
        person = Person.objects.get(pk=one.person_id)
        seen = looks(person).filter(type=EventType.COHORT_MARKS_READ.value)
        told[one.pk] = (seen.count(), lists_taken(person).count())
    assert told == {first.learner_id: (2, 2), learner.pk: (1, 1)}, "who was there before is told of both"
