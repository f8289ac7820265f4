"""How many people a commission is becomes a norm with dates and an act, as the minima of hours are (273-ФЗ ст. 58 ч. 6)."""

from datetime import date

from django.db import migrations, models

STAYS = """
CREATE TRIGGER edition_stays BEFORE UPDATE OR DELETE ON programs_commissionminimum
    FOR EACH ROW EXECUTE FUNCTION programs_edition_stays();
ALTER TABLE programs_commissionminimum ENABLE ALWAYS TRIGGER edition_stays;
ALTER TABLE programs_commissionminimum ADD CONSTRAINT commission_minimum_is_alone_on_its_days
    EXCLUDE USING gist (daterange(valid_from, valid_to, '[]') WITH &&);
"""
BASIS = "273-ФЗ ст. 58 ч. 6; число устанавливает организация"


def set_minimum(apps, schema_editor):
    minimum = apps.get_model("programs", "CommissionMinimum")
    minimum.objects.using(schema_editor.connection.alias).create(people=3, valid_from=date(2013, 9, 1), basis=BASIS)


class Migration(migrations.Migration):
    dependencies = [("programs", "0006_one_edition_a_day")]

    operations = [
        migrations.CreateModel(
            name="CommissionMinimum",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("people", models.PositiveSmallIntegerField()),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(blank=True, null=True)),
                ("basis", models.CharField(max_length=200)),
            ],
            options={
                "ordering": ("valid_from",),
                "constraints": [
                    models.UniqueConstraint(fields=("valid_from",), name="commission_minimum_starts_once"),
                    models.CheckConstraint(
                        condition=models.Q(("people__range", (2, 20))), name="commission_minimum_is_of_several"
                    ),
                ],
            },
        ),
        migrations.RunSQL(STAYS, "DROP TRIGGER edition_stays ON programs_commissionminimum;"),
        migrations.RunPython(set_minimum, migrations.RunPython.noop),
    ]
