-- A cohort stays with its code and its programme (п. 2.2, 2.3).

CREATE FUNCTION learning_cohort_is_lawful() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    taught programs_programversion%ROWTYPE;
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'Группа не удаляется (п. 2.2).' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'UPDATE' THEN
        IF (NEW.id, NEW.code, NEW.program_version_id) <> (OLD.id, OLD.code, OLD.program_version_id) THEN
            RAISE EXCEPTION 'Группа остаётся при своём шифре и своей программе (п. 2.2).'
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    SELECT * INTO taught FROM programs_programversion WHERE id = NEW.program_version_id FOR SHARE;
    IF taught.state <> 'approved' OR NEW.starts_on < taught.valid_from THEN
        RAISE EXCEPTION 'Учить можно по утверждённой и действующей редакции программы (п. 2.3).'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER cohort_is_lawful BEFORE INSERT OR UPDATE OR DELETE ON learning_cohort
    FOR EACH ROW EXECUTE FUNCTION learning_cohort_is_lawful();
