-- Nobody learns by a card that was absorbed, and nobody decides about records of their own (п. 2.1, 3.8).

CREATE FUNCTION learning_only_the_unmerged() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    into_whom bigint;
BEGIN
    SELECT p.merged_into_id INTO into_whom FROM people_learner l JOIN people_person p ON p.id = l.person_id
    WHERE l.id = NEW.learner_id FOR SHARE OF p;
    IF into_whom IS NOT NULL THEN
        RAISE EXCEPTION 'Карточка объединена с другой: приказы и зачисления — по главной (п. 2.1).'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER only_the_unmerged BEFORE INSERT ON learning_orderline
    FOR EACH ROW EXECUTE FUNCTION learning_only_the_unmerged();
CREATE TRIGGER only_the_unmerged BEFORE INSERT ON learning_enrolment
    FOR EACH ROW EXECUTE FUNCTION learning_only_the_unmerged();

CREATE FUNCTION learning_nobody_who_learns_is_absorbed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    who uuid := (SELECT uid FROM people_person WHERE id = NEW.survivor_id);
    today date := (NEW.merged_at AT TIME ZONE 'Europe/Moscow')::date;
BEGIN
    IF EXISTS (SELECT FROM learning_enrolment e JOIN people_learner l ON l.id = e.learner_id
               WHERE l.person_id = NEW.absorbed_id AND (e.ended_on IS NULL OR e.ended_on > today))
       OR EXISTS (SELECT FROM learning_orderline n JOIN people_learner l ON l.id = n.learner_id
                  JOIN learning_order o ON o.id = n.order_id
                  WHERE l.person_id = NEW.absorbed_id AND o.state IN ('draft', 'submitted')) THEN
        RAISE EXCEPTION 'По поглощаемой карточке ещё учатся: она остаётся главной (п. 2.1).'
            USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (SELECT FROM learning_enrolment e JOIN people_learner l ON l.id = e.learner_id
               JOIN learning_enrolment other ON other.cohort_id = e.cohort_id
               JOIN people_learner stays ON stays.id = other.learner_id
               WHERE l.person_id = NEW.absorbed_id AND stays.person_id = NEW.survivor_id) THEN
        RAISE EXCEPTION 'Один человек не учится в одной группе дважды (п. 2.1).' USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (SELECT FROM learning_mark m JOIN learning_enrolment e ON e.id = m.enrolment_id
               JOIN people_learner l ON l.id = e.learner_id
               WHERE l.person_id = NEW.absorbed_id AND who IN (m.recorded_by_person, m.confirmed_by_person))
       OR EXISTS (SELECT FROM learning_mark m JOIN learning_enrolment e ON e.id = m.enrolment_id
                  JOIN people_learner l ON l.id = e.learner_id JOIN learning_marksheet s ON s.id = m.sheet_id
                  JOIN people_employee t ON t.id IN (m.teacher_id, s.teacher_id)
                  WHERE l.person_id = NEW.absorbed_id AND t.person_id = NEW.survivor_id)
       OR EXISTS (SELECT FROM learning_mark m JOIN learning_enrolment e ON e.id = m.enrolment_id
                  JOIN people_learner l ON l.id = e.learner_id JOIN learning_commissioner j ON j.sheet_id = m.sheet_id
                  JOIN people_employee t ON t.id = j.employee_id
                  WHERE l.person_id = NEW.absorbed_id AND t.person_id = NEW.survivor_id)
       OR EXISTS (SELECT FROM learning_mark m JOIN learning_enrolment e ON e.id = m.enrolment_id
                  JOIN people_learner l ON l.id = e.learner_id JOIN learning_reopening r ON r.sheet_id = m.sheet_id
                  WHERE l.person_id = NEW.absorbed_id AND r.decided_by_person = who)
       OR EXISTS (SELECT FROM learning_correction c JOIN learning_mark m ON m.id = c.mark_id
                  JOIN learning_enrolment e ON e.id = m.enrolment_id JOIN people_learner l ON l.id = e.learner_id
                  WHERE l.person_id = NEW.absorbed_id AND who IN (c.proposed_by_person, c.decided_by_person))
       OR EXISTS (SELECT FROM learning_excuse x JOIN learning_enrolment e ON e.id = x.enrolment_id
                  JOIN people_learner l ON l.id = e.learner_id
                  WHERE l.person_id = NEW.absorbed_id AND x.recorded_by_person = who)
       OR EXISTS (SELECT FROM learning_award a JOIN learning_enrolment e ON e.id = a.enrolment_id
                  JOIN people_learner l ON l.id = e.learner_id
                  WHERE l.person_id = NEW.absorbed_id AND a.recorded_by_person = who)
       OR EXISTS (SELECT FROM learning_orderline n JOIN people_learner l ON l.id = n.learner_id
                  JOIN learning_order o ON o.id = n.order_id
                  WHERE l.person_id = NEW.absorbed_id AND o.approved_by_person = who) THEN
        RAISE EXCEPTION 'О записях поглощаемой карточки решал человек главной: решать о себе нельзя (п. 3.8).'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER nobody_who_learns BEFORE INSERT ON people_merge
    FOR EACH ROW EXECUTE FUNCTION learning_nobody_who_learns_is_absorbed();
