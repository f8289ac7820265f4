-- An order goes from its draft to its issue, and is carried out at once for everybody it names (273-ФЗ ст. 53).

CREATE FUNCTION learning_order_walks() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    decided text[] := ARRAY['state', 'remark', 'number', 'order_date', 'approved_by_id', 'approved_by_person',
        'approved_at', 'text', 'text_hash'];
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'draft' OR NEW.number <> '' OR NEW.order_date IS NOT NULL OR NEW.approved_by_id IS NOT NULL
           OR NEW.approved_by_person IS NOT NULL OR NEW.approved_at IS NOT NULL THEN
            RAISE EXCEPTION 'Приказ начинается с черновика: без номера, даты и подписи (273-ФЗ ст. 53).'
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF (NEW.id, NEW.kind, NEW.cohort_id, NEW.request_key, NEW.drafted_at)
       IS DISTINCT FROM (OLD.id, OLD.kind, OLD.cohort_id, OLD.request_key, OLD.drafted_at) THEN
        RAISE EXCEPTION 'Вид и группа приказа не меняются: подготовьте новый (273-ФЗ ст. 53).'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
        ('draft', 'submitted'), ('draft', 'cancelled'), ('submitted', 'draft'), ('submitted', 'approved')) THEN
        RAISE EXCEPTION 'Приказ готовят, передают на подпись, издают или возвращают: иного пути нет (273-ФЗ ст. 53).'
            USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.state = 'submitted' AND (NEW.state = 'submitted' AND to_jsonb(NEW) <> to_jsonb(OLD)
       OR to_jsonb(NEW) - decided <> to_jsonb(OLD) - decided) THEN
        RAISE EXCEPTION 'Приказ на подписи не правят: его возвращают в черновик (273-ФЗ ст. 53).'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state <> 'approved' OR OLD.state = 'approved' THEN
        RETURN NEW;
    END IF;
    IF NOT EXISTS (SELECT FROM access_account WHERE id = NEW.approved_by_id AND person_uid = NEW.approved_by_person) THEN
        RAISE EXCEPTION 'Приказ издаёт человек под своей учётной записью (п. 3.8).' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.order_date IS DISTINCT FROM (NEW.approved_at AT TIME ZONE 'Europe/Moscow')::date OR NEW.approved_at < NEW.drafted_at THEN
        RAISE EXCEPTION 'Дата приказа — день его издания: по ней судят о нормах (273-ФЗ ст. 53).' USING ERRCODE = 'check_violation';
    END IF;
    PERFORM FROM learning_orderline l JOIN people_learner p ON p.id = l.learner_id
        JOIN people_person h ON h.id = p.person_id WHERE l.order_id = NEW.id ORDER BY h.id FOR SHARE OF h;
    IF EXISTS (SELECT FROM learning_orderline l JOIN people_learner p ON p.id = l.learner_id
               JOIN people_person h ON h.id = p.person_id
               WHERE l.order_id = NEW.id AND h.human_uid = NEW.approved_by_person) THEN
        RAISE EXCEPTION 'Названный в приказе его не издаёт (п. 3.8).' USING ERRCODE = 'check_violation';
    END IF;
    IF NOT EXISTS (SELECT FROM registers_entry e JOIN registers_register r ON r.id = e.register_id
                   WHERE e.record_type = 'learning.order' AND e.record_id = NEW.id AND e.written = NEW.number
                     AND r.code = 'order-' || NEW.kind AND r.year = extract(year FROM NEW.order_date)) THEN
        RAISE EXCEPTION 'Номера «%» нет в книге приказов: номер даёт книга регистрации (п. 2.5).', NEW.number
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER order_walks BEFORE INSERT OR UPDATE ON learning_order
    FOR EACH ROW EXECUTE FUNCTION learning_order_walks();

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

CREATE FUNCTION learning_lines_of_a_draft() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    of_order bigint;
    order_state text;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        RAISE EXCEPTION 'Строка приказа не меняется: уберите её и внесите новую (273-ФЗ ст. 53).' USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN of_order := OLD.order_id; ELSE of_order := NEW.order_id; END IF;
    SELECT state INTO order_state FROM learning_order WHERE id = of_order FOR SHARE;
    IF order_state <> 'draft' THEN
        RAISE EXCEPTION 'Состав меняется только в черновике приказа (273-ФЗ ст. 53).' USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER lines_of_a_draft BEFORE INSERT OR UPDATE OR DELETE ON learning_orderline
    FOR EACH ROW EXECUTE FUNCTION learning_lines_of_a_draft();

CREATE FUNCTION learning_order_is_done() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    is_within boolean;
BEGIN
    SELECT c.program_version_id = t.program_version_id INTO is_within FROM learning_cohort c, learning_cohort t
    WHERE c.id = NEW.cohort_id AND t.id = NEW.target_id;
    IF NOT EXISTS (SELECT FROM learning_orderline WHERE order_id = NEW.id) OR EXISTS (
        SELECT FROM learning_orderline l WHERE l.order_id = NEW.id AND NOT EXISTS (
            SELECT FROM learning_enrolment e WHERE e.learner_id = l.learner_id
            AND e.cohort_id = coalesce(NEW.target_id, NEW.cohort_id)
            AND (NEW.kind <> 'transfer' OR e.enrolment_order_id = NEW.id)
            AND NEW.id = CASE NEW.kind WHEN 'enrolment' THEN e.enrolment_order_id
                WHEN 'admission' THEN e.admission_order_id WHEN 'withdrawal' THEN e.withdrawal_order_id
                ELSE (SELECT p.order_id FROM learning_studyplan p WHERE p.id = e.study_plan_id) END)) THEN
        RAISE EXCEPTION 'Изданный приказ исполняется сразу и обо всех, кто в нём назван (273-ФЗ ст. 53).'
            USING ERRCODE = 'check_violation';
    END IF;
    IF is_within AND EXISTS (
        SELECT FROM learning_enrolment e JOIN learning_mark m ON m.enrolment_id = e.continues_id
        JOIN learning_marksheet s ON s.id = m.sheet_id
        WHERE e.enrolment_order_id = NEW.id AND m.grade_id IS NOT NULL
          AND NOT EXISTS (SELECT FROM learning_mark later WHERE later.supersedes_id = m.id)
          AND NOT EXISTS (SELECT FROM learning_carried k WHERE k.enrolment_id = e.id AND k.source_id = e.continues_id
                          AND k.module_id = s.module_id AND k.origin_id = s.module_id)
        UNION ALL
        SELECT FROM learning_enrolment e JOIN learning_carried before ON before.enrolment_id = e.continues_id
        WHERE e.enrolment_order_id = NEW.id AND NOT EXISTS (
            SELECT FROM learning_carried k WHERE k.enrolment_id = e.id AND k.source_id = before.source_id
            AND k.module_id = before.module_id AND k.origin_id = before.origin_id)) THEN
        RAISE EXCEPTION 'При переводе переносят всё, что сдано, и долги тоже (273-ФЗ ст. 57, 58).'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NOT is_within AND EXISTS (
        SELECT FROM learning_enrolment e JOIN learning_cohort t ON t.id = e.cohort_id
        JOIN programs_module p ON p.version_id = t.program_version_id AND p.sort <> 'final'
        LEFT JOIN LATERAL (SELECT q.* FROM learning_equivalence q WHERE q.order_id = NEW.id AND q.learner_id = e.learner_id
                           AND q.module_id = p.id ORDER BY q.id DESC LIMIT 1) said ON true
        WHERE e.enrolment_order_id = NEW.id AND (said.id IS NULL OR said.source_id IS NOT NULL AND EXISTS (
            SELECT FROM (SELECT said.source_id AS book, said.origin_id AS module
                         UNION ALL SELECT k.source_id, k.origin_id FROM learning_carried k
                         WHERE k.enrolment_id = said.source_id AND k.module_id = said.origin_id) part
            JOIN learning_mark m ON m.enrolment_id = part.book AND m.grade_id IS NOT NULL
            JOIN learning_marksheet s ON s.id = m.sheet_id AND s.module_id = part.module
            WHERE NOT EXISTS (SELECT FROM learning_mark later WHERE later.supersedes_id = m.id)
              AND NOT EXISTS (SELECT FROM learning_carried k WHERE k.enrolment_id = e.id AND k.module_id = p.id
                              AND (k.source_id, k.origin_id) = (part.book, part.module))))) THEN
        RAISE EXCEPTION 'О каждой дисциплине нового плана сказано, что в ней засчитано, и засчитано всё, что сказано (273-ФЗ ст. 57).'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NOT is_within AND EXISTS (
        SELECT FROM learning_enrolment e CROSS JOIN LATERAL learning_debts_left(NEW.id, e.continues_id) left_behind
        WHERE e.enrolment_order_id = NEW.id) THEN
        RAISE EXCEPTION 'Академическую задолженность по той же дисциплине переводом не оставляют (273-ФЗ ст. 58 ч. 2).'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.kind = 'transfer' AND EXISTS (
        SELECT FROM learning_enrolment e JOIN learning_marksheet s ON s.cohort_id = e.cohort_id
        WHERE e.enrolment_order_id = NEW.id AND s.attempt = 1 AND s.serial = 1 AND s.state <> 'open'
          AND NOT EXISTS (SELECT FROM learning_planline l WHERE l.plan_id = e.study_plan_id AND l.module_id = s.module_id))
    THEN
        RAISE EXCEPTION 'В закрытую ведомость нового слушателя не внести: назначьте сдачу отдельно (п. 2.2; 273-ФЗ ст. 57).'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER order_is_done AFTER UPDATE OF state ON learning_order DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.state = 'approved' AND OLD.state <> 'approved') EXECUTE FUNCTION learning_order_is_done();
