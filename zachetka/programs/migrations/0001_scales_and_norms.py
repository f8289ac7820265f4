"""Scales of grades in editions, and the norms with their dates (п. 2.3)."""

from datetime import date

import django.db.models.deletion
from django.db import migrations, models

from zachetka.postgres.append_only import AppendOnly

ONE_A_DAY = """
ALTER TABLE programs_scaleversion ADD CONSTRAINT scale_version_is_alone_on_its_days EXCLUDE USING gist (
    int8range(scale_id, scale_id, '[]') WITH &&, daterange(valid_from, valid_to, '[]') WITH &&);
ALTER TABLE programs_commissionminimum ADD CONSTRAINT commission_minimum_is_alone_on_its_days
    EXCLUDE USING gist (daterange(valid_from, valid_to, '[]') WITH &&);
"""
"""A range of one number overlaps another when the numbers are the same: under gist ranges need no extension, numbers do."""

MINIMA = (
    ("professional_development", 16, date(2013, 7, 1), date(2025, 8, 31), "п. 12 приказа Минобрнауки № 499"),
    ("professional_development", 16, date(2025, 9, 1), None, "п. 18 приказа Минобрнауки № 266"),
    ("professional_retraining", 250, date(2013, 7, 1), date(2025, 8, 31), "п. 12 приказа Минобрнауки № 499"),
    ("professional_retraining", 250, date(2025, 9, 1), None, "п. 18 приказа Минобрнауки № 266"),
)
BASIS = "273-ФЗ ст. 58 ч. 6; число устанавливает организация"


def set_norms(apps, schema_editor):
    alias = schema_editor.connection.alias
    hours = apps.get_model("programs", "HourMinimum")
    hours.objects.using(alias).bulk_create(
        hours(kind=kind, hours=least, valid_from=start, valid_to=end, basis=basis)
        for kind, least, start, end, basis in MINIMA
    )
    people = apps.get_model("programs", "CommissionMinimum")
    people.objects.using(alias).create(people=3, valid_from=date(2013, 9, 1), basis=BASIS)


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="GradingScale",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=20, unique=True)),
                ("name", models.CharField(max_length=80, verbose_name="название")),
            ],
            options={
                "ordering": ("pk",),
            },
        ),
        migrations.CreateModel(
            name="ScaleVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("valid_from", models.DateField(verbose_name="действует с")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="действует по")),
                ("basis", models.CharField(max_length=200, verbose_name="локальный акт")),
                (
                    "scale",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="versions", to="programs.gradingscale"
                    ),
                ),
            ],
            options={
                "ordering": ("scale", "valid_from"),
                "constraints": [
                    models.UniqueConstraint(fields=("scale", "valid_from"), name="scale_version_starts_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to__isnull", True), ("valid_to__gte", models.F("valid_from")), _connector="OR"
                        ),
                        name="scale_version_term_is_in_order",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Grade",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ordinal", models.PositiveSmallIntegerField()),
                ("symbol", models.CharField(max_length=4, verbose_name="знак в ведомости")),
                ("label", models.CharField(max_length=40, verbose_name="прописью")),
                ("is_passing", models.BooleanField(verbose_name="положительная")),
                ("is_absence", models.BooleanField(default=False, verbose_name="неявка")),
                ("points", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="в средний балл")),
                ("score_from", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="баллы от")),
                ("score_to", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="баллы до")),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="grades", to="programs.scaleversion"
                    ),
                ),
            ],
            options={
                "ordering": ("version", "ordinal"),
                "constraints": [
                    models.UniqueConstraint(fields=("version", "symbol"), name="grade_symbol_is_unique"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("score_from__isnull", True), ("score_to__isnull", True)),
                            models.Q(("score_from__lte", models.F("score_to")), ("score_to__lte", 100)),
                            _connector="OR",
                        ),
                        name="grade_scores_are_in_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("is_absence", False), ("is_passing", False), _connector="OR"),
                        name="grade_absence_does_not_pass",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="HourMinimum",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("professional_development", "повышение квалификации"),
                            ("professional_retraining", "профессиональная переподготовка"),
                            ("vocational_training", "профессиональное обучение"),
                            ("general_development", "дополнительная общеразвивающая программа"),
                        ],
                        max_length=32,
                    ),
                ),
                ("hours", models.PositiveSmallIntegerField()),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(blank=True, null=True)),
                ("basis", models.CharField(max_length=200)),
            ],
            options={
                "ordering": ("kind", "valid_from"),
                "constraints": [
                    models.UniqueConstraint(fields=("kind", "valid_from"), name="hour_minimum_starts_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="CommissionMinimum",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("people", models.PositiveSmallIntegerField()),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(blank=True, null=True)),
                ("basis", models.CharField(max_length=200)),
            ],
            options={
                "ordering": ("valid_from",),
                "constraints": [
                    models.UniqueConstraint(fields=("valid_from",), name="commission_minimum_starts_once"),
                    models.CheckConstraint(
                        condition=models.Q(("people__range", (2, 20))), name="commission_minimum_is_of_several"
                    ),
                ],
            },
        ),
        migrations.RunSQL(ONE_A_DAY, migrations.RunSQL.noop),
        migrations.RunPython(set_norms, migrations.RunPython.noop),
        AppendOnly("programs_grade", writer="zachetka_app"),
    ]
