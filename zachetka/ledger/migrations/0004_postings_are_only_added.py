"""One event commits to each row of a service, as to everything that is only added (п. 2.1)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ledger", "0003_committed_once")]

    operations = [
        migrations.RemoveConstraint(
            model_name="event",
            name="event_commits_to_what_is_only_added_once",
        ),
        migrations.AddConstraint(
            model_name="event",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("commitment__isnull", False),
                    (
                        "object_type__in",
                        [
                            "files.storedfile",
                            "learning.mark",
                            "learning.verificationtoken",
                            "people.educationdocument",
                            "people.personname",
                            "people.posting",
                            "programs.grade",
                            "registers.entry",
                        ],
                    ),
                ),
                fields=("object_type", "object_id"),
                name="event_commits_to_what_is_only_added_once",
            ),
        ),
    ]
