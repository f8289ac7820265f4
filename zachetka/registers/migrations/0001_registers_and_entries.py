"""Register books and the numbers given in them (п. 2.5)."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from zachetka.postgres.append_only import AppendOnly


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Register",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=40)),
                ("year", models.PositiveSmallIntegerField()),
                ("title", models.CharField(max_length=120)),
                ("pattern", models.CharField(max_length=40)),
                ("last_number", models.PositiveIntegerField(default=0)),
            ],
            options={
                "ordering": ("-year", "code"),
                "constraints": [models.UniqueConstraint(fields=("code", "year"), name="register_is_one_a_year")],
            },
        ),
        migrations.CreateModel(
            name="Entry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("written", models.CharField(max_length=60)),
                ("record_type", models.CharField(max_length=60)),
                ("record_id", models.BigIntegerField()),
                ("entered_at", models.DateTimeField()),
                (
                    "entered_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "register",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="entries", to="registers.register"
                    ),
                ),
            ],
            options={
                "ordering": ("register", "number"),
                "constraints": [
                    models.UniqueConstraint(fields=("register", "number"), name="register_number_is_given_once"),
                    models.UniqueConstraint(
                        fields=("register", "record_type", "record_id"), name="record_is_entered_once"
                    ),
                ],
            },
        ),
        AppendOnly("registers_entry", writer="zachetka_app"),
    ]
