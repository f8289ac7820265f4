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
    IF NEW.teacher_id <> OLD.teacher_id THEN
        IF EXISTS (SELECT FROM learning_sheetmember n JOIN learning_enrolment e ON e.id = n.enrolment_id
                   JOIN people_learner l ON l.id = e.learner_id JOIN people_person p ON p.id = l.person_id
                   JOIN people_person j ON j.human_uid = p.human_uid JOIN people_employee x ON x.person_id = j.id
                   WHERE n.sheet_id = NEW.id AND x.id = NEW.teacher_id) THEN
            RAISE EXCEPTION 'Ведомость пересдачи не ведёт тот, кто сам в ней сдаёт (п. 3.8).' USING ERRCODE = 'check_violation';
        END IF;
        IF NEW.state <> 'open' OR NEW.attempt = 3 THEN
            IF to_jsonb(NEW) - 'teacher_id' <> to_jsonb(OLD) - 'teacher_id' OR NOT EXISTS (
                SELECT FROM learning_handover WHERE (was_id, teacher_id) = (OLD.teacher_id, NEW.teacher_id)
                AND (NEW.closed_at IS NULL OR handed_at >= NEW.closed_at)
                AND id = (SELECT max(id) FROM learning_handover WHERE sheet_id = NEW.id)) THEN
                RAISE EXCEPTION 'Закрытую ведомость и ведомость комиссии передают по документу, и ничего больше в ней не меняют (п. 2.2).'
                    USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        END IF;
    END IF;
    IF NEW.state = 'cancelled' AND OLD.state = 'open' THEN
        IF NEW.attempt = 1 AND NEW.serial = 1 OR EXISTS (
            SELECT FROM learning_mark m WHERE m.sheet_id = NEW.id AND m.grade_id IS NOT NULL
            AND NOT EXISTS (SELECT FROM learning_mark later WHERE later.supersedes_id = m.id))
           OR NOT EXISTS (SELECT FROM learning_cancellation WHERE sheet_id = NEW.id
                          AND (cancelled_by_id, cancelled_at) = (NEW.closed_by_id, NEW.closed_at)) THEN
            RAISE EXCEPTION 'Отменяют пересдачу, которую никто не сдавал, с причиной (273-ФЗ ст. 58).'
                USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    changing := CASE WHEN NEW.state = 'open' THEN ARRAY['teacher_id', 'held_on', 'due_on']
                     ELSE ARRAY['state', 'closed_by_id', 'closed_at'] END;
    IF to_jsonb(NEW) - changing <> to_jsonb(OLD) - changing THEN
        RAISE EXCEPTION 'В открытой ведомости меняют преподавателя и сроки, и ничего больше (п. 2.2).'
            USING ERRCODE = 'check_violation';
    END IF;
    IF (NEW.attempt > 1 OR NEW.serial > 1)
       AND NEW.held_on <> OLD.held_on THEN
        RAISE EXCEPTION 'День пересдачи не переносят: её отменяют и назначают новую (273-ФЗ ст. 58).'
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
        AND (EXISTS (SELECT FROM learning_order o WHERE o.id = e.admission_order_id AND o.effective_on <= NEW.held_on)
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
    IF OLD.state = 'cancelled' AND to_jsonb(NEW) <> to_jsonb(OLD) THEN
        RAISE EXCEPTION 'Отменённая ведомость не меняется: назначают новую (273-ФЗ ст. 58).' USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.state IN ('closed', 'reopened') AND to_jsonb(NEW) - 'teacher_id' <> to_jsonb(OLD) - 'teacher_id' AND NOT (
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

-- Whoever hands a sheet over neither kept it nor will; a commission passes it to one of its own (п. 2.2, 3.8).
CREATE FUNCTION learning_handover_is_lawful() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    sheet learning_marksheet%ROWTYPE;
BEGIN
    SELECT * INTO sheet FROM learning_marksheet WHERE id = NEW.sheet_id FOR NO KEY UPDATE;
    IF sheet.state = 'cancelled' OR sheet.teacher_id <> NEW.was_id OR sheet.attempt = 3 AND NOT EXISTS (
        SELECT FROM learning_commissioner WHERE sheet_id = NEW.sheet_id AND employee_id = NEW.teacher_id) THEN
        RAISE EXCEPTION 'Ведомость передаёт тот, у кого она, а комиссия — своему члену (п. 2.2; 273-ФЗ ст. 58 ч. 6).'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NOT EXISTS (SELECT FROM access_account WHERE id = NEW.handed_by_id AND person_uid = NEW.handed_by_person)
       OR EXISTS (SELECT FROM people_employee x JOIN people_person p ON p.id = x.person_id
                  WHERE x.id IN (NEW.was_id, NEW.teacher_id) AND p.human_uid = NEW.handed_by_person) THEN
        RAISE EXCEPTION 'Ведомость передаёт другой человек, под своей учётной записью (п. 3.8).'
            USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (SELECT FROM learning_reopening r JOIN people_employee x ON x.id = NEW.teacher_id
               JOIN people_person p ON p.id = x.person_id
               WHERE r.sheet_id = NEW.sheet_id AND r.state = 'open' AND r.decided_by_person = p.human_uid) THEN
        RAISE EXCEPTION 'Открывший ведомость заново сам её не ведёт (п. 3.8).' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER handover_is_lawful BEFORE INSERT ON learning_handover
    FOR EACH ROW EXECUTE FUNCTION learning_handover_is_lawful();

CREATE FUNCTION learning_cancellation_is_lawful() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM access_account WHERE id = NEW.cancelled_by_id AND person_uid = NEW.cancelled_by_person)
       OR EXISTS (SELECT FROM learning_sheetmember n JOIN learning_enrolment e ON e.id = n.enrolment_id
                  JOIN people_learner l ON l.id = e.learner_id JOIN people_person p ON p.id = l.person_id
                  WHERE n.sheet_id = NEW.sheet_id AND p.human_uid = NEW.cancelled_by_person) THEN
        RAISE EXCEPTION 'Пересдачу отменяет другой человек, под своей учётной записью (п. 3.8).'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER cancellation_is_lawful BEFORE INSERT ON learning_cancellation
    FOR EACH ROW EXECUTE FUNCTION learning_cancellation_is_lawful();

CREATE FUNCTION learning_said_is_done() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_TABLE_NAME = 'learning_cancellation' THEN
        IF NOT EXISTS (SELECT FROM learning_marksheet WHERE id = NEW.sheet_id AND state = 'cancelled') THEN
            RAISE EXCEPTION 'Отмена пересдачи отменяет её (273-ФЗ ст. 58).' USING ERRCODE = 'check_violation';
        END IF;
    ELSIF NOT EXISTS (SELECT FROM learning_marksheet s WHERE s.id = NEW.sheet_id AND s.teacher_id = (
        SELECT h.teacher_id FROM learning_handover h WHERE h.sheet_id = s.id ORDER BY h.id DESC LIMIT 1)) THEN
        RAISE EXCEPTION 'Переданная ведомость — у того, кому передана (п. 2.2).' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER said_is_done AFTER INSERT ON learning_handover DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION learning_said_is_done();
CREATE CONSTRAINT TRIGGER said_is_done AFTER INSERT ON learning_cancellation DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION learning_said_is_done();
