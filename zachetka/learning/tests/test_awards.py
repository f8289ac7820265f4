"""Encouragements: recorded by one, taken back by another, in the book, on paper and in the proof (273-ФЗ ст. 28 ч. 3 п. 11)."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from pytest_django.fixtures import Settings

from zachetka.access.models import Account
from zachetka.access.tests.make import make_account, make_unit
from zachetka.core.clock import legal_date, now
from zachetka.core.errors import Forbidden, RuleViolation, Stale
from zachetka.learning.actions.awards import LAW, cancel_award, record_award
from zachetka.learning.actions.record_books import RecordsDiffer, print_record_book
from zachetka.learning.award_kinds import KINDS, AwardKind, kinds_on
from zachetka.learning.models import Award, Enrolment
from zachetka.learning.queries.record_book import record_book
from zachetka.learning.queries.record_proof import disagreements, proof_of
from zachetka.learning.queries.record_rows import PAPERS
from zachetka.learning.tests.make import NOON, make_cohort, make_enrolment, make_enrolments, make_order
from zachetka.learning.tests.test_record_book_export import bundle, verified
from zachetka.learning.tests.test_record_book_paper import printed
from zachetka.learning.tests.test_record_book_tasks import owner_of
from zachetka.ledger.models import Event
from zachetka.ledger.sealer import seal
from zachetka.ledger.verification import verify
from zachetka.notices.models import Notice
from zachetka.postgres.address import Place

pytestmark = [pytest.mark.clause("273-ФЗ ст. 28 ч. 3 п. 11")]

GIVEN: dict[str, Any] = {
    "kind": "winner",
    "wording": "за победу в конкурсе проектов",
    "awarded_on": date(2026, 11, 18),
    "basis": "протокол № 4 от 18.11.2026",
}


def methodist_of(enrolment: Enrolment) -> Account:
    return make_account("methodist", unit=enrolment.cohort.program_version.program.unit)


def make_award(enrolment: Enrolment, *, actor: Account | None = None, at: Any = NOON, **given: Any) -> Award:
    return record_award(enrolment, **(GIVEN | given), actor=actor or methodist_of(enrolment), at=at)


def again(enrolment: Enrolment) -> Enrolment:
    return Enrolment.objects.select_related(*PAPERS).get(pk=enrolment.pk)


# --- Recording and taking back ----------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_an_award_is_recorded_once_with_its_event_and_the_learner_is_told():
    enrolment = make_enrolment()
    learner, methodist = owner_of(enrolment), methodist_of(enrolment)
    award = make_award(enrolment, actor=methodist)
    assert make_award(enrolment, actor=methodist) == award  # sent twice
    (event,) = Event.objects.of(award)
    assert (event.type, event.clause, event.subject_uid) == ("award.recorded", LAW, enrolment.subject_uid)
    (notice,) = Notice.objects.filter(account=learner)
    assert notice.title == "Внесено поощрение: диплом победителя конкурса от 18.11.2026"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"kind": "medal"}, "kind"),
        ({"awarded_on": date(2026, 9, 6)}, "awarded_on"),
        ({"awarded_on": legal_date(NOON) + timedelta(days=1)}, "awarded_on"),
        ({"wording": ""}, "wording"),
        ({"basis": ""}, "paper"),
    ],
)
@pytest.mark.django_db
def test_what_an_award_cannot_be_is_refused_at_its_field(wrong: dict[str, Any], field: str):
    enrolment = make_enrolment()
    with pytest.raises(RuleViolation) as refusal:
        make_award(enrolment, **wrong)
    assert refusal.value.field == field
    assert not Award.objects.exists()


@pytest.mark.django_db
def test_nobody_is_rewarded_after_the_end_of_study():
    enrolment = make_enrolment()
    last = date(2026, 11, 10)
    make_order(enrolment.cohort, [enrolment.learner], kind="withdrawal", ground="own_wish", effective_on=last, at=NOON)
    with pytest.raises(RuleViolation, match=r"Обучение окончено 10\.11\.2026"):
        make_award(enrolment)
    assert make_award(enrolment, awarded_on=last).awarded_on == last


@pytest.mark.django_db
def test_a_kind_that_is_given_no_more_is_refused_after_its_last_day(monkeypatch: pytest.MonkeyPatch):
    enrolment = make_enrolment()
    monkeypatch.setitem(KINDS, Award.Kind.WINNER, AwardKind(valid_to=date(2026, 11, 17)))
    assert Award.Kind.WINNER not in kinds_on(date(2026, 11, 18))
    with pytest.raises(RuleViolation) as refusal:
        make_award(enrolment)
    assert refusal.value.field == "kind"
    assert make_award(enrolment, awarded_on=date(2026, 11, 17)).kind == Award.Kind.WINNER


@pytest.mark.clause("3.8")
@pytest.mark.django_db
def test_only_a_methodist_of_the_unit_records_and_never_of_themselves():
    one, another = make_enrolments(make_cohort(), 2)
    away = make_account("methodist", unit=make_unit())
    for stranger in (away, make_account("head"), make_account("inspector"), owner_of(one)):
        with pytest.raises(Forbidden):
            make_award(one, actor=stranger)
    person = one.learner.person
    same = make_account("methodist", unit=one.cohort.program_version.program.unit, person_uid=person.uid)
    with pytest.raises(RuleViolation, match="другой человек"):
        make_award(one, actor=same)
    assert make_award(another, actor=same).enrolment == another


@pytest.mark.clause("2.1", "3.8")
@pytest.mark.django_db
def test_an_award_is_taken_back_once_by_another_with_a_reason_and_both_rows_stay():
    enrolment = make_enrolment()
    learner, methodist, head = owner_of(enrolment), methodist_of(enrolment), make_account("head")
    award = make_award(enrolment, actor=methodist)
    with pytest.raises(RuleViolation, match="внесли вы"):
        cancel_award(award, why="не тот слушатель", actor=methodist, at=NOON)
    with pytest.raises(RuleViolation, match="почему"):
        cancel_award(award, why="", actor=head, at=NOON)
    back = cancel_award(award, why="не тот слушатель", actor=head, at=NOON)
    assert list(Award.objects.in_force()) == []
    assert list(Award.objects.order_by("pk")) == [award, back]
    with pytest.raises(Stale):
        cancel_award(award, why="ещё раз", actor=head, at=NOON)
    with pytest.raises(Stale):
        cancel_award(back, why="отзыв отзыва", actor=methodist, at=NOON)
    titles = list(Notice.objects.filter(account=learner).order_by("pk").values_list("title", flat=True))
    assert titles[-1] == "Отозвано поощрение: диплом победителя конкурса от 18.11.2026"
    assert make_award(enrolment, actor=methodist).pk not in {award.pk, back.pk}  # taken back, recorded anew


# --- What the database refuses ----------------------------------------------------------------------------------------


def row(award: Award, **other: Any) -> Award:
    """Insert a copy of the row past the actions."""
    fields = {each.attname: getattr(award, each.attname) for each in Award._meta.concrete_fields if each.name != "id"}
    return Award.objects.create(**(fields | other))


@pytest.mark.clause("2.1")
@pytest.mark.django_db
def test_past_the_actions_the_database_holds_the_day_the_hands_and_the_single_taking_back():
    enrolment = make_enrolment()
    award, head = make_award(enrolment), make_account("head")
    by_head = {"recorded_by_id": head.pk, "recorded_by_person": head.person_uid}
    owner = owner_of(enrolment)
    by_owner = {"recorded_by_id": owner.pk, "recorded_by_person": owner.person_uid}
    back = {"cancels_id": award.pk, "reason": "ошибка"}
    refused: list[dict[str, Any]] = [
        {"awarded_on": date(2026, 9, 6)},
        {"awarded_on": date(2026, 11, 21)},
        {"recorded_by_person": head.person_uid},
        by_owner,
        back,
        back | by_head | {"wording": "за другое"},
        back | by_head | {"reason": ""},
        {"reason": "ошибка"},
        {"wording": ""},
    ]
    for other in refused:
        with pytest.raises(IntegrityError), transaction.atomic():
            row(award, **other)
    taken = row(award, **back, **by_head)  # the same rows that are refused above are let in when nothing is wrong
    for other in (back | by_head, by_head | {"cancels_id": taken.pk, "reason": "отзыв отзыва"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            row(award, **other)
    assert row(award, wording="за другое").pk


@pytest.mark.clause("2.1")
@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE learning_award SET wording = 'за другое'",
        "DELETE FROM learning_award",
        "TRUNCATE learning_award CASCADE",
    ],
)
def test_a_recorded_award_is_neither_changed_nor_removed(statement: str):
    make_award(make_enrolment())
    with pytest.raises(DatabaseError), transaction.atomic():
        connection.cursor().execute(statement)
    assert Award.objects.get().wording == GIVEN["wording"]


# --- In the record book -----------------------------------------------------------------------------------------------


@pytest.mark.clause("2.5")
@pytest.mark.django_db
def test_the_book_shows_what_held_on_the_day_and_says_what_was_taken_back_since():
    enrolment = make_enrolment()
    award = make_award(enrolment)
    at = NOON + timedelta(days=3)
    cancel_award(award, why="не тот слушатель", actor=make_account("head"), at=NOON + timedelta(days=1))
    make_award(enrolment, kind="thanks", at=NOON + timedelta(days=2))

    def shown(seen_at: Any) -> tuple[list[tuple[str, bool]], int, int]:
        book = record_book(again(enrolment), at=at, seen_at=seen_at)
        return [(one.award.kind, one.cancelled is not None) for one in book.awards], book.later_awards, book.changed

    assert shown(NOON - timedelta(hours=1)) == ([], 1, 0)
    assert shown(NOON) == ([("winner", True)], 1, 1)
    assert shown(NOON + timedelta(days=1)) == ([], 1, 0)
    assert shown(at) == ([("thanks", False)], 0, 0)


@pytest.mark.clause("2.5")
@pytest.mark.django_db
def test_the_extract_prints_awards_in_force_with_their_papers():
    enrolment = make_enrolment()
    award = make_award(enrolment)
    (line,) = printed(again(enrolment), NOON)["awards"]
    assert line == {
        "kind": "Диплом победителя конкурса: за победу в конкурсе проектов, 18.11.2026",
        "basis": "протокол № 4 от 18.11.2026",
    }
    cancel_award(award, why="ошибка", actor=make_account("head"), at=NOON)
    assert printed(again(enrolment), NOON)["awards"] == []


@pytest.mark.clause("2.5", "3.3")
def test_a_stranger_reads_the_award_in_the_file_of_proofs_and_no_byte_of_it_can_be_another(
    fresh_database: Place, settings: Settings, tmp_path: Path
):
    settings.DATA_DIR, settings.KEYS_DIR = tmp_path, tmp_path / "keys"
    enrolment = make_enrolment()
    make_award(enrolment)
    mistaken = make_award(enrolment, kind="gift", wording="за чужую победу")
    cancel_award(mistaken, why="не тот слушатель", actor=make_account("head"), at=NOON)
    seal(now())
    file = tmp_path / "book.json"
    file.write_bytes(whole := bundle(again(enrolment)))
    told = verified(file)
    assert told.returncode == 0, told.stdout + told.stderr
    for words in (
        "Поощрение: диплом победителя конкурса (winner)",
        "За что: за победу в конкурсе проектов",
        "День поощрения: 18.11.2026",
        "Основание поощрения: протокол № 4 от 18.11.2026",
    ):
        assert words in told.stdout
    assert "за чужую победу" not in whole.decode()
    for one, other in (
        ("конкурсе проектов", "конкурсе проектоз"),
        ("протокол № 4", "протокол № 5"),
        ("winner", "winnes"),
    ):
        assert one.encode() in whole
        file.write_bytes(whole.replace(one.encode(), other.encode()))
        assert verified(file).returncode == 1


@pytest.mark.clause("2.1", "3.3")
def test_an_award_changed_past_the_system_is_named_and_nothing_is_handed_out(
    fresh_database: Place, settings: Settings, tmp_path: Path
):
    settings.DATA_DIR, settings.KEYS_DIR = tmp_path, tmp_path / "keys"
    enrolment = make_enrolment()
    award = make_award(enrolment)
    seal(now())
    book = record_book(again(enrolment), at=now())
    assert disagreements(book, proof_of(book)) == []
    assert verify(models=[Award]).ok
    with psycopg.connect(fresh_database.administrator()) as administrator:
        administrator.execute("ALTER TABLE learning_award DISABLE TRIGGER ALL")
        administrator.execute("UPDATE learning_award SET wording = 'за олимпиаду' WHERE id = %s", [award.pk])
        administrator.execute("ALTER TABLE learning_award ENABLE TRIGGER ALL")
    book = record_book(again(enrolment), at=now())
    assert disagreements(book, proof_of(book)) == ["поощрение диплом победителя конкурса от 18.11.2026"]
    with pytest.raises(RecordsDiffer):
        print_record_book(again(enrolment), actor=None, at=now(), seen_at=now())
    assert not verify(models=[Award]).ok
