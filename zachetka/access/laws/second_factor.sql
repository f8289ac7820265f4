-- The second factor is its owner's own; taking it away is asked for and done by two (п. 3.8).

CREATE FUNCTION access_factor_is_lawful() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    changing text[] := ARRAY['secret', 'counter', 'last_used_at', 'ended_at'];
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'Второй фактор не удаляется: его отключают (п. 3.8).' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.ended_at IS NOT NULL OR NEW.last_used_at IS NOT NULL THEN
            RAISE EXCEPTION 'Второй фактор сначала добавляют (п. 3.8).' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF to_jsonb(NEW) = to_jsonb(OLD) THEN
        RETURN NEW;
    END IF;
    IF OLD.ended_at IS NOT NULL OR to_jsonb(NEW) - changing <> to_jsonb(OLD) - changing
        OR (NEW.secret <> OLD.secret AND NOT (NEW.secret = '' AND NEW.ended_at IS NOT NULL)) THEN
        RAISE EXCEPTION 'Второй фактор остаётся таким, каким его добавили; отключённый не включают (п. 3.8).'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.counter < OLD.counter OR NEW.last_used_at < OLD.last_used_at THEN
        RAISE EXCEPTION 'Предъявленное однажды не предъявляют снова (п. 3.8).' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER factor_is_lawful BEFORE INSERT OR UPDATE OR DELETE ON access_secondfactor
    FOR EACH ROW EXECUTE FUNCTION access_factor_is_lawful();

CREATE FUNCTION access_code_is_lawful() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'Код восстановления не удаляется: его используют или отменяют (п. 3.8).'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.used_at IS NOT NULL OR NEW.ended_at IS NOT NULL THEN
            RAISE EXCEPTION 'Код восстановления сначала создают (п. 3.8).' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF to_jsonb(NEW) = to_jsonb(OLD) THEN
        RETURN NEW;
    END IF;
    IF OLD.used_at IS NOT NULL OR OLD.ended_at IS NOT NULL
        OR to_jsonb(NEW) - ARRAY['used_at', 'ended_at'] <> to_jsonb(OLD) - ARRAY['used_at', 'ended_at'] THEN
        RAISE EXCEPTION 'Код восстановления открывает вход один раз (п. 3.8).' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER code_is_lawful BEFORE INSERT OR UPDATE OR DELETE ON access_recoverycode
    FOR EACH ROW EXECUTE FUNCTION access_code_is_lawful();

CREATE FUNCTION access_reset_is_lawful() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    giving text[] := ARRAY['given_by_id', 'given_by_person', 'given_at'];
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'Запрос сброса не удаляется (п. 3.8).' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'INSERT' AND NEW.given_at IS NOT NULL THEN
        RAISE EXCEPTION 'Сброс второго фактора один человек запрашивает, а другой выполняет (п. 3.8).'
            USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'UPDATE' AND (OLD.given_at IS NOT NULL OR to_jsonb(NEW) - giving <> to_jsonb(OLD) - giving)
        AND to_jsonb(NEW) <> to_jsonb(OLD) THEN
        RAISE EXCEPTION 'Запрос сброса остаётся таким, каким его подали; выполняют его один раз (п. 3.8).'
            USING ERRCODE = 'check_violation';
    END IF;
    IF (SELECT person_uid FROM access_account WHERE id = NEW.account_id) IN (NEW.asked_by_person, NEW.given_by_person) THEN
        RAISE EXCEPTION 'Свой второй фактор сбрасывают другие люди (п. 3.8).' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER reset_is_lawful BEFORE INSERT OR UPDATE OR DELETE ON access_factorreset
    FOR EACH ROW EXECUTE FUNCTION access_reset_is_lawful();
