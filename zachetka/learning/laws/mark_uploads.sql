-- A file of marks is handed in, then entered once or put aside (п. 2.2).

CREATE FUNCTION learning_mark_upload_walks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'Файл оценок не удаляется (п. 2.2).' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'uploaded' THEN
            RAISE EXCEPTION 'Файл оценок сначала загружают и проверяют (п. 2.2).' USING ERRCODE = 'check_violation';
        END IF;
        IF NEW.sheet_id IS NOT NULL
           AND NOT EXISTS (SELECT FROM learning_marksheet WHERE id = NEW.sheet_id AND cohort_id = NEW.cohort_id) THEN
            RAISE EXCEPTION 'Ведомость файла — другой группы (п. 2.2).' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.state <> 'uploaded' AND to_jsonb(NEW) <> to_jsonb(OLD)
       OR (NEW.id, NEW.key, NEW.cohort_id, NEW.sha256, NEW.file_id, NEW.uploaded_at)
          <> (OLD.id, OLD.key, OLD.cohort_id, OLD.sha256, OLD.file_id, OLD.uploaded_at)
       OR NEW.uploaded_by_id IS DISTINCT FROM OLD.uploaded_by_id OR NEW.sheet_id IS DISTINCT FROM OLD.sheet_id THEN
        RAISE EXCEPTION 'Файл оценок, по которому решено, не меняется (п. 2.2).' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER mark_upload_walks BEFORE INSERT OR UPDATE OR DELETE ON learning_markupload
    FOR EACH ROW EXECUTE FUNCTION learning_mark_upload_walks();
