"""Cohorts are walked from the newest on, orders are found by number in any case (п. 2.4)."""

from django.db import migrations, models
from django.db.models.functions import Upper


class Migration(migrations.Migration):
    dependencies = [("learning", "0006_equivalences")]

    operations = [
        migrations.AddIndex(
            model_name="cohort", index=models.Index(models.F("starts_on").desc(), "id", name="cohort_newest_first")
        ),
        migrations.AddIndex(model_name="order", index=models.Index(Upper("number"), name="order_by_number")),
    ]
