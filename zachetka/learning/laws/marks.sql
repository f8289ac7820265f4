-- A mark is of whoever learns, on its sheet, by the hands that may set it (п. 2.1, 2.2, 3.8).
-- Locks go one way everywhere: order, cohort, sheets by number, enrolments by number, marks.

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

CREATE FUNCTION learning_mark_is_proposed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    sheet_state text := (SELECT state FROM learning_marksheet WHERE id = NEW.sheet_id);
    is_admitted boolean;
    is_ahead boolean;
    is_final boolean;
BEGIN
    IF (sheet_state = 'reopened') <> (NEW.reopening_id IS NOT NULL) THEN
        RAISE EXCEPTION 'Оценка называет повторное открытие, когда ведомость открыта заново, и только тогда (п. 2.2).'
            USING ERRCODE = 'check_violation';
    END IF;
    IF sheet_state = 'closed' THEN
        IF NOT EXISTS (SELECT FROM learning_correction c WHERE c.mark_id = NEW.supersedes_id AND c.state = 'proposed'
            AND (c.grade_id, c.score, c.reason, c.basis, c.proposed_by_person)
                IS NOT DISTINCT FROM (NEW.grade_id, NEW.score, NEW.reason, NEW.basis, NEW.recorded_by_person)) THEN
            RAISE EXCEPTION 'В закрытой ведомости — только предложенное исправление (п. 2.1).'
                USING ERRCODE = 'check_violation';
        END IF;
        IF NEW.basis !~ '^исправляющий протокол комиссии № \S.* от \d{2}\.\d{2}\.\d{4}$' AND EXISTS (
            SELECT FROM learning_marksheet s JOIN programs_module p ON p.id = s.module_id
            WHERE s.id = NEW.sheet_id AND p.sort = 'final') THEN
            RAISE EXCEPTION 'Оценку итоговой аттестации меняет только исправляющий протокол комиссии (273-ФЗ ст. 59).'
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF NOT EXISTS (SELECT FROM learning_marksheet
                   WHERE id = NEW.sheet_id AND (held_on, teacher_id) = (NEW.held_on, NEW.teacher_id)) THEN
        RAISE EXCEPTION 'Оценка несёт дату контроля и преподавателя своей ведомости (п. 2.2).'
            USING ERRCODE = 'check_violation';
    END IF;
    IF sheet_state = 'reopened' THEN
        IF NEW.supersedes_id IS NULL OR NEW.grade_id IS NULL OR NEW.confirmed_by_person IS NOT NULL OR NOT EXISTS (
            SELECT FROM learning_reopening r WHERE r.id = NEW.reopening_id AND r.sheet_id = NEW.sheet_id
            AND r.state = 'open' AND (r.reason, r.basis) = (NEW.reason, NEW.basis)
            AND (NEW.recorded_at AT TIME ZONE 'Europe/Moscow')::date <= r.until) THEN
            RAISE EXCEPTION 'В открытой заново ведомости оценку меняют на другую, в срок, с причиной и документом открытия (п. 2.2).'
                USING ERRCODE = 'check_violation';
        END IF;
        IF EXISTS (SELECT FROM learning_reopening
                   WHERE id = NEW.reopening_id AND decided_by_person = NEW.recorded_by_person) THEN
            RAISE EXCEPTION 'Открывший ведомость заново оценок в ней не вносит (п. 3.8).' USING ERRCODE = 'check_violation';
        END IF;
        PERFORM FROM learning_enrolment WHERE id = NEW.enrolment_id AND (state = 'active' OR admission_order_id IS NULL
            AND state = 'withdrawn' AND ended_on > (NEW.recorded_at AT TIME ZONE 'Europe/Moscow')::date) FOR SHARE;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'По оценкам этого слушателя уже издан приказ: их меняет только исправление (п. 2.1; 273-ФЗ ст. 59).'
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF sheet_state = 'cancelled' THEN
        RAISE EXCEPTION 'Пересдачу отменили: оценок в её ведомости нет (273-ФЗ ст. 58).' USING ERRCODE = 'check_violation';
    END IF;
    PERFORM FROM learning_enrolment WHERE id = NEW.enrolment_id AND (state IN ('active', 'admitted')
        OR state = 'withdrawn' AND ended_on > (NEW.recorded_at AT TIME ZONE 'Europe/Moscow')::date) FOR SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'Оценку вносят тому, кто обучается (п. 2.2).' USING ERRCODE = 'check_violation';
    END IF;
    SELECT o.id IS NOT NULL, o.effective_on > s.held_on, p.sort = 'final' INTO is_admitted, is_ahead, is_final
    FROM learning_enrolment e LEFT JOIN learning_order o ON o.id = e.admission_order_id,
         learning_marksheet s JOIN programs_module p ON p.id = s.module_id
    WHERE e.id = NEW.enrolment_id AND s.id = NEW.sheet_id;
    IF is_final AND NOT is_admitted THEN
        RAISE EXCEPTION 'Итоговую аттестацию проходят те, кого допустил к ней приказ (273-ФЗ ст. 59).'
            USING ERRCODE = 'check_violation';
    END IF;
    IF is_final AND is_ahead THEN
        RAISE EXCEPTION 'Допуск действует позже дня аттестации: слушатель проходит её отдельно (273-ФЗ ст. 59).'
            USING ERRCODE = 'check_violation';
    END IF;
    IF is_admitted AND NOT is_final THEN
        RAISE EXCEPTION 'По оценкам этого слушателя уже издан приказ: их меняет только исправление (п. 2.1; 273-ФЗ ст. 59).'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER mark_is_proposed BEFORE INSERT ON learning_mark
    FOR EACH ROW EXECUTE FUNCTION learning_mark_is_proposed();

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
               WHERE e.id = NEW.enrolment_id AND p.human_uid IN (NEW.recorded_by_person, NEW.confirmed_by_person)) THEN
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

CREATE FUNCTION learning_mark_is_of_a_member() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    sheet learning_marksheet%ROWTYPE;
BEGIN
    SELECT * INTO sheet FROM learning_marksheet WHERE id = NEW.sheet_id;
    IF sheet.attempt > 1 OR sheet.serial > 1 THEN
        IF NOT EXISTS (SELECT FROM learning_sheetmember
                       WHERE sheet_id = NEW.sheet_id AND enrolment_id = NEW.enrolment_id) THEN
            RAISE EXCEPTION 'На эту пересдачу слушателя не направляли (273-ФЗ ст. 58).' USING ERRCODE = 'check_violation';
        END IF;
        IF sheet.state <> 'closed' AND learning_is_relieved(NEW.enrolment_id, sheet.id) THEN
            RAISE EXCEPTION 'Долга уже нет: пересдавать нечего (273-ФЗ ст. 58 ч. 5).' USING ERRCODE = 'check_violation';
        END IF;
    ELSIF NEW.grade_id IS NOT NULL AND sheet.state = 'open'
          AND NOT EXISTS (SELECT FROM learning_enrolment WHERE id = NEW.enrolment_id AND started_on <= sheet.held_on) THEN
        RAISE EXCEPTION 'Контроль прошёл до зачисления: слушатель сдаёт отдельно (п. 2.2).' USING ERRCODE = 'check_violation';
    ELSIF NEW.grade_id IS NOT NULL AND EXISTS (
        SELECT FROM learning_enrolment e JOIN learning_planline l ON l.plan_id = e.study_plan_id
        WHERE e.id = NEW.enrolment_id AND l.module_id = sheet.module_id) THEN
        RAISE EXCEPTION 'По индивидуальному плану слушатель не сдаёт эту дисциплину с группой (273-ФЗ ст. 34 ч. 1 п. 3).'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER mark_is_of_a_member BEFORE INSERT ON learning_mark
    FOR EACH ROW EXECUTE FUNCTION learning_mark_is_of_a_member();
