"""Where somebody can see what they are told of a sheet (п. 2.4, 3.8)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse

from zachetka.access.guard import can
from zachetka.access.policy import Permission

if TYPE_CHECKING:
    from zachetka.access.models import Account
    from zachetka.learning.models import MarkSheet


def address_for(reader: Account, sheet: MarkSheet) -> str:
    """Return the address of `sheet` that `reader` can open: its page, else the grid of its group, else the notices themselves.

    A member of a commission who is not its chair keeps no sheet, and whoever handed over their only one sees none: to them the
    notice says all that there is for them (п. 3.8). As the policy says of the reader now; up to three queries.
    """
    if can(reader, Permission.SHEET_READ, sheet):
        return reverse("learning:sheet", args=[sheet.pk])
    if can(reader, Permission.SHEET_READ, sheet.cohort):
        return reverse("learning:cohort-sheet", args=[sheet.cohort.code])
    return f"{reverse('notices:list')}?show=all"
