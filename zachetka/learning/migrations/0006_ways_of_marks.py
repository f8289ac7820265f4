"""The ways that sheets, corrections and cohorts may go; a mark in a closed sheet is a correction (п. 2.1, 2.2)."""

from django.db import migrations

SHEETS = """
CREATE FUNCTION learning_sheet_walks() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER sheet_walks BEFORE INSERT OR UPDATE ON learning_marksheet
    FOR EACH ROW EXECUTE FUNCTION learning_sheet_walks();
ALTER TABLE learning_marksheet ENABLE ALWAYS TRIGGER sheet_walks;
"""

UNSHEETS = """
DROP TRIGGER sheet_walks ON learning_marksheet;
DROP FUNCTION learning_sheet_walks();
"""

CORRECTIONS = """
CREATE FUNCTION learning_correction_walks() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    deciding text[] := ARRAY['state', 'refusal', 'decided_by_id', 'decided_by_person', 'decided_at', 'result_id'];
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'proposed' OR NEW.refusal <> '' OR NEW.decided_by_id IS NOT NULL
           OR NEW.decided_by_person IS NOT NULL OR NEW.decided_at IS NOT NULL OR NEW.result_id IS NOT NULL THEN
            RAISE EXCEPTION 'Исправление сначала предлагают, решает потом другой человек (п. 2.1).'
                USING ERRCODE = 'check_violation';
        END IF;
        IF NOT EXISTS (SELECT FROM access_account WHERE id = NEW.proposed_by_id AND person_uid = NEW.proposed_by_person)
        THEN
            RAISE EXCEPTION 'Исправление предлагает человек под своей учётной записью (п. 3.8).'
                USING ERRCODE = 'check_violation';
        END IF;
        IF NOT EXISTS (SELECT FROM learning_mark m JOIN learning_marksheet s ON s.id = m.sheet_id
                       WHERE m.id = NEW.mark_id AND s.state = 'closed') THEN
            RAISE EXCEPTION 'Исправление — в закрытой ведомости; в открытой оценку просто вносят (п. 2.1).'
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF to_jsonb(NEW) = to_jsonb(OLD) THEN
        RETURN NEW;
    END IF;
    IF NEW.state NOT IN ('confirmed', 'refused') OR to_jsonb(NEW) - deciding <> to_jsonb(OLD) - deciding
       OR NEW.decided_at IS NULL
       OR NOT EXISTS (SELECT FROM access_account WHERE id = NEW.decided_by_id AND person_uid = NEW.decided_by_person)
       OR (NEW.state = 'refused') <> (NEW.refusal <> '') OR (NEW.state = 'confirmed') <> (NEW.result_id IS NOT NULL)
    THEN
        RAISE EXCEPTION 'Предложенное исправление подтверждают или отклоняют целиком (п. 2.1).'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state = 'confirmed' AND NOT EXISTS (
        SELECT FROM learning_mark m WHERE m.id = NEW.result_id AND m.supersedes_id = NEW.mark_id
        AND m.confirmed_by_person = NEW.decided_by_person
        AND (m.grade_id, m.score, m.reason, m.basis, m.recorded_by_person)
            IS NOT DISTINCT FROM (NEW.grade_id, NEW.score, NEW.reason, NEW.basis, NEW.proposed_by_person)) THEN
        RAISE EXCEPTION 'Подтверждённое исправление — это новая оценка, какой её предложили (п. 2.1).'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER correction_walks BEFORE INSERT OR UPDATE ON learning_correction
    FOR EACH ROW EXECUTE FUNCTION learning_correction_walks();
ALTER TABLE learning_correction ENABLE ALWAYS TRIGGER correction_walks;

CREATE FUNCTION learning_mark_is_proposed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT state FROM learning_marksheet WHERE id = NEW.sheet_id) = 'closed' THEN
        IF NOT EXISTS (SELECT FROM learning_correction c WHERE c.mark_id = NEW.supersedes_id AND c.state = 'proposed'
            AND (c.grade_id, c.score, c.reason, c.basis, c.proposed_by_person)
                IS NOT DISTINCT FROM (NEW.grade_id, NEW.score, NEW.reason, NEW.basis, NEW.recorded_by_person)) THEN
            RAISE EXCEPTION 'В закрытой ведомости — только предложенное исправление (п. 2.1).'
                USING ERRCODE = 'check_violation';
        END IF;
    ELSIF NOT EXISTS (
        SELECT FROM learning_enrolment WHERE id = NEW.enrolment_id AND state IN ('active', 'admitted')) THEN
        RAISE EXCEPTION 'Оценку вносят тому, кто обучается (п. 2.2).' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER mark_is_proposed BEFORE INSERT ON learning_mark
    FOR EACH ROW EXECUTE FUNCTION learning_mark_is_proposed();
ALTER TABLE learning_mark ENABLE ALWAYS TRIGGER mark_is_proposed;

CREATE FUNCTION learning_mark_decides_its_correction() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM learning_correction WHERE result_id = NEW.id AND state = 'confirmed') THEN
        RAISE EXCEPTION 'Исправленная оценка появляется вместе с подтверждением исправления (п. 2.1).'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER mark_decides_its_correction AFTER INSERT ON learning_mark DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.confirmed_by_person IS NOT NULL) EXECUTE FUNCTION learning_mark_decides_its_correction();
ALTER TABLE learning_mark ENABLE ALWAYS TRIGGER mark_decides_its_correction;
"""

UNCORRECTIONS = """
DROP TRIGGER mark_decides_its_correction ON learning_mark;
DROP FUNCTION learning_mark_decides_its_correction();
DROP TRIGGER mark_is_proposed ON learning_mark;
DROP FUNCTION learning_mark_is_proposed();
DROP TRIGGER correction_walks ON learning_correction;
DROP FUNCTION learning_correction_walks();
"""

COHORTS = """
CREATE FUNCTION learning_cohort_is_lawful() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    taught programs_programversion%ROWTYPE;
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'Группа не удаляется (п. 2.2).' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'UPDATE' THEN
        IF (NEW.id, NEW.code, NEW.program_version_id) <> (OLD.id, OLD.code, OLD.program_version_id) THEN
            RAISE EXCEPTION 'Группа остаётся при своём шифре и своей программе (п. 2.2).'
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    SELECT * INTO taught FROM programs_programversion WHERE id = NEW.program_version_id FOR SHARE;
    IF taught.state <> 'approved' OR NEW.starts_on < taught.valid_from THEN
        RAISE EXCEPTION 'Учить можно по утверждённой и действующей редакции программы (п. 2.3).'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER cohort_is_lawful BEFORE INSERT OR UPDATE OR DELETE ON learning_cohort
    FOR EACH ROW EXECUTE FUNCTION learning_cohort_is_lawful();
ALTER TABLE learning_cohort ENABLE ALWAYS TRIGGER cohort_is_lawful;
"""

UNCOHORTS = """
DROP TRIGGER cohort_is_lawful ON learning_cohort;
DROP FUNCTION learning_cohort_is_lawful();
"""


class Migration(migrations.Migration):
    dependencies = [("learning", "0005_ways_of_records"), ("programs", "0003_remark_and_one_draft")]

    operations = [
        migrations.RunSQL(SHEETS, UNSHEETS),
        migrations.RunSQL(CORRECTIONS, UNCORRECTIONS),
        migrations.RunSQL(COHORTS, UNCOHORTS),
    ]
