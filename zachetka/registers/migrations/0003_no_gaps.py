"""A register has no gaps: the counter moves only together with its entries, written as the book writes (п. 2.5).

Each move of the counter is checked at commit by the numbers it passed over and no others: a book begins at nought,
entries are only added and never twice under one number, so by induction the counter is the greatest number and
the count of entries. The cost is that of the numbers just given, however thick the book.
"""

from django.db import migrations

GUARDS = """
CREATE FUNCTION registers_book_begins_at_nought() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.last_number <> 0 THEN
        RAISE EXCEPTION 'Новая книга регистрации пуста: счёт в ней с первого номера (п. 2.5).'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER book_begins_at_nought BEFORE INSERT ON registers_register
    FOR EACH ROW EXECUTE FUNCTION registers_book_begins_at_nought();
ALTER TABLE registers_register ENABLE ALWAYS TRIGGER book_begins_at_nought;

CREATE FUNCTION registers_counted_is_entered() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    entered bigint;
BEGIN
    SELECT count(*) INTO entered FROM registers_entry
    WHERE register_id = NEW.id AND number > OLD.last_number AND number <= NEW.last_number;
    IF entered <> NEW.last_number - OLD.last_number THEN
        RAISE EXCEPTION 'Счётчик книги «%» сдвинут на %, а записей %: был бы пропуск номера (п. 2.5).',
            NEW.title, NEW.last_number - OLD.last_number, entered USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER counted_is_entered AFTER UPDATE ON registers_register DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.last_number <> OLD.last_number) EXECUTE FUNCTION registers_counted_is_entered();
ALTER TABLE registers_register ENABLE ALWAYS TRIGGER counted_is_entered;

CREATE FUNCTION registers_number_is_written_so() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    book registers_register%ROWTYPE;
    sample text[];
    shown text;
BEGIN
    SELECT * INTO book FROM registers_register WHERE id = NEW.register_id;
    sample := regexp_match(book.pattern, '\\{number(?::0([0-9]+))?\\}');
    shown := lpad(NEW.number::text, greatest(coalesce(sample[1]::int, 0), length(NEW.number::text)), '0');
    shown := regexp_replace(book.pattern, '\\{number(:0[0-9]+)?\\}', shown);
    shown := replace(replace(shown, '{year}', book.year::text), '{yy}', lpad((book.year % 100)::text, 2, '0'));
    IF sample IS NULL OR NEW.written <> shown
       OR book.year <> extract(year FROM NEW.entered_at AT TIME ZONE 'Europe/Moscow') THEN
        RAISE EXCEPTION 'Номер «%» записан не так, как пишет книга «%» % года (п. 2.5).', NEW.written, book.title, book.year
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER number_is_written_so BEFORE INSERT ON registers_entry
    FOR EACH ROW EXECUTE FUNCTION registers_number_is_written_so();
ALTER TABLE registers_entry ENABLE ALWAYS TRIGGER number_is_written_so;
"""

UNGUARDED = """
DROP TRIGGER number_is_written_so ON registers_entry;
DROP FUNCTION registers_number_is_written_so();
DROP TRIGGER counted_is_entered ON registers_register;
DROP FUNCTION registers_counted_is_entered();
DROP TRIGGER book_begins_at_nought ON registers_register;
DROP FUNCTION registers_book_begins_at_nought();
"""


class Migration(migrations.Migration):
    dependencies = [("registers", "0002_guards")]

    operations = [migrations.RunSQL(GUARDS, UNGUARDED)]
