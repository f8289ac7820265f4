"""A sheet passed on and a resit taken back are said once: one event commits to each (п. 2.2, 3.3)."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0004_looks_at_groups"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
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
                            "destruction.actline",
                            "files.destroyedfile",
                            "files.storedfile",
                            "learning.award",
                            "learning.cancellation",
                            "learning.carried",
                            "learning.commissioner",
                            "learning.equivalence",
                            "learning.excuse",
                            "learning.handover",
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
