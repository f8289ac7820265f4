"""What must never be true of a programme, refused by the database (п. 2.3), and the minima of hours with their dates."""

from datetime import date

from django.db import migrations

from zachetka.postgres.append_only import AppendOnly

GUARDS = """
CREATE FUNCTION programs_version_is_lawful() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    planned integer;
    least integer;
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.state <> 'draft' THEN
            RAISE EXCEPTION 'Редакция программы не удаляется (п. 2.3).' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN OLD;
    END IF;
    IF OLD.state IN ('approved', 'retired') THEN
        IF NEW.state NOT IN ('approved', 'retired') OR (OLD.state = 'retired' AND NEW.state = 'approved')
           OR (to_jsonb(NEW) - 'state') <> (to_jsonb(OLD) - 'state') THEN
            RAISE EXCEPTION 'Утверждённая редакция не меняется: составьте новую (п. 2.3).'
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF NEW.state = 'approved' THEN
        SELECT coalesce(sum(hours), 0) INTO planned FROM programs_module WHERE version_id = NEW.id;
        IF planned <> NEW.hours THEN
            RAISE EXCEPTION 'Сумма часов плана % не равна объёму программы % (п. 2.3).', planned, NEW.hours
                USING ERRCODE = 'check_violation';
        END IF;
        SELECT max(m.hours) INTO least FROM programs_hourminimum m JOIN programs_program p ON p.kind = m.kind
        WHERE p.id = NEW.program_id AND m.valid_from <= NEW.valid_from
          AND (m.valid_to IS NULL OR m.valid_to >= NEW.valid_from);
        IF NEW.hours < coalesce(least, 1) THEN
            RAISE EXCEPTION 'Объём % ч ниже минимума % ч для этого вида программ.', NEW.hours, least
                USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER version_is_lawful BEFORE UPDATE OR DELETE ON programs_programversion
    FOR EACH ROW EXECUTE FUNCTION programs_version_is_lawful();
ALTER TABLE programs_programversion ENABLE ALWAYS TRIGGER version_is_lawful;

CREATE FUNCTION programs_plan_is_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    version bigint;
BEGIN
    IF TG_OP = 'DELETE' THEN version := OLD.version_id; ELSE version := NEW.version_id; END IF;
    IF (SELECT state FROM programs_programversion WHERE id = version) <> 'draft'
       OR (TG_OP = 'UPDATE' AND NEW.version_id <> OLD.version_id) THEN
        RAISE EXCEPTION 'План меняется только в черновике редакции (п. 2.3).' USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER plan_is_frozen BEFORE INSERT OR UPDATE OR DELETE ON programs_module
    FOR EACH ROW EXECUTE FUNCTION programs_plan_is_frozen();
CREATE TRIGGER plan_is_frozen BEFORE INSERT OR UPDATE OR DELETE ON programs_plannedresult
    FOR EACH ROW EXECUTE FUNCTION programs_plan_is_frozen();
ALTER TABLE programs_module ENABLE ALWAYS TRIGGER plan_is_frozen;
ALTER TABLE programs_plannedresult ENABLE ALWAYS TRIGGER plan_is_frozen;
"""

UNGUARDED = """
DROP TRIGGER plan_is_frozen ON programs_plannedresult;
DROP TRIGGER plan_is_frozen ON programs_module;
DROP FUNCTION programs_plan_is_frozen();
DROP TRIGGER version_is_lawful ON programs_programversion;
DROP FUNCTION programs_version_is_lawful();
"""

MINIMA = (
    ("professional_development", 16, date(2013, 7, 1), date(2025, 8, 31), "п. 12 приказа Минобрнауки № 499"),
    ("professional_development", 16, date(2025, 9, 1), None, "п. 18 приказа Минобрнауки № 266"),
    ("professional_retraining", 250, date(2013, 7, 1), date(2025, 8, 31), "п. 12 приказа Минобрнауки № 499"),
    ("professional_retraining", 250, date(2025, 9, 1), None, "п. 18 приказа Минобрнауки № 266"),
)


def set_minima(apps, schema_editor):
    minimum = apps.get_model("programs", "HourMinimum")
    minimum.objects.using(schema_editor.connection.alias).bulk_create(
        minimum(kind=kind, hours=hours, valid_from=start, valid_to=end, basis=basis)
        for kind, hours, start, end, basis in MINIMA
    )


class Migration(migrations.Migration):
    dependencies = [("programs", "0001_initial")]

    operations = [
        AppendOnly("programs_grade", writer="zachetka_app"),
        migrations.RunSQL(GUARDS, UNGUARDED),
        migrations.RunPython(set_minima, migrations.RunPython.noop),
    ]
