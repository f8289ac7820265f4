"""The same work is not asked for again by the same person while it waits or runs (п. 3.9)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("jobs", "0001_initial")]

    operations = [
        migrations.AddConstraint(
            "job",
            models.UniqueConstraint(
                fields=("asked_by", "kind", "given"),
                condition=models.Q(("state__in", ["waiting", "running"])),
                name="job_runs_once_at_a_time",
            ),
        ),
    ]
