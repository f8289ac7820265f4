"""Who may be given a sheet: whoever holds, by an order in force, a role that fills sheets (п. 2.2, 3.8)."""

from __future__ import annotations

from datetime import date
from typing import Final

from django.db.models import Exists, OuterRef

from zachetka.access.models import RoleAssignment
from zachetka.access.policy import MATRIX, Permission
from zachetka.core.errors import RuleViolation
from zachetka.people.models import Employee
from zachetka.people.models.employee import EmployeeQuerySet

WHO: Final = "Здесь те, у кого действует роль преподавателя. Кого нет, тому её дают приказом: администратор, «Роли», «Предложить роль»."
"""What stands under the field, so that nobody looks for a colleague in vain."""


def teachers(day: date) -> EmployeeQuerySet:
    """Return the employees who work and may fill sheets on the legal `day`; one query."""
    held = RoleAssignment.objects.in_force(day).filter(
        role__in=[role.value for role in MATRIX[Permission.SHEET_FILL]],
        account__person_uid=OuterRef("person__uid"),
        account__is_active=True,
    )
    return Employee.objects.filter(Exists(held), left_on__isnull=True)


def refuse_others(chosen: dict[str, Employee], day: date) -> None:
    """Pass when everybody of `chosen`, by the field they were chosen in, may fill sheets on the legal `day`; one query.

    Raises:
        RuleViolation: somebody may not; nobody could then fill the sheet, nor close it.
    """
    lawful = set(teachers(day).filter(pk__in={one.pk for one in chosen.values()}).values_list("pk", flat=True))
    for field, one in chosen.items():
        if one.pk not in lawful:
            raise RuleViolation(
                "3.8",
                f"{one.person.short_name}: роли преподавателя нет, и ведомость было бы некому заполнить. Выберите другого, или "
                "пусть роль дадут приказом: администратор, «Роли», «Предложить роль».",
                field=field,
            )
