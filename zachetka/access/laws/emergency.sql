-- Emergency access is opened with a reason, for a term, and reviewed by another (п. 3.8).

CREATE FUNCTION access_emergency_is_lawful() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    review text[] := ARRAY['reviewed_by_id', 'reviewed_by_person', 'reviewed_at', 'verdict', 'conclusion'];
    opened_on date;
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'Экстренный доступ не удаляется (п. 3.8).' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.until < OLD.until AND NEW.until > OLD.opened_at
        AND to_jsonb(NEW) - 'until' = to_jsonb(OLD) - 'until' AND OLD.reviewed_at IS NULL THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' THEN
        IF to_jsonb(NEW) - review <> to_jsonb(OLD) - review OR OLD.reviewed_at IS NOT NULL THEN
            RAISE EXCEPTION 'Экстренный доступ остаётся, каким был открыт, и проверяют его один раз (п. 3.8).'
                USING ERRCODE = 'check_violation';
        END IF;
        IF NEW.reviewed_at < OLD.until
            OR NEW.reviewed_by_person <> (SELECT person_uid FROM access_account WHERE id = NEW.reviewed_by_id) THEN
            RAISE EXCEPTION 'Проверяют, когда срок кончился, и от своего имени (п. 3.8).' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    opened_on := (NEW.opened_at AT TIME ZONE 'Europe/Moscow')::date;
    IF NEW.until <= NEW.opened_at OR NEW.until > NEW.opened_at + interval '60 minutes' THEN
        RAISE EXCEPTION 'Экстренный доступ открывают не больше чем на час (п. 3.8).' USING ERRCODE = 'check_violation';
    END IF;
    IF char_length(btrim(NEW.reason)) < 20 THEN
        RAISE EXCEPTION 'Причина экстренного доступа не короче 20 знаков (п. 3.8).' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.account_person <> (SELECT person_uid FROM access_account WHERE id = NEW.account_id)
        OR NEW.account_person = NEW.person_uid THEN
        RAISE EXCEPTION 'Экстренный доступ открывают от своего имени к чужой записи (п. 3.8).'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.reviewed_at IS NOT NULL THEN
        RAISE EXCEPTION 'Экстренный доступ сначала открывают, потом проверяют (п. 3.8).' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.review_by < opened_on OR NEW.review_by > opened_on + 14 THEN
        RAISE EXCEPTION 'Экстренный доступ проверяют за три рабочих дня (п. 3.8).' USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (
        SELECT FROM access_emergencyaccess
        WHERE account_person = NEW.account_person AND until > NEW.opened_at AND opened_at < NEW.until
    ) THEN
        RAISE EXCEPTION 'Экстренный доступ открыт к одному слушателю, пока не кончится срок (п. 3.8).'
            USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (
        SELECT FROM access_emergencyaccess
        WHERE account_person = NEW.account_person AND reviewed_at IS NULL AND review_by < opened_on
    ) THEN
        RAISE EXCEPTION 'Прежний экстренный доступ не проверен в срок: новый не открывают (п. 3.8).'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER emergency_is_lawful BEFORE INSERT OR UPDATE OR DELETE ON access_emergencyaccess
    FOR EACH ROW EXECUTE FUNCTION access_emergency_is_lawful();
