"""Destroyed files whose bytes may still lie in the store (152-ФЗ ст. 21)."""

import django.db.models.deletion
from django.db import migrations, models


def mark_every_destroyed(apps, editor):
    """Files destroyed earlier are looked at once more: nothing told whether their bytes are gone."""
    Destroyed, Unswept = apps.get_model("files", "DestroyedFile"), apps.get_model("files", "Unswept")
    using = editor.connection.alias
    Unswept.objects.using(using).bulk_create(
        Unswept(file_id=file) for file in Destroyed.objects.using(using).values_list("file", flat=True)
    )


class Migration(migrations.Migration):
    dependencies = [("files", "0003_destroyed_files")]

    operations = [
        migrations.CreateModel(
            name="Unswept",
            fields=[
                (
                    "file",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="files.storedfile",
                    ),
                ),
            ],
        ),
        migrations.RunPython(mark_every_destroyed, migrations.RunPython.noop, elidable=True),
    ]
