-- An edition of the «Матрица доступа» is approved by another than whoever proposed it (п. 3.8).

CREATE FUNCTION people_matrix_edition_is_lawful() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.number <> (SELECT COALESCE(max(number), 0) + 1 FROM people_matrixedition) THEN
        RAISE EXCEPTION 'Редакции матрицы доступа нумеруются подряд (п. 3.8).' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.sha256 <> encode(sha256(convert_to(NEW.content, 'UTF8')), 'hex') THEN
        RAISE EXCEPTION 'Хеш редакции не от её содержания (п. 3.8).' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER matrix_edition_is_lawful BEFORE INSERT ON people_matrixedition
    FOR EACH ROW EXECUTE FUNCTION people_matrix_edition_is_lawful();

CREATE FUNCTION people_matrix_decision_is_lawful() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM people_matrixedition
        WHERE id = NEW.edition_id AND proposed_by_person = NEW.decided_by_person
    ) THEN
        RAISE EXCEPTION 'Свою «Матрицу доступа» не утверждают: это делает другой человек (п. 3.8).'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.decided_by_person <> (SELECT person_uid FROM access_account WHERE id = NEW.decided_by_id) THEN
        RAISE EXCEPTION 'Решение записано не за тем человеком (п. 3.8).' USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (
        SELECT FROM people_matrixedition
        WHERE number > (SELECT number FROM people_matrixedition WHERE id = NEW.edition_id)
    ) THEN
        RAISE EXCEPTION 'Решают о последней редакции матрицы доступа (п. 3.8).' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER matrix_decision_is_lawful BEFORE INSERT ON people_matrixdecision
    FOR EACH ROW EXECUTE FUNCTION people_matrix_decision_is_lawful();
