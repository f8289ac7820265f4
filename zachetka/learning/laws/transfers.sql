-- A transfer goes on with the book of the same person and carries its results (273-ФЗ ст. 57).

CREATE FUNCTION learning_carried_is_lawful() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    book learning_enrolment%ROWTYPE;
BEGIN
    SELECT * INTO book FROM learning_enrolment WHERE id = NEW.enrolment_id FOR SHARE;
    IF book.continues_id IS NULL OR book.study_plan_id IS NOT NULL
       OR EXISTS (SELECT FROM learning_mark WHERE enrolment_id = NEW.enrolment_id) THEN
        RAISE EXCEPTION 'Результаты переносит приказ о переводе, в новую книжку без своих оценок (273-ФЗ ст. 57).'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.source_id <> book.continues_id AND NOT EXISTS (
        SELECT FROM learning_carried k WHERE k.enrolment_id = book.continues_id AND k.source_id = NEW.source_id
        AND k.module_id = NEW.module_id) THEN
        RAISE EXCEPTION 'Переносят из книжки, которую продолжают, и перенесённое в неё раньше (273-ФЗ ст. 57).'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NOT EXISTS (
        SELECT FROM learning_mark m JOIN learning_marksheet s ON s.id = m.sheet_id
        JOIN learning_cohort c ON c.id = book.cohort_id
        JOIN programs_module p ON p.id = s.module_id AND p.version_id = c.program_version_id
        WHERE m.id = NEW.mark_id AND m.enrolment_id = NEW.source_id AND s.module_id = NEW.module_id
          AND m.grade_id IS NOT NULL AND p.sort <> 'final'
          AND NOT EXISTS (SELECT FROM learning_mark later WHERE later.supersedes_id = m.id)) THEN
        RAISE EXCEPTION 'Переносят действующую оценку этого человека по этой дисциплине, кроме итоговой аттестации (273-ФЗ ст. 57).'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER carried_is_lawful BEFORE INSERT ON learning_carried
    FOR EACH ROW EXECUTE FUNCTION learning_carried_is_lawful();

CREATE FUNCTION learning_transfer_is_settled() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM learning_sheetmember n JOIN learning_marksheet s ON s.id = n.sheet_id
        WHERE n.enrolment_id = NEW.id AND s.state = 'open' AND NOT EXISTS (
            SELECT FROM learning_mark m WHERE m.sheet_id = s.id AND m.enrolment_id = NEW.id AND m.grade_id IS NOT NULL
            AND NOT EXISTS (SELECT FROM learning_mark later WHERE later.supersedes_id = m.id))) THEN
        RAISE EXCEPTION 'Назначена сдача: переводят, когда она состоялась (273-ФЗ ст. 57, 58).'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER transfer_is_settled BEFORE UPDATE ON learning_enrolment
    FOR EACH ROW WHEN (NEW.state = 'moved' AND OLD.state <> 'moved') EXECUTE FUNCTION learning_transfer_is_settled();
