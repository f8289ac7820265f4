"""Looks at everything that is kept of a person stand in the index of looks (152-ФЗ ст. 14)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ledger", "0005_matrix_editions")]

    operations = [
        migrations.RemoveIndex(
            model_name="event",
            name="event_looked",
        ),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(
                condition=models.Q(
                    (
                        "type__in",
                        [
                            "account.sign_in_refused",
                            "account.signed_in",
                            "account.signed_out",
                            "ledger.checked",
                            "list.exported",
                            "matrix.exported",
                            "person.read",
                            "personal_data.revealed",
                            "record_book.read",
                            "subject_data.exported",
                            "subject_data.read",
                        ],
                    )
                ),
                fields=["type", "id"],
                name="event_looked",
            ),
        ),
    ]
