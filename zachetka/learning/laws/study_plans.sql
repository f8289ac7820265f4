-- Individual plans are written in the draft of their order and come into force by it (273-ФЗ ст. 34 ч. 1 п. 3, ст. 58).

CREATE FUNCTION learning_plan_is_written() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    by_order learning_order%ROWTYPE;
BEGIN
    SELECT * INTO by_order FROM learning_order WHERE id = NEW.order_id FOR SHARE;
    IF NOT (by_order.kind = 'study_plan' AND by_order.state = 'draft' OR by_order.kind = 'transfer' AND EXISTS (
            SELECT FROM learning_enrolment e WHERE e.id = NEW.enrolment_id AND e.enrolment_order_id = NEW.order_id
            AND e.study_plan_id IS NULL)) THEN
        RAISE EXCEPTION 'Индивидуальный план пишут в черновике приказа о нём или вместе с переводом (273-ФЗ ст. 34 ч. 1 п. 3).'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NOT EXISTS (SELECT FROM access_account WHERE id = NEW.written_by_id AND person_uid = NEW.written_by_person) THEN
        RAISE EXCEPTION 'Индивидуальный план пишет человек под своей учётной записью (п. 3.8).'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NOT EXISTS (SELECT FROM learning_enrolment e JOIN learning_orderline l ON l.learner_id = e.learner_id
                   WHERE e.id = NEW.enrolment_id AND e.cohort_id = coalesce(by_order.target_id, by_order.cohort_id)
                     AND l.order_id = NEW.order_id
                     AND e.started_on <= NEW.ends_on) THEN
        RAISE EXCEPTION 'Индивидуальный план — тому, кто назван в приказе, и не короче прошедшего (273-ФЗ ст. 34 ч. 1 п. 3).'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER plan_is_written BEFORE INSERT ON learning_studyplan
    FOR EACH ROW EXECUTE FUNCTION learning_plan_is_written();

CREATE FUNCTION learning_plan_line_is_lawful() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    plan learning_studyplan%ROWTYPE;
    by_order learning_order%ROWTYPE;
BEGIN
    SELECT * INTO plan FROM learning_studyplan WHERE id = NEW.plan_id;
    SELECT * INTO by_order FROM learning_order WHERE id = plan.order_id FOR SHARE;
    IF by_order.kind = 'study_plan' AND (by_order.state <> 'draft'
           OR EXISTS (SELECT FROM learning_studyplan WHERE order_id = plan.order_id AND id > plan.id))
       OR by_order.kind = 'transfer'
          AND NOT EXISTS (SELECT FROM learning_enrolment WHERE id = plan.enrolment_id AND study_plan_id IS NULL) THEN
        RAISE EXCEPTION 'Строки плана пишут вместе с ним, в черновике приказа (273-ФЗ ст. 34 ч. 1 п. 3).'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NOT EXISTS (
        SELECT FROM learning_enrolment e JOIN learning_cohort c ON c.id = e.cohort_id
        JOIN programs_module m ON m.version_id = c.program_version_id
        WHERE e.id = plan.enrolment_id AND m.id = NEW.module_id AND (NEW.way = 'apart' OR m.sort <> 'final')
          AND (NEW.held_by IS NULL OR NEW.held_by BETWEEN e.started_on AND plan.ends_on)) THEN
        RAISE EXCEPTION 'В плане — дисциплины программы, сроки в его пределах, итоговая аттестация у всех (273-ФЗ ст. 59).'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.way = 'carried' AND NOT EXISTS (
        SELECT FROM learning_carried WHERE enrolment_id = plan.enrolment_id AND module_id = NEW.module_id) THEN
        RAISE EXCEPTION 'Переносят то, что перенёс приказ о переводе (273-ФЗ ст. 57).' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER plan_line_is_lawful BEFORE INSERT ON learning_planline
    FOR EACH ROW EXECUTE FUNCTION learning_plan_line_is_lawful();

CREATE FUNCTION learning_plan_comes_into_force() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    plan learning_studyplan%ROWTYPE;
    by_order learning_order%ROWTYPE;
    before timestamptz;
    kept integer;
    least integer;
    spoiled text;
BEGIN
    SELECT * INTO plan FROM learning_studyplan WHERE id = NEW.study_plan_id;
    SELECT * INTO by_order FROM learning_order WHERE id = plan.order_id;
    SELECT o.approved_at INTO before FROM learning_studyplan p JOIN learning_order o ON o.id = p.order_id
    WHERE p.id = OLD.study_plan_id;
    IF plan.id IS NULL OR plan.enrolment_id <> NEW.id OR by_order.state <> 'approved' OR OLD.state <> 'active'
       OR NEW.state <> 'active' OR by_order.approved_at < before OR plan.order_id = (
           SELECT order_id FROM learning_studyplan WHERE id = OLD.study_plan_id)
       OR EXISTS (SELECT FROM learning_studyplan p WHERE p.order_id = plan.order_id AND p.enrolment_id = NEW.id
                  AND p.id > plan.id) THEN
        RAISE EXCEPTION 'Индивидуальный план вводит в действие изданный приказ, тому, кто обучается (273-ФЗ ст. 34 ч. 1 п. 3).'
            USING ERRCODE = 'check_violation';
    END IF;
    WITH ways AS (
        SELECT m.id, m.title, m.hours, coalesce(now.way, 'group') AS way, coalesce(was.way, 'group') AS was
        FROM learning_cohort c JOIN programs_module m ON m.version_id = c.program_version_id
        LEFT JOIN learning_planline now ON now.plan_id = NEW.study_plan_id AND now.module_id = m.id
        LEFT JOIN learning_planline was ON was.plan_id = OLD.study_plan_id AND was.module_id = m.id
        WHERE c.id = NEW.cohort_id
    )
    SELECT min(w.title) FILTER (WHERE w.way <> 'carried' AND EXISTS (
            SELECT FROM learning_carried k WHERE k.enrolment_id = NEW.id AND k.module_id = w.id)
        OR w.way <> w.was AND (
            w.was = 'carried'
            OR EXISTS (SELECT FROM learning_mark k JOIN learning_marksheet s ON s.id = k.sheet_id
                    WHERE k.enrolment_id = NEW.id AND s.module_id = w.id AND k.grade_id IS NOT NULL
                      AND NOT EXISTS (SELECT FROM learning_mark later WHERE later.supersedes_id = k.id))
            OR EXISTS (SELECT FROM learning_sheetmember n JOIN learning_marksheet s ON s.id = n.sheet_id
                       WHERE n.enrolment_id = NEW.id AND s.module_id = w.id AND s.state = 'open')
            OR w.way = 'group' AND EXISTS (
                SELECT FROM learning_marksheet s WHERE s.cohort_id = NEW.cohort_id AND s.module_id = w.id
                AND s.attempt = 1 AND s.serial = 1 AND s.state <> 'open'))),
           sum(w.hours) FILTER (WHERE w.way <> 'needs')
    INTO spoiled, kept FROM ways w;
    IF spoiled IS NOT NULL THEN
        RAISE EXCEPTION '«%»: оценку, назначенную сдачу и закрытую ведомость план не отменяет (273-ФЗ ст. 58).', spoiled
            USING ERRCODE = 'check_violation';
    END IF;
    SELECT max(h.hours) INTO least FROM learning_cohort c JOIN programs_programversion v ON v.id = c.program_version_id
    JOIN programs_program p ON p.id = v.program_id JOIN programs_hourminimum h ON h.kind = p.kind
    WHERE c.id = NEW.cohort_id AND h.valid_from <= by_order.order_date
      AND (h.valid_to IS NULL OR h.valid_to >= by_order.order_date);
    IF kept < coalesce(least, 0) THEN
        RAISE EXCEPTION 'В плане % ч вместе с зачтённым, а минимум этого вида программ — % ч (п. 2.3).', kept, least
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER plan_comes_into_force BEFORE UPDATE ON learning_enrolment
    FOR EACH ROW WHEN (NEW.study_plan_id IS DISTINCT FROM OLD.study_plan_id)
    EXECUTE FUNCTION learning_plan_comes_into_force();
