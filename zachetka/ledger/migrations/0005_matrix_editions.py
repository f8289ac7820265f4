"""Editions of the «Матрица доступа» are only added; taking it away is a look (п. 3.8)."""

from django.db import migrations, models

LOOKS = [
    "account.sign_in_refused",
    "account.signed_in",
    "account.signed_out",
    "ledger.checked",
    "list.exported",
    "matrix.exported",
    "person.read",
    "personal_data.revealed",
    "record_book.read",
]
APPENDED = [
    "files.storedfile",
    "learning.mark",
    "learning.verificationtoken",
    "people.educationdocument",
    "people.matrixdecision",
    "people.matrixedition",
    "people.personname",
    "people.posting",
    "programs.grade",
    "registers.entry",
]


class Migration(migrations.Migration):
    dependencies = [("ledger", "0004_postings_are_only_added")]

    operations = [
        migrations.RemoveIndex("event", "event_looked"),
        migrations.AddIndex(
            "event",
            models.Index(fields=["type", "id"], name="event_looked", condition=models.Q(type__in=LOOKS)),
        ),
        migrations.RemoveConstraint("event", "event_commits_to_what_is_only_added_once"),
        migrations.AddConstraint(
            "event",
            models.UniqueConstraint(
                condition=models.Q(("commitment__isnull", False), ("object_type__in", APPENDED)),
                fields=("object_type", "object_id"),
                name="event_commits_to_what_is_only_added_once",
            ),
        ),
    ]
