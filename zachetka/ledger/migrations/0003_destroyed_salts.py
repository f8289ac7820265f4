"""A salt leaves its table by an act of destruction and no other way; what acts say is only added (152-ФЗ ст. 21; п. 3.3)."""

import django.db.models.deletion
from django.db import migrations, models

from zachetka.postgres.append_only import AppendOnly

LOOKS = [
    "access.refused",
    "account.confirmed",
    "account.sessions_ended",
    "account.sign_in_refused",
    "account.signed_in",
    "account.signed_out",
    "destruction_act.exported",
    "ledger.checked",
    "list.exported",
    "matrix.exported",
    "person.read",
    "personal_data.revealed",
    "record_book.read",
    "second_factor.refused",
    "second_factor.used",
    "subject_data.exported",
    "subject_data.read",
]
APPENDED = [
    "destruction.actline",
    "files.destroyedfile",
    "files.storedfile",
    "learning.award",
    "learning.carried",
    "learning.commissioner",
    "learning.equivalence",
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
]


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_equivalences_are_only_added")]

    operations = [
        migrations.CreateModel(
            name="DestroyedSalt",
            fields=[
                (
                    "event",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="destroyed_salt",
                        serialize=False,
                        to="ledger.event",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="ledger.event"),
                ),
            ],
        ),
        AppendOnly("ledger_destroyedsalt", writer="zachetka_app"),
        migrations.RemoveIndex("event", "event_looked"),
        migrations.AddIndex(
            "event",
            models.Index(fields=["type", "id"], name="event_looked", condition=models.Q(type__in=LOOKS)),
        ),
        migrations.RemoveConstraint(model_name="event", name="event_commits_to_what_is_only_added_once"),
        migrations.AddConstraint(
            model_name="event",
            constraint=models.UniqueConstraint(
                fields=("object_type", "object_id"),
                condition=models.Q(commitment__isnull=False, object_type__in=APPENDED),
                name="event_commits_to_what_is_only_added_once",
            ),
        ),
    ]
