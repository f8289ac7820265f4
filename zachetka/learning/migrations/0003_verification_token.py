"""The table of public-check tokens: it only grows (п. 2.5, 3.8)."""

import django.db.models.deletion
from django.db import migrations, models

import zachetka.learning.tokens
from zachetka.postgres.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("learning", "0002_guards")]

    operations = [
        migrations.CreateModel(
            name="VerificationToken",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "token",
                    models.CharField(
                        default=zachetka.learning.tokens.new_token, editable=False, max_length=26, unique=True
                    ),
                ),
                ("made_at", models.DateTimeField()),
                (
                    "enrolment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="tokens", to="learning.enrolment"
                    ),
                ),
            ],
            options={
                "ordering": ("made_at", "pk"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("token__regex", "^[0123456789ABCDEFGHJKMNPQRSTVWXYZ]{26}$")),
                        name="token_is_crockford",
                    )
                ],
            },
        ),
        AppendOnly("learning_verificationtoken", writer="zachetka_app"),
    ]
