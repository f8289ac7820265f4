"""«Матрица доступа»: the page of rights as an inspector reads it, from `access.policy` and the roles in force (п. 3.8)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from zachetka.access.policy import MATRIX, SEPARATED, FieldClass, Grant, Permission, Role, Scope

if TYPE_CHECKING:
    from zachetka.access.models import RoleAssignment

SCOPES: Final = {
    Scope.OWN: ("своё", "только о себе"),
    Scope.TAUGHT: ("учит", "группы, в которых преподаёт"),
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


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of the grid; `text` is "" where the role has no right."""

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

    role: Role
    holders: list[RoleAssignment]
    rights: list[Right]


def page(holders: Sequence[RoleAssignment]) -> dict[str, Any]:
    """Return the context of the page."""
    return {
        "roles": [(role, SHORT[role]) for role in Role],
        "grid": [(permission, [_cell(MATRIX[permission].get(role)) for role in Role]) for permission in Permission],
        "sheets": [RoleSheet(role, [one for one in holders if one.role == role], _rights(role)) for role in Role],
        "pairs": separated(),
        "scopes": SCOPES.values(),
    }


def separated() -> list[tuple[str, str]]:
    """Return the pairs of roles that one person never holds together, in the order of the roles."""
    order = list(Role)
    pairs = sorted(tuple(sorted(pair, key=order.index)) for pair in SEPARATED)
    return [
        (first.label, second.label) for first, second in sorted(pairs, key=lambda two: [order.index(r) for r in two])
    ]


def apart_from(role: Role) -> list[Role]:
    """Return the roles that nobody holds beside `role`."""
    return [other for other in Role if frozenset({role, other}) in SEPARATED]


def _cell(grant: Grant | None) -> Cell:
    if grant is None:
        return Cell("", "", "нет права")
    short, words = SCOPES[grant.scope]
    marks = "".join(mark for kind, mark in MARKS.items() if kind in grant.fields)
    return Cell(short, marks, ", ".join(filter(None, (words, _fields(grant)))))


def _rights(role: Role) -> list[Right]:
    return [
        Right(permission.sentence, SCOPES[grant.scope][1], _fields(grant) or "служебные", grant.basis)
        for permission in Permission
        if (grant := MATRIX[permission].get(role)) is not None
    ]


def _fields(grant: Grant) -> str:
    return ", ".join(kind.label for kind in MARKS if kind in grant.fields)
