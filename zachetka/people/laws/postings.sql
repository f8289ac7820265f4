-- A service is a chain of postings, each after the one before (п. 2.1).

CREATE FUNCTION people_posting_follows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM people_posting
        WHERE employee_id = NEW.employee_id AND (kind = 'dismissed' OR since > NEW.since)
    ) THEN
        RAISE EXCEPTION 'Служба идёт вперёд и кончается увольнением (п. 3.8).' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER posting_follows BEFORE INSERT ON people_posting
    FOR EACH ROW EXECUTE FUNCTION people_posting_follows();
