-- A sheet is opened, filled, closed, and stays (п. 2.1, 2.2).

CREATE FUNCTION learning_sheet_walks() RETURNS trigger LANGUAGE plpgsql AS $$
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
    IF (NEW.attempt > 1 OR NEW.serial > 1)
       AND (NEW.held_on <> OLD.held_on OR NEW.attempt = 3 AND NEW.teacher_id <> OLD.teacher_id) THEN
        RAISE EXCEPTION 'День пересдачи не переносят, председателя комиссии не меняют: назначают новую (273-ФЗ ст. 58).'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.held_on <> OLD.held_on AND (
        EXISTS (SELECT FROM learning_mark WHERE sheet_id = NEW.id)
        OR NOT EXISTS (SELECT FROM learning_cohort WHERE id = NEW.cohort_id AND NEW.held_on BETWEEN starts_on AND ends_on))
    THEN
        RAISE EXCEPTION 'Контроль переносят в пределах срока обучения и пока нет оценок (п. 2.2).'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.held_on < OLD.held_on AND EXISTS (
        SELECT FROM programs_module p JOIN programs_scaleversion v ON v.scale_id = p.scale_id
        WHERE p.id = NEW.module_id AND v.valid_from > NEW.held_on AND v.valid_from <= OLD.held_on) THEN
        RAISE EXCEPTION 'В дни прежней редакции шкалы контроль не переносят (п. 2.3).' USING ERRCODE = 'check_violation';
    END IF;
    IF (NEW.held_on, NEW.due_on) <> (OLD.held_on, OLD.due_on) AND NEW.due_on < NEW.held_on THEN
        RAISE EXCEPTION 'Ведомость заполняют не раньше контроля (п. 2.2).' USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.state = 'open' AND NEW.state = 'closed' AND EXISTS (
        SELECT FROM learning_enrolment e WHERE e.cohort_id = NEW.cohort_id AND (e.state IN ('active', 'admitted')
            OR e.state = 'withdrawn' AND e.ended_on > (NEW.closed_at AT TIME ZONE 'Europe/Moscow')::date)
        AND (e.admission_order_id IS NOT NULL
             OR NOT EXISTS (SELECT FROM programs_module p WHERE p.id = NEW.module_id AND p.sort = 'final'))
        AND (NEW.attempt = 1 AND NEW.serial = 1 AND e.started_on <= NEW.held_on AND NOT EXISTS (
                SELECT FROM learning_planline l WHERE l.plan_id = e.study_plan_id AND l.module_id = NEW.module_id)
             OR EXISTS (SELECT FROM learning_sheetmember n WHERE n.sheet_id = NEW.id AND n.enrolment_id = e.id)
                AND NOT learning_is_relieved(e.id, NEW.id))
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

CREATE FUNCTION learning_closed_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'Ведомость не удаляется (п. 2.1).' USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.state IN ('closed', 'reopened') AND to_jsonb(NEW) <> to_jsonb(OLD) AND NOT (
        to_jsonb(NEW) - 'state' = to_jsonb(OLD) - 'state'
        AND (OLD.state, NEW.state) IN (('closed', 'reopened'), ('reopened', 'closed'))
        AND (NEW.state = 'reopened') = EXISTS (
            SELECT FROM learning_reopening WHERE sheet_id = NEW.id AND state = 'open')) THEN
        RAISE EXCEPTION 'Закрытая ведомость не меняется: её открывают заново с причиной и документом (п. 2.1, 2.2).'
            USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.state = 'open' AND NEW.state = 'reopened' THEN
        RAISE EXCEPTION 'Открывают заново закрытую ведомость (п. 2.2).' USING ERRCODE = 'check_violation';
    END IF;
    IF (NEW.cohort_id, NEW.module_id, NEW.attempt) <> (OLD.cohort_id, OLD.module_id, OLD.attempt) THEN
        RAISE EXCEPTION 'Ведомость остаётся за своей группой и дисциплиной (п. 2.1).' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER closed_stays BEFORE UPDATE OR DELETE ON learning_marksheet
    FOR EACH ROW EXECUTE FUNCTION learning_closed_stays();
