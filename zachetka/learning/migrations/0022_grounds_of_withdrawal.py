"""The grounds of the law, and nobody withdrawn for a debt that may still be closed (273-ФЗ ст. 58 ч. 5, 61 ч. 2)."""

from django.db import migrations, models

DEBTS = """
CREATE FUNCTION learning_debt_is_lost() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    by_order learning_order%ROWTYPE;
BEGIN
    SELECT * INTO by_order FROM learning_order WHERE id = NEW.withdrawal_order_id;
    IF by_order.ground IS DISTINCT FROM 'debt' THEN
        RETURN NEW;
    END IF;
    IF OLD.state = 'admitted' AND EXISTS (
        SELECT FROM learning_mark m JOIN learning_marksheet s ON s.id = m.sheet_id
        JOIN programs_module p ON p.id = s.module_id JOIN programs_grade g ON g.id = m.grade_id
        WHERE m.enrolment_id = NEW.id AND p.sort = 'final' AND NOT g.is_passing
          AND NOT EXISTS (SELECT FROM learning_mark later WHERE later.supersedes_id = m.id)) THEN
        RETURN NEW;
    END IF;
    IF NOT EXISTS (
        SELECT FROM programs_module p JOIN learning_cohort c ON c.program_version_id = p.version_id
        CROSS JOIN LATERAL (
            SELECT count(*) AS tried, bool_or(passes) AS passed, min(held_on) FILTER (WHERE NOT passes) AS since
            FROM learning_attempts(NEW.id, p.id)) a
        WHERE c.id = NEW.cohort_id AND p.sort <> 'final' AND a.tried > 0 AND NOT a.passed
          AND (a.tried >= 3 OR learning_debt_until(NEW.id, a.since) < by_order.order_date)) THEN
        RAISE EXCEPTION 'За долг отчисляют, когда его уже не закрыть: обе пересдачи использованы или год истёк (273-ФЗ ст. 58 ч. 5).'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER debt_is_lost BEFORE UPDATE ON learning_enrolment
    FOR EACH ROW WHEN (NEW.state = 'withdrawn' AND OLD.state <> 'withdrawn') EXECUTE FUNCTION learning_debt_is_lost();
ALTER TABLE learning_enrolment ENABLE ALWAYS TRIGGER debt_is_lost;
"""

UNDEBTS = """
DROP TRIGGER debt_is_lost ON learning_enrolment;
DROP FUNCTION learning_debt_is_lost();
"""


class Migration(migrations.Migration):
    dependencies = [("learning", "0021_law_of_study_plans")]

    operations = [
        migrations.AlterField(
            model_name="order",
            name="ground",
            field=models.CharField(
                blank=True,
                choices=[
                    ("completed", "в связи с завершением обучения"),
                    ("own_wish", "по инициативе обучающегося"),
                    ("debt", "за невыполнение учебного плана"),
                    ("breach", "за нарушение порядка приёма"),
                    ("discipline", "в порядке дисциплинарного взыскания"),
                    ("outside", "по обстоятельствам, не зависящим от воли сторон"),
                    ("death", "в связи со смертью"),
                ],
                max_length=12,
                verbose_name="основание отчисления",
            ),
        ),
        migrations.RunSQL(DEBTS, UNDEBTS),
    ]
