-- A number of a record book or an order stands in its register and on its record (п. 2.5).

CREATE FUNCTION learning_book_is_numbered() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT number FROM learning_enrolment WHERE id = NEW.id) IS NULL THEN
        RAISE EXCEPTION 'Зачётная книжка получает номер вместе с зачислением (п. 2.5).' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER book_is_numbered AFTER INSERT ON learning_enrolment DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION learning_book_is_numbered();

CREATE FUNCTION learning_number_is_used() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    book text;
BEGIN
    SELECT code INTO book FROM registers_register WHERE id = NEW.register_id;
    IF book = 'record-book' AND (NEW.record_type <> 'learning.enrolment' OR NOT EXISTS (
            SELECT FROM learning_enrolment WHERE id = NEW.record_id AND number = NEW.written))
       OR book LIKE 'order-%' AND (NEW.record_type <> 'learning.order' OR NOT EXISTS (
            SELECT FROM learning_order WHERE id = NEW.record_id AND number = NEW.written)) THEN
        RAISE EXCEPTION 'Номер «%» дан в книге, но не стоит на записи: был бы пропуск (п. 2.5).', NEW.written
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER number_is_used AFTER INSERT ON registers_entry DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION learning_number_is_used();
