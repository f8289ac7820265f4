"""Which part of the hours suffices for credit is a norm with dates and an act (273-ФЗ ст. 34 ч. 1 п. 7)."""

from datetime import date

from django.db import migrations, models

ALONE = """
ALTER TABLE programs_hourshare ADD CONSTRAINT hour_share_is_alone_on_its_days
    EXCLUDE USING gist (daterange(valid_from, valid_to, '[]') WITH &&);
"""
BASIS = "273-ФЗ ст. 34 ч. 1 п. 7; долю часов устанавливает организация"


def set_share(apps, schema_editor):
    share = apps.get_model("programs", "HourShare")
    share.objects.using(schema_editor.connection.alias).create(percent=80, valid_from=date(2013, 9, 1), basis=BASIS)


class Migration(migrations.Migration):
    dependencies = [("programs", "0002_programmes_in_versions")]

    operations = [
        migrations.CreateModel(
            name="HourShare",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("percent", models.PositiveSmallIntegerField()),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(blank=True, null=True)),
                ("basis", models.CharField(max_length=200)),
            ],
            options={
                "ordering": ("valid_from",),
                "constraints": [
                    models.UniqueConstraint(fields=("valid_from",), name="hour_share_starts_once"),
                    models.CheckConstraint(
                        condition=models.Q(("percent__range", (1, 100))), name="hour_share_is_a_share"
                    ),
                ],
            },
        ),
        migrations.RunSQL(ALONE, "ALTER TABLE programs_hourshare DROP CONSTRAINT hour_share_is_alone_on_its_days;"),
        migrations.RunPython(set_share, migrations.RunPython.noop),
    ]
