"""What acts of destruction tell: the head that one waits, its composer what was decided, the person that it is done (п. 2.4).

Nothing personal: a notice says that there is something to look at, and a letter says less (п. 3.8).
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.urls import reverse

from zachetka.access.policy import Role
from zachetka.core.clock import legal_date
from zachetka.notices.actions import close_cause, tell
from zachetka.notices.kinds import NoticeKind
from zachetka.notices.queries import holding

if TYPE_CHECKING:
    from zachetka.access.models import Account
    from zachetka.destruction.models import Act
    from zachetka.destruction.queries.cases import Case


def act_waits(act: Act, *, actor: Account, at: datetime) -> None:
    """Tell whoever approves that an act waits."""
    close_cause(f"withdrawal-{act.withdrawal_id}-waits", at=at)
    tell(
        NoticeKind.DESTRUCTION_WAITS,
        holding(Role.HEAD, day=legal_date(at)),
        title="Акт об уничтожении персональных данных ждёт утверждения",
        url=reverse("destruction:act", args=[act.pk]),
        key=f"destruction-{act.pk}-waits",
        at=at,
        but=actor,
    )


def act_returned(act: Act, *, at: datetime) -> None:
    """Tell whoever composed it that it came back."""
    close_cause(f"destruction-{act.pk}-waits", at=at)
    tell(
        NoticeKind.DESTRUCTION_DECIDED,
        [act.composed_by],
        title="Акт об уничтожении возвращён: причина в нём",
        url=reverse("destruction:act", args=[act.pk]),
        key=f"destruction-{act.pk}-decided",
        at=at,
    )


def act_approved(act: Act, case: Case, *, at: datetime) -> None:
    """Tell whoever composed it, and the person whose data are gone."""
    close_cause(f"destruction-{act.pk}-waits", at=at)
    url = reverse("destruction:act", args=[act.pk])
    tell(
        NoticeKind.DESTRUCTION_DECIDED,
        [act.composed_by],
        title=f"Акт об уничтожении № {act.number} утверждён и исполнен",
        url=url,
        key=f"destruction-{act.pk}-decided",
        at=at,
    )
    tell(
        NoticeKind.DATA_DESTROYED,
        case.accounts,
        title=f"Отзыв согласия исполнен: акт № {act.number}, что уничтожено и что остаётся",
        url=url,
        key=f"destruction-{act.pk}-done",
        at=at,
    )
