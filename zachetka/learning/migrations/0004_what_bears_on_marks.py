"""Corrections, files of marks, good reasons, and results that a transfer carries (п. 2.1, 2.2; 273-ФЗ ст. 57, 58)."""

import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models

from zachetka.postgres.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [
        ("files", "0002_append_only"),
        ("learning", "0003_sheets_and_marks"),
        ("programs", "0002_programmes_in_versions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Correction",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("score", models.DecimalField(decimal_places=1, max_digits=4, null=True, verbose_name="балл")),
                ("reason", models.CharField(max_length=500, verbose_name="причина")),
                ("basis", models.CharField(max_length=200, verbose_name="документ-основание")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("proposed", "ждёт подтверждения"),
                            ("confirmed", "подтверждено"),
                            ("refused", "отклонено"),
                        ],
                        default="proposed",
                        max_length=10,
                    ),
                ),
                ("refusal", models.CharField(blank=True, max_length=500, verbose_name="почему отклонено")),
                ("proposed_by_person", models.UUIDField()),
                ("proposed_at", models.DateTimeField()),
                ("decided_by_person", models.UUIDField(null=True)),
                ("decided_at", models.DateTimeField(null=True)),
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
                    "grade",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="programs.grade"
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "mark",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="corrections", to="learning.mark"
                    ),
                ),
                (
                    "result",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="correction",
                        to="learning.mark",
                    ),
                ),
            ],
            options={
                "ordering": ("-proposed_at", "-pk"),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "proposed")), fields=("mark",), name="correction_waits_once_a_mark"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("decided_by_person__isnull", True),
                            models.Q(("decided_by_person", models.F("proposed_by_person")), _negated=True),
                            _connector="OR",
                        ),
                        name="correction_is_decided_by_another",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "confirmed"), _negated=True), ("result__isnull", False), _connector="OR"
                        ),
                        name="correction_confirmed_made_a_mark",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("reason", ""), _negated=True), models.Q(("basis", ""), _negated=True)
                        ),
                        name="correction_has_reason_and_basis",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MarkUpload",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.UUIDField(editable=False, unique=True)),
                ("sha256", models.CharField(editable=False, max_length=64)),
                ("corrections", models.JSONField(default=dict)),
                ("uploaded_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("refused", models.PositiveIntegerField(default=0)),
                (
                    "state",
                    models.CharField(
                        choices=[("uploaded", "ждёт проверки"), ("confirmed", "внесён"), ("cancelled", "отменён")],
                        default="uploaded",
                        max_length=10,
                    ),
                ),
                ("marks", models.PositiveIntegerField(default=0)),
                ("new", models.PositiveIntegerField(default=0)),
                ("replaced", models.PositiveIntegerField(default=0)),
                ("same", models.PositiveIntegerField(default=0)),
                (
                    "cohort",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="learning.cohort"
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
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="files.storedfile"
                    ),
                ),
                (
                    "refused_file",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="files.storedfile"
                    ),
                ),
                (
                    "sheet",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="learning.marksheet",
                    ),
                ),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ("-uploaded_at", "-pk"),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "confirmed")),
                        fields=("sha256", "cohort", "sheet", "uploaded_by"),
                        name="mark_upload_of_one_file_is_confirmed_once",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at__isnull", True), ("state", "uploaded")),
                            models.Q(models.Q(("state", "uploaded"), _negated=True), ("ended_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="mark_upload_ended_has_a_moment",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "marks",
                                django.db.models.expressions.CombinedExpression(
                                    django.db.models.expressions.CombinedExpression(
                                        django.db.models.expressions.CombinedExpression(
                                            models.F("new"), "+", models.F("replaced")
                                        ),
                                        "+",
                                        models.F("same"),
                                    ),
                                    "+",
                                    models.F("refused"),
                                ),
                            )
                        ),
                        name="mark_upload_accounts_for_every_mark",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Excuse",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("illness", "болезнь"),
                            ("academic_leave", "академический отпуск"),
                            ("parental_leave", "отпуск по беременности и родам"),
                            ("other", "иная уважительная причина"),
                        ],
                        max_length=16,
                        verbose_name="причина",
                    ),
                ),
                ("first_day", models.DateField(verbose_name="с какого дня")),
                ("last_day", models.DateField(verbose_name="по какой день")),
                ("basis", models.CharField(max_length=200, verbose_name="документ")),
                ("recorded_by_person", models.UUIDField()),
                ("recorded_at", models.DateTimeField()),
                (
                    "cancels",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cancelled_by",
                        to="learning.excuse",
                    ),
                ),
                (
                    "enrolment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="excuses", to="learning.enrolment"
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ("first_day", "pk"),
                "indexes": [models.Index(fields=["enrolment", "first_day"], name="excuse_of_a_learner")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("last_day__gte", models.F("first_day"))), name="excuse_days_are_in_order"
                    ),
                    models.CheckConstraint(condition=models.Q(("basis", ""), _negated=True), name="excuse_has_a_paper"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Carried",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "module",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="programs.module"
                    ),
                ),
                (
                    "enrolment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="carried", to="learning.enrolment"
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="given_on", to="learning.enrolment"
                    ),
                ),
                (
                    "mark",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="learning.mark"
                    ),
                ),
            ],
            options={
                "ordering": ("enrolment", "module__ordinal", "pk"),
                "constraints": [
                    models.UniqueConstraint(fields=("enrolment", "module", "source"), name="result_is_carried_once")
                ],
            },
        ),
        AppendOnly("learning_excuse", writer="zachetka_app"),
        AppendOnly("learning_carried", writer="zachetka_app"),
    ]
