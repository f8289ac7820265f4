"""What must never be true of a register, refused by the database (п. 2.5)."""

from django.db import migrations

from zachetka.postgres.append_only import AppendOnly

GUARDS = """
CREATE FUNCTION registers_counter_only_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'Книга регистрации не удаляется (п. 2.5).' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.last_number < OLD.last_number OR (NEW.code, NEW.year, NEW.pattern) <> (OLD.code, OLD.year, OLD.pattern) THEN
        RAISE EXCEPTION 'Номер в книге регистрации только растёт, сама книга не меняется (п. 2.5).'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER counter_only_grows BEFORE UPDATE OR DELETE ON registers_register
    FOR EACH ROW EXECUTE FUNCTION registers_counter_only_grows();
ALTER TABLE registers_register ENABLE ALWAYS TRIGGER counter_only_grows;

CREATE FUNCTION registers_number_was_counted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.number < 1 OR NEW.number > (SELECT last_number FROM registers_register WHERE id = NEW.register_id) THEN
        RAISE EXCEPTION 'Номер % не выдан счётчиком книги (п. 2.5).', NEW.number USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER number_was_counted BEFORE INSERT ON registers_entry
    FOR EACH ROW EXECUTE FUNCTION registers_number_was_counted();
ALTER TABLE registers_entry ENABLE ALWAYS TRIGGER number_was_counted;
"""

UNGUARDED = """
DROP TRIGGER number_was_counted ON registers_entry;
DROP FUNCTION registers_number_was_counted();
DROP TRIGGER counter_only_grows ON registers_register;
DROP FUNCTION registers_counter_only_grows();
"""


class Migration(migrations.Migration):
    dependencies = [("registers", "0001_initial")]

    operations = [
        AppendOnly("registers_entry", writer="zachetka_app"),
        migrations.RunSQL(GUARDS, UNGUARDED),
    ]
