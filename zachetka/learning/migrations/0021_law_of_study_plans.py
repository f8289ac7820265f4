"""Individual plans are written in the draft of their order and come into force by it (273-ФЗ ст. 34 ч. 1 п. 3, ст. 58).

Whoever takes a module apart or not at all stands in no sheet of the group for it.
"""

from django.db import migrations

from zachetka.postgres.append_only import AppendOnly
from zachetka.postgres.replacing import ReplaceFunction

PLANS = """
CREATE FUNCTION learning_plan_is_written() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    by_order learning_order%ROWTYPE;
BEGIN
    SELECT * INTO by_order FROM learning_order WHERE id = NEW.order_id FOR SHARE;
    IF by_order.kind <> 'study_plan' OR by_order.state <> 'draft' THEN
        RAISE EXCEPTION 'Индивидуальный план пишут в черновике приказа о нём (273-ФЗ ст. 34 ч. 1 п. 3).'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NOT EXISTS (SELECT FROM access_account WHERE id = NEW.written_by_id AND person_uid = NEW.written_by_person) THEN
        RAISE EXCEPTION 'Индивидуальный план пишет человек под своей учётной записью (п. 3.8).'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NOT EXISTS (SELECT FROM learning_enrolment e JOIN learning_orderline l ON l.learner_id = e.learner_id
                   WHERE e.id = NEW.enrolment_id AND e.cohort_id = by_order.cohort_id AND l.order_id = NEW.order_id
                     AND e.started_on <= NEW.ends_on) THEN
        RAISE EXCEPTION 'Индивидуальный план — тому, кто назван в приказе, и не короче прошедшего (273-ФЗ ст. 34 ч. 1 п. 3).'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER plan_is_written BEFORE INSERT ON learning_studyplan
    FOR EACH ROW EXECUTE FUNCTION learning_plan_is_written();
ALTER TABLE learning_studyplan ENABLE ALWAYS TRIGGER plan_is_written;

CREATE FUNCTION learning_plan_line_is_lawful() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    plan learning_studyplan%ROWTYPE;
BEGIN
    SELECT * INTO plan FROM learning_studyplan WHERE id = NEW.plan_id;
    PERFORM FROM learning_order WHERE id = plan.order_id AND state = 'draft' FOR SHARE;
    IF NOT FOUND OR EXISTS (SELECT FROM learning_studyplan WHERE order_id = plan.order_id AND id > plan.id) THEN
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
    RETURN NEW;
END $$;
CREATE TRIGGER plan_line_is_lawful BEFORE INSERT ON learning_planline
    FOR EACH ROW EXECUTE FUNCTION learning_plan_line_is_lawful();
ALTER TABLE learning_planline ENABLE ALWAYS TRIGGER plan_line_is_lawful;

CREATE FUNCTION learning_plan_comes_into_force() RETURNS trigger LANGUAGE plpgsql AS $$
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
       OR EXISTS (SELECT FROM learning_studyplan WHERE order_id = plan.order_id AND id > plan.id) THEN
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
            EXISTS (SELECT FROM learning_mark k JOIN learning_marksheet s ON s.id = k.sheet_id
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
CREATE TRIGGER plan_comes_into_force BEFORE UPDATE ON learning_enrolment
    FOR EACH ROW WHEN (NEW.study_plan_id IS DISTINCT FROM OLD.study_plan_id)
    EXECUTE FUNCTION learning_plan_comes_into_force();
ALTER TABLE learning_enrolment ENABLE ALWAYS TRIGGER plan_comes_into_force;
"""

UNPLANS = """
DROP TRIGGER plan_comes_into_force ON learning_enrolment;
DROP FUNCTION learning_plan_comes_into_force();
DROP TRIGGER plan_line_is_lawful ON learning_planline;
DROP FUNCTION learning_plan_line_is_lawful();
DROP TRIGGER plan_is_written ON learning_studyplan;
DROP FUNCTION learning_plan_is_written();
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
                                      ('admitted', 'completed'), ('admitted', 'withdrawn')) THEN
        RAISE EXCEPTION 'Обучающегося допускают и отчисляют приказом, назад дороги нет (273-ФЗ ст. 59, 61).'
            USING ERRCODE = 'check_violation';
    END IF;
    SELECT o.* INTO by_order FROM learning_order o
    JOIN learning_orderline l ON l.order_id = o.id AND l.learner_id = NEW.learner_id
    WHERE o.state = 'approved' AND o.cohort_id = NEW.cohort_id AND CASE WHEN NEW.state = 'admitted'
        THEN o.id = NEW.admission_order_id AND o.kind = 'admission'
        ELSE o.id = NEW.withdrawal_order_id AND o.kind = 'withdrawal' END;
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
            SELECT FROM learning_enrolment e WHERE e.learner_id = l.learner_id AND e.cohort_id = NEW.cohort_id
            AND NEW.id = CASE NEW.kind WHEN 'enrolment' THEN e.enrolment_order_id
                WHEN 'admission' THEN e.admission_order_id WHEN 'withdrawal' THEN e.withdrawal_order_id
                ELSE (SELECT p.order_id FROM learning_studyplan p WHERE p.id = e.study_plan_id) END)) THEN
        RAISE EXCEPTION 'Изданный приказ исполняется сразу и обо всех, кто в нём назван (273-ФЗ ст. 53).'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
"""

SHEETS = """
CREATE OR REPLACE FUNCTION learning_sheet_walks() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    changing text[];
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'open' OR NEW.closed_by_id IS NOT NULL OR NEW.closed_at IS NOT NULL THEN
            RAISE EXCEPTION 'Ведомость сначала открывают (п. 2.2).' USING ERRCODE = 'check_violation';
        END IF;
        IF NOT EXISTS (SELECT FROM learning_cohort c JOIN programs_module m ON m.version_id = c.program_version_id
                       WHERE c.id = NEW.cohort_id AND m.id = NEW.module_id) THEN
            RAISE EXCEPTION 'Дисциплины ведомости нет в плане группы (п. 2.2).' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF NEW.state = 'open' AND (NEW.closed_by_id IS NOT NULL OR NEW.closed_at IS NOT NULL) THEN
        RAISE EXCEPTION 'Открытую ведомость ещё никто не закрывал (п. 2.2).' USING ERRCODE = 'check_violation';
    END IF;
    changing := CASE WHEN NEW.state = 'open' THEN ARRAY['teacher_id', 'held_on', 'due_on']
                     ELSE ARRAY['state', 'closed_by_id', 'closed_at'] END;
    IF to_jsonb(NEW) - changing <> to_jsonb(OLD) - changing THEN
        RAISE EXCEPTION 'В открытой ведомости меняют преподавателя и сроки, и ничего больше (п. 2.2).'
            USING ERRCODE = 'check_violation';
    END IF;
    IF (NEW.attempt > 1 OR NEW.serial > 1)
       AND (NEW.held_on <> OLD.held_on OR NEW.attempt = 3 AND NEW.teacher_id <> OLD.teacher_id) THEN
        RAISE EXCEPTION 'День пересдачи не переносят, председателя комиссии не меняют: назначают новую (273-ФЗ ст. 58).'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.held_on <> OLD.held_on AND (
        EXISTS (SELECT FROM learning_mark WHERE sheet_id = NEW.id)
        OR NOT EXISTS (SELECT FROM learning_cohort WHERE id = NEW.cohort_id AND NEW.held_on BETWEEN starts_on AND ends_on))
    THEN
        RAISE EXCEPTION 'Контроль переносят в пределах срока обучения и пока нет оценок (п. 2.2).'
            USING ERRCODE = 'check_violation';
    END IF;
    IF (NEW.held_on, NEW.due_on) <> (OLD.held_on, OLD.due_on) AND NEW.due_on < NEW.held_on THEN
        RAISE EXCEPTION 'Ведомость заполняют не раньше контроля (п. 2.2).' USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.state = 'open' AND NEW.state = 'closed' AND EXISTS (
        SELECT FROM learning_enrolment e WHERE e.cohort_id = NEW.cohort_id AND e.state IN ('active', 'admitted')
        AND (NEW.attempt = 1 AND NEW.serial = 1 AND NOT EXISTS (
                SELECT FROM learning_planline l WHERE l.plan_id = e.study_plan_id AND l.module_id = NEW.module_id)
             OR EXISTS (SELECT FROM learning_sheetmember n WHERE n.sheet_id = NEW.id AND n.enrolment_id = e.id))
        AND NOT EXISTS (
            SELECT FROM learning_mark m WHERE m.sheet_id = NEW.id AND m.enrolment_id = e.id AND m.grade_id IS NOT NULL
            AND NOT EXISTS (SELECT FROM learning_mark later WHERE later.supersedes_id = m.id))) THEN
        RAISE EXCEPTION 'Ведомость закрывают, когда у каждого есть оценка или неявка (п. 2.2).'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
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
    IF own.way <> 'apart' OR tried = 0 AND own.way = 'apart' AND sheet.held_on > own.held_by THEN
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

MARKS = """
CREATE OR REPLACE FUNCTION learning_mark_is_of_a_member() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    sheet learning_marksheet%ROWTYPE;
BEGIN
    SELECT * INTO sheet FROM learning_marksheet WHERE id = NEW.sheet_id;
    IF sheet.attempt > 1 OR sheet.serial > 1 THEN
        IF NOT EXISTS (SELECT FROM learning_sheetmember
                       WHERE sheet_id = NEW.sheet_id AND enrolment_id = NEW.enrolment_id) THEN
            RAISE EXCEPTION 'На эту пересдачу слушателя не направляли (273-ФЗ ст. 58).' USING ERRCODE = 'check_violation';
        END IF;
    ELSIF NEW.grade_id IS NOT NULL AND EXISTS (
        SELECT FROM learning_enrolment e JOIN learning_planline l ON l.plan_id = e.study_plan_id
        WHERE e.id = NEW.enrolment_id AND l.module_id = sheet.module_id) THEN
        RAISE EXCEPTION 'По индивидуальному плану слушатель не сдаёт эту дисциплину с группой (273-ФЗ ст. 34 ч. 1 п. 3).'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("learning", "0020_study_plans"), ("programs", "0007_commission_minimum")]

    operations = [
        AppendOnly("learning_studyplan", writer="zachetka_app"),
        AppendOnly("learning_planline", writer="zachetka_app"),
        migrations.RunSQL(PLANS, UNPLANS),
        ReplaceFunction(ENROLMENTS, was="learning.0005_ways_of_records"),
        ReplaceFunction(ORDERS, was="learning.0005_ways_of_records"),
        ReplaceFunction(SHEETS, was="learning.0015_law_of_resits"),
        ReplaceFunction(MEMBERS, was="learning.0015_law_of_resits"),
        ReplaceFunction(MARKS, was="learning.0015_law_of_resits"),
    ]
