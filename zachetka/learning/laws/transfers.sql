-- A transfer goes on with the book of the same person and carries its results; into another plan what its order says (273-ФЗ ст. 34 ч. 1 п. 7, ст. 57).

CREATE FUNCTION learning_control_covers(was text, becomes text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT becomes = ANY (CASE was
        WHEN 'credit' THEN ARRAY['credit']
        WHEN 'test' THEN ARRAY['test', 'credit']
        WHEN 'graded_credit' THEN ARRAY['graded_credit', 'credit', 'test']
        WHEN 'exam' THEN ARRAY['exam', 'graded_credit', 'credit', 'test']
        WHEN 'defence' THEN ARRAY['defence', 'graded_credit', 'credit']
        WHEN 'qualification_exam' THEN ARRAY['qualification_exam', 'exam', 'graded_credit', 'credit', 'test']
        ELSE ARRAY[]::text[] END)
$$;

CREATE FUNCTION learning_equivalence_is_lawful() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    by_order learning_order%ROWTYPE;
    book learning_enrolment%ROWTYPE;
BEGIN
    SELECT * INTO by_order FROM learning_order WHERE id = NEW.order_id FOR SHARE;
    IF by_order.kind <> 'transfer' OR by_order.state <> 'draft'
       OR NOT EXISTS (SELECT FROM learning_orderline WHERE order_id = NEW.order_id AND learner_id = NEW.learner_id)
       OR NOT EXISTS (
           SELECT FROM learning_cohort t JOIN learning_cohort c ON c.id = by_order.cohort_id
           JOIN programs_module p ON p.version_id = t.program_version_id
           WHERE t.id = by_order.target_id AND p.id = NEW.module_id AND p.sort <> 'final'
             AND c.program_version_id <> t.program_version_id) THEN
        RAISE EXCEPTION 'Сопоставляют в черновике перевода на другой план, дисциплины этого плана (273-ФЗ ст. 57).'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NOT EXISTS (SELECT FROM access_account WHERE id = NEW.written_by_id AND person_uid = NEW.written_by_person) THEN
        RAISE EXCEPTION 'Соответствие определяет человек под своей учётной записью (п. 3.8).' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.source_id IS NULL THEN
        RETURN NEW;
    END IF;
    SELECT * INTO book FROM learning_enrolment WHERE learner_id = NEW.learner_id AND cohort_id = by_order.cohort_id
    AND state = 'active';
    IF book.id IS NULL OR NEW.source_id <> book.id AND NEW.source_id <> ALL (learning_books_before(book.id)) OR NOT EXISTS (
        SELECT FROM learning_enrolment e JOIN learning_cohort c ON c.id = e.cohort_id
        JOIN programs_module p ON p.version_id = c.program_version_id
        WHERE e.id = NEW.source_id AND p.id = NEW.origin_id AND p.sort <> 'final') THEN
        RAISE EXCEPTION 'Засчитывают из книжек этого человека, кроме итоговой аттестации (273-ФЗ ст. 34 ч. 1 п. 7).'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER equivalence_is_lawful BEFORE INSERT ON learning_equivalence
    FOR EACH ROW EXECUTE FUNCTION learning_equivalence_is_lawful();

CREATE FUNCTION learning_carried_is_lawful() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    book learning_enrolment%ROWTYPE;
    by_order learning_order%ROWTYPE;
    before learning_carried%ROWTYPE;
    said record;
    mark learning_mark%ROWTYPE;
    was programs_module%ROWTYPE;
    becomes programs_module%ROWTYPE;
    from_version bigint;
    flaw text;
BEGIN
    SELECT * INTO book FROM learning_enrolment WHERE id = NEW.enrolment_id FOR SHARE;
    IF book.continues_id IS NULL OR book.study_plan_id IS NOT NULL
       OR EXISTS (SELECT FROM learning_mark WHERE enrolment_id = NEW.enrolment_id) THEN
        RAISE EXCEPTION 'Результаты переносит приказ о переводе, в новую книжку без своих оценок (273-ФЗ ст. 57).'
            USING ERRCODE = 'check_violation';
    END IF;
    SELECT * INTO by_order FROM learning_order WHERE id = book.enrolment_order_id;
    SELECT m.* INTO mark FROM learning_mark m JOIN learning_marksheet s ON s.id = m.sheet_id
    WHERE m.id = NEW.mark_id AND m.enrolment_id = NEW.source_id AND s.module_id = NEW.origin_id AND m.grade_id IS NOT NULL
      AND NOT EXISTS (SELECT FROM learning_mark later WHERE later.supersedes_id = m.id);
    SELECT p.* INTO becomes FROM programs_module p JOIN learning_cohort c ON c.program_version_id = p.version_id
    WHERE p.id = NEW.module_id AND c.id = book.cohort_id AND p.sort <> 'final';
    SELECT p.* INTO was FROM programs_module p WHERE p.id = NEW.origin_id AND p.sort <> 'final';
    IF mark.id IS NULL OR becomes.id IS NULL OR was.id IS NULL THEN
        RAISE EXCEPTION 'Переносят действующую оценку этого человека по этой дисциплине, кроме итоговой аттестации (273-ФЗ ст. 57).'
            USING ERRCODE = 'check_violation';
    END IF;
    SELECT c.program_version_id INTO from_version FROM learning_enrolment e JOIN learning_cohort c ON c.id = e.cohort_id
    WHERE e.id = book.continues_id;
    IF from_version = becomes.version_id THEN
        SELECT k.* INTO before FROM learning_carried k WHERE k.enrolment_id = book.continues_id
        AND k.source_id = NEW.source_id AND k.origin_id = NEW.origin_id AND k.module_id = NEW.module_id;
        IF before.id IS NULL AND (NEW.source_id <> book.continues_id OR NEW.origin_id <> NEW.module_id)
           OR (NEW.edition_id, NEW.is_shared) IS DISTINCT FROM (before.edition_id, coalesce(before.is_shared, false)) THEN
            RAISE EXCEPTION 'Переносят из книжки, которую продолжают, и перенесённое в неё раньше (273-ФЗ ст. 57).'
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    SELECT * INTO said FROM learning_said(by_order.id, book.learner_id) q WHERE q.target = NEW.module_id;
    IF NEW.source_id <> ALL (learning_books_before(NEW.enrolment_id)) OR said.source IS NULL OR NEW.is_shared <> said.shared
       OR NOT learning_is_part(said.source, said.origin, NEW.source_id, NEW.origin_id) THEN
        RAISE EXCEPTION 'Засчитывают то, что приказ сопоставил с дисциплиной, из прежних книжек (273-ФЗ ст. 34 ч. 1 п. 7, ст. 57).'
            USING ERRCODE = 'check_violation';
    END IF;
    IF (NEW.edition_id IS NOT NULL) <> (was.scale_id <> becomes.scale_id) OR NEW.edition_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM programs_scaleversion v WHERE v.id = NEW.edition_id AND v.scale_id = becomes.scale_id
        AND by_order.order_date >= v.valid_from AND by_order.order_date <= coalesce(v.valid_to, by_order.order_date)) THEN
        RAISE EXCEPTION 'Оценку другой шкалы переводит редакция, действующая в день издания приказа (п. 2.3).'
            USING ERRCODE = 'check_violation';
    END IF;
    flaw := learning_credit_flaw(by_order.id, book.continues_id, NEW.module_id, by_order.order_date);
    IF flaw <> '' THEN
        RAISE EXCEPTION '% (273-ФЗ ст. 34 ч. 1 п. 7).', flaw USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER carried_is_lawful BEFORE INSERT ON learning_carried
    FOR EACH ROW EXECUTE FUNCTION learning_carried_is_lawful();

CREATE FUNCTION learning_carried_mark_may_pass() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM learning_enrolment WHERE id = NEW.enrolment_id FOR SHARE;
    IF NEW.grade_id IS NOT NULL AND EXISTS (
        SELECT FROM learning_carried k JOIN learning_marksheet s ON s.id = NEW.sheet_id
        WHERE (k.source_id, k.origin_id) = (NEW.enrolment_id, s.module_id) AND k.edition_id IS NOT NULL
          AND learning_counts_as(NEW.grade_id, k.edition_id, NEW.score) IS NULL) THEN
        RAISE EXCEPTION 'Результат перенесён, а такая оценка в шкалу новой дисциплины не переводится (273-ФЗ ст. 34 ч. 1 п. 7).'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NOT EXISTS (SELECT FROM programs_grade WHERE id = NEW.grade_id AND is_passing) THEN
        RETURN NEW;
    END IF;
    IF NOT EXISTS (SELECT FROM learning_mark m JOIN programs_grade g ON g.id = m.grade_id
                   WHERE m.id = NEW.supersedes_id AND g.is_passing) AND EXISTS (
        SELECT FROM learning_carried k JOIN learning_marksheet s ON s.id = NEW.sheet_id
        JOIN programs_module was ON was.id = k.origin_id JOIN programs_module becomes ON becomes.id = k.module_id
        JOIN learning_enrolment book ON book.id = k.enrolment_id JOIN learning_order o ON o.id = book.enrolment_order_id
        JOIN learning_enrolment b ON b.id = book.continues_id JOIN learning_cohort c ON c.id = b.cohort_id
        LEFT JOIN programs_hourshare h ON h.valid_from <= o.order_date
          AND (h.valid_to IS NULL OR h.valid_to >= o.order_date)
        WHERE (k.source_id, k.origin_id) = (NEW.enrolment_id, s.module_id) AND c.program_version_id <> becomes.version_id
          AND (h.percent IS NULL OR NOT learning_control_covers(was.control, becomes.control) OR h.percent * (
              SELECT sum(p.hours) FROM learning_carried j JOIN programs_module p ON p.id = j.module_id
              WHERE (j.enrolment_id, j.source_id, j.origin_id) = (k.enrolment_id, k.source_id, k.origin_id)
          ) > was.hours * 100)) THEN
        RAISE EXCEPTION 'Результат перенесён как задолженность, а часов или формы контроля для зачёта мало (273-ФЗ ст. 34 ч. 1 п. 7).'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER carried_mark_may_pass BEFORE INSERT ON learning_mark
    FOR EACH ROW WHEN (NEW.supersedes_id IS NOT NULL) EXECUTE FUNCTION learning_carried_mark_may_pass();

CREATE FUNCTION learning_transfer_is_settled() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM learning_sheetmember n JOIN learning_marksheet s ON s.id = n.sheet_id
        WHERE n.enrolment_id = NEW.id AND s.state = 'open' AND NOT learning_is_relieved(n.enrolment_id, s.id) AND NOT EXISTS (
            SELECT FROM learning_mark m WHERE m.sheet_id = s.id AND m.enrolment_id = NEW.id AND m.grade_id IS NOT NULL
            AND NOT EXISTS (SELECT FROM learning_mark later WHERE later.supersedes_id = m.id))) THEN
        RAISE EXCEPTION 'Назначена сдача: переводят, когда она состоялась (273-ФЗ ст. 57, 58).'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER transfer_is_settled BEFORE UPDATE ON learning_enrolment
    FOR EACH ROW WHEN (NEW.state = 'moved' AND OLD.state <> 'moved') EXECUTE FUNCTION learning_transfer_is_settled();
