"""The law of resits, held by the database: whom a sheet names, how often, until when, who takes it (273-ФЗ ст. 58)."""

from django.db import migrations

from zachetka.postgres.append_only import AppendOnly

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
        AND (NEW.attempt = 1 AND NEW.serial = 1
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

ENROLMENTS = """
CREATE OR REPLACE FUNCTION learning_enrolment_is_in_time() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM learning_marksheet
    WHERE cohort_id = NEW.cohort_id AND attempt = 1 AND serial = 1 ORDER BY id FOR SHARE;
    IF EXISTS (SELECT FROM learning_marksheet
               WHERE cohort_id = NEW.cohort_id AND attempt = 1 AND serial = 1 AND state = 'closed') THEN
        RAISE EXCEPTION 'В закрытую ведомость нового слушателя не внести: зачисляют в другую группу (п. 2.2).'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
"""

# Attempts of a learner at a module that count: absences for a good reason are none (ч. 2).
ATTEMPTS = """
CREATE FUNCTION learning_attempts(of_enrolment bigint, of_module bigint)
RETURNS TABLE (held_on date, passes boolean) LANGUAGE sql STABLE AS $$
    SELECT m.held_on, g.is_passing FROM learning_mark m
    JOIN learning_marksheet s ON s.id = m.sheet_id JOIN programs_grade g ON g.id = m.grade_id
    WHERE m.enrolment_id = of_enrolment AND s.module_id = of_module
      AND NOT EXISTS (SELECT FROM learning_mark later WHERE later.supersedes_id = m.id)
      AND NOT (g.is_absence AND EXISTS (
          SELECT FROM learning_excuse x WHERE x.enrolment_id = of_enrolment AND x.cancels_id IS NULL
          AND m.held_on BETWEEN x.first_day AND x.last_day
          AND NOT EXISTS (SELECT FROM learning_excuse back WHERE back.cancels_id = x.id)))
$$;

CREATE FUNCTION learning_debt_until(of_enrolment bigint, since date) RETURNS date LANGUAGE plpgsql STABLE AS $$
DECLARE
    until date := (since + interval '1 year')::date;
    moved date;
BEGIN
    LOOP
        SELECT (since + interval '1 year')::date + count(DISTINCT day)::integer INTO moved
        FROM learning_excuse x,
             generate_series(greatest(x.first_day, since)::timestamp, least(x.last_day, until)::timestamp, '1 day') day
        WHERE x.enrolment_id = of_enrolment AND x.cancels_id IS NULL AND x.kind <> 'other'
          AND NOT EXISTS (SELECT FROM learning_excuse back WHERE back.cancels_id = x.id);
        EXIT WHEN moved = until;
        until := moved;
    END LOOP;
    RETURN until;
END $$;
"""

UNATTEMPTS = """
DROP FUNCTION learning_debt_until(bigint, date);
DROP FUNCTION learning_attempts(bigint, bigint);
"""

MEMBERS = """
CREATE FUNCTION learning_member_is_lawful() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    sheet learning_marksheet%ROWTYPE;
    tried integer;
    passed boolean;
    since date;
    latest date;
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
    IF EXISTS (SELECT FROM learning_sheetmember n JOIN learning_marksheet s ON s.id = n.sheet_id
               WHERE n.enrolment_id = NEW.enrolment_id AND s.module_id = sheet.module_id AND s.state = 'open'
                 AND s.id <> sheet.id) THEN
        RAISE EXCEPTION 'Пересдача этой дисциплины слушателю уже назначена (273-ФЗ ст. 58).'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER member_is_lawful BEFORE INSERT ON learning_sheetmember
    FOR EACH ROW EXECUTE FUNCTION learning_member_is_lawful();
ALTER TABLE learning_sheetmember ENABLE ALWAYS TRIGGER member_is_lawful;

CREATE FUNCTION learning_mark_is_of_a_member() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM learning_marksheet WHERE id = NEW.sheet_id AND (attempt > 1 OR serial > 1))
       AND NOT EXISTS (SELECT FROM learning_sheetmember WHERE sheet_id = NEW.sheet_id AND enrolment_id = NEW.enrolment_id)
    THEN
        RAISE EXCEPTION 'На эту пересдачу слушателя не направляли (273-ФЗ ст. 58).' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER mark_is_of_a_member BEFORE INSERT ON learning_mark
    FOR EACH ROW EXECUTE FUNCTION learning_mark_is_of_a_member();
ALTER TABLE learning_mark ENABLE ALWAYS TRIGGER mark_is_of_a_member;

CREATE FUNCTION learning_resit_is_held() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM learning_sheetmember WHERE sheet_id = NEW.id) THEN
        RAISE EXCEPTION 'Пересдачу назначают кому-то поимённо (273-ФЗ ст. 58).' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.attempt = 3 AND (
        (SELECT count(*) FROM learning_commissioner WHERE sheet_id = NEW.id) < 3
        OR NOT EXISTS (SELECT FROM learning_commissioner
                       WHERE sheet_id = NEW.id AND is_chair AND employee_id = NEW.teacher_id)) THEN
        RAISE EXCEPTION 'Вторую пересдачу принимает комиссия из трёх человек, ведомость ведёт её председатель (273-ФЗ ст. 58 ч. 6).'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER resit_is_held AFTER INSERT ON learning_marksheet DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.attempt > 1 OR NEW.serial > 1) EXECUTE FUNCTION learning_resit_is_held();
ALTER TABLE learning_marksheet ENABLE ALWAYS TRIGGER resit_is_held;

CREATE FUNCTION learning_commissioner_is_lawful() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM learning_marksheet WHERE id = NEW.sheet_id AND attempt = 3 AND state = 'open' FOR SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'Комиссию назначают на вторую пересдачу, пока ведомость открыта (273-ФЗ ст. 58 ч. 6).'
            USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (SELECT FROM people_employee x JOIN people_employee y ON y.person_id = x.person_id
               JOIN learning_commissioner c ON c.employee_id = y.id
               WHERE x.id = NEW.employee_id AND c.sheet_id = NEW.sheet_id)
       OR EXISTS (SELECT FROM people_employee x JOIN people_learner l ON l.person_id = x.person_id
                  JOIN learning_enrolment e ON e.learner_id = l.id JOIN learning_sheetmember n ON n.enrolment_id = e.id
                  WHERE x.id = NEW.employee_id AND n.sheet_id = NEW.sheet_id) THEN
        RAISE EXCEPTION 'В комиссии разные люди, и ни один не сдаёт сам (273-ФЗ ст. 58 ч. 6; п. 3.8).'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER commissioner_is_lawful BEFORE INSERT ON learning_commissioner
    FOR EACH ROW EXECUTE FUNCTION learning_commissioner_is_lawful();
ALTER TABLE learning_commissioner ENABLE ALWAYS TRIGGER commissioner_is_lawful;
"""

UNMEMBERS = """
DROP TRIGGER commissioner_is_lawful ON learning_commissioner;
DROP FUNCTION learning_commissioner_is_lawful();
DROP TRIGGER resit_is_held ON learning_marksheet;
DROP FUNCTION learning_resit_is_held();
DROP TRIGGER mark_is_of_a_member ON learning_mark;
DROP FUNCTION learning_mark_is_of_a_member();
DROP TRIGGER member_is_lawful ON learning_sheetmember;
DROP FUNCTION learning_member_is_lawful();
"""

EXCUSES = """
CREATE FUNCTION learning_excuse_is_lawful() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM access_account WHERE id = NEW.recorded_by_id AND person_uid = NEW.recorded_by_person) THEN
        RAISE EXCEPTION 'Уважительную причину учитывает человек под своей учётной записью (п. 3.8).'
            USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (SELECT FROM learning_enrolment e JOIN people_learner l ON l.id = e.learner_id
               JOIN people_person p ON p.id = l.person_id
               WHERE e.id = NEW.enrolment_id AND p.uid = NEW.recorded_by_person) THEN
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
ALTER TABLE learning_excuse ENABLE ALWAYS TRIGGER excuse_is_lawful;
"""

UNEXCUSES = """
DROP TRIGGER excuse_is_lawful ON learning_excuse;
DROP FUNCTION learning_excuse_is_lawful();
"""


class Migration(migrations.Migration):
    dependencies = [("learning", "0014_resits")]

    operations = [
        AppendOnly("learning_sheetmember", writer="zachetka_app"),
        AppendOnly("learning_commissioner", writer="zachetka_app"),
        AppendOnly("learning_excuse", writer="zachetka_app"),
        migrations.RunSQL(SHEETS, migrations.RunSQL.noop),  # the stricter guards serve the schema before them as well
        migrations.RunSQL(ENROLMENTS, migrations.RunSQL.noop),
        migrations.RunSQL(ATTEMPTS, UNATTEMPTS),
        migrations.RunSQL(MEMBERS, UNMEMBERS),
        migrations.RunSQL(EXCUSES, UNEXCUSES),
    ]
