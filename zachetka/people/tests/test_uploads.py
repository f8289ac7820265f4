"""A list from the file to the people: nothing before confirmation, then all or nothing, once."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from pytest_django import DjangoAssertNumQueries

from tests.at_once import at_once
from zachetka.access.models import Account
from zachetka.access.tests.make import make_account
from zachetka.core.clock import legal_date
from zachetka.core.errors import Forbidden, IllegalStep, RuleViolation, Stale
from zachetka.files.models import StoredFile
from zachetka.intake.cells import Value
from zachetka.intake.tests.make import HEADER, make_xlsx
from zachetka.ledger.models import Event
from zachetka.people.actions import cancel_upload, confirm_upload, correct_upload, import_list, upload_list
from zachetka.people.intake.columns import Field
from zachetka.people.intake.header import Correction
from zachetka.people.intake.people import Verdict
from zachetka.people.intake.tests.make import make_person
from zachetka.people.lifecycle import CONFIRM_UPLOAD
from zachetka.people.models import EducationDocument, Learner, Person, PersonName, Upload
from zachetka.people.review import fingerprint, review

AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
TODAY = legal_date(AT)


def make_upload(*rows: list[Value], actor: Account | None = None, header: Any = HEADER, at: datetime = AT) -> Upload:
    """Return an open upload of a list under `header`."""
    content = make_xlsx({"Лист1": [header, *rows]})
    return upload_list(content, name="Список.xlsx", key=uuid4(), actor=actor or make_account("methodist"), at=at)


def confirm(upload: Upload, *, at: datetime = AT) -> Upload:
    """Confirm what is seen now."""
    assert upload.uploaded_by is not None
    seen = fingerprint(review(upload, legal_date(at), reader=upload.uploaded_by))
    return confirm_upload(upload, seen=seen, actor=upload.uploaded_by, at=at)


@pytest.mark.clause("2.1")
def test_nobody_is_entered_before_confirmation(db: None) -> None:
    upload = make_upload(make_person(1), make_person(2))
    assert not Person.objects.exists()
    confirm(upload)
    assert Learner.objects.count() == 2
    upload.refresh_from_db()
    assert (upload.state, upload.people, upload.new, upload.known, upload.refused) == ("confirmed", 2, 2, 0, 0)
    assert upload.ended_at == AT


@pytest.mark.clause("2.1")
def test_wrong_rows_stay_out_and_are_kept_with_their_reasons(db: None) -> None:
    upload = confirm(make_upload(make_person(1), make_person(2, birth_date="31.02.1990")))
    assert Learner.objects.count() == 1
    assert upload.refused == 1
    assert upload.refused_file is not None
    assert upload.refused_file.name == "Не вошли — Список.xlsx"


@pytest.mark.clause("2.1")
def test_every_person_of_a_list_is_in_the_ledger(db: None) -> None:
    confirm(make_upload(make_person(1), make_person(2)))
    types = list(Event.objects.order_by("pk").values_list("type", flat=True))
    assert types.count("person.registered") == 2
    assert types.count("learner.registered") == 2
    assert types[-1] == "import.confirmed"


@pytest.mark.clause("2.1")
def test_a_list_is_confirmed_once(db: None) -> None:
    upload = make_upload(make_person(1))
    confirm(upload)
    with pytest.raises(IllegalStep):
        confirm(upload)
    assert Learner.objects.count() == 1


@pytest.mark.clause("2.1")
def test_the_same_file_is_refused_the_second_time_with_when_it_came(db: None) -> None:  # N15
    content = make_xlsx({"Лист1": [HEADER, make_person(1)]})
    actor = make_account("methodist")
    confirm(upload_list(content, name="а.xlsx", key=uuid4(), actor=actor, at=AT))
    with pytest.raises(RuleViolation, match=r"уже загружен 23\.11\.2026"):
        upload_list(content, name="б.xlsx", key=uuid4(), actor=actor, at=AT)


@pytest.mark.clause("2.1")
def test_one_form_sent_twice_is_one_upload_and_its_key_is_nobody_elses(db: None) -> None:  # N11, N12
    content = make_xlsx({"Лист1": [HEADER, make_person(1)]})
    actor, key = make_account("methodist"), uuid4()
    first = upload_list(content, name="а.xlsx", key=key, actor=actor, at=AT)
    assert upload_list(content, name="а.xlsx", key=key, actor=actor, at=AT) == first
    assert upload_list(content, name="а.xlsx", key=uuid4(), actor=actor, at=AT) == first
    with pytest.raises(RuleViolation, match="уже отправила другой файл"):
        upload_list(make_xlsx({"А": [HEADER, make_person(2)]}), name="а.xlsx", key=key, actor=actor, at=AT)
    for any_file in (content, make_xlsx({"А": [HEADER, make_person(2)]})):
        with pytest.raises(IllegalStep, match="Эта страница устарела"):
            upload_list(any_file, name="а.xlsx", key=key, actor=make_account("methodist"), at=AT)


@pytest.mark.clause("2.1")
def test_what_changed_since_the_person_looked_stops_the_confirmation(db: None) -> None:  # N16
    upload, other = make_upload(make_person(1)), make_upload(make_person(1), make_person(2))
    seen = fingerprint(review(other, TODAY))
    confirm(upload)
    assert other.uploaded_by is not None
    with pytest.raises(Stale, match="проверьте список снова"):
        confirm_upload(other, seen=seen, actor=other.uploaded_by, at=AT)
    assert Learner.objects.count() == 1


@pytest.mark.clause("2.1")
def test_a_list_in_which_nobody_is_right_is_not_confirmed(db: None) -> None:
    with pytest.raises(RuleViolation, match="ни одной строки"):
        confirm(make_upload(make_person(1, birth_date="31.02.1990")))


@pytest.mark.clause("2.1")
def test_a_cancelled_list_enters_nobody_and_cannot_be_confirmed(db: None) -> None:
    upload = make_upload(make_person(1))
    assert upload.uploaded_by is not None
    cancel_upload(upload, actor=upload.uploaded_by, at=AT)
    with pytest.raises(IllegalStep):
        confirm(upload)
    assert not Person.objects.exists()


@pytest.mark.clause("2.1")
def test_what_the_person_said_of_columns_is_kept_and_used(db: None) -> None:
    upload = make_upload([*make_person(1), make_person(2)[4]], header=(*HEADER, "СНИЛС (старый)"))
    assert review(upload, TODAY).contract()["new"] == 0
    assert upload.uploaded_by is not None
    for _once_and_again in range(2):
        upload = correct_upload(upload, {"Лист1": Correction(fields={5: None})}, actor=upload.uploaded_by, at=AT)
    upload.refresh_from_db()
    assert Event.objects.filter(type="import.changed", object_id=str(upload.pk)).count() == 1
    assert review(upload, TODAY).contract()["new"] == 1


@pytest.mark.clause("2.1")
def test_a_known_person_gets_what_the_list_adds_and_keeps_the_name_of_before(db: None) -> None:
    confirm(make_upload(make_person(1, patronymic="Андреевич")))
    later = AT + timedelta(days=30)
    header = (*HEADER, "Образование", "Серия и № диплома", "E-mail")
    upload = confirm(
        make_upload([*make_person(1), "ВО", "107704 № 0031822", "a@example.ru"], header=header, at=later), at=later
    )
    assert (upload.new, upload.known) == (0, 1)
    person = Person.objects.get()
    assert (person.patronymic, person.email) == ("Ильич", "a@example.ru")
    assert Person.objects.matching("Ильич").exists()
    before, after = PersonName.objects.order_by("valid_from")
    assert before.patronymic == "Андреевич"
    assert (after.patronymic, after.valid_from) == ("Ильич", legal_date(later))
    assert after.basis == "Список «Список.xlsx», строка 2"
    assert EducationDocument.objects.get().number == "0031822"
    assert confirm(make_upload([*make_person(1), "высшее", "", ""], header=header, at=later), at=later).known == 1
    assert PersonName.objects.count() == 2


@pytest.mark.clause("2.1")
def test_a_name_changes_once_a_day(db: None) -> None:
    confirm(make_upload(make_person(1, patronymic="Андреевич")))
    confirm(make_upload(make_person(1)))
    with pytest.raises(RuleViolation, match="сегодня уже меняли"):
        confirm(make_upload(make_person(1, patronymic="Олегович")))


@pytest.mark.clause("3.8")
@pytest.mark.parametrize(
    "role", ["learner", "teacher", "registrar", "head", "inspector", "admin", "security", "privacy"]
)
def test_only_whoever_may_import_hands_in_a_list(db: None, role: str) -> None:
    with pytest.raises(Forbidden):
        make_upload(make_person(1), actor=make_account(role))
    upload, stranger = make_upload(make_person(1)), make_account(role)
    for act in (
        lambda: confirm_upload(upload, seen="", actor=stranger, at=AT),
        lambda: cancel_upload(upload, actor=stranger, at=AT),
        lambda: correct_upload(upload, {}, actor=stranger, at=AT),
    ):
        with pytest.raises(Forbidden):
            act()
    assert not Person.objects.exists()


@pytest.mark.clause("3.8")
def test_a_file_that_is_no_list_leaves_nothing_behind(db: None) -> None:
    actor = make_account("methodist")
    nobody = make_xlsx({"А": [["Инструкция"]]})
    for content, words in ((b"", "пустой"), (b"PK\x03\x04", "повреждён"), (nobody, "нет списка людей")):
        with pytest.raises(RuleViolation, match=words):
            upload_list(content, name="а.xlsx", key=uuid4(), actor=actor, at=AT)
    assert not Upload.objects.exists()
    assert not StoredFile.objects.exists()


@pytest.mark.clause("2.1")
def test_the_command_line_enters_once_and_a_rehearsal_never(db: None) -> None:
    content = make_xlsx({"Лист1": [HEADER, make_person(1), make_person(2, birth_date="31.02.1990")]})
    assert import_list(content, name="а.xlsx", at=AT, is_rehearsal=True).contract()["new"] == 1
    assert not Upload.objects.exists()
    assert import_list(content, name="а.xlsx", at=AT).contract()["new"] == 1
    assert Learner.objects.count() == 1
    again = import_list(content, name="а.xlsx", at=AT).contract()
    assert (again["people"], again["new"], again["known"]) == (2, 0, 1)
    assert Learner.objects.count() == 1
    assert Upload.objects.count() == 1


@pytest.mark.clause("2.1")
def test_the_queries_of_a_review_do_not_grow_with_the_list(
    db: None, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    confirm(make_upload(make_person(1)))
    for count in (3, 60):
        upload = make_upload(*[make_person(n) for n in range(1, count)])
        with django_assert_num_queries(3):
            review(upload, TODAY)


@pytest.mark.clause("2.1")
def test_a_thousand_people_are_entered_within_five_seconds(db: None) -> None:
    header = (*HEADER, "Образование", "Серия и № диплома", "E-mail")
    rows = [[*make_person(n), "ВО", f"107704 № {n:07}", f"a{n}@example.ru"] for n in range(1, 1001)]
    upload = make_upload(*rows, header=header)
    begun = (
        time.process_time()
    )  # of this process: a busy machine is not a slow import; `make bench` measures by the clock
    upload = confirm(upload)
    assert time.process_time() - begun < 5
    assert upload.new == 1000
    assert EducationDocument.objects.count() == 1000


@pytest.mark.clause("2.1")
def test_six_people_confirm_one_list_and_it_is_entered_once(fresh_database: None) -> None:
    upload = make_upload(make_person(1), make_person(2))
    seen = fingerprint(review(upload, TODAY))
    assert upload.uploaded_by is not None
    came = at_once(*[partial(confirm_upload, upload, seen=seen, actor=upload.uploaded_by, at=AT)] * 6)
    losers = [one for one in came if not isinstance(one, Upload)]
    assert [(type(one), one.sentence) for one in losers] == [(IllegalStep, CONFIRM_UPLOAD.refusal)] * 5
    assert Learner.objects.count() == 2


@pytest.mark.clause("2.1")
@pytest.mark.parametrize("birth_date", [None, date(1961, 3, 2)])
def test_a_birth_date_that_was_not_known_is_recorded(db: None, birth_date: date | None) -> None:
    confirm(make_upload(make_person(1)))
    person = Person.objects.get()
    assert person.birth_date == date(1961, 3, 2)
    Person.objects.update(birth_date=birth_date)
    upload = make_upload(make_person(1), make_person(2))
    (row, _new) = review(upload, TODAY).rows
    assert (row.verdict is Verdict.CHANGED) is (birth_date is None)
    confirm(upload)
    person.refresh_from_db()
    assert person.birth_date == date(1961, 3, 2)
    changed = [one.body["fields"] for one in Event.objects.filter(type="person.changed", subject_uid=person.uid)]
    assert changed == ([["birth_date"]] if birth_date is None else [])


@pytest.mark.clause("2.1")
def test_the_accounts_of_whom_a_list_renames_are_renamed(db: None) -> None:
    confirm(make_upload(make_person(1), make_person(2)))
    renamed, other = Person.objects.order_by("pk")
    accounts = [make_account(person_uid=one.uid, name=one.full_name) for one in (renamed, other)]
    confirm(make_upload(make_person(1, last_name="Зуев"), make_person(2)), at=AT + timedelta(days=1))
    for account, name in zip(
        accounts, (f"Зуев {renamed.first_name} {renamed.patronymic}", other.full_name), strict=True
    ):
        account.refresh_from_db()
        assert account.display_name == name
    assert [one.object_id for one in Event.objects.filter(type="account.renamed")] == [str(accounts[0].pk)]


@pytest.mark.clause("2.1")
def test_verdicts_are_those_of_the_database(db: None) -> None:
    confirm(make_upload(make_person(1), make_person(2)))
    upload = make_upload(
        make_person(1), make_person(2, patronymic="Олегович"), make_person(3), make_person(4, snils=make_person(1)[4])
    )
    verdicts = [row.verdict for row in review(upload, TODAY).rows]
    assert verdicts == [Verdict.WRONG, Verdict.CHANGED, Verdict.NEW, Verdict.WRONG]
    assert review(upload, TODAY).rows[1].changes[0].field == Field.PATRONYMIC
