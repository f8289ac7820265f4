-- A mistaken name is superseded, and what names and papers say is looked at again for doubles (п. 2.1).

CREATE FUNCTION people_name_corrects() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.supersedes_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM people_personname
        WHERE id = NEW.supersedes_id AND id < NEW.id AND person_id = NEW.person_id AND valid_from = NEW.valid_from
    ) THEN
        RAISE EXCEPTION 'Исправляют имя того же человека с того же дня (п. 2.1).' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER name_corrects BEFORE INSERT ON people_personname
    FOR EACH ROW EXECUTE FUNCTION people_name_corrects();

CREATE FUNCTION people_look_at_person() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND (OLD.name_key, OLD.birth_date, OLD.snils, OLD.email, OLD.phone)
                            IS NOT DISTINCT FROM (NEW.name_key, NEW.birth_date, NEW.snils, NEW.email, NEW.phone) THEN
        RETURN NULL;
    END IF;
    INSERT INTO people_unlooked (person_id) VALUES (NEW.id) ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER look_at_person AFTER INSERT OR UPDATE ON people_person
    FOR EACH ROW EXECUTE FUNCTION people_look_at_person();

CREATE FUNCTION people_look_at_whose() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO people_unlooked (person_id) VALUES (NEW.person_id) ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER look_at_whose AFTER INSERT ON people_personname
    FOR EACH ROW EXECUTE FUNCTION people_look_at_whose();
CREATE TRIGGER look_at_whose AFTER INSERT ON people_educationdocument
    FOR EACH ROW EXECUTE FUNCTION people_look_at_whose();

CREATE FUNCTION people_distinction_is_anothers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM access_account WHERE id = NEW.decided_by_id AND person_uid = NEW.decided_by_person) THEN
        RAISE EXCEPTION 'О похожих карточках решает владелец учётной записи (п. 3.8).' USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (SELECT FROM people_person
               WHERE id IN (NEW.one_id, NEW.other_id) AND uid = NEW.decided_by_person) THEN
        RAISE EXCEPTION 'О своей карточке решает другой человек (п. 3.8).' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER distinction_is_anothers BEFORE INSERT ON people_distinction
    FOR EACH ROW EXECUTE FUNCTION people_distinction_is_anothers();
