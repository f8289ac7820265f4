"""Where employees serve, in rows that only grow (п. 3.8).

Employees entered before this get their rows from `people.actions.services.tell_services` after the migrations: each row
needs its event, and events are written by the actions alone.
"""

import django.db.models.deletion
from django.db import migrations, models

from zachetka.postgres.append_only import AppendOnly

FOLLOWS = """
CREATE FUNCTION people_posting_follows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM people_posting
        WHERE employee_id = NEW.employee_id AND (kind = 'dismissed' OR since > NEW.since)
    ) THEN
        RAISE EXCEPTION 'Служба идёт вперёд и кончается увольнением (п. 3.8).' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER posting_follows BEFORE INSERT ON people_posting
    FOR EACH ROW EXECUTE FUNCTION people_posting_follows();
ALTER TABLE people_posting ENABLE ALWAYS TRIGGER posting_follows;
"""

UNFOLLOWS = """
DROP TRIGGER posting_follows ON people_posting;
DROP FUNCTION people_posting_follows();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0004_access_is_restored_at_the_console"),
        ("people", "0004_people_stay"),
    ]

    operations = [
        migrations.CreateModel(
            name="Posting",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("hired", "приём"), ("moved", "перевод"), ("dismissed", "увольнение")], max_length=9
                    ),
                ),
                ("position", models.CharField(max_length=120, verbose_name="должность")),
                ("since", models.DateField(verbose_name="с какого дня")),
                ("order_number", models.CharField(blank=True, max_length=40, verbose_name="номер приказа")),
                ("order_date", models.DateField(blank=True, null=True, verbose_name="дата приказа")),
                ("recorded_at", models.DateTimeField()),
                (
                    "employee",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="postings", to="people.employee"
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.unit"),
                ),
            ],
            options={
                "ordering": ("pk",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["hired", "moved", "dismissed"])),
                        name="posting_is_a_step_of_a_service",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind", "hired"),
                            models.Q(models.Q(("order_number", ""), _negated=True), ("order_date__isnull", False)),
                            _connector="OR",
                        ),
                        name="posting_has_an_order",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "hired")),
                        fields=("employee",),
                        name="posting_begins_a_service_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "dismissed")),
                        fields=("employee",),
                        name="posting_ends_a_service_once",
                    ),
                ],
            },
        ),
        AppendOnly("people_posting", writer="zachetka_app"),
        migrations.RunSQL(FOLLOWS, UNFOLLOWS),
    ]
