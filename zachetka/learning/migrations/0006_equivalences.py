"""A transfer may lead to another plan: what counts there is said line by line, and a mark of another scale is read through an edition (273-ФЗ ст. 34, 57)."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from zachetka.postgres.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [
        ("learning", "0005_awards"),
        ("programs", "0003_hour_share"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Equivalence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "is_shared",
                    models.BooleanField(default=False, verbose_name="засчитывается и в другую дисциплину"),
                ),
                ("written_by_person", models.UUIDField()),
                ("written_at", models.DateTimeField()),
                (
                    "learner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.learner"
                    ),
                ),
                (
                    "module",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="programs.module"
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="equivalences",
                        to="learning.order",
                    ),
                ),
                (
                    "origin",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="programs.module",
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="learning.enrolment",
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
                "ordering": ("order", "learner", "pk"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("is_shared", False), ("origin__isnull", True), ("source__isnull", True)),
                            models.Q(("origin__isnull", False), ("source__isnull", False)),
                            _connector="OR",
                        ),
                        name="equivalence_is_of_a_book_and_a_module",
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="carried",
            name="edition",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="programs.scaleversion",
            ),
        ),
        migrations.AddField(
            model_name="carried",
            name="is_shared",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="carried",
            name="origin",
            field=models.ForeignKey(
                default=0,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="programs.module",
            ),
            preserve_default=False,
        ),
        migrations.RemoveConstraint(model_name="enrolment", name="learner_is_in_a_cohort_once"),
        migrations.AddConstraint(
            model_name="enrolment",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "moved"), _negated=True),
                fields=("learner", "cohort"),
                name="learner_is_in_a_cohort_once",
            ),
        ),
        AppendOnly("learning_equivalence", writer="zachetka_app"),
    ]
