"""A record that is only added is committed to by one event: a second would replace what it said (п. 2.1, 3.3)."""

from django.db import migrations, models

APPENDED = [
    "files.storedfile",
    "learning.mark",
    "learning.verificationtoken",
    "people.educationdocument",
    "people.personname",
    "programs.grade",
    "registers.entry",
]


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_event_looked")]

    operations = [
        migrations.AddConstraint(
            "event",
            models.UniqueConstraint(
                fields=("object_type", "object_id"),
                condition=models.Q(("commitment__isnull", False), ("object_type__in", APPENDED)),
                name="event_commits_to_what_is_only_added_once",
            ),
        ),
    ]
