-- A record book begins, goes on and ends by an issued order that names its owner (273-ФЗ ст. 53, 57, 59, 61; п. 2.5).

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
    IF NOT EXISTS (SELECT FROM learning_order o WHERE o.id = NEW.enrolment_order_id AND o.state = 'approved'
                   AND (o.kind = 'enrolment' AND o.cohort_id = NEW.cohort_id
                        OR o.kind = 'transfer' AND o.target_id = NEW.cohort_id)) THEN
        RAISE EXCEPTION 'Зачисление и перевод — только изданным приказом (273-ФЗ ст. 53, 57).' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER enrolment_is_lawful BEFORE INSERT OR UPDATE OR DELETE ON learning_enrolment
    FOR EACH ROW EXECUTE FUNCTION learning_enrolment_is_lawful();

CREATE FUNCTION learning_enrolment_walks() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    moving text[] := ARRAY['number', 'state', 'ended_on', 'admission_order_id', 'withdrawal_order_id',
        'study_plan_id'];
    by_order learning_order%ROWTYPE;
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'active' OR NEW.number IS NOT NULL OR NEW.ended_on IS NOT NULL
           OR NEW.admission_order_id IS NOT NULL OR NEW.withdrawal_order_id IS NOT NULL OR NEW.study_plan_id IS NOT NULL THEN
            RAISE EXCEPTION 'Зачётная книжка начинается с зачисления: без номера, допуска и отчисления (п. 2.5).'
                USING ERRCODE = 'check_violation';
        END IF;
        IF NOT EXISTS (SELECT FROM learning_orderline
                       WHERE order_id = NEW.enrolment_order_id AND learner_id = NEW.learner_id) THEN
            RAISE EXCEPTION 'Зачисляют тех, кто назван в приказе (273-ФЗ ст. 53).' USING ERRCODE = 'check_violation';
        END IF;
        SELECT * INTO by_order FROM learning_order WHERE id = NEW.enrolment_order_id FOR SHARE;
        IF by_order.kind NOT IN ('enrolment', 'transfer') OR (by_order.kind = 'transfer') <> (NEW.continues_id IS NOT NULL)
           OR by_order.kind = 'transfer' AND NOT EXISTS (
               SELECT FROM learning_enrolment e JOIN learning_cohort t ON t.id = by_order.target_id
               WHERE e.id = NEW.continues_id AND e.learner_id = NEW.learner_id AND e.state = 'moved'
                 AND e.withdrawal_order_id = by_order.id AND NEW.cohort_id = by_order.target_id
                 AND NEW.started_on = by_order.effective_on
                 AND NEW.started_on BETWEEN t.starts_on AND t.ends_on
                 AND (NEW.education_id, NEW.issue_deferred) IS NOT DISTINCT FROM (e.education_id, e.issue_deferred)) THEN
            RAISE EXCEPTION 'Переводом продолжают книжку того же человека, в группе из приказа, с его дня (273-ФЗ ст. 57).'
                USING ERRCODE = 'check_violation';
        END IF;
        IF by_order.kind = 'transfer' AND NEW.education_id IS NULL AND EXISTS (
            SELECT FROM learning_cohort t JOIN programs_programversion v ON v.id = t.program_version_id
            JOIN programs_program p ON p.id = v.program_id WHERE t.id = NEW.cohort_id
            AND p.kind IN ('professional_development', 'professional_retraining')) THEN
            RAISE EXCEPTION 'Программа требует образования: без него на неё не переводят (273-ФЗ ст. 76 ч. 3).'
                USING ERRCODE = 'check_violation';
        END IF;
        IF by_order.kind = 'enrolment' AND EXISTS (
            SELECT FROM learning_enrolment WHERE learner_id = NEW.learner_id AND cohort_id = NEW.cohort_id) THEN
            RAISE EXCEPTION 'В группу, где книжка уже была, возвращают переводом (273-ФЗ ст. 57).'
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF to_jsonb(NEW) - moving <> to_jsonb(OLD) - moving THEN
        RAISE EXCEPTION 'Сведения о зачислении не меняются (п. 2.5).' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.number IS DISTINCT FROM OLD.number AND NOT EXISTS (
        SELECT FROM registers_entry e JOIN registers_register r ON r.id = e.register_id
        WHERE e.record_type = 'learning.enrolment' AND e.record_id = NEW.id AND e.written = NEW.number
          AND r.code = 'record-book') THEN
        RAISE EXCEPTION 'Номера «%» нет в книге зачётных книжек: номер даёт книга регистрации (п. 2.5).', NEW.number
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state = OLD.state THEN
        IF (NEW.ended_on, NEW.admission_order_id, NEW.withdrawal_order_id)
           IS DISTINCT FROM (OLD.ended_on, OLD.admission_order_id, OLD.withdrawal_order_id) THEN
            RAISE EXCEPTION 'Приказ в зачётной книжке не подменяют (п. 2.5).' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF (OLD.state, NEW.state) NOT IN (('active', 'admitted'), ('active', 'completed'), ('active', 'withdrawn'),
                                      ('active', 'moved'),
                                      ('admitted', 'completed'), ('admitted', 'withdrawn')) THEN
        RAISE EXCEPTION 'Обучающегося допускают и отчисляют приказом, назад дороги нет (273-ФЗ ст. 59, 61).'
            USING ERRCODE = 'check_violation';
    END IF;
    IF (OLD.state, NEW.state) = ('active', 'completed') AND EXISTS (
        SELECT FROM programs_module p JOIN learning_cohort c ON c.program_version_id = p.version_id
        WHERE c.id = NEW.cohort_id AND p.sort = 'final') THEN
        RAISE EXCEPTION 'Программу с итоговой аттестацией завершает тот, кого к ней допустили (273-ФЗ ст. 59).'
            USING ERRCODE = 'check_violation';
    END IF;
    SELECT o.* INTO by_order FROM learning_order o
    JOIN learning_orderline l ON l.order_id = o.id AND l.learner_id = NEW.learner_id
    WHERE o.state = 'approved' AND o.cohort_id = NEW.cohort_id AND CASE WHEN NEW.state = 'admitted'
        THEN o.id = NEW.admission_order_id AND o.kind = 'admission'
        ELSE o.id = NEW.withdrawal_order_id AND o.kind = CASE NEW.state WHEN 'moved' THEN 'transfer' ELSE 'withdrawal' END
        END;
    IF by_order.id IS NULL OR (CASE WHEN NEW.state = 'admitted'
        THEN (NEW.ended_on, NEW.withdrawal_order_id) IS DISTINCT FROM (OLD.ended_on, OLD.withdrawal_order_id)
        ELSE NEW.admission_order_id IS DISTINCT FROM OLD.admission_order_id
             OR NEW.ended_on IS DISTINCT FROM by_order.effective_on
             OR (NEW.state = 'completed') <> (by_order.ground = 'completed') END) THEN
        RAISE EXCEPTION 'Допуск и отчисление — только изданным приказом о человеке этой группы (273-ФЗ ст. 59, 61).'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER enrolment_walks BEFORE INSERT OR UPDATE ON learning_enrolment
    FOR EACH ROW EXECUTE FUNCTION learning_enrolment_walks();

CREATE FUNCTION learning_enrolment_is_in_time() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM learning_marksheet
    WHERE cohort_id = NEW.cohort_id AND attempt = 1 AND serial = 1 ORDER BY id FOR SHARE;
    IF NEW.continues_id IS NULL AND EXISTS (SELECT FROM learning_marksheet
               WHERE cohort_id = NEW.cohort_id AND attempt = 1 AND serial = 1 AND state <> 'open'
                 AND held_on >= NEW.started_on) THEN
        RAISE EXCEPTION 'В закрытую ведомость нового слушателя не внести: зачисляют с дня после её контроля или в другую группу (п. 2.2).'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER enrolment_is_in_time BEFORE INSERT ON learning_enrolment
    FOR EACH ROW EXECUTE FUNCTION learning_enrolment_is_in_time();

-- An order begins a book not before its programme was approved, and changes or ends one not before it began, nor before what was sat in it
-- since; only whoever is withdrawn may have been missed after the day of the order.
CREATE FUNCTION learning_order_is_of_its_day() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    by_order learning_order%ROWTYPE;
BEGIN
    SELECT * INTO by_order FROM learning_order WHERE id = CASE
        WHEN TG_OP = 'INSERT' THEN NEW.enrolment_order_id
        WHEN NEW.state = 'admitted' THEN NEW.admission_order_id ELSE NEW.withdrawal_order_id END;
    IF TG_OP = 'INSERT' THEN
        IF NEW.started_on <> by_order.effective_on OR NOT EXISTS (
            SELECT FROM learning_cohort c JOIN programs_programversion v ON v.id = c.program_version_id
            WHERE c.id = NEW.cohort_id AND NEW.started_on BETWEEN coalesce(v.valid_from, NEW.started_on) AND c.ends_on) THEN
            RAISE EXCEPTION 'Зачисляют с дня приказа: не раньше, чем утверждена программа, и не позже, чем окончит группа (273-ФЗ ст. 53).'
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF by_order.effective_on < NEW.started_on OR EXISTS (
        SELECT FROM learning_mark m JOIN programs_grade g ON g.id = m.grade_id
        WHERE m.enrolment_id = NEW.id AND m.held_on > by_order.effective_on
          AND NOT (g.is_absence AND NEW.state IN ('withdrawn', 'completed'))
          AND NOT EXISTS (SELECT FROM learning_mark later WHERE later.supersedes_id = m.id)) THEN
        RAISE EXCEPTION 'Приказ не действует раньше, чем начата книжка и сдано последнее из сданного (273-ФЗ ст. 53).'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER order_is_of_its_day BEFORE INSERT ON learning_enrolment
    FOR EACH ROW EXECUTE FUNCTION learning_order_is_of_its_day();
CREATE TRIGGER order_keeps_its_day BEFORE UPDATE ON learning_enrolment
    FOR EACH ROW WHEN (NEW.state <> OLD.state) EXECUTE FUNCTION learning_order_is_of_its_day();

-- For a debt is withdrawn whoever can close it no more, or whoever was admitted to final attestation and failed it: what fails is what
-- `learning_counted` says of closed sheets, so an absence for a good reason is no failure (ст. 58, 59).
CREATE FUNCTION learning_debt_is_lost() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    by_order learning_order%ROWTYPE;
BEGIN
    SELECT * INTO by_order FROM learning_order WHERE id = NEW.withdrawal_order_id;
    IF by_order.ground IS DISTINCT FROM 'debt' THEN
        RETURN NEW;
    END IF;
    IF NOT EXISTS (
        SELECT FROM programs_module p JOIN learning_cohort c ON c.program_version_id = p.version_id
        CROSS JOIN LATERAL learning_counted(NEW.id, p.id) a
        WHERE c.id = NEW.cohort_id AND a.tried > 0 AND NOT a.passed
          AND CASE WHEN p.sort = 'final' THEN OLD.state = 'admitted'
              ELSE a.tried >= 3 OR learning_debt_until(NEW.id, a.since) < by_order.order_date END) THEN
        RAISE EXCEPTION 'За долг отчисляют, когда его уже не закрыть: обе пересдачи использованы или год истёк (273-ФЗ ст. 58 ч. 5).'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER debt_is_lost BEFORE UPDATE ON learning_enrolment
    FOR EACH ROW WHEN (NEW.state = 'withdrawn' AND OLD.state <> 'withdrawn') EXECUTE FUNCTION learning_debt_is_lost();
