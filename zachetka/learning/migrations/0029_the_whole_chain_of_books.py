"""Good reasons are read along the chain of record books; no plan after a transfer leaves a debt out (273-ФЗ ст. 43, 57, 58)."""

from importlib import import_module
from typing import Final

from django.db import migrations

from zachetka.postgres.replacing import ReplaceFunction

BEFORE: Final = import_module("zachetka.learning.migrations.0028_law_of_transfers")

CHAIN: Final = """
CREATE FUNCTION learning_books_before(of_enrolment bigint) RETURNS bigint[] LANGUAGE sql STABLE AS $$
    WITH RECURSIVE chain AS (
        SELECT e.continues_id AS id FROM learning_enrolment e WHERE e.id = of_enrolment
        UNION
        SELECT e.continues_id FROM learning_enrolment e JOIN chain c ON e.id = c.id
    )
    SELECT coalesce(array_agg(id), '{}') FROM chain WHERE id IS NOT NULL
$$;
"""
UNCHAINED: Final = "DROP FUNCTION learning_books_before(bigint);"

ATTEMPTS: Final = BEFORE.ATTEMPTS.replace(
    """x.enrolment_id IN (
              SELECT source_id FROM learning_carried WHERE enrolment_id = of_enrolment))""",
    "x.enrolment_id = ANY (learning_books_before(of_enrolment)))",
)

# A module that was carried stays carried, whatever the plan before said, and when there was none.
FORCE: Final = BEFORE.FORCE.replace(
    """WHERE w.way <> w.was AND (
            w.was = 'carried'
            OR w.way <> 'carried' AND EXISTS (
                SELECT FROM learning_carried k WHERE k.enrolment_id = NEW.id AND k.module_id = w.id)
            OR""",
    """WHERE w.way <> 'carried' AND EXISTS (
            SELECT FROM learning_carried k WHERE k.enrolment_id = NEW.id AND k.module_id = w.id)
        OR w.way <> w.was AND (
            w.was = 'carried'
            OR""",
)


class Migration(migrations.Migration):
    dependencies = [("learning", "0028_law_of_transfers")]

    operations = [
        migrations.RunSQL(CHAIN, UNCHAINED),
        migrations.RunSQL(ATTEMPTS, BEFORE.ATTEMPTS),
        ReplaceFunction(FORCE, was="learning.0028_law_of_transfers"),
    ]
