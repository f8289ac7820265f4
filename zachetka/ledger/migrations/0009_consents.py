"""One event commits to each consent, as to everything that is only added (152-ФЗ ст. 9)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ledger", "0008_resits_are_only_added")]

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
                            "learning.commissioner",
                            "learning.excuse",
                            "learning.mark",
                            "learning.sheetmember",
                            "learning.verificationtoken",
                            "people.consent",
                            "people.educationdocument",
                            "people.matrixdecision",
                            "people.matrixedition",
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
