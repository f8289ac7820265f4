"""A letter has an identity of its own; a notice whose cause is settled is closed (п. 2.4)."""

import uuid

from django.db import migrations, models


def identify(apps, schema_editor):
    letter = apps.get_model("notices", "Letter")
    for pk in letter.objects.using(schema_editor.connection.alias).values_list("pk", flat=True).iterator():
        letter.objects.using(schema_editor.connection.alias).filter(pk=pk).update(identity=uuid.uuid4())


class Migration(migrations.Migration):
    dependencies = [("notices", "0003_study_plan_set")]

    operations = [
        migrations.AddField("letter", "identity", models.UUIDField(default=uuid.uuid4, editable=False, null=True)),
        migrations.RunPython(identify, migrations.RunPython.noop),
        migrations.AlterField("letter", "identity", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
        migrations.AddField("notice", "closed_at", models.DateTimeField(null=True)),
        migrations.AddIndex(
            "notice",
            models.Index(
                condition=models.Q(("closed_at__isnull", True)),
                fields=["key"],
                name="notice_of_open_cause",
                opclasses=["varchar_pattern_ops"],
            ),
        ),
        migrations.AddConstraint(
            "notice",
            models.CheckConstraint(
                condition=models.Q(("closed_at__isnull", True), ("read_at__isnull", False), _connector="OR"),
                name="notice_closed_is_not_new",
            ),
        ),
    ]
