-- An award is entered and taken back by others than its owner (273-ФЗ ст. 28 ч. 3 п. 11; п. 3.8).

CREATE FUNCTION learning_award_is_lawful() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    of_whom learning_enrolment%ROWTYPE;
    taken_back learning_award%ROWTYPE;
BEGIN
    SELECT * INTO of_whom FROM learning_enrolment WHERE id = NEW.enrolment_id FOR SHARE;
    PERFORM FROM people_learner l JOIN people_person p ON p.id = l.person_id
        WHERE l.id = of_whom.learner_id FOR SHARE OF p;
    IF NOT EXISTS (SELECT FROM access_account WHERE id = NEW.recorded_by_id AND person_uid = NEW.recorded_by_person) THEN
        RAISE EXCEPTION 'Поощрение вносит человек под своей учётной записью (п. 3.8).' USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (SELECT FROM people_learner l JOIN people_person p ON p.id = l.person_id
               WHERE l.id = of_whom.learner_id AND p.human_uid = NEW.recorded_by_person) THEN
        RAISE EXCEPTION 'Своё поощрение вносит и отзывает другой человек (п. 3.8).' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.cancels_id IS NULL THEN
        IF NEW.awarded_on < of_whom.started_on OR NEW.awarded_on > coalesce(of_whom.ended_on, NEW.awarded_on)
           OR NEW.awarded_on > (NEW.recorded_at AT TIME ZONE 'Europe/Moscow')::date THEN
            RAISE EXCEPTION 'День поощрения — во время обучения и уже наступил (273-ФЗ ст. 28 ч. 3 п. 11).'
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    SELECT * INTO taken_back FROM learning_award WHERE id = NEW.cancels_id;
    IF taken_back.cancels_id IS NOT NULL
       OR (taken_back.enrolment_id, taken_back.kind, taken_back.wording, taken_back.awarded_on, taken_back.basis)
           IS DISTINCT FROM (NEW.enrolment_id, NEW.kind, NEW.wording, NEW.awarded_on, NEW.basis) THEN
        RAISE EXCEPTION 'Отзывают внесённое поощрение целиком (п. 2.1).' USING ERRCODE = 'check_violation';
    END IF;
    IF taken_back.recorded_by_person = NEW.recorded_by_person THEN
        RAISE EXCEPTION 'Поощрение отзывает не тот, кто его внёс (п. 2.1, 3.8).' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER award_is_lawful BEFORE INSERT ON learning_award
    FOR EACH ROW EXECUTE FUNCTION learning_award_is_lawful();
