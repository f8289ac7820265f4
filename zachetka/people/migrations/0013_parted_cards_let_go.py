"""A merge and the card that it absorbed say the same, when the cards are merged and when they are parted (п. 2.1)."""

from django.db import migrations

from zachetka.postgres.replacing import ReplaceFunction

POINTS = """
CREATE OR REPLACE FUNCTION people_merge_points() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    into_whom bigint := (SELECT merged_into_id FROM people_person WHERE id = NEW.absorbed_id);
    of_right bigint := (SELECT survivor_id FROM people_merge WHERE state = 'done' AND absorbed_id = NEW.absorbed_id);
BEGIN
    IF into_whom IS NOT DISTINCT FROM of_right THEN
        RETURN NULL;
    END IF;
    IF of_right IS NULL THEN
        RAISE EXCEPTION 'Разъединённая карточка ни на какую не указывает (п. 2.1).' USING ERRCODE = 'check_violation';
    END IF;
    RAISE EXCEPTION 'Поглощённая карточка указывает на главную (п. 2.1).' USING ERRCODE = 'check_violation';
END $$;
"""

BOTH = """
DROP TRIGGER merge_points ON people_merge;
CREATE CONSTRAINT TRIGGER merge_points AFTER INSERT OR UPDATE OF state ON people_merge DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION people_merge_points();
ALTER TABLE people_merge ENABLE ALWAYS TRIGGER merge_points;
"""

MERGED_ALONE = """
DROP TRIGGER merge_points ON people_merge;
CREATE CONSTRAINT TRIGGER merge_points AFTER INSERT ON people_merge DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION people_merge_points();
ALTER TABLE people_merge ENABLE ALWAYS TRIGGER merge_points;
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0012_merged_with_records")]

    operations = [
        ReplaceFunction(POINTS, was="people.0011_merges"),
        migrations.RunSQL(BOTH, MERGED_ALONE),
    ]
