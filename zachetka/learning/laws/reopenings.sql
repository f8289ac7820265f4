-- A closed sheet is opened again by whoever neither asked for it nor teaches it (п. 2.2, 3.8).

CREATE FUNCTION learning_reopening_walks() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    moving text[] := ARRAY['state', 'refusal', 'decided_by_id', 'decided_by_person', 'decided_at', 'ended_by_id', 'ended_at'];
    sheet learning_marksheet%ROWTYPE;
    asked_on date;
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'Запись о повторном открытии не удаляется (п. 2.1).' USING ERRCODE = 'restrict_violation';
    END IF;
    SELECT * INTO sheet FROM learning_marksheet WHERE id = NEW.sheet_id FOR SHARE;
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'asked' OR NEW.refusal <> '' OR NEW.decided_by_id IS NOT NULL OR NEW.decided_by_person IS NOT NULL
           OR NEW.ended_by_id IS NOT NULL THEN
            RAISE EXCEPTION 'Повторное открытие сначала просят, решает потом другой человек (п. 2.2).'
                USING ERRCODE = 'check_violation';
        END IF;
        IF NOT EXISTS (SELECT FROM access_account WHERE id = NEW.asked_by_id AND person_uid = NEW.asked_by_person) THEN
            RAISE EXCEPTION 'Повторное открытие просит человек под своей учётной записью (п. 3.8).'
                USING ERRCODE = 'check_violation';
        END IF;
        asked_on := (NEW.asked_at AT TIME ZONE 'Europe/Moscow')::date;
        IF NEW.until < asked_on OR NEW.until - asked_on > COALESCE((
            SELECT days FROM programs_reopeningterm
            WHERE valid_from <= asked_on AND (valid_to IS NULL OR valid_to >= asked_on)), 0) THEN
            RAISE EXCEPTION 'Заново открывают не дольше, чем установила организация (п. 2.2).'
                USING ERRCODE = 'check_violation';
        END IF;
        IF sheet.state <> 'closed' THEN
            RAISE EXCEPTION 'Открывают заново закрытую ведомость (п. 2.2).' USING ERRCODE = 'check_violation';
        END IF;
        IF EXISTS (SELECT FROM programs_module WHERE id = sheet.module_id AND sort = 'final') THEN
            RAISE EXCEPTION 'Итоговую аттестацию заново не открывают: её исправляет протокол комиссии (273-ФЗ ст. 59).'
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF to_jsonb(NEW) = to_jsonb(OLD) THEN
        RETURN NEW;
    END IF;
    IF (OLD.state, NEW.state) NOT IN (('asked', 'open'), ('asked', 'refused'), ('open', 'ended'))
       OR to_jsonb(NEW) - moving <> to_jsonb(OLD) - moving OR (NEW.state = 'refused') <> (NEW.refusal <> '')
       OR OLD.state = 'open' AND (NEW.decided_by_id, NEW.decided_by_person, NEW.decided_at, NEW.refusal)
           IS DISTINCT FROM (OLD.decided_by_id, OLD.decided_by_person, OLD.decided_at, OLD.refusal)
       OR OLD.state = 'asked' AND NOT EXISTS (
           SELECT FROM access_account WHERE id = NEW.decided_by_id AND person_uid = NEW.decided_by_person) THEN
        RAISE EXCEPTION 'О повторном открытии решают один раз, и оно один раз кончается (п. 2.2).'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state = 'ended' AND EXISTS (
        SELECT FROM access_account WHERE id = NEW.ended_by_id AND person_uid = OLD.decided_by_person) THEN
        RAISE EXCEPTION 'Открывший ведомость заново сам её не закрывает (п. 3.8).' USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.state = 'asked' THEN
        PERFORM FROM learning_mark m JOIN learning_enrolment e ON e.id = m.enrolment_id
            JOIN people_learner l ON l.id = e.learner_id JOIN people_person p ON p.id = l.person_id
            WHERE m.sheet_id = sheet.id ORDER BY p.id FOR SHARE OF p;
    END IF;
    IF OLD.state = 'asked' AND (
        EXISTS (SELECT FROM people_employee e JOIN people_person p ON p.id = e.person_id
                WHERE p.uid = NEW.decided_by_person AND (e.id = sheet.teacher_id OR e.id IN (
                    SELECT employee_id FROM learning_commissioner WHERE sheet_id = sheet.id)))
        OR EXISTS (SELECT FROM access_account WHERE id = sheet.closed_by_id AND person_uid = NEW.decided_by_person)
        OR EXISTS (SELECT FROM learning_mark WHERE sheet_id = sheet.id AND recorded_by_person = NEW.decided_by_person)
        OR EXISTS (SELECT FROM people_employee e JOIN people_person p ON p.id = e.person_id
                   JOIN access_account away ON away.person_uid = p.uid
                   JOIN access_roleassignment held ON held.account_id = away.id
                   JOIN access_roleassignment r ON r.substitutes_id = held.id AND r.role = 'teacher' AND r.state = 'active'
                   JOIN access_account a ON a.id = r.account_id
                   WHERE e.id = sheet.teacher_id AND a.person_uid = NEW.decided_by_person
                   AND (NEW.decided_at AT TIME ZONE 'Europe/Moscow')::date BETWEEN r.valid_from AND r.valid_to)
        OR EXISTS (SELECT FROM learning_mark m JOIN learning_enrolment e ON e.id = m.enrolment_id
                   JOIN people_learner l ON l.id = e.learner_id JOIN people_person p ON p.id = l.person_id
                   WHERE m.sheet_id = sheet.id AND p.human_uid = NEW.decided_by_person)) THEN
        RAISE EXCEPTION 'О повторном открытии решает не тот, кто ведёт, заполнял или закрыл ведомость, и не тот, кому в ней оценка (п. 2.2, 3.8).'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state = 'open' AND EXISTS (SELECT FROM learning_correction c JOIN learning_mark m ON m.id = c.mark_id
                                      WHERE m.sheet_id = sheet.id AND c.state = 'proposed') THEN
        RAISE EXCEPTION 'Сначала решают предложенные исправления, потом открывают ведомость (п. 2.1).'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER reopening_walks BEFORE INSERT OR UPDATE OR DELETE ON learning_reopening
    FOR EACH ROW EXECUTE FUNCTION learning_reopening_walks();

CREATE FUNCTION learning_reopening_is_done() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM learning_marksheet s WHERE s.id = NEW.sheet_id AND (s.state = 'reopened') <> EXISTS (
        SELECT FROM learning_reopening r WHERE r.sheet_id = s.id AND r.state = 'open')) THEN
        RAISE EXCEPTION 'Ведомость открыта заново ровно столько, сколько действует разрешение (п. 2.2).'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER reopening_is_done AFTER UPDATE OF state ON learning_reopening DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION learning_reopening_is_done();
