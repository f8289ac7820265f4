-- An account belongs to one person for ever and is closed, not deleted; access is restored at the console (п. 3.8).

CREATE FUNCTION access_account_is_lawful() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'Учётная запись не удаляется: её закрывают (п. 3.8).' USING ERRCODE = 'restrict_violation';
    END IF;
    IF (NEW.id, NEW.login, NEW.person_uid) <> (OLD.id, OLD.login, OLD.person_uid) THEN
        RAISE EXCEPTION 'Учётная запись остаётся за своим человеком (п. 3.8).' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.is_active AND NOT OLD.is_active THEN
        RAISE EXCEPTION 'Закрытая учётная запись не открывается: заводят новую (п. 3.8).' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.initial_until IS NOT NULL AND NEW.initial_until IS DISTINCT FROM OLD.initial_until
        AND (NEW.initial_asked_by_person IS NULL OR NEW.initial_given_by_person IS NULL)
        AND EXISTS (SELECT FROM access_roleassignment WHERE account_id = NEW.id AND role <> 'learner'
                    AND state IN ('proposed', 'active'))
        AND NOT (current_user = 'zachetka_owner' AND NEW.initial_asked_by_person IS NULL
            AND NEW.initial_given_by_person IS NULL
            AND EXISTS (SELECT FROM access_roleassignment WHERE account_id = NEW.id AND role IN ('admin', 'security')
                        AND state = 'active')) THEN
        RAISE EXCEPTION 'Временный пароль записи с ролью запрашивает один человек, а выдаёт другой (п. 3.8).'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER account_is_lawful BEFORE UPDATE OR DELETE ON access_account
    FOR EACH ROW EXECUTE FUNCTION access_account_is_lawful();
