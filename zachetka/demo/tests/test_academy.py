"""The demo academy: the same for the same seed, whole, and provable (п. 2.1)."""

from datetime import UTC, datetime
from decimal import Decimal
from shutil import copytree

import pytest
from django.db.models import Count, F, Q, Value
from django.db.models.functions import Coalesce
from django.test import override_settings

from tests.databases import connected_to, copied
from zachetka.access.models import EmergencyAccess, RoleAssignment
from zachetka.core.provable import provable_models
from zachetka.demo import ACCOUNTS, build_academy
from zachetka.demo.catalogue import CATALOGUE
from zachetka.demo.people import FATHERS, Strangers, patronymic_of, snils_of
from zachetka.demo.staff import hire
from zachetka.destruction.models import Act
from zachetka.learning.models import (
    Award,
    Carried,
    Cohort,
    Correction,
    Enrolment,
    Excuse,
    Mark,
    MarkSheet,
    Order,
    Reopening,
    StudyPlan,
)
from zachetka.ledger.models import Event
from zachetka.ledger.sealer import seal
from zachetka.ledger.verification import verify
from zachetka.people.emergencies import looks
from zachetka.people.models import Employee, Learner, Person, SubjectRequest, Withdrawal
from zachetka.people.rules.snils import is_valid
from zachetka.programs.models import ProgramVersion
from zachetka.programs.queries import flaws_of
from zachetka.registers.models import Register

pytestmark = pytest.mark.clause("2.1")

AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def told() -> dict[str, list[tuple[object, ...]]]:
    """Return what an academy looks like, without what chance decides or which process was quicker: salts, primary keys."""
    who, grades = "enrolment__learner__person__snils", Coalesce("grade__symbol", Value(""))
    marks = Mark.objects.annotate(grades=grades, points=Coalesce("score", Value(Decimal(-1))))
    return {
        "cohorts": sorted(Cohort.objects.values_list("code", "starts_on", "program_version__title")),
        "people": sorted(Person.objects.exclude(snils=None).values_list("snils", "name_key", "birth_date")),
        "books": sorted(Enrolment.objects.values_list("number", "learner__person__snils", "cohort__code", "state")),
        "marks": sorted(
            marks.values_list(
                "recorded_at", "sheet__cohort__code", "sheet__module__ordinal", who, "grades", "points", "reason"
            )
        ),
        "orders": sorted(Order.objects.values_list("drafted_at", "number", "kind", "state", "cohort__code", "ground")),
        "events": sorted(Event.objects.values_list("type").annotate(n=Count("pk"))),
    }


@pytest.mark.parametrize("place", range(1, 2000, 37))
def test_every_snils_of_the_demo_is_valid_and_its_own(place):
    assert is_valid(snils_of(place))
    assert snils_of(place) != snils_of(place + 1)


PATRONYMICS = """
Александрович Александровна  Алексеевич Алексеевна  Андреевич Андреевна  Борисович Борисовна  Викторович Викторовна
Владимирович Владимировна  Денисович Денисовна  Дмитриевич Дмитриевна  Егорович Егоровна  Иванович Ивановна
Игоревич Игоревна  Константинович Константиновна  Максимович Максимовна  Михайлович Михайловна  Николаевич Николаевна
Олегович Олеговна  Павлович Павловна  Петрович Петровна  Романович Романовна  Семёнович Семёновна  Сергеевич Сергеевна
Степанович Степановна  Фёдорович Фёдоровна  Юрьевич Юрьевна
"""
"""As dictionaries have them, in the order of the fathers."""


def test_every_patronymic_of_the_demo_is_a_russian_one():
    assert [patronymic_of(father, sex) for father in FATHERS for sex in "mf"] == PATRONYMICS.split()
    assert len(FATHERS) == len(set(FATHERS))
    with pytest.raises(KeyError):
        patronymic_of("Никита", "m")  # no rule guesses: a father's name comes with its patronymic


def test_the_catalogue_has_twelve_programmes_of_all_four_kinds():
    assert len(CATALOGUE) == 12
    assert len({plan.kind for plan in CATALOGUE}) == 4


@pytest.fixture(scope="module")
def lived(database_server, database_template, django_db_blocker, tmp_path_factory):
    """An academy with keys of its own that one process has lived: its database and its folder."""
    folder = tmp_path_factory.mktemp("lived")
    with copied(database_server, database_template) as name:
        with (
            override_settings(DATA_DIR=folder, KEYS_DIR=folder / "keys"),
            connected_to(name, django_db_blocker),
            django_db_blocker.unblock(),
        ):
            build(hands=1)
        yield name, folder


@pytest.fixture
def academy(lived, database_server, django_db_blocker, settings, tmp_path):
    """A copy of that academy for this test alone, its keys and kept checkpoints too."""
    template, folder = lived
    copytree(folder, tmp_path, dirs_exist_ok=True)
    settings.DATA_DIR, settings.KEYS_DIR = tmp_path, tmp_path / "keys"
    with copied(database_server, template) as name, connected_to(name, django_db_blocker), django_db_blocker.unblock():
        yield


def build(*, hands: int) -> None:
    """Build the academy of these tests."""
    build_academy(
        learners=80, seed=3, password="long-enough-for-tests", at=AT, progress=lambda _done, _total: None, hands=hands
    )


def test_the_academy_is_lived_whole_and_every_row_has_its_event(academy):
    states = dict(Order.objects.values_list("state").annotate(n=Count("pk")))
    assert Enrolment.objects.count() >= 60
    assert ProgramVersion.objects.filter(state="submitted").exists()
    assert Correction.objects.exists()
    assert states["approved"] >= 4
    assert Mark.objects.filter(superseded_by__isnull=False, superseded_by__confirmed_by=None).exists()
    seal(AT)
    report = verify()
    assert report.ok
    assert report.rows == sum(model._base_manager.count() for model in provable_models())


@pytest.mark.clause("2.4")
def test_each_page_has_something_real_to_show(academy):
    """What was done lately and what waits: resits with a commission, good reasons, substitution, consents, access in need."""
    sat = MarkSheet.objects.filter(state="closed").values_list("attempt", flat=True)
    assert {2, 3} <= set(sat)
    assert all(sheet.commissioners.count() >= 3 for sheet in MarkSheet.objects.filter(attempt=3))
    assert MarkSheet.objects.filter(state="open", attempt__gt=1).exists()
    assert Excuse.objects.in_force().exists()
    assert Award.objects.in_force().exists()
    assert Award.objects.exclude(cancels=None).count() == 1
    assert set(EmergencyAccess.objects.values_list("verdict", flat=True)) == {"justified", ""}
    assert all(len(looks(opened)) == 2 for opened in EmergencyAccess.objects.all()), "the card, then the telephone"
    waiting = ProgramVersion.objects.get(state="submitted")
    assert "«Система управления охраной труда» не доказывает ни одного результата." in [
        flaw.sentence for flaw in flaws_of(waiting, AT.date())
    ]
    assert list(Act.objects.values_list("state", flat=True)) == ["approved"]
    assert {one.settled_at is None for one in Withdrawal.objects.all()} == {True, False}
    assert SubjectRequest.objects.filter(state="waiting").exists()
    assert set(RoleAssignment.objects.exclude(substitutes=None).values_list("state", flat=True)) == {
        "active",
        "proposed",
    }
    assert Correction.objects.filter(state="proposed").exists()
    assert Reopening.objects.waiting().exists()
    moved = Enrolment.objects.exclude(continues=None)
    assert moved.count() == 4
    assert moved.filter(cohort=F("continues__continues__cohort")).count() == 1  # there and back
    assert Carried.objects.exclude(edition=None).exists()
    assert StudyPlan.objects.filter(order__kind="transfer", lines__way="apart").exists()
    assert Order.objects.filter(kind="transfer", state="draft", equivalences=None).count() == 1


def test_a_row_of_the_academy_that_no_event_tells_of_is_found(academy):
    seal(AT)
    person = Employee.objects.values_list("person_id", flat=True)[0]
    Learner.objects.bulk_create([Learner(person_id=person, registered_at=AT)])
    report = verify()
    assert report.found == 1
    assert not report.ok


def test_numbers_are_given_without_gaps_in_the_order_of_time(academy):
    books = list(Register.objects.all())
    assert len({book.code for book in books}) >= 3
    for book in books:
        entries = list(book.entries.order_by("number").values_list("number", "entered_at"))
        assert [number for number, _ in entries] == list(range(1, book.last_number + 1)), book
        assert [moment for _, moment in entries] == sorted(moment for _, moment in entries), book


def test_the_ledger_tells_each_life_in_the_order_of_time(academy):
    for cohort in Cohort.objects.all():
        orders = [str(pk) for pk in cohort.orders.values_list("pk", flat=True)]
        sheets = [str(pk) for pk in cohort.sheets.values_list("pk", flat=True)]
        happened = Event.objects.filter(
            Q(object_type="learning.order", object_id__in=orders)
            | Q(object_type="learning.marksheet", object_id__in=sheets)
        )
        moments = list(happened.order_by("pk").values_list("at", flat=True))
        assert moments == sorted(moments), cohort
        assert len(moments) > 3


@pytest.mark.timeout(360)
def test_the_same_seed_makes_the_same_academy_whether_one_process_or_four_live_it(
    lived, database_server, database_template, django_db_blocker
):
    with connected_to(lived[0], django_db_blocker), django_db_blocker.unblock():
        one = told()
    with (
        copied(database_server, database_template) as name,
        connected_to(name, django_db_blocker),
        django_db_blocker.unblock(),
    ):
        build(hands=4)
        four = told()
    assert one == four
    assert len(one["marks"]) > 200


def test_every_demo_account_exists_and_can_sign_in(academy):
    from zachetka.access.models import Account

    for login, _ in ACCOUNTS:
        assert Account.objects.get(login=login).check_password("long-enough-for-tests"), login


def test_a_large_academy_has_more_teachers_who_teach_and_cannot_sign_in(db):
    staff = hire(password="long-enough-for-tests", since=AT.date(), at=AT, colleagues=8)
    assert [len(staff.teachers(unit)) for unit in (0, 1)] == [5 + 6, 2 + 2]
    for login in (login for logins in staff.colleagues.values() for login in logins):
        account = staff.accounts[login]
        assert not account.has_usable_password()
        assert RoleAssignment.objects.get(account=account).role == "teacher"


def test_people_of_the_demo_differ():
    from datetime import date
    from random import Random

    strangers = Strangers(Random(1), date(2026, 11, 23))  # noqa: S311 - the same people each time
    people = [next(strangers) for _ in range(500)]
    assert len({one.snils for one in people}) == 500
    assert len({(one.last_name, one.first_name, one.patronymic) for one in people}) > 400
