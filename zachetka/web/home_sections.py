"""What stands on the home page beside the tasks: cohorts at work, one's own record books, the state of the ledger.

Each section asks a fixed number of queries and shows only what the policy opens to the person (п. 3.8).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.urls import reverse

from zachetka.access.policy import Permission, Role
from zachetka.core.academy import academy_on
from zachetka.core.clock import LEGAL_ZONE, legal_date
from zachetka.core.russian import (
    EVENT,
    MONTHS_NAMED,
    MONTHS_SHORT,
    Gender,
    Noun,
    clock,
    counted,
    day_word,
    grouped,
    plural,
)
from zachetka.learning.models import Enrolment
from zachetka.learning.queries.cohort_list import state_badge
from zachetka.learning.queries.cohorts import Phase, running
from zachetka.learning.queries.movement import Month, movement
from zachetka.ledger.models import Checkpoint
from zachetka.rendering.charts import Chart, Series, bars, line
from zachetka.rendering.pieces import bar_cell
from zachetka.rendering.tasks import Notice

if TYPE_CHECKING:
    from zachetka.access.models import Account

COHORT: Final = Noun("группа", "группы", "групп", Gender.FEMININE)
COHORTS_SHOWN: Final = 6
NAMING: Final = frozenset({Role.ADMIN, Role.HEAD})
"""Who is told that nobody has named the academy."""
STALE: Final = timedelta(days=1)
"""A checkpoint older than this is worth a look: the sealer may have stopped."""


@dataclass(frozen=True, slots=True)
class Section:
    """A card under the tasks: its template and what it draws."""

    template: str
    title: str
    rows: list[Any]
    more: str = ""
    more_url: str = ""
    told: dict[str, Any] = field(default_factory=dict)


def cohorts_at_work(actor: Account, at: datetime) -> Section | None:
    """«Группы в работе»: those that learn today, the nearest attestation first; two queries."""
    if not actor.allowed(Permission.COHORT_READ) or actor.roles_held <= {Role.LEARNER}:
        return None
    day = legal_date(at)
    shown, whole = running(actor, day, COHORTS_SHOWN)
    rows = [
        {
            "cohort": cohort,
            "url": reverse("learning:cohort", args=[cohort.pk]),
            "bar": bar_cell(cohort.marks_given, cohort.marks_wanted, "Выставлено оценок"),  # type: ignore[attr-defined] # annotated
            "state": state_badge(cohort, day),
        }
        for cohort in shown
    ]
    if not rows:
        return None
    more = f"Учится {counted(whole, COHORT)}"
    address = f"{reverse('learning:cohort-list')}?phase={Phase.RUNNING.value}"
    return Section("web/_cohorts_at_work.html", "Группы в работе", rows, more, address)


def movement_of_year(actor: Account, at: datetime) -> Section | None:
    """«Движение за год»: who began and who finished, and how many learn, to whoever answers for the whole; three queries."""
    if Role.HEAD not in actor.roles_held:
        return None
    day = legal_date(at)
    months = movement(actor, day)
    if not any(month.started or month.learning for month in months):
        return None
    return Section("web/_movement.html", "Движение за год", [flow_chart(months), learning_chart(months, day)])


def flow_chart(months: Sequence[Month]) -> Chart:
    """Draw who began and who finished, month by month; who left without a document stands in the table."""
    begun, done = sum(one.started for one in months), sum(one.finished for one in months)
    most = max(months, key=lambda one: one.started)
    return Chart(
        name="chart-flow",
        title="Начали и окончили",
        subtitle=f"Слушателей по месяцам, {_span(months)}. *Месяц не окончен",
        drawing=bars(
            _labels(months),
            [
                Series("начали", [one.started for one in months]),
                Series("окончили", [one.finished for one in months]),
            ],
        ),
        words=f"За двенадцать месяцев начали {grouped(begun)}, окончили {grouped(done)}; больше всего начали — "
        f"{_month(most)}: {grouped(most.started)}.",
        legend=("начали", "окончили"),
        head=("Месяц", "Начали", "Окончили", "Отчислены"),
        rows=[(_month(one), *map(grouped, (one.started, one.finished, one.left))) for one in months],
    )


def learning_chart(months: Sequence[Month], day: date) -> Chart:
    """Draw how many learnt on the last day of each month, and today."""
    first, now = months[0], months[-1]
    return Chart(
        name="chart-learning",
        title="Учатся",
        subtitle=f"Слушателей на конец месяца, {_span(months)}. *На {day:%d.%m.%Y}",
        drawing=line(_labels(months), [one.learning for one in months]),
        words=f"Сегодня учатся {grouped(now.learning)}, на конец месяца {_month(first)} учились {grouped(first.learning)}.",
        head=("Месяц", "Учатся"),
        rows=[(_month(one), grouped(one.learning)) for one in months],
    )


def _labels(months: Sequence[Month]) -> list[str]:
    return [f"{MONTHS_SHORT[one.first.month - 1]}{'*' if one is months[-1] else ''}" for one in months]


def _month(one: Month) -> str:
    return f"{MONTHS_NAMED[one.first.month - 1]} {one.first.year}"


def _span(months: Sequence[Month]) -> str:
    return f"{_month(months[0])} — {_month(months[-1])}"


def own_books(actor: Account, at: datetime) -> Section | None:
    """«Моё обучение»: the record books of a learner, the running first; one query."""
    if Role.LEARNER not in actor.roles_held:
        return None
    own = Enrolment.objects.filter(learner__person__human_uid=actor.person_uid).visible_to(actor)
    found = own.select_related("cohort__program_version").order_by("-started_on", "-pk")
    rows = [(one, one.words_on(legal_date(at))) for one in found]
    return Section("web/_own_books.html", "Моё обучение", rows)


def ledger_notices(actor: Account, at: datetime) -> list[Notice]:
    """Say when the ledger was last signed, to those who answer for it; one query (п. 3.3)."""
    if not actor.allowed(Permission.LEDGER_CHECK):
        return []
    last = Checkpoint.objects.order_by("-tree_size").first()
    if last is None:
        return [Notice("Журнал ещё не подписан", "Первая контрольная точка появится сама", "shield-question", "warn")]
    local = last.at.astimezone(LEGAL_ZONE)
    when = f"{day_word(local.date(), legal_date(at)).lower()} в {clock(local)}"
    size = counted(last.tree_size, EVENT)
    if at - last.at > STALE:
        return [Notice("Журнал давно не подписывался", f"Последний раз {when}, {size}", "shield-exclamation", "warn")]
    return [Notice("Журнал подписан", f"{size}, {when}", "shield-check", "ok")]


def suspension_notices(actor: Account, _at: datetime) -> list[Notice]:
    """Say why so little is here to whoever's role does not act until an emergency access is reviewed (п. 3.8); no query of its own."""
    held = sorted(role.label for role in actor.suspended)
    if not held:
        return []
    told = "Экстренный доступ не проверен в срок: проверит ответственный за персональные данные или администратор безопасности"
    title = (
        f"{plural(len(held), 'Приостановлена роль', 'Приостановлены роли', 'Приостановлены роли')}: {', '.join(held)}"
    )
    return [Notice(title, told, "lock", "bad", reverse("people:emergencies"))]


def academy_notices(actor: Account, at: datetime) -> list[Notice]:
    """Say that papers go out without a name, to whoever signs them and to whoever keeps the system (п. 2.5); no query."""
    if academy_on(legal_date(at)).is_named or not actor.roles_held & NAMING:
        return []
    told = f"Бумаги выходят без него: администратор вписывает его в файл {settings.ACADEMY_FILE.name} в папке данных"
    return [Notice("Название организации не задано", told, "alert-triangle", "warn")]


SECTIONS: Final[tuple[Callable[[Account, datetime], Section | None], ...]] = (
    own_books,
    movement_of_year,
    cohorts_at_work,
)


def sections_of(actor: Account, at: datetime) -> list[Section]:
    """Return the cards under the tasks of `actor`."""
    return [section for one in SECTIONS if (section := one(actor, at)) is not None]
