"""The index of looks follows the kinds that are looks: one that the policy refused is among them (п. 3.8)."""

from django.db import migrations, models

LOOKS = [
    "access.refused",
    "account.confirmed",
    "account.sessions_ended",
    "account.sign_in_refused",
    "account.signed_in",
    "account.signed_out",
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


class Migration(migrations.Migration):
    dependencies = [("ledger", "0011_distinctions")]

    operations = [
        migrations.RemoveIndex("event", "event_looked"),
        migrations.AddIndex(
            "event",
            models.Index(fields=["type", "id"], name="event_looked", condition=models.Q(type__in=LOOKS)),
        ),
    ]
