"""Who began and who ended within a year, counted by indexes alone (п. 3.9)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("learning", "0009_handed_over_and_cancelled"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="enrolment",
            index=models.Index(
                condition=models.Q(("continues__isnull", True)), fields=["started_on"], name="enrolment_begun"
            ),
        ),
        migrations.AddIndex(
            model_name="enrolment",
            index=models.Index(fields=["ended_on", "state", "started_on"], name="enrolment_ended"),
        ),
    ]
