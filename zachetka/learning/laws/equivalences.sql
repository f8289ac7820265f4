-- What of earlier record books counts in another plan, and which debt goes along: `equivalence_rules` likewise (273-ФЗ ст. 34 ч. 1 п. 7, ст. 58 ч. 2).

-- Two titles are one when they differ in case, spaces and «ё» alone; letters are named, so that no locale says otherwise.
CREATE FUNCTION learning_normal(of_text text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT translate(btrim(regexp_replace(of_text, '[ \t\n\v\f\r\u00a0\u2007\u2009\u202f]+', ' ', 'g'), ' '),
                     'ABCDEFGHIJKLMNOPQRSTUVWXYZАБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯё',
                     'abcdefghijklmnopqrstuvwxyzабвгдеежзийклмнопрстуфхцчшщъыьэюяе')
$$;

-- True when the results of the book `sat_in` in the module `sat_as` count in that line of a record book: its own, or carried there.
CREATE FUNCTION learning_is_part(of_book bigint, of_module bigint, sat_in bigint, sat_as bigint) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT (of_book, of_module) = (sat_in, sat_as) OR EXISTS (
        SELECT FROM learning_carried k
        WHERE (k.enrolment_id, k.module_id, k.source_id, k.origin_id) = (of_book, of_module, sat_in, sat_as))
$$;

-- True of a line of an earlier book that a later one shows: what was carried is told there.
CREATE FUNCTION learning_is_told(of_book bigint, of_module bigint, seen_from bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM learning_carried k WHERE (k.source_id, k.origin_id) = (of_book, of_module)
                   AND (k.enrolment_id = seen_from OR k.enrolment_id = ANY (learning_books_before(seen_from))))
$$;

-- What the order says of each module of its new plan about a learner, the newest word of each.
CREATE FUNCTION learning_said(of_order bigint, of_learner bigint)
RETURNS TABLE (target bigint, hours integer, source bigint, origin bigint, shared boolean) LANGUAGE sql STABLE AS $$
    SELECT DISTINCT ON (q.module_id) q.module_id, p.hours::integer, q.source_id, q.origin_id, q.is_shared
    FROM learning_equivalence q JOIN learning_order o ON o.id = q.order_id JOIN learning_cohort t ON t.id = o.target_id
    JOIN programs_module p ON p.id = q.module_id AND p.version_id = t.program_version_id
    WHERE q.order_id = of_order AND q.learner_id = of_learner ORDER BY q.module_id, q.id DESC
$$;

-- Why what the order says of a module cannot be; '' when it can, and where it is to be sat. `pairs_of` says the same.
CREATE FUNCTION learning_credit_flaw(of_order bigint, of_book bigint, of_target bigint, on_day date) RETURNS text
LANGUAGE plpgsql STABLE AS $$
DECLARE
    learner bigint := (SELECT learner_id FROM learning_enrolment WHERE id = of_book);
    said record;
    shown record;
    was programs_module%ROWTYPE;
    becomes programs_module%ROWTYPE;
    beside integer;
    share integer;
BEGIN
    SELECT * INTO said FROM learning_said(of_order, learner) q WHERE q.target = of_target;
    IF said.source IS NULL THEN
        RETURN '';
    END IF;
    SELECT * INTO shown FROM learning_shown(said.source, said.origin, of_book);
    IF shown.mark IS NULL OR learning_is_told(said.source, said.origin, of_book) THEN
        RETURN 'Такого результата в прежних книжках нет';
    END IF;
    SELECT * INTO becomes FROM programs_module WHERE id = of_target;
    SELECT * INTO was FROM programs_module WHERE id = shown.module;
    IF becomes.sort = 'final' OR was.sort = 'final' THEN
        RETURN 'Результат итоговой аттестации не засчитывают';
    END IF;
    IF shown.passes THEN
        SELECT coalesce(sum(q.hours), 0) INTO beside FROM learning_said(of_order, learner) q
        WHERE q.target <> of_target AND learning_is_part(q.source, q.origin, shown.book, shown.module);
        SELECT h.percent INTO share FROM programs_hourshare h
        WHERE h.valid_from <= on_day AND (h.valid_to IS NULL OR h.valid_to >= on_day);
        IF share IS NULL OR (becomes.hours + beside) * share > was.hours * 100 THEN
            RETURN 'Часов прежней дисциплины для зачёта мало';
        END IF;
        IF NOT learning_control_covers(was.control, becomes.control) THEN
            RETURN 'Более мягкая форма контроля не заменяет более строгую';
        END IF;
    ELSIF said.shared THEN
        RETURN 'В две дисциплины засчитывают только положительный результат';
    END IF;
    IF EXISTS (
        SELECT FROM learning_line(said.source, said.origin, of_book) l JOIN learning_mark m ON m.id = l.mark
        JOIN programs_module p ON p.id = l.module AND p.scale_id <> becomes.scale_id
        LEFT JOIN programs_scaleversion v ON v.scale_id = becomes.scale_id AND v.valid_from <= on_day
          AND (v.valid_to IS NULL OR v.valid_to >= on_day)
        WHERE v.id IS NULL OR learning_counts_as(m.grade_id, v.id, m.score) IS NULL) THEN
        RETURN 'Оценка не переводится в шкалу новой дисциплины';
    END IF;
    IF EXISTS (
        SELECT FROM learning_line(said.source, said.origin, of_book) l JOIN learning_said(of_order, learner) q
          ON q.target <> of_target AND learning_is_part(q.source, q.origin, l.book, l.module)
        WHERE NOT said.shared OR NOT q.shared) THEN
        RETURN 'Один результат засчитывают в одну дисциплину, если приказ не говорит иного';
    END IF;
    RETURN '';
END $$;

-- The modules of the new plan whose debt, of whichever earlier book, the order leaves behind: the same line, or one of the same name in
-- another version of the programme. An absence for a good reason is no debt.
CREATE FUNCTION learning_debts_left(of_order bigint, of_book bigint) RETURNS SETOF bigint LANGUAGE sql STABLE AS $$
    WITH chain AS (
        SELECT e.id, e.learner_id FROM learning_enrolment e
        WHERE e.id = of_book OR e.id = ANY (learning_books_before(of_book))),
    sat AS (
        SELECT m.enrolment_id AS book, s.module_id AS module FROM learning_mark m
        JOIN learning_marksheet s ON s.id = m.sheet_id WHERE m.enrolment_id IN (SELECT id FROM chain) AND m.grade_id IS NOT NULL
        UNION SELECT k.enrolment_id, k.module_id FROM learning_carried k WHERE k.enrolment_id IN (SELECT id FROM chain)),
    owed AS (
        SELECT l.book, l.module FROM sat l JOIN programs_module o ON o.id = l.module AND o.sort <> 'final'
        CROSS JOIN LATERAL learning_shown(l.book, l.module, of_book) shown
        WHERE NOT shown.passes AND NOT shown.excused AND NOT learning_is_told(l.book, l.module, of_book)),
    said AS (SELECT q.* FROM (SELECT DISTINCT learner_id FROM chain) c, learning_said(of_order, c.learner_id) q)
    SELECT DISTINCT p.id FROM owed d
    CROSS JOIN LATERAL (SELECT d.module AS id UNION SELECT x.module FROM learning_line(d.book, d.module, of_book) x) one
    JOIN programs_module o ON o.id = one.id JOIN programs_programversion v ON v.id = o.version_id
    JOIN learning_order by_order ON by_order.id = of_order JOIN learning_cohort t ON t.id = by_order.target_id
    JOIN programs_programversion w ON w.id = t.program_version_id
    JOIN programs_module p ON p.version_id = w.id AND p.sort <> 'final'
      AND (p.id = o.id OR v.program_id = w.program_id AND learning_normal(p.title) = learning_normal(o.title))
    WHERE NOT EXISTS (
        SELECT FROM learning_line(d.book, d.module, of_book) x JOIN said q ON learning_is_part(q.source, q.origin, x.book, x.module))
$$;
