-- A list of people is handed in, then entered once or put aside (п. 2.4).

CREATE FUNCTION people_upload_walks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'Загруженный список не удаляется (п. 2.1).' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'uploaded' THEN
            RAISE EXCEPTION 'Список сначала загружают и проверяют (п. 2.1).' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.state <> 'uploaded' AND to_jsonb(NEW) <> to_jsonb(OLD)
       OR (NEW.id, NEW.key, NEW.sha256, NEW.file_id, NEW.uploaded_at)
          <> (OLD.id, OLD.key, OLD.sha256, OLD.file_id, OLD.uploaded_at)
       OR NEW.uploaded_by_id IS DISTINCT FROM OLD.uploaded_by_id THEN
        RAISE EXCEPTION 'Список, по которому решено, не меняется (п. 2.1).' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER upload_walks BEFORE INSERT OR UPDATE OR DELETE ON people_upload
    FOR EACH ROW EXECUTE FUNCTION people_upload_walks();
