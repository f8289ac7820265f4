"""The database itself keeps separated roles from one person; what was counted long ago is found by its day (п. 3.8)."""

from django.db import migrations, models

APART = """
CREATE FUNCTION access_roles_stand_apart() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    who uuid := (SELECT person_uid FROM access_account WHERE id = NEW.account_id);
    pairs text[] := ARRAY[
        'admin+head', 'admin+inspector', 'admin+methodist', 'admin+privacy', 'admin+registrar', 'admin+security',
        'head+inspector', 'inspector+methodist', 'inspector+privacy', 'inspector+security', 'inspector+teacher'
    ];
BEGIN
    IF NEW.state NOT IN ('proposed', 'active') THEN
        RETURN NEW;
    END IF;
    PERFORM FROM access_account WHERE person_uid = who ORDER BY id FOR NO KEY UPDATE;
    IF EXISTS (
        SELECT FROM access_roleassignment other JOIN access_account own ON own.id = other.account_id
        WHERE own.person_uid = who AND other.id <> NEW.id AND other.state IN ('proposed', 'active')
            AND (other.valid_to IS NULL OR other.valid_to >= NEW.valid_from)
            AND (NEW.valid_to IS NULL OR NEW.valid_to >= other.valid_from)
            AND least(other.role, NEW.role) || '+' || greatest(other.role, NEW.role) = ANY (pairs)
    ) THEN
        RAISE EXCEPTION 'Разделённые роли одному человеку не дают (п. 3.8).' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER roles_stand_apart BEFORE INSERT OR UPDATE ON access_roleassignment
    FOR EACH ROW EXECUTE FUNCTION access_roles_stand_apart();
ALTER TABLE access_roleassignment ENABLE ALWAYS TRIGGER roles_stand_apart;
"""

TOGETHER = """
DROP TRIGGER roles_stand_apart ON access_roleassignment;
DROP FUNCTION access_roles_stand_apart();
"""


class Migration(migrations.Migration):
    dependencies = [("access", "0006_second_factor")]

    operations = [
        migrations.RunSQL(APART, TOGETHER),
        migrations.AddIndex(
            "signinthrottle",
            models.Index(fields=["window_started_at"], name="access_signinthrottle_old"),
        ),
    ]
