"""«Матрица доступа»: editions and what the head said about them, rows that only grow (п. 3.8)."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from zachetka.postgres.append_only import AppendOnly

LAWFUL = """
CREATE FUNCTION people_matrix_edition_is_lawful() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.number <> (SELECT COALESCE(max(number), 0) + 1 FROM people_matrixedition) THEN
        RAISE EXCEPTION 'Редакции матрицы доступа нумеруются подряд (п. 3.8).' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.sha256 <> encode(sha256(convert_to(NEW.content, 'UTF8')), 'hex') THEN
        RAISE EXCEPTION 'Хеш редакции не от её содержания (п. 3.8).' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER matrix_edition_is_lawful BEFORE INSERT ON people_matrixedition
    FOR EACH ROW EXECUTE FUNCTION people_matrix_edition_is_lawful();
ALTER TABLE people_matrixedition ENABLE ALWAYS TRIGGER matrix_edition_is_lawful;

CREATE FUNCTION people_matrix_decision_is_lawful() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM people_matrixedition
        WHERE id = NEW.edition_id AND proposed_by_person = NEW.decided_by_person
    ) THEN
        RAISE EXCEPTION 'Свою «Матрицу доступа» не утверждают: это делает другой человек (п. 3.8).'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.decided_by_person <> (SELECT person_uid FROM access_account WHERE id = NEW.decided_by_id) THEN
        RAISE EXCEPTION 'Решение записано не за тем человеком (п. 3.8).' USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (
        SELECT FROM people_matrixedition
        WHERE number > (SELECT number FROM people_matrixedition WHERE id = NEW.edition_id)
    ) THEN
        RAISE EXCEPTION 'Решают о последней редакции матрицы доступа (п. 3.8).' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER matrix_decision_is_lawful BEFORE INSERT ON people_matrixdecision
    FOR EACH ROW EXECUTE FUNCTION people_matrix_decision_is_lawful();
ALTER TABLE people_matrixdecision ENABLE ALWAYS TRIGGER matrix_decision_is_lawful;
"""

UNLAWFUL = """
DROP TRIGGER matrix_decision_is_lawful ON people_matrixdecision;
DROP FUNCTION people_matrix_decision_is_lawful();
DROP TRIGGER matrix_edition_is_lawful ON people_matrixedition;
DROP FUNCTION people_matrix_edition_is_lawful();
"""

HAND = {"on_delete": django.db.models.deletion.PROTECT, "related_name": "+", "to": settings.AUTH_USER_MODEL}


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0005_postings"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="MatrixEdition",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(unique=True, verbose_name="номер")),
                ("content", models.TextField()),
                ("sha256", models.CharField(max_length=64)),
                ("proposed_by", models.ForeignKey(**HAND)),
                ("proposed_by_person", models.UUIDField()),
                ("proposed_at", models.DateTimeField()),
            ],
            options={"ordering": ("-number",)},
        ),
        migrations.CreateModel(
            name="MatrixDecision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "verdict",
                    models.CharField(choices=[("approved", "утверждена"), ("refused", "отклонена")], max_length=8),
                ),
                ("decided_by", models.ForeignKey(**HAND)),
                ("decided_by_person", models.UUIDField()),
                ("decided_at", models.DateTimeField()),
                (
                    "edition",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="decision",
                        to="people.matrixedition",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("verdict__in", ["approved", "refused"])),
                        name="matrix_is_approved_or_refused",
                    )
                ]
            },
        ),
        AppendOnly("people_matrixedition", writer="zachetka_app"),
        AppendOnly("people_matrixdecision", writer="zachetka_app"),
        migrations.RunSQL(LAWFUL, UNLAWFUL),
    ]
