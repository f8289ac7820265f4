-- People are never deleted and keep who they are (п. 2.1).

CREATE FUNCTION people_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'Сведения о людях не удаляются: их срок кончается по описи (п. 3.8).'
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER people_stay BEFORE DELETE ON people_person FOR EACH ROW EXECUTE FUNCTION people_stay();
CREATE TRIGGER people_stay BEFORE DELETE ON people_learner FOR EACH ROW EXECUTE FUNCTION people_stay();
CREATE TRIGGER people_stay BEFORE DELETE ON people_employee FOR EACH ROW EXECUTE FUNCTION people_stay();

CREATE FUNCTION people_keep_themselves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.id, NEW.uid) <> (OLD.id, OLD.uid) THEN
        RAISE EXCEPTION 'Человек остаётся собой: запись не отдают другому (п. 2.1).' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER people_keep_themselves BEFORE UPDATE ON people_person
    FOR EACH ROW EXECUTE FUNCTION people_keep_themselves();

CREATE FUNCTION people_learner_is_one_person() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.id, NEW.person_id) <> (OLD.id, OLD.person_id) THEN
        RAISE EXCEPTION 'Обучающийся остаётся тем же человеком (п. 2.1).' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER learner_is_one_person BEFORE UPDATE ON people_learner
    FOR EACH ROW EXECUTE FUNCTION people_learner_is_one_person();
