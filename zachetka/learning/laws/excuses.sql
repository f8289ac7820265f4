-- A good reason is recorded and taken back by somebody else than the learner (273-ФЗ ст. 58; п. 3.8).

CREATE FUNCTION learning_excuse_is_lawful() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM learning_enrolment e JOIN people_learner l ON l.id = e.learner_id
        JOIN people_person p ON p.id = l.person_id WHERE e.id = NEW.enrolment_id FOR SHARE OF p;
    IF NOT EXISTS (SELECT FROM access_account WHERE id = NEW.recorded_by_id AND person_uid = NEW.recorded_by_person) THEN
        RAISE EXCEPTION 'Уважительную причину учитывает человек под своей учётной записью (п. 3.8).'
            USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (SELECT FROM learning_enrolment e JOIN people_learner l ON l.id = e.learner_id
               JOIN people_person p ON p.id = l.person_id
               WHERE e.id = NEW.enrolment_id AND p.human_uid = NEW.recorded_by_person) THEN
        RAISE EXCEPTION 'Свою уважительную причину учитывает другой человек (п. 3.8).' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.cancels_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM learning_excuse x WHERE x.id = NEW.cancels_id AND x.cancels_id IS NULL
        AND (x.enrolment_id, x.kind, x.first_day, x.last_day)
            = (NEW.enrolment_id, NEW.kind, NEW.first_day, NEW.last_day)) THEN
        RAISE EXCEPTION 'Отзывают учтённую причину целиком (273-ФЗ ст. 58).' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER excuse_is_lawful BEFORE INSERT ON learning_excuse
    FOR EACH ROW EXECUTE FUNCTION learning_excuse_is_lawful();
