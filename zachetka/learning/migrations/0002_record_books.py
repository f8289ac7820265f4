"""Record books, individual plans and addresses of the public check (п. 2.5; 273-ФЗ ст. 34 ч. 1 п. 3)."""

import django.db.models.deletion
import zachetka.learning.tokens
from django.conf import settings
from django.db import migrations, models

from zachetka.postgres.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [
        ("learning", "0001_cohorts_and_orders"),
        ("people", "0004_doubles"),
        ("programs", "0002_programmes_in_versions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Enrolment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=60, null=True, unique=True, verbose_name="№ зачётной книжки")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("active", "обучается"),
                            ("admitted", "есть допуск к итоговой аттестации"),
                            ("completed", "обучение завершено"),
                            ("withdrawn", "обучение прекращено"),
                            ("moved", "обучение прекращено переводом"),
                        ],
                        default="active",
                        max_length=10,
                    ),
                ),
                ("started_on", models.DateField(verbose_name="зачислен")),
                ("ended_on", models.DateField(blank=True, null=True, verbose_name="отчислен")),
                ("issue_deferred", models.BooleanField(default=False, verbose_name="выдача документа отложена")),
                (
                    "cohort",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="enrolments", to="learning.cohort"
                    ),
                ),
                (
                    "continues",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="continued_by",
                        to="learning.enrolment",
                    ),
                ),
                (
                    "education",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.educationdocument",
                    ),
                ),
                (
                    "learner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="enrolments", to="people.learner"
                    ),
                ),
                (
                    "admission_order",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="learning.order"
                    ),
                ),
                (
                    "enrolment_order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="learning.order"
                    ),
                ),
                (
                    "withdrawal_order",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="learning.order"
                    ),
                ),
            ],
            options={
                "ordering": ("cohort", "learner__person__sort_key", "pk"),
                "constraints": [
                    models.UniqueConstraint(fields=("learner", "cohort"), name="learner_is_in_a_cohort_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["completed", "withdrawn", "moved"]), _negated=True),
                            models.Q(("ended_on__isnull", False), ("withdrawal_order__isnull", False)),
                            _connector="OR",
                        ),
                        name="enrolment_ends_by_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "admitted"), _negated=True),
                            ("admission_order__isnull", False),
                            _connector="OR",
                        ),
                        name="enrolment_admitted_by_order",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StudyPlan",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ends_on", models.DateField(verbose_name="окончание обучения")),
                ("written_by_person", models.UUIDField()),
                ("written_at", models.DateTimeField()),
                (
                    "enrolment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="plans", to="learning.enrolment"
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="plans", to="learning.order"
                    ),
                ),
                (
                    "written_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ("enrolment", "pk"),
            },
        ),
        migrations.CreateModel(
            name="PlanLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "way",
                    models.CharField(
                        choices=[
                            ("apart", "отдельно, в свой срок"),
                            ("credited", "зачтено ранее"),
                            ("needs", "не изучается по образовательным потребностям"),
                            ("carried", "перенесено из прежней зачётной книжки"),
                        ],
                        max_length=8,
                        verbose_name="как осваивается",
                    ),
                ),
                ("held_by", models.DateField(null=True, verbose_name="сдать до")),
                ("basis", models.CharField(blank=True, max_length=200, verbose_name="документ")),
                (
                    "module",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="programs.module"
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="lines", to="learning.studyplan"
                    ),
                ),
            ],
            options={
                "ordering": ("plan", "module__ordinal", "pk"),
                "constraints": [
                    models.UniqueConstraint(fields=("plan", "module"), name="plan_names_a_module_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("basis", ""), ("held_by__isnull", False), ("way", "apart")),
                            models.Q(
                                ("held_by__isnull", True),
                                ("way__in", ["credited", "needs", "carried"]),
                                models.Q(("basis", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="plan_line_has_a_term_or_a_paper",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="VerificationToken",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "token",
                    models.CharField(
                        default=zachetka.learning.tokens.new_token, editable=False, max_length=26, unique=True
                    ),
                ),
                ("made_at", models.DateTimeField()),
                (
                    "enrolment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="tokens", to="learning.enrolment"
                    ),
                ),
            ],
            options={
                "ordering": ("made_at", "pk"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("token__regex", "^[0123456789ABCDEFGHJKMNPQRSTVWXYZ]{26}$")),
                        name="token_is_crockford",
                    ),
                    models.UniqueConstraint(fields=("enrolment",), name="token_is_one_a_book"),
                ],
            },
        ),
        migrations.AddField(
            model_name="enrolment",
            name="study_plan",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="learning.studyplan"
            ),
        ),
        AppendOnly("learning_studyplan", writer="zachetka_app"),
        AppendOnly("learning_planline", writer="zachetka_app"),
        AppendOnly("learning_verificationtoken", writer="zachetka_app"),
    ]
