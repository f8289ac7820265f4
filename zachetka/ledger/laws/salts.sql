-- A salt leaves its table by an act of destruction and no other way (152-ФЗ ст. 21; п. 3.3). The first trigger stands where other
-- tables that only grow have that of `postgres.append_only`.

CREATE FUNCTION ledger_salt_goes_by_an_act() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND EXISTS (SELECT FROM ledger_destroyedsalt WHERE event_id = OLD.event_id) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'Таблица «%» только пополняется: % отказано (п. 3.3).', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'restrict_violation', TABLE = TG_TABLE_NAME;
END $$;
CREATE TRIGGER append_only_row BEFORE UPDATE OR DELETE ON ledger_opening
    FOR EACH ROW EXECUTE FUNCTION ledger_salt_goes_by_an_act();

CREATE FUNCTION ledger_salt_is_of_the_record() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM ledger_event e JOIN ledger_event by USING (object_type, object_id)
        WHERE e.id = NEW.event_id AND by.id = NEW.by_id AND e.id < by.id AND by.type = 'record.destroyed'
          AND e.commitment IS NOT NULL AND by.xid = pg_current_xact_id()) THEN
        RAISE EXCEPTION 'Соль уничтожают вместе с тем, что ею закрыто, событием о той же записи (152-ФЗ ст. 21).'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER salt_is_of_the_record BEFORE INSERT ON ledger_destroyedsalt
    FOR EACH ROW EXECUTE FUNCTION ledger_salt_is_of_the_record();

CREATE FUNCTION ledger_salt_goes() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    DELETE FROM ledger_opening WHERE event_id = NEW.event_id;
    RETURN NULL;
END $$;
CREATE TRIGGER salt_goes AFTER INSERT ON ledger_destroyedsalt
    FOR EACH ROW EXECUTE FUNCTION ledger_salt_goes();
