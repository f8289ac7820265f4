"""One event commits to each award, as to everything that is only added (273-ФЗ ст. 28 ч. 3 п. 11; п. 3.3)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0012_refusals_looked"),
    ]

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
                            "learning.award",
                            "learning.commissioner",
                            "learning.excuse",
                            "learning.mark",
                            "learning.planline",
                            "learning.sheetmember",
                            "learning.studyplan",
                            "learning.verificationtoken",
                            "people.consent",
                            "people.distinction",
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
