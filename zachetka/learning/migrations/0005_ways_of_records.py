"""The ways that orders, record books, sheets and corrections may go, walked by the database too (п. 2.1, 2.2, 2.5).

A record is born at the beginning of its way, and a number counts only when it stands in its register.
"""

from django.db import migrations

ORDERS = """
CREATE FUNCTION learning_order_walks() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    decided text[] := ARRAY['state', 'remark', 'number', 'order_date', 'approved_by_id', 'approved_by_person',
        'approved_at', 'text', 'text_hash'];
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'draft' OR NEW.number <> '' OR NEW.order_date IS NOT NULL OR NEW.approved_by_id IS NOT NULL
           OR NEW.approved_by_person IS NOT NULL OR NEW.approved_at IS NOT NULL THEN
            RAISE EXCEPTION 'Приказ начинается с черновика: без номера, даты и подписи (273-ФЗ ст. 53).'
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF (NEW.id, NEW.kind, NEW.cohort_id, NEW.request_key, NEW.drafted_at)
       IS DISTINCT FROM (OLD.id, OLD.kind, OLD.cohort_id, OLD.request_key, OLD.drafted_at) THEN
        RAISE EXCEPTION 'Вид и группа приказа не меняются: подготовьте новый (273-ФЗ ст. 53).'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
        ('draft', 'submitted'), ('draft', 'cancelled'), ('submitted', 'draft'), ('submitted', 'approved')) THEN
        RAISE EXCEPTION 'Приказ готовят, передают на подпись, издают или возвращают: иного пути нет (273-ФЗ ст. 53).'
            USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.state = 'submitted' AND (NEW.state = 'submitted' AND to_jsonb(NEW) <> to_jsonb(OLD)
       OR to_jsonb(NEW) - decided <> to_jsonb(OLD) - decided) THEN
        RAISE EXCEPTION 'Приказ на подписи не правят: его возвращают в черновик (273-ФЗ ст. 53).'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state <> 'approved' OR OLD.state = 'approved' THEN
        RETURN NEW;
    END IF;
    IF NOT EXISTS (SELECT FROM access_account WHERE id = NEW.approved_by_id AND person_uid = NEW.approved_by_person) THEN
        RAISE EXCEPTION 'Приказ издаёт человек под своей учётной записью (п. 3.8).' USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (SELECT FROM learning_orderline l JOIN people_learner p ON p.id = l.learner_id
               JOIN people_person h ON h.id = p.person_id
               WHERE l.order_id = NEW.id AND h.uid = NEW.approved_by_person) THEN
        RAISE EXCEPTION 'Названный в приказе его не издаёт (п. 3.8).' USING ERRCODE = 'check_violation';
    END IF;
    IF NOT EXISTS (SELECT FROM registers_entry e JOIN registers_register r ON r.id = e.register_id
                   WHERE e.record_type = 'learning.order' AND e.record_id = NEW.id AND e.written = NEW.number
                     AND r.code = 'order-' || NEW.kind AND r.year = extract(year FROM NEW.order_date)) THEN
        RAISE EXCEPTION 'Номера «%» нет в книге приказов: номер даёт книга регистрации (п. 2.5).', NEW.number
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER order_walks BEFORE INSERT OR UPDATE ON learning_order
    FOR EACH ROW EXECUTE FUNCTION learning_order_walks();
ALTER TABLE learning_order ENABLE ALWAYS TRIGGER order_walks;

CREATE FUNCTION learning_order_is_done() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM learning_orderline WHERE order_id = NEW.id) OR EXISTS (
        SELECT FROM learning_orderline l WHERE l.order_id = NEW.id AND NOT EXISTS (
            SELECT FROM learning_enrolment e WHERE e.learner_id = l.learner_id AND e.cohort_id = NEW.cohort_id
            AND NEW.id = CASE NEW.kind WHEN 'enrolment' THEN e.enrolment_order_id
                WHEN 'admission' THEN e.admission_order_id ELSE e.withdrawal_order_id END)) THEN
        RAISE EXCEPTION 'Изданный приказ исполняется сразу и обо всех, кто в нём назван (273-ФЗ ст. 53).'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER order_is_done AFTER UPDATE OF state ON learning_order DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.state = 'approved' AND OLD.state <> 'approved') EXECUTE FUNCTION learning_order_is_done();
ALTER TABLE learning_order ENABLE ALWAYS TRIGGER order_is_done;

ALTER TABLE learning_order VALIDATE CONSTRAINT order_text_is_kept_at_issue;
"""

UNORDERS = """
DROP TRIGGER order_is_done ON learning_order;
DROP FUNCTION learning_order_is_done();
DROP TRIGGER order_walks ON learning_order;
DROP FUNCTION learning_order_walks();
"""

LINES = """
CREATE OR REPLACE FUNCTION learning_lines_of_a_draft() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    of_order bigint;
    order_state text;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        RAISE EXCEPTION 'Строка приказа не меняется: уберите её и внесите новую.' USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN of_order := OLD.order_id; ELSE of_order := NEW.order_id; END IF;
    SELECT state INTO order_state FROM learning_order WHERE id = of_order FOR SHARE;
    IF order_state <> 'draft' THEN
        RAISE EXCEPTION 'Состав меняется только в черновике приказа (273-ФЗ ст. 53).' USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END $$;
"""

ENROLMENTS = """
CREATE FUNCTION learning_enrolment_walks() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    moving text[] := ARRAY['number', 'state', 'ended_on', 'admission_order_id', 'withdrawal_order_id'];
    by_order learning_order%ROWTYPE;
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'active' OR NEW.number IS NOT NULL OR NEW.ended_on IS NOT NULL
           OR NEW.admission_order_id IS NOT NULL OR NEW.withdrawal_order_id IS NOT NULL THEN
            RAISE EXCEPTION 'Зачётная книжка начинается с зачисления: без номера, допуска и отчисления (п. 2.5).'
                USING ERRCODE = 'check_violation';
        END IF;
        IF NOT EXISTS (SELECT FROM learning_orderline
                       WHERE order_id = NEW.enrolment_order_id AND learner_id = NEW.learner_id) THEN
            RAISE EXCEPTION 'Зачисляют тех, кто назван в приказе (273-ФЗ ст. 53).' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF to_jsonb(NEW) - moving <> to_jsonb(OLD) - moving THEN
        RAISE EXCEPTION 'Сведения о зачислении не меняются (п. 2.5).' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.number IS DISTINCT FROM OLD.number AND NOT EXISTS (
        SELECT FROM registers_entry e JOIN registers_register r ON r.id = e.register_id
        WHERE e.record_type = 'learning.enrolment' AND e.record_id = NEW.id AND e.written = NEW.number
          AND r.code = 'record-book') THEN
        RAISE EXCEPTION 'Номера «%» нет в книге зачётных книжек: номер даёт книга регистрации (п. 2.5).', NEW.number
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state = OLD.state THEN
        IF (NEW.ended_on, NEW.admission_order_id, NEW.withdrawal_order_id)
           IS DISTINCT FROM (OLD.ended_on, OLD.admission_order_id, OLD.withdrawal_order_id) THEN
            RAISE EXCEPTION 'Приказ в зачётной книжке не подменяют (п. 2.5).' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF (OLD.state, NEW.state) NOT IN (('active', 'admitted'), ('active', 'completed'), ('active', 'withdrawn'),
                                      ('admitted', 'completed'), ('admitted', 'withdrawn')) THEN
        RAISE EXCEPTION 'Обучающегося допускают и отчисляют приказом, назад дороги нет (273-ФЗ ст. 59, 61).'
            USING ERRCODE = 'check_violation';
    END IF;
    SELECT o.* INTO by_order FROM learning_order o
    JOIN learning_orderline l ON l.order_id = o.id AND l.learner_id = NEW.learner_id
    WHERE o.state = 'approved' AND o.cohort_id = NEW.cohort_id AND CASE WHEN NEW.state = 'admitted'
        THEN o.id = NEW.admission_order_id AND o.kind = 'admission'
        ELSE o.id = NEW.withdrawal_order_id AND o.kind = 'withdrawal' END;
    IF by_order.id IS NULL OR (CASE WHEN NEW.state = 'admitted'
        THEN (NEW.ended_on, NEW.withdrawal_order_id) IS DISTINCT FROM (OLD.ended_on, OLD.withdrawal_order_id)
        ELSE NEW.admission_order_id IS DISTINCT FROM OLD.admission_order_id
             OR NEW.ended_on IS DISTINCT FROM by_order.effective_on
             OR (NEW.state = 'completed') <> (by_order.ground = 'completed') END) THEN
        RAISE EXCEPTION 'Допуск и отчисление — только изданным приказом о человеке этой группы (273-ФЗ ст. 59, 61).'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER enrolment_walks BEFORE INSERT OR UPDATE ON learning_enrolment
    FOR EACH ROW EXECUTE FUNCTION learning_enrolment_walks();
ALTER TABLE learning_enrolment ENABLE ALWAYS TRIGGER enrolment_walks;

CREATE FUNCTION learning_book_is_numbered() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT number FROM learning_enrolment WHERE id = NEW.id) IS NULL THEN
        RAISE EXCEPTION 'Зачётная книжка получает номер вместе с зачислением (п. 2.5).' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER book_is_numbered AFTER INSERT ON learning_enrolment DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION learning_book_is_numbered();
ALTER TABLE learning_enrolment ENABLE ALWAYS TRIGGER book_is_numbered;
"""

UNENROLMENTS = """
DROP TRIGGER book_is_numbered ON learning_enrolment;
DROP FUNCTION learning_book_is_numbered();
DROP TRIGGER enrolment_walks ON learning_enrolment;
DROP FUNCTION learning_enrolment_walks();
"""

NUMBERS = """
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
ALTER TABLE registers_entry ENABLE ALWAYS TRIGGER number_is_used;
"""

UNNUMBERS = """
DROP TRIGGER number_is_used ON registers_entry;
DROP FUNCTION learning_number_is_used();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("learning", "0004_order_text"),
        ("registers", "0002_guards"),
        ("people", "0003_upload"),
        ("access", "0003_roles_are_lawful"),
    ]

    operations = [
        migrations.RunSQL(ORDERS, UNORDERS),
        migrations.RunSQL(LINES, migrations.RunSQL.noop),  # the stricter guard serves the schema before it as well
        migrations.RunSQL(ENROLMENTS, UNENROLMENTS),
        migrations.RunSQL(NUMBERS, UNNUMBERS),
    ]
