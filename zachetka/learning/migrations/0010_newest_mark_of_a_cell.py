"""The newest mark of a cell is one step of its index, however often the cell was written (п. 2.2)."""

from typing import ClassVar

from django.db import migrations, models
from django.db.migrations.operations.base import Operation


class Migration(migrations.Migration):
    dependencies: ClassVar[list[tuple[str, str]]] = [("learning", "0009_sheets_change_and_stay")]

    operations: ClassVar[list[Operation]] = [
        migrations.RemoveIndex(model_name="mark", name="mark_in_a_cell"),
        migrations.AddIndex(
            model_name="mark",
            index=models.Index(fields=["sheet", "enrolment", "id"], name="mark_in_a_cell"),
        ),
    ]
