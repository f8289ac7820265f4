"""The mark in force of a cell is its newest: whoever supersedes has the greater number (п. 2.1)."""

from typing import ClassVar

from django.db import migrations, models
from django.db.migrations.operations.base import Operation


class Migration(migrations.Migration):
    dependencies: ClassVar[list[tuple[str, str]]] = [("learning", "0010_newest_mark_of_a_cell")]

    operations: ClassVar[list[Operation]] = [
        migrations.AddConstraint(
            model_name="mark",
            constraint=models.CheckConstraint(
                condition=models.Q(supersedes__isnull=True) | models.Q(supersedes__lt=models.F("id")),
                name="mark_supersedes_an_earlier_one",
            ),
        ),
    ]
