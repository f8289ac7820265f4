-- Numbers are given one after another, each to one entry, without gaps (п. 2.5).

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

CREATE FUNCTION registers_number_was_counted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.number < 1 OR NEW.number > (SELECT last_number FROM registers_register WHERE id = NEW.register_id) THEN
        RAISE EXCEPTION 'Номер % не выдан счётчиком книги (п. 2.5).', NEW.number USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER number_was_counted BEFORE INSERT ON registers_entry
    FOR EACH ROW EXECUTE FUNCTION registers_number_was_counted();

CREATE FUNCTION registers_number_is_written_so() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    book registers_register%ROWTYPE;
    sample text[];
    shown text;
BEGIN
    SELECT * INTO book FROM registers_register WHERE id = NEW.register_id;
    sample := regexp_match(book.pattern, '\{number(?::0([0-9]+))?\}');
    shown := lpad(NEW.number::text, greatest(coalesce(sample[1]::int, 0), length(NEW.number::text)), '0');
    shown := regexp_replace(book.pattern, '\{number(:0[0-9]+)?\}', shown);
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
