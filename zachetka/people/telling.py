"""What the access of people tells: roles, passwords, emergency access, the matrix (п. 3.8). Each is called in its action's transaction."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.urls import reverse
from django.utils.http import urlencode

from zachetka.access.models import Account, EmergencyAccess, RoleAssignment
from zachetka.access.policy import STAFF, Role
from zachetka.core.clock import legal_date
from zachetka.core.russian import TIME, counted
from zachetka.ledger.events import EventType
from zachetka.notices.actions import close_cause, tell
from zachetka.notices.kinds import NoticeKind
from zachetka.notices.queries import holding
from zachetka.notices.work import daily
from zachetka.people.models import Resemblance
from zachetka.people.rules.likeness import LIKELY_FROM

if TYPE_CHECKING:
    from zachetka.people.models import MatrixEdition, Withdrawal

SOON: Final = timedelta(days=7)
"""So many days before the last one whoever holds a role learns that it ends."""
HOME: Final = "web:home"


def role_given(assignment: RoleAssignment, *, actor: Account | None, at: datetime) -> None:
    """Tell its holder that a role is given."""
    tell(
        NoticeKind.ROLE_GIVEN,
        [assignment.account],
        title=f"Вам дана роль: {name_of(assignment)}, с {assignment.valid_from:%d.%m.%Y}",
        url=reverse(HOME),
        key=f"role-{assignment.pk}-given",
        at=at,
        but=actor,
    )


@daily
def roles_that_end(at: datetime) -> int:
    """Tell holders, and those who propose roles, which roles end within a week; said once for each role."""
    today = legal_date(at)
    ending = RoleAssignment.objects.in_force(today).filter(
        valid_to__lte=today + SOON, account__is_active=True, role__in=STAFF
    )
    told = 0
    with transaction.atomic():
        for gone in RoleAssignment.objects.filter(valid_to__gte=today - SOON, valid_to__lt=today):
            role_ended(gone, at=at)
        proposing = list(holding(Role.ADMIN, day=today))
        for one in ending.select_related("account"):
            words = f"Роль «{name_of(one)}» кончается {one.valid_to:%d.%m.%Y}"
            key = f"role-{one.pk}-ends-{one.valid_to:%Y-%m-%d}"
            told += tell(NoticeKind.ROLE_ENDS, [one.account], title=words, url=reverse(HOME), key=key, at=at)
            told += tell(
                NoticeKind.ROLE_ENDS, proposing, title=words, url=reverse("people:role", args=[one.pk]), key=key, at=at
            )
    return told


def password_given(account: Account, *, actor: Account, at: datetime) -> None:
    """Tell the holder of an account that somebody gave it a password: if they did not ask, they must know."""
    tell(
        NoticeKind.PASSWORD_GIVEN,
        [account],
        title="Вам выдан временный пароль. Если вы не просили, скажите администратору безопасности",
        url=reverse(HOME),
        key=f"password-{account.pk}-{int(at.timestamp())}",
        at=at,
        but=actor,
    )


def password_changed(account: Account, *, at: datetime) -> None:
    """Whoever got a password has one of their own now."""
    close_cause(f"password-{account.pk}-", at=at)


def role_ended(assignment: RoleAssignment, *, at: datetime) -> None:
    """A role that has ended does not end any more."""
    close_cause(f"role-{assignment.pk}-ends-", at=at)


def refused_often(account: Account, times: int, *, at: datetime) -> None:
    """Tell those who answer for security and personal data that somebody asks for what is not theirs; once a day of theirs."""
    day = legal_date(at)
    tell(
        NoticeKind.ACCESS_REFUSED,
        holding(Role.PRIVACY, Role.SECURITY, day=day),
        title=f"Одной учётной записи отказано в доступе {counted(times, TIME)} за час",
        url=f"{reverse('events:list')}?{urlencode({'kind': EventType.ACCESS_REFUSED.value, 'actor': account.login})}",
        key=f"refused-{account.pk}-{day:%Y-%m-%d}",
        at=at,
        but=account,
    )


def emergency_opened(opened: EmergencyAccess, *, at: datetime) -> None:
    """Tell those who review at the very moment."""
    tell(
        NoticeKind.EMERGENCY_OPENED,
        holding(Role.PRIVACY, Role.SECURITY, day=legal_date(at)),
        title=f"Открыт экстренный доступ № {opened.pk}: проверить не позже {opened.review_by:%d.%m.%Y}",
        url=reverse("people:emergency", args=[opened.pk]),
        key=f"emergency-{opened.pk}-opened",
        at=at,
        but=opened.account,
    )


@daily
def emergencies_unreviewed(at: datetime) -> int:
    """Tell whose role is suspended, and those who review, that an emergency access was not reviewed by its day; once (п. 3.8)."""
    today, told = legal_date(at), 0
    late = EmergencyAccess.objects.late(today).select_related("account")
    with transaction.atomic():
        reviewing = list(holding(Role.PRIVACY, Role.SECURITY, day=today))
        for one in late.order_by("pk"):
            told += tell(
                NoticeKind.EMERGENCY_UNREVIEWED,
                {account.pk: account for account in (one.account, *reviewing)}.values(),
                title=f"Экстренный доступ № {one.pk} не проверен до {one.review_by:%d.%m.%Y}: роль открывшего приостановлена",
                url=reverse("people:emergency", args=[one.pk]),
                key=f"emergency-{one.pk}-unreviewed",
                at=at,
            )
    return told


def emergency_reviewed(opened: EmergencyAccess, *, at: datetime) -> None:
    """Tell whoever opened it what the review came to."""
    close_cause(f"emergency-{opened.pk}-opened", at=at)
    close_cause(f"emergency-{opened.pk}-unreviewed", at=at)
    tell(
        NoticeKind.EMERGENCY_REVIEWED,
        [opened.account],
        title=f"Экстренный доступ № {opened.pk} проверен: {opened.get_verdict_display()}",
        url=reverse("people:emergency", args=[opened.pk]),
        key=f"emergency-{opened.pk}-reviewed",
        at=at,
    )


def matrix_proposed(edition: MatrixEdition, *, at: datetime) -> None:
    """Tell the head that the matrix waits."""
    tell(
        NoticeKind.MATRIX_PROPOSED,
        holding(Role.HEAD, day=legal_date(at)),
        title=f"«Матрица доступа», {edition}, ждёт утверждения",
        url=reverse("people:matrix_edition", args=[edition.number]),
        key=f"matrix-{edition.number}-proposed",
        at=at,
        but=edition.proposed_by,
    )


def matrix_decided(edition: MatrixEdition, word: str, *, at: datetime) -> None:
    """Tell whoever put the matrix what the head decided."""
    close_cause(f"matrix-{edition.number}-proposed", at=at)
    tell(
        NoticeKind.MATRIX_DECIDED,
        [edition.proposed_by],
        title=f"«Матрица доступа», {edition}: {word}",
        url=reverse("people:matrix_edition", args=[edition.number]),
        key=f"matrix-{edition.number}-decided",
        at=at,
    )


@daily
def doubles_found(at: datetime) -> int:
    """Tell whoever keeps cards that likely doubles were found since yesterday; said once a day."""
    today = legal_date(at)
    found = Resemblance.objects.waiting().filter(points__gte=LIKELY_FROM, found_at__gt=at - timedelta(days=1)).count()
    if not found:
        return 0
    with transaction.atomic():
        return tell(
            NoticeKind.DOUBLES_FOUND,
            holding(Role.METHODIST, day=today),
            title=f"Похожие карточки: {found}. Сверьте, не один ли это человек",
            url=f"{reverse('people:doubles')}?state=waiting",
            key=f"doubles-{today:%Y-%m-%d}",
            at=at,
        )


def consent_withdrawn(withdrawal: Withdrawal, *, actor: Account, at: datetime) -> None:
    """Tell whoever answers for personal data that a consent is taken back, and by when it is to be carried out."""
    tell(
        NoticeKind.CONSENT_WITHDRAWN,
        holding(Role.PRIVACY, day=legal_date(at)),
        title=f"Отозвано согласие: исполнить до {withdrawal.due_on:%d.%m.%Y}",
        url=reverse("destruction:case", args=[withdrawal.pk]),
        key=f"withdrawal-{withdrawal.pk}-waits",
        at=at,
        but=actor,
    )


def withdrawal_settled(withdrawal: Withdrawal, *, at: datetime) -> None:
    """Nothing waits there any more."""
    close_cause(f"withdrawal-{withdrawal.pk}-waits", at=at)


def name_of(assignment: RoleAssignment) -> str:
    """Return how the role is called: «методист», of a substitute «и. о. методиста»."""
    role = Role(assignment.role)
    return role.label if assignment.substitutes_id is None else role.acting
