-- Requests of data subjects and withdrawals of consent walk their ways (152-ФЗ ст. 9, 20, 21).

CREATE FUNCTION people_subject_request_walks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'Запрос субъекта данных не удаляется (152-ФЗ ст. 20).' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'waiting' THEN
            RAISE EXCEPTION 'Запрос сначала ждёт ответа (152-ФЗ ст. 20).' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF (NEW.id, NEW.key, NEW.person_id, NEW.way, NEW.document, NEW.asked_on, NEW.due_on, NEW.recorded_by_id, NEW.recorded_at)
       <> (OLD.id, OLD.key, OLD.person_id, OLD.way, OLD.document, OLD.asked_on, OLD.due_on, OLD.recorded_by_id, OLD.recorded_at)
       OR OLD.file_id IS NOT NULL AND (NEW.file_id, NEW.prepared_at) IS DISTINCT FROM (OLD.file_id, OLD.prepared_at)
       OR OLD.state = 'answered' AND to_jsonb(NEW) <> to_jsonb(OLD) THEN
        RAISE EXCEPTION 'Что спросили, когда и что ответили, не меняется (152-ФЗ ст. 20).' USING ERRCODE = 'check_violation';
    END IF;
    IF (OLD.state, NEW.state) NOT IN (('waiting', 'waiting'), ('waiting', 'prepared'), ('prepared', 'prepared'),
                                      ('prepared', 'answered'), ('answered', 'answered'))
       AND NOT ((OLD.state, NEW.state) = ('waiting', 'answered') AND NEW.way = 'system') THEN
        RAISE EXCEPTION 'На запрос отвечают, когда ответ готов (152-ФЗ ст. 20).' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER subject_request_walks BEFORE INSERT OR UPDATE OR DELETE ON people_subjectrequest
    FOR EACH ROW EXECUTE FUNCTION people_subject_request_walks();

CREATE FUNCTION people_withdrawal_walks() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    settling text[] := ARRAY['state', 'settled_at', 'settled_by_id', 'removed', 'kept_because'];
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'Отзыв согласия не удаляется (152-ФЗ ст. 9).' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'waiting' THEN
            RAISE EXCEPTION 'Отзыв сначала ждёт исполнения (152-ФЗ ст. 21 ч. 5).' USING ERRCODE = 'check_violation';
        END IF;
        IF NEW.withdrawn_on < (SELECT given_on FROM people_consent WHERE id = NEW.consent_id) THEN
            RAISE EXCEPTION 'Отзывают не раньше, чем дали (152-ФЗ ст. 9).' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.state = 'settled' AND to_jsonb(NEW) <> to_jsonb(OLD)
       OR to_jsonb(NEW) - settling <> to_jsonb(OLD) - settling THEN
        RAISE EXCEPTION 'Что отозвали и что осталось, не меняется (152-ФЗ ст. 9).' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER withdrawal_walks BEFORE INSERT OR UPDATE OR DELETE ON people_withdrawal
    FOR EACH ROW EXECUTE FUNCTION people_withdrawal_walks();
