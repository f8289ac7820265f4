"""Programmes, their versions, modules and planned results (п. 1.3, 2.3; 273-ФЗ ст. 2 п. 9)."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q

from zachetka.access.guard import ScopedQuerySet
from zachetka.access.models import Account, Unit
from zachetka.access.policy import Permission
from zachetka.core.provable import Provable
from zachetka.programs.models.scale import GradingScale


class Kind(models.TextChoices):
    """Kinds of programmes (273-ФЗ ст. 73, 75, 76)."""

    PROFESSIONAL_DEVELOPMENT = "professional_development", "повышение квалификации"
    PROFESSIONAL_RETRAINING = "professional_retraining", "профессиональная переподготовка"
    VOCATIONAL_TRAINING = "vocational_training", "профессиональное обучение"
    GENERAL_DEVELOPMENT = "general_development", "дополнительная общеразвивающая программа"


NEEDS_EDUCATION = frozenset({Kind.PROFESSIONAL_DEVELOPMENT, Kind.PROFESSIONAL_RETRAINING})
"""Kinds open only to those who have, or are getting, vocational or higher education (273-ФЗ ст. 76 ч. 3)."""

PREFIX = {
    Kind.PROFESSIONAL_DEVELOPMENT: "ПК",
    Kind.PROFESSIONAL_RETRAINING: "ПП",
    Kind.VOCATIONAL_TRAINING: "ПО",
    Kind.GENERAL_DEVELOPMENT: "ДОП",
}


class ProgramQuerySet(ScopedQuerySet["Program"]):
    """Named reads of programmes."""

    read_permission = Permission.PROGRAM_READ


class Program(Provable):
    """A programme of a unit; what it teaches is in its versions."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="programs")
    code = models.CharField("шифр", max_length=20, unique=True)
    kind = models.CharField("вид программы", max_length=32, choices=Kind.choices)
    created_at = models.DateTimeField()

    noun: ClassVar[str] = "программа"
    proven_fields: ClassVar[tuple[str, ...]] = ("unit_id", "code", "kind", "created_at")

    objects = ProgramQuerySet.as_manager()

    class Meta:
        ordering = ("code",)

    def __str__(self) -> str:
        return self.code


class ProgramVersionQuerySet(ScopedQuerySet["ProgramVersion"]):
    """Named reads of versions."""

    read_permission = Permission.PROGRAM_READ

    def approved(self) -> Self:
        """Versions by which people may be taught."""
        return self.filter(state=ProgramVersion.State.APPROVED)


class ProgramVersion(Provable):
    """A programme as it was approved: title, hours, plan. An approved version never changes (п. 2.3)."""

    class State(models.TextChoices):
        DRAFT = "draft", "черновик"
        SUBMITTED = "submitted", "на утверждении"
        APPROVED = "approved", "утверждена"
        RETIRED = "retired", "выведена из действия"

    class StudyForm(models.TextChoices):
        FULL_TIME = "full_time", "очная"
        MIXED = "mixed", "очно-заочная"
        PART_TIME = "part_time", "заочная"

    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField("редакция")
    title = models.CharField("наименование", max_length=255)
    qualification = models.CharField("квалификация", max_length=255, blank=True)
    hours = models.PositiveSmallIntegerField("объём, ч")
    study_form = models.CharField("форма обучения", max_length=12, choices=StudyForm.choices)
    distance = models.BooleanField("с применением ДОТ", default=False)
    final_form = models.CharField("форма итоговой аттестации", max_length=120, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    drafted_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    drafted_by_person = models.UUIDField()
    approved_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    approved_by_person = models.UUIDField(null=True)
    approved_at = models.DateTimeField(null=True)
    valid_from = models.DateField("действует с", null=True)
    remark = models.CharField("замечание руководителя", max_length=500, blank=True)

    noun: ClassVar[str] = "редакция программы"
    proven_fields: ClassVar[tuple[str, ...]] = (
        "program_id", "number", "title", "qualification", "hours", "study_form", "distance", "final_form", "state",
        "valid_from", "drafted_by_id", "drafted_by_person", "approved_at", "approved_by_id", "approved_by_person", "remark",
    )  # fmt: skip

    objects = ProgramVersionQuerySet.as_manager()

    class Meta:
        ordering = ("program", "-number")
        constraints = [
            models.UniqueConstraint(fields=["program", "number"], name="program_version_number_is_unique"),
            models.UniqueConstraint(
                fields=["program"], condition=Q(state__in=["draft", "submitted"]), name="program_has_one_draft"
            ),
            models.CheckConstraint(condition=Q(hours__gte=1), name="program_version_has_hours"),
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "retired"])
                | Q(approved_by__isnull=False, approved_at__isnull=False, valid_from__isnull=False),
                name="program_version_in_force_was_approved",
            ),
            models.CheckConstraint(
                condition=Q(approved_by_person__isnull=True) | ~Q(approved_by_person=F("drafted_by_person")),
                name="program_version_is_approved_by_another",
            ),
        ]

    def __str__(self) -> str:
        return f"«{self.title}», {self.hours} ч"


class Module(Provable):
    """A line of the curriculum: a subject, a module, a placement or the final work."""

    class Sort(models.TextChoices):
        SUBJECT = "subject", "дисциплина"
        MODULE = "module", "модуль"
        PLACEMENT = "placement", "практика"
        INTERNSHIP = "internship", "стажировка"
        FINAL = "final", "итоговая аттестация"

    class Control(models.TextChoices):
        EXAM = "exam", "экзамен"
        CREDIT = "credit", "зачёт"
        GRADED_CREDIT = "graded_credit", "дифференцированный зачёт"
        TEST = "test", "тестирование"
        DEFENCE = "defence", "защита работы"
        QUALIFICATION_EXAM = "qualification_exam", "квалификационный экзамен"

    version = models.ForeignKey(ProgramVersion, on_delete=models.PROTECT, related_name="modules")
    ordinal = models.PositiveSmallIntegerField("№")
    title = models.CharField("наименование", max_length=255)
    short_title = models.CharField("кратко, для ведомости", max_length=40)
    sort = models.CharField("что это", max_length=12, choices=Sort.choices)
    hours = models.PositiveSmallIntegerField("часы")
    control = models.CharField("форма контроля", max_length=20, choices=Control.choices)
    scale = models.ForeignKey(GradingScale, on_delete=models.PROTECT, related_name="+", verbose_name="шкала")

    noun: ClassVar[str] = "модуль"
    proven_fields: ClassVar[tuple[str, ...]] = (
        "version_id", "ordinal", "title", "short_title", "sort", "hours", "control", "scale_id",
    )  # fmt: skip

    class Meta:
        ordering = ("version", "ordinal")
        constraints = [
            models.UniqueConstraint(fields=["version", "ordinal"], name="module_has_its_place"),
            models.CheckConstraint(condition=Q(hours__gte=1), name="module_has_hours"),
        ]

    def __str__(self) -> str:
        return self.title


class PlannedResult(Provable):
    """What a learner will be able to do, and which modules prove it (п. 1.3)."""

    version = models.ForeignKey(ProgramVersion, on_delete=models.PROTECT, related_name="results")
    code = models.CharField("код", max_length=12)
    text = models.CharField("планируемый результат", max_length=500)
    modules = models.ManyToManyField(
        Module, through="ResultModule", related_name="results", verbose_name="чем доказывается"
    )

    noun: ClassVar[str] = "планируемый результат"
    proven_fields: ClassVar[tuple[str, ...]] = ("version_id", "code", "text")

    class Meta:
        ordering = ("version", "code")
        constraints = [models.UniqueConstraint(fields=["version", "code"], name="planned_result_code_is_unique")]

    def __str__(self) -> str:
        return f"{self.code} {self.text}"


class ResultModule(Provable):
    """That a planned result is proved by a module: entered and removed with an event of its own (п. 1.3)."""

    plannedresult = models.ForeignKey(PlannedResult, on_delete=models.CASCADE, related_name="links")
    module = models.ForeignKey(Module, on_delete=models.CASCADE, related_name="links")

    noun: ClassVar[str] = "связь результата с модулем"
    proven_fields: ClassVar[tuple[str, ...]] = ("plannedresult_id", "module_id")

    class Meta:
        db_table = "programs_plannedresult_modules"
        unique_together = [("plannedresult", "module")]

    def __str__(self) -> str:
        return f"{self.plannedresult_id} → {self.module_id}"
