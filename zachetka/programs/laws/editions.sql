-- Editions of scales and norms stay, and so does a programme (п. 2.3).

CREATE FUNCTION programs_edition_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'Что действовало, не удаляется (п. 2.3).' USING ERRCODE = 'restrict_violation';
    END IF;
    IF to_jsonb(NEW) - 'valid_to' <> to_jsonb(OLD) - 'valid_to'
       OR OLD.valid_to IS NOT NULL AND NEW.valid_to IS DISTINCT FROM OLD.valid_to THEN
        RAISE EXCEPTION 'Действующее не меняют: его заканчивают и вводят новое (п. 2.3).' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER edition_stays BEFORE UPDATE OR DELETE ON programs_scaleversion
    FOR EACH ROW EXECUTE FUNCTION programs_edition_stays();
CREATE TRIGGER edition_stays BEFORE UPDATE OR DELETE ON programs_hourminimum
    FOR EACH ROW EXECUTE FUNCTION programs_edition_stays();
CREATE TRIGGER edition_stays BEFORE UPDATE OR DELETE ON programs_commissionminimum
    FOR EACH ROW EXECUTE FUNCTION programs_edition_stays();
CREATE TRIGGER edition_stays BEFORE UPDATE OR DELETE ON programs_hourshare
    FOR EACH ROW EXECUTE FUNCTION programs_edition_stays();
CREATE TRIGGER edition_stays BEFORE UPDATE OR DELETE ON programs_reopeningterm
    FOR EACH ROW EXECUTE FUNCTION programs_edition_stays();

-- Whoever is shown values 1, 2, … up to the absence has been shown the whole scale.
CREATE FUNCTION programs_scale_is_whole() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM (SELECT count(*) AS many, count(DISTINCT ordinal) AS places, min(ordinal) AS first, max(ordinal) AS last,
                            count(*) FILTER (WHERE is_absence) AS absences, max(ordinal) FILTER (WHERE is_absence) AS absence
                     FROM programs_grade WHERE version_id = NEW.version_id) scale
        WHERE (first, last, places, absences, absence) IS DISTINCT FROM (1, many, many, 1, many)) THEN
        RAISE EXCEPTION 'Значения шкалы идут по порядку с первого, последнее и только оно — неявка (п. 2.3).'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER scale_is_whole AFTER INSERT ON programs_grade DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION programs_scale_is_whole();

CREATE FUNCTION programs_minimum_is_lawful() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.hours < (CASE NEW.kind WHEN 'professional_development' THEN 16 WHEN 'professional_retraining' THEN 250 ELSE 1 END) THEN
        RAISE EXCEPTION 'Меньше часов, чем установило министерство, академия не вводит (приказ № 266, п. 18).'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER minimum_is_lawful BEFORE INSERT ON programs_hourminimum
    FOR EACH ROW EXECUTE FUNCTION programs_minimum_is_lawful();

CREATE FUNCTION programs_program_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'Программа не удаляется (п. 2.3).' USING ERRCODE = 'restrict_violation';
    END IF;
    IF (NEW.id, NEW.code, NEW.kind, NEW.created_at) <> (OLD.id, OLD.code, OLD.kind, OLD.created_at) THEN
        RAISE EXCEPTION 'Вид и шифр программы не меняются (п. 2.3).' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER program_stays BEFORE UPDATE OR DELETE ON programs_program
    FOR EACH ROW EXECUTE FUNCTION programs_program_stays();
