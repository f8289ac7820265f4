"""Nobody sets, asks to correct or decides their own mark; a mark is of the edition in force; people sign as themselves (п. 2.1–2.3, 3.8)."""

from django.db import migrations

MARKS = """
CREATE FUNCTION learning_mark_is_signed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM access_account WHERE id = NEW.recorded_by_id AND person_uid = NEW.recorded_by_person)
       OR (NEW.confirmed_by_id IS NULL) <> (NEW.confirmed_by_person IS NULL)
       OR NEW.confirmed_by_id IS NOT NULL AND NOT EXISTS (
           SELECT FROM access_account WHERE id = NEW.confirmed_by_id AND person_uid = NEW.confirmed_by_person) THEN
        RAISE EXCEPTION 'Оценку вносит и подтверждает человек под своей учётной записью (п. 3.8).'
            USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (SELECT FROM learning_enrolment e JOIN people_learner l ON l.id = e.learner_id
               JOIN people_person p ON p.id = l.person_id
               WHERE e.id = NEW.enrolment_id AND p.uid IN (NEW.recorded_by_person, NEW.confirmed_by_person)) THEN
        RAISE EXCEPTION 'Свою оценку не вносят и не подтверждают: это делает другой человек (п. 3.8).'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.grade_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM programs_grade g JOIN programs_scaleversion v ON v.id = g.version_id
        WHERE g.id = NEW.grade_id AND v.valid_from <= NEW.held_on
          AND (v.valid_to IS NULL OR v.valid_to >= NEW.held_on)
          AND NOT EXISTS (SELECT FROM programs_scaleversion newer WHERE newer.scale_id = v.scale_id
              AND newer.valid_from > v.valid_from AND newer.valid_from <= NEW.held_on
              AND (newer.valid_to IS NULL OR newer.valid_to >= NEW.held_on))
          AND (NEW.score IS NULL OR round(NEW.score) BETWEEN g.score_from AND g.score_to)) THEN
        RAISE EXCEPTION 'Оценка — из редакции шкалы на день контроля, балл — в её пределах (п. 2.3).'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER mark_is_signed BEFORE INSERT ON learning_mark
    FOR EACH ROW EXECUTE FUNCTION learning_mark_is_signed();
ALTER TABLE learning_mark ENABLE ALWAYS TRIGGER mark_is_signed;
"""

UNMARKS = """
DROP TRIGGER mark_is_signed ON learning_mark;
DROP FUNCTION learning_mark_is_signed();
"""

CORRECTIONS = """
CREATE FUNCTION learning_correction_is_of_others() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM learning_mark m JOIN learning_enrolment e ON e.id = m.enrolment_id
               JOIN people_learner l ON l.id = e.learner_id JOIN people_person p ON p.id = l.person_id
               WHERE m.id = NEW.mark_id AND p.uid IN (NEW.proposed_by_person, NEW.decided_by_person)) THEN
        RAISE EXCEPTION 'Исправление своей оценки предлагают и решают другие (п. 3.8).'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER correction_is_of_others BEFORE INSERT OR UPDATE ON learning_correction
    FOR EACH ROW EXECUTE FUNCTION learning_correction_is_of_others();
ALTER TABLE learning_correction ENABLE ALWAYS TRIGGER correction_is_of_others;
"""

UNCORRECTIONS = """
DROP TRIGGER correction_is_of_others ON learning_correction;
DROP FUNCTION learning_correction_is_of_others();
"""


class Migration(migrations.Migration):
    dependencies = [("learning", "0012_mark_uploads"), ("access", "0003_roles_are_lawful")]

    operations = [
        migrations.RunSQL(MARKS, UNMARKS),
        migrations.RunSQL(CORRECTIONS, UNCORRECTIONS),
    ]
