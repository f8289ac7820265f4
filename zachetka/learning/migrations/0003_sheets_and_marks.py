"""Mark sheets, who sits and who examines, reopenings, and marks (п. 2.1, 2.2; 273-ФЗ ст. 58)."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from zachetka.postgres.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [
        ("learning", "0002_record_books"),
        ("people", "0004_doubles"),
        ("programs", "0002_programmes_in_versions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="MarkSheet",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("attempt", models.PositiveSmallIntegerField(default=1, verbose_name="попытка")),
                ("serial", models.PositiveSmallIntegerField(default=1, verbose_name="ведомость по счёту")),
                ("commission_basis", models.CharField(blank=True, max_length=200, verbose_name="приказ о комиссии")),
                ("held_on", models.DateField(verbose_name="дата контроля")),
                ("due_on", models.DateField(verbose_name="заполнить до")),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "заполняется"), ("closed", "закрыта"), ("reopened", "открыта заново")],
                        default="open",
                        max_length=8,
                    ),
                ),
                ("closed_at", models.DateTimeField(null=True)),
                (
                    "closed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "cohort",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="sheets", to="learning.cohort"
                    ),
                ),
                (
                    "module",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="sheets", to="programs.module"
                    ),
                ),
                (
                    "teacher",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sheets",
                        to="people.employee",
                        verbose_name="преподаватель",
                    ),
                ),
            ],
            options={
                "ordering": ("cohort", "module__ordinal", "attempt", "serial"),
                "indexes": [models.Index(fields=["state", "due_on"], name="sheet_due")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("cohort", "module", "attempt", "serial"), name="sheet_has_its_place"
                    ),
                    models.CheckConstraint(condition=models.Q(("serial__gte", 1)), name="sheet_serial_is_counted"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("attempt", 3), models.Q(("commission_basis", ""), _negated=True)),
                            models.Q(models.Q(("attempt", 3), _negated=True), ("commission_basis", "")),
                            _connector="OR",
                        ),
                        name="sheet_of_the_second_resit_has_a_commission",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("attempt__gte", 1), ("attempt__lte", 3)), name="sheet_attempt_is_lawful"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state", "open"),
                            models.Q(("closed_at__isnull", False), ("closed_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="sheet_closed_by_somebody",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SheetMember",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "enrolment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="sittings", to="learning.enrolment"
                    ),
                ),
                (
                    "sheet",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="members", to="learning.marksheet"
                    ),
                ),
            ],
            options={
                "ordering": ("sheet", "enrolment__learner__person__sort_key", "pk"),
                "constraints": [
                    models.UniqueConstraint(fields=("sheet", "enrolment"), name="sheet_names_a_learner_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Commissioner",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("is_chair", models.BooleanField(default=False, verbose_name="председатель")),
                (
                    "employee",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.employee"
                    ),
                ),
                (
                    "sheet",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="commissioners",
                        to="learning.marksheet",
                    ),
                ),
            ],
            options={
                "ordering": ("sheet", "-is_chair", "employee__person__sort_key", "pk"),
                "constraints": [
                    models.UniqueConstraint(fields=("sheet", "employee"), name="commission_names_an_employee_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("is_chair", True)), fields=("sheet",), name="commission_has_one_chair"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Reopening",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.CharField(max_length=500, verbose_name="причина")),
                ("basis", models.CharField(max_length=200, verbose_name="документ-основание")),
                ("until", models.DateField(verbose_name="по какой день")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asked", "ждёт решения"),
                            ("open", "ведомость открыта заново"),
                            ("refused", "отказано"),
                            ("ended", "ведомость закрыта снова"),
                        ],
                        default="asked",
                        max_length=8,
                    ),
                ),
                ("refusal", models.CharField(blank=True, max_length=500, verbose_name="почему отказано")),
                ("asked_by_person", models.UUIDField()),
                ("asked_at", models.DateTimeField()),
                ("decided_by_person", models.UUIDField(null=True)),
                ("decided_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "ended_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "sheet",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="reopenings", to="learning.marksheet"
                    ),
                ),
            ],
            options={
                "ordering": ("-asked_at", "-pk"),
                "indexes": [models.Index(fields=["state", "until"], name="reopening_term")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["asked", "open"])),
                        fields=("sheet",),
                        name="sheet_is_reopened_once_at_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("decided_by_person__isnull", True),
                            models.Q(("decided_by_person", models.F("asked_by_person")), _negated=True),
                            _connector="OR",
                        ),
                        name="reopening_is_decided_by_another",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_at__isnull", True), ("state", "asked")),
                            models.Q(
                                models.Q(("state", "asked"), _negated=True),
                                ("decided_at__isnull", False),
                                ("decided_by_person__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="reopening_is_decided_by_somebody",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at__isnull", False), ("state", "ended")),
                            models.Q(models.Q(("state", "ended"), _negated=True), ("ended_at__isnull", True)),
                            _connector="OR",
                        ),
                        name="reopening_ended_has_its_moment",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("reason", ""), _negated=True), models.Q(("basis", ""), _negated=True)
                        ),
                        name="reopening_has_reason_and_basis",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Mark",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("score", models.DecimalField(decimal_places=1, max_digits=4, null=True, verbose_name="балл")),
                ("held_on", models.DateField(verbose_name="дата")),
                ("reason", models.CharField(blank=True, max_length=500, verbose_name="причина исправления")),
                ("basis", models.CharField(blank=True, max_length=200, verbose_name="документ-основание")),
                ("recorded_by_person", models.UUIDField()),
                ("confirmed_by_person", models.UUIDField(null=True)),
                ("recorded_at", models.DateTimeField()),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "enrolment",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="marks",
                        to="learning.enrolment",
                    ),
                ),
                (
                    "grade",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="programs.grade",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "supersedes",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="superseded_by",
                        to="learning.mark",
                    ),
                ),
                (
                    "teacher",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.employee",
                    ),
                ),
                (
                    "sheet",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="marks",
                        to="learning.marksheet",
                    ),
                ),
                (
                    "reopening",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="marks",
                        to="learning.reopening",
                    ),
                ),
            ],
            options={
                "ordering": ("recorded_at", "pk"),
                "indexes": [
                    models.Index(fields=["enrolment", "recorded_at"], name="mark_of_a_learner"),
                    models.Index(fields=["sheet", "enrolment", "id"], name="mark_in_a_cell"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("supersedes__isnull", True)),
                        fields=("sheet", "enrolment"),
                        name="mark_has_one_first",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("score__isnull", True), models.Q(("score__gte", 0), ("score__lte", 100)), _connector="OR"
                        ),
                        name="mark_score_is_within_a_hundred",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("grade__isnull", False),
                            models.Q(("score__isnull", True), ("supersedes__isnull", False)),
                            _connector="OR",
                        ),
                        name="mark_without_grade_takes_one_back",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("supersedes__isnull", True), ("supersedes__lt", models.F("id")), _connector="OR"
                        ),
                        name="mark_supersedes_an_earlier_one",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("confirmed_by_person__isnull", True),
                            models.Q(("confirmed_by_person", models.F("recorded_by_person")), _negated=True),
                            _connector="OR",
                        ),
                        name="mark_is_confirmed_by_another",
                    ),
                ],
            },
        ),
        AppendOnly("learning_sheetmember", writer="zachetka_app"),
        AppendOnly("learning_commissioner", writer="zachetka_app"),
        AppendOnly("learning_mark", writer="zachetka_app"),
    ]
