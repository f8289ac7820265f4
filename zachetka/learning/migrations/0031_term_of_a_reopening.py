"""A sheet is opened again from the day of asking to two weeks later, neither before nor longer (п. 2.2)."""

from django.db import migrations

TERM = """
ALTER TABLE learning_reopening ADD CONSTRAINT reopening_is_of_two_weeks CHECK (
    until BETWEEN (asked_at AT TIME ZONE 'Europe/Moscow')::date AND (asked_at AT TIME ZONE 'Europe/Moscow')::date + 14);
"""


class Migration(migrations.Migration):
    dependencies = [("learning", "0029_the_whole_chain_of_books")]

    operations = [
        migrations.RunSQL(TERM, "ALTER TABLE learning_reopening DROP CONSTRAINT reopening_is_of_two_weeks"),
    ]
