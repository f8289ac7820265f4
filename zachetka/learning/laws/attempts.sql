-- What counts as an attempt, and until when a debt may be paid, along the chain of record books (273-ФЗ ст. 57, 58 ч. 5).
-- The results of a book that was carried count where it was carried to; good reasons of every book before it do.
-- `learning_counted` says what `rules.counted` says; `learning_is_relieved` of whom a resit names no more: an earlier
-- attempt has come to be passed.

CREATE FUNCTION learning_books_before(of_enrolment bigint) RETURNS bigint[] LANGUAGE sql STABLE AS $$
    WITH RECURSIVE chain AS (
        SELECT e.continues_id AS id FROM learning_enrolment e WHERE e.id = of_enrolment
        UNION
        SELECT e.continues_id FROM learning_enrolment e JOIN chain c ON e.id = c.id
    )
    SELECT coalesce(array_agg(id), '{}') FROM chain WHERE id IS NOT NULL
$$;

CREATE FUNCTION learning_counts_as(of_grade bigint, in_edition bigint, with_score numeric) RETURNS bigint
LANGUAGE sql STABLE AS $$
    WITH was AS (SELECT is_passing, is_absence, points FROM programs_grade WHERE id = of_grade),
    same AS (
        SELECT g.id, g.ordinal, g.points, g.score_from, g.score_to FROM programs_grade g, was
        WHERE g.version_id = in_edition AND g.is_absence = was.is_absence AND g.is_passing = was.is_passing
    )
    SELECT coalesce(
        (SELECT s.id FROM same s, was WHERE was.is_absence ORDER BY s.ordinal, s.id LIMIT 1),
        (SELECT s.id FROM same s WHERE round(with_score) BETWEEN s.score_from AND s.score_to ORDER BY s.ordinal, s.id LIMIT 1),
        (SELECT min(s.id) FROM same s, was WHERE s.points = was.points HAVING count(*) = 1),
        (SELECT min(s.id) FROM same s, was HAVING count(*) = 1 AND bool_and(s.points IS NULL OR NOT was.is_passing))
    )
$$;

-- What a mark counts as where it was carried: itself in the same scale, else by the edition of the transfer.
CREATE FUNCTION learning_reads_as(of_grade bigint, in_edition bigint, with_score numeric) RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN in_edition IS NULL THEN of_grade ELSE learning_counts_as(of_grade, in_edition, with_score) END
$$;

-- On which day a correction took from a mark that it passed; NULL of any other. `rules.lapsed_on` says the same.
CREATE FUNCTION learning_lapsed_on(of_mark bigint) RETURNS date LANGUAGE sql STABLE AS $$
    WITH RECURSIVE failed AS (
        SELECT id, supersedes_id, recorded_at, num_nonnulls(confirmed_by_id, reopening_id) > 0 AS corrects
        FROM learning_mark WHERE id = of_mark
        UNION ALL
        SELECT m.id, m.supersedes_id, m.recorded_at, num_nonnulls(m.confirmed_by_id, m.reopening_id) > 0
        FROM failed f JOIN learning_mark m ON m.id = f.supersedes_id JOIN programs_grade g ON g.id = m.grade_id
        WHERE f.corrects AND NOT g.is_passing
    )
    SELECT (f.recorded_at AT TIME ZONE 'Europe/Moscow')::date
    FROM failed f JOIN learning_mark m ON m.id = f.supersedes_id JOIN programs_grade g ON g.id = m.grade_id
    WHERE f.corrects AND g.is_passing
$$;

-- Every mark in force that counts in a line of a record book: its own, and what transfers carried into it.
-- `passes` is as it was set, `reads_as` the grade that it counts as there: of another scale by the edition of the transfer, NULL when
-- that does not know it. `excused` is an absence for a good reason of the book `seen_from` or of one that it goes on from.
-- `settled` is a mark that nobody types anew: of a closed sheet, or of whoever learns there no more.
CREATE FUNCTION learning_line(of_book bigint, of_module bigint, seen_from bigint)
RETURNS TABLE (mark bigint, book bigint, module bigint, attempt integer, serial integer, held_on date, passes boolean,
               excused boolean, reads_as bigint, lapsed_on date, settled boolean) LANGUAGE sql STABLE AS $$
    SELECT m.id, m.enrolment_id, s.module_id, s.attempt::integer, s.serial::integer, m.held_on, g.is_passing,
           g.is_absence AND EXISTS (
               SELECT FROM learning_excuse x
               WHERE (x.enrolment_id = seen_from OR x.enrolment_id = ANY (learning_books_before(seen_from)))
                 AND x.cancels_id IS NULL AND m.held_on BETWEEN x.first_day AND x.last_day
                 AND NOT EXISTS (SELECT FROM learning_excuse back WHERE back.cancels_id = x.id)),
           learning_reads_as(m.grade_id, sat.edition, m.score),
           CASE WHEN NOT g.is_passing AND num_nonnulls(m.confirmed_by_id, m.reopening_id) > 0 THEN learning_lapsed_on(m.id) END,
           s.state = 'closed' OR (SELECT e.state NOT IN ('active', 'admitted') FROM learning_enrolment e WHERE e.id = sat.book)
    FROM (SELECT of_book AS book, of_module AS module, NULL::bigint AS edition
          UNION ALL SELECT k.source_id, k.origin_id, k.edition_id FROM learning_carried k
          WHERE k.enrolment_id = of_book AND k.module_id = of_module) sat
    JOIN learning_mark m ON m.enrolment_id = sat.book
    JOIN learning_marksheet s ON s.id = m.sheet_id AND s.module_id = sat.module JOIN programs_grade g ON g.id = m.grade_id
    WHERE NOT EXISTS (SELECT FROM learning_mark later WHERE later.supersedes_id = m.id)
$$;

-- The attempts that count, `turn` 1, 2, … as they were sat: whichever passes decides.
CREATE FUNCTION learning_attempts(of_enrolment bigint, of_module bigint)
RETURNS TABLE (turn bigint, held_on date, passes boolean, lapsed_on date, settled boolean) LANGUAGE sql STABLE AS $$
    SELECT row_number() OVER (ORDER BY l.book, l.attempt, l.serial, l.mark), l.held_on, g.is_passing, l.lapsed_on, l.settled
    FROM learning_line(of_enrolment, of_module, of_enrolment) l JOIN programs_grade g ON g.id = l.reads_as
    WHERE NOT l.excused
$$;

-- The mark that a line shows: the first attempt that passes, else the last that counts, of nothing but excused absences the last
-- of these: `rules.outweighs`.
CREATE FUNCTION learning_shown(of_book bigint, of_module bigint, seen_from bigint)
RETURNS TABLE (mark bigint, book bigint, module bigint, passes boolean, excused boolean) LANGUAGE sql STABLE AS $$
    SELECT l.mark, l.book, l.module, l.passes, l.excused FROM learning_line(of_book, of_module, seen_from) l
    ORDER BY l.excused, NOT l.passes,
        CASE WHEN l.passes THEN row_number() OVER (ORDER BY l.book, l.attempt, l.serial, l.mark)
             ELSE row_number() OVER (ORDER BY l.book DESC, l.attempt DESC, l.serial DESC, l.mark DESC) END LIMIT 1
$$;

CREATE FUNCTION learning_counted(of_enrolment bigint, of_module bigint,
    OUT tried integer, OUT passed boolean, OUT since date, OUT latest date) LANGUAGE sql STABLE AS $$
    SELECT count(*)::integer, coalesce(bool_or(a.passes), false),
        coalesce(max(a.lapsed_on) FILTER (WHERE NOT a.passes), min(a.held_on) FILTER (WHERE NOT a.passes)), max(a.held_on)
    FROM learning_attempts(of_enrolment, of_module) a WHERE a.settled
$$;

CREATE FUNCTION learning_is_relieved(of_enrolment bigint, of_sheet bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT FROM learning_marksheet this
        CROSS JOIN LATERAL learning_line(of_enrolment, this.module_id, of_enrolment) l
        JOIN programs_grade g ON g.id = l.reads_as AND g.is_passing
        WHERE this.id = of_sheet AND (this.attempt > 1 OR this.serial > 1)
          AND (l.book <> of_enrolment OR (l.attempt, l.serial) < (this.attempt, this.serial)))
$$;

CREATE FUNCTION learning_debt_until(of_enrolment bigint, since date) RETURNS date LANGUAGE plpgsql STABLE AS $$
DECLARE
    until date := (since + interval '1 year')::date;
    moved date;
BEGIN
    LOOP
        SELECT (since + interval '1 year')::date + count(DISTINCT day)::integer INTO moved
        FROM learning_excuse x,
             generate_series(greatest(x.first_day, since)::timestamp, least(x.last_day, until)::timestamp, '1 day') day
        WHERE (x.enrolment_id = of_enrolment OR x.enrolment_id = ANY (learning_books_before(of_enrolment)))
          AND x.cancels_id IS NULL AND x.kind <> 'other'
          AND NOT EXISTS (SELECT FROM learning_excuse back WHERE back.cancels_id = x.id);
        EXIT WHEN moved = until;
        until := moved;
    END LOOP;
    RETURN until;
END $$;
