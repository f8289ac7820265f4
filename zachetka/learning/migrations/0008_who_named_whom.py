"""A resit tells who named its people and when (273-ФЗ ст. 58 ч. 5; п. 3.8). The table is empty: `cli.migrate.GREW` sees to it."""

from datetime import UTC, datetime
from uuid import UUID

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("learning", "0007_searched_quickly"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="sheetmember",
            name="named_by",
            field=models.ForeignKey(
                default=0,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="sheetmember",
            name="named_by_person",
            field=models.UUIDField(default=UUID(int=0)),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="sheetmember",
            name="named_at",
            field=models.DateTimeField(default=datetime(1970, 1, 1, tzinfo=UTC)),
            preserve_default=False,
        ),
    ]
