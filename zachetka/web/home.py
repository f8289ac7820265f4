"""«Ждёт меня»: what each room wants done by this person, with a term and one verb (look.md, principle 1).

A room supplies `queries.tasks(actor, at) -> list[Task]` or a count; `SOURCES` lists them. Each source costs a fixed number of
queries, so does the page.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from django.core.cache import cache
from django.urls import reverse

from zachetka.access.policy import Permission
from zachetka.core.clock import legal_date
from zachetka.core.russian import due_word, plural
from zachetka.destruction import waiting as destruction
from zachetka.learning.queries import cohorts, debt_tasks, orders, sheet_tasks
from zachetka.learning.queries.learner_tasks import learner_notices, learner_tasks
from zachetka.people import editions, emergencies
from zachetka.people import queries as people
from zachetka.people import resemblance_list as doubles
from zachetka.people.subject import waiting as subject_requests
from zachetka.programs import queries as programs
from zachetka.registers import queries as registers
from zachetka.rendering.tasks import Notice, Task
from zachetka.web.events import notices as checks
from zachetka.web.home_sections import academy_notices, ledger_notices, suspension_notices

if TYPE_CHECKING:
    from zachetka.access.models import Account

Source = Callable[["Account", datetime], list[Task]]

Rail = Callable[["Account", datetime], list[Notice]]

SOURCES: Final[tuple[Source, ...]] = (
    learner_tasks,
    sheet_tasks.tasks,
    debt_tasks.tasks,
    cohorts.tasks,
    orders.tasks,
    programs.tasks,
    people.tasks,
    editions.tasks,
    emergencies.tasks,
    checks.tasks,
    subject_requests.tasks,
    destruction.tasks,
    doubles.tasks,
)
"""Functions of the rooms that say what waits for a person."""
RAIL: Final[tuple[Rail, ...]] = (
    suspension_notices,
    learner_notices,
    cohorts.notices,
    registers.notices,
    checks.notices,
    ledger_notices,
    academy_notices,
    people.notices,
    editions.notices,
    emergencies.notices,
)
"""Functions of the rooms that say what is worth knowing; the rail only informs."""

ACTS: Final = (
    ("Загрузить список", "file-import", "imports:list", Permission.PERSON_IMPORT),
    ("Новая группа", "plus", "learning:cohort-new", Permission.COHORT_EDIT),
)
"""Acts that begin something, offered at the head of the page: label, icon, page, who sees them."""

WEEK: Final = timedelta(days=7)
REMEMBERED: Final = 60
"""Seconds the count of the sidebar lives: an old figure is worse than none."""
SHOWN: Final = 20
"""Rows of the list; the rest is behind the pages of the rooms."""


@dataclass(frozen=True, slots=True)
class Row:
    """A task as the page shows it."""

    term: str
    tone: str
    title: str
    detail: str
    url: str
    verb: str
    primary: bool = False


@dataclass(frozen=True, slots=True)
class Act:
    """A button at the head of the home page."""

    label: str
    icon: str
    url: str


def tasks_of(actor: Account, at: datetime) -> list[Task]:
    """Return what waits for `actor`, the most pressing first; what has no term stands after what is due in a week."""
    found = [task for source in SOURCES for task in source(actor, at)]
    week = legal_date(at) + WEEK
    return sorted(found, key=lambda task: (task.term or week, task.term is None, task.title))


def rows(tasks: list[Task], today: date) -> list[Row]:
    """Return the rows of the list: words of the term, its colour, one blue button for the act of today."""
    made = [_row(task, today) for task in tasks[:SHOWN]]
    first = next((n for n, task in enumerate(tasks[:SHOWN]) if task.term == today), None)
    if first is None and made:
        first = 0
    if first is not None:
        made[first] = replace(made[first], primary=True)
    return made


def _row(task: Task, today: date) -> Row:
    if task.term is None:
        return Row("Без срока", "", task.title, task.detail, task.url, task.verb)
    ahead = (task.term - today).days
    tone = "bad" if ahead < 0 else "warn" if ahead <= 1 else ""
    return Row(due_word(task.term, today), tone, task.title, task.detail, task.url, task.verb)


def sentence(tasks: list[Task], today: date) -> str:
    """Say the day in one sentence: «Одно дело просрочено, одно — на сегодня. Остальное терпит.»."""
    late = sum(1 for task in tasks if task.term and task.term < today)
    due = sum(1 for task in tasks if task.term == today)
    if not tasks:
        return "Ничего не ждёт. Новое появится здесь само."
    if not late and not due:
        return "Срочного нет."
    parts = []
    if late:
        verb = plural(late, "просрочено", "просрочены", "просрочено")
        parts.append(f"{_count(late)} {plural(late, 'дело', 'дела', 'дел')} {verb}")
    if due:
        parts.append(
            f"{_count(due)} — на сегодня" if late else f"{_count(due)} {plural(due, 'дело', 'дела', 'дел')} на сегодня"
        )
    text = ", ".join(parts)
    rest = " Остальное терпит." if late + due < len(tasks) else ""
    return f"{text[0].upper()}{text[1:]}.{rest}"


_SMALL: Final = ("", "одно", "два", "три", "четыре", "пять", "шесть", "семь", "восемь", "девять")


def _count(n: int) -> str:
    return _SMALL[n] if n < len(_SMALL) else str(n)


def greeting(at_hour: int) -> str:
    """Return the greeting for a Moscow hour, 0–23."""
    if at_hour < 5:
        return "Доброй ночи"
    if at_hour < 12:
        return "Доброе утро"
    return "Добрый день" if at_hour < 18 else "Добрый вечер"


def acts_of(actor: Account) -> list[Act]:
    """Return what `actor` may begin from the home page."""
    return [Act(label, icon, reverse(name)) for label, icon, name, right in ACTS if actor.allowed(right)]


def notices_of(actor: Account, at: datetime) -> list[Notice]:
    """Return what is worth knowing today, in the order of the rooms."""
    return [notice for source in RAIL for notice in source(actor, at)]


def remember_count(actor: Account, count: int) -> None:
    """Keep the figure of the sidebar, so that other pages show it without asking every room again."""
    cache.set(f"waiting:{actor.pk}", count, REMEMBERED)


def remembered_count(actor: Account) -> int:
    """Return the figure that the home page counted within the last minute, or 0."""
    return int(cache.get(f"waiting:{actor.pk}", 0))
