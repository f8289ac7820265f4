"""Programmes in versions, their modules and planned results (п. 1.3, 2.3)."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0002_sign_in"),
        ("programs", "0001_scales_and_norms"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Program",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=20, unique=True, verbose_name="шифр")),
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
                        verbose_name="вид программы",
                    ),
                ),
                ("created_at", models.DateTimeField()),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="programs", to="access.unit"
                    ),
                ),
            ],
            options={
                "ordering": ("code",),
            },
        ),
        migrations.CreateModel(
            name="ProgramVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField(verbose_name="редакция")),
                ("title", models.CharField(max_length=255, verbose_name="наименование")),
                ("qualification", models.CharField(blank=True, max_length=255, verbose_name="квалификация")),
                ("hours", models.PositiveSmallIntegerField(verbose_name="объём, ч")),
                (
                    "study_form",
                    models.CharField(
                        choices=[("full_time", "очная"), ("mixed", "очно-заочная"), ("part_time", "заочная")],
                        max_length=12,
                        verbose_name="форма обучения",
                    ),
                ),
                ("distance", models.BooleanField(default=False, verbose_name="с применением ДОТ")),
                ("final_form", models.CharField(blank=True, max_length=120, verbose_name="форма итоговой аттестации")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "черновик"),
                            ("submitted", "на утверждении"),
                            ("approved", "утверждена"),
                            ("retired", "выведена из действия"),
                        ],
                        default="draft",
                        max_length=10,
                    ),
                ),
                ("drafted_by_person", models.UUIDField()),
                ("approved_by_person", models.UUIDField(null=True)),
                ("approved_at", models.DateTimeField(null=True)),
                ("valid_from", models.DateField(null=True, verbose_name="действует с")),
                ("remark", models.CharField(blank=True, max_length=500, verbose_name="замечание руководителя")),
                (
                    "approved_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "drafted_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "program",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="versions", to="programs.program"
                    ),
                ),
            ],
            options={
                "ordering": ("program", "-number"),
                "constraints": [
                    models.UniqueConstraint(fields=("program", "number"), name="program_version_number_is_unique"),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["draft", "submitted"])),
                        fields=("program",),
                        name="program_has_one_draft",
                    ),
                    models.CheckConstraint(condition=models.Q(("hours__gte", 1)), name="program_version_has_hours"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["approved", "retired"]), _negated=True),
                            models.Q(
                                ("approved_at__isnull", False),
                                ("approved_by__isnull", False),
                                ("valid_from__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="program_version_in_force_was_approved",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("approved_by_person__isnull", True),
                            models.Q(("approved_by_person", models.F("drafted_by_person")), _negated=True),
                            _connector="OR",
                        ),
                        name="program_version_is_approved_by_another",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Module",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ordinal", models.PositiveSmallIntegerField(verbose_name="№")),
                ("title", models.CharField(max_length=255, verbose_name="наименование")),
                ("short_title", models.CharField(max_length=40, verbose_name="кратко, для ведомости")),
                (
                    "sort",
                    models.CharField(
                        choices=[
                            ("subject", "дисциплина"),
                            ("module", "модуль"),
                            ("placement", "практика"),
                            ("internship", "стажировка"),
                            ("final", "итоговая аттестация"),
                        ],
                        max_length=12,
                        verbose_name="что это",
                    ),
                ),
                ("hours", models.PositiveSmallIntegerField(verbose_name="часы")),
                (
                    "control",
                    models.CharField(
                        choices=[
                            ("exam", "экзамен"),
                            ("credit", "зачёт"),
                            ("graded_credit", "дифференцированный зачёт"),
                            ("test", "тестирование"),
                            ("defence", "защита работы"),
                            ("qualification_exam", "квалификационный экзамен"),
                        ],
                        max_length=20,
                        verbose_name="форма контроля",
                    ),
                ),
                (
                    "scale",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="programs.gradingscale",
                        verbose_name="шкала",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="modules",
                        to="programs.programversion",
                    ),
                ),
            ],
            options={
                "ordering": ("version", "ordinal"),
                "constraints": [
                    models.UniqueConstraint(fields=("version", "ordinal"), name="module_has_its_place"),
                    models.CheckConstraint(condition=models.Q(("hours__gte", 1)), name="module_has_hours"),
                ],
            },
        ),
        migrations.CreateModel(
            name="PlannedResult",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=12, verbose_name="код")),
                ("text", models.CharField(max_length=500, verbose_name="планируемый результат")),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="results",
                        to="programs.programversion",
                    ),
                ),
            ],
            options={
                "ordering": ("version", "code"),
                "constraints": [
                    models.UniqueConstraint(fields=("version", "code"), name="planned_result_code_is_unique")
                ],
            },
        ),
        migrations.CreateModel(
            name="ResultModule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "module",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="links", to="programs.module"
                    ),
                ),
                (
                    "plannedresult",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="links", to="programs.plannedresult"
                    ),
                ),
            ],
            options={
                "db_table": "programs_plannedresult_modules",
                "unique_together": {("plannedresult", "module")},
            },
        ),
        migrations.AddField(
            model_name="plannedresult",
            name="modules",
            field=models.ManyToManyField(
                related_name="results",
                through="programs.ResultModule",
                to="programs.module",
                verbose_name="чем доказывается",
            ),
        ),
    ]
