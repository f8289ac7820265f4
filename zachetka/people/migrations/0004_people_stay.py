"""People are not deleted, a list goes from handed in to confirmed or cancelled and no further (п. 2.1, 3.8)."""

from django.db import migrations

PEOPLE = """
CREATE FUNCTION people_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'Сведения о людях не удаляются: их срок кончается по описи (п. 3.8).'
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER people_stay BEFORE DELETE ON people_person FOR EACH ROW EXECUTE FUNCTION people_stay();
ALTER TABLE people_person ENABLE ALWAYS TRIGGER people_stay;
CREATE TRIGGER people_stay BEFORE DELETE ON people_learner FOR EACH ROW EXECUTE FUNCTION people_stay();
ALTER TABLE people_learner ENABLE ALWAYS TRIGGER people_stay;
CREATE TRIGGER people_stay BEFORE DELETE ON people_employee FOR EACH ROW EXECUTE FUNCTION people_stay();
ALTER TABLE people_employee ENABLE ALWAYS TRIGGER people_stay;

CREATE FUNCTION people_keep_themselves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.id, NEW.uid) <> (OLD.id, OLD.uid) THEN
        RAISE EXCEPTION 'Человек остаётся собой: запись не отдают другому (п. 2.1).' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER people_keep_themselves BEFORE UPDATE ON people_person
    FOR EACH ROW EXECUTE FUNCTION people_keep_themselves();
ALTER TABLE people_person ENABLE ALWAYS TRIGGER people_keep_themselves;

CREATE FUNCTION people_learner_is_one_person() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.id, NEW.person_id) <> (OLD.id, OLD.person_id) THEN
        RAISE EXCEPTION 'Обучающийся остаётся тем же человеком (п. 2.1).' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER learner_is_one_person BEFORE UPDATE ON people_learner
    FOR EACH ROW EXECUTE FUNCTION people_learner_is_one_person();
ALTER TABLE people_learner ENABLE ALWAYS TRIGGER learner_is_one_person;
"""

UNPEOPLE = """
DROP TRIGGER learner_is_one_person ON people_learner;
DROP FUNCTION people_learner_is_one_person();
DROP TRIGGER people_keep_themselves ON people_person;
DROP FUNCTION people_keep_themselves();
DROP TRIGGER people_stay ON people_employee;
DROP TRIGGER people_stay ON people_learner;
DROP TRIGGER people_stay ON people_person;
DROP FUNCTION people_stay();
"""

UPLOADS = """
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
ALTER TABLE people_upload ENABLE ALWAYS TRIGGER upload_walks;
"""

UNUPLOADS = """
DROP TRIGGER upload_walks ON people_upload;
DROP FUNCTION people_upload_walks();
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0003_upload")]

    operations = [migrations.RunSQL(PEOPLE, UNPEOPLE), migrations.RunSQL(UPLOADS, UNUPLOADS)]
