"""The database counts a commission by the norm in force on the day of the resit (273-ФЗ ст. 58 ч. 6)."""

from django.db import migrations

from zachetka.postgres.replacing import ReplaceFunction

HELD = """
CREATE OR REPLACE FUNCTION learning_resit_is_held() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    least integer;
BEGIN
    IF NOT EXISTS (SELECT FROM learning_sheetmember WHERE sheet_id = NEW.id) THEN
        RAISE EXCEPTION 'Пересдачу назначают кому-то поимённо (273-ФЗ ст. 58).' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.attempt = 3 THEN
        SELECT people INTO least FROM programs_commissionminimum
        WHERE valid_from <= NEW.held_on AND (valid_to IS NULL OR valid_to >= NEW.held_on);
        IF least IS NULL OR (SELECT count(*) FROM learning_commissioner WHERE sheet_id = NEW.id) < least
           OR NOT EXISTS (SELECT FROM learning_commissioner
                          WHERE sheet_id = NEW.id AND is_chair AND employee_id = NEW.teacher_id) THEN
            RAISE EXCEPTION 'Вторую пересдачу принимает комиссия, человек в ней не меньше %, ведомость ведёт её председатель (273-ФЗ ст. 58 ч. 6).',
                least USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("learning", "0016_words_without_gender"), ("programs", "0007_commission_minimum")]

    operations = [ReplaceFunction(HELD, was="learning.0015_law_of_resits")]
