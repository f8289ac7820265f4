"""A group that is taught by one version of a programme."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from zachetka.access.guard import ScopedQuerySet
from zachetka.access.policy import Permission
from zachetka.core.provable import Provable
from zachetka.programs.models import ProgramVersion


class CohortQuerySet(ScopedQuerySet["Cohort"]):
    """Named reads of cohorts."""

    read_permission = Permission.COHORT_READ


class Cohort(Provable):
    """A group («ПП-26-03») with its programme version and its dates."""

    code = models.CharField("шифр группы", max_length=20, unique=True)
    program_version = models.ForeignKey(ProgramVersion, on_delete=models.PROTECT, related_name="cohorts")
    starts_on = models.DateField("начало")
    ends_on = models.DateField("окончание")
    attestation_on = models.DateField("итоговая аттестация", null=True, blank=True)
    created_at = models.DateTimeField()

    noun: ClassVar[str] = "группа"
    proven_fields: ClassVar[tuple[str, ...]] = (
        "code", "program_version_id", "starts_on", "ends_on", "attestation_on", "created_at",
    )  # fmt: skip

    objects = CohortQuerySet.as_manager()

    class Meta:
        ordering = ("-starts_on", "code")
        indexes = [models.Index(F("starts_on").desc(), "id", name="cohort_newest_first")]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="cohort_dates_are_in_order"),
            models.CheckConstraint(
                condition=Q(attestation_on__isnull=True)
                | Q(attestation_on__gte=F("starts_on"), attestation_on__lte=F("ends_on")),
                name="cohort_attestation_is_within_its_dates",
            ),
        ]

    def __str__(self) -> str:
        return self.code
