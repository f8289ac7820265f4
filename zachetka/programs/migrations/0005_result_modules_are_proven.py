"""The link of a planned result with a module becomes a record of its own, which the ledger commits to (п. 1.3, 3.3)."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("programs", "0004_ways_of_versions")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="ResultModule",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "plannedresult",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="links",
                                to="programs.plannedresult",
                            ),
                        ),
                        (
                            "module",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="links",
                                to="programs.module",
                            ),
                        ),
                    ],
                    options={
                        "db_table": "programs_plannedresult_modules",
                        "unique_together": {("plannedresult", "module")},
                    },
                ),
                migrations.AlterField(
                    model_name="plannedresult",
                    name="modules",
                    field=models.ManyToManyField(
                        related_name="results",
                        through="programs.ResultModule",
                        to="programs.module",
                        verbose_name="чем доказывается",
                    ),
                ),
            ],
        ),
    ]
