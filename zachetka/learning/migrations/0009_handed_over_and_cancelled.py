"""A sheet passed on by a paper, a resit taken back before anybody sat it (п. 2.2; 273-ФЗ ст. 58)."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from zachetka.postgres.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [
        ("learning", "0008_who_named_whom"),
        ("people", "0004_doubles"),
        ("programs", "0004_reopening_term"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL(  # the days are a norm with dates now, held by a law (programs 0004)
            "ALTER TABLE learning_reopening DROP CONSTRAINT IF EXISTS reopening_is_of_two_weeks;",
            migrations.RunSQL.noop,
        ),
        migrations.AlterField(
            model_name="marksheet",
            name="state",
            field=models.CharField(
                choices=[
                    ("open", "заполняется"),
                    ("closed", "закрыта"),
                    ("reopened", "открыта заново"),
                    ("cancelled", "отменена"),
                ],
                default="open",
                max_length=9,
            ),
        ),
        migrations.CreateModel(
            name="Cancellation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.CharField(max_length=200, verbose_name="причина")),
                ("cancelled_by_person", models.UUIDField()),
                ("cancelled_at", models.DateTimeField()),
                (
                    "cancelled_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "sheet",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cancellation",
                        to="learning.marksheet",
                    ),
                ),
            ],
            options={
                "ordering": ("pk",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="cancellation_has_a_reason"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="HandOver",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("basis", models.CharField(max_length=200, verbose_name="документ-основание")),
                ("handed_by_person", models.UUIDField()),
                ("handed_at", models.DateTimeField()),
                (
                    "handed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "sheet",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="handovers", to="learning.marksheet"
                    ),
                ),
                (
                    "teacher",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.employee",
                        verbose_name="преподаватель",
                    ),
                ),
                (
                    "was",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.employee"
                    ),
                ),
            ],
            options={
                "ordering": ("pk",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("basis", ""), _negated=True), name="handover_has_a_paper"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("was", models.F("teacher")), _negated=True),
                        name="handover_is_to_somebody_else",
                    ),
                ],
            },
        ),
        AppendOnly("learning_cancellation", writer="zachetka_app"),
        AppendOnly("learning_handover", writer="zachetka_app"),
    ]
