"""What is said of bytes destroyed by an act; said once, never changed (152-ФЗ ст. 21)."""

import django.db.models.deletion
from django.db import migrations, models

from zachetka.postgres.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("files", "0002_append_only")]

    operations = [
        migrations.CreateModel(
            name="DestroyedFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("act", models.CharField(max_length=40)),
                ("destroyed_at", models.DateTimeField()),
                (
                    "file",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="destroyed", to="files.storedfile"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("act", ""), _negated=True), name="file_is_destroyed_by_an_act"
                    )
                ],
            },
        ),
        AppendOnly("files_destroyedfile", writer="zachetka_app"),
    ]
