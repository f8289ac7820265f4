"""Finished parts of long work, kept until it ends (п. 3.9)."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("jobs", "0002_once_at_a_time")]

    operations = [
        migrations.CreateModel(
            name="JobPart",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120)),
                ("sha256", models.CharField(max_length=64)),
                ("size", models.PositiveBigIntegerField()),
                (
                    "job",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="parts", to="jobs.job"),
                ),
            ],
            options={
                "ordering": ("job", "pk"),
                "constraints": [models.UniqueConstraint(fields=("job", "name"), name="job_part_is_done_once")],
            },
        ),
    ]
