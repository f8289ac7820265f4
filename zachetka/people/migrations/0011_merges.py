"""Cards of one person are merged once, by one whom they do not concern, and parted by another; nothing is written into an
absorbed card (п. 2.1, 3.8)."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

MERGES = """
CREATE FUNCTION people_merge_walks() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    undoing text[] := ARRAY['state', 'undone_by_id', 'undone_by_person', 'undone_at', 'undo_reason'];
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'Объединение карточек не удаляется (п. 2.1).' USING ERRCODE = 'restrict_violation';
    END IF;
    PERFORM FROM people_person WHERE id IN (NEW.survivor_id, NEW.absorbed_id) ORDER BY id FOR NO KEY UPDATE;
    IF EXISTS (SELECT FROM people_person WHERE id IN (NEW.survivor_id, NEW.absorbed_id)
               AND uid IN (NEW.merged_by_person, NEW.undone_by_person)) THEN
        RAISE EXCEPTION 'О своей карточке решает другой человек (п. 3.8).' USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'done' THEN
            RAISE EXCEPTION 'Карточки сначала объединяют (п. 2.1).' USING ERRCODE = 'check_violation';
        END IF;
        IF NOT EXISTS (SELECT FROM access_account WHERE id = NEW.merged_by_id AND person_uid = NEW.merged_by_person) THEN
            RAISE EXCEPTION 'Карточки объединяет владелец учётной записи (п. 3.8).' USING ERRCODE = 'check_violation';
        END IF;
        IF EXISTS (SELECT FROM people_merge WHERE state = 'done'
                   AND (absorbed_id IN (NEW.survivor_id, NEW.absorbed_id) OR survivor_id = NEW.absorbed_id)) THEN
            RAISE EXCEPTION 'Объединённую карточку не объединяют снова: ни цепочек, ни колец (п. 2.1).'
                USING ERRCODE = 'check_violation';
        END IF;
        IF EXISTS (SELECT FROM people_employee WHERE person_id = NEW.absorbed_id)
           OR EXISTS (SELECT FROM people_consent WHERE person_id = NEW.absorbed_id)
           OR EXISTS (SELECT FROM people_subjectrequest WHERE person_id = NEW.absorbed_id)
           OR EXISTS (SELECT FROM access_account a JOIN people_person p ON p.uid = a.person_uid
                      WHERE p.id = NEW.absorbed_id) THEN
            RAISE EXCEPTION 'В поглощаемой карточке есть записи: их не переносят (п. 2.1).'
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.state <> 'done' OR NEW.state <> 'undone' OR to_jsonb(NEW) - undoing <> to_jsonb(OLD) - undoing
       OR NOT EXISTS (SELECT FROM access_account WHERE id = NEW.undone_by_id AND person_uid = NEW.undone_by_person) THEN
        RAISE EXCEPTION 'Объединение не меняется: карточки лишь разъединяют, один раз (п. 2.1).'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER merge_walks BEFORE INSERT OR UPDATE OR DELETE ON people_merge
    FOR EACH ROW EXECUTE FUNCTION people_merge_walks();
ALTER TABLE people_merge ENABLE ALWAYS TRIGGER merge_walks;

CREATE FUNCTION people_merge_points() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state = 'done' AND NOT EXISTS (
        SELECT FROM people_merge m JOIN people_person p ON p.id = m.absorbed_id
        WHERE m.id = NEW.id AND (m.state = 'undone' OR p.merged_into_id = m.survivor_id)) THEN
        RAISE EXCEPTION 'Поглощённая карточка указывает на главную (п. 2.1).' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER merge_points AFTER INSERT ON people_merge DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION people_merge_points();
ALTER TABLE people_merge ENABLE ALWAYS TRIGGER merge_points;

CREATE FUNCTION people_merged_stay() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    erasable text[] := ARRAY['sex', 'birth_date', 'citizenship', 'email', 'phone'];
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.merged_into_id IS NOT NULL THEN
            RAISE EXCEPTION 'Новую карточку сначала вносят (п. 2.1).' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.merged_into_id IS NOT NULL AND NEW.merged_into_id IS NOT NULL
       AND (to_jsonb(NEW) - erasable <> to_jsonb(OLD) - erasable
            OR NEW.sex NOT IN ('', OLD.sex) OR NEW.citizenship NOT IN ('', OLD.citizenship)
            OR NEW.email NOT IN ('', OLD.email) OR NEW.phone NOT IN ('', OLD.phone)
            OR NEW.birth_date <> OLD.birth_date OR (OLD.birth_date IS NULL AND NEW.birth_date IS NOT NULL)) THEN
        RAISE EXCEPTION 'Объединённая карточка не меняется, из неё лишь удаляют: правят главную (п. 2.1).'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.merged_into_id IS DISTINCT FROM OLD.merged_into_id AND NEW.merged_into_id IS DISTINCT FROM (
        SELECT survivor_id FROM people_merge WHERE state = 'done' AND absorbed_id = NEW.id) THEN
        RAISE EXCEPTION 'Карточка указывает на ту, с которой её объединили (п. 2.1).' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER merged_stay BEFORE INSERT OR UPDATE ON people_person
    FOR EACH ROW EXECUTE FUNCTION people_merged_stay();
ALTER TABLE people_person ENABLE ALWAYS TRIGGER merged_stay;

CREATE FUNCTION people_only_of_the_unmerged() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    into_whom bigint;
BEGIN
    SELECT merged_into_id INTO into_whom FROM people_person WHERE id = NEW.person_id FOR SHARE;
    IF into_whom IS NOT NULL THEN
        RAISE EXCEPTION 'В объединённую карточку не вносят: вносят в главную (п. 2.1).' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER of_the_unmerged BEFORE INSERT ON people_personname
    FOR EACH ROW EXECUTE FUNCTION people_only_of_the_unmerged();
ALTER TABLE people_personname ENABLE ALWAYS TRIGGER of_the_unmerged;
CREATE TRIGGER of_the_unmerged BEFORE INSERT ON people_educationdocument
    FOR EACH ROW EXECUTE FUNCTION people_only_of_the_unmerged();
ALTER TABLE people_educationdocument ENABLE ALWAYS TRIGGER of_the_unmerged;
CREATE TRIGGER of_the_unmerged BEFORE INSERT ON people_consent
    FOR EACH ROW EXECUTE FUNCTION people_only_of_the_unmerged();
ALTER TABLE people_consent ENABLE ALWAYS TRIGGER of_the_unmerged;
CREATE TRIGGER of_the_unmerged BEFORE INSERT ON people_subjectrequest
    FOR EACH ROW EXECUTE FUNCTION people_only_of_the_unmerged();
ALTER TABLE people_subjectrequest ENABLE ALWAYS TRIGGER of_the_unmerged;
CREATE TRIGGER of_the_unmerged BEFORE INSERT ON people_employee
    FOR EACH ROW EXECUTE FUNCTION people_only_of_the_unmerged();
ALTER TABLE people_employee ENABLE ALWAYS TRIGGER of_the_unmerged;
CREATE TRIGGER of_the_unmerged BEFORE INSERT ON people_learner
    FOR EACH ROW EXECUTE FUNCTION people_only_of_the_unmerged();
ALTER TABLE people_learner ENABLE ALWAYS TRIGGER of_the_unmerged;
"""

UNMERGES = """
DROP TRIGGER of_the_unmerged ON people_learner;
DROP TRIGGER of_the_unmerged ON people_employee;
DROP TRIGGER of_the_unmerged ON people_subjectrequest;
DROP TRIGGER of_the_unmerged ON people_consent;
DROP TRIGGER of_the_unmerged ON people_educationdocument;
DROP TRIGGER of_the_unmerged ON people_personname;
DROP FUNCTION people_only_of_the_unmerged();
DROP TRIGGER merged_stay ON people_person;
DROP FUNCTION people_merged_stay();
DROP TRIGGER merge_points ON people_merge;
DROP FUNCTION people_merge_points();
DROP TRIGGER merge_walks ON people_merge;
DROP FUNCTION people_merge_walks();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0010_resemblances"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Merge",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.UUIDField(editable=False, unique=True)),
                ("taken", models.JSONField(verbose_name="что взято из поглощённой")),
                ("reason", models.CharField(max_length=400, verbose_name="по чему видно")),
                (
                    "state",
                    models.CharField(
                        choices=[("done", "объединены"), ("undone", "разъединены")], default="done", max_length=6
                    ),
                ),
                ("merged_by_person", models.UUIDField()),
                ("merged_at", models.DateTimeField(verbose_name="когда объединены")),
                ("undone_by_person", models.UUIDField(null=True)),
                ("undone_at", models.DateTimeField(null=True, verbose_name="когда разъединены")),
                ("undo_reason", models.CharField(blank=True, max_length=400, verbose_name="почему разъединены")),
            ],
            options={
                "ordering": ("-merged_at", "-pk"),
            },
        ),
        migrations.RemoveConstraint(
            model_name="resemblance",
            name="resemblance_has_a_known_state",
        ),
        migrations.AddField(
            model_name="person",
            name="merged_into",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="absorbed",
                to="people.person",
                verbose_name="объединена с",
            ),
        ),
        migrations.AlterField(
            model_name="resemblance",
            name="state",
            field=models.CharField(
                choices=[
                    ("waiting", "ждёт решения"),
                    ("apart", "разные люди"),
                    ("merged", "один человек"),
                    ("gone", "больше не похожи"),
                ],
                default="waiting",
                max_length=7,
            ),
        ),
        migrations.AddConstraint(
            model_name="resemblance",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["waiting", "apart", "merged", "gone"])),
                name="resemblance_has_a_known_state",
            ),
        ),
        migrations.AddField(
            model_name="merge",
            name="absorbed",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="people.person",
                verbose_name="поглощённая карточка",
            ),
        ),
        migrations.AddField(
            model_name="merge",
            name="merged_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="merge",
            name="survivor",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="people.person",
                verbose_name="главная карточка",
            ),
        ),
        migrations.AddField(
            model_name="merge",
            name="undone_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddConstraint(
            model_name="merge",
            constraint=models.CheckConstraint(
                condition=models.Q(("survivor", models.F("absorbed")), _negated=True), name="merge_is_of_two"
            ),
        ),
        migrations.AddConstraint(
            model_name="merge",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="merge_has_a_reason"
            ),
        ),
        migrations.AddConstraint(
            model_name="merge",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "done")), fields=("absorbed",), name="card_is_absorbed_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="merge",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("state", "done"),
                        ("undone_at__isnull", True),
                        ("undone_by__isnull", True),
                        ("undone_by_person__isnull", True),
                        ("undo_reason", ""),
                    ),
                    models.Q(
                        ("state", "undone"),
                        ("undone_at__isnull", False),
                        ("undone_by__isnull", False),
                        ("undone_by_person__isnull", False),
                        models.Q(("undo_reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="merge_undone_says_by_whom_and_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="merge",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("undone_by_person__isnull", True),
                    models.Q(("undone_by_person", models.F("merged_by_person")), _negated=True),
                    _connector="OR",
                ),
                name="merge_is_undone_by_another_person",
            ),
        ),
        migrations.RunSQL(MERGES, UNMERGES),
    ]
