-- A correction is proposed by one and decided by another, both of them not the learner (п. 2.1, 3.8).

CREATE FUNCTION learning_correction_walks() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    deciding text[] := ARRAY['state', 'refusal', 'decided_by_id', 'decided_by_person', 'decided_at', 'result_id'];
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'proposed' OR NEW.refusal <> '' OR NEW.decided_by_id IS NOT NULL
           OR NEW.decided_by_person IS NOT NULL OR NEW.decided_at IS NOT NULL OR NEW.result_id IS NOT NULL THEN
            RAISE EXCEPTION 'Исправление сначала предлагают, решает потом другой человек (п. 2.1).'
                USING ERRCODE = 'check_violation';
        END IF;
        IF NOT EXISTS (SELECT FROM access_account WHERE id = NEW.proposed_by_id AND person_uid = NEW.proposed_by_person)
        THEN
            RAISE EXCEPTION 'Исправление предлагает человек под своей учётной записью (п. 3.8).'
                USING ERRCODE = 'check_violation';
        END IF;
        IF NOT EXISTS (SELECT FROM learning_mark m JOIN learning_marksheet s ON s.id = m.sheet_id
                       WHERE m.id = NEW.mark_id AND s.state = 'closed') THEN
            RAISE EXCEPTION 'Исправление — в закрытой ведомости; в открытой оценку просто вносят (п. 2.1).'
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF to_jsonb(NEW) = to_jsonb(OLD) THEN
        RETURN NEW;
    END IF;
    IF NEW.state NOT IN ('confirmed', 'refused') OR to_jsonb(NEW) - deciding <> to_jsonb(OLD) - deciding
       OR NEW.decided_at IS NULL
       OR NOT EXISTS (SELECT FROM access_account WHERE id = NEW.decided_by_id AND person_uid = NEW.decided_by_person)
       OR (NEW.state = 'refused') <> (NEW.refusal <> '') OR (NEW.state = 'confirmed') <> (NEW.result_id IS NOT NULL)
    THEN
        RAISE EXCEPTION 'Предложенное исправление подтверждают или отклоняют целиком (п. 2.1).'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state = 'confirmed' AND NOT EXISTS (
        SELECT FROM learning_mark m WHERE m.id = NEW.result_id AND m.supersedes_id = NEW.mark_id
        AND m.confirmed_by_person = NEW.decided_by_person
        AND (m.grade_id, m.score, m.reason, m.basis, m.recorded_by_person)
            IS NOT DISTINCT FROM (NEW.grade_id, NEW.score, NEW.reason, NEW.basis, NEW.proposed_by_person)) THEN
        RAISE EXCEPTION 'Подтверждённое исправление — это новая оценка, какой её предложили (п. 2.1).'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER correction_walks BEFORE INSERT OR UPDATE ON learning_correction
    FOR EACH ROW EXECUTE FUNCTION learning_correction_walks();

CREATE FUNCTION learning_decided_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR (OLD.state <> 'proposed' AND to_jsonb(NEW) <> to_jsonb(OLD)) THEN
        RAISE EXCEPTION 'Решённое исправление не меняется (п. 2.1).' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER decided_stays BEFORE UPDATE OR DELETE ON learning_correction
    FOR EACH ROW EXECUTE FUNCTION learning_decided_stays();

CREATE FUNCTION learning_correction_is_of_others() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM learning_mark m JOIN learning_enrolment e ON e.id = m.enrolment_id
        JOIN people_learner l ON l.id = e.learner_id JOIN people_person p ON p.id = l.person_id
        WHERE m.id = NEW.mark_id FOR SHARE OF p;
    IF EXISTS (SELECT FROM learning_mark m JOIN learning_enrolment e ON e.id = m.enrolment_id
               JOIN people_learner l ON l.id = e.learner_id JOIN people_person p ON p.id = l.person_id
               WHERE m.id = NEW.mark_id AND p.human_uid IN (NEW.proposed_by_person, NEW.decided_by_person)) THEN
        RAISE EXCEPTION 'Исправление своей оценки предлагают и решают другие (п. 3.8).'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER correction_is_of_others BEFORE INSERT OR UPDATE ON learning_correction
    FOR EACH ROW EXECUTE FUNCTION learning_correction_is_of_others();

CREATE FUNCTION learning_mark_decides_its_correction() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM learning_correction WHERE result_id = NEW.id AND state = 'confirmed') THEN
        RAISE EXCEPTION 'Исправленная оценка появляется вместе с подтверждением исправления (п. 2.1).'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER mark_decides_its_correction AFTER INSERT ON learning_mark DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.confirmed_by_person IS NOT NULL) EXECUTE FUNCTION learning_mark_decides_its_correction();
