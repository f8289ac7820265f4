"""The way of a version, walked by the database too; a plan waits for whoever decides on it (п. 2.3)."""

from django.db import migrations

VERSIONS = """
CREATE FUNCTION programs_version_walks() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    decided text[] := ARRAY['state', 'remark', 'valid_from', 'approved_by_id', 'approved_by_person', 'approved_at'];
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'draft' OR NEW.valid_from IS NOT NULL OR NEW.approved_by_id IS NOT NULL
           OR NEW.approved_by_person IS NOT NULL OR NEW.approved_at IS NOT NULL THEN
            RAISE EXCEPTION 'Редакция программы начинается с черновика (п. 2.3).' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF (NEW.id, NEW.program_id, NEW.number) <> (OLD.id, OLD.program_id, OLD.number) THEN
        RAISE EXCEPTION 'Редакция остаётся за своей программой (п. 2.3).' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
        ('draft', 'submitted'), ('submitted', 'draft'), ('submitted', 'approved'), ('approved', 'retired')) THEN
        RAISE EXCEPTION 'Редакцию готовят, передают, утверждают или возвращают: иного пути нет (п. 2.3).'
            USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.state = 'submitted' AND (NEW.state = 'submitted' AND to_jsonb(NEW) <> to_jsonb(OLD)
       OR to_jsonb(NEW) - decided <> to_jsonb(OLD) - decided) THEN
        RAISE EXCEPTION 'Редакцию на утверждении не правят: её возвращают в черновик (п. 2.3).'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state IN ('draft', 'submitted') AND (NEW.valid_from IS NOT NULL OR NEW.approved_by_id IS NOT NULL
       OR NEW.approved_by_person IS NOT NULL OR NEW.approved_at IS NOT NULL) THEN
        RAISE EXCEPTION 'Подпись и день начала — только у утверждённой редакции (п. 2.3).'
            USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.state = 'submitted' AND NEW.state = 'approved' AND NOT EXISTS (
        SELECT FROM access_account WHERE id = NEW.approved_by_id AND person_uid = NEW.approved_by_person) THEN
        RAISE EXCEPTION 'Редакцию утверждает человек под своей учётной записью (п. 3.8).'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER version_walks BEFORE INSERT OR UPDATE ON programs_programversion
    FOR EACH ROW EXECUTE FUNCTION programs_version_walks();
ALTER TABLE programs_programversion ENABLE ALWAYS TRIGGER version_walks;
"""

UNVERSIONS = """
DROP TRIGGER version_walks ON programs_programversion;
DROP FUNCTION programs_version_walks();
"""

PLANS = """
CREATE OR REPLACE FUNCTION programs_plan_is_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    version bigint;
    version_state text;
BEGIN
    IF TG_OP = 'DELETE' THEN version := OLD.version_id; ELSE version := NEW.version_id; END IF;
    SELECT state INTO version_state FROM programs_programversion WHERE id = version FOR SHARE;
    IF version_state <> 'draft' OR (TG_OP = 'UPDATE' AND NEW.version_id <> OLD.version_id) THEN
        RAISE EXCEPTION 'План меняется только в черновике редакции (п. 2.3).' USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION programs_proofs_are_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    link programs_plannedresult_modules%ROWTYPE;
    version_state text;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        RAISE EXCEPTION 'Связь результата с модулем не меняется: уберите её и внесите новую (п. 1.3).'
            USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN link := OLD; ELSE link := NEW; END IF;
    SELECT v.state INTO version_state FROM programs_plannedresult r JOIN programs_programversion v ON v.id = r.version_id
    WHERE r.id = link.plannedresult_id FOR SHARE OF v;
    IF version_state <> 'draft' THEN
        RAISE EXCEPTION 'Чем доказывается результат, меняется только в черновике редакции (п. 1.3, 2.3).'
            USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    IF (SELECT version_id FROM programs_plannedresult WHERE id = link.plannedresult_id)
       <> (SELECT version_id FROM programs_module WHERE id = link.module_id) THEN
        RAISE EXCEPTION 'Результат доказывают модули своей редакции (п. 1.3).' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
"""

EDITIONS = """
CREATE FUNCTION programs_edition_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'Что действовало, не удаляется (п. 2.3).' USING ERRCODE = 'restrict_violation';
    END IF;
    IF to_jsonb(NEW) - 'valid_to' <> to_jsonb(OLD) - 'valid_to'
       OR OLD.valid_to IS NOT NULL AND NEW.valid_to IS DISTINCT FROM OLD.valid_to THEN
        RAISE EXCEPTION 'Действующее не меняют: его заканчивают и вводят новое (п. 2.3).' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER edition_stays BEFORE UPDATE OR DELETE ON programs_scaleversion
    FOR EACH ROW EXECUTE FUNCTION programs_edition_stays();
ALTER TABLE programs_scaleversion ENABLE ALWAYS TRIGGER edition_stays;
CREATE TRIGGER edition_stays BEFORE UPDATE OR DELETE ON programs_hourminimum
    FOR EACH ROW EXECUTE FUNCTION programs_edition_stays();
ALTER TABLE programs_hourminimum ENABLE ALWAYS TRIGGER edition_stays;

CREATE FUNCTION programs_program_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'Программа не удаляется (п. 2.3).' USING ERRCODE = 'restrict_violation';
    END IF;
    IF (NEW.id, NEW.code, NEW.kind, NEW.created_at) <> (OLD.id, OLD.code, OLD.kind, OLD.created_at) THEN
        RAISE EXCEPTION 'Вид и шифр программы не меняются (п. 2.3).' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER program_stays BEFORE UPDATE OR DELETE ON programs_program
    FOR EACH ROW EXECUTE FUNCTION programs_program_stays();
ALTER TABLE programs_program ENABLE ALWAYS TRIGGER program_stays;
"""

UNEDITIONS = """
DROP TRIGGER program_stays ON programs_program;
DROP FUNCTION programs_program_stays();
DROP TRIGGER edition_stays ON programs_hourminimum;
DROP TRIGGER edition_stays ON programs_scaleversion;
DROP FUNCTION programs_edition_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("programs", "0003_remark_and_one_draft"), ("access", "0003_roles_are_lawful")]

    operations = [
        migrations.RunSQL(VERSIONS, UNVERSIONS),
        migrations.RunSQL(PLANS, migrations.RunSQL.noop),  # the stricter guards serve the schema before them as well
        migrations.RunSQL(EDITIONS, UNEDITIONS),
    ]
