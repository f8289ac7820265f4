"""Whose a card is does not change while somebody decides about its records; the database refuses a merge for all the hands that
the action names (п. 2.1, 3.8).

`FOR SHARE` of a card waits for whoever merges or parts it (`FOR NO KEY UPDATE`), and the check after it reads what that came to.
"""

from django.db import migrations

from zachetka.postgres.replacing import ReplaceFunction

ABSORBED = """
CREATE OR REPLACE FUNCTION learning_nobody_who_learns_is_absorbed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    who uuid := (SELECT uid FROM people_person WHERE id = NEW.survivor_id);
BEGIN
    IF EXISTS (SELECT FROM learning_enrolment e JOIN people_learner l ON l.id = e.learner_id
               WHERE l.person_id = NEW.absorbed_id AND e.state IN ('active', 'admitted'))
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
"""

CORRECTIONS = """
CREATE OR REPLACE FUNCTION learning_correction_is_of_others() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM learning_mark m JOIN learning_enrolment e ON e.id = m.enrolment_id
        JOIN people_learner l ON l.id = e.learner_id JOIN people_person p ON p.id = l.person_id
        WHERE m.id = NEW.mark_id FOR SHARE OF p;
    IF EXISTS (SELECT FROM learning_mark m JOIN learning_enrolment e ON e.id = m.enrolment_id
               JOIN people_learner l ON l.id = e.learner_id JOIN people_person p ON p.id = l.person_id
               WHERE m.id = NEW.mark_id AND p.human_uid IN (NEW.proposed_by_person, NEW.decided_by_person)) THEN
        RAISE EXCEPTION 'Исправление своей оценки предлагают и решают другие (п. 3.8).'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
"""

EXCUSES = """
CREATE OR REPLACE FUNCTION learning_excuse_is_lawful() RETURNS trigger LANGUAGE plpgsql AS $$
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
"""

AWARDS = """
CREATE OR REPLACE FUNCTION learning_award_is_lawful() RETURNS trigger LANGUAGE plpgsql AS $$
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
"""

ORDERS = """
CREATE OR REPLACE FUNCTION learning_order_walks() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    decided text[] := ARRAY['state', 'remark', 'number', 'order_date', 'approved_by_id', 'approved_by_person',
        'approved_at', 'text', 'text_hash'];
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'draft' OR NEW.number <> '' OR NEW.order_date IS NOT NULL OR NEW.approved_by_id IS NOT NULL
           OR NEW.approved_by_person IS NOT NULL OR NEW.approved_at IS NOT NULL THEN
            RAISE EXCEPTION 'Приказ начинается с черновика: без номера, даты и подписи (273-ФЗ ст. 53).'
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF (NEW.id, NEW.kind, NEW.cohort_id, NEW.request_key, NEW.drafted_at)
       IS DISTINCT FROM (OLD.id, OLD.kind, OLD.cohort_id, OLD.request_key, OLD.drafted_at) THEN
        RAISE EXCEPTION 'Вид и группа приказа не меняются: подготовьте новый (273-ФЗ ст. 53).'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
        ('draft', 'submitted'), ('draft', 'cancelled'), ('submitted', 'draft'), ('submitted', 'approved')) THEN
        RAISE EXCEPTION 'Приказ готовят, передают на подпись, издают или возвращают: иного пути нет (273-ФЗ ст. 53).'
            USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.state = 'submitted' AND (NEW.state = 'submitted' AND to_jsonb(NEW) <> to_jsonb(OLD)
       OR to_jsonb(NEW) - decided <> to_jsonb(OLD) - decided) THEN
        RAISE EXCEPTION 'Приказ на подписи не правят: его возвращают в черновик (273-ФЗ ст. 53).'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state <> 'approved' OR OLD.state = 'approved' THEN
        RETURN NEW;
    END IF;
    IF NOT EXISTS (SELECT FROM access_account WHERE id = NEW.approved_by_id AND person_uid = NEW.approved_by_person) THEN
        RAISE EXCEPTION 'Приказ издаёт человек под своей учётной записью (п. 3.8).' USING ERRCODE = 'check_violation';
    END IF;
    PERFORM FROM learning_orderline l JOIN people_learner p ON p.id = l.learner_id
        JOIN people_person h ON h.id = p.person_id WHERE l.order_id = NEW.id ORDER BY h.id FOR SHARE OF h;
    IF EXISTS (SELECT FROM learning_orderline l JOIN people_learner p ON p.id = l.learner_id
               JOIN people_person h ON h.id = p.person_id
               WHERE l.order_id = NEW.id AND h.human_uid = NEW.approved_by_person) THEN
        RAISE EXCEPTION 'Названный в приказе его не издаёт (п. 3.8).' USING ERRCODE = 'check_violation';
    END IF;
    IF NOT EXISTS (SELECT FROM registers_entry e JOIN registers_register r ON r.id = e.register_id
                   WHERE e.record_type = 'learning.order' AND e.record_id = NEW.id AND e.written = NEW.number
                     AND r.code = 'order-' || NEW.kind AND r.year = extract(year FROM NEW.order_date)) THEN
        RAISE EXCEPTION 'Номера «%» нет в книге приказов: номер даёт книга регистрации (п. 2.5).', NEW.number
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
"""

REOPENINGS = """
CREATE OR REPLACE FUNCTION learning_reopening_walks() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    moving text[] := ARRAY['state', 'refusal', 'decided_by_id', 'decided_by_person', 'decided_at', 'ended_by_id', 'ended_at'];
    sheet learning_marksheet%ROWTYPE;
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'Запись о повторном открытии не удаляется (п. 2.1).' USING ERRCODE = 'restrict_violation';
    END IF;
    SELECT * INTO sheet FROM learning_marksheet WHERE id = NEW.sheet_id FOR SHARE;
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'asked' OR NEW.refusal <> '' OR NEW.decided_by_id IS NOT NULL OR NEW.decided_by_person IS NOT NULL
           OR NEW.ended_by_id IS NOT NULL THEN
            RAISE EXCEPTION 'Повторное открытие сначала просят, решает потом другой человек (п. 2.2).'
                USING ERRCODE = 'check_violation';
        END IF;
        IF NOT EXISTS (SELECT FROM access_account WHERE id = NEW.asked_by_id AND person_uid = NEW.asked_by_person) THEN
            RAISE EXCEPTION 'Повторное открытие просит человек под своей учётной записью (п. 3.8).'
                USING ERRCODE = 'check_violation';
        END IF;
        IF sheet.state <> 'closed' THEN
            RAISE EXCEPTION 'Открывают заново закрытую ведомость (п. 2.2).' USING ERRCODE = 'check_violation';
        END IF;
        IF EXISTS (SELECT FROM programs_module WHERE id = sheet.module_id AND sort = 'final') THEN
            RAISE EXCEPTION 'Итоговую аттестацию заново не открывают: её исправляет протокол комиссии (273-ФЗ ст. 59).'
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF to_jsonb(NEW) = to_jsonb(OLD) THEN
        RETURN NEW;
    END IF;
    IF (OLD.state, NEW.state) NOT IN (('asked', 'open'), ('asked', 'refused'), ('open', 'ended'))
       OR to_jsonb(NEW) - moving <> to_jsonb(OLD) - moving OR (NEW.state = 'refused') <> (NEW.refusal <> '')
       OR OLD.state = 'open' AND (NEW.decided_by_id, NEW.decided_by_person, NEW.decided_at, NEW.refusal)
           IS DISTINCT FROM (OLD.decided_by_id, OLD.decided_by_person, OLD.decided_at, OLD.refusal)
       OR OLD.state = 'asked' AND NOT EXISTS (
           SELECT FROM access_account WHERE id = NEW.decided_by_id AND person_uid = NEW.decided_by_person) THEN
        RAISE EXCEPTION 'О повторном открытии решают один раз, и оно один раз кончается (п. 2.2).'
            USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.state = 'asked' THEN
        PERFORM FROM learning_mark m JOIN learning_enrolment e ON e.id = m.enrolment_id
            JOIN people_learner l ON l.id = e.learner_id JOIN people_person p ON p.id = l.person_id
            WHERE m.sheet_id = sheet.id ORDER BY p.id FOR SHARE OF p;
    END IF;
    IF OLD.state = 'asked' AND (
        EXISTS (SELECT FROM people_employee e JOIN people_person p ON p.id = e.person_id
                WHERE p.uid = NEW.decided_by_person AND (e.id = sheet.teacher_id OR e.id IN (
                    SELECT employee_id FROM learning_commissioner WHERE sheet_id = sheet.id)))
        OR EXISTS (SELECT FROM access_account WHERE id = sheet.closed_by_id AND person_uid = NEW.decided_by_person)
        OR EXISTS (SELECT FROM learning_mark m JOIN learning_enrolment e ON e.id = m.enrolment_id
                   JOIN people_learner l ON l.id = e.learner_id JOIN people_person p ON p.id = l.person_id
                   WHERE m.sheet_id = sheet.id AND p.human_uid = NEW.decided_by_person)) THEN
        RAISE EXCEPTION 'О повторном открытии решает не тот, кто ведёт или закрыл ведомость, и не тот, кому в ней оценка (п. 2.2, 3.8).'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state = 'open' AND EXISTS (SELECT FROM learning_correction c JOIN learning_mark m ON m.id = c.mark_id
                                      WHERE m.sheet_id = sheet.id AND c.state = 'proposed') THEN
        RAISE EXCEPTION 'Сначала решают предложенные исправления, потом открывают ведомость (п. 2.1).'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("learning", "0031_term_of_a_reopening"),
        ("people", "0013_parted_cards_let_go"),
    ]

    operations = [
        ReplaceFunction(ABSORBED, was="learning.0026_one_person_of_several_cards"),
        ReplaceFunction(CORRECTIONS, was="learning.0026_one_person_of_several_cards"),
        ReplaceFunction(EXCUSES, was="learning.0026_one_person_of_several_cards"),
        ReplaceFunction(AWARDS, was="learning.0026_one_person_of_several_cards"),
        ReplaceFunction(ORDERS, was="learning.0026_one_person_of_several_cards"),
        ReplaceFunction(REOPENINGS, was="learning.0026_one_person_of_several_cards"),
    ]
