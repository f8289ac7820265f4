"""The lists of people, employees, accounts and roles: their columns, filters and search."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from zachetka.access.models import Account, RoleAssignment, Unit
from zachetka.access.policy import FieldClass, Role
from zachetka.core.clock import legal_date, now
from zachetka.core.text import search_key
from zachetka.people import queries
from zachetka.people.fields import PERSONAL_FIELDS, value_masked, value_shown
from zachetka.people.models import EducationDocument, Employee, Person
from zachetka.people.suspensions import Suspension
from zachetka.rendering.pieces import badge, two_lines
from zachetka.rendering.tables import Column, Empty, Filter, Table
from zachetka.rendering.xlsx import Value

STATE = RoleAssignment.State
ROLE_BADGES: Final = {
    STATE.PROPOSED: ("info", "send"),
    STATE.ACTIVE: ("ok", "check"),
    STATE.REFUSED: ("bad", "x"),
    STATE.ENDED: ("neutral", "ban"),
}
SUSPENDED: Final = "приостановлена"


# --- Learners -----------------------------------------------------------------------------------------------------------


def _card(person: Any) -> str:
    return reverse("people:card", args=[person.uid])


def _name(person: Any) -> SafeString:
    return format_html("{}", person.full_name)


def _personal(name: str, label: str, kind: FieldClass, width: int) -> Column[Person]:
    def value(person: Person) -> Value:
        return person.birth_date if name == "birth_date" else value_shown(person, name)

    def cell(person: Person) -> SafeString:
        return format_html("{}", value_masked(person, name) or "—")

    return Column(name, label, value, cell=cell, field_class=kind, width=width)


def _schooling(person: Any) -> str:
    return "; ".join(dict.fromkeys(str(paper.get_level_display()) for paper in person.education.all()))


_WIDTHS: Final = {"email": 30, "phone": 18}
_NAME: Column[Person] = Column(
    "name", "Фамилия, имя, отчество", lambda row: row.full_name, cell=_name, sort=("sort_key",), link=_card, width=44
)
_SINCE: Column[Person] = Column("since", "Внесён", lambda row: legal_date(row.registered_at), sort=("id",))
_SCHOOLING: Column[Person] = Column("level", "Образование", _schooling, field_class=FieldClass.SERVICE, width=40)
_PERSONAL: Final = {
    one.name: _personal(one.name, one.label, one.kind, _WIDTHS.get(one.name, 16)) for one in PERSONAL_FIELDS
}

LEARNERS: Table[Person] = Table(
    name="learners",
    label="Слушатели",
    noun="слушатель,слушателя,слушателей",
    columns=(_NAME, _SCHOOLING, _PERSONAL["snils"], _SINCE),
    sort="name",
    filters=(
        Filter("level", "Любое образование", EducationDocument.Level.choices, queries.of_education),
        Filter(
            "lacks",
            "Все сведения",
            (
                ("snils", "нет СНИЛС"),
                ("birth_date", "нет даты рождения"),
                ("education", "нет документа об образовании"),
            ),
            queries.lacking,
        ),
    ),
    search=queries.by_name_or_snils,
    searchable="Фамилия, имя или СНИЛС целиком",
    empty=Empty(
        title="Слушателей пока нет",
        text="Внесите человека вручную или загрузите список из Excel.",
        icon="users",
    ),
    most_counted=10_000,
)
"""For readers to whom personal documents are open."""

LEARNERS_BY_NAME: Final = replace(
    LEARNERS,
    filters=(),
    search=queries.by_name,
    searchable="Фамилия или имя",
    empty=Empty("Слушателей пока нет", icon="users"),
)
"""For the others: nothing that is closed to them can be asked about either."""

LEARNERS_FILE: Final = replace(LEARNERS, columns=(_NAME, *_PERSONAL.values(), _SCHOOLING, _SINCE))
"""What a file holds: every particular opened to the export."""


def learners_table(opened: frozenset[FieldClass]) -> Table[Person]:
    """Return the list for a reader to whom these classes are open."""
    return LEARNERS if FieldClass.PERSONAL_DOCUMENTS in opened else LEARNERS_BY_NAME


# --- Employees ----------------------------------------------------------------------------------------------------------


def _units() -> list[tuple[str, str]]:
    return [(str(pk), name) for pk, name in Unit.objects.values_list("pk", "name")]


def _account(row: Any) -> SafeString:
    if row.account_pk is None:
        return SafeString("—")
    if not row.account_is_active:
        return format_html("{} {}", row.login, badge("neutral", "lock", "закрыта"))
    return format_html("{}", row.login)


def _named(rows: QuerySet[Employee], text: str) -> QuerySet[Employee]:
    return rows.filter(
        Q(person__in=queries.by_name(Person.objects.all(), text)) | Q(position__folded__contains=search_key(text))
    )


EMPLOYEES: Table[Employee] = Table(
    name="employees",
    label="Работники",
    noun="работник,работника,работников",
    columns=(
        Column("name", "Фамилия, имя, отчество", lambda row: row.person.full_name, sort=("person__sort_key",),
               link=lambda row: reverse("people:employee", args=[row.pk]), width=44),
        Column("position", "Должность", lambda row: row.position, sort=("position",), width=32),
        Column("unit", "Подразделение", lambda row: row.unit.name, sort=("unit__name",), width=48),
        Column("hired", "Принят", lambda row: row.hired_on, sort=("hired_on",)),
        Column("login", "Учётная запись", lambda row: row.login or "", cell=_account, sort=("login",)),  # type: ignore[attr-defined]
    ),
    sort="name",
    filters=(Filter("unit", "Все подразделения", _units, lambda rows, value: rows.filter(unit=int(value))),),
    search=_named,
    searchable="Фамилия или должность",
    empty=Empty(title="Работников пока нет", text="Внесите работника, затем заведите ему учётную запись.", icon="users"),
)  # fmt: skip


# --- Accounts -----------------------------------------------------------------------------------------------------------


def in_force(account: Any) -> list[RoleAssignment]:
    """Return the roles of an account of `queries.accounts` that are in force today."""
    today = legal_date(now())
    return [
        role
        for role in account.all_roles
        if role.state == STATE.ACTIVE and role.valid_from <= today and (role.valid_to is None or role.valid_to >= today)
    ]


def _roles(account: Any) -> str:
    return ", ".join(Role(role.role).label for role in in_force(account))


def account_state(account: Account) -> tuple[str, str, str]:
    """Return tone, icon and word of the state of an account."""
    if not account.is_active:
        return "neutral", "lock", "закрыта"
    if account.initial_until is not None:
        return "warn", "key", "пароль не сменён"
    if not account.has_usable_password():
        return "neutral", "key-off", "без пароля"
    return "ok", "check", "открыта"


def _holding(rows: QuerySet[Account], role: str) -> QuerySet[Account]:
    held = RoleAssignment.objects.in_force(legal_date(now())).filter(role=role)
    return rows.filter(pk__in=held.values("account"))


def _in_state(rows: QuerySet[Account], state: str) -> QuerySet[Account]:
    return rows.filter(is_active=state == "open")


def _shown(row: Any) -> str:
    return str(row.shown_name)


def _owner(row: Any) -> SafeString:
    return two_lines(row.shown_name, row.login) if row.shown_name != row.login else format_html("{}", row.login)


def _named_or_login(rows: QuerySet[Account], text: str) -> QuerySet[Account]:
    key = search_key(text)
    return rows.filter(Q(shown_name__folded__contains=key) | Q(login__folded__contains=key))


ACCOUNTS: Table[Account] = Table(
    name="accounts",
    label="Учётные записи",
    noun="учётная запись,учётные записи,учётных записей",
    columns=(
        Column("name", "Чья", _shown, cell=_owner, sort=("shown_name",), link=lambda row: reverse("people:account", args=[row.pk]), width=44),
        Column("roles", "Роли сегодня", _roles, width=44),
        Column("last_in", "Последний вход", lambda row: row.last_in, sort=("last_in",), width=20),  # type: ignore[attr-defined]
        Column("state", "Состояние", lambda row: account_state(row)[2], cell=lambda row: badge(*account_state(row)),
               sort=("is_active", "shown_name")),
    ),
    sort="name",
    filters=(
        Filter("role", "Все роли", [(role.value, role.label) for role in Role], _holding),
        Filter("state", "Любое состояние", (("open", "открытые"), ("closed", "закрытые")), _in_state),
    ),
    search=_named_or_login,
    searchable="Фамилия или логин",
    empty=Empty(title="Учётных записей нет", icon="id-badge"),
    most_counted=10_000,
)  # fmt: skip


# --- Roles --------------------------------------------------------------------------------------------------------------


def role_state(assignment: RoleAssignment) -> str:
    """Return the word of a role's state; of one in force that does not act, that it is suspended."""
    return SUSPENDED if Suspension.of(assignment) else str(STATE(assignment.state).label)


def role_badge(assignment: RoleAssignment) -> SafeString:
    """Return the badge of a role's state."""
    tone, icon = ("bad", "lock-pause") if Suspension.of(assignment) else ROLE_BADGES[STATE(assignment.state)]
    return badge(tone, icon, role_state(assignment))


def role_name(assignment: RoleAssignment) -> str:
    """Return how the role is called: «методист», of a substitute «и. о. методиста»."""
    role = Role(assignment.role)
    return role.label if assignment.substitutes_id is None else role.acting


def _term(row: RoleAssignment) -> str:
    return f"с {row.valid_from:%d.%m.%Y}" + (f" по {row.valid_to:%d.%m.%Y}" if row.valid_to else ", бессрочно")


def _hands(row: RoleAssignment) -> SafeString:
    lines = [
        f"{word} — {account.display_name}"
        for word, account in (("кто предложил", row.proposed_by), ("кто решил", row.approved_by))
        if account is not None
    ]
    return format_html_join("", '<span class="sub">{}</span>', ((line,) for line in lines)) or SafeString(
        "при установке"
    )


def _about(rows: QuerySet[RoleAssignment], text: str) -> QuerySet[RoleAssignment]:
    key = search_key(text)
    named = Q(shown_name__folded__contains=key) | Q(account__login__folded__contains=key)
    return rows.filter(named | Q(order_number__folded__contains=key))


ROLES: Table[RoleAssignment] = Table(
    name="roles",
    label="Роли",
    noun="роль,роли,ролей",
    columns=(
        Column("account", "Кому", _shown, sort=("shown_name",),
               link=lambda row: reverse("people:role", args=[row.pk]), width=44),
        Column("role", "Роль", role_name, sort=("role",), width=32,
               cell=lambda row: two_lines(role_name(row), row.unit.name if row.unit else "вся академия")),
        Column("order", "Приказ", lambda row: f"№ {row.order_number} от {row.order_date:%d.%m.%Y}", sort=("order_date",),
               width=26),
        Column("term", "Срок", _term, sort=("valid_from",), width=30),
        Column("hands", "Кто предложил и решил", lambda _: "", cell=_hands, export=False),
        Column("state", "Состояние", role_state, cell=role_badge, sort=("state", "valid_from")),
    ),
    sort="account",
    filters=(
        Filter("state", "Любое состояние", STATE.choices, lambda rows, value: rows.filter(state=value)),
        Filter("role", "Все роли", [(role.value, role.label) for role in Role], lambda rows, value: rows.filter(role=value)),
    ),
    search=_about,
    searchable="Фамилия, логин или номер приказа",
    empty=Empty(title="Ролей пока не назначали", text="Роль предлагает администратор системы по приказу.", icon="user-check"),
    most_counted=10_000,
)  # fmt: skip
