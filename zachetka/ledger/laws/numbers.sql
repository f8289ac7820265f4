-- Number and transaction of an event come from here whatever the INSERT says (OVERRIDING SYSTEM VALUE included), so the
-- application needs no right on the sequence and cannot place an event before another (п. 3.3).

CREATE FUNCTION zachetka_number_event() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = pg_catalog, public AS $body$
BEGIN
    NEW.xid := pg_current_xact_id();
    NEW.id := nextval('ledger_event_id_seq');
    RETURN NEW;
END
$body$;
CREATE TRIGGER number_event BEFORE INSERT ON ledger_event FOR EACH ROW EXECUTE FUNCTION zachetka_number_event();
