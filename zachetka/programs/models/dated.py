"""What an act sets from a date: it is ended and set anew, never changed (п. 2.3)."""

from __future__ import annotations

from datetime import date
from typing import Self, TypeVar

from django.db import models
from django.db.models import Q

from zachetka.core.composed import Given

M = TypeVar("M", bound=models.Model)


class DatedQuerySet(models.QuerySet[M]):
    """Reads of rows with `valid_from` and `valid_to`, both days included."""

    def in_force(self, day: date | Given) -> Self:
        """What holds on the legal `day`: `rules.holds_on` as the database asks it."""
        return self.filter(valid_from__lte=day).filter(Q(valid_to__isnull=True) | Q(valid_to__gte=day))
