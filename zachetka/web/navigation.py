"""The sidebar: one table, drawn for the permissions of whoever looks (п. 3.8).

An entry stands here only when its page exists; `tests/test_navigation.py` opens each. The sidebar asks the
database nothing beyond the roles of the account; the one count it shows is remembered by the home page. What
the bell says is counted with the reading of the account.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast

from django.conf import settings
from django.contrib import messages
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from zachetka.access.policy import STAFF, Permission, Role
from zachetka.core.academy import academy_on
from zachetka.core.clock import legal_date, now
from zachetka.core.russian import date_words
from zachetka.notices.queries import unread
from zachetka.web import issuer
from zachetka.web.help.pages import help_for
from zachetka.web.home import remembered_count
from zachetka.web.session_terms import terms_of

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping, Sequence
    from datetime import date

    from django.http import HttpRequest

    from zachetka.access.models import Account


P = Permission
EVERYBODY: Final = frozenset(Role)
LEARNER: Final = frozenset({Role.LEARNER})


class Entry(NamedTuple):
    """A row of the sidebar.

    Attributes:
        label: what it is called; `short` for the bottom bar of a phone.
        icon: a name of tabler.io/icons.
        url_name: the page.
        permission: who sees the row.
        group: the heading it stands under, "" for the first ones.
        badge: key of a count given to `entries_for`, "" for none.
        short: a shorter name for the bottom bar of a phone.
        also: beginnings of other addresses that belong to the row.
        ends: endings of addresses that belong to the row, whatever they begin with.
        roles: whose row it is: a learner and those who work here call the same page by different names.
        setting: the setting without which there is nothing behind the row, "" for none.
    """

    label: str
    icon: str
    url_name: str
    permission: Permission
    group: str = ""
    badge: str = ""
    short: str = ""
    also: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()
    roles: frozenset[Role] = EVERYBODY
    setting: str = ""


ENTRIES: Final = (
    Entry("Сегодня", "home", "web:home", P.HOME_READ, badge="tasks"),
    Entry(
        "Моя зачётка",
        "book",
        "learning:my-record-books",
        P.RECORD_BOOK_READ,
        short="Зачётка",
        also=("/record-books/", "/marks/", "/awards/"),
        roles=LEARNER,
    ),
    Entry("Мои данные", "id", "people:list", P.PERSON_READ, also=("/consents/",), roles=LEARNER),
    Entry("Кто смотрел", "eye", "events:list", P.EVENT_READ, ends=("/events/",), roles=LEARNER),
    Entry(
        "Что обо мне хранится",
        "database",
        "people:kept_own",
        P.SUBJECT_READ,
        also=("/requests/", "/destruction/", "/withdrawals/"),
        roles=LEARNER,
    ),
    Entry("Группы", "users-group", "learning:cohort-list", P.COHORT_READ, also=("/cohorts/",), roles=STAFF),
    Entry(
        "Слушатели",
        "user-search",
        "people:list",
        P.PERSON_READ,
        also=("/record-books/", "/kept/", "/consents/"),
        roles=STAFF,
    ),
    Entry("Похожие карточки", "users", "people:doubles", P.DOUBLE_READ, short="Похожие", also=("/merges/",)),
    Entry("Ведомости", "table", "learning:sheet-list", P.SHEET_READ, also=("/sheets/", "/marks/"), ends=("/sheet/",)),
    Entry("Исправления", "pencil-check", "learning:correction-list", P.SHEET_READ),
    Entry("Повторные открытия", "lock-open", "learning:reopening-list", P.SHEET_READ, short="Открытия"),
    Entry("Поощрения", "certificate", "learning:award-list", P.RECORD_BOOK_READ, also=("/awards/",), roles=STAFF),
    Entry("Приказы", "file-text", "learning:order-list", P.ORDER_READ),
    Entry("Загрузка списков", "file-import", "imports:list", P.PERSON_IMPORT, short="Загрузка"),
    Entry(
        "Список из Moodle",
        "cloud-download",
        "exchange:moodle-people",
        P.PERSON_IMPORT,
        short="Moodle",
        setting="MOODLE_URL",
    ),
    Entry(
        "Оценки из Moodle",
        "cloud-download",
        "exchange:moodle-marks",
        P.SHEET_FILL,
        short="Moodle",
        setting="MOODLE_URL",
    ),
    Entry("Программы", "school", "programs:list", P.PROGRAM_READ),
    Entry("Книги регистрации", "books", "registers:list", P.REGISTER_READ, short="Книги"),
    Entry("Работники", "id-badge-2", "people:employees", P.EMPLOYEE_READ, group="Доступ"),
    Entry("Учётные записи", "users", "people:accounts", P.ACCOUNT_READ, group="Доступ", short="Учётки"),
    Entry("Роли", "user-shield", "people:roles", P.ACCOUNT_READ, group="Доступ"),
    Entry("Экстренный доступ", "lock-open", "people:emergencies", P.EMERGENCY_READ, group="Доступ", short="Экстренный"),
    Entry("Матрица доступа", "table", "people:matrix", P.MATRIX_READ, group="Доступ", short="Матрица"),
    Entry("Запросы субъектов", "mail-question", "people:requests", P.REQUEST_READ, group="Доступ", roles=STAFF),
    Entry(
        "Акты об уничтожении",
        "file-shredder",
        "destruction:list",
        P.DESTRUCTION_READ,
        group="Доступ",
        short="Акты",
        also=("/withdrawals/", "/holds/"),
        roles=STAFF,
    ),
    Entry("Журнал событий", "list-details", "events:list", P.EVENT_READ, group="Доступ", short="Журнал", roles=STAFF),
    Entry("Целостность", "shield-check", "events:ledger", P.LEDGER_CHECK, group="Доступ"),
    Entry("Справка", "help", "help:index", P.HOME_READ, group="Система", also=("/help/",)),
    Entry("Лист оформления", "palette", "web:design", P.DESIGN_READ, group="Система", short="Оформление"),
)
"""In the order of the sidebar; the first three or four are also the bottom bar of a phone."""

PERSONAL: Final = (
    ("Мои задания", "progress", "jobs:list", Permission.JOB_READ),
    ("Мой вход", "shield-lock", "account_security", Permission.HOME_READ),
    ("Что присылать", "bell", "notices:settings", Permission.NOTICE_READ),
    ("Сменить пароль", "key", "account_change_password", Permission.HOME_READ),
)
"""Rows of the menu under the name: label, icon, page, who sees it."""
THEMES: Final = (("", "device-desktop", "Как в системе"), ("light", "sun", "Светлое"), ("dark", "moon", "Тёмное"))
PHONE_SLOTS: Final = 4


@dataclass(frozen=True, slots=True)
class Shown:
    """An entry as the template draws it for one person on one page."""

    label: str
    short: str
    icon: str
    url: str
    group: str
    opens_group: bool
    count: int
    current: bool
    exact: bool


def entries_for(actor: Account, path: str, counts: Mapping[str, int]) -> list[Shown]:
    """Return the rows that `actor` may open, the one that `path` belongs to marked. No queries beyond the roles."""
    rows = [(entry, _address(entry.url_name)) for entry in ENTRIES if _shown_to(actor, entry)]
    here = _owner(rows, path)
    shown, group = [], ""
    for entry, url in rows:
        shown.append(
            Shown(
                label=entry.label,
                short=entry.short or entry.label,
                icon=entry.icon,
                url=url,
                group=entry.group,
                opens_group=entry.group != group,
                count=counts.get(entry.badge, 0),
                current=url == here,
                exact=url == path,
            )
        )
        group = entry.group
    return shown


@cache
def _address(name: str) -> str:
    return reverse(name)


def _shown_to(actor: Account, entry: Entry) -> bool:
    is_there = not entry.setting or bool(getattr(settings, entry.setting))
    is_theirs = entry.roles == EVERYBODY or bool(entry.roles & actor.roles_held)
    return is_there and is_theirs and actor.allowed(entry.permission)


def _owner(rows: Sequence[tuple[Entry, str]], path: str) -> str:
    """Return the address of the row that `path` belongs to: an ending, then the longest beginning; «/» is only itself."""
    for entry, url in rows:
        if path.endswith(entry.ends):
            return url
    claims = [(begin, url) for entry, url in rows for begin in (url, *entry.also)]
    fitting = [(len(begin), url) for begin, url in claims if path.startswith(begin) and (begin != "/" or path == "/")]
    return max(fitting, default=(0, ""))[1]


def for_phone(entries: Sequence[Shown]) -> tuple[list[Shown], list[Shown]]:
    """Return what stands in the bottom bar and what waits under «Ещё»: four rows, or three and «Ещё»."""
    if len(entries) <= PHONE_SLOTS:
        return list(entries), []
    return list(entries[: PHONE_SLOTS - 1]), list(entries[PHONE_SLOTS - 1 :])


# --- For every page -------------------------------------------------------------------------------------------------

THEME_COOKIE: Final = "theme"
WEEKDAYS: Final = ("понедельник", "вторник", "среда", "четверг", "пятница", "суббота", "воскресенье")


def theme_of(request: HttpRequest) -> str:
    """Return the chosen look: light, dark, or "" to follow the system. Anything else in the cookie is not a choice."""
    chosen = request.COOKIES.get(THEME_COOKIE, "")
    return chosen if chosen in {key for key, _, _ in THEMES} else ""


def today_in_words(today: date) -> str:
    """Return «23 ноября 2026, понедельник»."""
    return f"{date_words(today)}, {WEEKDAYS[today.weekday()]}"


def _roles(actor: Account) -> list[str]:
    """Return the roles in force as the shell names them, those that do not act after the others."""
    held = [role.label for role in sorted(actor.roles_held)]
    return held + [f"{role.label} (приостановлена)" for role in sorted(actor.suspended)]


def face_of(request: HttpRequest) -> Hashable | None:
    """Return all that the shell shows to somebody who has signed in besides the address and the day; no query.

    None while a message waits: it is told once. Two requests with the same face at one address on one day have the same shell;
    `test_kept_pages.py` compares them.
    """
    if len(messages.get_messages(request)):
        return None
    actor = cast("Account", request.user)
    return (
        actor.pk,
        actor.person_uid,
        actor.display_name,
        tuple((held.role, held.unit_id) for held in actor.assignments),
        actor.suspended,
        actor.emergency,
        unread(actor),
        remembered_count(actor),
        theme_of(request),
    )


def navigation(request: HttpRequest) -> dict[str, Any]:
    """The context that `base.html` needs: look, day, academy and the sidebar, the last only when a template asks for it."""
    today = legal_date(now())
    return {
        "theme": theme_of(request),
        "theme_choice": theme_of(request),
        "today": today,
        "academy_name": academy_on(today).short,
        "outside": issuer.name() if issuer.is_named() else "",
        "plain_help_url": help_for(request),
        "navigation": SimpleLazyObject(lambda: _shell(request, today)),
    }


def _shell(request: HttpRequest, today: date) -> dict[str, Any]:
    actor = getattr(request, "user", None)
    page: dict[str, Any] = {"today_words": today_in_words(today), "themes": THEMES, "help_url": help_for(request)}
    if actor is None or not actor.is_authenticated:
        return page
    entries = entries_for(actor, request.path, {"tasks": remembered_count(actor)})
    in_bar, rest = for_phone(entries)
    return page | {
        "idle": int(terms_of(actor)[0].total_seconds()),
        "help_url": help_for(request, actor.roles_given),
        "entries": entries,
        "emergency": actor.emergency,
        "unread": unread(actor) if actor.allowed(Permission.NOTICE_READ) else None,
        "phone": in_bar,
        "phone_rest": rest,
        "section": next((entry.label for entry in entries if entry.current), ""),
        "role": ", ".join(_roles(actor)) or "без роли",
        "personal": [
            {"label": label, "icon": icon, "url": _address(name)}
            for label, icon, name, right in PERSONAL
            if actor.allowed(right)
        ],
        "sign_out_url": reverse("account_logout"),
        "search_url": reverse("web:search"),
        "query": request.GET.get("q", "")[:200] if request.path == reverse("web:search") else "",
    }
