"""A version from draft to retirement (п. 1.3, 2.3, 3.8)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from django.db import DatabaseError, connection, transaction

from zachetka.access.models import Account
from zachetka.access.tests.make import make_account, make_unit
from zachetka.core.errors import Forbidden, IllegalStep, RuleViolation, Stale
from zachetka.ledger.findings import Report
from zachetka.ledger.models import Event
from zachetka.ledger.row_check import RowCheck
from zachetka.lifecycle.hands import seen_of
from zachetka.programs.actions import versions
from zachetka.programs.actions.plans import ModuleDraft, ResultDraft
from zachetka.programs.actions.versions import HeadDraft
from zachetka.programs.models import GradingScale, Module, PlannedResult, Program, ProgramVersion, ResultModule
from zachetka.programs.queries import fingerprint, tasks
from zachetka.programs.tests.make import make_scale

AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)


@pytest.fixture
def methodist(db: None) -> Account:
    return make_account("methodist", unit=make_unit())


@pytest.fixture
def head(db: None) -> Account:
    return make_account("head")


def lines(*hours: int) -> list[ModuleDraft]:
    scale = make_scale().pk
    *subjects, final = hours
    return [
        *(
            ModuleDraft(f"Дисциплина {n}", f"Д{n}", "subject", part, "exam", scale)
            for n, part in enumerate(subjects, 1)
        ),
        ModuleDraft("Итоговая аттестация", "Итоговая", "final", final, "defence", scale),
    ]


def drafted(methodist: Account, hours: int = 72, kind: str = "professional_development") -> ProgramVersion:
    """A draft with two subjects, the final attestation and a result that both subjects prove."""
    version = versions.create_program(
        methodist.assignments[0].unit,  # type: ignore[arg-type]
        code="ПК-900", kind=kind, head=HeadDraft("Закупки", hours, "mixed"), actor=methodist, at=AT,
    )  # fmt: skip
    return saved(version, methodist, modules=lines(hours // 2, hours - hours // 2 - 4, 4))


def saved(version: ProgramVersion, actor: Account, **given: object) -> ProgramVersion:
    version = ProgramVersion.objects.get(pk=version.pk)
    known: dict[str, object] = {
        "head": versions.head_of(version),
        "modules": as_drafts(version),
        "results": [ResultDraft("Р1", "Готовит закупки", frozenset({1, 2}), first_result(version))],
        "seen": fingerprint(version),
    }
    return versions.save_version(version, **(known | given), actor=actor, at=AT)  # type: ignore[arg-type]


def first_result(version: ProgramVersion) -> int | None:
    return version.results.values_list("pk", flat=True).first()


def as_drafts(version: ProgramVersion) -> list[ModuleDraft]:
    return [
        ModuleDraft(row.title, row.short_title, row.sort, row.hours, row.control, row.scale_id, row.pk)
        for row in version.modules.order_by("ordinal")
    ]


def approved(methodist: Account, head: Account) -> ProgramVersion:
    version = versions.submit_version(drafted(methodist), actor=methodist, at=AT)
    return versions.approve_version(version, valid_from=TODAY, seen=seen_of(version), actor=head, at=AT)


def unproven() -> list[str]:
    """What `verify` would say of the rows of programmes: changed, entered or vanished without an event."""
    report = Report()
    with connection.cursor() as cursor:
        for model in (Program, ProgramVersion, Module, PlannedResult, ResultModule):
            RowCheck(cursor, report, lambda _done, _all: None, alias="default").run(model)
    assert report.rows
    return [finding.sentence for finding in report.findings]


@pytest.mark.clause("2.3")
def test_a_version_goes_from_draft_to_approval_and_every_write_is_proved(methodist: Account, head: Account) -> None:
    version = approved(methodist, head)
    assert (version.state, version.valid_from, version.approved_by) == ("approved", TODAY, head)
    assert unproven() == []


@pytest.mark.clause("2.3")
def test_lines_are_reordered_changed_and_removed_with_an_event_each(methodist: Account) -> None:
    version = drafted(methodist)
    first, second, final = as_drafts(version)
    result = ResultDraft("Р1", "Готовит закупки", frozenset({1}), first_result(version))
    saved(version, methodist, modules=[replace(second, hours=68), final], results=[result])
    assert list(version.modules.order_by("ordinal").values_list("title", "hours")) == [
        ("Дисциплина 2", 68), ("Итоговая аттестация", 4),
    ]  # fmt: skip
    gone = Event.objects.get(type="module.removed")
    assert gone.object_id == str(first.pk)
    assert [module.title for module in version.results.get().modules.all()] == ["Дисциплина 2"]
    assert Event.objects.filter(type="planned_result.unproved").count() == 1
    assert unproven() == []
    ResultModule.objects.get().delete()  # past the system, by the application itself
    (said,) = unproven()
    assert "исчезла из базы" in said


@pytest.mark.clause("2.3")
def test_saving_the_same_draft_again_leaves_no_trace(methodist: Account) -> None:
    version = drafted(methodist)
    before = Event.objects.count()
    saved(version, methodist)
    assert Event.objects.count() == before


@pytest.mark.clause("1.3")
def test_two_results_may_swap_their_codes(methodist: Account) -> None:
    version = saved(
        drafted(methodist),
        methodist,
        results=[ResultDraft("Р1", "Первый", frozenset({1})), ResultDraft("Р2", "Второй", frozenset({2}))],
    )
    one, two = version.results.order_by("code")
    saved(
        version,
        methodist,
        results=[
            ResultDraft("Р2", "Первый", frozenset({1}), one.pk),
            ResultDraft("Р1", "Второй", frozenset({2}), two.pk),
        ],
    )
    assert dict(version.results.values_list("text", "code")) == {"Первый": "Р2", "Второй": "Р1"}
    assert unproven() == []


@pytest.mark.clause("2.3")
def test_a_draft_saved_by_another_in_the_meantime_is_not_overwritten(methodist: Account) -> None:
    version = drafted(methodist)
    seen = fingerprint(version)
    saved(version, methodist, head=HeadDraft("Закупки: практика", 72, "mixed"))
    with pytest.raises(Stale):
        saved(version, methodist, seen=seen)


@pytest.mark.clause("2.3")
def test_a_line_of_another_version_cannot_be_taken(methodist: Account, head: Account) -> None:
    foreign = as_drafts(approved(methodist, head))[0]
    version = versions.draft_version(ProgramVersion.objects.get().program, actor=methodist, at=AT)
    with pytest.raises(Stale):
        saved(version, methodist, modules=[foreign])


@pytest.mark.clause("2.3")
@pytest.mark.parametrize(
    ("kind", "hours", "least"), [("professional_development", 15, 16), ("professional_retraining", 249, 250)]
)
def test_a_version_below_the_minimum_is_not_submitted(methodist: Account, kind: str, hours: int, least: int) -> None:
    version = drafted(methodist, hours, kind)
    before = Event.objects.count()
    with pytest.raises(RuleViolation) as refusal:
        versions.submit_version(version, actor=methodist, at=AT)
    assert (
        refusal.value.sentence
        == f"Объём {hours} ч ниже минимума {least} ч для этого вида, п. 18 приказа Минобрнауки № 266."
    )
    assert Event.objects.count() == before


@pytest.mark.clause("2.3")
@pytest.mark.parametrize(("kind", "hours"), [("professional_development", 16), ("professional_retraining", 250)])
def test_the_least_volume_of_each_kind_is_submitted_t4(methodist: Account, kind: str, hours: int) -> None:
    assert versions.submit_version(drafted(methodist, hours, kind), actor=methodist, at=AT).state == "submitted"


@pytest.mark.clause("2.3")
def test_the_minimum_is_that_of_the_first_day_of_the_version(methodist: Account, head: Account) -> None:
    at = datetime(2025, 8, 1, 9, 0, tzinfo=UTC)
    version = drafted(methodist, 15)
    with pytest.raises(RuleViolation) as refusal:
        versions.submit_version(version, actor=methodist, at=at)
    assert "№ 499" in refusal.value.sentence


@pytest.mark.clause("3.8")
def test_whoever_drafted_the_version_cannot_approve_it(methodist: Account) -> None:
    both = make_account("head", person_uid=methodist.person_uid)
    version = versions.submit_version(drafted(methodist), actor=methodist, at=AT)
    with pytest.raises(RuleViolation) as refusal:
        versions.approve_version(version, valid_from=TODAY, seen=seen_of(version), actor=both, at=AT)
    assert refusal.value.clause == "3.8"


@pytest.mark.clause("3.8")
def test_whoever_rewrote_or_submitted_a_version_does_not_approve_it(methodist: Account, head: Account) -> None:
    unit = methodist.assignments[0].unit
    second, third = make_account("methodist", unit=unit), make_account("methodist", unit=unit)
    version = drafted(methodist)
    saved(version, third)
    saved(version, second, modules=[replace(row, title=f"{row.title}, часть 1") for row in as_drafts(version)])
    assert ProgramVersion.objects.get(pk=version.pk).drafted_by == second
    version = versions.submit_version(version, actor=third, at=AT)
    for author in (methodist, second, third):
        both = make_account("head", person_uid=author.person_uid)
        assert tasks(both, AT) == []
        with pytest.raises(RuleViolation, match="нужен другой человек"), transaction.atomic():
            versions.approve_version(version, valid_from=TODAY, seen=seen_of(version), actor=both, at=AT)
    assert (
        versions.approve_version(version, valid_from=TODAY, seen=seen_of(version), actor=head, at=AT).state
        == "approved"
    )
    assert unproven() == []


@pytest.mark.clause("2.3")
def test_a_version_changed_after_it_was_read_is_not_approved(methodist: Account, head: Account) -> None:
    """security.md E22."""
    version = versions.submit_version(drafted(methodist), actor=methodist, at=AT)
    read = seen_of(version)
    version = versions.return_version(version, remark="проверьте часы", actor=head, at=AT)
    saved(version, methodist, modules=[replace(row, title=f"{row.title}, часть 1") for row in as_drafts(version)])
    version = versions.submit_version(version, actor=methodist, at=AT)
    with pytest.raises(Stale):
        versions.approve_version(version, valid_from=TODAY, seen=read, actor=head, at=AT)
    assert (
        versions.approve_version(version, valid_from=TODAY, seen=seen_of(version), actor=head, at=AT).state
        == "approved"
    )


@pytest.mark.clause("2.3")
def test_a_version_is_not_in_force_before_the_day_of_its_approval(methodist: Account, head: Account) -> None:
    version = versions.submit_version(drafted(methodist), actor=methodist, at=AT)
    with pytest.raises(RuleViolation) as refusal:
        versions.approve_version(version, valid_from=date(2026, 11, 22), seen=seen_of(version), actor=head, at=AT)
    assert refusal.value.field == "valid_from"


@pytest.mark.clause("2.3")
def test_a_returned_version_is_a_draft_with_a_remark_and_a_task(methodist: Account, head: Account) -> None:
    version = versions.submit_version(drafted(methodist), actor=methodist, at=AT)
    assert [task.verb for task in tasks(head, AT)] == ["Рассмотреть"]
    version = versions.return_version(version, remark="Часы практики", actor=head, at=AT)
    assert (version.state, version.remark) == ("draft", "Часы практики")
    assert [task.verb for task in tasks(methodist, AT)] == ["Исправить"]
    assert tasks(head, AT) == []


@pytest.mark.clause("2.3")
def test_a_submitted_version_is_not_edited(methodist: Account) -> None:
    version = versions.submit_version(drafted(methodist), actor=methodist, at=AT)
    with pytest.raises(IllegalStep):
        saved(version, methodist)


@pytest.mark.clause("2.3")
def test_a_new_version_copies_the_last_one_and_a_second_click_opens_the_same(methodist: Account, head: Account) -> None:
    first = approved(methodist, head)
    second = versions.draft_version(first.program, actor=methodist, at=AT)
    assert versions.draft_version(first.program, actor=methodist, at=AT) == second
    assert (second.number, second.title, second.modules.count()) == (2, "Закупки", 3)
    assert second.results.get().modules.count() == 2
    assert unproven() == []


@pytest.mark.clause("2.3")
def test_a_retired_version_stays_retired(methodist: Account, head: Account) -> None:
    version = versions.retire_version(approved(methodist, head), actor=head, at=AT)
    with pytest.raises(IllegalStep):
        versions.retire_version(version, actor=head, at=AT)


@pytest.mark.clause("3.8")
def test_a_programme_of_another_unit_is_not_edited(methodist: Account) -> None:
    version = drafted(methodist)
    with pytest.raises(Forbidden) as refusal:
        saved(version, make_account("methodist", unit=make_unit()))
    assert refusal.value.hidden


@pytest.mark.clause("2.3")
@pytest.mark.parametrize(
    ("statement", "words"),
    [
        (
            "UPDATE programs_programversion SET hours = 100 WHERE state = 'approved'",
            "Утверждённая редакция не меняется",
        ),
        (
            "UPDATE programs_programversion SET state = 'draft' WHERE state = 'approved'",
            "Утверждённая редакция не меняется",
        ),
        ("UPDATE programs_module SET hours = hours + 1", "План меняется только в черновике"),
        ("DELETE FROM programs_plannedresult_modules", "меняется только в черновике"),
        ("UPDATE programs_plannedresult SET text = 'другое'", "План меняется только в черновике"),
        ("DELETE FROM programs_programversion", "не удаляется"),
    ],
)
def test_the_database_keeps_an_approved_version_as_it_is(
    methodist: Account, head: Account, statement: str, words: str
) -> None:
    approved(methodist, head)
    with pytest.raises(DatabaseError, match=words), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.clause("2.3")
def test_the_database_does_not_approve_a_sum_that_does_not_agree(methodist: Account, head: Account) -> None:
    version = drafted(methodist)
    saved(version, methodist, modules=lines(10, 10, 4), results=[])
    with pytest.raises(DatabaseError, match="Сумма часов"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE programs_programversion SET state = 'approved', valid_from = now(), approved_at = now(), approved_by_id = %s, "
            "approved_by_person = %s WHERE id = %s",
            [head.pk, head.person_uid, version.pk],
        )
    assert GradingScale.objects.exists()
