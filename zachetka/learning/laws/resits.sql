-- A resit is of named people, in time, the second one before a commission (273-ФЗ ст. 58 ч. 5, 6).

CREATE FUNCTION learning_member_is_lawful() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    sheet learning_marksheet%ROWTYPE;
    sat record;
    own learning_planline%ROWTYPE;
BEGIN
    SELECT * INTO sheet FROM learning_marksheet WHERE id = NEW.sheet_id FOR SHARE;
    IF sheet.attempt = 1 AND sheet.serial = 1 OR sheet.state <> 'open' THEN
        RAISE EXCEPTION 'Поимённо направляют на пересдачу или перенос, пока ведомость открыта (273-ФЗ ст. 58).'
            USING ERRCODE = 'check_violation';
    END IF;
    IF sheet.held_on < (NEW.named_at AT TIME ZONE 'Europe/Moscow')::date THEN
        RAISE EXCEPTION 'На пересдачу направляют до неё: прошедшим днём её не назначают (273-ФЗ ст. 58 ч. 5).'
            USING ERRCODE = 'check_violation';
    END IF;
    PERFORM FROM learning_enrolment e JOIN people_learner l ON l.id = e.learner_id
        JOIN people_person p ON p.id = l.person_id WHERE e.id = NEW.enrolment_id FOR SHARE OF p;
    IF NOT EXISTS (SELECT FROM access_account WHERE id = NEW.named_by_id AND person_uid = NEW.named_by_person) THEN
        RAISE EXCEPTION 'На пересдачу направляет человек под своей учётной записью (п. 3.8).'
            USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (SELECT FROM learning_enrolment e JOIN people_learner l ON l.id = e.learner_id
               JOIN people_person p ON p.id = l.person_id
               WHERE e.id = NEW.enrolment_id AND (p.human_uid = NEW.named_by_person OR p.human_uid IN (
                   SELECT j.human_uid FROM people_employee x JOIN people_person j ON j.id = x.person_id
                   WHERE x.id = sheet.teacher_id
                      OR x.id IN (SELECT employee_id FROM learning_commissioner WHERE sheet_id = sheet.id)))) THEN
        RAISE EXCEPTION 'Свою пересдачу не назначают и не принимают: это делает другой человек (п. 3.8).'
            USING ERRCODE = 'check_violation';
    END IF;
    PERFORM FROM learning_enrolment WHERE id = NEW.enrolment_id AND cohort_id = sheet.cohort_id
        AND state IN ('active', 'admitted') FOR SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'На пересдачу направляют того, кто обучается в группе (273-ФЗ ст. 58).'
            USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (SELECT FROM learning_enrolment WHERE id = NEW.enrolment_id AND started_on > sheet.held_on) THEN
        RAISE EXCEPTION 'Сдавать начинают не раньше зачисления (273-ФЗ ст. 58).' USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (SELECT FROM programs_module WHERE id = sheet.module_id AND sort = 'final') AND (sheet.attempt > 1 OR EXISTS (
        SELECT FROM learning_enrolment WHERE id = NEW.enrolment_id AND state <> 'admitted')) THEN
        RAISE EXCEPTION 'Итоговую аттестацию проходят по допуску и не пересдают (273-ФЗ ст. 59).'
            USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (SELECT FROM learning_enrolment e JOIN learning_order o ON o.id = e.admission_order_id
               JOIN programs_module p ON p.id = sheet.module_id AND p.sort = 'final'
               WHERE e.id = NEW.enrolment_id AND o.effective_on > sheet.held_on) THEN
        RAISE EXCEPTION 'Итоговую аттестацию проходят не раньше дня, с которого допустил к ней приказ (273-ФЗ ст. 59).'
            USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (SELECT FROM learning_mark m JOIN learning_marksheet s ON s.id = m.sheet_id
               WHERE m.enrolment_id = NEW.enrolment_id AND s.module_id = sheet.module_id AND s.state <> 'closed'
                 AND m.grade_id IS NOT NULL
                 AND NOT EXISTS (SELECT FROM learning_mark later WHERE later.supersedes_id = m.id)) THEN
        RAISE EXCEPTION 'Пересдачу назначают, когда ведомость с оценкой закрыта (273-ФЗ ст. 58).'
            USING ERRCODE = 'check_violation';
    END IF;
    SELECT * INTO sat FROM learning_counted(NEW.enrolment_id, sheet.module_id);
    IF sat.passed OR sat.tried <> sheet.attempt - 1 THEN
        RAISE EXCEPTION 'Попытка % не по закону: зачтённых попыток %, пересдач не больше двух (273-ФЗ ст. 58 ч. 5).',
            sheet.attempt, sat.tried USING ERRCODE = 'check_violation';
    END IF;
    IF sat.tried > 0 AND (sheet.held_on <= sat.latest
                      OR sheet.held_on > learning_debt_until(NEW.enrolment_id, sat.since)) THEN
        RAISE EXCEPTION 'Пересдача — после прежней попытки и в пределах года, без дней болезни и отпуска (273-ФЗ ст. 58 ч. 5).'
            USING ERRCODE = 'check_violation';
    END IF;
    SELECT l.* INTO own FROM learning_enrolment e JOIN learning_planline l ON l.plan_id = e.study_plan_id
    WHERE e.id = NEW.enrolment_id AND l.module_id = sheet.module_id;
    IF own.way NOT IN ('apart', 'carried') OR sat.tried = 0 AND own.way = 'apart' AND sheet.held_on > own.held_by THEN
        RAISE EXCEPTION 'По индивидуальному плану этой дисциплины нет, или её срок раньше (273-ФЗ ст. 34 ч. 1 п. 3).'
            USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (SELECT FROM learning_sheetmember n JOIN learning_marksheet s ON s.id = n.sheet_id
               WHERE n.enrolment_id = NEW.enrolment_id AND s.module_id = sheet.module_id AND s.state = 'open'
                 AND s.id <> sheet.id) THEN
        RAISE EXCEPTION 'Пересдача этой дисциплины слушателю уже назначена (273-ФЗ ст. 58).'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER member_is_lawful BEFORE INSERT ON learning_sheetmember
    FOR EACH ROW EXECUTE FUNCTION learning_member_is_lawful();

CREATE FUNCTION learning_resit_is_held() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE CONSTRAINT TRIGGER resit_is_held AFTER INSERT ON learning_marksheet DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.attempt > 1 OR NEW.serial > 1) EXECUTE FUNCTION learning_resit_is_held();

CREATE FUNCTION learning_commissioner_is_lawful() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM learning_marksheet WHERE id = NEW.sheet_id AND attempt = 3 AND state = 'open' FOR SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'Комиссию назначают на вторую пересдачу, пока ведомость открыта (273-ФЗ ст. 58 ч. 6).'
            USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (SELECT FROM people_employee x JOIN people_employee y ON y.person_id = x.person_id
               JOIN learning_commissioner c ON c.employee_id = y.id
               WHERE x.id = NEW.employee_id AND c.sheet_id = NEW.sheet_id)
       OR EXISTS (SELECT FROM people_employee x JOIN people_person j ON j.id = x.person_id
                  JOIN people_person p ON p.human_uid = j.human_uid JOIN people_learner l ON l.person_id = p.id
                  JOIN learning_enrolment e ON e.learner_id = l.id JOIN learning_sheetmember n ON n.enrolment_id = e.id
                  WHERE x.id = NEW.employee_id AND n.sheet_id = NEW.sheet_id) THEN
        RAISE EXCEPTION 'В комиссии разные люди, и ни один не сдаёт сам (273-ФЗ ст. 58 ч. 6; п. 3.8).'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER commissioner_is_lawful BEFORE INSERT ON learning_commissioner
    FOR EACH ROW EXECUTE FUNCTION learning_commissioner_is_lawful();
