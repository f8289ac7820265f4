"""A record book has one address of the public check, however many prints are asked for at once (п. 2.5)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("learning", "0006_ways_of_marks")]

    operations = [
        migrations.AddConstraint(
            "verificationtoken", models.UniqueConstraint(fields=("enrolment",), name="token_is_one_a_book")
        ),
    ]
