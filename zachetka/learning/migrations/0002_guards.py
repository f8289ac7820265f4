"""What must never be true of orders, sheets and marks, refused by the database (п. 2.1, 2.2)."""

from django.db import migrations

from zachetka.postgres.append_only import AppendOnly

MARKS = """
CREATE FUNCTION learning_mark_is_lawful() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    sheet learning_marksheet%ROWTYPE;
    previous learning_mark%ROWTYPE;
BEGIN
    SELECT * INTO sheet FROM learning_marksheet WHERE id = NEW.sheet_id FOR SHARE;
    IF NOT EXISTS (SELECT FROM learning_enrolment WHERE id = NEW.enrolment_id AND cohort_id = sheet.cohort_id) THEN
        RAISE EXCEPTION 'Оценка человеку не из группы ведомости (п. 2.2).' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.grade_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM programs_grade g JOIN programs_scaleversion v ON v.id = g.version_id
        JOIN programs_module m ON m.scale_id = v.scale_id WHERE g.id = NEW.grade_id AND m.id = sheet.module_id
    ) THEN
        RAISE EXCEPTION 'Оценки нет в шкале дисциплины (п. 2.3).' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.supersedes_id IS NOT NULL THEN
        SELECT * INTO previous FROM learning_mark WHERE id = NEW.supersedes_id;
        IF (previous.sheet_id, previous.enrolment_id) <> (NEW.sheet_id, NEW.enrolment_id) THEN
            RAISE EXCEPTION 'Исправить можно оценку того же человека в той же ведомости (п. 2.1).'
                USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    IF sheet.state = 'closed' AND (
        NEW.supersedes_id IS NULL OR NEW.reason = '' OR NEW.basis = '' OR NEW.confirmed_by_person IS NULL
        OR NEW.grade_id IS NULL
    ) THEN
        RAISE EXCEPTION 'В закрытой ведомости — только исправление с причиной, основанием и вторым лицом (п. 2.1).'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER mark_is_lawful BEFORE INSERT ON learning_mark
    FOR EACH ROW EXECUTE FUNCTION learning_mark_is_lawful();
ALTER TABLE learning_mark ENABLE ALWAYS TRIGGER mark_is_lawful;
"""

UNMARKS = """
DROP TRIGGER mark_is_lawful ON learning_mark;
DROP FUNCTION learning_mark_is_lawful();
"""

SHEETS = """
CREATE FUNCTION learning_closed_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'Ведомость не удаляется (п. 2.1).' USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.state = 'closed' AND to_jsonb(NEW) <> to_jsonb(OLD) THEN
        RAISE EXCEPTION 'Закрытая ведомость не меняется (п. 2.1).' USING ERRCODE = 'check_violation';
    END IF;
    IF (NEW.cohort_id, NEW.module_id, NEW.attempt) <> (OLD.cohort_id, OLD.module_id, OLD.attempt) THEN
        RAISE EXCEPTION 'Ведомость остаётся за своей группой и дисциплиной (п. 2.1).' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER closed_stays BEFORE UPDATE OR DELETE ON learning_marksheet
    FOR EACH ROW EXECUTE FUNCTION learning_closed_stays();
ALTER TABLE learning_marksheet ENABLE ALWAYS TRIGGER closed_stays;
"""

UNSHEETS = """
DROP TRIGGER closed_stays ON learning_marksheet;
DROP FUNCTION learning_closed_stays();
"""

ORDERS = """
CREATE FUNCTION learning_issued_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'Приказ не удаляется (п. 2.1).' USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.state IN ('approved', 'cancelled') AND to_jsonb(NEW) <> to_jsonb(OLD) THEN
        RAISE EXCEPTION 'Изданный или отменённый приказ не меняется (273-ФЗ ст. 53, 61).' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER issued_stays BEFORE UPDATE OR DELETE ON learning_order
    FOR EACH ROW EXECUTE FUNCTION learning_issued_stays();
ALTER TABLE learning_order ENABLE ALWAYS TRIGGER issued_stays;

CREATE FUNCTION learning_lines_of_a_draft() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    of_order bigint;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        RAISE EXCEPTION 'Строка приказа не меняется: уберите её и внесите новую.' USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN of_order := OLD.order_id; ELSE of_order := NEW.order_id; END IF;
    IF (SELECT state FROM learning_order WHERE id = of_order) <> 'draft' THEN
        RAISE EXCEPTION 'Состав меняется только в черновике приказа (273-ФЗ ст. 53).' USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER lines_of_a_draft BEFORE INSERT OR UPDATE OR DELETE ON learning_orderline
    FOR EACH ROW EXECUTE FUNCTION learning_lines_of_a_draft();
ALTER TABLE learning_orderline ENABLE ALWAYS TRIGGER lines_of_a_draft;

CREATE FUNCTION learning_enrolment_is_lawful() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'Зачётная книжка не удаляется (п. 2.5).' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'UPDATE' AND ((NEW.learner_id, NEW.cohort_id, NEW.enrolment_order_id)
        <> (OLD.learner_id, OLD.cohort_id, OLD.enrolment_order_id)
        OR (OLD.number IS NOT NULL AND NEW.number IS DISTINCT FROM OLD.number)) THEN
        RAISE EXCEPTION 'Зачётная книжка остаётся за своим владельцем и группой (п. 2.5).' USING ERRCODE = 'check_violation';
    END IF;
    IF NOT EXISTS (SELECT FROM learning_order o WHERE o.id = NEW.enrolment_order_id AND o.kind = 'enrolment'
                   AND o.state = 'approved' AND o.cohort_id = NEW.cohort_id) THEN
        RAISE EXCEPTION 'Зачисление — только изданным приказом (273-ФЗ ст. 53).' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER enrolment_is_lawful BEFORE INSERT OR UPDATE OR DELETE ON learning_enrolment
    FOR EACH ROW EXECUTE FUNCTION learning_enrolment_is_lawful();
ALTER TABLE learning_enrolment ENABLE ALWAYS TRIGGER enrolment_is_lawful;

CREATE FUNCTION learning_decided_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR (OLD.state <> 'proposed' AND to_jsonb(NEW) <> to_jsonb(OLD)) THEN
        RAISE EXCEPTION 'Решённое исправление не меняется (п. 2.1).' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER decided_stays BEFORE UPDATE OR DELETE ON learning_correction
    FOR EACH ROW EXECUTE FUNCTION learning_decided_stays();
ALTER TABLE learning_correction ENABLE ALWAYS TRIGGER decided_stays;
"""

UNORDERS = """
DROP TRIGGER decided_stays ON learning_correction;
DROP FUNCTION learning_decided_stays();
DROP TRIGGER enrolment_is_lawful ON learning_enrolment;
DROP FUNCTION learning_enrolment_is_lawful();
DROP TRIGGER lines_of_a_draft ON learning_orderline;
DROP FUNCTION learning_lines_of_a_draft();
DROP TRIGGER issued_stays ON learning_order;
DROP FUNCTION learning_issued_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("learning", "0001_initial"), ("programs", "0002_guards")]

    operations = [
        AppendOnly("learning_mark", writer="zachetka_app"),
        migrations.RunSQL(MARKS, UNMARKS),
        migrations.RunSQL(SHEETS, UNSHEETS),
        migrations.RunSQL(ORDERS, UNORDERS),
    ]
