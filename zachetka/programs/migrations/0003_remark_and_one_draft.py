"""A remark of the head, one draft at a time, and planned results tied to modules only while it is a draft (п. 1.3, 2.3)."""

from django.db import migrations, models
from django.db.models import Q

GUARDS = """
CREATE FUNCTION programs_proofs_are_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    link programs_plannedresult_modules%ROWTYPE;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        RAISE EXCEPTION 'Связь результата с модулем не меняется: уберите её и внесите новую (п. 1.3).'
            USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN link := OLD; ELSE link := NEW; END IF;
    IF EXISTS (SELECT FROM programs_plannedresult r JOIN programs_programversion v ON v.id = r.version_id
               WHERE r.id = link.plannedresult_id AND v.state <> 'draft') THEN
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
CREATE TRIGGER proofs_are_frozen BEFORE INSERT OR UPDATE OR DELETE ON programs_plannedresult_modules
    FOR EACH ROW EXECUTE FUNCTION programs_proofs_are_frozen();
ALTER TABLE programs_plannedresult_modules ENABLE ALWAYS TRIGGER proofs_are_frozen;
"""

UNGUARDED = """
DROP TRIGGER proofs_are_frozen ON programs_plannedresult_modules;
DROP FUNCTION programs_proofs_are_frozen();
"""


class Migration(migrations.Migration):
    dependencies = [("programs", "0002_guards")]

    operations = [
        migrations.AddField(
            model_name="programversion",
            name="remark",
            field=models.CharField(blank=True, default="", max_length=500, verbose_name="замечание руководителя"),
            preserve_default=False,
        ),
        migrations.AddConstraint(
            model_name="programversion",
            constraint=models.UniqueConstraint(
                condition=Q(("state__in", ["draft", "submitted"])), fields=("program",), name="program_has_one_draft"
            ),
        ),
        migrations.RunSQL(GUARDS, UNGUARDED),
    ]
