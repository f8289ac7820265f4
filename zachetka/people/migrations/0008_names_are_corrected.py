"""A mistaken entry of a name is corrected by a row of the same day that supersedes it (п. 2.1)."""

import django.db.models.deletion
from django.db import migrations, models

CORRECTS = """
CREATE FUNCTION people_name_corrects() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.supersedes_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM people_personname
        WHERE id = NEW.supersedes_id AND id < NEW.id AND person_id = NEW.person_id AND valid_from = NEW.valid_from
    ) THEN
        RAISE EXCEPTION 'Исправляют имя того же человека с того же дня (п. 2.1).' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER name_corrects BEFORE INSERT ON people_personname
    FOR EACH ROW EXECUTE FUNCTION people_name_corrects();
ALTER TABLE people_personname ENABLE ALWAYS TRIGGER name_corrects;
"""

UNCORRECTS = """
DROP TRIGGER name_corrects ON people_personname;
DROP FUNCTION people_name_corrects();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0007_subject_requests"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="personname",
            name="person_has_one_name_a_day",
        ),
        migrations.AddField(
            model_name="personname",
            name="supersedes",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="superseded_by",
                to="people.personname",
            ),
        ),
        migrations.AddConstraint(
            model_name="personname",
            constraint=models.UniqueConstraint(
                condition=models.Q(("supersedes__isnull", True)),
                fields=("person", "valid_from"),
                name="person_has_one_name_a_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="personname",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("supersedes__isnull", True), models.Q(("basis", ""), _negated=True), _connector="OR"
                ),
                name="person_name_is_corrected_for_a_reason",
            ),
        ),
        migrations.RunSQL(CORRECTS, UNCORRECTS),
    ]
