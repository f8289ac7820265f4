-- A file that is marked destroyed waits for its bytes to be taken away (152-ФЗ ст. 21).

CREATE FUNCTION files_destroyed_waits_for_its_bytes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO files_unswept (file_id) VALUES (NEW.file_id);
    RETURN NULL;
END $$;
CREATE TRIGGER destroyed_waits_for_its_bytes AFTER INSERT ON files_destroyedfile
    FOR EACH ROW EXECUTE FUNCTION files_destroyed_waits_for_its_bytes();
