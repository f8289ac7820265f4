"""Looks at the marks of a group, at whoever a number leads to, and the taking of files of jobs (п. 3.8)."""

from django.db import migrations, models

LOOKS = [
    "access.refused",
    "account.confirmed",
    "account.sessions_ended",
    "account.sign_in_refused",
    "account.signed_in",
    "account.signed_out",
    "cohort_marks.read",
    "destruction_act.exported",
    "job.file_taken",
    "ledger.checked",
    "list.exported",
    "matrix.exported",
    "person.found",
    "person.read",
    "personal_data.revealed",
    "record_book.read",
    "second_factor.refused",
    "second_factor.used",
    "subject_data.exported",
    "subject_data.read",
]


class Migration(migrations.Migration):
    dependencies = [("ledger", "0003_destroyed_salts")]

    operations = [
        migrations.RemoveIndex("event", "event_looked"),
        migrations.AddIndex(
            "event",
            models.Index(fields=["type", "id"], name="event_looked", condition=models.Q(type__in=LOOKS)),
        ),
    ]
