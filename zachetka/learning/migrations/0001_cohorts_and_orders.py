"""Cohorts, orders and whom they name (п. 2.2; 273-ФЗ ст. 53)."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

TEXT = """
ALTER TABLE learning_order ADD CONSTRAINT order_text_is_what_was_hashed
    CHECK (text = '' AND text_hash = '' OR text_hash = encode(sha256(convert_to(text, 'UTF8')), 'hex'));
ALTER TABLE learning_order ADD CONSTRAINT order_text_is_kept_at_issue CHECK ((state = 'approved') = (text_hash <> ''));
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("people", "0004_doubles"),
        ("programs", "0002_programmes_in_versions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Cohort",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=20, unique=True, verbose_name="шифр группы")),
                ("starts_on", models.DateField(verbose_name="начало")),
                ("ends_on", models.DateField(verbose_name="окончание")),
                ("attestation_on", models.DateField(blank=True, null=True, verbose_name="итоговая аттестация")),
                ("created_at", models.DateTimeField()),
                (
                    "program_version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cohorts",
                        to="programs.programversion",
                    ),
                ),
            ],
            options={
                "ordering": ("-starts_on", "code"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends_on__gte", models.F("starts_on"))), name="cohort_dates_are_in_order"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("attestation_on__isnull", True),
                            models.Q(
                                ("attestation_on__gte", models.F("starts_on")),
                                ("attestation_on__lte", models.F("ends_on")),
                            ),
                            _connector="OR",
                        ),
                        name="cohort_attestation_is_within_its_dates",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Order",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("enrolment", "о зачислении"),
                            ("admission", "о допуске к итоговой аттестации"),
                            ("withdrawal", "об отчислении"),
                            ("study_plan", "об индивидуальном учебном плане"),
                            ("transfer", "о переводе"),
                        ],
                        max_length=12,
                        verbose_name="вид приказа",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "черновик"),
                            ("submitted", "на подписи"),
                            ("approved", "издан"),
                            ("cancelled", "отменён до издания"),
                        ],
                        default="draft",
                        max_length=10,
                    ),
                ),
                ("number", models.CharField(blank=True, max_length=60, verbose_name="номер")),
                ("order_date", models.DateField(blank=True, null=True, verbose_name="дата приказа")),
                ("effective_on", models.DateField(verbose_name="действует с")),
                (
                    "ground",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("completed", "в связи с завершением обучения"),
                            ("own_wish", "по инициативе обучающегося"),
                            ("debt", "за невыполнение учебного плана"),
                            ("breach", "за нарушение порядка приёма"),
                            ("discipline", "в порядке дисциплинарного взыскания"),
                            ("outside", "по обстоятельствам, не зависящим от воли сторон"),
                            ("death", "в связи со смертью"),
                        ],
                        max_length=12,
                        verbose_name="основание отчисления",
                    ),
                ),
                ("basis", models.CharField(blank=True, max_length=255, verbose_name="основание")),
                ("remark", models.CharField(blank=True, max_length=500, verbose_name="замечание руководителя")),
                ("request_key", models.UUIDField(default=uuid.uuid4, unique=True)),
                ("drafted_by_person", models.UUIDField()),
                ("drafted_at", models.DateTimeField()),
                ("approved_by_person", models.UUIDField(null=True)),
                ("approved_at", models.DateTimeField(null=True)),
                ("text", models.TextField(blank=True, verbose_name="текст изданного приказа")),
                ("text_hash", models.CharField(blank=True, max_length=64)),
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
                    "cohort",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="orders", to="learning.cohort"
                    ),
                ),
                (
                    "drafted_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "target",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="learning.cohort",
                        verbose_name="в группу",
                    ),
                ),
            ],
            options={
                "ordering": ("-drafted_at", "-pk"),
                "indexes": [models.Index(fields=["state", "kind"], name="order_state")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "approved"), _negated=True),
                            models.Q(
                                ("approved_at__isnull", False),
                                ("approved_by__isnull", False),
                                ("order_date__isnull", False),
                                models.Q(("number", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="order_issued_is_numbered_and_signed",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state", "approved"),
                            models.Q(("approved_by__isnull", True), ("number", "")),
                            _connector="OR",
                        ),
                        name="order_not_issued_has_no_number",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("approved_by_person__isnull", True),
                            models.Q(("approved_by_person", models.F("drafted_by_person")), _negated=True),
                            _connector="OR",
                        ),
                        name="order_is_issued_by_another",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "withdrawal"), _negated=True),
                            models.Q(("ground", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="order_of_withdrawal_has_a_ground",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("kind", "transfer"),
                                ("target__isnull", False),
                                models.Q(("target", models.F("cohort")), _negated=True),
                            ),
                            models.Q(models.Q(("kind", "transfer"), _negated=True), ("target__isnull", True)),
                            _connector="OR",
                        ),
                        name="order_of_transfer_leads_to_another_cohort",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OrderLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "learner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="order_lines", to="people.learner"
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="lines", to="learning.order"
                    ),
                ),
            ],
            options={
                "ordering": ("order", "learner__person__sort_key", "pk"),
                "constraints": [
                    models.UniqueConstraint(fields=("order", "learner"), name="order_names_a_learner_once")
                ],
            },
        ),
        migrations.RunSQL(TEXT, migrations.RunSQL.noop),
    ]
