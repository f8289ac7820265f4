"""Lists of people as they are handed in, and editions of the «Матрица доступа» (п. 2.4, 3.8)."""

import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models

from zachetka.postgres.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [
        ("files", "0002_append_only"),
        ("people", "0001_people_and_their_papers"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Upload",
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
                        choices=[("uploaded", "ждёт проверки"), ("confirmed", "загружен"), ("cancelled", "отменён")],
                        default="uploaded",
                        max_length=10,
                    ),
                ),
                ("people", models.PositiveIntegerField(default=0)),
                ("new", models.PositiveIntegerField(default=0)),
                ("known", models.PositiveIntegerField(default=0)),
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
                        fields=("sha256",),
                        name="upload_of_one_file_is_confirmed_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at__isnull", True), ("state", "uploaded")),
                            models.Q(models.Q(("state", "uploaded"), _negated=True), ("ended_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="upload_ended_has_a_moment",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "people",
                                django.db.models.expressions.CombinedExpression(
                                    django.db.models.expressions.CombinedExpression(
                                        models.F("new"), "+", models.F("known")
                                    ),
                                    "+",
                                    models.F("refused"),
                                ),
                            )
                        ),
                        name="upload_accounts_for_every_row",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MatrixEdition",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(unique=True, verbose_name="номер")),
                ("content", models.TextField()),
                ("sha256", models.CharField(max_length=64)),
                ("proposed_by_person", models.UUIDField()),
                ("proposed_at", models.DateTimeField()),
                (
                    "proposed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ("-number",),
            },
        ),
        migrations.CreateModel(
            name="MatrixDecision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "verdict",
                    models.CharField(choices=[("approved", "утверждена"), ("refused", "отклонена")], max_length=8),
                ),
                ("decided_by_person", models.UUIDField()),
                ("decided_at", models.DateTimeField()),
                (
                    "decided_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "edition",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="decision", to="people.matrixedition"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("verdict__in", ["approved", "refused"])),
                        name="matrix_is_approved_or_refused",
                    )
                ],
            },
        ),
        AppendOnly("people_matrixedition", writer="zachetka_app"),
        AppendOnly("people_matrixdecision", writer="zachetka_app"),
    ]
