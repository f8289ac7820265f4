"""What may change in an open sheet; nobody joins a group past its closed sheets; a mark waits for an order (п. 2.1, 2.2)."""

from django.db import migrations

SHEETS = """
CREATE OR REPLACE FUNCTION learning_sheet_walks() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    changing text[];
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'open' OR NEW.closed_by_id IS NOT NULL OR NEW.closed_at IS NOT NULL THEN
            RAISE EXCEPTION 'Ведомость сначала открывают (п. 2.2).' USING ERRCODE = 'check_violation';
        END IF;
        IF NOT EXISTS (SELECT FROM learning_cohort c JOIN programs_module m ON m.version_id = c.program_version_id
                       WHERE c.id = NEW.cohort_id AND m.id = NEW.module_id) THEN
            RAISE EXCEPTION 'Дисциплины ведомости нет в плане группы (п. 2.2).' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF NEW.state = 'open' AND (NEW.closed_by_id IS NOT NULL OR NEW.closed_at IS NOT NULL) THEN
        RAISE EXCEPTION 'Открытую ведомость ещё никто не закрывал (п. 2.2).' USING ERRCODE = 'check_violation';
    END IF;
    changing := CASE WHEN NEW.state = 'open' THEN ARRAY['teacher_id', 'held_on', 'due_on']
                     ELSE ARRAY['state', 'closed_by_id', 'closed_at'] END;
    IF to_jsonb(NEW) - changing <> to_jsonb(OLD) - changing THEN
        RAISE EXCEPTION 'В открытой ведомости меняют преподавателя и сроки, и ничего больше (п. 2.2).'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.held_on <> OLD.held_on AND (
        EXISTS (SELECT FROM learning_mark WHERE sheet_id = NEW.id)
        OR NOT EXISTS (SELECT FROM learning_cohort WHERE id = NEW.cohort_id AND NEW.held_on BETWEEN starts_on AND ends_on))
    THEN
        RAISE EXCEPTION 'Контроль переносят в пределах срока обучения и пока нет оценок (п. 2.2).'
            USING ERRCODE = 'check_violation';
    END IF;
    IF (NEW.held_on, NEW.due_on) <> (OLD.held_on, OLD.due_on) AND NEW.due_on < NEW.held_on THEN
        RAISE EXCEPTION 'Ведомость заполняют не раньше контроля (п. 2.2).' USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.state = 'open' AND NEW.state = 'closed' AND NEW.attempt = 1 AND EXISTS (
        SELECT FROM learning_enrolment e WHERE e.cohort_id = NEW.cohort_id AND e.state IN ('active', 'admitted')
        AND NOT EXISTS (
            SELECT FROM learning_mark m WHERE m.sheet_id = NEW.id AND m.enrolment_id = e.id AND m.grade_id IS NOT NULL
            AND NOT EXISTS (SELECT FROM learning_mark later WHERE later.supersedes_id = m.id))) THEN
        RAISE EXCEPTION 'Ведомость закрывают, когда у каждого есть оценка или неявка (п. 2.2).'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
"""

ENROLMENTS = """
CREATE FUNCTION learning_enrolment_is_in_time() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM learning_marksheet WHERE cohort_id = NEW.cohort_id AND attempt = 1 ORDER BY id FOR SHARE;
    IF EXISTS (SELECT FROM learning_marksheet
               WHERE cohort_id = NEW.cohort_id AND attempt = 1 AND state = 'closed') THEN
        RAISE EXCEPTION 'В закрытую ведомость нового слушателя не внести: зачисляют в другую группу (п. 2.2).'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER enrolment_is_in_time BEFORE INSERT ON learning_enrolment
    FOR EACH ROW EXECUTE FUNCTION learning_enrolment_is_in_time();
ALTER TABLE learning_enrolment ENABLE ALWAYS TRIGGER enrolment_is_in_time;
"""

UNENROLMENTS = """
DROP TRIGGER enrolment_is_in_time ON learning_enrolment;
DROP FUNCTION learning_enrolment_is_in_time();
"""

# Locks go one way everywhere: order, cohort, sheets by number, enrolments by number, marks.
MARKS = """
CREATE OR REPLACE FUNCTION learning_mark_is_proposed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT state FROM learning_marksheet WHERE id = NEW.sheet_id) = 'closed' THEN
        IF NOT EXISTS (SELECT FROM learning_correction c WHERE c.mark_id = NEW.supersedes_id AND c.state = 'proposed'
            AND (c.grade_id, c.score, c.reason, c.basis, c.proposed_by_person)
                IS NOT DISTINCT FROM (NEW.grade_id, NEW.score, NEW.reason, NEW.basis, NEW.recorded_by_person)) THEN
            RAISE EXCEPTION 'В закрытой ведомости — только предложенное исправление (п. 2.1).'
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF NOT EXISTS (SELECT FROM learning_marksheet
                   WHERE id = NEW.sheet_id AND (held_on, teacher_id) = (NEW.held_on, NEW.teacher_id)) THEN
        RAISE EXCEPTION 'Оценка несёт дату контроля и преподавателя своей ведомости (п. 2.2).'
            USING ERRCODE = 'check_violation';
    END IF;
    PERFORM FROM learning_enrolment WHERE id = NEW.enrolment_id AND state IN ('active', 'admitted') FOR SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'Оценку вносят тому, кто обучается (п. 2.2).' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("learning", "0008_indexes_of_marks")]

    operations = [
        migrations.RunSQL(SHEETS, migrations.RunSQL.noop),  # the stricter guards serve the schema before them as well
        migrations.RunSQL(ENROLMENTS, UNENROLMENTS),
        migrations.RunSQL(MARKS, migrations.RunSQL.noop),
    ]
