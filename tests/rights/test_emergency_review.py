"""What was opened in an emergency is reviewed by another person, or the role rests (п. 3.8)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from tests.pages import signed_in, words_of
from tests.rights.emergencies import DONE, REASON, Case, fresh, opened
from zachetka.access.policy import KEPT, MATRIX, Permission, Role, Scope
from zachetka.access.tests.make import make_account
from zachetka.core.clock import legal_date, now
from zachetka.core.errors import Forbidden, IllegalStep, RuleViolation
from zachetka.core.working_days import after_working_days
from zachetka.learning.models import MarkSheet
from zachetka.ledger.events import EventType
from zachetka.ledger.models import Event
from zachetka.notices.models import Notice
from zachetka.people.actions.emergency import VERDICT, review_emergency
from zachetka.people.telling import emergencies_unreviewed
from zachetka.web.session_terms import terms_of

pytestmark = [pytest.mark.clause("3.8"), pytest.mark.usefixtures("collected_statics")]


def test_it_is_seen_at_once_by_those_who_review(case: Case):
    opened(case)
    privacy, security = (words_of(signed_in(make_account(role)).get("/")) for role in ("privacy", "security"))
    for page in (privacy, security):
        assert "Экстренный доступ — Дроздов Илья Павлович" in page
        assert REASON in page
    assert case.person.full_name in privacy
    assert case.person.last_name not in security, "an administrator sees no learner's name"
    assert f"карточка {str(case.person.uid)[:8]}" in security


def test_it_is_reviewed_once_by_another_person_with_a_conclusion(case: Case, later: Callable[[timedelta], None]):
    privacy = make_account("privacy")
    one = opened(case)
    with pytest.raises(IllegalStep, match="ещё открыт"):
        review_emergency(one, VERDICT.JUSTIFIED, DONE, actor=privacy, at=now())
    later(timedelta(minutes=31))
    with pytest.raises(RuleViolation, match="заключение"):
        review_emergency(one, VERDICT.JUSTIFIED, "ок", actor=privacy, at=now())
    own = make_account("security", person_uid=case.opener.person_uid)
    with pytest.raises(RuleViolation, match="другой человек"):
        review_emergency(one, VERDICT.JUSTIFIED, DONE, actor=own, at=now())
    with pytest.raises(Forbidden):
        review_emergency(one, VERDICT.JUSTIFIED, DONE, actor=make_account("head"), at=now())
    review_emergency(one, VERDICT.UNJUSTIFIED, DONE, actor=privacy, at=now())
    with pytest.raises(IllegalStep, match="уже проверен"):
        review_emergency(one, VERDICT.JUSTIFIED, DONE, actor=privacy, at=now())
    assert Event.objects.get(type=EventType.EMERGENCY_REVIEWED).body == {"verdict": "unjustified"}


@pytest.mark.parametrize(
    ("day", "due"),
    [
        (date(2026, 11, 20), date(2026, 11, 25)),  # a Friday
        (date(2026, 11, 21), date(2026, 11, 25)),  # a Saturday
        (date(2026, 12, 30), date(2027, 1, 13)),  # 31 December is off in 2026, then New Year holidays
    ],
)
def test_it_is_reviewed_within_three_working_days(day: date, due: date):
    assert after_working_days(day, 3) == due


def test_whoever_was_not_reviewed_in_time_opens_no_other(case: Case, later: Callable[[timedelta], None]):
    one = opened(case)
    later(timedelta(hours=2))
    second = opened(case)
    assert second.pk != one.pk, "within the days it may be opened again"
    known = fresh(case.opener)
    assert known.allowed(Permission.EMERGENCY_OPEN)
    later(timedelta(days=(one.review_by - legal_date(now())).days + 1))
    with pytest.raises(Forbidden, match="не проверен в срок"):
        opened(case)
    with pytest.raises(IllegalStep, match="не проверен в срок"):
        opened(case, actor=known)  # whose roles were read before midnight
    for late in (one, second):
        review_emergency(late, VERDICT.JUSTIFIED, DONE, actor=make_account("security"), at=now())
    assert opened(case).until > now()


def test_a_role_is_suspended_until_what_it_opened_is_reviewed(case: Case, later: Callable[[timedelta], None]):
    opener = make_account("teacher", "learner", name="Орлова Нина Юрьевна")
    beside = make_account("teacher")
    one = opened(case, actor=fresh(opener))
    second = make_account("teacher", person_uid=opener.person_uid)
    later(timedelta(days=(one.review_by - legal_date(now())).days))
    assert fresh(opener).allowed(Permission.SHEET_FILL), "the last day of the review is in time"
    later(timedelta(days=1))
    for account in (opener, second):
        assert fresh(account).suspended == {Role.TEACHER}, "the person is meant, whichever account they use"
        assert not fresh(account).allowed(Permission.SHEET_FILL)
        assert not MarkSheet.objects.visible_to(fresh(account)).exists()
    assert fresh(opener).allowed(Permission.EVENT_READ), "what they are besides stays"
    assert fresh(beside).allowed(Permission.SHEET_FILL), "the negative control: a colleague works"
    refusal = signed_in(second).get("/sheets/")
    assert refusal.status_code == 403
    assert "Роль приостановлена" in words_of(refusal)
    for _ in range(2):
        emergencies_unreviewed(now())
    told = Notice.objects.filter(kind="emergency.unreviewed", account=opener)
    assert told.count() == 1, "said once"
    assert "роль открывшего приостановлена" in told[0].title
    review_emergency(one, VERDICT.UNJUSTIFIED, DONE, actor=make_account("security"), at=now())
    assert fresh(opener).allowed(Permission.SHEET_FILL)
    assert not fresh(opener).suspended


def test_whoever_is_suspended_signs_in_as_the_staff_and_reads_why(
    case: Case, later: Callable[[timedelta], None], settings: Any
):
    opener = make_account("teacher", "learner", name="Орлова Нина Юрьевна")
    one = opened(case, actor=fresh(opener))
    later(timedelta(days=(one.review_by - legal_date(now())).days + 1))
    held = fresh(opener)
    assert held.roles_held == {Role.LEARNER}
    assert held.is_staff_member
    assert terms_of(held) == settings.SESSION_TERMS["staff"]
    alone = make_account("teacher", person_uid=opener.person_uid)
    emergencies_unreviewed(now())
    notice = Notice.objects.get(kind="emergency.unreviewed", account=opener)
    for account, address in (
        (opener, f"/notices/{notice.pk}/open/"), (alone, f"/emergency/{one.pk}/"), (alone, "/help/"), (alone, "/notices/settings/"),
    ):  # fmt: skip
        client = signed_in(fresh(account))
        answer = client.post(address, follow=True) if "open" in address else client.get(address)
        assert answer.status_code == 200, address
    home = words_of(signed_in(fresh(alone)).get("/"))
    assert "Экстренный доступ" in home, "the way to what waits for the review"
    assert "Ведомости" not in home, "the negative control: nothing of the role"
    settings.MFA_REQUIRED = True
    for account in (opener, alone):
        answer = signed_in(fresh(account)).get("/")
        assert answer.headers["Location"].startswith("/accounts/security/app/"), (
            "a second factor is asked for as before"
        )


def test_a_suspended_role_keeps_nothing_but_reading_what_is_ones_own():
    for permission in KEPT:
        assert permission.value.partition(":")[2] == "read", permission
        for role in MATRIX[Permission.EMERGENCY_OPEN].keys() & MATRIX[permission].keys():
            assert MATRIX[permission][role].scope is Scope.OWN, (permission, role)
