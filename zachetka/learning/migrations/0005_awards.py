"""Awards of whoever learns (273-ФЗ ст. 28 ч. 3 п. 11)."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from zachetka.postgres.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [
        ("learning", "0004_what_bears_on_marks"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Award",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("thanks", "благодарность"),
                            ("certificate", "почётная грамота"),
                            ("winner", "диплом победителя конкурса"),
                            ("prize", "диплом призёра конкурса"),
                            ("gift", "ценный подарок"),
                            ("bonus", "премия"),
                            ("other", "иное поощрение"),
                        ],
                        max_length=12,
                        verbose_name="вид",
                    ),
                ),
                ("wording", models.CharField(max_length=500, verbose_name="за что")),
                ("awarded_on", models.DateField(verbose_name="день поощрения")),
                ("basis", models.CharField(max_length=200, verbose_name="документ")),
                ("reason", models.CharField(blank=True, max_length=500, verbose_name="почему отозвано")),
                ("recorded_by_person", models.UUIDField()),
                ("recorded_at", models.DateTimeField()),
                (
                    "cancels",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cancelled_by",
                        to="learning.award",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "enrolment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="awards", to="learning.enrolment"
                    ),
                ),
            ],
            options={
                "ordering": ("awarded_on", "pk"),
                "indexes": [
                    models.Index(fields=["enrolment", "awarded_on"], name="award_of_a_learner"),
                    models.Index(fields=["awarded_on"], name="award_by_day"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("wording", ""), _negated=True), models.Q(("basis", ""), _negated=True)
                        ),
                        name="award_has_wording_and_paper",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("cancels__isnull", True), ("reason", "")),
                            models.Q(("cancels__isnull", False), models.Q(("reason", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="award_is_taken_back_with_a_reason",
                    ),
                ],
            },
        ),
        AppendOnly("learning_award", writer="zachetka_app"),
    ]
