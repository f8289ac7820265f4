"""The academy sets a new edition of a scale by its own act, ahead, whole, and a mark stays of its own edition (п. 2.3, 3.8)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from functools import partial
from typing import Any, Final

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from tests.at_once import at_once
from tests.pages import by, text_of
from zachetka.access.models import Account
from zachetka.access.tests.make import make_account
from zachetka.core.clock import legal_date, now
from zachetka.core.errors import Forbidden, RuleViolation
from zachetka.ledger.models import Event
from zachetka.postgres.address import Place
from zachetka.programs.actions.scales import set_scale
from zachetka.programs.models import Grade, ScaleVersion
from zachetka.programs.queries import newest_of
from zachetka.programs.scale_rules import GradeDraft, drafts_of, values_of
from zachetka.programs.scales import HUNDRED_POINT
from zachetka.programs.tests.make import make_scale

pytestmark = [pytest.mark.clause("2.3")]

ACT: Final = "приказ № 14-од от 01.12.2026"
STRICTER: Final = [
    one._replace(least=least) for one, least in zip(drafts_of(HUNDRED_POINT), (90, 75, 60, 0), strict=True)
]
WHERE: Final = "/programs/scales/hundred_point/"


def tomorrow() -> date:
    return legal_date(now()) + timedelta(days=1)


def set_stricter(
    *, actor: Account | None = None, since: date | None = None, drafts: Sequence[GradeDraft] = STRICTER
) -> ScaleVersion:
    who = actor or make_account("head")
    return set_scale(make_scale("hundred_point"), drafts, since=since or tomorrow(), basis=ACT, actor=who, at=now())


def test_the_edition_in_force_ends_the_day_before_and_every_row_is_recorded(db: None) -> None:
    before = newest_of(make_scale("hundred_point"))
    fresh = set_stricter()
    before.refresh_from_db()
    assert before.valid_to == tomorrow() - timedelta(days=1)
    assert newest_of(fresh.scale) == fresh
    assert newest_of(fresh.scale).values() == values_of(STRICTER)
    told = Event.objects.filter(actor__isnull=False).order_by("pk").values_list("type", "object_id")
    grades = [("grade.approved", str(one.pk)) for one in fresh.grades.all()]
    assert [*told] == [("scale.ended", str(before.pk)), ("scale.approved", str(fresh.pk)), *grades]


def test_the_same_edition_again_is_the_same_edition(db: None) -> None:
    head = make_account("head")
    assert set_stricter(actor=head).pk == set_stricter(actor=head).pk
    assert ScaleVersion.objects.filter(scale__code="hundred_point").count() == 2


@pytest.mark.parametrize("days", [0, -1])
def test_an_edition_is_set_ahead_for_what_was_decided_stays(db: None, days: int) -> None:
    with pytest.raises(RuleViolation, match="вводят вперёд") as refusal:
        set_stricter(since=legal_date(now()) + timedelta(days=days))
    assert refusal.value.field == "since"
    assert ScaleVersion.objects.filter(scale__code="hundred_point").count() == 1


def test_no_edition_begins_before_the_newest(db: None) -> None:
    set_stricter(since=tomorrow() + timedelta(days=5))
    with pytest.raises(RuleViolation, match="уже ввели"):
        set_stricter(since=tomorrow() + timedelta(days=5), drafts=drafts_of(HUNDRED_POINT))


def test_what_is_no_scale_is_not_entered(db: None) -> None:
    with pytest.raises(RuleViolation, match="начинается с 0"):
        set_stricter(drafts=[*STRICTER[:-1], STRICTER[-1]._replace(least=1)])
    assert not Event.objects.filter(type="scale.ended").exists()


@pytest.mark.clause("3.8")
@pytest.mark.parametrize("role", ["methodist", "admin", "teacher", "registrar", "inspector"])
def test_only_the_head_sets_an_edition(db: None, role: str) -> None:
    with pytest.raises(Forbidden):
        set_stricter(actor=make_account(role))
    assert ScaleVersion.objects.filter(scale__code="hundred_point").count() == 1


def test_of_those_who_set_at_once_one_ends_the_edition_in_force(fresh_database: Place) -> None:
    make_scale("hundred_point")
    head = make_account("head")
    changed = [[STRICTER[0]._replace(least=least), *STRICTER[1:]] for least in (91, 92, 93, 94)]
    outcomes = at_once(*(partial(set_stricter, actor=head, since=tomorrow(), drafts=drafts) for drafts in changed))
    assert sum(isinstance(one, ScaleVersion) for one in outcomes) == 1
    assert ScaleVersion.objects.filter(scale__code="hundred_point").count() == 2


# --- The database ----------------------------------------------------------------------------------------------------------

Row = tuple[str, bool, bool, int | None, int | None, int | None]
WHOLE: Final[list[Row]] = [
    ("5", True, False, 5, 60, 100), ("2", False, False, 2, 0, 59), ("н", False, True, None, None, None),
]  # fmt: skip
"""Sign, passes, absence, points, from, to."""


def enter(rows: Sequence[Row]) -> str:
    """Enter a scale past every rule; return the sentence in which the database refused it, "" when it did not."""
    version = ScaleVersion.objects.create(
        scale=make_scale("hundred_point"), valid_from=date(2012, 1, 1), valid_to=date(2012, 12, 31), basis="никакой"
    )
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            Grade.objects.bulk_create(
                Grade(
                    version=version, ordinal=place, symbol=symbol, label=f"значение {place}", is_passing=passes,
                    is_absence=absence, points=points, score_from=low, score_to=high,
                )
                for place, (symbol, passes, absence, points, low, high) in enumerate(rows, 1)
            )  # fmt: skip
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    except DatabaseError as refused:
        return str(refused)
    return ""


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({}, ""),
        ({0: ("5", True, False, 5, 61, 100)}, "без пропусков и наложений"),
        ({0: ("5", True, False, 5, 59, 100)}, "без пропусков и наложений"),
        ({0: ("5", True, False, 5, 60, 99)}, "без пропусков и наложений"),
        ({1: ("2", False, False, 2, 1, 59)}, "без пропусков и наложений"),
        ({1: ("2", False, False, 2, None, None)}, "без пропусков и наложений"),
        ({0: ("5", True, False, 5, 60, None)}, "без пропусков и наложений"),
        ({0: ("5", False, False, 5, 60, 100)}, "с другим — нет"),
        ({1: ("2", True, False, 2, 0, 59)}, "с другим — нет"),
        ({0: ("5", False, False, 5, 60, 100), 1: ("2", True, False, 2, 0, 59)}, "выше остальных"),
        ({1: ("2", False, False, None, 0, 59)}, "Балл в среднем"),
        ({1: ("2", False, False, 6, 0, 59)}, "Балл в среднем"),
        ({1: ("2", False, False, 5, 0, 59)}, ""),
        ({2: ("н", False, True, 1, None, None)}, "За неявку"),
        ({2: ("н", False, False, None, None, None)}, "последнее и только оно — неявка"),
    ],
)
def test_the_database_takes_a_whole_scale_and_no_other(db: None, changed: dict[int, Row], words: str) -> None:
    refusal = enter([changed.get(place, row) for place, row in enumerate(WHOLE)])
    assert words in refusal
    assert bool(refusal) == bool(words)


# --- The page --------------------------------------------------------------------------------------------------------------


def typed(page: Any, **given: Any) -> dict[str, Any]:
    """Return the form as the page offers it, with what was changed."""
    shown = page.context["page"]
    form = {
        field.html_name: field.value()
        for one in shown.grades
        for field in one
        if field.value() is not None and field.value() is not False
    }
    form |= {field.html_name: field.value() for field in shown.grades.management_form}
    return form | {"since": f"{tomorrow():%d.%m.%Y}", "basis": ACT} | given


@pytest.fixture
def head(db: None, collected_statics: None) -> Client:
    make_scale("hundred_point")
    return by("head")


def test_what_changes_is_looked_at_before_it_is_entered(head: Client) -> None:
    form = typed(head.get(WHERE), **{"g-0-least": "90"})
    looked = head.post(WHERE, form)
    page = text_of(looked)
    assert looked.status_code == 200
    assert "отлично, 85–100 из ста" in page
    assert "отлично, 90–100 из ста" in page
    assert "хорошо, 70–89 из ста" in page
    assert page.count("меняется</span>") == 2
    assert ScaleVersion.objects.filter(scale__code="hundred_point").count() == 1, "a look enters nothing"
    assert head.post(WHERE, form | {"enter": "1"}).status_code == 200, "what nobody looked at is not entered"
    seen = {"seen": looked.context["page"].seal, "enter": "1"}
    assert head.post(WHERE, form | seen | {"g-0-least": "91"}).status_code == 200, (
        "nor is something else than was looked at"
    )
    assert ScaleVersion.objects.filter(scale__code="hundred_point").count() == 1
    assert head.post(WHERE, form | seen).status_code == 302
    assert head.post(WHERE, form | seen).status_code == 302, "a second click is the same edition"
    assert ScaleVersion.objects.filter(scale__code="hundred_point").count() == 2
    shown = text_of(head.get("/programs/scales/"))
    assert "ещё не действует" in shown
    assert ACT in shown


def test_a_value_is_added_wherever_it_is_typed_and_another_taken_out(head: Client) -> None:
    added = {"g-4-symbol": "5+", "g-4-label": "превосходно", "g-4-least": "95", "g-4-points": "5", "g-4-passes": "on"}
    form = typed(head.get(WHERE), **added, **{"g-2-DELETE": "on", "g-1-least": "50"})
    looked = head.post(WHERE, form)
    assert [(one.symbol, bool(one.was), bool(one.becomes)) for one in looked.context["changes"]] == [
        ("5+", False, True), ("5", True, True), ("4", True, True), ("2", True, True), ("н", True, True), ("3", True, False),
    ]  # fmt: skip
    assert "отлично, 85–94 из ста" in text_of(looked)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"g-0-least": "70"}, "Нужно меньше 70"),
        ({"g-3-least": "5"}, "начинается с 0"),
        ({"g-0-least": "101"}, "от 0 до 100"),
        ({"g-0-symbol": ""}, "Обязательное"),
        ({"g-1-symbol": "5"}, "уже значит «отлично»"),
        ({"g-0-points": "х"}, "от 0 до 100"),
        ({"since": "01.12.2020"}, "вводят вперёд"),
        ({"basis": ""}, "Обязательное"),
        ({"g-TOTAL_FORMS": "14"}, "не больше 12"),
    ],
)
def test_what_is_no_edition_is_refused_at_its_field_and_what_was_typed_stays(
    head: Client, given: dict[str, str], words: str
) -> None:
    extra = {
        f"g-{row}-{name}": value
        for row in range(6, 14)
        for name, value in (("symbol", f"з{row}"), ("label", f"з {row}"))
    }
    form = typed(
        head.get(WHERE), **{"g-1-label": "очень хорошо"}, **(extra if "g-TOTAL_FORMS" in given else {}), **given
    )
    answer = head.post(WHERE, form | {"enter": "1"})
    page = text_of(answer)
    assert answer.status_code == 422
    assert words in page
    assert "очень хорошо" in page
    assert ScaleVersion.objects.filter(scale__code="hundred_point").count() == 1


def test_a_scale_of_two_words_asks_for_no_points(head: Client) -> None:
    page = text_of(head.get("/programs/scales/pass_fail/"))
    assert "Из ста, от" not in page
    assert "В средний балл" not in page
    assert head.get("/programs/scales/nothing/").status_code == 404


@pytest.mark.clause("3.8")
def test_whoever_does_not_set_scales_is_offered_no_edition(head: Client) -> None:
    assert "Новая редакция" in text_of(head.get("/programs/scales/"))
    methodist = by("methodist")
    assert "Новая редакция" not in text_of(methodist.get("/programs/scales/"))
    assert methodist.get(WHERE).status_code == 403
    assert methodist.post(WHERE, {}).status_code == 403


def test_the_page_costs_the_same_whatever_was_before(
    head: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(6):  # session, account with what the bell says, roles, scale, edition, grades
        head.get(WHERE)
    set_stricter()
    with django_assert_num_queries(6):
        head.get(WHERE)
