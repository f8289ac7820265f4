"""For how many days a closed sheet is opened again is a norm with dates and an act (п. 2.2)."""

from datetime import date

from django.db import migrations, models

ALONE = """
ALTER TABLE programs_reopeningterm ADD CONSTRAINT reopening_term_is_alone_on_its_days
    EXCLUDE USING gist (daterange(valid_from, valid_to, '[]') WITH &&);
"""
BASIS = "Положение, п. 2.2; срок устанавливает организация"


def set_term(apps, schema_editor):
    term = apps.get_model("programs", "ReopeningTerm")
    term.objects.using(schema_editor.connection.alias).create(days=14, valid_from=date(2013, 9, 1), basis=BASIS)


class Migration(migrations.Migration):
    dependencies = [("programs", "0003_hour_share")]

    operations = [
        migrations.CreateModel(
            name="ReopeningTerm",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("days", models.PositiveSmallIntegerField()),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(blank=True, null=True)),
                ("basis", models.CharField(max_length=200)),
            ],
            options={
                "ordering": ("valid_from",),
                "constraints": [
                    models.UniqueConstraint(fields=("valid_from",), name="reopening_term_starts_once"),
                    models.CheckConstraint(
                        condition=models.Q(("days__range", (1, 60))), name="reopening_term_is_of_days"
                    ),
                ],
            },
        ),
        migrations.RunSQL(
            ALONE, "ALTER TABLE programs_reopeningterm DROP CONSTRAINT reopening_term_is_alone_on_its_days;"
        ),
        migrations.RunPython(set_term, migrations.RunPython.noop),
    ]
