"""The same role for the same term is proposed once, a substitute's too: a form sent twice is one proposal (п. 3.8)."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("access", "0002_sign_in")]

    operations = [
        migrations.AddConstraint(
            model_name="roleassignment",
            constraint=models.UniqueConstraint(
                fields=["account", "role", "unit", "substitutes", "valid_from", "valid_to"],
                condition=Q(state__in=["proposed", "active"], valid_to__isnull=False),
                nulls_distinct=False,
                name="role_of_a_term_is_open_once",
            ),
        ),
    ]
