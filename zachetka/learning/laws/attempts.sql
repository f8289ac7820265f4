-- What counts as an attempt, and until when a debt may be paid, along the chain of record books (273-ФЗ ст. 57, 58 ч. 5).
-- The results of a book that was carried count where it was carried to; good reasons of every book before it do.

CREATE FUNCTION learning_books_before(of_enrolment bigint) RETURNS bigint[] LANGUAGE sql STABLE AS $$
    WITH RECURSIVE chain AS (
        SELECT e.continues_id AS id FROM learning_enrolment e WHERE e.id = of_enrolment
        UNION
        SELECT e.continues_id FROM learning_enrolment e JOIN chain c ON e.id = c.id
    )
    SELECT coalesce(array_agg(id), '{}') FROM chain WHERE id IS NOT NULL
$$;

CREATE FUNCTION learning_attempts(of_enrolment bigint, of_module bigint)
RETURNS TABLE (held_on date, passes boolean) LANGUAGE sql STABLE AS $$
    SELECT m.held_on, g.is_passing
    FROM (SELECT of_enrolment AS book, of_module AS module
          UNION ALL SELECT source_id, origin_id FROM learning_carried
          WHERE enrolment_id = of_enrolment AND module_id = of_module) sat
    JOIN learning_mark m ON m.enrolment_id = sat.book
    JOIN learning_marksheet s ON s.id = m.sheet_id AND s.module_id = sat.module JOIN programs_grade g ON g.id = m.grade_id
    WHERE NOT EXISTS (SELECT FROM learning_mark later WHERE later.supersedes_id = m.id)
      AND NOT (g.is_absence AND EXISTS (
          SELECT FROM learning_excuse x WHERE (x.enrolment_id = of_enrolment
              OR x.enrolment_id = ANY (learning_books_before(of_enrolment))) AND x.cancels_id IS NULL
          AND m.held_on BETWEEN x.first_day AND x.last_day
          AND NOT EXISTS (SELECT FROM learning_excuse back WHERE back.cancels_id = x.id)))
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
