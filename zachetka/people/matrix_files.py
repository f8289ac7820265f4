"""The «Матрица доступа» as files: paper by the form, a workbook by sheets (п. 3.8; ПП РФ № 1119, п. 13)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from zachetka.access.models import Account, RoleAssignment
from zachetka.access.policy import Role
from zachetka.core.academy import academy_on
from zachetka.core.canonical import canonical
from zachetka.core.clock import legal_date
from zachetka.core.hashing import sha256
from zachetka.core.russian import initials_first
from zachetka.people import matrix
from zachetka.people.models import Employee
from zachetka.rendering.forms import access_matrix as form
from zachetka.rendering.xlsx import Head, Sheet, Value, xlsx_book

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from zachetka.people.editions import Taken

FORM: Final = form.FORM
NOBODY: Final = ("", "")


def printed(taken: Taken) -> dict[str, Any]:
    """Return the words of the paper."""
    return form.printed(sheet_of(taken))


def sheet_of(taken: Taken) -> form.AccessMatrixSheet:
    """Return everything the paper prints; at most three queries."""
    told = taken.told
    return form.AccessMatrixSheet(
        organization=academy_on(legal_date(taken.at)).lines,
        organization_short=academy_on(legal_date(taken.at)).short,
        as_of=legal_date(taken.at),
        roles=tuple((one["role"], one["label"]) for one in told["roles"]),
        grants=tuple(_grant(one) for one in told["grants"]),
        emergency=tuple(_grant(one) for one in _emergency(told)),
        holders=tuple(_holder(one) for one in told["holders"]),
        pairs=tuple((one["one_label"], one["other_label"]) for one in told["pairs"]),
        differences=tuple(
            form.Difference(one.change[2], one.what, one.before, one.after) for one in matrix.told_of(taken.differs)
        )
        if taken.base
        else (),
        compared=f"от утверждённой: {taken.base}" if taken.base else "",
        approval=_approval(taken),
        standing=standing(taken),
        head=_head(taken.at),
        proposed_by=_signed(taken.edition.proposed_by) if taken.edition else None,
    )


def standing(taken: Taken) -> str:
    """Say what keeps this content from being the approved matrix; "" when it is approved."""
    if taken.is_approved:
        return ""
    if taken.edition is not None:
        if not hasattr(taken.edition, "decision"):
            return f"Проект: {taken.edition} представлена и ждёт решения руководителя."
        return f"Не действует: {taken.edition} отклонена руководителем."
    if taken.base is None:
        return "Проект: «Матрицу доступа» ещё не утверждали."
    return f"Проект: отличается от утверждённой ({taken.base}), отличия перечислены ниже."


def workbook(taken: Taken, at: datetime) -> bytes:
    """Return the workbook: what it is, the grid, the rights, the holders, the pairs, the differences."""
    told = taken.told
    return xlsx_book(
        [
            Sheet("О матрице", [Head("Что", 34), Head("Значение", 90)], _about(taken, at)),
            Sheet(
                "Таблица",
                [Head("Право", 60), *(Head(one["label"], 14) for one in told["roles"])],
                _grid(told),
            ),
            Sheet(
                "Права",
                [Head("Роль", 28), Head("Что может", 60), Head("Докуда", 30), Head("Скрытые поля", 30), Head("Основание", 48)],
                ((one["role_label"], right.sentence, right.scope, right.fields, right.basis)
                 for one in told["grants"] for right in (matrix.right_of(one),)),
            ),
            Sheet(
                "Держатели ролей",
                [Head("Роль", 28), Head("Фамилия, имя, отчество", 40), Head("Должность", 32), Head("Докуда", 40),
                 Head("Приказ №", 14), Head("от", 12), Head("Действует с", 14), Head("по", 14), Head("Замещает", 40),
                 Head("Приостановлена", 60)],
                (_held(one) for one in told["holders"]),
            ),
            Sheet(
                "Не вместе",
                [Head("Роль", 40), Head("и роль", 40)],
                ((one["one_label"], one["other_label"]) for one in told["pairs"]),
            ),
            Sheet(
                "Отличия",
                [Head("Что", 14), Head("О чём", 60), Head("Было", 60), Head("Стало", 60)],
                ((one.change[2], one.what, one.before, one.after) for one in _differences(taken)),
            ),
        ]
    )  # fmt: skip


def _emergency(told: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return what emergency access gives as rows beside those of the roles."""
    return [one | {"role": "emergency", "role_label": "экстренный доступ"} for one in told.get("emergency", ())]


def _differences(taken: Taken) -> list[matrix.Told]:
    return matrix.told_of(taken.differs) if taken.base else []


def _about(taken: Taken, at: datetime) -> Iterator[tuple[Value, Value]]:
    approved = taken.approved
    yield "Организация", academy_on(legal_date(taken.at)).name
    yield "Матрица доступа на", legal_date(taken.at)
    yield "Состояние", standing(taken) or f"Утверждена: {approved}"
    if approved is not None:
        yield "Кто утвердил", str(approved.decision.decided_by)
        yield "Когда", approved.decision.decided_at
    if taken.base is not None:
        yield "Сравнивается с", str(taken.base)
    yield "SHA-256 содержания", sha256(canonical(taken.told)).hex()
    yield "Сформировано", at


def _grid(told: Mapping[str, Any]) -> Iterator[list[Value]]:
    for sentence, cells in matrix.page(told)["grid"]:
        yield [sentence, *(" ".join(filter(None, (cell.text, cell.marks))) for cell in cells)]


def _held(one: Mapping[str, Any]) -> tuple[Value, ...]:
    dated = (one["order_date"], one["valid_from"], one["valid_to"])
    order_date, valid_from, valid_to = (_day(text) for text in dated)
    return (
        one["role_label"], one["name"], one["position"], one["unit"] or "вся академия", one["order_number"], order_date,
        valid_from, valid_to, one.get("substitutes", ""), one.get("suspended", ""),
    )  # fmt: skip


def _day(text: str) -> Value:
    return datetime.strptime(text, "%d.%m.%Y").date() if text else None  # noqa: DTZ007 - a day of the content, no moment


def _grant(one: Mapping[str, Any]) -> form.Grant:
    right = matrix.right_of(one)
    fields = tuple(one["fields"])
    opens = right.fields if fields else ""
    return form.Grant(
        one["role"], one["permission"], one["sentence"], one["scope"], right.scope, fields, opens, one["basis"]
    )


def _holder(one: Mapping[str, Any]) -> form.Holder:
    until = f" по {one['valid_to']}" if one["valid_to"] else ""
    return form.Holder(
        role=one["role_label"],
        name=one["name"],
        position="; ".join(filter(None, (one["position"], _away(one)))),
        unit=one["unit"] or "вся академия",
        order=f"№ {one['order_number']} от {one['order_date']}",
        term="; ".join(filter(None, (f"с {one['valid_from']}{until}", matrix.suspended(one)))),
    )


def _away(one: Mapping[str, Any]) -> str:
    return f"замещает: {one['substitutes']}" if one.get("substitutes") else ""


def _approval(taken: Taken) -> form.Approval | None:
    approved = taken.approved
    if approved is None:
        return None
    position, name = _signed(approved.decision.decided_by)
    return form.Approval(
        position.capitalize(), name, legal_date(approved.decision.decided_at), approved.number, approved.sha256
    )


def _head(at: datetime) -> tuple[str, str] | None:
    """Return who would approve it: the only head in force, None when there is none or a choice."""
    held = RoleAssignment.objects.in_force(legal_date(at)).filter(role=Role.HEAD).select_related("account")
    heads = list({one.account.person_uid: one.account for one in held}.values())
    if len(heads) != 1:
        return None
    position, name = _signed(heads[0])
    return position.capitalize(), name


def _signed(account: Account) -> tuple[str, str]:
    """Return position and initials with the name: what stands beside a signature."""
    last, _, rest = account.display_name.partition(" ")
    first, _, patronymic = rest.partition(" ")
    position = _position_of(account.person_uid)
    return position[:1].upper() + position[1:], initials_first(last, first, patronymic)


def _position_of(person_uid: UUID) -> str:
    found = Employee.objects.filter(person__uid=person_uid).values_list("position", flat=True).first()
    return found or "должность не указана"
