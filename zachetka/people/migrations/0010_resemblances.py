"""Cards that look alike are found by rules; what a person says of them is only added, and not by one of the two (п. 2.1, 3.8)."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from zachetka.postgres.append_only import AppendOnly

DECIDES = """
CREATE FUNCTION people_distinction_is_anothers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM access_account WHERE id = NEW.decided_by_id AND person_uid = NEW.decided_by_person) THEN
        RAISE EXCEPTION 'О похожих карточках решает владелец учётной записи (п. 3.8).' USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (SELECT FROM people_person
               WHERE id IN (NEW.one_id, NEW.other_id) AND uid = NEW.decided_by_person) THEN
        RAISE EXCEPTION 'О своей карточке решает другой человек (п. 3.8).' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER distinction_is_anothers BEFORE INSERT ON people_distinction
    FOR EACH ROW EXECUTE FUNCTION people_distinction_is_anothers();
ALTER TABLE people_distinction ENABLE ALWAYS TRIGGER distinction_is_anothers;
"""

UNDECIDES = """
DROP TRIGGER distinction_is_anothers ON people_distinction;
DROP FUNCTION people_distinction_is_anothers();
"""

# What a card says of itself changed: it is to be compared again.
LOOKS_AGAIN = """
CREATE FUNCTION people_look_at_person() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND (OLD.name_key, OLD.birth_date, OLD.snils, OLD.email, OLD.phone)
                            IS NOT DISTINCT FROM (NEW.name_key, NEW.birth_date, NEW.snils, NEW.email, NEW.phone) THEN
        RETURN NULL;
    END IF;
    INSERT INTO people_unlooked (person_id) VALUES (NEW.id) ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER look_at_person AFTER INSERT OR UPDATE ON people_person
    FOR EACH ROW EXECUTE FUNCTION people_look_at_person();
ALTER TABLE people_person ENABLE ALWAYS TRIGGER look_at_person;

CREATE FUNCTION people_look_at_whose() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO people_unlooked (person_id) VALUES (NEW.person_id) ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER look_at_whose AFTER INSERT ON people_personname
    FOR EACH ROW EXECUTE FUNCTION people_look_at_whose();
ALTER TABLE people_personname ENABLE ALWAYS TRIGGER look_at_whose;
CREATE TRIGGER look_at_whose AFTER INSERT ON people_educationdocument
    FOR EACH ROW EXECUTE FUNCTION people_look_at_whose();
ALTER TABLE people_educationdocument ENABLE ALWAYS TRIGGER look_at_whose;
INSERT INTO people_unlooked (person_id) SELECT id FROM people_person;
"""

LOOKS_NO_MORE = """
DROP TRIGGER look_at_whose ON people_educationdocument;
DROP TRIGGER look_at_whose ON people_personname;
DROP FUNCTION people_look_at_whose();
DROP TRIGGER look_at_person ON people_person;
DROP FUNCTION people_look_at_person();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0009_consents"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Distinction",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("is_apart", models.BooleanField(verbose_name="разные люди")),
                ("reasons", models.JSONField(verbose_name="чем похожи")),
                ("reason", models.CharField(max_length=400, verbose_name="почему")),
                ("decided_by_person", models.UUIDField()),
                ("decided_at", models.DateTimeField(verbose_name="когда решено")),
            ],
            options={
                "ordering": ("pk",),
            },
        ),
        migrations.CreateModel(
            name="Resemblance",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reasons", models.JSONField(verbose_name="чем похожи")),
                ("points", models.PositiveSmallIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "ждёт решения"), ("apart", "разные люди"), ("gone", "больше не похожи")],
                        default="waiting",
                        max_length=7,
                    ),
                ),
                ("found_at", models.DateTimeField(verbose_name="когда найдено")),
            ],
            options={
                "ordering": ("-points", "pk"),
            },
        ),
        migrations.CreateModel(
            name="Unlooked",
            fields=[
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="people.person",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="educationdocument",
            index=models.Index(
                condition=models.Q(("number", ""), _negated=True), fields=["number"], name="education_number"
            ),
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(fields=["name_key"], name="person_name"),
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(fields=["birth_date"], name="person_born"),
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(condition=models.Q(("email", ""), _negated=True), fields=["email"], name="person_email"),
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(condition=models.Q(("phone", ""), _negated=True), fields=["phone"], name="person_phone"),
        ),
        migrations.AddField(
            model_name="distinction",
            name="decided_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="distinction",
            name="one",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"),
        ),
        migrations.AddField(
            model_name="distinction",
            name="other",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"),
        ),
        migrations.AddField(
            model_name="resemblance",
            name="one",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"),
        ),
        migrations.AddField(
            model_name="resemblance",
            name="other",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"),
        ),
        migrations.AddIndex(
            model_name="distinction",
            index=models.Index(fields=["one", "other", "-id"], name="distinction_of_two"),
        ),
        migrations.AddConstraint(
            model_name="distinction",
            constraint=models.CheckConstraint(
                condition=models.Q(("one__lt", models.F("other"))), name="distinction_is_of_two"
            ),
        ),
        migrations.AddConstraint(
            model_name="distinction",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="distinction_has_a_reason"
            ),
        ),
        migrations.AddIndex(
            model_name="resemblance",
            index=models.Index(fields=["state", "-points"], name="resemblance_waiting"),
        ),
        migrations.AddConstraint(
            model_name="resemblance",
            constraint=models.UniqueConstraint(fields=("one", "other"), name="resemblance_is_found_once"),
        ),
        migrations.AddConstraint(
            model_name="resemblance",
            constraint=models.CheckConstraint(
                condition=models.Q(("one__lt", models.F("other"))), name="resemblance_is_of_two"
            ),
        ),
        migrations.AddConstraint(
            model_name="resemblance",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["waiting", "apart", "gone"])), name="resemblance_has_a_known_state"
            ),
        ),
        AppendOnly("people_distinction", writer="zachetka_app"),
        migrations.RunSQL(DECIDES, UNDECIDES),
        migrations.RunSQL(LOOKS_AGAIN, LOOKS_NO_MORE),
    ]
