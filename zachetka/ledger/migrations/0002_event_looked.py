from django.db import migrations, models

LOOKS = [
    "account.sign_in_refused",
    "account.signed_in",
    "account.signed_out",
    "ledger.checked",
    "list.exported",
    "person.read",
    "personal_data.revealed",
    "record_book.read",
]


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_ledger")]

    operations = [
        migrations.AddIndex(
            "event",
            models.Index(fields=["type", "id"], name="event_looked", condition=models.Q(type__in=LOOKS)),
        ),
    ]
