-- Whom the academy's sign-in service vouches for is said once and ends once (п. 3.8).

CREATE FUNCTION access_identity_is_lawful() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'Связь с внешним входом не удаляется: её разрывают (п. 3.8).' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.ended_at IS NOT NULL OR (SELECT initial_until FROM access_account WHERE id = NEW.account_id) IS NOT NULL THEN
            RAISE EXCEPTION 'Внешний вход связывает владелец записи, когда задал свой пароль (п. 3.8).'
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF to_jsonb(NEW) <> to_jsonb(OLD) AND (OLD.ended_at IS NOT NULL
        OR to_jsonb(NEW) - ARRAY['ended_at'] <> to_jsonb(OLD) - ARRAY['ended_at']) THEN
        RAISE EXCEPTION 'Связь с внешним входом остаётся такой, какой её установили (п. 3.8).'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER identity_is_lawful BEFORE INSERT OR UPDATE OR DELETE ON access_outsideidentity
    FOR EACH ROW EXECUTE FUNCTION access_identity_is_lawful();
