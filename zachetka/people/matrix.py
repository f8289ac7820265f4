"""«Матрица доступа»: the page of rights as an inspector reads it, from `access.policy` and the roles in force (п. 3.8).

`content` is the matrix of one moment as plain data: the page, the file, the paper and the frozen edition are readings of it,
so an edition approved years ago is shown as it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from zachetka.access.policy import EMERGENCY, MATRIX, SEPARATED, FieldClass, Permission, Role, Scope
from zachetka.people.rules.difference import Change, Line
from zachetka.people.suspensions import Suspension

if TYPE_CHECKING:
    from zachetka.access.models import RoleAssignment

SCOPES: Final = {
    Scope.OWN: ("своё", "только о себе"),
    Scope.TAUGHT: ("учит", "группы, в которых преподаёт"),
    Scope.ONE: ("один", "один названный слушатель, не больше часа"),
    Scope.UNIT: ("подр.", "подразделение из приказа"),
    Scope.ALL: ("всё", "вся академия"),
}
"""Scope → how a cell of the matrix says it, and what that means."""
MARKS: Final = {FieldClass.PERSONAL: "П", FieldClass.PERSONAL_DOCUMENTS: "Д"}
"""Class of fields → the letter beside the scope; the ordinary classes have none."""
SHORT: Final = {
    Role.LEARNER: "слуш.",
    Role.TEACHER: "препод.",
    Role.METHODIST: "метод.",
    Role.REGISTRAR: "делопр.",
    Role.SECRETARY: "секр.",
    Role.CHAIR: "предс.",
    Role.ARCHIVIST: "архив.",
    Role.INSPECTOR: "контр.",
    Role.HEAD: "руков.",
    Role.PRIVACY: "отв. ПДн",
    Role.ADMIN: "админ.",
    Role.SECURITY: "безоп.",
}
ABSENT: Final = "—"
CHANGES: Final = {
    Change.ADDED: ("ok", "plus", "добавлено"),
    Change.REMOVED: ("bad", "minus", "убрано"),
    Change.CHANGED: ("warn", "pencil", "изменено"),
}
"""Kind of change → tone, icon and word of its badge."""


# --- The content --------------------------------------------------------------------------------------------------------


def content(holders: Iterable[RoleAssignment]) -> dict[str, Any]:
    """Return the matrix as plain data: what is frozen, hashed and approved.

    `holders` come from `queries.holders`: with their positions, learners left out.
    """
    return {
        "roles": [{"role": role.value, "label": role.label} for role in Role],
        "rights": [{"permission": one.value, "sentence": one.sentence} for one in Permission],
        "grants": [
            {
                "role": role.value,
                "role_label": role.label,
                "permission": permission.value,
                "sentence": permission.sentence,
                "scope": grant.scope.value,
                "fields": [kind.value for kind in MARKS if kind in grant.fields],
                "basis": grant.basis,
            }
            for role in Role
            for permission in Permission
            if (grant := MATRIX[permission].get(role)) is not None
        ],
        "emergency": [
            {
                "permission": permission.value,
                "sentence": permission.sentence,
                "scope": grant.scope.value,
                "fields": [kind.value for kind in MARKS if kind in grant.fields],
                "basis": grant.basis,
            }
            for permission, grant in EMERGENCY.items()
        ],
        "pairs": [
            {"one": one.value, "other": other.value, "one_label": one.label, "other_label": other.label}
            for one, other in _pairs()
        ],
        "holders": [_holder(one) for one in holders],
    }


def _holder(held: Any) -> dict[str, Any]:
    return {
        "assignment": held.pk,
        "role": held.role,
        "role_label": Role(held.role).label,
        "name": held.account.display_name,
        "position": held.position or "",
        "unit": held.unit.name if held.unit else "",
        "order_number": held.order_number,
        "order_date": f"{held.order_date:%d.%m.%Y}",
        "valid_from": f"{held.valid_from:%d.%m.%Y}",
        "valid_to": f"{held.valid_to:%d.%m.%Y}" if held.valid_to else "",
        "substitutes": held.substitutes.account.display_name if held.substitutes else "",
        "suspended": str(Suspension.of(held) or ""),
    }


def _pairs() -> list[tuple[Role, Role]]:
    order = list(Role)
    sorted_pairs = [sorted(pair, key=order.index) for pair in SEPARATED]
    return [(one, other) for one, other in sorted(sorted_pairs, key=lambda two: [order.index(role) for role in two])]


def separated() -> list[tuple[str, str]]:
    """Return the pairs of roles that one person never holds together, in the order of the roles."""
    return [(one.label, other.label) for one, other in _pairs()]


def apart_from(role: Role) -> list[Role]:
    """Return the roles that nobody holds beside `role`."""
    return [other for other in Role if frozenset({role, other}) in SEPARATED]


# --- The page -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of the grid; `text` is "" where the role has no right."""

    role: str
    text: str
    marks: str
    spoken: str


@dataclass(frozen=True, slots=True)
class Right:
    """One right of a role with the line it rests on."""

    sentence: str
    scope: str
    fields: str
    basis: str


@dataclass(frozen=True, slots=True)
class RoleSheet:
    """A role, who holds it and what it gives."""

    role: str
    label: str
    holders: list[Mapping[str, Any]]
    rights: list[Right]


@dataclass(frozen=True, slots=True)
class Told:
    """A difference as the page and the file say it."""

    change: tuple[str, str, str]
    what: str
    before: str
    after: str


def page(told: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the page draws of the content `told`, of now or of an edition."""
    grants = {(one["role"], one["permission"]): one for one in told["grants"]}
    roles = told["roles"]
    return {
        "roles": [(one["label"], SHORT[Role(one["role"])]) for one in roles],
        "grid": [
            (right["sentence"], [_cell(one["label"], grants.get((one["role"], right["permission"]))) for one in roles])
            for right in told["rights"]
        ],
        "sheets": [
            RoleSheet(
                one["role"],
                one["label"],
                [held for held in told["holders"] if held["role"] == one["role"]],
                [right_of(grant) for grant in told["grants"] if grant["role"] == one["role"]],
            )
            for one in roles
        ],
        "pairs": [(one["one_label"], one["other_label"]) for one in told["pairs"]],
        "emergency": [right_of(grant) for grant in told.get("emergency", ())],
        "scopes": [said for scope, said in SCOPES.items() if scope is not Scope.ONE],
    }


def right_of(grant: Mapping[str, Any]) -> Right:
    """Return a grant of the content in words."""
    return Right(grant["sentence"], SCOPES[Scope(grant["scope"])][1], _fields(grant) or "служебные", grant["basis"])


def told_of(lines: Sequence[Line]) -> list[Told]:
    """Return differences in words."""
    return [Told(CHANGES[line.change], _WHAT[line.part](line.row), *_sides(line)) for line in lines]


def holding(held: Mapping[str, Any]) -> str:
    """Return who holds a role and by what: «Орлов С. Д., доцент, вся академия, приказ № 3-к от …, с …»."""
    until = f" по {held['valid_to']}" if held["valid_to"] else ""
    away = f"замещает: {held['substitutes']}" if held.get("substitutes") else ""
    parts = [held["name"], held["position"], away, held["unit"] or "вся академия"]
    order = f"приказ № {held['order_number']} от {held['order_date']}, с {held['valid_from']}{until}"
    return "; ".join(filter(None, (", ".join(filter(None, (*parts, order))), suspended(held))))


def suspended(held: Mapping[str, Any]) -> str:
    """Return that a holder's role does not act, since when and why; "" of one that acts, and in editions older than the word."""
    return f"приостановлена {held['suspended']}" if held.get("suspended") else ""


_WHAT: Final = {
    "grants": lambda row: f"{row['role_label'].capitalize()}: {row['sentence']}",
    "emergency": lambda row: f"Экстренный доступ: {row['sentence']}",
    "pairs": lambda row: f"Не вместе: {row['one_label']} и {row['other_label']}",
    "holders": lambda row: f"{row['role_label'].capitalize()}: {row['name']}",
}


def _given(row: Mapping[str, Any]) -> str:
    right = right_of(row)
    return "; ".join(part for part in (right.scope, _fields(row), right.basis) if part)


_SIDE: Final = {
    "grants": _given,
    "emergency": _given,
    "pairs": lambda _row: "одному человеку не дают",
    "holders": holding,
}


def _sides(line: Line) -> tuple[str, str]:
    before, after = (_SIDE[line.part](row) if row else ABSENT for row in (line.before, line.after))
    return before, after


def _cell(role: str, grant: Mapping[str, Any] | None) -> Cell:
    if grant is None:
        return Cell(role, "", "", "нет права")
    short, words = SCOPES[Scope(grant["scope"])]
    marks = "".join(MARKS[FieldClass(kind)] for kind in grant["fields"])
    return Cell(role, short, marks, ", ".join(filter(None, (words, _fields(grant)))))


def _fields(grant: Mapping[str, Any]) -> str:
    return ", ".join(FieldClass(kind).label for kind in grant["fields"])
