"""The file of a job is kept until a day (п. 3.9; 152-ФЗ ст. 5 ч. 7); those there are get a week from their end."""

from django.db import migrations, models

A_WEEK = """
UPDATE jobs_job SET kept_until = (ended_at AT TIME ZONE 'Europe/Moscow')::date + 7 WHERE result_id IS NOT NULL
"""


class Migration(migrations.Migration):
    dependencies = [("jobs", "0003_parts_of_work")]

    operations = [
        migrations.AddField("job", "kept_until", models.DateField(null=True)),
        migrations.AddField("job", "removed_at", models.DateTimeField(null=True)),
        migrations.RunSQL(A_WEEK, migrations.RunSQL.noop),
        migrations.AddConstraint(
            "job",
            models.CheckConstraint(
                condition=models.Q(("result", None), ("kept_until__isnull", False), _connector="OR"),
                name="job_file_has_a_term",
            ),
        ),
        migrations.AddConstraint(
            "job",
            models.CheckConstraint(
                condition=models.Q(("removed_at", None), ("result__isnull", False), _connector="OR"),
                name="job_removed_had_a_file",
            ),
        ),
    ]
