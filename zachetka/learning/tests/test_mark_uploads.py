"""A file of marks from its rows to the sheet: nothing before confirmation, then all or nothing, once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from tests.at_once import at_once
from zachetka.access.models import Account
from zachetka.access.tests.make import make_account
from zachetka.core.errors import Forbidden, IllegalStep, RuleViolation, Stale
from zachetka.files.models import StoredFile
from zachetka.intake.tests.make import make_xlsx
from zachetka.learning.actions.mark_review import fingerprint, review
from zachetka.learning.actions.mark_uploads import (
    cancel_marks,
    confirm_marks,
    contract,
    correct_marks,
    import_marks,
    upload_marks,
)
from zachetka.learning.actions.marks import Cell, close_sheet, set_marks
from zachetka.learning.gradebook.checking import Verdict
from zachetka.learning.gradebook.layout import Correction
from zachetka.learning.lifecycle import CONFIRM_MARKS
from zachetka.learning.models import Mark, MarkSheet, MarkUpload
from zachetka.learning.tests.make import (
    NOON,
    enrolments_of,
    fill_sheet,
    make_cohort,
    make_sheet,
    teacher_of,
)
from zachetka.ledger.models import Event
from zachetka.people.models import Employee
from zachetka.people.tests.make import employee_of, make_teacher
from zachetka.programs.tests.make import make_program_version

pytestmark = pytest.mark.clause("2.2")

Rows = Sequence[Sequence[Any]]


def file_of(sheet: MarkSheet, texts: Sequence[Any], *, more: Rows = (), title: str = "Оценка") -> bytes:
    """Return a file that names the learners of a sheet in full."""
    named = [[row.learner.person.full_name, text] for row, text in zip(enrolments_of(sheet), texts, strict=False)]
    return make_xlsx({"Лист1": [["ФИО", title], *named, *more]})


def upload(sheet: MarkSheet, content: bytes, *, actor: Account | None = None, **given: Any) -> MarkUpload:
    """Hand a file in as the form does."""
    known: dict[str, Any] = {"name": "Оценки.xlsx", "key": uuid4(), "at": NOON}
    return upload_marks(content, sheet.cohort, sheet, actor=actor or teacher_of(sheet), **(known | given))


def confirm(given: MarkUpload, *, at: Any = NOON) -> MarkUpload:
    """Confirm what is seen now."""
    assert given.uploaded_by is not None
    seen = fingerprint(review(given, actor=given.uploaded_by, at=at))
    return confirm_marks(given, seen=seen, actor=given.uploaded_by, at=at)


def standing(sheet: MarkSheet) -> list[str]:
    """What stands in the column, in the order of the sheet; «» for an empty cell."""
    marks = {mark.enrolment_id: str(mark) for mark in Mark.objects.in_force().filter(sheet=sheet)}
    return [marks.get(row.pk, "") for row in enrolments_of(sheet)]


def test_nothing_is_written_before_confirmation_then_every_right_mark_once(db: None) -> None:
    sheet = make_sheet(learners=4)
    given = upload(sheet, file_of(sheet, ["5", "отл", "9", "-"]))
    assert not Mark.objects.exists()
    given = confirm(given)
    assert standing(sheet) == ["отлично", "отлично", "", ""]
    assert (given.state, given.marks, given.new, given.replaced, given.same, given.refused) == (
        "confirmed",
        3,
        2,
        0,
        0,
        1,
    )
    assert given.refused_file is not None
    assert given.refused_file.name == "Не вошли — Оценки.xlsx"
    with pytest.raises(IllegalStep, match="уже внесены, или он отменён"):
        confirm(given)
    assert Mark.objects.count() == 2


def test_the_marks_are_the_teachers_and_the_file_with_its_hash_is_in_the_ledger(db: None) -> None:
    sheet = make_sheet(learners=1)
    given = confirm(upload(sheet, file_of(sheet, ["4"])))
    types = list(Event.objects.order_by("pk").values_list("type", flat=True))
    assert types[-2:] == ["mark.set", "marks.confirmed"]
    assert "marks.uploaded" in types
    told = Event.objects.get(type="marks.confirmed")
    assert told.commitment is not None
    assert "sha256" in given.proven()
    mark = Mark.objects.get()
    assert (mark.recorded_by, mark.teacher) == (given.uploaded_by, sheet.teacher)


def test_the_preview_says_new_replaced_same_and_who_is_left_without_a_mark(db: None) -> None:
    sheet = make_sheet(learners=5)
    fill_sheet(sheet, ["5", "3", "", "", "4"])
    given = upload(sheet, file_of(sheet, ["5", "4", "зачтено"]))
    teacher = teacher_of(sheet)
    result = review(given, actor=teacher, at=NOON)
    assert [entry.verdict for entry in result.entries] == [Verdict.SAME, Verdict.REPLACED, Verdict.WRONG]
    assert (result.entries[1].was, result.entries[1].becomes) == ("удовлетворительно", "хорошо")
    assert "нет в шкале" in result.entries[2].problem
    people = [row.learner.person.full_name for row in enrolments_of(sheet)]
    assert [one.name for one in result.missing] == [people[3]]
    assert contract(result, sheet) == {
        "sheet": sheet.pk, "rows": 3, "new": 0, "replaced": 1, "same": 1,
        "refused": [{"sheet": "Лист1", "row": 4, "field": "Оценка", "reason": result.entries[2].problem}],
        "missing": [people[3]],
    }  # fmt: skip


def test_the_same_file_is_refused_the_second_time_with_when_it_came_n15(db: None) -> None:
    sheet = make_sheet(learners=2)
    content = file_of(sheet, ["4", "5"])
    confirm(upload(sheet, content))
    with pytest.raises(RuleViolation, match=r"уже внесены 20\.11\.2026"):
        upload(sheet, content, name="Другое имя.xlsx")
    assert Mark.objects.count() == 2


def test_one_form_sent_twice_is_one_file_and_its_key_is_nobody_elses_n11_n12(db: None) -> None:
    sheet, other = make_sheet(), make_sheet()
    content, key = file_of(sheet, ["4", "5"]), uuid4()
    first = upload(sheet, content, key=key)
    assert upload(sheet, content, key=key) == first
    assert upload(sheet, content) == first
    with pytest.raises(RuleViolation, match="другой файл"):
        upload(sheet, file_of(sheet, ["3", "3"]), key=key)
    with pytest.raises(RuleViolation, match="другой файл"):
        upload(other, content, key=key)


def test_what_changed_since_the_teacher_looked_stops_the_confirmation_n16(db: None) -> None:
    sheet = make_sheet(learners=2)
    given, teacher = upload(sheet, file_of(sheet, ["4", "5"])), teacher_of(sheet)
    seen = fingerprint(review(given, actor=teacher, at=NOON))
    fill_sheet(sheet, ["3"])
    with pytest.raises(Stale, match="проверьте файл снова"):
        confirm_marks(given, seen=seen, actor=teacher, at=NOON)
    assert standing(sheet) == ["удовлетворительно", ""]
    assert MarkUpload.objects.get().state == "uploaded"
    confirm(given)
    assert standing(sheet) == ["хорошо", "отлично"]


def test_two_confirmations_at_once_write_once(fresh_database: None) -> None:
    sheet = make_sheet(learners=3)
    given, teacher = upload(sheet, file_of(sheet, ["4", "5", "3"])), teacher_of(sheet)
    seen = fingerprint(review(given, actor=teacher, at=NOON))
    act = partial(confirm_marks, given, seen=seen, actor=teacher, at=NOON)
    outcomes = at_once(act, act, act)
    losers = [one for one in outcomes if not isinstance(one, MarkUpload)]
    assert [(type(one), one.sentence) for one in losers] == [(IllegalStep, CONFIRM_MARKS.refusal)] * 2
    assert Mark.objects.count() == 3


def test_a_cancelled_file_writes_nothing_and_can_be_looked_at_again(db: None) -> None:
    sheet = make_sheet()
    content = file_of(sheet, ["4", "5"])
    given = upload(sheet, content)
    cancel_marks(given, actor=teacher_of(sheet), at=NOON)
    with pytest.raises(IllegalStep, match="уже внесены, или он отменён"):
        confirm(given)
    assert upload(sheet, content) != given
    assert not Mark.objects.exists()


def test_a_file_that_changes_nothing_is_not_confirmed(db: None) -> None:
    sheet = make_sheet()
    fill_sheet(sheet, ["4", "5"])
    with pytest.raises(RuleViolation, match="ни одной оценки"):
        confirm(upload(sheet, file_of(sheet, ["4", "9"])))


def test_a_file_never_takes_a_mark_back(db: None) -> None:
    sheet = make_sheet(learners=3)
    fill_sheet(sheet, ["4", "5", "3"])
    confirm(upload(sheet, file_of(sheet, ["-", "", "5"])))
    assert standing(sheet) == ["хорошо", "отлично", "отлично"]


@pytest.mark.clause("3.8")
def test_only_the_teacher_of_the_sheet_hands_in_sees_and_confirms_a_file(db: None) -> None:
    sheet = make_sheet()
    given = upload(sheet, file_of(sheet, ["4", "5"]))
    colleague = make_teacher()
    for stranger in (colleague, make_account("methodist"), make_account("head"), make_account("admin")):
        with pytest.raises(Forbidden):
            upload(sheet, file_of(sheet, ["3", "3"]), actor=stranger)
        with pytest.raises(Forbidden):
            confirm_marks(given, seen="", actor=stranger, at=NOON)
        assert not MarkUpload.objects.visible_to(stranger).exists()
    assert MarkUpload.objects.visible_to(teacher_of(sheet)).exists()


@pytest.mark.clause("3.8")
def test_ones_own_cell_is_refused_whoever_teaches(db: None) -> None:
    sheet = make_sheet(learners=1)
    own = enrolments_of(sheet)[0].learner.person
    Employee.objects.filter(pk=sheet.teacher_id).update(person=own)
    teacher = make_account("teacher", person_uid=own.uid)
    given = upload(sheet, file_of(sheet, ["5"]), actor=teacher)
    (entry,) = review(given, actor=teacher, at=NOON).entries
    assert "Это ваша клетка" in entry.problem
    with pytest.raises(RuleViolation, match="ни одной оценки"):
        confirm(given)
    assert not Mark.objects.exists()


def test_a_closed_sheet_and_one_whose_day_has_not_come_take_no_file_c13(db: None) -> None:
    sheet = make_sheet(learners=1)
    content = file_of(sheet, ["4"])
    with pytest.raises(IllegalStep, match="Вносить некуда"):
        upload(sheet, content, at=NOON - timedelta(days=60))
    given = upload(sheet, content)
    fill_sheet(sheet, "5")
    close_sheet(sheet, actor=teacher_of(sheet), at=NOON)
    with pytest.raises(IllegalStep, match="Вносить некуда"):
        confirm_marks(given, seen="", actor=teacher_of(sheet), at=NOON)
    assert standing(sheet) == ["отлично"]


def test_a_gradebook_fills_the_open_sheets_of_the_teacher_and_no_others(db: None) -> None:
    version = make_program_version(scales=("five_point", "five_point", "five_point"), hours_each=24)
    teacher = make_teacher()
    mine = employee_of(teacher)
    cohort = make_cohort(version, teachers=[mine, mine], learners=2)
    sheets = list(
        MarkSheet.objects.filter(cohort=cohort).select_related("module", "cohort").order_by("module__ordinal")
    )
    names = [row.learner.person.full_name for row in enrolments_of(sheets[0])]
    titles = [sheet.module.title for sheet in sheets]
    content = make_xlsx({"Лист1": [["ФИО", *titles], [names[0], "5", "4", "3"], [names[1], "4", "", "3"]]})
    given = upload_marks(content, cohort, None, name="Журнал.xlsx", key=uuid4(), actor=teacher, at=NOON)
    result = review(given, actor=teacher, at=NOON)
    assert {entry.target for entry in result.entries} == {sheets[0].pk, sheets[1].pk}
    assert [(one.target, one.name) for one in result.missing] == [(sheets[1].pk, names[1])]
    confirm(given)
    assert [standing(sheet) for sheet in sheets] == [["отлично", "хорошо"], ["хорошо", ""], ["", ""]]


def test_what_the_teacher_said_of_columns_is_kept_and_used(db: None) -> None:
    sheet = make_sheet(scale="hundred_point", learners=2)
    names = [row.learner.person.full_name for row in enrolments_of(sheet)]
    content = make_xlsx({"Лист1": [["ФИО", "Тест 1, баллы", "Тест 2, баллы"], [names[0], 9, 8.5], [names[1], 5, 6]]})
    given, teacher = upload(sheet, content), teacher_of(sheet)
    assert not review(given, actor=teacher, at=NOON).having(Verdict.NEW)
    told = Correction(roles={2: sheet.pk}, readings={2: "10"})
    for _once_and_again in range(2):
        given = correct_marks(given, {"Лист1": told}, actor=teacher, at=NOON)
    assert Event.objects.filter(type="marks.chosen").count() == 1
    confirm(MarkUpload.objects.get())
    assert {(str(score), symbol) for score, symbol in Mark.objects.values_list("score", "grade__symbol")} == {
        ("60.0", "3"),
        ("85.0", "5"),
    }


@pytest.mark.clause("2.3")
@pytest.mark.parametrize(
    ("scale", "texts", "expected"),
    [
        ("five_point", ["5", "хор", "неудовл."], ["отлично", "хорошо", ""]),
        ("pass_fail", ["зачёт", "н/з", "не явился"], ["зачтено", "не зачтено", "неявка"]),
        ("hundred_point", ["84,5", "100", "007"], ["отлично", "отлично", "неудовлетворительно"]),
    ],
)
def test_marks_are_read_in_every_spelling_of_the_sheet(
    db: None, scale: str, texts: list[str], expected: list[str]
) -> None:
    sheet = make_sheet(scale=scale, learners=3)
    confirm(upload(sheet, file_of(sheet, texts)))
    assert standing(sheet) == expected


def test_a_file_of_forty_marks_costs_as_many_queries_as_one_of_four(db: None) -> None:
    costs = []
    for learners in (4, 40):
        sheet = make_sheet(learners=learners)
        given, teacher = upload(sheet, file_of(sheet, ["4"] * learners)), teacher_of(sheet)
        review(given, actor=teacher, at=NOON)  # the file is read, the roles are known
        with CaptureQueriesContext(connection) as seen:
            review(given, actor=teacher, at=NOON)
        costs.append(len(seen))
    assert costs[0] == costs[1] <= 9


def test_the_console_enters_for_the_teacher_and_the_same_file_again_changes_nothing(db: None) -> None:
    sheet = make_sheet(learners=3)
    content = file_of(sheet, ["5", "4", "7"])
    teacher_of(sheet)
    rehearsed = import_marks(content, sheet, name="а.xlsx", at=NOON, is_rehearsal=True)
    assert (len(rehearsed.having(Verdict.NEW)), Mark.objects.count(), StoredFile.objects.count()) == (2, 0, 0)
    answer = contract(import_marks(content, sheet, name="а.xlsx", at=NOON), sheet)
    assert (answer["rows"], answer["new"], len(answer["refused"])) == (3, 2, 1)
    assert standing(sheet) == ["отлично", "хорошо", ""]
    again = contract(import_marks(content, sheet, name="а.xlsx", at=NOON), sheet)
    assert (again["new"], again["replaced"], again["same"]) == (0, 0, 2)
    kept = MarkUpload.objects.get()
    assert (kept.state, kept.uploaded_by, kept.ended_by) == ("confirmed", None, None)
    assert Event.objects.get(type="marks.confirmed").actor is None


def test_the_console_names_a_column_by_its_title_or_letter(db: None) -> None:
    sheet = make_sheet(learners=1)
    teacher_of(sheet)
    name = enrolments_of(sheet)[0].learner.person.full_name
    content = make_xlsx({"Лист1": [["ФИО", "Тест 1", "Тест 2"], [name, "3", "5"]]})
    assert "выберите ведомость" in import_marks(content, sheet, name="а.xlsx", at=NOON).layouts[0].problem
    for column, mark in (("тест 1", "удовлетворительно"), ("C", "отлично")):
        (entry,) = import_marks(content, sheet, name="а.xlsx", at=NOON, column=column, is_rehearsal=True).entries
        assert entry.becomes == mark
    import_marks(content, sheet, name="а.xlsx", at=NOON, column="C")
    assert standing(sheet) == ["отлично"]
    assert MarkUpload.objects.get().corrections["Лист1"]["columns"] == {"2": sheet.pk}
    with pytest.raises(RuleViolation, match="уже внесены"):
        import_marks(content, sheet, name="а.xlsx", at=NOON, column="B")
    other = make_xlsx({"Лист1": [["ФИО", "Тест 1", "Тест 2"], [name, "4", "5"]]})
    with pytest.raises(RuleViolation, match=r"Столбца «Экзамен» в файле нет\. Есть A «ФИО»; B «Тест 1»"):
        import_marks(other, sheet, name="а.xlsx", at=NOON, column="Экзамен")


def test_the_console_enters_nothing_for_a_teacher_who_may_not(db: None) -> None:
    sheet = make_sheet(learners=1)
    Account.objects.filter(person_uid=sheet.teacher.person.uid).update(is_active=False, closed_at=NOON)
    with pytest.raises(RuleViolation, match="нет учётной записи"):
        import_marks(file_of(sheet, ["5"]), sheet, name="а.xlsx", at=NOON)


def test_a_failure_at_the_last_step_leaves_nothing_of_the_file(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    sheet = make_sheet(learners=2)
    teacher = teacher_of(sheet)
    given = upload(sheet, file_of(sheet, ["4", "9"]))
    seen = fingerprint(review(given, actor=teacher, at=NOON))
    files = StoredFile.objects.count()

    def broken(*_: object, **__: object) -> None:
        assert Mark.objects.exists()  # the control: the marks were written before it broke
        raise OSError("no more")

    monkeypatch.setattr("zachetka.lifecycle.steps.record_event", broken)
    with pytest.raises(OSError, match="no more"):
        confirm_marks(given, seen=seen, actor=teacher, at=NOON)
    assert not Mark.objects.exists()
    assert StoredFile.objects.count() == files
    assert MarkUpload.objects.get().state == "uploaded"


def test_the_database_walks_the_way_of_a_file_too(db: None) -> None:
    sheet = make_sheet()
    given = upload(sheet, file_of(sheet, ["4", "5"]))
    confirm(given)
    rows = MarkUpload.objects.filter(pk=given.pk)
    for change in ({"state": "uploaded", "ended_at": None}, {"marks": 9, "new": 9}, {"sha256": "0" * 64}):
        with pytest.raises(IntegrityError, match="по которому решено, не меняется"), transaction.atomic():
            rows.update(**change)
    with pytest.raises(IntegrityError, match="Файл оценок не удаляется"), transaction.atomic():
        rows.delete()
    with pytest.raises(IntegrityError, match="другой группы"), transaction.atomic():
        MarkUpload.objects.create(
            key=uuid4(), cohort=make_sheet().cohort, sheet=sheet, file=given.file, sha256="1" * 64, uploaded_at=NOON
        )


def test_a_keystroke_and_a_file_for_one_cell_do_not_both_win(fresh_database: None) -> None:
    sheet = make_sheet(learners=1)
    teacher = teacher_of(sheet)
    given = upload(sheet, file_of(sheet, ["4"]))
    seen = fingerprint(review(given, actor=teacher, at=NOON))
    cell = Cell(enrolments_of(sheet)[0].pk, "5", None)
    by_file, by_hand = at_once(
        partial(confirm_marks, given, seen=seen, actor=teacher, at=NOON),
        partial(set_marks, sheet, [cell], actor=teacher, at=NOON),
    )
    losers = [
        isinstance(by_file, Stale),
        isinstance(by_hand, Stale) or (isinstance(by_hand, list) and by_hand[0].stale),
    ]
    assert losers.count(True) == 1
    assert Mark.objects.in_force().count() == 1
