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

-- Whoever is shown values 1, 2, … up to the absence has been shown the whole scale: the best first, those that pass above those that do
-- not, with points for all or for none, and a hundred points converted whole or not at all.
CREATE FUNCTION programs_scale_is_whole() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    flaw text;
BEGIN
    IF EXISTS (
        SELECT FROM (SELECT count(*) AS many, count(DISTINCT ordinal) AS places, min(ordinal) AS first, max(ordinal) AS last,
                            count(*) FILTER (WHERE is_absence) AS absences, max(ordinal) FILTER (WHERE is_absence) AS absence
                     FROM programs_grade WHERE version_id = NEW.version_id) scale
        WHERE (first, last, places, absences, absence) IS DISTINCT FROM (1, many, many, 1, many)) THEN
        RAISE EXCEPTION 'Значения шкалы идут по порядку с первого, последнее и только оно — неявка (п. 2.3).'
            USING ERRCODE = 'check_violation';
    END IF;
    SELECT CASE
        WHEN coalesce(bool_or(is_passing) AND NOT bool_and(is_passing), false) IS FALSE
            THEN 'С одним значением шкалы контроль пройден, с другим — нет'
        WHEN bool_or(NOT is_passing AND next_passes) THEN 'Положительные значения шкалы стоят выше остальных'
        WHEN count(points) NOT IN (0, count(*)) OR bool_or(points < next_points)
            THEN 'Балл в среднем есть у всех значений шкалы или ни у одного, и у лучшего он не меньше'
        WHEN count(score_from) NOT IN (0, count(*)) OR count(score_from) <> count(score_to) OR bool_or(score_from <> next_to + 1)
            OR min(score_from) <> 0 OR max(score_to) <> 100
            THEN 'Шкала переводит все баллы от 0 до 100, без пропусков и наложений'
    END INTO flaw
    FROM (SELECT is_passing, points, score_from, score_to, lead(is_passing) OVER best AS next_passes, lead(points) OVER best AS next_points,
                 lead(score_to) OVER best AS next_to
          FROM programs_grade WHERE version_id = NEW.version_id AND NOT is_absence WINDOW best AS (ORDER BY ordinal)) scale;
    IF flaw IS NULL AND EXISTS (
        SELECT FROM programs_grade WHERE version_id = NEW.version_id AND is_absence AND (points, score_from) IS DISTINCT FROM (NULL, NULL)) THEN
        flaw := 'За неявку баллов нет';
    END IF;
    IF flaw IS NOT NULL THEN
        RAISE EXCEPTION '% (п. 2.3).', flaw USING ERRCODE = 'check_violation';
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
