"""What is composed once reads the rows that its queryset reads with the values put in (decision 0022; п. 2.4)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import BooleanField, Exists, ExpressionWrapper, Model, OuterRef, Q, Subquery

from zachetka.access import guard
from zachetka.access.guard import scopes_of, visible
from zachetka.access.models import Account
from zachetka.access.policy import Permission
from zachetka.access.tests.make import make_account
from zachetka.core.text import search_key
from zachetka.learning.models import Cohort, Correction, Enrolment, Mark, MarkSheet, Order
from zachetka.learning.queries import cohorts, orders, record_rows, scales
from zachetka.learning.queries import sheet as sheets
from zachetka.learning.queries.excuses import absence_is_excused
from zachetka.learning.tests.make import make_correction, make_mark, make_sheet, teacher_of
from zachetka.learning.views import record_book
from zachetka.people.models import PersonName
from zachetka.programs import queries as programs
from zachetka.programs.models import Grade, Program, ProgramVersion, ScaleVersion

pytestmark = pytest.mark.clause("2.4")

READERS = ("teacher", "learner", "methodist", "stranger", "head")
TYPED = ("ПК-26", "пк-26", "ПРАВОВЫЕ", "закуп", "%", "_", "\\", "'", "нет такого", "1-з")


@dataclass(frozen=True)
class Academy:
    """Two groups, in one of which a mark waits to be corrected, and who reads them."""

    sheet: MarkSheet
    other: MarkSheet
    mark: Mark
    readers: dict[str, Account]


@pytest.fixture
def academy(db: None) -> Academy:
    sheet, other = make_sheet(learners=2), make_sheet(learners=2)
    mark = make_mark(sheet=sheet, closed=True)
    make_mark(sheet=other)
    make_correction(mark)
    readers = {
        "teacher": teacher_of(sheet),
        "learner": make_account("learner", person_uid=mark.enrolment.learner.person.uid),
        "methodist": make_account("methodist", unit=sheet.cohort.program_version.program.unit),
        "stranger": make_account("admin"),
        "head": make_account("head"),
    }
    return Academy(sheet, other, mark, readers)


def told(row: Any) -> Any:
    """All that a row says: its columns, its annotations, the rows that came with it."""
    if not isinstance(row, Model):
        return row
    said = {name: value for name, value in vars(row).items() if name != "_state"}
    linked = {field.name for field in row._meta.concrete_fields}
    return type(row), said, {name: told(one) for name, one in row._state.fields_cache.items() if name in linked}


def reads_alike(composed: Iterable[Any], put_in: Iterable[Any], *, ordered: bool = True) -> int:
    """Compare rows and return how many there are."""
    found, expected = [told(row) for row in composed], [told(row) for row in put_in]
    if not ordered:
        found, expected = sorted(found, key=repr), sorted(expected, key=repr)
    assert found == expected
    return len(found)


def flag(condition: Q) -> ExpressionWrapper[Any]:
    return ExpressionWrapper(condition, output_field=BooleanField())


def books(made: Academy, reader: Account) -> int:
    read, take = Permission.RECORD_BOOK_READ, Permission.RECORD_BOOK_EXPORT
    composed = record_book._books(scopes_of(reader, read), scopes_of(reader, take))
    whole = Enrolment.objects.filter(visible(reader, read, Enrolment)).select_related(*record_rows.PAPERS)
    put_in = whole.annotate(may_export=flag(visible(reader, take, Enrolment)))
    return sum(
        reads_alike(composed(pk=pk, person_uid=reader.person_uid), put_in.filter(pk=pk))
        for pk in Enrolment.objects.values_list("pk", flat=True)
    )


def marks(made: Academy, reader: Account) -> int:
    propose = Permission.CORRECTION_PROPOSE
    composed = record_rows._marks_within(scopes_of(reader, propose))
    whole = Mark.objects.select_related("grade").annotate(
        teacher_person=record_rows._TEACHER,
        entered_by=record_rows._signed("recorded_by"),
        seconded_by=record_rows._signed("confirmed_by"),
        reopened_by=record_rows._signed("reopening__decided_by"),
        may_correct=flag(visible(reader, propose, Mark)),
        is_awaited=Exists(Correction.objects.waiting().filter(mark=OuterRef("pk"))),
    )
    return sum(
        reads_alike(
            composed(enrolments=[pk], person_uid=reader.person_uid),
            whole.filter(enrolment_id=pk).order_by("recorded_at", "pk"),
        )
        for pk in Enrolment.objects.values_list("pk", flat=True)
    )


def names(made: Academy, reader: Account) -> int:
    people = [made.mark.enrolment.learner.person_id, made.sheet.teacher.person_id]
    return sum(
        reads_alike(record_rows._NAMES(people=some), PersonName.objects.filter(person__in=some), ordered=False)
        for some in (people, people[:1], [])
    )


def grades(made: Academy, reader: Account) -> int:
    module, day = made.sheet.module, made.sheet.held_on
    found = 0
    for asked in (day, day - timedelta(days=40000)):
        edition = ScaleVersion.objects.filter(scale=module.scale, valid_from__lte=asked)
        edition = edition.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=asked)).order_by("-valid_from")
        put_in = Grade.objects.filter(version__in=list(edition[:1])).order_by("ordinal")
        found += reads_alike(scales._GRADES(module=module.pk, day=asked), put_in)
    return found


def marked(made: Academy, reader: Account) -> int:
    composed = sheets._marked(scopes_of(reader, Permission.SHEET_READ))
    some = list(Enrolment.objects.values_list("pk", flat=True))
    put_in = Mark.objects.filter(visible(reader, Permission.SHEET_READ, Mark), enrolment__in=some)
    put_in = put_in.exclude(sheet__module__sort="final")
    rows = put_in.annotate(excused=absence_is_excused()).values_list(
        "pk", "supersedes_id", "enrolment_id", "sheet__module_id", "sheet__attempt", "sheet__serial", "grade__points",
        "grade__is_passing", "excused",
    )  # fmt: skip
    return reads_alike(composed(enrolments=some, person_uid=reader.person_uid), rows, ordered=False)


def questions(made: Academy, reader: Account) -> int:
    found = 0
    for permission, model in (
        (Permission.SHEET_FILL, MarkSheet),
        (Permission.COHORT_EDIT, MarkSheet),
        (Permission.RECORD_BOOK_READ, Enrolment),
        (Permission.CORRECTION_PROPOSE, Mark),
        (Permission.COHORT_READ, Cohort),
    ):
        composed = guard._question(scopes_of(reader, permission), model)
        put_in = model._base_manager.filter(visible(reader, permission, model)).values_list("pk")
        for pk in model._base_manager.values_list("pk", flat=True):
            found += reads_alike(composed(pk=pk, person_uid=reader.person_uid), put_in.filter(pk=pk))
    return found


def found_cohorts(made: Academy, reader: Account) -> int:
    permission, found = Permission.COHORT_READ, 0
    for key, limit in ((search_key(text), limit) for text in TYPED for limit in (1, 8)):
        put_in = Cohort.objects.filter(visible(reader, permission, Cohort)).filter(
            Q(code__folded__contains=key) | Q(program_version__title__folded__contains=key)
        )
        rows = put_in.values_list("pk", "code", "program_version__title")[:limit]
        composed = cohorts._found(scopes_of(reader, permission), limit)
        found += reads_alike(composed(key=key, person_uid=reader.person_uid), rows)
    return found


def found_orders(made: Academy, reader: Account) -> int:
    permission, found = Permission.ORDER_READ, 0
    codes = [made.sheet.cohort.code, made.sheet.cohort.code.lower()]
    for text, limit in ((text, limit) for text in (*TYPED, *codes) for limit in (1, 8)):
        put_in = Order.objects.filter(visible(reader, permission, Order)).filter(
            Q(number__iexact=text) | Q(cohort__code__iexact=text)
        )
        rows = put_in.select_related("cohort").only("kind", "number", "order_date", "cohort__code")[:limit]
        composed = orders._found(scopes_of(reader, permission), limit)
        found += reads_alike(composed(text=text, person_uid=reader.person_uid), rows)
    return found


def found_programs(made: Academy, reader: Account) -> int:
    permission, found = Permission.PROGRAM_READ, 0
    versions = ProgramVersion.objects.filter(program=OuterRef("pk"))
    newest = Subquery(versions.order_by("-number").values("title")[:1])
    for key, limit in ((search_key(text), limit) for text in TYPED for limit in (1, 8)):
        put_in = Program.objects.filter(visible(reader, permission, Program)).filter(
            Q(code__folded__contains=key) | Exists(versions.filter(title__folded__contains=key))
        )
        rows = put_in.annotate(newest=newest).values_list("pk", "code", "kind", "newest")[:limit]
        composed = programs._found(scopes_of(reader, permission), limit)
        found += reads_alike(composed(key=key, person_uid=reader.person_uid), rows)
    return found


READINGS: tuple[Callable[[Academy, Account], int], ...] = (
    books, marks, names, grades, marked, questions, found_cohorts, found_orders, found_programs,
)  # fmt: skip


@pytest.mark.parametrize("reading", READINGS, ids=lambda reading: reading.__name__)
def test_composed_rows_are_those_of_the_queryset(academy: Academy, reading: Callable[[Academy, Account], int]) -> None:
    rows = {who: reading(academy, academy.readers[who]) for who in (*READERS, *READERS)}
    assert rows["head"] > 0, "nothing was compared"
    assert sum(rows.values()) > 0


def test_rows_that_differ_in_a_column_an_annotation_or_a_related_row_are_told_apart(academy: Academy) -> None:
    def read() -> Mark:
        return Mark.objects.select_related("grade").annotate(said=flag(Q(pk__isnull=False))).get(pk=academy.mark.pk)

    assert reads_alike([read()], [read()]) == 1
    for change in ("score", "said", "grade.label"):
        other = read()
        where, _, name = change.rpartition(".")
        setattr(getattr(other, where) if where else other, name, "иное")
        with pytest.raises(AssertionError):
            reads_alike([read()], [other])
    without = Mark.objects.annotate(said=flag(Q(pk__isnull=False))).get(pk=academy.mark.pk)
    with pytest.raises(AssertionError):
        reads_alike([read()], [without])
