"""A transfer ends one record book and begins the next; what was sat counts in it, debts too (273-ФЗ ст. 57, 58).

The plan of the new book is written by the order of transfer itself, in the transaction of its issue.
"""

from importlib import import_module

from django.db import migrations

from zachetka.postgres.append_only import AppendOnly
from zachetka.postgres.replacing import ReplaceFunction

CARRIED = """
CREATE FUNCTION learning_carried_is_lawful() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    book learning_enrolment%ROWTYPE;
BEGIN
    SELECT * INTO book FROM learning_enrolment WHERE id = NEW.enrolment_id FOR SHARE;
    IF book.continues_id IS NULL OR book.study_plan_id IS NOT NULL
       OR EXISTS (SELECT FROM learning_mark WHERE enrolment_id = NEW.enrolment_id) THEN
        RAISE EXCEPTION 'Результаты переносит приказ о переводе, в новую книжку без своих оценок (273-ФЗ ст. 57).'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.source_id <> book.continues_id AND NOT EXISTS (
        SELECT FROM learning_carried k WHERE k.enrolment_id = book.continues_id AND k.source_id = NEW.source_id
        AND k.module_id = NEW.module_id) THEN
        RAISE EXCEPTION 'Переносят из книжки, которую продолжают, и перенесённое в неё раньше (273-ФЗ ст. 57).'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NOT EXISTS (
        SELECT FROM learning_mark m JOIN learning_marksheet s ON s.id = m.sheet_id
        JOIN learning_cohort c ON c.id = book.cohort_id
        JOIN programs_module p ON p.id = s.module_id AND p.version_id = c.program_version_id
        WHERE m.id = NEW.mark_id AND m.enrolment_id = NEW.source_id AND s.module_id = NEW.module_id
          AND m.grade_id IS NOT NULL AND p.sort <> 'final'
          AND NOT EXISTS (SELECT FROM learning_mark later WHERE later.supersedes_id = m.id)) THEN
        RAISE EXCEPTION 'Переносят действующую оценку этого человека по этой дисциплине, кроме итоговой аттестации (273-ФЗ ст. 57).'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER carried_is_lawful BEFORE INSERT ON learning_carried
    FOR EACH ROW EXECUTE FUNCTION learning_carried_is_lawful();
ALTER TABLE learning_carried ENABLE ALWAYS TRIGGER carried_is_lawful;

CREATE FUNCTION learning_transfer_is_settled() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM learning_sheetmember n JOIN learning_marksheet s ON s.id = n.sheet_id
        WHERE n.enrolment_id = NEW.id AND s.state = 'open' AND NOT EXISTS (
            SELECT FROM learning_mark m WHERE m.sheet_id = s.id AND m.enrolment_id = NEW.id AND m.grade_id IS NOT NULL
            AND NOT EXISTS (SELECT FROM learning_mark later WHERE later.supersedes_id = m.id))) THEN
        RAISE EXCEPTION 'Назначена сдача: переводят, когда она состоялась (273-ФЗ ст. 57, 58).'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER transfer_is_settled BEFORE UPDATE ON learning_enrolment
    FOR EACH ROW WHEN (NEW.state = 'moved' AND OLD.state <> 'moved') EXECUTE FUNCTION learning_transfer_is_settled();
ALTER TABLE learning_enrolment ENABLE ALWAYS TRIGGER transfer_is_settled;
"""

UNCARRIED = """
DROP TRIGGER transfer_is_settled ON learning_enrolment;
DROP FUNCTION learning_transfer_is_settled();
DROP TRIGGER carried_is_lawful ON learning_carried;
DROP FUNCTION learning_carried_is_lawful();
"""

WRITTEN = """
CREATE OR REPLACE FUNCTION learning_plan_is_written() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    by_order learning_order%ROWTYPE;
BEGIN
    SELECT * INTO by_order FROM learning_order WHERE id = NEW.order_id FOR SHARE;
    IF NOT (by_order.kind = 'study_plan' AND by_order.state = 'draft' OR by_order.kind = 'transfer' AND EXISTS (
            SELECT FROM learning_enrolment e WHERE e.id = NEW.enrolment_id AND e.enrolment_order_id = NEW.order_id
            AND e.study_plan_id IS NULL)) THEN
        RAISE EXCEPTION 'Индивидуальный план пишут в черновике приказа о нём или вместе с переводом (273-ФЗ ст. 34 ч. 1 п. 3).'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NOT EXISTS (SELECT FROM access_account WHERE id = NEW.written_by_id AND person_uid = NEW.written_by_person) THEN
        RAISE EXCEPTION 'Индивидуальный план пишет человек под своей учётной записью (п. 3.8).'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NOT EXISTS (SELECT FROM learning_enrolment e JOIN learning_orderline l ON l.learner_id = e.learner_id
                   WHERE e.id = NEW.enrolment_id AND e.cohort_id = coalesce(by_order.target_id, by_order.cohort_id)
                     AND l.order_id = NEW.order_id
                     AND e.started_on <= NEW.ends_on) THEN
        RAISE EXCEPTION 'Индивидуальный план — тому, кто назван в приказе, и не короче прошедшего (273-ФЗ ст. 34 ч. 1 п. 3).'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
"""

LINES = """
CREATE OR REPLACE FUNCTION learning_plan_line_is_lawful() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    plan learning_studyplan%ROWTYPE;
    by_order learning_order%ROWTYPE;
BEGIN
    SELECT * INTO plan FROM learning_studyplan WHERE id = NEW.plan_id;
    SELECT * INTO by_order FROM learning_order WHERE id = plan.order_id FOR SHARE;
    IF by_order.kind = 'study_plan' AND (by_order.state <> 'draft'
           OR EXISTS (SELECT FROM learning_studyplan WHERE order_id = plan.order_id AND id > plan.id))
       OR by_order.kind = 'transfer'
          AND NOT EXISTS (SELECT FROM learning_enrolment WHERE id = plan.enrolment_id AND study_plan_id IS NULL) THEN
        RAISE EXCEPTION 'Строки плана пишут вместе с ним, в черновике приказа (273-ФЗ ст. 34 ч. 1 п. 3).'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NOT EXISTS (
        SELECT FROM learning_enrolment e JOIN learning_cohort c ON c.id = e.cohort_id
        JOIN programs_module m ON m.version_id = c.program_version_id
        WHERE e.id = plan.enrolment_id AND m.id = NEW.module_id AND (NEW.way = 'apart' OR m.sort <> 'final')
          AND (NEW.held_by IS NULL OR NEW.held_by BETWEEN e.started_on AND plan.ends_on)) THEN
        RAISE EXCEPTION 'В плане — дисциплины программы, сроки в его пределах, итоговая аттестация у всех (273-ФЗ ст. 59).'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.way = 'carried' AND NOT EXISTS (
        SELECT FROM learning_carried WHERE enrolment_id = plan.enrolment_id AND module_id = NEW.module_id) THEN
        RAISE EXCEPTION 'Переносят то, что перенёс приказ о переводе (273-ФЗ ст. 57).' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
"""

FORCE = """
CREATE OR REPLACE FUNCTION learning_plan_comes_into_force() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    plan learning_studyplan%ROWTYPE;
    by_order learning_order%ROWTYPE;
    before timestamptz;
    kept integer;
    least integer;
    spoiled text;
BEGIN
    SELECT * INTO plan FROM learning_studyplan WHERE id = NEW.study_plan_id;
    SELECT * INTO by_order FROM learning_order WHERE id = plan.order_id;
    SELECT o.approved_at INTO before FROM learning_studyplan p JOIN learning_order o ON o.id = p.order_id
    WHERE p.id = OLD.study_plan_id;
    IF plan.id IS NULL OR plan.enrolment_id <> NEW.id OR by_order.state <> 'approved' OR OLD.state <> 'active'
       OR NEW.state <> 'active' OR by_order.approved_at < before OR plan.order_id = (
           SELECT order_id FROM learning_studyplan WHERE id = OLD.study_plan_id)
       OR EXISTS (SELECT FROM learning_studyplan p WHERE p.order_id = plan.order_id AND p.enrolment_id = NEW.id
                  AND p.id > plan.id) THEN
        RAISE EXCEPTION 'Индивидуальный план вводит в действие изданный приказ, тому, кто обучается (273-ФЗ ст. 34 ч. 1 п. 3).'
            USING ERRCODE = 'check_violation';
    END IF;
    WITH ways AS (
        SELECT m.id, m.title, m.hours, coalesce(now.way, 'group') AS way, coalesce(was.way, 'group') AS was
        FROM learning_cohort c JOIN programs_module m ON m.version_id = c.program_version_id
        LEFT JOIN learning_planline now ON now.plan_id = NEW.study_plan_id AND now.module_id = m.id
        LEFT JOIN learning_planline was ON was.plan_id = OLD.study_plan_id AND was.module_id = m.id
        WHERE c.id = NEW.cohort_id
    )
    SELECT min(w.title) FILTER (WHERE w.way <> w.was AND (
            w.was = 'carried'
            OR w.way <> 'carried' AND EXISTS (
                SELECT FROM learning_carried k WHERE k.enrolment_id = NEW.id AND k.module_id = w.id)
            OR EXISTS (SELECT FROM learning_mark k JOIN learning_marksheet s ON s.id = k.sheet_id
                    WHERE k.enrolment_id = NEW.id AND s.module_id = w.id AND k.grade_id IS NOT NULL
                      AND NOT EXISTS (SELECT FROM learning_mark later WHERE later.supersedes_id = k.id))
            OR EXISTS (SELECT FROM learning_sheetmember n JOIN learning_marksheet s ON s.id = n.sheet_id
                       WHERE n.enrolment_id = NEW.id AND s.module_id = w.id AND s.state = 'open')
            OR w.way = 'group' AND EXISTS (
                SELECT FROM learning_marksheet s WHERE s.cohort_id = NEW.cohort_id AND s.module_id = w.id
                AND s.attempt = 1 AND s.serial = 1 AND s.state <> 'open'))),
           sum(w.hours) FILTER (WHERE w.way <> 'needs')
    INTO spoiled, kept FROM ways w;
    IF spoiled IS NOT NULL THEN
        RAISE EXCEPTION '«%»: оценку, назначенную сдачу и закрытую ведомость план не отменяет (273-ФЗ ст. 58).', spoiled
            USING ERRCODE = 'check_violation';
    END IF;
    SELECT max(h.hours) INTO least FROM learning_cohort c JOIN programs_programversion v ON v.id = c.program_version_id
    JOIN programs_program p ON p.id = v.program_id JOIN programs_hourminimum h ON h.kind = p.kind
    WHERE c.id = NEW.cohort_id AND h.valid_from <= by_order.order_date
      AND (h.valid_to IS NULL OR h.valid_to >= by_order.order_date);
    IF kept < coalesce(least, 0) THEN
        RAISE EXCEPTION 'В плане % ч вместе с зачтённым, а минимум этого вида программ — % ч (п. 2.3).', kept, least
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
"""

ENROLMENTS = """
CREATE OR REPLACE FUNCTION learning_enrolment_walks() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    moving text[] := ARRAY['number', 'state', 'ended_on', 'admission_order_id', 'withdrawal_order_id',
        'study_plan_id'];
    by_order learning_order%ROWTYPE;
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'active' OR NEW.number IS NOT NULL OR NEW.ended_on IS NOT NULL
           OR NEW.admission_order_id IS NOT NULL OR NEW.withdrawal_order_id IS NOT NULL OR NEW.study_plan_id IS NOT NULL THEN
            RAISE EXCEPTION 'Зачётная книжка начинается с зачисления: без номера, допуска и отчисления (п. 2.5).'
                USING ERRCODE = 'check_violation';
        END IF;
        IF NOT EXISTS (SELECT FROM learning_orderline
                       WHERE order_id = NEW.enrolment_order_id AND learner_id = NEW.learner_id) THEN
            RAISE EXCEPTION 'Зачисляют тех, кто назван в приказе (273-ФЗ ст. 53).' USING ERRCODE = 'check_violation';
        END IF;
        SELECT * INTO by_order FROM learning_order WHERE id = NEW.enrolment_order_id FOR SHARE;
        IF by_order.kind NOT IN ('enrolment', 'transfer') OR (by_order.kind = 'transfer') <> (NEW.continues_id IS NOT NULL)
           OR by_order.kind = 'transfer' AND NOT EXISTS (
               SELECT FROM learning_enrolment e JOIN learning_cohort c ON c.id = e.cohort_id
               JOIN learning_cohort t ON t.id = by_order.target_id
               WHERE e.id = NEW.continues_id AND e.learner_id = NEW.learner_id AND e.state = 'moved'
                 AND e.withdrawal_order_id = by_order.id AND NEW.cohort_id = by_order.target_id
                 AND t.program_version_id = c.program_version_id AND NEW.started_on = by_order.effective_on
                 AND NEW.started_on BETWEEN t.starts_on AND t.ends_on
                 AND (NEW.education_id, NEW.issue_deferred) IS NOT DISTINCT FROM (e.education_id, e.issue_deferred)) THEN
            RAISE EXCEPTION 'Переводом продолжают книжку того же человека, в группе из приказа, с его дня (273-ФЗ ст. 57).'
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF to_jsonb(NEW) - moving <> to_jsonb(OLD) - moving THEN
        RAISE EXCEPTION 'Сведения о зачислении не меняются (п. 2.5).' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.number IS DISTINCT FROM OLD.number AND NOT EXISTS (
        SELECT FROM registers_entry e JOIN registers_register r ON r.id = e.register_id
        WHERE e.record_type = 'learning.enrolment' AND e.record_id = NEW.id AND e.written = NEW.number
          AND r.code = 'record-book') THEN
        RAISE EXCEPTION 'Номера «%» нет в книге зачётных книжек: номер даёт книга регистрации (п. 2.5).', NEW.number
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state = OLD.state THEN
        IF (NEW.ended_on, NEW.admission_order_id, NEW.withdrawal_order_id)
           IS DISTINCT FROM (OLD.ended_on, OLD.admission_order_id, OLD.withdrawal_order_id) THEN
            RAISE EXCEPTION 'Приказ в зачётной книжке не подменяют (п. 2.5).' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF (OLD.state, NEW.state) NOT IN (('active', 'admitted'), ('active', 'completed'), ('active', 'withdrawn'),
                                      ('active', 'moved'),
                                      ('admitted', 'completed'), ('admitted', 'withdrawn')) THEN
        RAISE EXCEPTION 'Обучающегося допускают и отчисляют приказом, назад дороги нет (273-ФЗ ст. 59, 61).'
            USING ERRCODE = 'check_violation';
    END IF;
    SELECT o.* INTO by_order FROM learning_order o
    JOIN learning_orderline l ON l.order_id = o.id AND l.learner_id = NEW.learner_id
    WHERE o.state = 'approved' AND o.cohort_id = NEW.cohort_id AND CASE WHEN NEW.state = 'admitted'
        THEN o.id = NEW.admission_order_id AND o.kind = 'admission'
        ELSE o.id = NEW.withdrawal_order_id AND o.kind = CASE NEW.state WHEN 'moved' THEN 'transfer' ELSE 'withdrawal' END
        END;
    IF by_order.id IS NULL OR (CASE WHEN NEW.state = 'admitted'
        THEN (NEW.ended_on, NEW.withdrawal_order_id) IS DISTINCT FROM (OLD.ended_on, OLD.withdrawal_order_id)
        ELSE NEW.admission_order_id IS DISTINCT FROM OLD.admission_order_id
             OR NEW.ended_on IS DISTINCT FROM by_order.effective_on
             OR (NEW.state = 'completed') <> (by_order.ground = 'completed') END) THEN
        RAISE EXCEPTION 'Допуск и отчисление — только изданным приказом о человеке этой группы (273-ФЗ ст. 59, 61).'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
"""

ORDERS = """
CREATE OR REPLACE FUNCTION learning_order_is_done() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM learning_orderline WHERE order_id = NEW.id) OR EXISTS (
        SELECT FROM learning_orderline l WHERE l.order_id = NEW.id AND NOT EXISTS (
            SELECT FROM learning_enrolment e WHERE e.learner_id = l.learner_id
            AND e.cohort_id = coalesce(NEW.target_id, NEW.cohort_id)
            AND (NEW.kind <> 'transfer' OR e.enrolment_order_id = NEW.id)
            AND NEW.id = CASE NEW.kind WHEN 'enrolment' THEN e.enrolment_order_id
                WHEN 'admission' THEN e.admission_order_id WHEN 'withdrawal' THEN e.withdrawal_order_id
                ELSE (SELECT p.order_id FROM learning_studyplan p WHERE p.id = e.study_plan_id) END)) THEN
        RAISE EXCEPTION 'Изданный приказ исполняется сразу и обо всех, кто в нём назван (273-ФЗ ст. 53).'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.kind = 'transfer' AND EXISTS (
        SELECT FROM learning_enrolment e JOIN learning_mark m ON m.enrolment_id = e.continues_id
        JOIN learning_marksheet s ON s.id = m.sheet_id
        WHERE e.enrolment_order_id = NEW.id AND m.grade_id IS NOT NULL
          AND NOT EXISTS (SELECT FROM learning_mark later WHERE later.supersedes_id = m.id)
          AND NOT EXISTS (SELECT FROM learning_carried k WHERE k.enrolment_id = e.id AND k.source_id = e.continues_id
                          AND k.module_id = s.module_id)
        UNION ALL
        SELECT FROM learning_enrolment e JOIN learning_carried before ON before.enrolment_id = e.continues_id
        WHERE e.enrolment_order_id = NEW.id AND NOT EXISTS (
            SELECT FROM learning_carried k WHERE k.enrolment_id = e.id AND k.source_id = before.source_id
            AND k.module_id = before.module_id)) THEN
        RAISE EXCEPTION 'При переводе переносят всё, что сдано, и долги тоже (273-ФЗ ст. 57, 58).'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.kind = 'transfer' AND EXISTS (
        SELECT FROM learning_enrolment e JOIN learning_marksheet s ON s.cohort_id = e.cohort_id
        WHERE e.enrolment_order_id = NEW.id AND s.attempt = 1 AND s.serial = 1 AND s.state <> 'open'
          AND NOT EXISTS (SELECT FROM learning_planline l WHERE l.plan_id = e.study_plan_id AND l.module_id = s.module_id))
    THEN
        RAISE EXCEPTION 'В закрытую ведомость нового слушателя не внести: назначьте сдачу отдельно (п. 2.2; 273-ФЗ ст. 57).'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
"""

MEMBERS = """
CREATE OR REPLACE FUNCTION learning_member_is_lawful() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    sheet learning_marksheet%ROWTYPE;
    tried integer;
    passed boolean;
    since date;
    latest date;
    own learning_planline%ROWTYPE;
BEGIN
    SELECT * INTO sheet FROM learning_marksheet WHERE id = NEW.sheet_id FOR SHARE;
    IF sheet.attempt = 1 AND sheet.serial = 1 OR sheet.state <> 'open' THEN
        RAISE EXCEPTION 'Поимённо направляют на пересдачу или перенос, пока ведомость открыта (273-ФЗ ст. 58).'
            USING ERRCODE = 'check_violation';
    END IF;
    PERFORM FROM learning_enrolment WHERE id = NEW.enrolment_id AND cohort_id = sheet.cohort_id
        AND state IN ('active', 'admitted') FOR SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'На пересдачу направляют того, кто обучается в группе (273-ФЗ ст. 58).'
            USING ERRCODE = 'check_violation';
    END IF;
    SELECT count(*), bool_or(a.passes), min(a.held_on), max(a.held_on) INTO tried, passed, since, latest
    FROM learning_attempts(NEW.enrolment_id, sheet.module_id) a;
    IF passed OR tried <> sheet.attempt - 1 THEN
        RAISE EXCEPTION 'Попытка % не по закону: зачтённых попыток %, пересдач не больше двух (273-ФЗ ст. 58 ч. 5).',
            sheet.attempt, tried USING ERRCODE = 'check_violation';
    END IF;
    IF tried > 0 AND (sheet.held_on <= latest
                      OR sheet.held_on > learning_debt_until(NEW.enrolment_id, since)) THEN
        RAISE EXCEPTION 'Пересдача — после прежней попытки и в пределах года, без дней болезни и отпуска (273-ФЗ ст. 58 ч. 5).'
            USING ERRCODE = 'check_violation';
    END IF;
    SELECT l.* INTO own FROM learning_enrolment e JOIN learning_planline l ON l.plan_id = e.study_plan_id
    WHERE e.id = NEW.enrolment_id AND l.module_id = sheet.module_id;
    IF own.way NOT IN ('apart', 'carried') OR tried = 0 AND own.way = 'apart' AND sheet.held_on > own.held_by THEN
        RAISE EXCEPTION 'По индивидуальному плану этой дисциплины нет, или её срок раньше (273-ФЗ ст. 34 ч. 1 п. 3).'
            USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (SELECT FROM learning_sheetmember n JOIN learning_marksheet s ON s.id = n.sheet_id
               WHERE n.enrolment_id = NEW.enrolment_id AND s.module_id = sheet.module_id AND s.state = 'open'
                 AND s.id <> sheet.id) THEN
        RAISE EXCEPTION 'Пересдача этой дисциплины слушателю уже назначена (273-ФЗ ст. 58).'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
"""

IN_TIME = """
CREATE OR REPLACE FUNCTION learning_enrolment_is_in_time() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM learning_marksheet
    WHERE cohort_id = NEW.cohort_id AND attempt = 1 AND serial = 1 ORDER BY id FOR SHARE;
    IF NEW.continues_id IS NULL AND EXISTS (SELECT FROM learning_marksheet
               WHERE cohort_id = NEW.cohort_id AND attempt = 1 AND serial = 1 AND state <> 'open') THEN
        RAISE EXCEPTION 'В закрытую ведомость нового слушателя не внести: зачисляют в другую группу (п. 2.2).'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
"""

LAWFUL = """
CREATE OR REPLACE FUNCTION learning_enrolment_is_lawful() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'Зачётная книжка не удаляется (п. 2.5).' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'UPDATE' AND ((NEW.learner_id, NEW.cohort_id, NEW.enrolment_order_id)
        <> (OLD.learner_id, OLD.cohort_id, OLD.enrolment_order_id)
        OR (OLD.number IS NOT NULL AND NEW.number IS DISTINCT FROM OLD.number)) THEN
        RAISE EXCEPTION 'Зачётная книжка остаётся за своим владельцем и группой (п. 2.5).' USING ERRCODE = 'check_violation';
    END IF;
    IF NOT EXISTS (SELECT FROM learning_order o WHERE o.id = NEW.enrolment_order_id AND o.state = 'approved'
                   AND (o.kind = 'enrolment' AND o.cohort_id = NEW.cohort_id
                        OR o.kind = 'transfer' AND o.target_id = NEW.cohort_id)) THEN
        RAISE EXCEPTION 'Зачисление и перевод — только изданным приказом (273-ФЗ ст. 53, 57).' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
"""

# Attempts and good reasons of the books whose results were carried count too.
ATTEMPTS = """
CREATE OR REPLACE FUNCTION learning_attempts(of_enrolment bigint, of_module bigint)
RETURNS TABLE (held_on date, passes boolean) LANGUAGE sql STABLE AS $$
    SELECT m.held_on, g.is_passing FROM learning_mark m
    JOIN learning_marksheet s ON s.id = m.sheet_id JOIN programs_grade g ON g.id = m.grade_id
    WHERE s.module_id = of_module
      AND (m.enrolment_id = of_enrolment OR m.enrolment_id IN (
          SELECT source_id FROM learning_carried WHERE enrolment_id = of_enrolment AND module_id = of_module))
      AND NOT EXISTS (SELECT FROM learning_mark later WHERE later.supersedes_id = m.id)
      AND NOT (g.is_absence AND EXISTS (
          SELECT FROM learning_excuse x WHERE (x.enrolment_id = of_enrolment OR x.enrolment_id IN (
              SELECT source_id FROM learning_carried WHERE enrolment_id = of_enrolment)) AND x.cancels_id IS NULL
          AND m.held_on BETWEEN x.first_day AND x.last_day
          AND NOT EXISTS (SELECT FROM learning_excuse back WHERE back.cancels_id = x.id)))
$$;

CREATE OR REPLACE FUNCTION learning_debt_until(of_enrolment bigint, since date) RETURNS date LANGUAGE plpgsql STABLE AS $$
DECLARE
    until date := (since + interval '1 year')::date;
    moved date;
BEGIN
    LOOP
        SELECT (since + interval '1 year')::date + count(DISTINCT day)::integer INTO moved
        FROM learning_excuse x,
             generate_series(greatest(x.first_day, since)::timestamp, least(x.last_day, until)::timestamp, '1 day') day
        WHERE (x.enrolment_id = of_enrolment OR x.enrolment_id IN (
              SELECT source_id FROM learning_carried WHERE enrolment_id = of_enrolment)) AND x.cancels_id IS NULL AND x.kind <> 'other'
          AND NOT EXISTS (SELECT FROM learning_excuse back WHERE back.cancels_id = x.id);
        EXIT WHEN moved = until;
        until := moved;
    END LOOP;
    RETURN until;
END $$;
"""

_BEFORE = import_module("zachetka.learning.migrations.0015_law_of_resits").ATTEMPTS.replace(
    "CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"
)


class Migration(migrations.Migration):
    dependencies = [("learning", "0027_transfers"), ("ledger", "0014_transfers_are_only_added")]

    operations = [
        AppendOnly("learning_carried", writer="zachetka_app"),
        migrations.RunSQL(CARRIED, UNCARRIED),
        ReplaceFunction(WRITTEN, was="learning.0021_law_of_study_plans"),
        ReplaceFunction(LINES, was="learning.0021_law_of_study_plans"),
        ReplaceFunction(FORCE, was="learning.0021_law_of_study_plans"),
        ReplaceFunction(ENROLMENTS, was="learning.0021_law_of_study_plans"),
        ReplaceFunction(ORDERS, was="learning.0021_law_of_study_plans"),
        ReplaceFunction(MEMBERS, was="learning.0021_law_of_study_plans"),
        ReplaceFunction(IN_TIME, was="learning.0019_law_of_reopenings"),
        ReplaceFunction(LAWFUL, was="learning.0002_guards"),
        migrations.RunSQL(ATTEMPTS, _BEFORE),
    ]
