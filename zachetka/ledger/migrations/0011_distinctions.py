"""One event commits to each decision about cards that look alike, as to everything that is only added (п. 2.1)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0010_study_plans_are_only_added"),
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
